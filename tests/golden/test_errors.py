"""What the command says when something is wrong, letter by letter: class, message, place, excerpt with caret, chain, help, exit code.

errors.golden holds the answers, in the order of CASES; native code has the same ones. After a wanted change: test_errors.py --update, then read the difference."""
import difflib
import os
import re
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import support # noqa: E402

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "errors.golden")

INCLUDES = {"page.html": "<h1>\n{% include 'parts/menu.html' %}\n</h1>\n", "parts/menu.html": "<ul>\n  {% include 'parts/item.html' %}\n</ul>\n",
            "parts/item.html": "<li>{{ item.title }} {{ item.price / 0 }}</li>\n"}
MACROS = {"page.html": "{% import 'forms.html' as forms %}\n\n{{ forms.field('a') }}\n",
          "forms.html": "{% macro input(name) -%}\n  <input name=\"{{ name.first.upper() }}\">\n{%- endmacro %}\n{% macro field(name) %}<p>{{ input(name) }}</p>{% endmacro %}\n"}
BASE = {"base.html": "{% block body %}{% endblock %}\n", "child.html": "{% extends 'base.html' %}\n{% block body %}\n  {{ super() }}{{ wrong() }}\n{% endblock %}\n"}

# (what it shows, files, arguments, standard input)
CASES = [
    # ---- lexing
    ("a character that no token has", {}, ["-t", "Total: {{ price ? 1 }}"]),
    ("a string without end", {}, ["-t", "{{ 'open }}"]),
    ("a comment without end", {}, ["-t", "text\n{# never closed\nmore"]),
    ("raw without end", {}, ["-t", "{% raw %}{{ x }}"]),
    ("an expression without end", {}, ["-t", "one\n{{ user.name\n"]),
    ("brackets that do not match", {}, ["-t", "{{ (1, 2] }}"]),
    ("a bracket too many", {}, ["-t", "{{ 1) }}"]),
    ("custom delimiters", {}, ["-t", "<% if %>", "-s", "block-start=<%", "-s", "block-end=%>"]),
    ("a line statement", {}, ["-t", "# for x in\ntext\n# endfor\n", "-s", "line-statement-prefix=#"]),
    # ---- parsing
    ("two values side by side", {}, ["-t", "{{ first second }}"]),
    ("an if without end", {}, ["-t", "{% if user %}\n  Hello\n"]),
    ("a for without a sequence", {}, ["-t", "{% for x in %}{% endfor %}"]),
    ("an end without a begin", {}, ["-t", "Hello{% endif %}"]),
    ("the wrong end", {}, ["-t", "{% for x in y %}\n{% if x %}\n{% endfor %}"]),
    ("a statement that does not exist", {}, ["-t", "{% fro x in y %}"]),
    ("an end that does not exist", {}, ["-t", "{% for x in y %}\n{% enfor %}"]),
    ("a statement of an extension", {}, ["-t", "{% do x.append(1) %}"]),
    ("a macro without parentheses", {}, ["-t", "{% macro field %}{% endmacro %}"]),
    ("a name that cannot be assigned", {}, ["-t", "{% set none = 1 %}"]),
    ("a call after a keyword argument", {}, ["-t", "{{ range(stop=3, 4) }}"]),
    ("import without a name", {}, ["-t", "{% import 'forms.html' %}"]),
    ("an expression that is empty", {}, ["-t", "Dear {{ }},"]),
    ("eval of half an expression", {}, ["eval", "1 +"]),
    ("nesting beyond the limit", {}, ["-t", "{{ " + "(" * 300 + "1" + ")" * 300 + " }}"]),
    # ---- what the compiler checks
    ("a filter that does not exist", {}, ["-t", "{{ name|uper }}"]),
    ("a filter nothing is close to", {}, ["-t", "{{ name|frobnicate }}"]),
    ("a test that does not exist", {}, ["-t", "{{ name is definde }}"]),
    ("a block defined twice", {}, ["-t", "{% block a %}{% endblock %}\n{% block a %}{% endblock %}"]),
    ("extends inside an if and a block", {}, ["-t", "{% block a %}{% extends 'x' %}{% endblock %}"]),
    ("caller without a default", {}, ["-t", "{% macro m(caller) %}{{ caller() }}{% endmacro %}"]),
    ("break outside a loop", {}, ["-e", "loopcontrols", "-t", "{% break %}"]),
    ("a keyword argument twice", {}, ["-t", "{{ dict(a=1, a=2) }}"]),
    ("a parameter twice", {}, ["-t", "text\n{% macro m(a, b, a) %}{% endmacro %}"]),
    # ---- found out when the printed pieces are joined
    ("a filter block that makes no text", {}, ["-t", "text\n  {% if 1 %}{% filter count %}x{% endfilter %}{% endif %}"]),
    ("a filter block that makes no text, in a block", {}, ["-t", "{% block a %}\n{% filter upper|list %}x{% endfilter %}{% endblock %}"]),
    ("a filter block that makes no text, included", {"a.html": "\n{% include 'b.html' %}", "b.html": "b\n{% filter count %}{% endfilter %}"}, ["a.html"]),
    ("a filter block that makes no text, in generation", {}, ["-p", "hf-chat", "-t", "{% generation %}{% filter count %}x{% endfilter %}{% endgeneration %}"]),
    # ---- undefined
    ("a template that extends itself", {"a.html": "{% extends 'a.html' %}"}, ["a.html"]),
    ("an undefined variable, strict", {}, ["--strict", "-t", "Dear {{ usr }}", "-D", "user=Ada"]),
    ("an attribute of an undefined variable", {}, ["-t", "Dear {{ usr.name }}", "-D", "user=Ada"]),
    ("an attribute that is missing", {}, ["-t", "{{ user.nmae.first }}", "-D", "user:={\"name\": \"Ada\"}"]),
    ("a call of what is undefined", {}, ["-t", "{{ formt(1) }}"]),
    ("arithmetic with what is undefined", {}, ["-t", "{{ 1 + total }}"]),
    ("wide characters and a tab before the place", {}, ["-t", "\té日本語 {{ a.b.c }}"]),
    ("a place far to the right", {}, ["-t", "x" * 150 + "{{ 1 + total }}" + "y" * 150]),
    # ---- types and values
    ("an operator for other types", {}, ["-t", "{{ 1 + 'a' }}"]),
    ("a call of what is no function", {}, ["-t", "{{ 3() }}"]),
    ("a template where an expression is wanted", {}, ["eval", "{{ 1 }}"]),
    ("a loop over a number", {}, ["-t", "{% for x in 3 %}{% endfor %}"]),
    ("unpacking", {}, ["-t", "{% for a, b in [(1, 2, 3)] %}{% endfor %}"]),
    ("division by zero", {}, ["-t", "Rate: {{ 100 / 0 }}%"]),
    ("a macro with too many arguments", {}, ["-t", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}"]),
    ("a multi-line expression", {}, ["-t", "{{ [1,\n    2,\n    3]\n   + 'a' }}"]),
    # ---- filters
    ("a filter's argument is missing", {}, ["-t", "{{ 'abc'|replace('a') }}"]),
    ("a filter's argument is wrong", {}, ["-t", "{{ [1, 2]|round }}"]),
    ("things that cannot be sorted", {}, ["-t", "{{ [1, 'a']|sort }}"]),
    ("what JSON cannot hold", {}, ["-t", "{{ range|tojson }}"]),
    ("a format that does not fit", {}, ["-t", "{{ '%d'|format('x') }}"]),
    # ---- other templates
    ("a template that is not there", {}, ["page.html"]),
    ("an include that is not found", {"page.html": "a\n{% include 'mneu.html' %}\n", "menu.html": ""}, ["page.html", "-I", "."]),
    ("none of several found", {"page.html": "{% include ['a.html', 'b.html'] %}"}, ["page.html", "-I", "."]),
    ("a path that leaves its root", {"page.html": "{% include '../secret' %}"}, ["page.html", "-I", "."]),
    ("no loader", {}, ["-t", "{% extends 'base.html' %}"]),
    ("a chain of includes", INCLUDES, ["page.html", "-I", ".", "-D", "item:={\"title\": \"A\", \"price\": 1}"]),
    ("a chain of macros", MACROS, ["page.html", "-I", "."]),
    ("a block of a child", BASE, ["child.html", "-I", "."]),
    ("a syntax error in what is included", {"page.html": "{% include 'bad.html' %}", "bad.html": "ok\n{% if %}\n"}, ["page.html", "-I", "."]),
    ("a name that is not exported", {"page.html": "{% from 'lib.html' import feild %}{{ feild() }}", "lib.html": "{% macro field() %}{% endmacro %}"}, ["page.html", "-I", "."]),
    ("a template that includes itself", {"page.html": "{% include 'page.html' %}"}, ["page.html", "-I", "."]),
    ("a macro that calls itself", {}, ["-t", "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}\n{{ m(1) }}"]),
    # ---- limits and the sandbox
    ("too many steps", {}, ["--max-steps", "1000", "-t", "{% for i in range(100000) %}x{% endfor %}"]),
    ("too much output", {}, ["--max-output", "1K", "-t", "{{ 'x' * 5000 }}"]),
    ("too much memory", {}, ["--max-memory", "1M", "-t", "{{ 'x' * 50000000 }}"]),
    ("a private attribute", {}, ["--sandbox", "sandboxed", "-t", "{{ ''.__class__.mro() }}"]),
    ("a change that is refused", {}, ["--sandbox", "immutable", "-t", "{{ [1].append(2) }}"]),
    ("a range that is too long", {}, ["--sandbox", "sandboxed", "-t", "{{ range(1000000)|length }}"]),
    # ---- data
    ("JSON that is wrong", {"data.json": "{\n  \"name\": \"Ada\",\n  \"age\": 3x\n}\n"}, ["-t", "x", "data.json"]),
    ("JSON that ends early", {"data.json": "{\"name\": [1, 2"}, ["-t", "x", "data.json"]),
    ("JSON from standard input", {}, ["-t", "x", "-"], "{'a': 1}"),
    ("YAML that is wrong", {"data.yaml": "name: Ada\nlist: [1, 2\nage: 3\n"}, ["-t", "x", "data.yaml"]),
    ("TOML that is wrong", {"data.toml": "name = \"Ada\"\nage = 3 years\n"}, ["-t", "x", "data.toml"]),
    ("data that is no object", {"data.json": "[1, 2]"}, ["-t", "x", "data.json"]),
    ("data that is not there", {}, ["-t", "x", "nodata.json"]),
    ("a value that is no JSON", {}, ["-t", "x", "-D", "n:=[1,"]),
    # ---- usage
    ("an option that does not exist", {}, ["render", "--frobnicate"]),
    ("an option without its value", {}, ["-t"]),
    ("a number that is none", {}, ["-t", "x", "--max-steps", "many"]),
    ("a word that is none of those allowed", {}, ["-t", "x", "--undefined", "lenient"]),
    ("a preset that does not exist", {}, ["-t", "x", "--preset", "ansibel"]),
    ("a syntax feature that does not exist", {}, ["-t", "x", "-s", "blok-start=<%"]),
    ("an output that cannot be written", {}, ["-t", "x", "-o", "no/such/folder/out.txt"]),
]


def section(what, files, arguments, stdin="", options=(), told=None):
    """`options` are given too, in front; lines of --explain go to `told`."""
    command = 1 if arguments[0] in ("render", "eval") else 0
    with support.folder_of(files) as folder:
        done = support.burin(*arguments[:command], *options, *arguments[command:], stdin=stdin, cwd=folder)
    err = done.err
    if told is not None:
        told += TOLD.findall(err)
        err = TOLD.sub("", err)
    return "==== %s\n$ burin %s\n%s%s[exit %d]\n" % (what, shlex.join(arguments), done.out, err, done.code)


TOLD = re.compile("^burin: jit: .*\n", re.M)
HELPER = os.path.join(os.environ["BURIN_BUILD"], "burin-jit")
NATIVE = ("--jit-eager", "--cache", "off", "--explain")


def compare(want, got, engine):
    for line in difflib.unified_diff(want.split("\n"), got.split("\n"), "errors.golden", "printed now, " + engine, lineterm=""):
        print(line)
    print("%d errors, %s: %s" % (len(CASES), engine, "as written" if got == want else "some differ"))
    return got == want


def same_natively(want):
    """Whether they are, and something was compiled at all."""
    told = []
    same = compare(want, "\n".join(section(*case, options=NATIVE, told=told) for case in CASES), "native code")
    made = sum(" native after " in line for line in told)
    print("%d of them with native code" % made)
    return same and made >= len(CASES) // 3


# What libyaml words: -D NAME:=VALUE too takes YAML where it can.
BY_LIBYAML = ("YAML that is wrong", "a value that is no JSON")


def without(titles, text):
    return "".join(part for part in re.split("(?m)^(?===== )", text) if not part.startswith(tuple("==== " + title for title in titles)))


def main():
    got = "\n".join(section(*case) for case in CASES)
    if "--update" in sys.argv:
        with open(GOLDEN, "w", encoding="utf-8") as file:
            file.write(got)
        return 0
    with open(GOLDEN, encoding="utf-8") as file:
        want = file.read()
    if "this build cannot read YAML" in got:
        print("not compared, for this build reads no YAML: %s" % ", ".join(BY_LIBYAML))
        want, interpreted = without(BY_LIBYAML, want), without(BY_LIBYAML, got)
    else:
        interpreted = got
    same = compare(want, interpreted, "interpreted")
    if os.access(HELPER, os.X_OK):
        same = same_natively(got) and same
    else:
        support.lacking("native code (built without libgccjit)")
    return support.ended(not same)


if __name__ == "__main__":
    sys.exit(main())
