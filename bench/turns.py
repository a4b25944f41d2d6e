"""Engines that take turns: each a process of its own that has warmed up, and that times one batch for each line it is sent.

A machine is loud for seconds at a time; batches that follow each other within milliseconds are loud or quiet together, so that a
ratio within one round says more than two medians.
"""
import random
import statistics
import subprocess
import threading


class Failure(Exception):
    """An engine that ended before its time; says why."""


class Warm:
    """A running harness: `command` must print a line when it has warmed up, and then the ns of a batch for each line it reads."""

    def __init__(self, command, seconds=300):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.watchdog = threading.Timer(seconds, self.process.kill)
        self.watchdog.start()
        try:
            self.line()
        except Failure:
            self.close()
            raise

    def line(self):
        got = self.process.stdout.readline()
        if not got:
            lines = self.process.stderr.read().strip().splitlines()
            raise Failure(next((line for line in lines if "rror" in line), lines[-1] if lines else "it ended"))
        return got

    def batch(self):
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass # line() says why
        return float(self.line())

    def close(self):
        self.watchdog.cancel()
        self.process.kill()
        self.process.communicate()


def rounds(commands, limit, number, left_out):
    """[{"engine", "round", "ns", "limit_ns"}]: in each of `number` rounds one batch of each engine of `commands` (name: command), in random
    order, with `limit` before them, in their middle and after them; limit_ns is the median of its three. An engine that fails goes to
    left_out(name, why); the program ends if `limit` does."""
    warm, rows = {}, []

    def attempt(name, what):
        try:
            return what()
        except Failure as failure:
            if name == limit:
                raise SystemExit("bench: %s failed: %s" % (name, failure)) from failure
            left_out(name, failure)
            if name in warm:
                warm.pop(name).close()
            return None

    try:
        for name, command in commands.items():
            engine = attempt(name, lambda: Warm(command))
            if engine:
                warm[name] = engine
        for each in range(number):
            others = random.sample([name for name in warm if name != limit], len(warm) - 1)
            middle = len(others) // 2
            got = [(name, attempt(name, warm[name].batch)) for name in (limit, *others[:middle], limit, *others[middle:], limit)]
            limit_ns = statistics.median(ns for name, ns in got if name == limit)
            rows += [{"engine": name, "round": each, "ns": ns, "limit_ns": limit_ns} for name, ns in got if ns is not None and name != limit]
            rows.append({"engine": limit, "round": each, "ns": limit_ns, "limit_ns": limit_ns})
    finally:
        for engine in warm.values():
            engine.close()
    return rows
