#!/usr/bin/env python3
"""The examples give what Jinja2 gives.

Each example is a command line of burin and the same render by the real Jinja2. The stored output beside the example was
written by Jinja2 (`test_examples.py --update`), never by burin. Where the machine has Jinja2 the stored output is
compared with it again, so that it cannot go stale.
"""
import json
import os
import subprocess
import sys
import time

from support import SOURCE, ended, lacking

EXAMPLES = os.path.join(SOURCE, "examples")


def path(name):
    return os.path.join(EXAMPLES, name)


def text_of(name):
    with open(path(name), encoding="utf-8") as file:
        return file.read()


def json_of(name):
    return json.loads(text_of(name))


def hello(jinja2):
    return jinja2.Environment().from_string(text_of("hello.jinja")).render(json_of("hello.json"))


def chat(jinja2):
    """As transformers sets it up."""
    import jinja2.ext
    import jinja2.sandbox

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.TemplateError(message)

    env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = time.strftime
    return env.from_string(text_of("chat/chat.jinja")).render(json_of("chat/messages.json"))


def site(jinja2):
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(path("site")), autoescape=True)
    return env.get_template("pages/index.html").render(json_of("site/site.json"))


def merged(into, more):
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merged(into[key], value)
        else:
            into[key] = value
    return into


def nginx(jinja2):
    """As Ansible's template module sets it up."""
    import yaml
    data = merged(yaml.safe_load(text_of("nginx/base.yaml")), json_of("nginx/host.json"))
    env = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    return env.from_string(text_of("nginx/nginx.conf.j2")).render(data)


CASES = [
    # stored output, Jinja2's render, burin's arguments (files are below examples/)
    ("hello.expected", hello, ["@hello.jinja", "@hello.json"]),
    ("chat/expected.txt", chat, ["@chat/chat.jinja", "@chat/messages.json", "--preset", "hf-chat"]),
    ("site/expected.html", site, ["@site/pages/index.html", "@site/site.json", "-I", "@site"]),
    ("nginx/expected.conf", nginx,
     ["@nginx/nginx.conf.j2", "@nginx/base.yaml", "@nginx/host.json", "--merge", "deep", "--preset", "ansible", "--strict"]),
]


def real_jinja2():
    try:
        import jinja2
    except ImportError:
        return None
    return jinja2 if jinja2.__version__.startswith("3.1.") else None


def render(arguments):
    command = [os.environ["BURIN"], "render", "-n"] + [path(a[1:]) if a.startswith("@") else a for a in arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace"), done.returncode


def difference(want, got):
    for number, (a, b) in enumerate(zip(want.split("\n"), got.split("\n")), 1):
        if a != b:
            return "line %d:\n  want %r\n  got  %r" % (number, a, b)
    return "%d lines wanted, %d got" % (want.count("\n") + 1, got.count("\n") + 1)


def migration_differs():
    """with_asteval.py must print what migrate.c prints."""
    done = subprocess.run([sys.executable, path("with_asteval.py")], capture_output=True, text=True)
    if "No module named 'asteval'" in done.stderr:
        lacking("with_asteval.py (no python3-asteval)")
        return 0
    if done.stdout == text_of("migrate.out"):
        return 0
    print("with_asteval.py: %s%s" % (difference(text_of("migrate.out"), done.stdout), done.stderr))
    return 1


def main():
    jinja2, failures = real_jinja2(), 0
    if not jinja2:
        lacking("what Jinja2 gives (no python3-jinja2 3.1)")
    if "--update" in sys.argv:
        for stored, oracle, _ in CASES:
            with open(path(stored), "w", encoding="utf-8", newline="\n") as file:
                file.write(oracle(jinja2))
        return 0
    for stored, oracle, arguments in CASES:
        want = text_of(stored)
        got, errors, code = render(arguments)
        if "cannot read YAML" in errors:
            lacking("%s (built without libyaml)" % stored)
            continue
        if code or got != want:
            failures += 1
            print("%s: exit code %d\n%s%s" % (stored, code, errors, difference(want, got)))
        if jinja2 and oracle(jinja2) != want:
            failures += 1
            print("%s: not what Jinja2 gives: %s" % (stored, difference(oracle(jinja2), want)))
    failures += migration_differs()
    print("%d examples, %d failures" % (len(CASES) + 1, failures))
    return ended(failures)


if __name__ == "__main__":
    sys.exit(main())
