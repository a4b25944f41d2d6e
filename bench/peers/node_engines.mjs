// doT, eta, nunjucks, @huggingface/jinja and liquidjs as harnesses:
//   node node_engines.mjs ENGINE MODULES check|time|cold WORKLOAD FOLDER ...   (see bench/c/harness.h)
// MODULES is the node_modules folder. A render includes writing the string to a UTF-8 buffer: V8's strings are ropes,
// and until then the page is not there.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { medianTime, takeTurns } from "./measure.mjs";

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
