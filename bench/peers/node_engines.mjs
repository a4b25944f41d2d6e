// doT, eta, nunjucks, @huggingface/jinja and liquidjs as harnesses:
//   node node_engines.mjs ENGINE MODULES check|time|cold WORKLOAD FOLDER ...   (see bench/c/harness.h)
// MODULES is the node_modules folder. A render includes writing the string to a UTF-8 buffer: V8's strings are ropes,
// and until then the page is not there. Time is the main thread's CPU time.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [engine, modules, command, workload, folder, ...rest] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), "x.js"));
const packages = { dot: "dot", eta: "eta", nunjucks: "nunjucks", hfjinja: "@huggingface/jinja", liquidjs: "liquidjs" };

if (command === "version") {
    console.log(JSON.parse(fs.readFileSync(path.join(modules, packages[engine], "package.json"), "utf8")).version);
    process.exit(0);
}

const same = { stocks200: "stocks20", chattools: "chat" };
const templates = path.join(folder, "templates-" + engine);
const source = fs.readFileSync(path.join(templates, (same[workload] ?? workload) + ".jinja"), "utf8");
const data = JSON.parse(fs.readFileSync(path.join(folder, "data", workload + ".json"), "utf8"));

const compilers = {
    dot() {
        const dot = require("dot");
        const encode = dot.encodeHTMLSource();
        globalThis._encodeHTML = encode;
        return () => dot.template(source, { ...dot.templateSettings, strip: false });
    },
    eta() {
        const { Eta } = require("eta");
        const eta = new Eta({ autoTrim: false, autoEscape: true });
        return () => {
            const compiled = eta.compile(source);
            return (it) => compiled.call(eta, it);
        };
    },
    nunjucks() {
        const nunjucks = require("nunjucks");
        const env = new nunjucks.Environment(new nunjucks.FileSystemLoader(templates), { autoescape: !workload.startsWith("chat") });
        return () => {
            const template = new nunjucks.Template(source, env, workload, true);
            return (it) => template.render(it);
        };
    },
    hfjinja() {
        const { Template } = require("@huggingface/jinja");
        return () => {
            const template = new Template(source);
            return (it) => template.render(it);
        };
    },
    liquidjs() {
        const { Liquid } = require("liquidjs");
        const liquid = new Liquid({ outputEscape: "escape" });
        return () => {
            const template = liquid.parse(source);
            return (it) => liquid.renderSync(template, it);
        };
    },
};

const buffer = Buffer.alloc(1 << 20);
const compile = compilers[engine]();
const render = compile();
const work = () => buffer.write(render(data), "utf8");
const cpu = () => Number(fs.readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]);

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

// A batch for each line that is read, as take_turns of bench/c/harness.h.
function takeTurns(work, warm, batch) {
    const count = warmUp(work, warm, batch);
    fs.writeSync(1, "warm\n");
    const line = Buffer.alloc(1);
    while (fs.readSync(0, line) > 0) {
        timeBatch(work, count >> 3);
        fs.writeSync(1, timeBatch(work, count).toFixed(2) + "\n");
    }
}

function medianTime(work, warm, batch, batches) {
    const count = warmUp(work, warm, batch);
    const took = Array.from({ length: batches }, () => timeBatch(work, count)).sort((a, b) => a - b);
    return took[took.length >> 1];
}

if (command === "check") {
    fs.writeFileSync(rest[0], render(data));
} else {
    const [warm, batch, batches] = rest.map(Number);
    if (command === "cold") {
        console.log(JSON.stringify({
            compile_ns: medianTime(compile, warm, batch, batches),
            cold_ns: medianTime(() => buffer.write(compile()(data), "utf8"), warm, batch, batches),
        }));
    } else {
        takeTurns(work, warm, batch);
    }
}
