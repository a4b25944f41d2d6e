"""Burin against the real Jinja2 on random templates.

    compare.py [--seconds N] [--seed N] [--count N] [--messages] [--keep N]

Runs `burin batch` (BURIN in the environment) beside python3-jinja2, case after case. A case that ends otherwise (text, value, class of the error
or its line; with --messages the message too) is made small and printed as one line of JSON with both answers. Cases with the same seed are
the same. Exit status 1 when any differ."""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
import warnings

import grammar
import oracle
import shrink

# Python, not Jinja2, refuses to compile these; the line is then that of the template which asked for this one, and Burin names the place.
COMPILES_NOT = re.compile(r"object has no attribute 'nodes'$|^keyword argument repeated|^duplicate argument|^'(break|continue)' (outside loop|not properly in loop)")
# Names and counts of the Python functions behind filters, and names that Python's compiler gives to sources: said otherwise (docs/COMPATIBILITY.md).
WORDED = re.compile(r"positional argument|exactly one argument|^sequence item [0-9]|unexpected keyword argument|multiple values for|got some positional-only|^keyword argument repeated|' outside loop|not properly in loop")
LIMITS = ["--timeout", "4", "--max-memory", "512M"]


class Engine:
    def __init__(self, command, options=()):
        self.command = [command, "batch", *LIMITS, *options]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def answer(self, case):
        self.process.stdin.write(json.dumps(dict(case, id=1)).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self.start()
            return {"error": "crash", "line": None, "message": "exit status %d" % status}
        answer = json.loads(line)
        del answer["id"]
        return answer


def same(want, got, messages, native):
    """Errors by class, by line where Jinja2 has one, and by message if asked for; all else as text, so that 1, 1.0 and true differ."""
    if "error" not in want or "error" not in got:
        return json.dumps(want) == json.dumps(got)
    if native: # Jinja2 turns pieces to text while later ones are still made: which of two errors comes first differs
        return True
    line_counts = want["line"] is not None and not COMPILES_NOT.search(want["message"])
    return want["error"] == got["error"] and (not line_counts or want["line"] == got["line"]) and (
        not messages or want["message"] == got["message"] or want["error"] == "RecursionError" or WORDED.search(want["message"]) is not None)


class Comparison:
    def __init__(self, command, messages, options=()):
        self.engine = Engine(command, options)
        oracle.limit_memory()
        self.messages = messages
        self.compared = self.errors = 0

    def both(self, case, template_of=oracle.template_of):
        """The two answers, or None where Python's cannot be compared or they are the same."""
        want = oracle.answer(case, template_of)
        if want is None:
            return None
        got = self.engine.answer(case)
        self.compared += 1
        self.errors += "error" in want
        return None if same(want, got, self.messages, case.get("env", {}).get("native")) or "unencodable" in got else (want, got)

    def kind(self, pair):
        """Shrinking may not turn one difference into another."""
        return tuple(answer.get("error", "output") for answer in pair)

    def smallest(self, made, pair):
        kind = self.kind(pair)

        def differs(case):
            try:
                found = self.both(case)
            except (KeyError, TypeError, ValueError): # no case any more
                return False
            return found is not None and self.kind(found) == kind

        counted = self.compared, self.errors
        small = shrink.shrink(made, differs)
        pair = self.both(small)
        self.compared, self.errors = counted
        return small, pair


def show(case, pair):
    print(json.dumps(case, ensure_ascii=False))
    for who, answer in zip(("jinja2", "burin "), pair):
        print("  %s %s" % (who, json.dumps(answer, ensure_ascii=False)))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=10**9, help="of cases at most")
    parser.add_argument("--keep", type=int, default=20, help="differences after which to stop")
    parser.add_argument("--messages", action="store_true")
    options = parser.parse_args()
    comparison = Comparison(os.environ["BURIN"], options.messages)
    return 1 if search(comparison, options.seed, time.monotonic() + options.seconds, options.count, options.keep) else 0


def search(comparison, seed, end, count, keep):
    """Compare cases until time or number is up; how many differed."""
    print("seed %d" % seed)
    warnings.simplefilter("ignore", SyntaxWarning) # Python's about what Jinja2 compiled
    found = n = 0
    while n < count and time.monotonic() < end and found < keep:
        made = made_case(seed, n)
        n += 1
        pair = comparison.both(grammar.text_case(made))
        if pair:
            found += 1
            print("case %d of seed %d:" % (n - 1, seed))
            show(*comparison.smallest(made, pair))
    print("%d cases, %d compared (%d errors), %d differ" % (n, comparison.compared, comparison.errors, found))
    return found


def made_case(seed, n):
    r = random.Random("%d/%d" % (seed, n))
    made = grammar.case(r)
    if r.random() < .08 and "main" in made:
        made = grammar.text_case(made)
        name = r.choice(list(made["templates"]))
        made["templates"][name] = grammar.damaged(made["templates"][name], r)
    return made


if __name__ == "__main__":
    sys.exit(main())
