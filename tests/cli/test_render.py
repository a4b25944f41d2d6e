#!/usr/bin/env python3
"""burin render and burin eval: data, options, output, exit codes."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import burin, folder_of, has_yaml, lacking, run_tests, same  # noqa: E402


def test_render_is_the_default_command():
    with folder_of({"a.txt": "Hello {{ name }}!\n", "d.json": '{"name": "you"}'}) as folder:
        for words in (["a.txt", "d.json"], ["render", "a.txt", "d.json"], ["d.json", "-t", "Hello {{ name }}!"]):
            r = burin(*words, cwd=folder)
            same((r.code, r.out, r.err), (0, "Hello you!\n", ""), words)


def test_a_value_comes_from_wherever_the_options_say():
    rows = [
        # arguments, stdin, output
        (["-t", "{{ a }}", "-D", "a=1"], "", "1"),
        (["-t", "{{ a + 1 }}", "-D", "a:=1"], "", "2"),
        (["-t", "{{ a }}", "-D", "a"], "", "True"),
        (["-t", "{{ a }}", "-Da="], "", ""),
        (["-t", "{{ a }}", "-D", "a=b=c"], "", "b=c"),
        (["-t", "{{ a.b[1] }}", "-D", 'a:={"b": [1, 2]}'], "", "2"),
        (["-t", "{{ a }}", "-"], '{"a": [1, 2.50, null, "x", 12345678901234567890]}', "[1, 2.5, None, 'x', 12345678901234567890]"),
        (["-t", "{{ a }}", "-", "-D", "a=over"], '{"a": 1}', "over"),
        (["-t", "{{ a }}{{ b }}", "-f", "querystring", "-"], "a=1&b=x+%C3%A4&a=2", "2x \u00e4"),
        (["-t", "{{ default.z }}{{ s.a }}{{ s.b }}", "-f", "ini", "-"], "z = 0\n; no\n[s]\na = 1\nb: two words \n", "01two words"),
        (["-t", "{{ A }}{{ B }}", "-f", "env", "-"], "# no\nexport A='1 2'\nB=x=y\n", "1 2x=y"),
        (["-t", "{{ ENV.BURIN_ROW }}", "--env"], "", "of env"),
        (["-t", "{{ b }}", "--select", "x.1", "-"], '{"x": [{}, {"b": 3}]}', "3"),
        (["-D", "a=1"], "stdin is the template: {{ a }}", "stdin is the template: 1"),
        (["-", "-D", "a=1"], "so it is: {{ a }}", "so it is: 1"),
    ]
    for arguments, stdin, want in rows:
        r = burin("render", "-n", *arguments, stdin=stdin, env={"BURIN_ROW": "of env"})
        same((r.code, r.out, r.err), (0, want, ""), arguments)


def test_yaml_means_what_pyyaml_makes_of_it():
    if not has_yaml():
        return lacking("YAML (built without libyaml)")
    rows = [
        ("1", "1"), ("-0", "0"), ("010", "8"), ("0x1F", "31"), ("0b101", "5"), ("1_000", "1000"), ("1:30", "90"), ("0o7", "'0o7'"), ("09", "'09'"),
        ("1.5", "1.5"), ("1e3", "'1e3'"), ("1.0e+3", "1000.0"), (".5", "0.5"), (".inf", "inf"), ("-.Inf", "-inf"), (".nan", "nan"), ("1.", "1.0"),
        ("yes", "True"), ("Off", "False"), ("y", "'y'"), ("true", "True"), ("~", "None"), ("", "None"), ("null", "None"),
        ("'1'", "'1'"), ('"a\\tb"', "'a\\tb'"), ("a b", "'a b'"), ("2026-03-01", "'2026-03-01'"), ("123456789012345678901", "123456789012345678901"),
        ("[1, [2], {a: 3}]", "[1, [2], {'a': 3}]"), ("{1: a, yes: b}", "{1: 'b'}"), ("!!str 1", "'1'"), ("!!float 1", "1.0"), ("|\n  a\n  b\n", "'a\\nb\\n'"),
        (">-\n  a\n  b", "'a b'"),
    ]
    for text, want in rows:
        r = burin("eval", "v", "-", "-f", "yaml", "--expr-out", "print", stdin="v: " + text)
        plain = want[1:-1].encode().decode("unicode_escape") if want.startswith("'") else want
        same((r.code, r.out), (0, plain if plain.endswith("\n") else plain + "\n"), text)
        r = burin("eval", "[v]", "-", "-f", "yaml", stdin="v: " + text)
        same((r.code, r.out), (0, "[%s]\n" % want), text)
    data = "base: &b {a: 1, l: [x]}\nother: &o {a: 5, c: 6}\none: {<<: *b, c: 2}\ntwo:\n  a: 0\n  <<: [*b, *o]\nalias: *b\n"
    r = burin("eval", "[one, two, alias]", "-", "-f", "yaml", stdin=data)
    same(r.out, "[{'a': 1, 'l': ['x'], 'c': 2}, {'a': 0, 'c': 6, 'l': ['x']}, {'a': 1, 'l': ['x']}]\n")
    for text in ("a: [1", "a: *none", "a: &x [*x]", "a: !vault x", "a: 1\n---\nb: 2", "[1]", "{[1]: 2}", "a: " + "[" * 5000):
        r = burin("eval", "a", "-", "-f", "yaml", stdin=text)
        assert r.code == 1 and "<stdin>" in r.err or "mapping" in r.err, (text[:40], r)


def test_toml_is_read():
    data = """a = 0x1F # c\nb.c = [1_0, 'x\\', "\\u00e9\\n"]\n"q k" = {x = 1.5e3, y.z = true}\n[t]\nd = 2026-03-01 10:00:00\nm = \"\"\"
 two \\
   lines\"\"\"\n[[l]]\nn = 1\n[[l]]\nn = 2\n[l.u]\nv = inf\n"""
    want = "[31, {'c': [10, 'x\\\\', '\u00e9\\n']}, {'d': '2026-03-01 10:00:00', 'm': ' two lines'}, [{'n': 1}, {'n': 2, 'u': {'v': inf}}]]\n"
    r = burin("eval", "[a, b, t, l]", "-", "-f", "toml", stdin=data)
    same((r.code, r.out, r.err), (0, want, ""))
    for text, place in (("a = 1\na = 2", ":2:"), ("a = 01", ":1:5"), ("x", ":1:2"), ("a = [1", ":1:7"), ("a = 'x", ":1:"), ("[a", ":1:3"), ("a = 1 b", ":1:7")):
        r = burin("eval", "a", "-", "-f", "toml", stdin=text)
        assert r.code == 1 and "<stdin>" + place in r.err, (text, r)


