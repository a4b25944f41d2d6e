#!/usr/bin/env python3
"""./build.sh bench store [--quick]: the entity store beside a floor written by hand.

bench_store asserts what it measures (agents conserved, old versions unchanged, no state too many) and says it as JSON, which goes to
build/bench/store.json. A full run takes the best of five, row by row, since a busy machine only ever adds; and writes docs/BENCHMARKS-STORE.md.
"""
import argparse
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def run(program, quick):
    done = subprocess.run([program] + (["--quick"] if quick else []), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("bench_store failed: " + done.stderr)
    return json.loads(done.stdout)


def best(runs):
    """The smallest of each figure, row by row."""
    return {table: [{key: min(r[table][n][key] for r in runs) for key in row} for n, row in enumerate(runs[0][table])] for table in runs[0]}


def report(figures, rounds, load):
    move = ["| entities | a move, ns | by a call, ns | by hand, ns | states written |", "|---:|---:|---:|---:|---:|"]
    move += ["| {entities} | {ns:.0f} | {call_ns:.0f} | {floor_ns:.0f} | {states} |".format(**row) for row in figures["move"]]
    one = ["| entities | commit, ns | bytes kept | get, ns | get of an old version, ns | diff of neighbours, ns | pin, ns |", "|---:|---:|---:|---:|---:|---:|---:|"]
    one += ["| {entities} | {commit_ns:.0f} | {bytes:.0f} | {get_ns:.1f} | {old_get_ns:.1f} | {diff_ns:.1f} | {pin_ns:.1f} |".format(**row) for row in figures["one"]]
    return """# The entity store, measured

Written by `./build.sh bench store`; all versions are kept. CPU time of the thread, the median of 10,000 operations or of 15 batches, then the
smallest of %d runs; the machine's load was %.1f on %d processors.

**move**: an agent is found by name in one node of a grid of nodes, taken out, appended to another, committed. Each run asserts that
every move writes four states and no more (the agent, two nodes, the map), that no agent is lost, and that version 1 is what it was.
*By a call* goes through the registry: a function with four typed arguments, a result that is the next call's argument, a record.
*By hand* copies the same arrays, checks nothing and frees nothing.

%s

**one entity**: one number of a random entity among so many is set and committed; read in the newest version and in a random one.

%s

**a pure function** of two ints, called from C through the registry: %.1f ns.
""" % (rounds, load, os.cpu_count(), "\n".join(move), "\n".join(one), figures["pure"][0]["ns"])


def main():
    parser = argparse.ArgumentParser(prog="./build.sh bench store")
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true", help="a short look; nothing is written to docs/")
    options = parser.parse_args()
    rounds = 1 if options.quick else 5
    figures = best([run(os.path.join(options.build, "bench", "bench_store"), options.quick) for _ in range(rounds)])
    folder = os.path.join(ROOT, "build", "bench")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "store.json"), "w", encoding="utf-8") as f:
        json.dump(figures, f, indent=2)
    text = report(figures, rounds, os.getloadavg()[0])
    print(text)
    if not options.quick:
        with open(os.path.join(ROOT, "docs", "BENCHMARKS-STORE.md"), "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
