#!/usr/bin/env python3
"""Every driver of `./build.sh bench` can be started: what it imports is there."""
import os
import subprocess
import sys

import tree

DRIVERS = ("run", "expr", "columns", "compile", "reactive", "store")


def main():
    wrong = 0
    for name in DRIVERS:
        done = subprocess.run([sys.executable, os.path.join(tree.ROOT, "bench", name + ".py"), "--help"], capture_output=True, text=True)
        if done.returncode or "usage" not in done.stdout:
            wrong += 1
            print("bench/%s.py --help: %s" % (name, (done.stderr.strip() or "says nothing").splitlines()[-1]))
    return 1 if wrong else 0


sys.exit(main())