def test_several_data_files_are_merged_and_the_last_wins():
    files = {"a.json": '{"x": {"a": 1, "b": 1}, "y": 1}', "b.json": '{"x": {"b": 2}, "z": 3}'}
    rows = [([], "{'b': 2} 1 3"), (["--merge", "shallow"], "{'b': 2} 1 3"), (["--merge", "deep"], "{'a': 1, 'b': 2} 1 3"),
            (["--data", "a.json"], "{'a': 1, 'b': 1} 1 3")]
    with folder_of(files) as folder:
        for options, want in rows:
            r = burin("render", "-n", "-t", "{{ x }} {{ y }} {{ z }}", "a.json", "b.json", *options, cwd=folder)
            same((r.code, r.out, r.err), (0, want, ""), options)


def test_options_of_the_language():
    rows = [
        (["-t", "<% if 1 %>[[ 2 ]]<% endif %><# no #>", "-s", "block-start=<%", "-s", "block-end=%>", "-s", "variable-start=[[", "-s",
          "variable-end=]]", "-s", "comment-start=<#", "-s", "comment-end=#>"], "2"),
        (["-t", "# for i in 'ab'\n{{ i }}\n# endfor", "-s", "line-statement-prefix=#"], "a\nb\n"),
        (["-t", "{% if 1 %}\nx\n  {% endif %}\n", "--trim-blocks", "--lstrip-blocks"], "x\n"),
        (["-t", "x\n", "--keep-trailing-newline"], "x\n"),
        (["-t", "a\nb", "--newline-sequence", "crlf"], "a\r\nb"),
        (["-t", "{{ '<' }}"], "<"),
        (["-t", "{{ '<' }}", "-a", "html"], "&lt;"),
        (["-t", "{{ '<' }}", "--name", "x.html"], "&lt;"),
        (["-t", "{{ '<' }}", "--name", "x.HTML.j2"], "&lt;"),
        (["-t", "{{ '<' }}", "--name", "x.html", "-a", "none"], "<"),
        (["-t", "{{ a }}|{{ b.c }}", "-u", "chainable"], "|"),
        (["-t", "{{ a }}", "-u", "debug"], "{{ a }}"),
        (["-t", "{% for i in 'abc' %}{% if i == 'b' %}{% continue %}{% endif %}{{ i }}{% endfor %}", "-e", "loopcontrols"], "ac"),
        (["-t", "{% do [].append(1) %}x", "-e", "do"], "x"),
        (["-t", "{{ [1, 2] }}", "--native"], "[1, 2]"),
        (["-t", "{{ {'a': '<é>'}|tojson }}", "--preset", "hf-chat"], '{"a": "<é>"}'),
        (["-t", "{{ range(3)|random in [0, 1, 2] }}", "--seed", "7"], "True"),
    ]
    for arguments, want in rows:
        r = burin("render", "-n", *arguments)
        same((r.code, r.out, r.err), (0, want, ""), arguments)


