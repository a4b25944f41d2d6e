#!/usr/bin/env python3
"""burin check, dump, help and the manual page."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import SOURCE, burin, folder_of, run_tests, same  # noqa: E402

COMMANDS = ("render", "eval", "bench", "check", "dump", "graph", "batch", "store", "run", "repl")


def test_bench_measures_renders_and_evaluations():
    with folder_of({"page.html": "<p>{{ name }}</p>", "data.json": '{"name": "a&b"}', "bad.html": "{{ 1 // 0 }}"}) as folder:
        r = burin("bench", "page.html", "data.json", "--seconds", "0.05", cwd=folder)
        same((r.code, r.err), (0, ""), r)
        assert re.fullmatch(r"a render: [\d.]+ (ns|us|ms) \(best [\d.]+ (ns|us|ms)\), 14 bytes; [1-9]\d* renders\n", r.out), r
        for words in (["a * 2", "-D", "a:=3"], ["--script", "sum(a for a in [b, 2])", "-D", "b:=3"]):
            r = burin("bench", "expr", *words, "--seconds", "0.05", cwd=folder)
            same((r.code, r.err), (0, ""), r)
            assert re.fullmatch(r"an evaluation: [\d.]+ (ns|us|ms) \(best [\d.]+ (ns|us|ms)\); [1-9]\d* evaluations\n", r.out), r
        for words, code, told in ((["bad.html"], 1, "ZeroDivisionError"), (["expr"], 2, "needs an expression"), (["expr", "1 // 0"], 1, "ZeroDivisionError"),
                                  (["expr", "x.y"], 1, "UndefinedError"), (["expr", "1", "--seconds", "0"], 2, "--seconds"), (["page.html", "--script"], 2, "bench expr"),
                                  (["none.html"], 1, "none.html"), (["-t", "{% for %}"], 1, "TemplateSyntaxError"), (["-", "-"], 2, "two things"), (["expr", "--script", "1/0"], 1, "<expression>:1")):
            r = burin("bench", *words, cwd=folder)
            same((r.code, r.out, told in r.err), (code, "", True), (words, r))


def test_check_finds_nothing_in_good_templates():
    with folder_of({"t/base.html": "{% block a %}{% endblock %}", "t/sub/page.html": "{% extends 'base.html' %}{% block a %}{{ x|e }}{% endblock %}",
                    "t/.hidden": "{% if", "t/logo.png": b"\x89PNG\0{% if"}) as folder:
        for words in (["t"], ["t/", "-D", "x=1"], ["t/base.html"], ["t/sub/page.html", "-I", "t"]):
            r = burin("check", *words, cwd=folder)
            same((r.code, r.out, r.err), (0, "", ""), words)


def test_check_names_every_mistake_with_its_place():
    files = {
        "t/syntax": "a\n{% if x %}\n", "t/filter": "{{ x|nosuch }}", "t/hidden": "{% if x %}\n  {{ x|nosuch }}{{ x is nosuch }}{% endif %}",
        "t/missing": "\n{% include 'gone' %}{% include 'gone2' ignore missing %}{% include ['gone3', 'fine'] %}{% include name %}",
        "t/fine": "{% set y = 1 %}{{ y }}{{ known }}{% for i in known %}{{ i }}{% endfor %}", "t/variable": "{{ known }}\n{{ a }}{{ unknown }}",
    }
    with folder_of(files) as folder:
        r = burin("check", "t", "-D", "known=1", "-D", "x=1", "-D", "name=fine", "-D", "a=1", cwd=folder)
        lines = r.out.splitlines()
        same(r.code, 3, r)
        for start in ("t/filter:1:", "t/hidden:2:", "t/missing:2:12: TemplateNotFound: gone", "t/syntax:", "t/variable:2:11: UndefinedError"):
            assert any(line.startswith(start) for line in lines), (start, r)
        assert not any("gone2" in line or "gone3" in line or line.startswith("t/fine") for line in lines), r
        same(sum(line.startswith("t/hidden:") for line in lines), 2, r)
        r = burin("check", "t/variable", cwd=folder)
        same((r.code, r.out), (0, ""))
        r = burin("check", "t/variable", "--json", "-D", "a=1", cwd=folder)
        same(r.code, 3)
        same([json.loads(line) for line in r.out.splitlines()], [
            {"file": "t/variable", "kind": "UndefinedError", "message": "nothing sets the variable 'known'", "line": 1, "column": 4},
            {"file": "t/variable", "kind": "UndefinedError", "message": "nothing sets the variable 'unknown'", "line": 2, "column": 11}])
        same(burin("check", "t/none", cwd=folder).code, 1)


def test_check_reports_a_broken_template_once_under_its_own_name():
    with folder_of({"t/a": "{% include 'broken' %}", "t/b": "{% include 'broken' %}", "t/broken": "{% if %}"}) as folder:
        r = burin("check", "t", cwd=folder)
        same((r.code, len(r.out.splitlines()), r.out.startswith("t/broken:1")), (3, 1, True), r)


def test_check_passes_what_is_no_file():
    with folder_of({"t/page": "{{ x }}"}) as folder:
        os.mkfifo(os.path.join(folder, "t", "pipe"))
        os.symlink("nowhere", os.path.join(folder, "t", "link"))
        r = burin("check", "t", cwd=folder)
        same((r.code, r.out, r.err), (0, "", ""))


def test_check_knows_the_types_of_structs():
    types = {"structs": [{"name": "item", "size": 16, "fields": [{"name": "price", "form": "f64", "offset": 8, "size": 8}]}], "variables": {"items": "item[]"}}
    files = {"types.json": json.dumps(types), "t/page": "{% for i in items %}\n{{ i.prise }}{% endfor %}", "t/fine": "{{ items[0].price }}{{ x.prise }}", "bad.json": "{}", "broken.json": "[1,\r\n  ]\r\n"}
    with folder_of(files) as folder:
        r = burin("check", "t", "--types", "types.json", cwd=folder)
        same((r.code, r.out, r.err), (3, "t/page:2:6: TemplateAssertionError: struct 'item' has no member 'prise' (did you mean 'price'?)\n", ""))
        same(burin("check", "t", cwd=folder).code, 0)
        r = burin("check", "t", "--types", "bad.json", cwd=folder)
        same((r.code, r.out, r.err), (1, "", "DataError: description of the file: 'structs' is no list\n  --> bad.json:1:1\n1 | {}\n  | ^~\n"), r)
        r = burin("check", "t", "--types", "broken.json", cwd=folder)
        same((r.code, r.err), (1, "DataError: Expecting value\n  --> broken.json:2:3\n2 |   ]\n  |   ^\n"), r)
        same(burin("check", "t", "--types", "none.json", cwd=folder).code, 1)


def test_dump_shows_the_stages():
    for kind, parts in (("tokens", ("VARIABLE_BEGIN", "NAME", "INTEGER")), ("ast", ("Binary", "Const")), ("ir", ())):
        r = burin("dump", kind, "-t", "{{ a + 1 }}")
        assert r.code == 0 and r.out and all(part in r.out for part in parts), (kind, r)
        same(burin("dump", kind, stdin="{{ a + 1 }}").out, r.out)
    same(burin("dump", "ast", "-t", "{% if %}").code, 1)
    with folder_of({"s.py": "def f(a):\n    return a\ng = (i for i in [1])\n"}) as folder:
        r = burin("dump", "ir", "--script", "s.py", cwd=folder)
        assert r.code == 0 and "unit 1: function f " in r.out and "unit 2: generator <genexpr> " in r.out, r
    with folder_of({"t/page": "{{ page }}"}) as folder:
        for words in (["t/page"], ["page", "-I", "t"]):
            r = burin("dump", "ast", *words, cwd=folder)
            assert r.code == 0 and "page" in r.out, r
        same(burin("dump", "ast", "none", "-I", "t", cwd=folder).code, 1)


def test_help_teaches_every_command():
    r = burin("--help")
    assert r.code == 0 and all("  " + c in r.out for c in COMMANDS), r
    for command in COMMANDS:
        r = burin(command, "--help")
        assert r.code == 0 and r.err == "" and "Usage: burin " + command in r.out and "Examples" in r.out and "--help" in r.out, r
        assert max(len(line) for line in r.out.splitlines()) <= 120, max(r.out.splitlines(), key=len)
    r = burin("--version")
    same((r.code, r.out.split()[0]), (0, "burin"))


def test_what_cannot_be_printed_is_told():
    for arguments, stdin in ((["--help"], ""), (["--version"], ""), (["render", "--help"], ""), (["--completion", "bash"], ""), (["-t", "{{ 1 }}"], ""), (["eval", "1"], ""),
                             (["dump", "ir", "-t", "a"], ""), (["run"], "print(1)"), (["repl"], "1\n"), (["batch"], '{"source": "a"}\n'), (["bench", "expr", "1", "--seconds", "0.01"], "")):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([os.environ["BURIN"], *arguments], input=stdin.encode(), stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 1 and done.stderr.startswith(b"burin: stdout: "), (arguments, done)


def test_examples_of_the_help_run():
    """Those that need no files."""
    for line in burin("eval", "--help").out.splitlines():
        if line.startswith("  burin eval") and ".json" not in line and ".yaml" not in line:
            done = subprocess.run(line.replace("burin", os.environ["BURIN"], 1), shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            same(done.returncode, 0, line)


def test_help_explains_commands():
    same(burin("help").out, burin("--help").out)
    for command in COMMANDS:
        same(burin("help", command).out, burin(command, "--help").out)
    for words, told in ((["rendr"], "did you mean 'render'?"), (["zzzzzzzz"], "there is no command 'zzzzzzzz'"), (["render", "eval"], "not 'eval' too")):
        r = burin("help", *words)
        assert r.code == 2 and r.out == "" and told in r.err, r


def test_the_manual_page_is_what_the_tables_say():
    with open(os.path.join(SOURCE, "docs", "burin.1"), encoding="utf-8") as file:
        same(file.read(), burin("--man").out, "run: burin --man > docs/burin.1")


if __name__ == "__main__":
    run_tests(sys.modules[__name__])
