#!/usr/bin/env python3
"""Formulas over columns: Burin, interpreted and native, beside loops by hand in C, numexpr, numpy and ExprTk's row loop, in one run.

    ./build.sh bench columns [--rows N] [--rounds N]

Engines take turns each round; the table has the median of the rounds in
ns a row, and the figure of native Burin of the same accuracy over each. One thread, CPU time. An engine that this python3 does not have is named in a line.
E4 has 1.5 where the reference has 1: no root of a negative number, at which numpy gives a NaN and Burin an error."""
import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import time

from expr import compiled

FORMULAS = {
    "E1": "((a + b) * sin(c)) / (sqrt(d) + 1)",
    "E2": "a+b*(a+b)",
    "E3": "(5.5+a)+(2*a-2/3*b)*(a/3+b/4)+(c+7.7)",
    "E4": "sqrt(1.5 - sin(2 * a) + cos(pi / b) / 3)",
    "E5": "a*(a*(a*(a*(a*(a*(a+1)+2)+3)+4)+5)+6)+7",
}
CALLED_ROWS = 2000000  # a measurement's calls together


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def columns(numpy, rows):
    r = numpy.arange(rows, dtype=numpy.int64)
    return {name: 0.1 + ((r * 7919 + k * 104729) % 10007) / 1009 for k, name in enumerate("abcd")}


def peers(rows):
    """(engine, {formula: function}) for each there is."""
    numpy, numexpr = module("numpy"), module("numexpr")
    if numpy is None:
        print("numpy: not installed, not measured")
    if numexpr is None:
        print("numexpr: not installed, not measured")
    if numpy is None:
        return
    data = columns(numpy, rows)
    names = dict(data, sin=numpy.sin, cos=numpy.cos, sqrt=numpy.sqrt, pi=numpy.pi)
    compiled = {name: compile(text, name, "eval") for name, text in FORMULAS.items()}
    yield "numpy", {name: lambda code=code: eval(code, names) for name, code in compiled.items()}
    if numexpr is not None:
        numexpr.set_num_threads(1)
        values = dict(data, pi=numpy.pi)
        yield "numexpr", {name: lambda text=text: numexpr.evaluate(text, local_dict=values) for name, text in FORMULAS.items()}


def row_loop(folder):
    """ExprTk's program; None where it is missing, which a line says."""
    os.makedirs(folder, exist_ok=True)
    return compiled("ExprTk", "columns_exprtk.cpp", "exprtk.hpp (in no package of Debian 12)", folder)


def measure(function, rows):
    calls = CALLED_ROWS // rows + 1
    start = time.process_time_ns()
    for _ in range(calls):
        result = function()
    return (time.process_time_ns() - start) / (calls * rows), float(result.sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build")
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    command = [os.path.join(args.build, "bench", "bench_columns"), str(args.rows), "1"]
    helper = os.path.join(args.build, "burin-jit")
    if os.access(helper, os.X_OK):
        command.append(helper)
    else:
        print("native code: burin-jit was not built (it needs libgccjit), not measured")
    times, sums, others = {}, {}, list(peers(args.rows))
    exprtk = row_loop(os.path.join(os.path.dirname(args.build), "bench"))

    def note(engine, formula, ns, total):
        times.setdefault((engine, formula), []).append(ns)
        expected = sums.setdefault(formula, total)
        if abs(total - expected) > 1e-9 * abs(expected):
            sys.exit("%s: %s gives the sum %r, not %r" % (formula, engine, total, expected))

    for turn in range(args.rounds):
        def burin():
            for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
                row = json.loads(line)
                note(row["engine"], row["formula"], row["ns"], row["sum"])
        def exprtk_rows():
            words = [word for item in FORMULAS.items() for word in item]
            for line in subprocess.run([exprtk, str(args.rows), *words], check=True, capture_output=True, text=True).stdout.splitlines():
                row = json.loads(line)
                note("ExprTk, row loop", row["formula"], row["ns"], row["sum"])
        runs = [burin] + ([exprtk_rows] if exprtk else []) + [lambda engine=engine, functions=functions: [note(engine, name, *measure(f, args.rows)) for name, f in functions.items()]
                          for engine, functions in others]
        for run in runs if turn % 2 == 0 else reversed(runs):
            run()
    print("ns a row, %d rows, medians of %d rounds (times that of native code)" % (args.rows, args.rounds))
    ours = "burin, native" if len(command) > 3 else "burin"
    for engine in dict.fromkeys(name for name, _ in times):
        own = ours + ", 4 ulp" if engine.endswith("4 ulp") else ours
        cells = []
        for formula in FORMULAS:
            ns = statistics.median(times[engine, formula])
            cells.append("%s %7.3f (%.2f)" % (formula, ns, ns / statistics.median(times[own, formula])))
        print("%-22s%s" % (engine, "  ".join(cells)))


if __name__ == "__main__":
    main()
