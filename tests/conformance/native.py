#!/usr/bin/env python3
"""native.py BURIN [--every N] FILE...: cases (JSON lines of the batch protocol), interpreted and as native code.

Every N-th case of each file is answered by the interpreter, by native code at -O0, -O1 and -O2, by what the cache has kept of the last, and by
what was compiled ahead of time; the answers, errors and their places too, must be the same to the byte. What was compiled is counted from --explain: a run that
compiles nothing, or a second one that does, fails."""
import argparse
import json
import re
import subprocess
import sys
import tempfile

COMPILED = re.compile(rb"^burin: jit: .*: (\d+) units? of \d+ instructions native (after|from the cache)", re.M)


def answers(burin, cases, *options):
    done = subprocess.run([burin, "batch", *options], input=b"".join(cases), capture_output=True)
    counts = {b"after": 0, b"from the cache": 0}
    for units, how in COMPILED.findall(done.stderr):
        counts[how] += int(units)
    return done.stdout.splitlines(), counts, done.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("burin")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    cases = []
    for path in args.files:
        with open(path, "rb") as file:
            cases += [line.rstrip(b"\n") + b"\n" for line in file if line.strip()][::args.every]
    failed = 0
    want, _, code = answers(args.burin, cases)
    if len(want) != len(cases) or code:
        sys.exit("the interpreter answered %d of %d cases and ended with %d" % (len(want), len(cases), code))
    with tempfile.TemporaryDirectory() as cache:
        level = lambda n, folder: ["--engine=jit", "--jit-eager", "--explain", "--jit-level", n, "--cache", folder]
        for name, options in (("-O0", level("0", "off")), ("-O1", level("1", "off")), ("-O2", level("2", cache + "/c")),
                              ("-O2 from the cache", level("2", cache + "/c")), ("ahead of time", ["--ahead"])):
            got, counts, code = answers(args.burin, cases, *options)
            different = [n for n in range(len(cases)) if n >= len(got) or got[n] != want[n]]
            for n in different[:10]:
                print("%s: %s\n  interpreted %s\n  native      %s" % (name, json.loads(cases[n]).get("id"), want[n].decode()[:300],
                                                                     got[n].decode()[:300] if n < len(got) else "no answer"))
            made, kept = counts[b"after"], counts[b"from the cache"]
            idle = "--explain" in options and (made > 0.02 * kept if "cache" in name else made == 0)
            print("%s: %d cases, %d differ" % (name, len(cases), len(different)) + ("; %d units compiled, %d from the cache" % (made, kept) if "--explain" in options else ""))
            failed |= bool(different or code or idle)
    sys.exit(failed)


if __name__ == "__main__":
    main()
