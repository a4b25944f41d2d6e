"""Running the command from tests: one function, and a table runner that says which row failed."""
import os
import subprocess
import sys
import tempfile

BURIN = os.environ.get("BURIN", "burin")
SOURCE = os.environ.get("BURIN_SOURCE", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def __repr__(self):
        return "exit code %d\nstdout: %r\nstderr: %r" % (self.code, self.out, self.err)


def burin(*arguments, stdin=b"", cwd=None, env=None):
    if isinstance(stdin, str):
        stdin = stdin.encode("utf-8")
    whole = dict(os.environ, NO_COLOR="1", **(env or {}))
    return Result(subprocess.run([BURIN, *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, env=whole,
                                 timeout=120))


def has_yaml():
    return burin("eval", "a", "-f", "yaml", "-", stdin="a: 1").out == "1\n"


def folder_of(files):
    """A temporary folder with these files; a context manager."""
    folder = tempfile.TemporaryDirectory()
    for name, text in files.items():
        path = os.path.join(folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
    return folder


LACKED = []


def lacking(what):
    """Say what is not tested here and why; the whole then ends as skipped once the rest has passed."""
    LACKED.append(what)
    print("skipped: " + what)


def ended(failed):
    """The exit code of a test."""
    return 1 if failed else 77 if LACKED else 0


def run_tests(module):
    """Call every function whose name says a rule (no leading underscore, test_...)."""
    failures = 0
    tests = [(name, test) for name, test in vars(module).items() if name.startswith("test_")]
    for name, test in tests:
        try:
            test()
        except AssertionError as problem:
            failures += 1
            print("FAILED %s\n  %s" % (name, str(problem).replace("\n", "\n  ")))
    print("%d tests, %d failed" % (len(tests), failures))
    sys.exit(ended(failures))


def same(got, want, what=""):
    assert got == want, "%s\nwant %r\ngot  %r" % (what, want, got)
