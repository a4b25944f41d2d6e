#!/usr/bin/env python3
"""The completion scripts, run by their shells."""
import os
import shlex
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import burin, folder_of, lacking, run_tests, same  # noqa: E402

def test_completions_are_scripts_their_shells_accept():
    for shell in ("bash", "zsh", "fish"):
        r = burin("--completion", shell)
        assert r.code == 0 and "--trim-blocks" in r.out or "-l trim-blocks" in r.out, r
        if shutil.which(shell):
            done = subprocess.run([shell, "-n", "/dev/stdin"], input=r.out.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            same(done.returncode, 0, done.stdout)
    same(burin("--completion", "csh").code, 2)


STORE_WORDS = ["diff", "export", "gc", "import", "init", "log", "show", "verify"]
COMPLETED = [  # what is typed, and what it may become
    (["render", "--tri"], ["--trim-blocks"]), (["--tri"], ["--trim-blocks"]), (["store", "log", "--tri"], []), (["store", "log", "--dr"], ["--draw"]),
    (["render", "--merge", ""], ["deep", "shallow"]), (["page.html", "-u", "ch"], ["chainable"]), (["store", ""], STORE_WORDS), (["store", "ex"], ["export"]),
    (["cache", ""], ["clear", "list", "verify"]), (["dump", "a"], ["asm", "ast"]), (["re"], ["render", "repl"]), (["check", "ex"], [])]


def test_bash_completes():
    script = burin("--completion", "bash").out
    for words, _ in COMPLETED:
        script += "\nCOMP_WORDS=(burin %s); COMP_CWORD=%d; _burin; printf '%%s\\n' \"${COMPREPLY[@]}\" | sort | tr '\\n' ' '; echo" % (" ".join(shlex.quote(w) for w in words), len(words))
    with folder_of({}) as folder:
        done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, cwd=folder, check=True)
    same([line.split() for line in done.stdout.decode().splitlines()], [wanted for _, wanted in COMPLETED])


def test_fish_completes():
    if not shutil.which("fish"):
        lacking("what fish completes: there is no fish")
        return
    script = burin("--completion", "fish").out
    for words, _ in COMPLETED:
        script += "\necho (complete -C 'burin %s' | string replace -r '\\t.*' '' | sort)" % " ".join(words)
    with folder_of({}) as folder:
        done = subprocess.run(["fish", "--no-config", "-c", script], stdout=subprocess.PIPE, cwd=folder, check=True, env={**os.environ, "HOME": folder})
    same([line.split() for line in done.stdout.decode().splitlines()], [wanted for _, wanted in COMPLETED])


if __name__ == "__main__":
    run_tests(sys.modules[__name__])
