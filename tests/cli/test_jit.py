#!/usr/bin/env python3
"""--engine, --jit-eager, --explain: the same output whatever the engine, and a word on what was compiled or why not."""
import os
import re
import sys

from support import burin, ended, folder_of, lacking

TEMPLATE = "{% macro m(n) %}<{{ n }}>{% endmacro %}{% for n in range(30) %}{{ m(n) }}{% endfor %}"
HELPER = os.path.join(os.environ["BURIN_BUILD"], "burin-jit")
FAILED = []


def check(what, holds, result):
    if not holds:
        FAILED.append(what)
        print("%s:\n%r" % (what, result))


def same_output():
    want = burin("render", "-t", TEMPLATE)
    for options in (["--engine", "interp"], ["--engine", "auto"], ["--engine", "jit"], ["--jit-eager"], ["--jit-eager", "--jit-level", "0"], ["--jit-eager", "--jit-level", "3"], ["--engine", "auto", "--jit-threshold", "0.001"]):
        got = burin("render", "-t", TEMPLATE, *options)
        check("output with %s" % options, got.code == 0 and got.out == want.out and got.err == "", got)
        got = burin("render", "-t", TEMPLATE, *options, env={"PATH": "", "BURIN_JIT": ""})
        check("output with %s and no PATH" % options, got.code == 0 and got.out == want.out, got)


def without_a_compiler():
    missing = burin("eval", "6 * 7", "--jit-eager", "--explain", env={"BURIN_JIT": "/nowhere/burin-jit"})
    check("a missing compiler", missing.out == "42\n" and "there is no compiler: /nowhere/burin-jit cannot be started: No such file or directory\n" in missing.err, missing)


def cold():
    """What --engine auto leaves to the interpreter is said, by name, when it goes; not what nobody asked for."""
    with folder_of({"page.html": TEMPLATE, "loop.py": "print(sum([n for n in range(9)]))"}) as folder:
        for words, name in ((["render", "page.html"], "page.html: 2 units"), (["eval", "1 + 1"], "<template>: 1 unit"), (["run", "loop.py"], "loop.py: ")):
            want = burin(*words, cwd=folder)
            got = burin(*words, "--engine", "auto", "--explain", "--cache", "off", cwd=folder)
            check("why %s stays interpreted" % words, got.out == want.out and re.search(
                r"\Aburin: jit: %s.* interpreted: none was interpreted for the \d+\.\d ms from which on compiling is worth it\n\Z" % name, got.err), got)
            check("without --explain", burin(*words, "--engine", "auto", "--cache", "off", cwd=folder).err == "", None)
        got = burin("render", "page.html", "--engine", "auto", "--jit-threshold", "50", "--explain", "--cache", "off", cwd=folder)
        check("the threshold", "for the 50.0 ms from" in got.err, got)


def homeless():
    """A user whose $HOME is not there gets none made."""
    with folder_of({}) as folder:
        home = os.path.join(folder, "home")
        alone = {"HOME": home, "XDG_CACHE_HOME": ""}
        got = burin("eval", "6 * 7", "--jit-eager", "--explain", env=alone)
        check("a missing home", got.out == "42\n" and "the cache is not used: there is no folder $HOME\n" in got.err and os.listdir(folder) == [], got)
        got = burin("cache", "list", env=alone)
        check("the cache of a missing home", got.code == 2 and "there is no folder $HOME" in got.err, got)
        os.mkdir(home)
        got = burin("cache", "list", env=alone)
        check("the cache of a home", got.code == 0 and "home/.cache/burin: 0 files" in got.out and os.listdir(home) == [], got)


def explained():
    with folder_of({"page.html": TEMPLATE}) as folder:
        got = burin("render", "page.html", "--jit-eager", "--explain", "--cache", "off", cwd=folder)
        check("what was compiled", re.search(r"^burin: jit: page.html: 2 units of \d+ instructions native after ", got.err) is not None, got)
    case = '{"id": "1", "source": "{{ 1 + 1 }}"}\n'
    got = burin("batch", "--engine=jit", "--jit-eager", "--explain", "--cache=off", stdin=case * 3)
    check("cases of a batch", got.out.count('"output": "2"') == 3 and got.err.count("1 unit of ") == 3, got)


