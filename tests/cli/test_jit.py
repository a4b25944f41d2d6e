#!/usr/bin/env python3
"""--engine, --jit-eager, --explain: the same output whatever the engine, and a word on what was compiled or why not."""
import os
import re
import sys

from support import burin, folder_of

TEMPLATE = "{% macro m(n) %}<{{ n }}>{% endmacro %}{% for n in range(30) %}{{ m(n) }}{% endfor %}"
HELPER = os.path.join(os.environ["BURIN_BUILD"], "burin-jit")
FAILED = []


def check(what, holds, result):
    if not holds:
        FAILED.append(what)
        print("%s:\n%r" % (what, result))


def same_output():
    want = burin("render", "-t", TEMPLATE)
    for options in (["--engine", "interp"], ["--engine", "auto"], ["--engine", "jit"], ["--jit-eager"], ["--engine", "auto", "--jit-threshold", "0.001"]):
        got = burin("render", "-t", TEMPLATE, *options)
        check("output with %s" % options, got.code == 0 and got.out == want.out and got.err == "", got)
        got = burin("render", "-t", TEMPLATE, *options, env={"PATH": "", "BURIN_JIT": ""})
        check("output with %s and no PATH" % options, got.code == 0 and got.out == want.out, got)


def explained():
    missing = burin("eval", "6 * 7", "--jit-eager", "--explain", env={"BURIN_JIT": "/nowhere/burin-jit"})
    check("a missing compiler", missing.out == "42\n" and "there is no compiler: /nowhere/burin-jit cannot be started: No such file or directory\n" in missing.err, missing)
    if not os.access(HELPER, os.X_OK):
        print("%s is not there: what it compiles is not tested" % HELPER)
        return
    with folder_of({"page.html": TEMPLATE}) as folder:
        got = burin("render", "page.html", "--jit-eager", "--explain", cwd=folder)
        check("what was compiled", re.search(r"^burin: jit: page.html: 2 units of \d+ instructions native after ", got.err) is not None, got)
    case = '{"id": "1", "source": "{{ 1 + 1 }}"}\n'
    got = burin("batch", "--engine=jit", "--jit-eager", "--explain", stdin=case * 3)
    check("cases of a batch", got.out.count('"output": "2"') == 3 and got.err.count("1 unit of ") == 3, got)


same_output()
explained()
check("an unknown engine", burin("eval", "1", "--engine", "fast").code == 2, None)
check("a threshold that is no number", burin("eval", "1", "--jit-threshold", "soon").code == 2, None)
sys.exit(1 if FAILED else 0)