def test_the_output_ends_with_a_newline_unless_asked_not_to():
    for template, options, want in [("a", [], "a\n"), ("a", ["-n"], "a"), ("{{ 'a\n' }}", [], "a\n"), ("", [], ""), ("\n\n", [], "\n")]:
        r = burin("render", "-t", template, *options)
        same((r.code, r.out), (0, want), (template, options))


def test_an_output_file_is_replaced_whole_or_not_at_all():
    with folder_of({"out": "old", "real": "old", "bad": "{{ 1 / 0 }}", "good": "new"}) as folder:
        os.symlink("real", os.path.join(folder, "link"))
        os.chmod(os.path.join(folder, "out"), 0o640)
        r = burin("bad", "-o", "out", cwd=folder)
        same((r.code, r.out, open(os.path.join(folder, "out")).read()), (1, "", "old"))
        r = burin("good", "-o", "out", cwd=folder)
        same((r.code, r.out, open(os.path.join(folder, "out")).read()), (0, "", "new\n"))
        same(os.stat(os.path.join(folder, "out")).st_mode & 0o777, 0o640)
        burin("good", "-o", "link", cwd=folder)
        same((os.path.islink(os.path.join(folder, "link")), open(os.path.join(folder, "real")).read()), (True, "new\n"))
        burin("good", "-n", "-o", "fresh", cwd=folder)
        same(open(os.path.join(folder, "fresh")).read(), "new")
        r = burin("good", "-o", "no/such/folder", cwd=folder)
        same(r.code, 1)
        same(burin("good", "-o", "/dev/null", cwd=folder).code, 0)
        same(sorted(os.listdir(folder)), ["bad", "fresh", "good", "link", "out", "real"])


def test_templates_are_found_beside_the_template_or_in_the_roots():
    files = {"site/page.html": "{% extends 'base.html' %}{% block b %}{{ x }}{% endblock %}", "site/base.html": "<{% block b %}{% endblock %}>",
             "other/base.html": "[{% block b %}{% endblock %}]", "plain": "{% include 'part' %}", "part": "part"}
    rows = [
        (["site/page.html"], "<&amp;>"), (["site/page.html", "-I", "other"], "[&amp;]"), (["page.html", "-I", "site"], "<&amp;>"),
        (["plain"], "part"), (["-t", "{% include 'part' %}", "-I", "."], "part"),
    ]
    with folder_of(files) as folder:
        for arguments, want in rows:
            r = burin("-n", "-D", "x=&", *arguments, cwd=folder)
            same((r.code, r.out, r.err), (0, want, ""), arguments)
        r = burin("plain", "--no-include", cwd=folder)
        assert r.code == 1 and "TypeError" in r.err, r
        r = burin("-t", "{% include '../plain' %}", "-I", "site", cwd=folder)
        assert r.code == 1 and "TemplateNotFound" in r.err, r


