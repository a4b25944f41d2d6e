#!/usr/bin/env python3
"""./build.sh bench expr [--quick]: expressions and scripts in Burin, by hand in C, and in every peer that this machine has.

Every task checks its result. For each task all engines warm up, each a process of its own, and then take turns (turns.py): a batch each in a round,
in random order, in CPU time. A cell is the median of the rounds; a ratio is the median of the ratios within a round. Everything goes to
build/bench/expr.json; a full run writes docs/BENCHMARKS-EXPR.md. A peer that is missing is said in one line and left out.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess

import turns
from engines import HERE, PEERS, PYTHON, is_newer, missing

ROOT = os.path.dirname(HERE)
SCRIPTS = os.path.join(HERE, "expr", "scripts.py")
OWN_TASKS = {"E1, boxed"} # that have a meaning for Burin alone
TASKS = {
    "scalar E1": "`((a + b) * sin(c)) / (sqrt(d) + 1)`, all variables changing, compiled once",
    "scalar E4": "`sqrt(1 - sin(2 * a) + cos(pi / b) / 3)`, the same",
    "E1, boxed": "E1 with `burin_value`s for slots and result (burin_formula_eval); scalar E1 has doubles (burin_formula_doubles)",
    "text, cached": "E1 given as text again and again",
    "loop": "a while loop of 100,000 steps on integers",
    "fib": "fib(20), recursive",
    "report": "1000 dicts filtered, 664 lines of text built",
    "labels": "1000 f-strings with widths and precisions, joined",
    "create": "a new interpreter",
    "compile": "E1 from text to a program",
}


def compiled(name, source, header, folder, libraries=()):
    """The peer in C++ as a program; None, and a line that says why, where it is missing. CPLUS_INCLUDE_PATH counts."""
    program = os.path.join(folder, os.path.splitext(source)[0])
    if not shutil.which("g++"):
        return missing(name, "there is no g++")
    path = os.path.join(PEERS, source)
    if is_newer(program, path, os.path.join(PEERS, "expr_scalar.hpp"), os.path.join(PEERS, "measure.hpp")):
        return program
    done = subprocess.run(["g++", "-O2", path, "-o", program, *libraries], capture_output=True, text=True)
    return program if done.returncode == 0 else missing(name, "it does not compile: is %s there?" % header)


def engines(build, folder):
    """name, command"""
    yield "C", [os.path.join(build, "bench", "bench_expr_limit")]
    yield "Burin", [os.path.join(build, "bench", "bench_expr")]
    helper = os.path.join(build, "burin-jit")
    if os.access(helper, os.X_OK):
        yield "Burin, native", [os.path.join(build, "bench", "bench_expr"), "--jit", helper]
    else:
        missing("native code", "burin-jit was not built (it needs libgccjit)")
    for name, package in (("cpython", "python3"), ("asteval", "python3-asteval")):
        command = [PYTHON, os.path.join(PEERS, "python_expr.py"), name]
        version = subprocess.run(command + ["version"], capture_output=True, text=True)
        if version.returncode:
            missing(name, "python3 has no such module (package %s)" % package)
        else:
            yield {"cpython": "CPython", "asteval": "asteval"}[name] + " " + version.stdout.strip(), command
    for name, command in (("LuaJIT", ["luajit"]), ("LuaJIT, interpreter", ["luajit", "-joff"])):
        if not shutil.which("luajit"):
            missing(name, "there is no luajit")
        else:
            yield name, command + [os.path.join(PEERS, "expr.lua")]
    if shutil.which("node"):
        yield "node", ["node", os.path.join(PEERS, "expr.mjs")]
    else:
        missing("node", "there is no node")
    for name, source, header, libraries in (("muParser", "expr_muparser.cpp", "muParser.h (package libmuparser-dev)", ["-lmuparser"]),
                                            ("ExprTk", "expr_exprtk.cpp", "exprtk.hpp (in no package of Debian 12)", [])):
        program = compiled(name, source, header, folder, libraries)
        if program:
            yield name, [program]


def run(found, rounds, pace):
    """engine -> task -> [ns of each round], and task -> calls of malloc"""
    figures, mallocs = {name: {} for name in found}, {}
    for task in TASKS:
        def left_out(name, why):
            if name.startswith("Burin"):
                raise SystemExit("%s: %s failed: %s" % (name, task, why))
            if "there is no task" not in str(why): # it has no meaning in that engine
                missing("%s, %s," % (name, task), why) # asteval 0.9 has no formats in f-strings, say
        commands = {name: command + [task, SCRIPTS, *map(str, pace)] for name, command in found.items() if task not in OWN_TASKS or name.startswith("Burin")}
        for row in turns.rounds(commands, "Burin", rounds, left_out):
            figures[row["engine"]].setdefault(task, []).append(row["ns"])
        mallocs[task] = int(subprocess.run(found["Burin"] + [task, SCRIPTS], capture_output=True, text=True, check=True).stdout)
    return figures, mallocs


def spelled(ns):
    return "%.1f ns" % ns if ns < 1000 else "%.2f µs" % (ns / 1e3) if ns < 1e6 else "%.2f ms" % (ns / 1e6)


def table(figures):
    names = list(figures)
    rows = ["| task | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for task in TASKS:
        own = figures["Burin"][task]
        cells = []
        for name in names:
            ns = figures[name].get(task)
            if not ns:
                cells.append("")
            elif name == "Burin":
                cells.append("**%s**" % spelled(statistics.median(ns)))
            else:
                cells.append("%s (%.2g×)" % (spelled(statistics.median(ns)), statistics.median(a / b for a, b in zip(ns, own))))
        rows.append("| %s | %s |" % (task, " | ".join(cells)))
    return "\n".join(rows)


def report(figures, mallocs, rounds):
    return """# Expressions and scripts, measured

Written by `./build.sh bench expr`. CPU time; medians of %d rounds, in each of which every engine had a batch of about 10 ms; in parentheses, how
many times Burin's time (the median of the rounds' ratios). Burin is the interpreter, through its public API; native: everything is compiled before it is measured. The machine's load was %.1f on %d processors.

%s

%s

Calls of malloc in one warm run of Burin: %s.
""" % (rounds, os.getloadavg()[0], os.cpu_count(), table(figures), "\n".join("- **%s**: %s" % item for item in TASKS.items()),
       ", ".join("%s %d" % item for item in mallocs.items()))


def main():
    parser = argparse.ArgumentParser(prog="./build.sh bench expr")
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true", help="a short look; nothing is written to docs/")
    parser.add_argument("--rounds", type=int, default=0)
    options = parser.parse_args()
    folder = os.path.join(ROOT, "build", "bench")
    os.makedirs(folder, exist_ok=True)
    rounds = options.rounds or (3 if options.quick else 15)
    figures, mallocs = run(dict(engines(options.build, folder)), rounds, (50, 5) if options.quick else (300, 10))
    with open(os.path.join(folder, "expr.json"), "w", encoding="utf-8") as f:
        json.dump({"figures": figures, "mallocs": mallocs}, f, indent=2)
    text = report(figures, mallocs, rounds)
    print(text)
    if not options.quick:
        with open(os.path.join(ROOT, "docs", "BENCHMARKS-EXPR.md"), "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
