#!/usr/bin/env python3
"""`burin compile`: what compiled templates render is what their sources render, natively and interpreted; what does not fit is refused."""
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile

from support import ended, lacking

BURIN, SOURCE, BUILD, KIND = (os.environ[name] for name in ("BURIN", "BURIN_SOURCE", "BURIN_BUILD", "BURIN_KIND"))
HAS_NATIVE = "BURIN_JIT" in os.environ

TEMPLATES = {
    "base.html": "<title>{% block title %}Base{% endblock %}</title>{% block body required %}{% endblock %}{% include 'foot.html' %}\n",
    "page.html": "{% extends 'base.html' %}{% from 'macros.html' import item %}{% block title %}{{ super() }}: {{ title }}{% endblock %}\n"
                 "{% block body %}{% for x in rows if x.n %}{{ item(x, n=loop.index) }}{% else %}nothing{% endfor %}{{ [1, 2.5, 10**30, {'a': none}] }}{% endblock %}",
    "macros.html": "{% macro item(x, n=0) %}<li class=\"{{ loop_class }}\">{{ n }}: {{ x.name }} {{ x.n * 2 + 1 }}</li>{% endmacro %}",
    "foot.html": "<p>{{ 'a & b'|e }} {{ title|upper|default('none') }}</p>\n",
    "wrong.html": "one\ntwo {{ title.nothing.at_all }}\nthree",
    "tree.txt": "{% for i in tree recursive %}{{ i.name }}{% if i.children %}({{ loop(i.children) }}){% endif %}{% endfor %}",
}
DATA = ('{"title": "T <1>", "rows": [{"name": "a & b", "n": 1}, {"name": "c", "n": 0}, {"name": "d", "n": 2.5}],'
        ' "tree": [{"name": "a", "children": [{"name": "b"}, {"name": "c", "children": []}]}]}')
failures = []


def expect(truth, what):
    if not truth:
        failures.append(what)
        print("FAILED:", what)


