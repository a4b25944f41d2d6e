"""Burin against CPython on random scripts.

    compare_scripts.py [--seconds N] [--seed N] [--count N] [--keep N] [--native]

Runs `burin batch` (BURIN in the environment) beside exec() of the Python that runs this. What a script prints and the class, message and
line of what it raises must be the same; with --native also what native code makes of it, and the steps that both count. A script that differs is made small and printed with both answers. Scripts with the same seed are the same.
Exit status 1 when any differ."""
import argparse
import builtins
import io
import json
import math
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
import traceback
import warnings

import script_grammar

NATIVE = ["--engine", "jit", "--jit-eager", "--cache", "off"]
LIMITS = ["--timeout", "4", "--max-memory", "256M", "--max-output", "1M"]
PRINTED_MAX = 1 << 20
SECONDS_MAX = 2
# Addresses, sets, whose order is theirs, and dicts with several NaN as keys, which have no identity here.
UNLIKE = re.compile(r"<(function|built-in|bound method|method|class|generator|[a-z_]*iterator|map|filter|zip|enumerate|reversed)\b| at 0x[0-9a-f]+|dict_(keys|values|items)|\{[^{}:]+\}|set\(|\bnan: [^{}]*\bnan: ")
# What shrinking may make of a body that is taken out of its function or loop.
MISPLACED = re.compile("outside (function|loop)|not properly in loop|at module level")
MATH = {name: value for name, value in vars(math).items() if not name.startswith("_") and name != "pow"}


class TooLong(BaseException):
    """The script runs for too long, or prints too much: it is no case."""


class Printed(io.StringIO):
    def write(self, text):
        if self.tell() > PRINTED_MAX:
            raise TooLong
        return super().write(text)


def stop(*_):
    raise TooLong


def raised_line(error):
    """Of the innermost frame of the script."""
    if isinstance(error, SyntaxError):
        return error.lineno
    found = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<script>"]
    return found[-1] if found else None


def expected(text):
    """What CPython makes of it; None where that cannot be compared."""
    out, real = Printed(), sys.stdout
    answer = {}
    try:
        sys.stdout = out
        signal.setitimer(signal.ITIMER_REAL, SECONDS_MAX)
        try:
            exec(compile(text, "<script>", "exec"), {"__builtins__": {**vars(builtins), **MATH}})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except (TooLong, MemoryError, RecursionError):
        return None
    except Exception as error:
        if isinstance(error, SyntaxError) and (error.filename != "<script>" or "statically nested" in error.msg): # Burin has no such limit
            return None
        answer["error"] = {"type": type(error).__name__, "msg": error.msg if isinstance(error, SyntaxError) else str(error), "line": raised_line(error)}
    finally: # contextlib.redirect_stdout makes a call for it, which fails where the script has used all memory
        sys.stdout = real
    answer["stdout"] = out.getvalue()
    return None if UNLIKE.search(json.dumps(answer)) else answer


HARD_LIMIT = resource.getrlimit(resource.RLIMIT_AS)[1]


def unlimited():
    """Python's limit of memory is not Burin's: a sanitizer needs terabytes of addresses."""
    resource.setrlimit(resource.RLIMIT_AS, (HARD_LIMIT, HARD_LIMIT))