def test_expressions_print_values():
    rows = [
        (["1 + 1"], 0, "2\n"), (["2 ** 100"], 0, "1267650600228229401496703205376\n"), (["none"], 0, "None\n"), (["nothing"], 0, ""),
        (["[1, 'a', (2,)]"], 0, "[1, 'a', (2,)]\n"), (["'a' ~ b", "-D", "b=c"], 0, "ac\n"),
        (["[1, 'ä', {'k': none}, 1.0]", "--expr-out", "json"], 0, '[1, "ä", {"k": null}, 1.0]\n'),
        (["{'a': [1, []]}", "--expr-out", "json-pretty"], 0, '{\n  "a": [\n    1,\n    []\n  ]\n}\n'),
        (["range(3)", "--expr-out", "json"], 1, ""),
        (["1 > 0", "--expr-out", "status"], 0, ""), (["1 < 0", "--expr-out", "status"], 1, ""), (["7", "--expr-out", "status"], 7, ""),
        (["''", "--expr-out", "status"], 1, ""), (["'x'", "--expr-out", "status"], 0, ""), (["nothing", "--expr-out", "status"], 1, ""),
        (["1 +"], 1, ""), (["1 / 0"], 1, ""), (["x", "--strict"], 1, ""), (["x.y", "-u", "debug", "-D", "x:={}"], 0, "{{ undefined value printed: 'dict object' has no attribute 'y' }}\n"), ([], 2, ""),
        (["-t", "{{ hp * 2 }}", "-D", "hp:=100", "--expr-out", "json"], 0, "200\n"), (["-t", "hp: {{ hp }}", "-D", "hp:=100", "--expr-out", "json"], 0, '"hp: 100"\n'),
        (["-t", "{{ [1, 2] }}", "--expr-out", "json"], 0, "[1, 2]\n"), (["-t", "{% if 1 %}\n7\n{% endif %}", "--trim-blocks", "--expr-out", "json"], 0, '"7\\n"\n'),
        (["-t", "{{ 1 / 0 }}"], 1, ""), (["-t", "a{{ 1 + }}"], 1, ""), (["-t", "{{ 7 }}", "--expr-out", "status"], 7, ""),
    ]
    for arguments, code, want in rows:
        r = burin("eval", *arguments)
        same((r.code, r.out), (code, want), arguments)
        assert (r.err != "") == (code != 0 and "status" not in arguments), r
    r = burin("-E", "a * 2", "-", stdin='{"a": 21}')
    same((r.code, r.out), (0, "42\n"))


def test_expressions_of_scripts_print_values():
    rows = [
        (["sum(i * i for i in range(n))", "-D", "n:=4"], 0, "14\n"), (["f'{s:>4}|'", "-D", "s=ab"], 0, "  ab|\n"), (["None"], 0, "None\n"),
        (["[x for x in 'ab']", "--expr-out", "json"], 0, '["a", "b"]\n'), (["10 ** 30", "--expr-out", "json"], 0, "1" + 30 * "0" + "\n"),
        (["a > 3", "-D", "a:=5", "--expr-out", "status"], 0, ""), (["a > 3", "-D", "a:=2", "--expr-out", "status"], 1, ""),
        (["pow(2, 3)", "--profile", "asteval"], 0, "8.0\n"), (["type(1)", "--profile", "asteval"], 0, "int\n"),
        (["1 if 2 else 3", "--without", "ifexp"], 1, ""), (["x = 3"], 1, ""), (["x"], 1, ""), (["sum(range(10 ** 9))", "--max-steps", "100"], 1, ""),
        (["-t", "{{ 1 }}"], 2, ""), ([], 2, ""), (["1", "--without", "nothing"], 2, ""),
    ]
    for arguments, code, want in rows:
        r = burin("eval", "--script", *arguments)
        same((r.code, r.out), (code, want), arguments)
        assert (r.err != "") == (code != 0 and "status" not in arguments), r
    same(burin("eval", "--script", "n + 1 / 0", "-", stdin='{"n": 2}').err,
         "ZeroDivisionError: division by zero\n  --> <expression>:1:5\n1 | n + 1 / 0\n  |     ^~~~~\n  called from <expression>:1, in <module>\n")
    same(burin("eval", "1", "--profile", "asteval").code, 2)