def cached():
    """The second process compiles nothing; what is damaged is compiled again; what others can write to is not used."""
    with folder_of({"page.html": TEMPLATE}) as folder:
        cache = os.path.join(folder, "new", "cache")
        run = lambda *more: burin("render", "page.html", "--jit-eager", "--explain", "--cache", cache, *more, cwd=folder)
        want = burin("render", "page.html", cwd=folder).out
        first, second = run(), run()
        check("a first run", first.out == want and " native after " in first.err, first)
        check("a second run", second.out == want and " native from the cache after " in second.err and "compiler" not in second.err, second)
        for engine in ("auto", "jit"):
            got = burin("render", "page.html", "--engine", engine, "--explain", "--cache", cache, cwd=folder)
            check("a second run by --engine " + engine, got.out == want and " from the cache " in got.err, got)
        no_assembler = burin("render", "page.html", "--jit-eager", "--explain", "--cache", cache, cwd=folder, env={"PATH": ""})
        check("from the cache with no PATH", no_assembler.out == want and " from the cache " in no_assembler.err, no_assembler)
        files = os.listdir(cache)
        check("files of the cache", len(files) == 1 and os.stat(cache).st_mode & 0o777 == 0o700, files)
        got = burin("cache", "list", "--cache", cache)
        check("a list", got.code == 0 and files[0][:12] in got.out and ": 1 file," in got.out, got)
        check("a sound cache", burin("cache", "verify", "--cache", cache).code == 0, None)
        with open(os.path.join(cache, files[0]), "r+b") as file:
            file.seek(200)
            file.write(b"damage")
        got = burin("cache", "verify", "--cache", cache)
        check("a damaged cache", got.code == 3 and "its contents have changed" in got.out, got)
        got = run()
        check("a run with a damaged cache", got.out == want and " native after " in got.err, got)
        check("which repairs it", burin("cache", "verify", "--cache", cache).code == 0, None)
        os.chmod(cache, 0o777)
        got = run()
        check("a cache that is open to all", got.out == want and " native after " in got.err and "the cache is not used: " in got.err and "open to others" in got.err, got)
        got = burin("cache", "list", "--cache", cache)
        check("a list of it", got.code == 1 and "open to others" in got.err, got)
        os.chmod(cache, 0o700)
        check("clearing", burin("cache", "clear", "--cache", cache).code == 0 and os.listdir(cache) == [], None)
        got = burin("cache", "list", env={"XDG_CACHE_HOME": os.path.join(folder, "none")})
        check("a list of a cache that is not there", got.code == 0 and "none/burin: 0 files" in got.out, got)
    with folder_of({"page.html": TEMPLATE}) as folder:
        run = lambda *words: burin(*words, cwd=folder, env={"XDG_CACHE_HOME": folder})
        first, second = (run("render", "page.html", "--jit-eager", "--explain") for _ in range(2))
        check("the user's folder", " native after " in first.err and " native from the cache after " in second.err, (first, second))
        got = run("cache", "list")
        check("a list of the user's folder", "%s/burin: 1 file," % folder in got.out, got)
        got = run("render", "page.html", "--jit-eager", "--explain", "--cache", "/proc/none/cache")
        check("a folder that cannot be made", got.out == want and " native after " in got.err and "; not kept in the cache: the cache's folder cannot be made\n" in got.err, got)
        check("no folder", " native after " in run("render", "page.html", "--jit-eager", "--explain", "--cache", "off").err, None)
    check("cache without a word", burin("cache").code == 2 and burin("cache", "burn").code == 2, None)


same_output()
without_a_compiler()
cold()
homeless()
if os.access(HELPER, os.X_OK):
    explained()
    cached()
else:
    lacking("native code (built without libgccjit)")
check("an unknown level", burin("eval", "1", "--jit-level", "4").code == 2, None)
check("an unknown engine", burin("eval", "1", "--engine", "fast").code == 2, None)
check("a threshold that is no number", burin("eval", "1", "--jit-threshold", "soon").code == 2, None)
sys.exit(ended(FAILED))
