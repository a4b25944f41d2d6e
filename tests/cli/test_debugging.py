#!/usr/bin/env python3
"""Native code as docs/DEBUGGING.md says it can be looked at: gdb's breakpoints and lines, perf's map, dumps with the template's lines between."""
import os
import re
import shutil
import subprocess
import sys

from support import BURIN, burin, ended, folder_of, lacking

TEMPLATE = "{% macro shout(x) %}{{ x|upper }}*/{% endmacro %}\n{% for n in range(40) %}\n  {{ n * 2 }} {{ shout('a') }}\n{% endfor %}\n"
FAILED = []


def check(what, holds, result):
    if not holds:
        FAILED.append(what)
        print("%s:\n%r" % (what, result))


def dumps_of_scripts(folder):
    with open(os.path.join(folder, "twice.py"), "w", encoding="utf-8") as file:
        file.write("def twice(n):\n    return 2 * n\nprint(twice(21))\n")
    for kind, line, unit in (("asm", "\n# twice.py:2: return 2 * n\n", "# function twice\n"), ("c", "\n  /* twice.py:2: return 2 * n */\n", "/* function twice */\n")):
        got = burin("dump", kind, "--script", "twice.py", cwd=folder)
        check("%s of a script: its lines and functions" % kind, got.code == 0 and line in got.out and unit in got.out and not got.err, got)
    check("a script has one compiled form", burin("compile", "--script", "twice.py", "--emit", "asm", cwd=folder).code == 2, "")


def dumps(folder):
    for kind, line in (("asm", "\n# page.txt:3: {{ n * 2 }} {{ shout('a') }}\n"), ("c", "\n  /* page.txt:3: {{ n * 2 }} {{ shout('a') }} */\n")):
        got = burin("dump", kind, "page.txt", cwd=folder)
        check("%s: the lines of the source" % kind, got.code == 0 and line in got.out and "{% macro shout(x) %}" in got.out, got)
        check("%s: the units" % kind, re.search(r"(# root\nunit_0_u0:|/\* root \*/\nunit_0_u0 \()", got.out) and re.search(r"(# macro shout\n|/\* macro shout \*/\n)unit_0_u1", got.out), got)
        check("%s: nothing for debuggers" % kind, ".cfi" not in got.out and ".debug_info" not in got.out, got)
        check("%s: no line ends a comment" % kind, ("{{ x|upper }}*/" in got.out) == (kind == "asm"), got)
        wrong = burin("dump", kind, "-t", "\n{% if %}")
        check("%s of what does not compile" % kind, wrong.code == 1 and "<template>:2:7" in wrong.err and not wrong.out, wrong)
    site = burin("compile", ".", "--emit", "asm", cwd=folder)
    check("a folder's assembler", site.code == 0 and "# page.txt:3: " in site.out and "burin_compiled_0_u0:" in site.out, site)


def perf(folder):
    done = subprocess.Popen([BURIN, "page.txt", "--jit-eager", "--cache", "off", "--jit-tools", "perf"], cwd=folder, stdout=subprocess.DEVNULL)
    code, path = done.wait(120), "/tmp/perf-%d.map" % done.pid
    text = open(path).read() if os.path.exists(path) else ""
    check("perf's map", code == 0 and re.search(r"^[0-9a-f]+ [0-9a-f]+ burin_page_txt_u0$", text, re.M), (code, text))
    if text:
        os.remove(path)


def ahead(folder):
    """A file of `burin compile` has symbols that say which template and unit it is."""
    done = burin("compile", ".", "-o", "site.so", cwd=folder)
    shown = subprocess.run(["nm", os.path.join(folder, "site.so")], capture_output=True, text=True)
    check("symbols of a compiled folder", done.code == 0 and re.search(r" t burin_compiled_0_u0$", shown.stdout, re.M), (done, shown))
    os.remove(os.path.join(folder, "site.so"))


def gdb(folder):
    if not shutil.which("gdb"):
        lacking("gdb (not installed)")
        return
    words = ["gdb", "-q", "-nx", "-batch", "-ex", "set breakpoint pending on", "-ex", "break page.txt:3", "-ex", "run", "-ex", "bt 1", "--args",
             BURIN, "page.txt", "--jit-eager", "--cache", "off", "--jit-tools", "gdb"]
    shown = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180)
    if "ptrace" in shown.stderr or "ptrace" in shown.stdout:
        lacking("gdb (the system does not let it trace)")
        return
    check("a breakpoint on a template's line", re.search(r"Breakpoint 1, burin_page_txt_u0 .* at /?page.txt:3", shown.stdout), shown)
    check("the line's text", "3\t  {{ n * 2 }} {{ shout('a') }}\n" in shown.stdout, shown.stdout)


def main():
    if "BURIN_JIT" not in os.environ:
        lacking("native code (built without libgccjit)")
        return ended(FAILED)
    with folder_of({"page.txt": TEMPLATE}) as folder:
        dumps(folder)
        dumps_of_scripts(folder)
        perf(folder)
        ahead(folder)
        if os.environ["BURIN_KIND"] in ("dev", "release"):
            gdb(folder)
        else:
            lacking("gdb (a sanitizer's build is not traced)")
    return ended(FAILED)


if __name__ == "__main__":
    sys.exit(main())