class Engine:
    def __init__(self, command, options=()):
        self.command = [command, "batch", *LIMITS, *options]
        self.steps = None # of the last script
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=unlimited)

    def answer(self, text):
        case = {"id": 1, "mode": "script", "steps": [{"src": text, "look": []}]}
        self.process.stdin.write(json.dumps(case).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self.start()
            return {"error": {"type": "crash", "msg": "exit status %d" % status, "line": None}, "stdout": ""}
        answer = json.loads(line)
        step = answer["steps"][0] if "steps" in answer else answer
        self.steps = step.get("steps")
        got = {"stdout": step.get("stdout", "")}
        if step.get("error"):
            got["error"] = {key: step["error"].get(key) for key in ("type", "msg", "line")}
        return got


COMPARED = re.compile(r"(not supported between instances of) '(\w+)' and '(\w+)'")


def in_order(text):
    """Which of two items is compared with which is a set's order."""
    return COMPARED.sub(lambda found: found[1] + " " + " ".join(sorted(found.groups()[1:])), text)


def comparable(answer):
    error = answer.get("error")
    answer = dict(answer, stdout=in_order(answer["stdout"]))
    if error: # messages end at a NUL, as in C
        answer["error"] = dict(error, msg=in_order(error["msg"].split("\0")[0]))
    return answer


def is_set_order(text, want, got):
    """Do the answers differ as a set's order makes them: the same characters, or two other items compared?"""
    if not re.search(r"\bset\(|\{", text):
        return False
    if want["stdout"] != got["stdout"]:
        return sorted(want["stdout"]) == sorted(got["stdout"])
    messages = [answer.get("error", {}).get("msg", "") for answer in (want, got)]
    return all(COMPARED.search(message) for message in messages)


class Comparison:
    def __init__(self, command, native=False):
        self.engine = Engine(command)
        self.native = Engine(command, NATIVE) if native else None
        self.compared = self.errors = 0
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, HARD_LIMIT))
        signal.signal(signal.SIGALRM, stop)
        warnings.simplefilter("ignore")

    def both(self, text):
        """The two answers; None where they are the same or Python's cannot be compared."""
        want = expected(text)
        if want is None:
            return None
        got = self.engine.answer(text)
        if got.get("error", {}).get("type") in ("LimitError", "MemoryError"):
            return None
        self.compared += 1
        self.errors += "error" in want
        if self.native:
            natively = self.native.answer(text)
            if (natively, self.native.steps) != (got, self.engine.steps):
                return dict(got, interpreted=self.engine.steps), dict(natively, native=self.native.steps)
        return None if comparable(want) == comparable(got) or is_set_order(text, want, got) else (want, got)


def kind(pair):
    """Shrinking may not turn one difference into another."""
    return tuple((answer.get("error") or {}).get("type", "") for answer in pair) + (pair[0]["stdout"] == pair[1]["stdout"],)


def smaller(statements):
    """Every program with one statement less, or with a compound statement's body in its place."""
    for n, statement in enumerate(statements):
        yield statements[:n] + statements[n + 1:]
        if isinstance(statement, str):
            continue
        for body in statement[1::2]:
            yield statements[:n] + body + statements[n + 1:]
        for part in range(2, len(statement), 2):
            yield statements[:n] + [statement[:part] + statement[part + 2:]] + statements[n + 1:]
        for part in range(1, len(statement), 2):
            for body in smaller(statement[part]):
                yield statements[:n] + [statement[:part] + [body] + statement[part + 1:]] + statements[n + 1:]


def shrink(comparison, statements, pair, seconds=20):
    end = time.monotonic() + seconds
    wanted = kind(pair)
    compared, errors = comparison.compared, comparison.errors
    found = True
    while found and time.monotonic() < end:
        found = False
        for candidate in smaller(statements):
            if time.monotonic() > end:
                break
            both = comparison.both(script_grammar.text_of(candidate))
            if both and kind(both) == wanted and not MISPLACED.search(str(both)):
                statements, pair, found = candidate, both, True
                break
    comparison.compared, comparison.errors = compared, errors
    return script_grammar.text_of(statements), pair


def show(text, pair):
    print(text)
    for who, answer in zip(("CPython", "Burin  "), pair):
        print("  %s %s" % (who, json.dumps(answer, ensure_ascii=False)[:600]))
    sys.stdout.flush()


def search(comparison, seed, end, count, keep):
    """Compare scripts until time or number is up; how many differed."""
    print("seed %d" % seed)
    found = n = 0
    while n < count and time.monotonic() < end and found < keep:
        statements = script_grammar.program(random.Random("%d/%d" % (seed, n)))
        n += 1
        pair = comparison.both(script_grammar.text_of(statements))
        if pair:
            found += 1
            print("script %d of seed %d:" % (n - 1, seed))
            show(*shrink(comparison, statements, pair))
    print("%d scripts, %d compared (%d errors), %d differ" % (n, comparison.compared, comparison.errors, found))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=10**9, help="of scripts at most")
    parser.add_argument("--native", action="store_true", help="native code as well")
    parser.add_argument("--keep", type=int, default=20, help="differences after which to stop")
    options = parser.parse_args()
    return 1 if search(Comparison(os.environ["BURIN"], options.native), options.seed, time.monotonic() + options.seconds, options.count, options.keep) else 0


if __name__ == "__main__":
    sys.exit(main())
