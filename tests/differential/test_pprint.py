"""pprint against the Python that runs this: random values through the filter `pprint`, and through {% debug %}, which cuts off
at a depth and writes compact rows. Only CPython 3.11 is the truth. BURIN_CASES, BURIN_SEED: how many, which."""
import json
import os
import pprint
import random
import re
import subprocess
import sys

import jinja2

R = random.Random(int(os.environ.get("BURIN_SEED", "1")))
CASES = int(os.environ.get("BURIN_CASES", "3000"))


def text():
    words = ["word", "é日本", "a-much-longer-word", "x", "'", '"', "\\", "\n", "two  spaces", "\t", "\u2028", "<b>"]
    return R.choice(["", " "]).join(R.choice(words) + R.choice(["", " "]) for _ in range(R.choice([0, 1, 1, 2, 5, 20])))


def number():
    return R.choice([0, 1, -7, True, None, 1.5, 10**20, R.randint(0, 10**9)])


def value(depth):
    kind = R.choice(["text", "number", "number"] + ["list", "tuple", "dict", "bytes"] * (depth > 0))
    if kind == "text":
        return text()
    if kind == "number":
        return number()
    if kind == "bytes":
        return bytes(R.randrange(256) for _ in range(R.choice([0, 3, 4, 5, 30])))
    items = [value(depth - 1) for _ in range(R.choice([0, 1, 1, 2, 3, 6, 15]))]
    if kind == "dict":
        return {R.choice([text(), number()]): item for item in items}
    return items if kind == "list" else tuple(items)


def encoded(v):
    if isinstance(v, bytes):
        return {"$bytes": v.hex()}
    if isinstance(v, tuple):
        return {"$tuple": [encoded(item) for item in v]}
    if isinstance(v, list):
        return [encoded(item) for item in v]
    if isinstance(v, dict):
        return {"$dict": [[encoded(key), encoded(item)] for key, item in v.items()]}
    return v


def plain_case(v):
    return {"source": "{{ v|pprint }}", "context": {"v": encoded(v)}}, pprint.pformat(v)


def debug_case(v):
    wanted = jinja2.Environment(extensions=["jinja2.ext.debug"]).from_string("{% debug %}").render(v=v)
    return {"source": "{% debug %}", "context": {"v": encoded(v)}, "env": {"extensions": ["debug"]}}, wanted


def without_addresses(output):
    return re.sub(r"<function \w+ at 0x[0-9a-f]+>", "<function>", output)


def main():
    if sys.version_info[:2] != (3, 11):
        print("skipped: this is Python %d.%d, not 3.11" % sys.version_info[:2])
        return 77
    values = [value(R.randint(0, 4)) for _ in range(CASES)]
    made = [plain_case(v) for v in values] + [debug_case(v) for v in values[:CASES // 4]]
    lines = "".join(json.dumps(dict(request, id=n)) + "\n" for n, (request, _) in enumerate(made))
    done = subprocess.run([os.environ["BURIN"], "batch"], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    failures = 0
    for (request, want), line in zip(made, done.stdout.decode().splitlines(), strict=True):
        got = json.loads(line).get("output", line)
        if without_addresses(got) == without_addresses(want):
            continue
        failures += 1
        if failures <= 10:
            print("%s\n  want %r\n  got  %r" % (json.dumps(request, ensure_ascii=False), want, got))
    print("%d values, %d differ" % (len(made), failures))
    return 1 if failures else 0


sys.exit(main())
