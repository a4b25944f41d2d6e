"""The first scripts of tests/differential/compare_scripts.py with a fixed seed, and those that once differed (script_regressions.txt)."""
import os
import sys
import time

import compare_scripts

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20230613
SECONDS, SCRIPTS = 60, 2500


def main():
    comparison = compare_scripts.Comparison(os.environ["BURIN"])
    with open(os.path.join(HERE, "script_regressions.txt"), encoding="utf-8") as file:
        stored = file.read().split("====\n")
    failures = 0
    for text in stored:
        if compare_scripts.expected(text) is None:
            failures += 1
            print("no answer to compare with:\n" + text)
        pair = comparison.both(text)
        if pair:
            failures += 1
            compare_scripts.show(text, pair)
    print("%d stored scripts, %d differ" % (len(stored), failures))
    found = compare_scripts.search(comparison, SEED, time.monotonic() + SECONDS, SCRIPTS, 3)
    return 1 if failures or found else 0


sys.exit(main())
