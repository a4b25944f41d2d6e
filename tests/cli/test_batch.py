#!/usr/bin/env python3
"""burin batch: the protocol of docs/BATCH.md."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import BURIN, burin, run_tests, same  # noqa: E402


def ask(cases, *options):
    lines = "".join((c if isinstance(c, str) else json.dumps(c, ensure_ascii=False)) + "\n" for c in cases)
    r = burin("batch", *options, stdin=lines)
    same(r.code, 0, r)
    return [json.loads(line) for line in r.out.splitlines()]


def value(expression, **more):
    return ask([dict({"id": 0, "mode": "expression", "source": expression}, **more)])[0]


def test_an_answer_comes_before_the_next_question():
    with subprocess.Popen([BURIN, "batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
        for n in range(3):
            p.stdin.write(json.dumps({"id": n, "source": "{{ %d }}" % n}).encode() + b"\n")
            p.stdin.flush()
            same(json.loads(p.stdout.readline()), {"id": n, "output": str(n)})
        p.stdin.close()
        same(p.wait(10), 0)


def test_a_line_that_is_no_case_is_answered_too():
    got = ask(["nonsense", "", "[1]", '{"id": "x"}', {"id": "ok", "source": "a"}])
    same([(g["id"], g.get("error"), g.get("output")) for g in got],
         [(None, "DataError", None), (None, "DataError", None), ("x", "DataError", None), ("ok", None, "a")])


def test_values_survive_the_round_trip():
    same_form = [
        None, True, False, 0, -5, 2 ** 53, 1.0, 1e100, 0.1, "", "äöü\n\"\\\u0001\u007f👩", [], [1, [2.0]], {}, {"b": 1, "a": [None]},
        {"$tuple": []}, {"$tuple": [1, {"$tuple": [2]}]}, {"$set": [1, 2]}, {"$set": [1, "a"]}, {"$dict": [[1, 2], [{"$tuple": [1]}, "x"]]},
        {"$dict": [["$x", 1]]}, {"$int": "9007199254740993"}, {"$int": "-123456789012345678901234567890"}, {"$float": "nan"}, {"$float": "inf"},
        {"$float": "-inf"}, {"$markup": "<b>&amp;</b>"}, {"$bytes": "00ff61"}, {"$range": [0, 10, 3]}, {"$undefined": "x"}, {"$undefined": None},
        {"$object": {"a": 1, "b": {"$tuple": [1]}}, "str": "me"}, {"$object": {}}, {"$host": "raise_exception"}, {"$host": "call_repr", "name": "f"},
    ]
    for form in same_form:
        got = value("v", context={"v": form}, undefined_to_none=False)
        same(json.dumps(got.get("value", got)), json.dumps(form))
    same(value("v", context={"v": {"$int": "12"}})["value"], 12)
    same(value("v", context={"v": {"$undefined": "x"}})["value"], None)
    for v in ({"$iter": [1]}, ):
        assert "unencodable" in value("v", context={"v": v})
    deep = []
    for _ in range(50):
        deep = [deep]
    assert "unencodable" in value("v", context={"v": deep})


def test_special_values_behave():
    rows = [
        ("{{ o.a }} {{ o }} {{ o.b is defined }} {{ o['a'] }}", {"o": {"$object": {"a": 1}, "str": "<o>"}}, "1 <o> False 1"),
        ("{{ i|list }}{{ i|list }}", {"i": {"$iter": [1, 2]}}, "[1, 2][]"),
        ("{{ r|sum }}", {"r": {"$range": [0, 5, 2]}}, "6"),
        ("{{ f(1, 'a', none, k=[1.5]) }}", {"f": {"$host": "call_repr", "name": "go"}}, "go(1, 'a', None, k=[1.5])"),
        ("{{ f() }}{{ f(1) }}{{ f(a=2) }}", {"f": {"$host": "replies", "replies": ["a", {"$tuple": [1]}]}}, "a(1,)(1,)"),
        ("{{ f('%Y-%m-%d %H:%M:%S %a %j') }}", {"f": {"$host": "strftime_now"}}, "2026-03-05 14:07:09 Thu 064"),
        ("{{ m }}{{ '<' }}", {"m": {"$markup": "<b>"}}, "<b>&lt;"),
        ("{{ d[1] }}{{ d['$a'] }}", {"d": {"$dict": [[1, "x"], ["$a", "y"]]}}, "xy"),
    ]
    for source, context, want in rows:
        got = ask([{"id": 1, "source": source, "context": context, "env": {"autoescape": "$markup" in json.dumps(context)}}])[0]
        same(got, {"id": 1, "output": want}, source)


def test_errors_have_class_and_line():
    raising = {"f": {"$host": "raise_exception"}, "t": {"$host": "strftime_now"}}
    rows = [
        ("a\n{% if %}", {}, "TemplateSyntaxError", 2), ("\n\n{{ x.y }}", {}, "UndefinedError", 3), ("{{ 1|nosuch }}", {}, "TemplateAssertionError", 1),
        ("\n{{ f('no') }}", raising, "TemplateError", 2), ("{{ f() }}", raising, "TypeError", 1), ("{{ f(x=1) }}", raising, "TypeError", 1),
        ("{{ f(1, 2) }}", raising, "TypeError", 1), ("{{ t(1) }}", raising, "TypeError", 1), ("{{ 1 // 0 }}", {}, "ZeroDivisionError", 1),
        ("{% include 'x' %}", {}, "TypeError", 1), ("x", {"v": {"$set": [[1]]}}, "TypeError", None), ("x", {"v": {"$host": "what"}}, "ValueError", None),
        ("x", {"v": {"$int": [1]}}, "ValueError", None),
    ]
    for source, context, error, line in rows:
        got = ask([{"id": 1, "source": source, "context": context}])[0]
        same((got.get("error"), got.get("line")), (error, line), (source, got))
        assert got["message"], got
    got = ask([{"id": 1, "source": "{% include 'x' %}", "templates": {}}])[0]
    same((got["error"], got["message"]), ("TemplateNotFound", "x"))


def test_the_environment_is_what_env_says():
    t = "{% trans %}Hello{% endtrans %} {% trans n=n %}{{ n }} boat{% pluralize %}{{ n }} boats{% endtrans %}"
    i18n = {"newstyle": True, "catalog": {"de": {"Hello": {"": "Hallo"}, "%(n)s boats": "%(n)s Boote"}}}
    rows = [
        # source, env, context, result
        ("<<1>>", {"variable_start_string": "<<", "variable_end_string": ">>"}, {}, "1"),
        ("a\n", {"keep_trailing_newline": True, "newline_sequence": "\r\n"}, {}, "a\r\n"),
        ("{{ '<' }}", {"autoescape": True}, {}, "&lt;"),
        ("{{ x }}", {"undefined": "DebugUndefined"}, {}, "{{ x }}"),
        ("{% do l.append(1) %}{{ l }}", {"extensions": ["do"]}, {"l": []}, "[1]"),
        ("{{ x|tojson }}", {"filters": {"tojson": "hf_tojson"}}, {"x": {"z": "<ä>", "a": [1, 1.5, None, True]}}, '{"z": "<ä>", "a": [1, 1.5, null, true]}'),
        ("{{ x|tojson(indent=2) }}", {"filters": {"tojson": "hf_tojson"}}, {"x": {"z": [], "a": [1]}}, '{\n  "z": [],\n  "a": [\n    1\n  ]\n}'),
        ("{{ x|tojson(ensure_ascii=True, sort_keys=True, separators=(',', ':')) }}", {"filters": {"tojson": "hf_tojson"}}, {"x": {"z": "ä👩", "a": 1}},
         '{"a":1,"z":"\\u00e4\\ud83d\\udc69"}'),
        ("{{ g }}{{ h(1) }}", {"globals": {"g": {"$tuple": [1]}, "h": {"$host": "call_repr", "name": "h"}}}, {}, "(1,)h(1)"),
        ("{{ 'abcdef ghi'|truncate(6) }}", {"policies": {"truncate.leeway": 0}}, {}, "abc..."),
        (t, {"extensions": ["i18n"], "i18n": i18n}, {"n": 3, "LANGUAGE": "de"}, "Hallo 3 Boote"),
        (t, {"extensions": ["i18n"], "i18n": i18n}, {"n": 3}, "Hello 3 boats"),
        (t, {"extensions": ["i18n"], "i18n": {"newstyle": False}}, {"n": 1}, "Hello 1 boat"),
    ]
    for source, env, context, want in rows:
        got = ask([{"id": 1, "source": source, "env": env, "context": context}])[0]
        same(got, {"id": 1, "output": want}, source)
    same(ask([{"id": 1, "source": "{{ ''.__class__.x }}", "env": {"sandbox": "sandboxed"}}])[0]["error"], "SecurityError")
    same(ask([{"id": 1, "source": "{{ [1, 2] }}", "env": {"native": True}}])[0]["value"], [1, 2])
    same(ask([{"id": 1, "source": "[{{ 1 }}]", "env": {"native": True, "sandbox": "sandboxed"}}])[0]["value"], "[1]")
    same(ask([{"id": 1, "source": "x", "env": {"undefined": "What"}}])[0]["error"], "UsageError")


def test_templates_are_the_loader():
    templates = {"main": "{% extends 'base' %}{% block b %}{{ x }}{% endblock %}", "base": "<{% block b %}{% endblock %}>"}
    same(ask([{"id": 1, "main": "main", "templates": templates, "context": {"x": 1}}])[0], {"id": 1, "output": "<1>"})
    same(ask([{"id": 1, "main": "gone", "templates": templates}])[0]["error"], "TemplateNotFound")
    same(ask([{"id": 1, "mode": "compile", "main": "main", "templates": templates}])[0], {"id": 1, "output": ""})


def test_limits_bound_every_case_and_leave_the_next_alone():
    got = ask([{"id": 1, "source": "{% for i in range(100000000) %}x{% endfor %}"}, {"id": 2, "source": "ok"}], "--max-steps", "100000", "--timeout", "5")
    same((got[0]["error"], got[1]["output"]), ("LimitError", "ok"))


def test_memory_of_a_case_is_freed():
    if os.environ.get("BURIN_KIND") in ("asan", "tsan", "fuzz"):
        return  # sanitizers keep freed memory for a while

    def peak(count):
        case = json.dumps({"id": 1, "source": "{% for i in range(2000) %}{{ i ~ x }}{% endfor %}", "context": {"x": ["y" * 1000]}})
        code = "import resource, subprocess, sys; subprocess.run([sys.argv[1], 'batch'], stdin=sys.stdin, stdout=subprocess.DEVNULL, check=True);" \
               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        done = subprocess.run([sys.executable, "-c", code, BURIN], input=(case + "\n").encode() * count, stdout=subprocess.PIPE, check=True)
        return int(done.stdout)
    few, many = peak(5), peak(200)
    assert many < few * 1.5 + 2000, (few, many)


if __name__ == "__main__":
    run_tests(sys.modules[__name__])
