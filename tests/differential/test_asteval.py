"""What asteval's documentation shows, as sessions, through burin/interpreter.h under asteval's profile and through asteval itself.

asteval_sessions.txt: sessions behind lines of ====, which may name options (no_while, readonly=NAME) and numbers to set; in them sources with lines of
---- between. Class of error, printed text and the value's repr must be the same, but for what DIFFERS lists."""
import contextlib
import io
import os
import re
import subprocess
import sys

try:
    import asteval
except ImportError:
    print("asteval (package python3-asteval) is missing: nothing has been compared")
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
DIFFERS = {
    "[(i, j) for i, j in [(1, 2), (3, 4)]]": "asteval 0.9 takes the product of the targets; as CPython",
    "assert 1 == 1": "has no value",
    "del d['k']": "asteval 0.9 deletes no items; as CPython",
    "d": "the same",
    "open('/nonexistent/file')": "there are no files",
    "().__class__": "names with two underscores are refused when it is compiled",
    "__import__('os')": "the same",
    "lambda: 1": "asteval 0.9 has no lambda; as CPython",
}


class Burin:
    def __init__(self):
        path = os.path.join(os.environ["BURIN_BUILD"], "tests", "asteval_driver")
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def new(self, options, numbers):
        self.tell(" ".join(["new"] + options))
        for name, number in numbers:
            self.tell("set %s %s" % (name, number))

    def run(self, source):
        self.tell("run " + source.encode().hex())
        error, printed, value = self.process.stdout.readline().rstrip("\n").split(" ")
        return error, bytes.fromhex(printed).decode(), bytes.fromhex(value).decode()


class Asteval:
    def new(self, options, numbers):
        flags = {option: True for option in options if option.startswith("no_")}
        readonly = [option[len("readonly="):] for option in options if option.startswith("readonly=")]
        self.printed = io.StringIO()
        self.interpreter = asteval.Interpreter(use_numpy=False, writer=self.printed, err_writer=io.StringIO(), readonly_symbols=readonly, **flags)
        for name, number in numbers:
            self.interpreter.symtable[name] = float(number)

    def run(self, source):
        self.printed.seek(0)
        self.printed.truncate()
        self.interpreter.error = []
        with contextlib.redirect_stderr(io.StringIO()):
            value = self.interpreter(source, show_errors=False)
        if self.interpreter.error:
            return self.interpreter.error[0].get_error()[0], self.printed.getvalue(), ""
        return "-", self.printed.getvalue(), repr(value)


def sessions():
    text = open(os.path.join(HERE, "asteval_sessions.txt"), encoding="utf-8").read()
    for part in re.split(r"^====", "\n" + text, flags=re.M):
        head, _, sources = part.partition("\n")
        words = [word.strip() for word in head.split(",") if word.strip()]
        yield ([word for word in words if not word.startswith("set ")], [word.split()[1:] for word in words if word.startswith("set ")],
               sources.rstrip("\n").split("\n----\n"))


def main():
    ours, theirs = Burin(), Asteval()
    runs = differing = 0
    for options, numbers, sources in sessions():
        ours.new(options, numbers)
        theirs.new(options, numbers)
        for source in sources:
            runs += 1
            got, want = ours.run(source), theirs.run(source)
            if got != want and source not in DIFFERS:
                differing += 1
                print("%r\n    Burin   %s\n    asteval %s" % (source, got, want))
            elif got == want and source in DIFFERS:
                differing += 1
                print("%r is listed, and does not differ" % source)
    print("%d runs, %d differ" % (runs, differing))
    return differing > 0 or runs == 0


sys.exit(main())