def burin(*arguments, cwd=None):
    done = subprocess.run([BURIN, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as f:
        f.write(text)


def the_same_as_the_sources(folder, extra):
    site = os.path.join(folder, "site.so")
    code, _, error = burin("compile", os.path.join(folder, "t"), "-o", site, *extra)
    expect(code == 0, "compile %s: %s" % (extra, error))
    for name in TEMPLATES:
        compiled = burin("render", name, "data.json", "--compiled", site, cwd=folder)
        plain = burin("render", name, "data.json", "-I", "t", cwd=folder)
        expect(compiled[:2] == plain[:2], "%s %s: %r, not %r" % (name, extra, compiled, plain))
        expect(compiled[2] == plain[2].replace("t/", ""), "%s %s: error %r, not %r" % (name, extra, compiled[2], plain[2]))
    again = os.path.join(folder, "again.so")
    burin("compile", os.path.join(folder, "t"), "-o", again, *extra)
    with open(site, "rb") as a, open(again, "rb") as b:
        expect(a.read() == b.read(), "the same bytes every time %s" % (extra,))
    return site


def presets_are_compiled_too(folder):
    """Theirs are functions that no filter table has: Ansible finalizes what is printed."""
    os.mkdir(os.path.join(folder, "p"))
    write(os.path.join(folder, "p"), "a.txt", "[{{ none }}] {{ title }} {{ rows|map(attribute='name')|list }}{% for x in rows %}{{ x.n }}{% endfor %}\n")
    for preset in ("hf-chat", "ansible", "salt", "dbt", "cookiecutter"):
        site = os.path.join(folder, "preset.so")
        code, _, error = burin("compile", "p", "-o", site, "-p", preset, cwd=folder)
        expect(code == 0, "compile -p %s: %s" % (preset, error))
        compiled = burin("render", "a.txt", "data.json", "-p", preset, "--compiled", site, cwd=folder)
        plain = burin("render", "a.txt", "data.json", "-p", preset, "-I", "p", cwd=folder)
        expect(plain[0] == 0 and compiled == plain, "-p %s: %r, not %r" % (preset, compiled, plain))


def where_the_output_cannot_be(folder):
    """What is no file stays what it is, also for root."""
    os.mkfifo(os.path.join(folder, "pipe"))
    os.symlink("pipe", os.path.join(folder, "link"))
    for output, why in (("pipe", "no regular file"), ("link", "no regular file"), (".", "no regular file"), ("no/x.so", "No such file or directory")):
        code, out, error = burin("compile", "t", "-o", output, "--interpreted", cwd=folder)
        expect(code == 1 and not out and error.startswith("OSError: " + output) and why in error, "-o %s: %d %r %r" % (output, code, out, error))
    expect(stat.S_ISFIFO(os.lstat(os.path.join(folder, "pipe")).st_mode) and os.path.islink(os.path.join(folder, "link")), "a pipe and a link stay what they are")


def called_by_a_link(folder):
    """The compiler is beside the command, not beside a link to it."""
    link = os.path.join(folder, "burin")
    os.symlink(os.path.abspath(BURIN), link)
    done = subprocess.run([link, "dump", "asm", "-t", "{{ x }}"], capture_output=True, text=True, timeout=120)
    expect(done.returncode == 0 and "ret" in done.stdout, "the command called by a link: %r" % done.stderr)


def what_does_not_fit(folder, site):
    def refused(why, *arguments):
        code, out, error = burin("render", "tree.txt", "data.json", *arguments, cwd=folder)
        expect(code != 0 and not out and why in error, "%s: %d %r %r" % (why, code, out, error))
    refused("other options", "--compiled", site, "--strict")
    refused("other options", "--compiled", site, "-s", "variable-start=<<", "-s", "variable-end=>>")
    with open(site, "rb") as f:
        content = f.read()
    other = os.path.join(folder, "other.so")
    for place in range(0, len(content), len(content) // 20):
        for changed in (content[:place] + bytes([content[place] ^ 1]) + content[place + 1:], content[:place]):
            with open(other, "wb") as f:
                f.write(changed)
            refused("other.so: it was changed or cut off", "--compiled", other)
    refused("there.so", "--compiled", "there.so")


def what_is_asked_of_a_set(folder, site):
    missing = burin("render", "pge.html", "data.json", "--compiled", site, cwd=folder)
    expect(missing[0] == 1 and "TemplateNotFound: pge.html" in missing[2] and "did you mean 'page.html'?" in missing[2], "a name that is not in it: %r" % (missing,))
    plain = burin("render", "page.html", "data.json", "-I", "t", "--strict", cwd=folder)
    stale = burin("render", "page.html", "data.json", "-I", "t", "--strict", "--compiled", site, cwd=folder)
    expect(stale[:2] == plain[:2] and "other options; templates are compiled from their sources" in stale[2], "with sources it is only said: %r" % (stale,))
    expect(burin("render", "page.html", "data.json", "-I", "t", "--compiled", "there.so", cwd=folder)[0] == 1, "a file that is not there is an error")
    plain = burin("render", "page.html", "data.json", "-I", "t", "-a", "none", cwd=folder)
    expect("a & b" in plain[1], "nothing is escaped: %r" % (plain,))
    for sources in ([], ["-I", "t"]):
        other = burin("render", "page.html", "data.json", *sources, "-a", "none", "--compiled", site, cwd=folder)
        expect(other == plain, "templates that were compiled to escape are compiled again: %r" % (other,))


def changed_sources_are_compiled_again(folder, site):
    write(os.path.join(folder, "t"), "foot.html", "changed\n")
    fresh = burin("render", "page.html", "data.json", "--compiled", site, "-I", "t", cwd=folder)
    expect("changed" in fresh[1] and fresh[0] == 0 and not fresh[2], "a changed source counts: %r" % (fresh,))
    told = burin("render", "page.html", "data.json", "--compiled", site, "-I", "t", "--explain", cwd=folder)
    expect("burin: compiled: page.html: from the file\n" in told[2] and "burin: compiled: foot.html: the file is stale: the source has changed" in told[2],
           "--explain says which: %r" % (told,))
    alone = burin("render", "page.html", "data.json", "--compiled", site, cwd=folder)
    expect("a &amp; b" in alone[1] and "changed" not in alone[1], "without sources the file is all there is: %r" % (alone,))


PROGRAM = r"""
#include "site.h"
#include <burin/burin.h>
#include <stdio.h>

static bool by_name(void *user, const char *name) { (void)user; return name && name[0] != 't'; }

int main(void)
{
    burin_error   err = BURIN_ERROR_INIT;
    burin_env    *env = burin_env_new(NULL, &err);
    burin_value   vars;
    burin_text    out;
    burin_heap   *heap = burin_heap_new(NULL);
    burin_env_set_autoescape(env, by_name, NULL);
    if (burin_env_add_compiled(env, &site, &err))
        return puts(err.message), 1;
    burin_template *tpl = burin_template_get(env, "foot.html", &err);
    burin_render   *render = burin_render_new(env, &err);
    vars = burin_dict(heap, 1);
    if (!tpl || burin_dict_set_z(heap, vars, "title", burin_string_borrow("linked", 6)) || burin_render_text(render, tpl, vars, &out, &err))
        return puts(err.message ? err.message : "?"), 1;
    fwrite(out.data, 1, out.len, stdout);
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_heap_free(heap);
    burin_env_unref(env);
    return 0;
}
"""


def link_and_run(folder, program, compiled):
    write(folder, "program.c", program)
    done = subprocess.run([os.environ.get("BURIN_CC", "cc"), "-I", os.path.join(SOURCE, "include"), "-o", "program", "program.c", compiled,
                           "-L", BUILD, "-lburin", "-Wl,-rpath," + BUILD], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        return done.stderr
    ran = subprocess.run([os.path.join(folder, "program")], capture_output=True, text=True)
    return ran.stdout if ran.returncode == 0 else "exit status %d: %s" % (ran.returncode, ran.stdout)


def linked_into_a_program(folder, extra):
    code, _, error = burin("compile", "t", "--emit", "object", "--symbol", "site", "--header", "site.h", "-o", "site.o", *extra, cwd=folder)
    expect(code == 0, "compile to an object: %s" % error)
    shown = link_and_run(folder, PROGRAM, "site.o")
    expect(shown == "<p>a &amp; b LINKED</p>", "a program links with it and renders: %r" % shown)


def code_to_read(folder):
    code, out, _ = burin("compile", "t/tree.txt", "--emit", "asm", cwd=folder)
    expect(code == 0 and "burin_compiled_0_u0:" in out, "assembler")
    code, out, _ = burin("compile", "t/tree.txt", "--emit", "c-like", cwd=folder)
    expect(code == 0 and "burin_compiled_0_u0 (" in out, "something like C")


TYPES = {"structs": [{"name": "item", "size": 16, "fields": [{"name": "number", "form": "i32", "offset": 0, "size": 4},
                                                              {"name": "price", "form": "f64", "offset": 8, "size": 8}]}], "variables": {"items": "item[]"}}
STRUCT_PROGRAM = """
#include <burin/burin.h>
#include <burin/struct.h>
#include <stdio.h>
#include "typed.h"
typedef struct item { int number; double price; } item;
static const burin_field  fields[]  = {BURIN_FIELD(item, number), BURIN_FIELD(item, price)};
static const burin_struct structs[] = {BURIN_DESCRIBE(item, "item", fields)};
static const burin_variable variables[] = {{"items", "item[]"}};
int main(void)
{
    static const item  all[] = {{7, 2.5}, {-1, 1e22}};
    static const burin_slice slice = {all, 2};
    burin_error  err   = BURIN_ERROR_INIT;
    burin_types *types = burin_types_new(structs, 1, variables, 1, NULL, &err);
    burin_env   *env   = burin_env_new(NULL, &err);
    burin_heap  *heap  = burin_heap_new(NULL);
    burin_value  vars  = burin_dict(heap, 1);
    burin_text   out;
    if (!types || burin_env_set_types(env, types) || burin_env_add_compiled(env, &typed, &err) ||
        burin_dict_set_z(heap, vars, "items", burin_structs_value(types, "item", &slice)))
        return puts(err.message ? err.message : "?"), 1;
    burin_template *tpl = burin_template_get(env, "items.txt", &err);
    burin_render   *r   = burin_render_new(env, NULL);
    if (!tpl || burin_render_text(r, tpl, vars, &out, &err))
        return puts(err.message ? err.message : "?"), 1;
    fwrite(out.data, 1, out.len, stdout);
    burin_render_free(r);
    burin_template_unref(tpl);
    burin_heap_free(heap);
    burin_env_unref(env);
    burin_types_free(types);
    return 0;
}
"""


def what_is_no_use(folder):
    for words, said in ((["--emit", "object", "--symbol", "1x", "-o", "x.o"], "--symbol: '1x' is no C identifier of at most 40 characters"),
                        (["--emit", "asm", "--interpreted"], "--interpreted leaves no native code that --emit asm could show"), ([], "-o FILE")):
        code, _, error = burin("compile", "t", *words, cwd=folder)
        expect(code == 2 and said + "; see burin compile --help\n" in error and not os.path.exists(os.path.join(folder, "x.o")), "wrong use: %r" % error)
    os.mkdir(os.path.join(folder, "empty"))
    code, _, error = burin("compile", "empty", "-o", "empty.so", cwd=folder)
    expect(code == 1 and error == "burin: empty: there are no templates in this folder\n" and not os.path.exists(os.path.join(folder, "empty.so")), "a folder without templates: %r" % error)


def structs_at_their_places(folder):
    typed = os.path.join(folder, "typed")
    os.mkdir(typed)
    write(typed, "items.txt", "{% for i in items %}{{ i.number + 1 }}: {{ i.price }};{% endfor %}")
    write(folder, "types.json", json.dumps(TYPES))
    plain = burin("compile", "typed/items.txt", "--emit", "c-like", cwd=folder)
    known = burin("compile", "typed/items.txt", "--emit", "c-like", "--types", "types.json", cwd=folder)
    expect(plain[0] == known[0] == 0 and "*((__int32_t *)" in known[1] and "*((__int32_t *)" not in plain[1], "members are read only with --types: %r" % (known,))
    burin("compile", "typed", "--emit", "object", "--symbol", "typed", "--header", "typed.h", "--types", "types.json", "-o", "typed.o", cwd=folder)
    shown = link_and_run(folder, STRUCT_PROGRAM, "typed.o")
    expect(shown == "8: 2.5;0: 1e+22;", "a program's structs are read: %r" % shown)
    write(typed, "items.txt", "{% for i in items %}\n{{ i.prise }}{% endfor %}")
    wrong = burin("compile", "typed", "-o", "x.so", "--types", "types.json", cwd=folder)
    expect(wrong[0] == 1 and "has no member 'prise'" in wrong[2] and "did you mean 'price'?" in wrong[2], "a member that is not there: %r" % (wrong,))
    expect(burin("compile", "typed", "-o", "x.so", "--types", "none.json", cwd=folder)[0] == 1, "no file of types")


def programs_become_native(folder, site):
    """Programs that were read from a set are compiled by burin-jit as those made from text are."""
    data = os.path.join(folder, "data.json")
    plain = burin("render", "page.html", data, "--compiled", site)
    expect(plain[0] == 0 and burin("render", "page.html", data, "--compiled", site, "--engine", "jit", "--jit-eager") == plain, "a set's programs as native code")


def cases_ahead_of_time():
    """`burin batch --ahead` answers as `burin batch` does, also where a template does not compile; and it does compile."""
    cases = [
        {"id": 1, "templates": {**TEMPLATES, "broken.html": "{% if %}"}, "main": "page.html", "context": json.loads(DATA)},
        {"id": 2, "source": "{% for i in range(n) %}{{ i }}\n{{ 1 // (2 - i) }}\n{% endfor %}", "context": {"n": 3}},
        {"id": 3, "source": "\n{% if %}"},
        {"id": 4, "source": "\n{% include 'a' %}{% include 'b' %}", "templates": {"a": "A", "b": "\n{% bad %}"}},
        {"id": 5, "source": "{{ 6 * 7 }}", "env": {"variable_start_string": "{{", "native": True}},
        {"id": 6, "source": "6 * 7", "mode": "expression"},
    ]

    def answers(*options, **env):
        done = subprocess.run([BURIN, "batch", *options], input="".join(json.dumps(c) + "\n" for c in cases), capture_output=True, text=True, timeout=120,
                              env={**os.environ, **env})
        return [json.loads(line) for line in done.stdout.splitlines()]

    plain, none = answers(), answers("--ahead", BURIN_JIT="/nowhere/burin-jit")
    expect(len(plain) == len(cases) and answers("--ahead") == plain, "--ahead: %r, not %r" % (answers("--ahead"), plain))
    expect([n["id"] for n in none if "burin-jit" in n.get("message", "")] == [1, 2, 4, 5], "what --ahead compiles: %r" % none)


LOOP = """def step(n):
    return n * 31 % 1000003


total = 0
for i in range(300000):
    total = step(total + i)
print(total, argv)
"""


def native_scripts(folder, expected, size):
    """With native code: the same answers, and it is used; without a compiler it is not made."""
    write(folder, "rules.py", "def tax(price, *, rate=0.2):\n    return price * rate\n\n\nprint(argv, [tax(float(n)) for n in argv], f'{tax(3, rate=2)!r}')\n1 / 0\n")
    write(folder, "loop.py", LOOP)
    program, loop = os.path.join(folder, "native.bin"), os.path.join(folder, "loop.bin")
    if "burin-jit" in burin("compile", "--script", os.path.join(folder, "rules.py"), "-o", program)[2]:
        print("native code of scripts: skipped, there is no burin-jit")
        return
    expect(os.path.getsize(program) > size, "there is native code in it")
    os.remove(os.path.join(folder, "rules.py"))
    expect(burin("run", program, "--", "1", "2.5") == expected, "the native program runs as its text: %r" % (burin("run", program, "--", "1", "2.5"),))
    expect(burin("compile", "--script", os.path.join(folder, "loop.py"), "-o", loop)[0] == 0 and
           burin("compile", "--script", os.path.join(folder, "loop.py"), "-o", loop + "2")[0] == 0, "a loop is compiled twice")
    expect(open(loop, "rb").read() == open(loop + "2", "rb").read(), "the same script gives the same bytes")
    expect(burin("run", loop, "x") == burin("run", os.path.join(folder, "loop.py"), "x") == (0, "%d ['x']\n" % loop_total(), ""), "the loop: %r" % (burin("run", loop, "x"),))
    steps = ["--max-steps", "1000"]
    expect(burin("run", loop, *steps) == burin("run", os.path.join(folder, "loop.py"), *steps) and burin("run", loop, *steps)[0] == 1, "the limit of steps")
    done = subprocess.run([BURIN, "compile", "--script", os.path.join(folder, "loop.py"), "-o", loop + "3"], capture_output=True, text=True,
                          env={**os.environ, "BURIN_JIT": "/nowhere/burin-jit"})
    expect(done.returncode == 1 and "burin-jit" in done.stderr and not os.path.exists(loop + "3"), "without a compiler: %r" % done.stderr)


def loop_total():
    total = 0
    for i in range(300000):
        total = (total + i) * 31 % 1000003
    return total


def scripts_become_programs(folder):
    """Another process runs what one has compiled: output, errors with their place and calls, arguments; damage is refused."""
    write(folder, "rules.py", "def tax(price, *, rate=0.2):\n    return price * rate\n\n\nprint(argv, [tax(float(n)) for n in argv], f'{tax(3, rate=2)!r}')\n1 / 0\n")
    path, program = os.path.join(folder, "rules.py"), os.path.join(folder, "rules.bin")
    expect(burin("compile", "--script", path, "-o", program, "--interpreted") == (0, "", ""), "a script is compiled")
    text = burin("run", path, "--", "1", "2.5")
    expect(text[0] == 1 and "ZeroDivisionError" in text[2] and "rules.py:6" in text[2] and text[1].startswith("['1', '2.5'] [0.2, 0.5] 6"), "the text runs: %r" % (text,))
    os.remove(path)
    expect(burin("run", program, "--", "1", "2.5") == text, "the program runs as its text: %r" % (burin("run", program, "--", "1", "2.5"),))
    whole = open(program, "rb").read()
    native_scripts(folder, text, len(whole))
    for what, data in (("cut off", whole[:-1]), ("changed", whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])):
        with open(program, "wb") as file:
            file.write(data)
        code, out, err = burin("run", program)
        expect(code == 1 and not out and "changed or cut off" in err, "%s: %r" % (what, (code, out, err)))
    write(folder, "wrong.py", "a = 1\nb = (\n")
    code, out, err = burin("compile", "--script", os.path.join(folder, "wrong.py"), "-o", program + "2")
    expect(code == 1 and "wrong.py:2" in err and not os.path.exists(program + "2"), "a wrong script is not compiled: %r" % ((code, out, err),))


def main():
    folder = tempfile.mkdtemp()
    try:
        os.mkdir(os.path.join(folder, "t"))
        for name, text in TEMPLATES.items():
            write(os.path.join(folder, "t"), name, text)
        write(folder, "data.json", DATA)
        site = the_same_as_the_sources(folder, ["--interpreted"])
        if HAS_NATIVE:
            programs_become_native(folder, site)
            site = the_same_as_the_sources(folder, [])
            code_to_read(folder)
            called_by_a_link(folder)
            cases_ahead_of_time()
        presets_are_compiled_too(folder)
        what_does_not_fit(folder, site)
        where_the_output_cannot_be(folder)
        what_is_no_use(folder)
        what_is_asked_of_a_set(folder, site)
        if KIND in ("dev", "release"):
            linked_into_a_program(folder, [] if HAS_NATIVE else ["--interpreted"])
            if HAS_NATIVE:
                structs_at_their_places(folder)
        if not HAS_NATIVE:
            lacking("native code (built without libgccjit)")
        changed_sources_are_compiled_again(folder, site)
        scripts_become_programs(folder)
        left = [name for name in os.listdir(folder) if name.startswith(".burin")]
        expect(not left, "temporary folders are left: %s" % left)
    finally:
        shutil.rmtree(folder)
    return ended(failures)


if __name__ == "__main__":
    sys.exit(main())
