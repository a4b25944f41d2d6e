"""Burin's native code against its interpreter and CPython on many random scripts: those of compare_scripts.py that are short.

    compare_together.py [--seconds N] [--seed N] [--count N] [--keep N] [--size N]

Each script becomes a function. The first step of a session defines N of them, and every other step, always the same text, calls the next. So
native code is made once for all, several times as many scripts as alone in the same time, and what a step prints, raises and counts is still the
answer of one script. In every second session the scripts' variables are global, in the others they are the functions' own. A script that differs
is made small and printed with both answers. Exit status 1 when any differ."""
import argparse
import json
import os
import random
import re
import sys
import time

import script_grammar
from compare_scripts import NATIVE, Comparison, Engine, comparable, expected, is_set_order, show, shrink

NAMES = script_grammar.NAMES + ("i", "j", "k", "v")
TEXT_MAX = 1500 # longer ones take most of the time of compiling
NEXT = "call()"
ROOM = ["--timeout", "100", "--max-memory", "1G", "--max-output", "64M"]


def with_owned_names(statements):
    """What a nested function calls global belongs to the function around it."""
    return [re.sub(r"^global\b", "nonlocal", s) if isinstance(s, str) else [with_owned_names(part) if isinstance(part, list) else part for part in s] for s in statements]


def as_function(statements, name, is_global):
    if is_global:
        statements = ["global " + ", ".join(NAMES), " = ".join(NAMES) + " = None"] + statements
    else:
        statements = with_owned_names(statements)
    return ["def %s():" % name, statements]


class Script:
    def __init__(self, seed, n, is_global):
        statements = script_grammar.program(random.Random("%d/%d" % (seed, n)))
        self.n, self.name = n, "script%d" % n
        self.function = as_function(statements, self.name, is_global)
        self.text = script_grammar.text_of([self.function])
        self.statements = [self.function, self.name + "()"]
        self.want = None
        if len(self.text) <= TEXT_MAX:
            self.want = expected(script_grammar.text_of(self.statements))

    def is_fit(self):
        return self.want is not None and self.want.get("error", {}).get("type") != "SyntaxError"


def case_of(scripts):
    """The case, and the line before each script's first."""
    lines, before = [], []
    for script in scripts:
        before.append(len(lines))
        lines += script.text.splitlines()
    lines += ["scripts = iter([%s])" % ", ".join(script.name for script in scripts), "def call():", "    return next(scripts)()"]
    steps = [{"src": "\n".join(lines) + "\n", "look": []}] + [{"src": NEXT, "look": []}] * len(scripts)
    return {"id": 1, "mode": "script", "steps": steps}, before


def answers(engine, case, before):
    """Of each script: the answer, and the steps."""
    engine.process.stdin.write(json.dumps(case).encode() + b"\n")
    engine.process.stdin.flush()
    line = engine.process.stdout.readline()
    if not line:
        engine.process.wait()
        engine.start()
        return None
    found = []
    for step, offset in zip(json.loads(line)["steps"][1:], before):
        got = {"stdout": step["stdout"]}
        if step.get("error"):
            got["error"] = {key: step["error"][key] for key in ("type", "msg", "line")}
            got["error"]["line"] -= offset
        found.append((got, step["steps"]))
    return found


class Together:
    def __init__(self, comparison, size):
        self.one, self.size = comparison, size
        command = comparison.engine.command[0]
        self.engines = [Engine(command, ROOM), Engine(command, NATIVE + ["--jit-level", "0"] + ROOM)]
        self.compared = self.errors = 0

    def different(self, scripts):
        """Those whose answers are not the same, each with two answers."""
        case, before = case_of(scripts)
        plain, native = (answers(engine, case, before) for engine in self.engines)
        if plain is None or native is None:
            return [(script, ({"crash": plain is None}, {"crash": native is None})) for script in scripts]
        found = []
        for script, got, natively in zip(scripts, plain, native):
            if got[0].get("error", {}).get("type") in ("LimitError", "MemoryError"):
                continue
            self.compared += 1
            self.errors += "error" in script.want
            if got != natively:
                found.append((script, (dict(got[0], interpreted=got[1]), dict(natively[0], native=natively[1]))))
            elif comparable(script.want) != comparable(got[0]) and not is_set_order(script.text, script.want, got[0]):
                found.append((script, (script.want, got[0])))
        return found

    def tell(self, seed, script, pair):
        print("script %d of seed %d:" % (script.n, seed))
        alone = self.one.both(script_grammar.text_of(script.statements))
        show(*(shrink(self.one, script.statements, alone) if alone else (script.text, pair)))

    def search(self, seed, end, count, keep):
        print("seed %d" % seed)
        found = n = 0
        is_global = False
        while n < count and time.monotonic() < end and found < keep:
            scripts, is_global = [], not is_global
            while len(scripts) < self.size and n < count:
                script = Script(seed, n, is_global)
                n += 1
                scripts += [script] if script.is_fit() else []
            for script, pair in self.different(scripts) if scripts else []:
                found += 1
                self.tell(seed, script, pair)
        print("%d scripts, %d compared (%d errors), %d differ" % (n, self.compared, self.errors, found))
        return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=10**9, help="of scripts at most, with those that are left out")
    parser.add_argument("--keep", type=int, default=20, help="differences after which to stop")
    parser.add_argument("--size", type=int, default=20, help="scripts in one compilation")
    options = parser.parse_args()
    together = Together(Comparison(os.environ["BURIN"], True), options.size)
    return 1 if together.search(options.seed, time.monotonic() + options.seconds, options.count, options.keep) else 0


if __name__ == "__main__":
    sys.exit(main())
