#!/usr/bin/env python3
"""./build.sh bench [--quick] [--rounds N] [--engines a,b] [WORKLOAD...]: Burin against hand-written C and its peers.

1. Every engine renders every workload once. C and Burin must give Jinja2's page byte for byte, a peer the same page but
   for how it spells entities; a peer that does not is left out of that workload, and said so.
2. For each workload all engines warm up, each a process of its own, and then take turns (turns.py). In each round: C, half of the
   engines in random order, C, the other half, C; a turn is one batch, in CPU time of the engine's thread. The processes are
   started anew for each third of the rounds, for where a process happens to lie in memory is worth some percent.
3. A table cell is the median over the rounds; a ratio is the median over the rounds of engine / C within the same round.
4. Cold figures (text to program, text to page), those of a template of 20 KB, and Burin's malloc calls per warm render.

All figures go to build/bench/results.json; a full run writes docs/BENCHMARKS.md, the chart
docs/benchmarks.svg and the table in README.md.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import chart
import engines as engines_module
import dialects # where engines has looked for it
import make_data
import report
import turns

WORKLOADS = ("bigtable", "dicttable", "teams", "fortunes", "stocks20", "stocks200", "inherit", "static", "chat", "chattools")
BOUND = ("burin, structs", "burin, structs, native")
OURS = ("c", "burin", "burin, native", *BOUND) # must render Jinja2's page byte for byte
DICTS = ("dicttable", "chattools") # pages that need dicts: no structs stand for them
STARTS = 3 # of each engine's process; the rounds are a multiple of it
COLD = ("teams", "stocks20", "inherit", "chat", "static")
LONG, LONG_BYTES, LONG_ENGINES = "long", 20000, ("burin", "minijinja", "jinja2") # a template that is only compiled and rendered once


def normalise(page, engine):
    """Entities in one spelling; engines differ in which characters they escape besides < > &."""
    for spelled, meant in (("&quot;", '"'), ("&#34;", '"'), ("&#39;", "'"), ("&#039;", "'"), ("&#x27;", "'"), ("&#x2f;", "/"), ("&#x2F;", "/"), ("&#47;", "/"),
                           ("&#38;", "&amp;"), ("&#60;", "&lt;"), ("&#62;", "&gt;")):
        page = page.replace(spelled, meant)
    if engine == "chameleon":  # it takes CDATA sections as its own, and < > in text are what it escapes
        page = re.sub(r"/\*(<!\[CDATA\[|\]\]>)\*/", "", page)
    return page


def prepare(folder, engines):
    """FOLDER/data, FOLDER/templates, and a folder of templates for each engine that has its own language."""
    make_data.main(os.path.join(folder, "data"))
    templates = os.path.join(HERE, "templates")
    shutil.copytree(templates, os.path.join(folder, "templates"), dirs_exist_ok=True)
    with open(os.path.join(templates, "stocks20.jinja"), encoding="utf-8") as f:
        long_text = make_data.long_page(f.read(), LONG_BYTES)
    for engine in engines:
        own = os.path.join(folder, "templates" if engine.name in OURS else "templates-" + engine.name)
        if engine.name not in OURS:
            dialects.write(engine.name, templates, own)
        if engine.name in LONG_ENGINES:
            with open(os.path.join(own, LONG + ".jinja"), "w", encoding="utf-8", newline="") as f:
                f.write(long_text)


def check(folder, engines, workloads):
    """Fill in each engine's workloads; the process ends when C or Burin render something else than Jinja2."""
    by_name = {engine.name: engine for engine in engines}
    reference = by_name.get("jinja2", by_name["c"])
    failures = 0
    for workload in workloads:
        pages = {}
        for engine in sorted(engines, key=lambda e: e is not reference):
            path = os.path.join(folder, "page")
            _, error = engine.run("check", workload, folder, path)
            if error is None:
                with open(path, encoding="utf-8", newline="") as f:
                    pages[engine.name] = f.read()
            wanted, got = pages.get(reference.name), pages.get(engine.name)
            strict = engine.name in OURS and not (engine.name in BOUND and workload in DICTS)
            if got is not None and (got == wanted if strict else normalise(got, engine.name) == normalise(wanted, engine.name)):
                engine.workloads.add(workload)
            elif strict:
                print("%s renders %s wrong: %s" % (engine.name, workload, error or "another page than Jinja2's"))
                failures += 1
            elif dialects.is_translated(engine.name, workload):
                print("%s is left out of %s: %s" % (engine.name, workload, error or "another page"))
    if failures:
        sys.exit("bench: C and Burin must render what Jinja2 renders before anything is timed.")


