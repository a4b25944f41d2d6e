#!/usr/bin/env python3
"""Scripts interpreted and as native code: the same values, output, variables, errors with their places, and steps.

Those of tests/native/scripts.txt, those that once differed from CPython, random ones with a fixed seed, and the first under limits of
steps and depth; beside them the shared corpus of scripts and attacks, where it lies beside the tree."""
import json
import os
import random
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("conformance", "differential", "cli"):
    sys.path.insert(0, os.path.join(HERE, "..", folder))

import native
import script_grammar
from support import ended, lacking

BURIN, BUILD = os.environ["BURIN"], os.environ["BURIN_BUILD"]
SHARED = os.path.join(HERE, "..", "..", "..", "shared", "conformance", "scripts")
SEED, RANDOM_SCRIPTS = 20261126, 120
AUTO = (("--engine auto", ["--engine=auto", "--cache", "off"]),) # looks for what is hot while it interprets
PLAIN, KEPT, ALL = native.MODES[1:2], native.MODES[2:], native.MODES
STEPS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 500, 4000, 5531)
DEPTHS = (1, 2, 3, 4, 7, 20, 900, 5000)


def parts(path):
    with open(path, encoding="utf-8") as file:
        return file.read().split("====\n")


def case(name, text):
    """Run twice in one session: the second time caches are filled."""
    names = sorted(set(re.findall(r"^([a-z]\w*)\s*=", text, re.M)))
    return (json.dumps({"id": name, "mode": "script", "steps": [{"src": text, "look": names}] * 2}) + "\n").encode()


def main():
    if not os.access(os.path.join(BUILD, "burin-jit"), os.X_OK):
        lacking("scripts as native code: built without libgccjit")
        return ended([])
    own = [case("own %d" % n, text) for n, text in enumerate(parts(os.path.join(HERE, "scripts.txt")))]
    once = [case("once %d" % n, text) for n, text in enumerate(parts(os.path.join(HERE, "..", "differential", "script_regressions.txt")))]
    some = [case("random %d" % n, script_grammar.text_of(script_grammar.program(random.Random("%d/%d" % (SEED, n))))) for n in range(RANDOM_SCRIPTS)]
    failed = []
    for name, cases, modes in (("own", own, ALL), ("once different", once, PLAIN), ("random", some, PLAIN)):
        if not native.compare(BURIN, cases, modes):
            failed.append(name)
    with tempfile.TemporaryDirectory() as folder: # the code is the same under all limits
        modes = KEPT[:1]
        for option, limits in (("--max-steps", STEPS), ("--max-depth", DEPTHS)):
            for limit in limits:
                if not native.compare(BURIN, own, modes + AUTO, [option, str(limit)], folder):
                    failed.append("%s %d" % (option, limit))
                modes = KEPT[1:]
    if os.path.isdir(SHARED):
        for name in sorted(os.listdir(SHARED)):
            if name.endswith(".jsonl") and not native.compare(BURIN, native.cases_of(os.path.join(SHARED, name)), PLAIN):
                failed.append(name)
    if failed:
        print("failed: " + ", ".join(failed))
    return ended(failed)


sys.exit(main())
