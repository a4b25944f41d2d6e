#!/usr/bin/env python3
"""How long native code takes to make, what it leaves in the host's memory, and what it does to renders beside it.

    ./build.sh bench compile [--quick]

bench/c/compile.c measures; a full run writes docs/BENCHMARKS-COMPILE.md."""
import argparse
import json
import os
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SUBJECTS = (("expression", "an expression", 15), ("template", "a template of some 100 instructions", 40), ("page", "a page of 20 KB", 150))

HEAD = """# From hot to native

Written by `./build.sh bench compile` on {date}; {cores} cores, load average {load:.1f} when it began. Times are by the clock on the wall, from the wish
to native code in place, through the process `burin-jit`, which runs already; nothing comes from a cache. The median of {times} texts, none of them the same.
*The compiler* is the processor time of libgccjit in it, which a loaded machine changes little; to it come the assembler and the way there and back. *The aim* is
for a core that nothing else uses.

| | instructions | the compiler, ms | median, ms | best, ms | worst, ms | the aim, ms |
|---|---:|---:|---:|---:|---:|---:|
"""


def report(result, times, load):
    text = HEAD.format(date=time.strftime("%Y-%m-%d"), cores=os.cpu_count(), load=load, times=times)
    for key, name, most in SUBJECTS:
        r = result[key]
        text += "| %s | %d | %.1f | %.1f | %.1f | %.1f | %d |\n" % (name, r["instructions"], r["compiler_ms"], r["median_ms"], r["best_ms"], r["worst_ms"], most)
    text += "\nAfter %d more compilations the host's memory has grown by %d KB.\n" % (result["compiles"], result["grown_kb"])
    ratio = result["beside_ns"] / result["alone_ns"]
    text += "\nA render takes %.0f ns of its thread's time alone, and %.0f while another thread has one template after another compiled: %.2f times.\n" % (
        result["alone_ns"], result["beside_ns"], ratio)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true", help="fewer texts; writes nothing")
    args = parser.parse_args()
    helper = os.path.join(args.build, "burin-jit")
    if not os.path.exists(helper):
        print("burin-jit: not built here (no libgccjit), not measured")
        return
    load = os.getloadavg()[0]
    times, compiles = (5, 50) if args.quick else (21, 1000)
    out = subprocess.run([os.path.join(args.build, "bench/bench_compile"), helper, str(times), str(compiles)], check=True, capture_output=True, text=True)
    text = report(json.loads(out.stdout), times, load)
    print(text)
    if not args.quick:
        with open(os.path.join(HERE, "../docs/BENCHMARKS-COMPILE.md"), "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