def time_rounds(folder, engines, workloads, rounds, warm_ms, batch_ms):
    """[{workload, engine, round, ns, limit_ns}]"""
    rows = []
    for workload in workloads:
        began = time.monotonic()
        commands = {e.name: e.command + ["time", workload, folder, str(warm_ms), str(batch_ms)] for e in engines if workload in e.workloads}
        for start in range(STARTS):
            got = turns.rounds(commands, "c", rounds // STARTS, lambda name, why: print("%s failed in %s: %s" % (name, workload, why)))
            rows += [{"workload": workload, **row, "round": (start, row["round"])} for row in got]
        print("%s: %d engines, %.0f s" % (workload, len(commands), time.monotonic() - began), flush=True)
    return rows


def time_cold(folder, engines, workloads, warm_ms, batch_ms, batches):
    rows = []
    for workload in [w for w in COLD if w in workloads]:
        for engine in engines:
            if engine.has_cold and workload in engine.workloads:
                output, error = engine.run("cold", workload, folder, warm_ms, batch_ms, batches)
                if error is None:
                    rows.append({"workload": workload, "engine": engine.name, **json.loads(output)})
    return rows


def time_long(folder, engines, warm_ms, batch_ms, batches):
    """The long template, by those that render the same page of it: text to program, and text to page."""
    pages, rows = {}, []
    for engine in [e for e in engines if e.name in LONG_ENGINES]:
        path = os.path.join(folder, "page")
        _, error = engine.run("check", LONG, folder, path)
        if error is None:
            with open(path, encoding="utf-8", newline="") as f:
                pages[engine.name] = f.read()
        if error or normalise(pages[engine.name], engine.name) != normalise(pages["burin"], "burin"):
            print("%s is left out of the long page: %s" % (engine.name, error or "another page"))
            continue
        output, error = engine.run("cold", LONG, folder, warm_ms, batch_ms, batches)
        if error is None:
            rows.append({"engine": engine.name, "bytes": len(pages[engine.name].encode()), **json.loads(output)})
    return rows


def count_mallocs(folder, engine, workloads):
    counts = {}
    for workload in workloads:
        output, error = engine.run("memory", workload, folder, 100)
        if error is None:
            figures = json.loads(output)
            counts[workload] = figures["mallocs"] / figures["renders"]
    return counts


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"model name\s*:\s*(.*)", f.read())
    compiler = subprocess.run(["cc", "--version"], capture_output=True, text=True).stdout.splitlines()
    return {"cpu": model.group(1) if model else "unknown", "cores": os.cpu_count(), "compiler": compiler[0] if compiler else "cc",
            "load": os.getloadavg()[0], "date": time.strftime("%Y-%m-%d")}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--engines")
    parser.add_argument("workloads", nargs="*")
    options = parser.parse_args()
    unknown = set(options.workloads) - set(WORKLOADS)
    if unknown:
        sys.exit("bench: there is no workload %s; there are: %s" % (", ".join(sorted(unknown)), ", ".join(WORKLOADS)))
    workloads = options.workloads or list(WORKLOADS)
    folder = os.path.join(os.path.dirname(os.path.abspath(options.build)), "bench")
    os.makedirs(folder, exist_ok=True)
    engines = engines_module.all_engines(options.build, folder, options.quick)
    if options.engines:
        wanted = {*OURS, *options.engines.split(",")}
        engines = [engine for engine in engines if engine.name in wanted]
    prepare(folder, engines)
    check(folder, engines, workloads)

    pace = (60, 10, 5) if options.quick else (200, 20, 9)
    rounds = -(-(options.rounds or (6 if options.quick else 30)) // STARTS) * STARTS
    results = {"machine": machine(), "versions": {e.name: e.version for e in engines}, "rounds": rounds,
               "times": time_rounds(folder, engines, workloads, rounds, *pace[:2]),
               "cold": time_cold(folder, engines, workloads, *pace),
               "long": time_long(folder, engines, *pace),
               "mallocs": count_mallocs(folder, engines[1], workloads)}
    with open(os.path.join(folder, "results.json"), "w", encoding="utf-8") as f:
        json.dump(results, f, indent=1)
    text = report.text(results, [e.name for e in engines], workloads)
    print(text)
    if not options.quick and not options.engines and not options.workloads:
        root = os.path.dirname(HERE)
        with open(os.path.join(root, "docs", "BENCHMARKS.md"), "w", encoding="utf-8") as f:
            f.write(text)
        with open(os.path.join(root, "docs", "benchmarks.svg"), "w", encoding="utf-8") as f:
            f.write(chart.svg({name: of for name, of in report.ratios(results["times"]).items() if name != "c"}))
        report.update_readme(os.path.join(root, "README.md"), results)


if __name__ == "__main__":
    main()
