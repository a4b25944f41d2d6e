#!/usr/bin/env python3
"""./build.sh bench store [--quick]: the entity store beside a floor written by hand.

bench_store asserts what it measures (agents conserved, old versions unchanged, no state too many) and says it as JSON, as bench_store_durable
does of stores in a file, and bench_store_clients of many on a PostgreSQL server, which is started for it if there is one; it all goes to build/bench/store.json. A full run takes the best of five, row by row, since a busy machine only ever adds; and writes docs/BENCHMARKS-STORE.md.
"""
import argparse
import contextlib
import glob
import json
import os
import pwd
import signal
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


@contextlib.contextmanager
def postgres():
    """The URI of a server of our own, as Debian sets it up; None where there is none."""
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    users = [u for u in ("postgres", "nobody") if any(p.pw_name == u for p in pwd.getpwall())]
    if not programs or (os.geteuid() == 0 and not users):
        yield None
        return
    as_user = {"user": users[0], "group": pwd.getpwnam(users[0]).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **as_user}
        subprocess.run([os.path.join(os.path.dirname(programs[-1]), "initdb"), "-D", "data", "-A", "trust", "-U", "burin", "-E", "UTF8", "--locale=C"],
                       check=True, **quiet)
        server = subprocess.Popen([programs[-1], "-D", "data", "-k", folder, "-c", "listen_addresses="], **quiet)
        uri = "postgresql:///postgres?host=%s&user=burin" % folder
        for _ in range(200):
            if os.path.exists(os.path.join(folder, ".s.PGSQL.5432")):
                break
            time.sleep(0.05)
        time.sleep(0.5)
        try:
            yield uri
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def run(folder, quick):
    figures = {}
    with postgres() as uri:
        if uri:
            done = subprocess.run([os.path.join(folder, "bench_store_clients"), uri] + (["--quick"] if quick else []), capture_output=True, text=True)
            if done.returncode:
                raise SystemExit("bench_store_clients failed: " + done.stderr)
            figures.update(json.loads(done.stdout))
    helper = os.path.join(os.path.dirname(folder), "burin-jit")
    native = ["--jit", helper] if os.path.exists(helper) else []
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for program, words in (("bench_store", []), ("bench_store_calls", native), ("bench_store_durable", [scratch])):
            done = subprocess.run([os.path.join(folder, program)] + words + (["--quick"] if quick else []), capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(program + " failed: " + done.stderr)
            figures.update(json.loads(done.stdout))
    return figures


def best(runs):
    """The best of each figure, row by row: the smallest, or the largest of what is counted by the second."""
    def pick(table, n, key):
        return (max if table == "clients" and not key.endswith("_us") else min)(r[table][n][key] for r in runs)
    return {table: [{key: row[key] if isinstance(row[key], str) else pick(table, n, key) for key in row} for n, row in enumerate(runs[0][table])] for table in runs[0]}


def beside_goals(row):
    """What can be said of the goals for the largest store, given what the machine does."""
    said = "Two loads at random, the second from where the first says, with nothing else to do between them, take %.0f ns each time on this machine" % row["two_loads_ns"]
    said += ", so that the first goal is under its floor." if row["two_loads_ns"] > 60 else ": the first goal is %s." % ("reached" if row["get_ns"] <= 60 else "above the floor, and not reached")
    return said + "\nA read of an old version finds the version first; that goal is %s." % ("reached" if row["old_get_ns"] <= 300 else "not reached")


def report(figures, rounds, load):
    move = ["| entities | a move, ns | by a call, ns | by hand, ns | states written |", "|---:|---:|---:|---:|---:|"]
    move += ["| {entities} | {ns:.0f} | {call_ns:.0f} | {floor_ns:.0f} | {states} |".format(**row) for row in figures["move"]]
    one = ["| entities | commit, ns | by hand | bytes kept | get, ns | by hand | two loads | get of an old version, ns | by hand | diff of neighbours, ns | pin, ns |",
           "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"]
    one += ["| {entities} | {commit_ns:.0f} | {floor_commit_ns:.0f} | {bytes:.0f} | {get_ns:.1f} | {floor_get_ns:.1f} | {two_loads_ns:.1f} | {old_get_ns:.1f} | {floor_old_get_ns:.1f} | "
            "{diff_ns:.1f} | {pin_ns:.1f} |".format(**row) for row in figures["one"]]
    lists = ["| children | a child replaced, ns | by hand | bytes kept | by hand |", "|---:|---:|---:|---:|---:|"]
    lists += ["| {children} | {ns:.0f} | {floor_ns:.0f} | {bytes:.0f} | {floor_bytes:.0f} |".format(**row) for row in figures["list"]]
    largest = figures["one"][-1]
    d = figures["durable"][0]
    durable = ["| | p10, µs | p50, µs |", "|---|---:|---:|"]
    durable += ["| %s | %.1f | %.1f |" % (what, d[key + "_p10"] / 1e3, d[key + "_p50"] / 1e3)
                for what, key in (("append 256 bytes and fdatasync", "raw"), ("a commit, FULL", "full"), ("a commit, NORMAL", "normal"))]
    durable += ["", "Deferred commits and one sync, FULL: %.0f a second. Eight threads that each wait for their own, FULL: %.0f a second."
                % (1e9 / d["batch"], 1e9 / d["threads"])]
    clients = "not measured: there was no server."
    if "clients" in figures:
        clients = ("one client %(one).0f commits a second, 16 clients, each with a store and a tree of its own, %(clients).0f together; deferred "
                   "%(batch).0f a second by one.\nA commit of another is taken in within %(refresh_us).0f µs." % figures["clients"][0])
    return """# The entity store, measured

Written by `./build.sh bench store`; all versions are kept. CPU time of the thread, on memory that the machine has used before; the median of 10,000 operations or of 15 batches, then the
smallest of %d runs; the machine's load was %.1f on %d processors.

**move**: an agent is found by name in one node of a grid of nodes, taken out, appended to another, committed. Each run asserts that
every move writes four states and no more (the agent, two nodes, the map), that no agent is lost, and that version 1 is what it was.
*By a call* goes through the registry: a function with four typed arguments, a result that is the next call's argument, a record.
*By hand* copies the same arrays, checks nothing and frees nothing.

%s

**one entity**: one number of a random entity among so many is set and committed; read in the newest version and in a random one (which ones is drawn before the clock starts). *By hand* is a
radix tree of pointers: the same path is copied, nothing is checked, listed or freed. *Two loads* is what any such store needs at least: from a number through a
table of 8 bytes an entity to a record of 64, at random, many under way at once.

%s

The goals were 60 ns for a read and 300 ns for one of an old version among 10⁶ entities. %s

**lists**: of a list of so many children one is taken out, and a new one is put in elsewhere. *By hand* copies the list, which is all it keeps.

%s

**in a file** (SQLite), by the clock on the wall, portions by turns:

%s

**in a PostgreSQL database** (a server as Debian sets it up, on the same machine; each commit is waited for, `synchronous_commit` on):
%s

**a pure function** of two ints, called from C through the registry: %.1f ns. From a script, more than `s + i` in its place takes: %s. Called from C through a pointer: %.1f ns.
""" % (rounds, load, os.cpu_count(), "\n".join(move), "\n".join(one), beside_goals(largest), "\n".join(lists), "\n".join(durable), clients, figures["pure"][0]["ns"],
       "; ".join("%s %.1f ns, in plain C %.1f (a function of the host without a registry %.1f)" % (row["engine"], row["registered_ns"], row["plain_ns"], row["host_ns"])
                 for row in figures["calls"]), min(row["floor_ns"] for row in figures["calls"]))


def main():
    parser = argparse.ArgumentParser(prog="./build.sh bench store")
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true", help="a short look; nothing is written to docs/")
    parser.add_argument("--rounds", type=int, default=5, help="how often all is run; the best of each figure counts (5)")
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    figures = best([run(os.path.join(options.build, "bench"), options.quick) for _ in range(rounds)])
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
