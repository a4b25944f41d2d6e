#!/usr/bin/env python3
"""verdict.py STATUSES COMPATIBILITY.md: does a conformance run hold what the project promises?

Every case passes, except the ids that docs/COMPATIBILITY.md lists with their reasons. An id listed there that passes is
a stale row, and fails too when the whole corpus was run. `unsupported` is a failure like any other.
"""
import json
import re
import sys


def listed_ids(path):
    """The ids in the first column of the table under "Differences": | `id` | ... |"""
    with open(path, encoding="utf-8") as f:
        return [m.group(1) for m in re.finditer(r"^\| `([^`]+)` \|", f.read(), re.M)]


def main():
    try:
        with open(sys.argv[1], encoding="utf-8") as f:
            statuses = json.load(f)
    except OSError:
        sys.exit("conformance: the run gave no result")
    known = set(listed_ids(sys.argv[2]))
    failing = {case: status for case, status in statuses.items() if status != "pass"}
    surprises = sorted(case for case in failing if case not in known)
    stale = sorted(case for case in known if statuses.get(case) == "pass")
    for case in surprises[:20]:
        print("not expected: %s (%s)" % (case, failing[case]))
    for case in stale:
        print("docs/COMPATIBILITY.md lists a case that passes: %s" % case)
    print("conformance: %d cases, %d pass, %d listed differences, %d failures"
          % (len(statuses), len(statuses) - len(failing), len(failing) - len(surprises), len(surprises)))
    return 1 if surprises or stale or not statuses else 0


if __name__ == "__main__":
    sys.exit(main())
