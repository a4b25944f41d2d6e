// alien-signals, @preact/signals-core and MobX on the reactive workloads (bench/reactive/workloads.h):
//   node node_signals.mjs LIBRARY MODULES [--quick]   one JSON object: ns a computation, the best of blocks of iterations
//   node node_signals.mjs LIBRARY MODULES version
// Every iteration asserts its result. Time is the process's CPU time, so V8's helpers count when they work; the best block is one
// in which they mostly do not.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [library, modules, option] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), "x.js"));
const packages = { alien: "alien-signals", preact: "@preact/signals-core", mobx: "mobx" };

if (option === "version") {
    console.log(JSON.parse(fs.readFileSync(path.join(modules, packages[library], "package.json"), "utf8")).version);
    process.exit(0);
}

const libraries = {
    alien() {
        const { signal, computed, effect, startBatch, endBatch } = require("alien-signals");
        return {
            signal: (v) => { const s = signal(v); return { read: s, write: s }; },
            computed: (f) => ({ read: computed(f) }),
            effect,
            batch: (f) => { startBatch(); f(); endBatch(); },
        };
    },
    preact() {
        const { signal, computed, effect, batch } = require("@preact/signals-core");
        return {
            signal: (v) => { const s = signal(v); return { read: () => s.value, write: (x) => { s.value = x; } }; },
            computed: (f) => { const c = computed(f); return { read: () => c.value }; },
            effect,
            batch,
        };
    },
    mobx() {
        const { observable, computed, autorun, runInAction, configure } = require("mobx");
        configure({ enforceActions: "never" });
        return {
            signal: (v) => { const s = observable.box(v, { deep: false }); return { read: () => s.get(), write: (x) => s.set(x) }; },
            computed: (f) => { const c = computed(f); return { read: () => c.get() }; },
            effect: autorun,
            batch: runInAction,
        };
    },
};
const { signal, computed, effect, batch } = libraries[library]();
const write = (s, v) => batch(() => s.write(v));
const check = (ok, name) => { if (!ok) throw new Error("a wrong result: " + name); };

// ---- the shapes ----

function busy() {
    let a = 0;
    for (let i = 0; i < 100; i++) a++;
    return a;
}
const plus = (on, n) => computed(() => on.read() + n);

function chains(width, layers) {
    const head = signal(0), seen = [];
    for (let k = 0; k < width; k++) {
        let last = head;
        for (let layer = 0; layer < layers; layer++) last = plus(last, 1);
        effect(() => { seen[k] = last.read(); });
    }
    return { head, seen };
}
const fifty = (width, layers) => {
    const { head, seen } = chains(width, layers);
    return () => {
        write(head, 1);
        for (let i = 0; i < 50; i++) {
            write(head, i);
            check(seen[width - 1] === i + layers, "chains");
        }
    };
};
const fan = (width, layers) => {
    const { head, seen } = chains(width, layers);
    let n = 0;
    return () => {
        write(head, ++n);
        check(seen[width - 1] === n + layers, "fan");
    };
};
const hundred = (node, head, want, times = 100) => {
    let seen;
    effect(() => { seen = node.read(); });
    return () => {
        write(head, 1);
        for (let i = 0; i < times; i++) {
            write(head, i);
            check(seen === want(i), "hundred");
        }
    };
};

const workloads = {
    avoidable: [2002, () => {
        const h = signal(0), c1 = computed(() => h.read()), c2 = computed(() => (c1.read(), 0));
        const c3 = computed(() => (busy(), c2.read() + 1)), c5 = plus(plus(c3, 2), 3);
        let seen;
        effect(() => { seen = c5.read(); busy(); });
        return () => {
            write(h, 1);
            for (let i = 0; i < 1000; i++) {
                write(h, i);
                check(seen === 6, "avoidable");
            }
        };
    }],
    broad: [7650, () => fifty(50, 2)],
    deep: [2601, () => fifty(1, 50)],
    diamond: [3507, () => {
        const h = signal(0), arms = [1, 2, 3, 4, 5].map(() => plus(h, 1));
        return hundred(computed(() => arms.reduce((a, arm) => a + arm.read(), 0)), h, (i) => (i + 1) * 5, 500);
    }],
    mux: [1854, () => {
        const heads = Array.from({ length: 100 }, () => signal(0)), seen = [];
        const mux = computed(() => Object.fromEntries(heads.map((h, i) => [i, h.read()])));
        heads.forEach((_, i) => {
            const one = plus(computed(() => mux.read()[i]), 1);
            effect(() => { seen[i] = one.read(); });
        });
        return () => {
            for (let i = 0; i < 10; i++) { write(heads[i], i); check(seen[i] === i + 1, "mux"); }
            for (let i = 0; i < 10; i++) { write(heads[i], i * 2); check(seen[i] === i * 2 + 1, "mux"); }
        };
    }],
    repeated: [202, () => {
        const h = signal(0);
        return hundred(computed(() => { let r = 0; for (let i = 0; i < 30; i++) r += h.read(); return r; }), h, (i) => i * 30);
    }],
    triangle: [1111, () => {
        const h = signal(0), list = [];
        let last = h;
        for (let i = 0; i < 10; i++) { list.push(last); last = plus(last, 1); }
        return hundred(computed(() => list.reduce((a, x) => a + x.read(), 0)), h, (i) => 45 + 10 * i);
    }],
    unstable: [303, () => {
        const h = signal(0), double = computed(() => h.read() * 2), inverse = computed(() => -h.read());
        return hundred(computed(() => { let r = 0; for (let i = 0; i < 20; i++) r += h.read() % 2 ? double.read() : inverse.read(); return r; }),
            h, (i) => (i % 2 ? 40 * i : -20 * i));
    }],
    "1 to 1": [2, () => fan(1, 1)],
    "1 to 1000": [2000, () => fan(1000, 1)],
    "chain of 1000": [1001, () => fan(1, 1000)],
    cellx1000: [8000, () => cellx(1000)],
    cellx2500: [20000, () => cellx(2500)],
};

function cellx(layers) {
    const start = [1, 2, 3, 4].map(signal);
    let p = start;
    for (let l = 0; l < layers; l++) {
        const [a, b, c, d] = p;
        p = [computed(() => b.read()), computed(() => a.read() - c.read()), computed(() => b.read() + d.read()), computed(() => c.read())];
        p.forEach((x) => effect(() => { x.read(); }));
    }
    let back = false;
    return () => {
        batch(() => start.forEach((s, k) => s.write(back ? k + 1 : 4 - k)));
        const want = back ? [-3, -6, -2, 2] : [-2, -4, 2, 3];
        p.forEach((x, k) => check(x.read() === want[k], "cellx"));
        back = !back;
    };
}

// ---- time ----

const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) * 1000; };
const block_ms = option === "--quick" ? 5 : 15, blocks = option === "--quick" ? 8 : 20;

const figures = {};
for (const [name, [fewest, make]] of Object.entries(workloads)) {
    const iterate = make();
    const warm = cpu();
    let count = 0;
    while (cpu() - warm < 60e6) { iterate(); count++; }
    count = Math.max(1, Math.round(count * block_ms / 60));
    let best = Infinity;
    for (let b = 0; b < blocks; b++) {
        const begin = cpu();
        for (let i = 0; i < count; i++) iterate();
        best = Math.min(best, (cpu() - begin) / count / fewest);
    }
    figures[name] = Math.round(best * 1000) / 1000;
}
console.log(JSON.stringify(figures));
