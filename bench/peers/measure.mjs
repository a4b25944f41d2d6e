// What every harness in JavaScript does: measure a piece of work in batches, as bench/c/harness.h does. Time is the main thread's CPU time.
import fs from "node:fs";

const cell = new Int32Array(new SharedArrayBuffer(4));

// The kernel brings the figure up to date when the thread stops running: without the wait it would be that of the last tick.
function cpu() {
    Atomics.wait(cell, 0, 0, 0.05);
    return Number(fs.readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]);
}

// How many fit a batch.
function warmUp(work, warm, batch) {
    let runs = 0;
    const begin = cpu();
    let now;
    do {
        for (let i = 0; i < 4; i++) work();
        runs += 4;
        now = cpu();
    } while (now - begin < warm * 1e6);
    return Math.floor((batch * 1e6) / ((now - begin) / runs)) + 1;
}

function timeBatch(work, count) {
    const start = cpu();
    for (let i = 0; i < count; i++) work();
    return (cpu() - start) / count;
}

// A batch for each line that is read.
export function takeTurns(work, warm, batch) {
    const count = warmUp(work, warm, batch);
    fs.writeSync(1, "warm\n");
    const line = Buffer.alloc(1);
    while (fs.readSync(0, line) > 0) {
        timeBatch(work, count >> 3);
        fs.writeSync(1, timeBatch(work, count).toFixed(2) + "\n");
    }
}

export function medianTime(work, warm, batch, batches) {
    const count = warmUp(work, warm, batch);
    const took = Array.from({ length: batches }, () => timeBatch(work, count)).sort((a, b) => a - b);
    return took[took.length >> 1];
}
