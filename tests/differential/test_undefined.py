"""What the sandbox makes of each attribute that Python's undefined classes have, against Jinja2's own.

All names of the four classes, and some that none has, are read in several ways. Only CPython 3.11 is the truth: other ones have other names."""
import json
import os
import subprocess
import sys

try:
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment
except ImportError:
    print("skipped: there is no Jinja2")
    sys.exit(77)

CLASSES = (jinja2.Undefined, jinja2.ChainableUndefined, jinja2.StrictUndefined, jinja2.DebugUndefined)
NONE_HAS = {"nope", "_private", "__nope__", "__dict__", "__mro__", "__subclasses__", "mro", "__bases__", "__qualname__", "__text_signature__", "__wrapped__"}
FORMS = ("{{ x.%s }}", "{{ x['%s'] }}", "{{ x|attr('%s') }}", "{{ x.%s is defined }}", "{{ x.%s|default('D') }}", "{{ x.%s() }}", "{{ x.%s.y }}", "{{ x.y.%s }}",
         "{{ x.__class__.%s }}", "{{ x.__class__|attr('%s') }}", "{{ x.__class__['%s'] is defined }}")


def wanted(cls, source):
    try:
        return (SandboxedEnvironment(undefined=cls).from_string(source).render(),)
    except Exception as problem:
        return (type(problem).__name__, str(problem))


def main():
    if sys.version_info[:2] != (3, 11):
        print("skipped: this is Python %d.%d, not 3.11" % sys.version_info[:2])
        return 77
    names = sorted(NONE_HAS.union(*(dir(cls()) for cls in CLASSES)))
    cases = [(cls, form % name) for cls in CLASSES for form in FORMS for name in names]
    lines = "".join(json.dumps({"source": source, "env": {"undefined": cls.__name__, "sandbox": "sandboxed"}}) + "\n" for cls, source in cases)
    done = subprocess.run([os.environ["BURIN"], "batch"], input=lines, stdout=subprocess.PIPE, check=True, text=True)
    failures = 0
    for (cls, source), line in zip(cases, done.stdout.splitlines(), strict=True):
        answer, want = json.loads(line), wanted(cls, source)
        got = (answer["error"], answer.get("message")) if "error" in answer else (answer["output"],)
        if got != want:
            failures += 1
            print("%s: %s\n  want %r\n  got  %r" % (cls.__name__, source, want, got))
    print("%d attributes, %d differ" % (len(cases), failures))
    return 1 if failures else 0


sys.exit(main())
