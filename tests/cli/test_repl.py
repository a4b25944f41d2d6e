#!/usr/bin/env python3
"""burin run's and burin repl's options, and burin repl through a pipe and at a terminal."""
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import BURIN, burin, folder_of, run_tests, same  # noqa: E402


def test_a_pipe_runs_one_input_after_another():
    typed = ("x = 3\nx * 2\ndef f(a):\n    return a + 1\n\nf(x)\nprint('hi')\nfor i in range(2):\n  print(i)\n\n'''a\nb'''\n[1,\n2]\n"
             "1 + \\\n2\nif x: print('one line')\n{'a': ':'}  # a comment:\nlambda: 0\nlen, [].pop\nf(40) + 1")
    r = burin("repl", stdin=typed)
    same((r.code, r.err), (0, ""), r)
    same(r.out, "6\n4\nhi\n0\n1\n'a\\nb'\n[1, 2]\n3\none line\n{'a': ':'}\n<function <lambda>>\n(<built-in function len>, <built-in method pop of list object>)\n42\n", r)


def test_errors_go_to_stderr_and_the_session_goes_on():
    r = burin("repl", stdin="x = 1\n1 / 0\nx +\nx\nexit()\nx")
    same((r.code, r.out), (0, "1\n"), r)
    for part in ("ZeroDivisionError: division by zero", "1 | 1 / 0", "SyntaxError"):
        assert part in r.err, r


def test_a_name_that_is_not_there_is_guessed():
    for typed, near in (("pritn(1)", "print"), ("total = 1\ntotl", "total"), ("def f(n): return maax(n, 2)\n\nf(1)", "max")):
        err = burin("repl", stdin=typed).err
        assert "is not defined" in err and "did you mean '%s'?" % near in err, err
    err = burin("run", "-", stdin="pritn(1)").err
    assert "--> <stdin>:1:1" in err and "did you mean 'print'?" in err, err
    err = burin("repl", stdin="quite_another").err
    assert "did you mean" not in err, err


def test_a_block_that_the_input_ends_in_is_run():
    same(burin("repl", stdin="for i in 'ab':\n  print(i)").out, "a\nb\n")


def test_limits_and_profiles():
    r = burin("repl", "--max-steps", "1000", stdin="while True: pass\n2")
    same((r.code, r.out), (0, "2\n"), r)
    assert "limit of 1000 steps" in r.err, r
    r = burin("repl", "--profile", "asteval", "--without", "ifexp", "--readonly", "k", stdin="type(1)\n1 if 2 else 3\nk = 1\n")
    same((r.code, r.out), (0, "'int'\n"), r)
    assert "IfExp not supported" in r.err and "invalid symbol name (reserved word?) k" in r.err, r
    same(burin("repl", "--without", "nosuch", stdin="").code, 2)
    same(burin("run", "-", "--profile", "minimal", stdin="x = [i for i in 'a']").code, 1)
    same(burin("run", "-", "--readonly", "builtins", stdin="len = 3").err.splitlines()[0], "NameError: invalid symbol name (reserved word?) len")


HAS_HISTORY = b"libedit" in subprocess.run(["ldd", BURIN], capture_output=True).stdout


class Terminal:
    """burin repl at a terminal of its own."""

    def __init__(self, home):
        self.child, self.fd = pty.fork()
        if not self.child:
            os.execve(BURIN, [BURIN, "repl"], dict(os.environ, TERM="vt100", HOME=home, XDG_STATE_HOME="", NO_COLOR="1", LC_ALL="C"))
        self.seen = ""

    def wait_for(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.seen:
            if time.monotonic() > end or not select.select([self.fd], [], [], end - time.monotonic())[0]:
                raise AssertionError("%r did not come; seen: %r" % (text, self.seen))
            try:
                self.seen += re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", os.read(self.fd, 4096).decode(errors="replace"))
            except OSError: # closed
                raise AssertionError("ended without %r; seen: %r" % (text, self.seen))
        self.seen = self.seen.split(text, 1)[1]

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self, seconds=20):
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self.type("\x15\x04") # libedit prompts before it switches modes: what comes in between stands in the line, which goes first
                while select.select([self.fd], [], [], 1)[0]:
                    if not os.read(self.fd, 4096):
                        raise OSError
        except OSError: # closed
            pass
        else:
            os.kill(self.child, signal.SIGKILL)
            raise AssertionError("Ctrl-D does not end it")
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def test_a_terminal_has_prompts_blocks_interrupts_and_a_history():
    with folder_of({"empty": ""}) as home:
        t = Terminal(home)
        t.wait_for(">>> ")
        t.type("def twice(n):\n")
        t.wait_for("... ")
        t.type("    return 2 * n\n")
        t.wait_for("... ")
        t.type("\n")
        t.wait_for(">>> ")
        t.type("twice(21)\n")
        t.wait_for("42\r\n")
        t.wait_for(">>> ")
        t.type("while True: pass\n")
        time.sleep(.5)
        os.kill(t.child, signal.SIGINT)
        t.wait_for("cancelled by the host")
        t.wait_for(">>> ")
        t.type("twice(4)\n")
        t.wait_for("8\r\n")
        t.wait_for(">>> ")
        t.type("len('\u00e9\u65e5')\n") # in any locale
        t.wait_for("2\r\n")
        t.wait_for(">>> ")
        same(t.end(), 0)
        history = os.path.join(home, ".local/state/burin/repl_history")
        if HAS_HISTORY:
            same(os.stat(os.path.dirname(history)).st_mode & 0o777, 0o700)
            with open(history, encoding="utf-8") as file:
                text = file.read()
            assert "twice(4)" in text.replace("\\040", " "), text
            t = Terminal(home)
            t.wait_for(">>> ")
            t.type("word = 'a b'\n")
            t.wait_for(">>> ")
            for typed, answer in (("isinst\t(5, int)", "True"), ("word.part\t(' ')[2]", "'b'"), ("len(word.upp\t())", "3"), ("str.casef\t('A')", "'a'")):
                t.type(typed + "\n") # completed
                t.wait_for(answer + "\r\n")
                t.wait_for(">>> ")
            same(t.end(), 0)
        else:
            print("not looked at, for this burin is built without libedit: history, completion")


if __name__ == "__main__":
    run_tests(sys.modules[__name__])