def test_limits_stop_a_render():
    endless = "{% for i in range(10000000) %}{% for j in range(10000000) %}x{% endfor %}{% endfor %}"
    rows = [
        (endless, ["--max-steps", "10000"], "LimitError"), (endless, ["--timeout", "0.2"], "LimitError"), (endless, ["--max-output", "1K"], "LimitError"),
        ("{{ ('x' * n)|length }}", ["--max-memory", "10M", "-D", "n:=100000000"], ("LimitError", "MemoryError")),
        ("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}", ["--max-depth", "20"], ("RecursionError", "LimitError")),
        ("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}", [], "RecursionError"),
    ]
    for template, options, error in rows:
        r = burin("-t", template, *options)
        assert r.code == 1 and any(e in r.err for e in ([error] if isinstance(error, str) else error)), (options, r)
    for form in ("print", "json", "json-pretty"): # the text of a small value may be long
        r = burin("eval", "[['x' * 1000] * 100] * 100", "--max-output", "100K", "--expr-out", form)
        same((r.code, r.out), (1, ""))
        assert "the output limit of 102400 bytes was reached" in r.err, r


def test_mistakes_are_explained_and_coded():
    rows = [
        # arguments, exit code, what stderr must say
        (["--nonsense"], 2, "no option --nonsense; see burin render --help\n"), (["--strct", "-t", "x"], 2, "no option --strct; did you mean --strict?"),
        (["dump", "--nativ"], 2, "no option --nativ; see burin dump --help\n"), (["rendr"], 1, "rendr: No such file or directory; did you mean the command `burin render`?"),
        (["batch", "x"], 2, "`burin batch` takes no arguments, so what is 'x'?"), (["-Z"], 2, "no option -Z"), (["-o"], 2, "-o needs FILE"), (["--output"], 2, "--output needs FILE"),
        (["--strict=1"], 2, "takes no value"), (["-a", "xml"], 2, "auto|html|none"), (["-s", "block-start"], 2, "block-start"),
        (["-t", "x", "-s", "block-start="], 2, "--syntax: block_start must not be empty; see burin render --help"),
        (["check", "x", "-s", "block-start={{"], 2, "--syntax: block, variable and comment start strings must be different; see burin check --help"),
        (["-t", "x", "-o", ""], 2, "--output takes a file, and its name is empty; see burin render --help"), (["-t", "x", "--include="], 2, "--include takes a folder, and its name is empty"),
        (["-t", "x", "--timeout", "1e-12"], 2, "--timeout takes a number (SECONDS), not '1e-12'"), (["-t", "x", "--seed", "5K"], 2, "--seed takes a number (N), not '5K'"),
        (["--max-steps", "many"], 2, "number"), (["check", "x", "-t", "x"], 2, "takes no --template"), (["--max"], 2, "several"),
        (["-", "-"], 2, "stdin"), (["dump", "soup"], 2, "tokens, ast, ir, asm or c"), (["dump", "tokens", "--script"], 2, "needs ast, ir, asm or c"), (["check"], 2, "templates or folders"),
        (["/no/such/file"], 1, "No such file"), (["-t", "x", "/no/such/data.json"], 1, "No such file"), (["-t", "x", "-D", "=1"], 2, "name is missing"), (["-t", "x", "-D", ":=1"], 2, "name is missing"),
        (["-t", "x", "-D", "a:={"], 2, "-D a:={"), (["-t", "{{ x.y }}"], 1, "UndefinedError: 'x' is undefined"), (["-t", "{{ x }}", "--strict"], 1, "UndefinedError"),
        (["-t", "{% if %}"], 1, "TemplateSyntaxError"), (["-t", "{{ 1|nonsense }}"], 1, "No filter named 'nonsense'"), (["-t", "{{ x", "--name", "n.txt"], 1, "n.txt:1"),
    ]
    for arguments, code, text in rows:
        r = burin(*arguments)
        same((r.code, r.out), (code, ""), (arguments, r.err))
        assert text in r.err, (arguments, r.err)
    for data, text in [("[1]", "must be a mapping"), ('{"a": }', "<stdin>:1:7"), ("\n\n{'a': 1}", "<stdin>:3")]:
        r = burin("-t", "x", "-", "-f", "json", stdin=data)
        assert r.code == 1 and text in r.err, (data, r)


