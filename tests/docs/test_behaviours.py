#!/usr/bin/env python3
"""docs/STORE-BEHAVIOURS.md: each of the 92 behaviours has a row, and the tests it names are there, say its number, and are run by their programs."""
import pathlib
import re
import sys

COUNT = 92
root = pathlib.Path(__file__).resolve().parents[2]
problems, seen = [], {}
for line in (root / "docs/STORE-BEHAVIOURS.md").read_text().splitlines():
    row = re.match(r"\| (\d+) \| ([^|]+) \| (?:`([^`]+)` (\w+)|(none)) \|(.*)\|$", line)
    if not row:
        if re.match(r"\| *\d", line):
            problems.append("not understood: " + line)
        continue
    number, _, path, test, none, note = row.groups()
    seen.setdefault(int(number), []).append(test)
    if none:
        if not note.strip():
            problems.append("%s: no test, and no reason" % number)
        continue
    source = (root / "tests" / path).read_text() if (root / "tests" / path).is_file() else ""
    if not re.search(r"^static void %s\(void \*\*state\)" % test, source, re.M):
        problems.append("%s: %s has no test %s" % (number, path, test))
    elif not re.search(r"\b(?:ROW|TEST|cmocka_unit_test\w*)\(%s\b" % test, source):
        problems.append("%s: %s does not run %s" % (number, path, test))
    elif "b%s_" % number not in test:
        comment = re.search(r"(/\*[^/]*\*/\n)?static void %s\(" % test, source)[1]
        if not re.search(r"\b%s\b" % number, comment or ""):
            problems.append("%s: %s in %s does not say the number, in its name or the comment before it" % (number, test, path))
problems += ["%d: no row" % n for n in range(1, COUNT + 1) if n not in seen]
problems += ["%d: there is no such behaviour" % n for n in seen if not 1 <= n <= COUNT]
print("\n".join(problems) or "%d behaviours, %d tests" % (len(seen), len({t for tests in seen.values() for t in tests if t})))
sys.exit(1 if problems else 0)
