#!/usr/bin/env python3
"""native.py BURIN [--every N] FILE...: cases (JSON lines of the batch protocol, of scripts or of attacks), interpreted and as native code.

Every N-th case of each file is answered by the interpreter, by native code at -O0, -O1 and -O2, by what the cache has kept of the last, and by
what was compiled ahead of time; the answers, errors and their places too, must be the same to the byte. What was compiled is counted from --explain: a run that
compiles nothing, or a second one that does, fails."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import attacks
import scripts

COMPILED = re.compile(rb"^burin: jit: .*: (\d+) units? of \d+ instructions native (after|from the cache)", re.M)
# What every run is given, so that none ends by the clock.
LIMITS = ["--max-steps", "1000000", "--max-memory", "200M", "--timeout", "60", "--max-depth", "400"]
MODES = tuple((name, ["--engine=jit", "--jit-eager", "--explain", "--jit-level", level, "--cache", cache])
              for name, level, cache in (("-O0", "0", "off"), ("-O1", "1", "off"), ("-O2", "2", "CACHE"), ("-O2 from the cache", "2", "CACHE")))
AHEAD = ("ahead of time", ["--ahead"]) # templates alone
ADDRESS = re.compile(rb" at 0x[0-9a-f]+")


def answers(burin, cases, *options):
    done = subprocess.run([burin, "batch", *LIMITS, *options], input=b"".join(cases), capture_output=True)
    counts = {b"after": 0, b"from the cache": 0}
    for units, how in COMPILED.findall(done.stderr):
        counts[how] += int(units)
    return ADDRESS.sub(b" at 0x", done.stdout).splitlines(), counts, done.returncode


def line_of(line):
    """A row of any of the case files as a line of the batch protocol."""
    row = json.loads(line)
    if "must" in row:
        line = json.dumps(attacks.case_of(row)).encode()
    elif "steps" in row and "mode" not in row:
        line = json.dumps(scripts.line_of(row)).encode()
    return line.rstrip(b"\n") + b"\n"


def cases_of(path, every=1):
    with open(path, "rb") as file:
        return [line_of(line) for line in file if line.strip()][::every]


def compare(burin, cases, modes=MODES, limits=(), folder=None):
    """Say what differs. True when nothing does. `limits` come over the usual ones; `folder` is for the cache, when it is to outlive the call."""
    good = True
    want, _, code = answers(burin, cases, *limits)
    if len(want) != len(cases) or code:
        sys.exit("the interpreter answered %d of %d cases and ended with %d" % (len(want), len(cases), code))
    with tempfile.TemporaryDirectory() as own:
        for name, options in modes:
            options = [os.path.join(folder or own, "c") if option == "CACHE" else option for option in options]
            got, counts, code = answers(burin, cases, *options, *limits)
            different = [n for n in range(len(cases)) if n >= len(got) or got[n] != want[n]]
            for n in different[:10]:
                print("%s: %s\n  interpreted %s\n  native      %s" % (name, json.loads(cases[n]).get("id"), want[n].decode()[:300],
                                                                     got[n].decode()[:300] if n < len(got) else "no answer"))
            made, kept = counts[b"after"], counts[b"from the cache"]
            is_told = "--explain" in options
            idle = is_told and (made > 0.02 * kept if "from the cache" in name else made == 0)
            good = good and not (different or code or idle)
            print("%s: %d cases, %d differ" % (name, len(cases), len(different)) + ("; %d units compiled, %d from the cache" % (made, kept) if is_told else ""))
    return good


def named(case):
    """The same case with its source as one of its templates: what is compiled ahead of time has a name, which some messages tell."""
    case = json.loads(case)
    if case.get("mode", "render") == "render" and "source" in case:
        case["main"] = "<template>"
        case["templates"] = {**case.get("templates", {}), "<template>": case.pop("source")}
    return json.dumps(case).encode() + b"\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("burin")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    cases = [case for path in args.files for case in cases_of(path, args.every)]
    good = compare(args.burin, cases)
    sys.exit(not (compare(args.burin, list(map(named, cases)), (AHEAD,)) and good))


if __name__ == "__main__":
    main()