def test_errors_in_data_show_the_place():
    rows = [("json", '{"a": 1,\r\n "b" 1}', "2:6\n2 |  \"b\" 1}\n  |      ^\n"), ("yaml", "a: [1\nb: 2\n", "2:2\n2 | b: 2\n  |  ^\n"),
            ("toml", "\na = x", "2:5\n2 | a = x\n  |     ^\n"), ("env", "A=1\nB\n", "2:1\n2 | B\n  | ^\n"), ("json", '"\0', "1:2\n"), ("json", b'{"a": "\xff"}', "1:8\n"), ("json", "", "1:1\n1 | \n  | ^\n")]
    for kind, data, place in rows if has_yaml() else [row for row in rows if row[0] != "yaml"]:
        r = burin("-t", "x", "-", "-f", kind, stdin=data)
        assert r.code == 1 and r.err.startswith("DataError: ") and r.err.endswith("\n  --> <stdin>:" + place), (kind, data, r.err)


def test_a_byte_order_mark_is_no_data():
    rows = [("json", '{"a": 1}', '{"a": '), ("yaml", "a: 1", "a: ["), ("toml", "a = 1", "a = "), ("env", "a=1", "a"), ("querystring", "a=1", None)]
    for kind, data, wrong in rows if has_yaml() else [row for row in rows if row[0] != "yaml"]:
        r = burin("-t", "{{ a }}", "-", "-f", kind, stdin="\ufeff" + data)
        same((r.code, r.out), (0, "1\n"), (kind, r))
        with_mark, without = [burin("-t", "{{ a }}", "-", "-f", kind, stdin=mark + wrong) for mark in ("\ufeff", "")] if wrong else (r, r)
        same((with_mark.code, with_mark.err), (without.code, without.err), kind)
    same(burin("-t", "{{ s.a }}", "-", "-f", "ini", stdin="\ufeff[s]\na=1").out, "1\n")


def test_errors_show_the_place():
    r = burin("-t", "a\nb {{ name.first.last }}\n", "-D", "name:={}")
    assert "2" in r.err and "b {{ name.first.last }}" in r.err and "^" in r.err, r
    coloured = burin("-t", "{{ x.y }}", "--color", "always")
    assert "\033[" in coloured.err and "\033[" not in r.err, coloured


def test_translations_come_from_a_mo_file():
    import struct
    messages = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n", "Hello": "Hallo",
                "%(n)s boat\0%(n)s boats": "%(n)s Boot\0%(n)s Boote"}
    keys = sorted(messages)
    ids, texts, data = [], [], b""
    start = 28 + 16 * len(keys)
    for group, of in ((ids, lambda k: k), (texts, messages.get)):
        for key in keys:
            raw = of(key).encode()
            group.append((len(raw), start + len(data)))
            data += raw + b"\0"
    mo = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0) + b"".join(struct.pack("<2I", *x) for x in ids + texts) + data
    template = "{% trans %}Hello{% endtrans %} {% trans n=n %}{{ n }} boat{% pluralize %}{{ n }} boats{% endtrans %}"
    with folder_of({"de.mo": mo}) as folder:
        for n, want in ((1, "Hallo 1 Boot"), (3, "Hallo 3 Boote")):
            r = burin("-n", "-t", template, "--mo", "de.mo", "-D", "n:=%d" % n, cwd=folder)
            same((r.code, r.out, r.err), (0, want, ""))
        same(burin("-t", "x", "--mo", "none.mo", cwd=folder).code, 1)


if __name__ == "__main__":
    run_tests(sys.modules[__name__])
