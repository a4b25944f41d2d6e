#!/usr/bin/env python3
"""./build.sh bench reactive [--quick]: the reactive graph, a floor written by hand, and every peer that this machine has.

The programs assert their results. They run in turns, so that a busy machine meets all of them alike; a figure is the median of
the turns, each of which gives its best block. Everything goes to build/bench/reactive.json; a full run writes
docs/BENCHMARKS-REACTIVE.md. A peer that is missing is said in one line and left out.
"""
import argparse
import json
import math
import os
import shutil
import statistics
import subprocess

from engines import HERE, PEERS, PYTHON, missing

ROOT = os.path.dirname(HERE)
NPM = {"alien": ("alien-signals", "alien-signals@3"), "preact": ("preact signals", "@preact/signals-core@1"), "mobx": ("MobX", "mobx@7")}
KAIRO = ("avoidable", "broad", "deep", "diamond", "mux", "repeated", "triangle")
FOUND = ("broad, dynamic", "deep, dynamic", "diamond, dynamic")


def npm_home(folder):
    """Where the npm peers are, None after saying why they are not."""
    names = ", ".join(name for name, _ in NPM.values())
    if not shutil.which("node"):
        return missing(names, "there is no node")
    home = os.path.join(folder, "signals")
    if not os.path.isdir(os.path.join(home, "node_modules")):
        if not shutil.which("npm"):
            return missing(names, "there is no npm to install them with")
        os.makedirs(home, exist_ok=True)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", home] + [package for _, package in NPM.values()],
                              capture_output=True, text=True)
        if done.returncode:
            return missing(names, "npm could not install them")
    return os.path.join(home, "node_modules")


def engines(build, folder):
    """name, command"""
    program = os.path.join(build, "bench", "bench_reactive")
    yield "Burin", [program, "burin"]
    yield "floor", [program, "floor"]
    modules = npm_home(folder)
    for short, (name, _) in NPM.items() if modules else ():
        command = ["node", "--stack-size=60000", os.path.join(PEERS, "node_signals.mjs"), short, modules]
        version = subprocess.run(command + ["version"], capture_output=True, text=True)
        if version.returncode:
            missing(name, "its npm package is not there")
        else:
            yield name + " " + version.stdout.strip(), command
    command = [PYTHON, os.path.join(PEERS, "rx_signals.py")]
    version = subprocess.run(command + ["version"], capture_output=True, text=True)
    if version.returncode:
        missing("RxPY", "python3 has no such module (package python3-rx)")
    else:
        yield "RxPY " + version.stdout.strip(), command


def turn(command, quick):
    done = subprocess.run(command + (["--quick"] if quick else []), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("%s failed: %s" % (command[0], done.stderr.strip()))
    return json.loads(done.stdout)


def medians(turns):
    return {name: statistics.median(t[name] for t in turns) for name in turns[0]}


def geometric_mean(figures):
    return math.exp(statistics.fmean(math.log(f) for f in figures))


def table(figures):
    names = list(figures)
    rows = ["| workload | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for workload in figures["Burin"]:
        own = figures["Burin"][workload]
        cells = []
        for name in names:
            ns = figures[name].get(workload)
            cells.append("" if ns is None else "**%.1f**" % ns if name == "Burin" else "%.1f (%.1f)" % (ns, ns / own))
        rows.append("| %s | %s |" % (workload, " | ".join(cells)))
    return "\n".join(rows)


def means(figures):
    rows = ["| geometric mean of | " + " | ".join(figures) + " |", "|---|" + "---:|" * len(figures)]
    for title, workloads in (("Kairo's seven static workloads", KAIRO), ("broad, deep and diamond, dynamic", FOUND)):
        cells = ["%.1f" % geometric_mean([f[w] for w in workloads]) if all(w in f for w in workloads) else "" for f in figures.values()]
        rows.append("| %s | %s |" % (title, " | ".join(cells)))
    return "\n".join(rows)


def fused_table(fused):
    rows = ["| live formulas | by themselves | fused | fused and compiled |", "|---|---:|---:|---:|"]
    for workload in fused["formulas"]:
        rows.append("| %s | %.1f | %.1f | **%.2f** |" % (workload, fused["formulas"][workload], fused["fused"][workload], fused["native"][workload]))
    return "\n".join(rows)


def report(figures, fused, latency, memory, rounds, load):
    return """# The reactive graph, measured

Written by `./build.sh bench reactive`. CPU time in ns a computation, counting the fewest that a glitch-free, lazy engine with cutoff
needs, so that one which runs more pays for it; in parentheses, times Burin's. Medians of %d turns of the programs, one after the
other, each with its best block; the machine's load was %.1f on %d processors. The workloads are those of the
js-reactivity-benchmark, with their exact sums and counts ([workloads.c](../bench/reactive/workloads.c)); what is *dynamic* finds what
it reads when it runs, all else of Burin's and the floor's is declared. The floor is an engine written by hand for these workloads
alone ([floor.c](../bench/reactive/floor.c)): integers only, nothing checked, nothing dynamic. RxPY shows only those it can express.

%s

%s

**Regions**: the same of live formulas ([fused.c](../bench/reactive/fused.c)), also with the batch's beginning and end, and effects, among the
computations. `repeated` is one formula, `mux` has an object for a value, and `unstable` is dynamic: they cannot be fused.

%s

**One write to 1000 nodes with an effect each**, of 20,000 by the monotonic clock, the best turn: p50 %.1f µs, p99 %.1f µs.

**Memory** of a million computed nodes that read one cell, when they have been left alone for a while: %.0f bytes each with a static edge,
%.0f with a dynamic one.
""" % (rounds, load, os.cpu_count(), table(figures), means(figures), fused_table(fused), latency["p50"] / 1000, latency["p99"] / 1000, memory["static"], memory["dynamic"])


def main():
    parser = argparse.ArgumentParser(prog="./build.sh bench reactive")
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true", help="a short look; nothing is written to docs/")
    options = parser.parse_args()
    folder = os.path.join(ROOT, "build", "bench")
    os.makedirs(folder, exist_ok=True)
    commands = dict(engines(options.build, folder))
    program = commands["Burin"][0]
    rounds = 1 if options.quick else 9
    turns = {name: [] for name in commands}
    latencies = []
    fused = {how: [] for how in ("formulas", "fused", "native")}
    os.environ.setdefault("BURIN_JIT", os.path.join(options.build, "burin-jit"))
    for _ in range(rounds):
        for name, command in commands.items():
            turns[name].append(turn(command, options.quick))
        for how in fused:
            if how != "native" or os.path.exists(os.environ["BURIN_JIT"]):
                fused[how].append(turn([program, how], options.quick))
        latencies.append(turn([program, "latency"], options.quick))
    figures = {name: medians(t) for name, t in turns.items()}
    fused = {how: medians(t) if t else {w: math.nan for w in medians(fused["fused"])} for how, t in fused.items()}
    latency = min(latencies, key=lambda l: l["p99"])
    memory = turn([program, "memory"], False)
    with open(os.path.join(folder, "reactive.json"), "w", encoding="utf-8") as f:
        json.dump({"turns": turns, "fused": fused, "latencies": latencies, "memory": memory}, f, indent=2)
    text = report(figures, fused, latency, memory, rounds, os.getloadavg()[0])
    print(text)
    if not options.quick:
        with open(os.path.join(ROOT, "docs", "BENCHMARKS-REACTIVE.md"), "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
