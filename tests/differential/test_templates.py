"""The first cases of tests/differential/compare.py with a fixed seed, the cases that once differed (regressions.jsonl), and what is odd about each
statement and operator (odd.jsonl: messages count too)."""
import json
import os
import sys
import time

import compare
import oracle

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20240229
SECONDS, CASES = 60, 1000


def stored(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def failures_of(comparison, cases):
    failures = 0
    for case in cases:
        if oracle.answer(case) is None:
            failures += 1
            print("no answer to compare with: %s" % json.dumps(case))
        pair = comparison.both(case)
        if pair:
            failures += 1
            compare.show(case, pair)
    print("%d stored cases, %d differ" % (len(cases), failures))
    return failures


def main():
    comparison = compare.Comparison(os.environ["BURIN"], True)
    failures = failures_of(comparison, stored("odd.jsonl"))
    comparison.messages = False
    failures += failures_of(comparison, stored("regressions.jsonl"))
    found = compare.search(comparison, SEED, time.monotonic() + SECONDS, CASES, 3)
    return 1 if failures or found else 0


sys.exit(main())
