"""What the real Jinja2 makes of a case of docs/BATCH.md: {"output"} or {"value"} or {"error", "line", "message"}, or None where
Python's answer cannot be compared (it ran too long, or holds an address or a value without a JSON form)."""
import datetime
import json
import math
import re
import resource
import signal

import jinja2
import jinja2.compiler
import jinja2.nativetypes
import jinja2.sandbox
from jinja2 import nodes
from jinja2.ext import Extension
from markupsafe import Markup

UNDEFINED = {name: getattr(jinja2, name) for name in ("Undefined", "ChainableUndefined", "DebugUndefined", "StrictUndefined")}
ADDRESS = re.compile(r"(?:object|function|generator|method).*at.*0x[0-9a-f]+", re.I) # some filters change its case
SECONDS = 2


class NoAnswer(BaseException):
    """Not an Exception: no except clause of Jinja2 may catch it."""


# ---- values

class HostObject:
    def __init__(self, attributes, text):
        vars(self).update(attributes)
        self._text = text

    def __str__(self):
        return self._text

    def __repr__(self):
        return "<jcase.HostObject object>"


HostObject.__module__ = "jcase" # what Burin's batch command says of such an object
jinja2.utils.Cycler.__repr__ = lambda self: "<jinja2.utils.Cycler object>" # as Burin prints it, without an address
jinja2.utils.Joiner.__repr__ = lambda self: "<jinja2.utils.Joiner object>"


class CallRepr:
    """A function, but printed as Burin's batch command prints it, without an address."""
    def __init__(self, name):
        self._name = name

    def __call__(self, *args, **named):
        return "%s(%s)" % (self._name, ", ".join([repr(arg) for arg in args] + ["%s=%r" % pair for pair in named.items()]))

    def __repr__(self):
        return "<function object>"


CallRepr.__name__ = CallRepr.__qualname__ = "function"
CallRepr.__module__ = "builtins"
call_repr = CallRepr


def raise_exception(message):
    raise jinja2.TemplateError(message)


def strftime_now(form):
    return datetime.datetime(2026, 3, 5, 14, 7, 9, tzinfo=datetime.timezone.utc).strftime(form) # the time of docs/BATCH.md


def hf_tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


class ListIterator:
    """Like Python's own, but printed as Burin prints it, without an address."""
    def __init__(self, items):
        self._items = iter(items)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._items)

    def __repr__(self):
        return "<list_iterator object>"


ListIterator.__name__ = ListIterator.__qualname__ = "list_iterator"
ListIterator.__module__ = "builtins"


HOST = {"raise_exception": raise_exception, "strftime_now": strftime_now}
SPECIAL = {
    "$tuple": lambda items: tuple(map(decoded, items)), "$set": lambda items: set(map(decoded, items)), "$markup": Markup,
    "$iter": lambda items: ListIterator(list(map(decoded, items))), "$int": int, "$float": float, "$bytes": bytes.fromhex,
    "$range": lambda bounds: range(*bounds), "$undefined": lambda name: jinja2.Undefined(name=name),
    "$dict": lambda pairs: {decoded(key): decoded(value) for key, value in pairs},
}


def decoded(value):
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$object" in value:
        return HostObject(decoded(value["$object"]), value["str"])
    if "$host" in value:
        return call_repr(value["name"]) if value["$host"] == "call_repr" else HOST[value["$host"]]
    for mark, make in SPECIAL.items():
        if mark in value:
            return make(value[mark])
    return {key: decoded(item) for key, item in value.items()}


def encoded(value):
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if abs(value) <= 2**53 else {"$int": str(value)}
    if kind is float:
        return value if math.isfinite(value) else {"$float": repr(value)}
    if kind is Markup:
        return {"$markup": str(value)}
    if kind is bytes:
        return {"$bytes": value.hex()}
    if kind is range:
        return {"$range": [value.start, value.stop, value.step]}
    if kind is list:
        return [encoded(item) for item in value]
    if kind is tuple:
        return {"$tuple": [encoded(item) for item in value]}
    if kind is dict:
        if all(type(key) is str and not key.startswith("$") for key in value):
            return {key: encoded(item) for key, item in value.items()}
        return {"$dict": [[encoded(key), encoded(item)] for key, item in value.items()]}
    raise NoAnswer()


# ---- environments

class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


EXTENSIONS = {"do": "jinja2.ext.do", "loopcontrols": "jinja2.ext.loopcontrols", "i18n": "jinja2.ext.i18n", "debug": "jinja2.ext.debug",
              "generation": Generation}
OWN = ("undefined", "extensions", "sandbox", "native", "policies", "globals", "filters", "tests", "i18n") # the members of `env` that are no Environment option


def environment(case):
    given = case.get("env", {})
    options = {name: value for name, value in given.items() if name not in OWN}
    options["extensions"] = [EXTENSIONS[name] for name in given.get("extensions", [])]
    options["undefined"] = UNDEFINED[given.get("undefined", "Undefined")]
    if "templates" in case:
        options["loader"] = jinja2.DictLoader(case["templates"])
    cls = {"sandboxed": jinja2.sandbox.SandboxedEnvironment, "immutable": jinja2.sandbox.ImmutableSandboxedEnvironment}.get(
        given.get("sandbox"), jinja2.nativetypes.NativeEnvironment if given.get("native") else jinja2.Environment)
    env = cls(**options)
    env.policies.update(decoded(given.get("policies", {})))
    env.globals.update(decoded(given.get("globals", {})))
    env.filters.update({name: hf_tojson if filter == "hf_tojson" else call_repr(name) for name, filter in given.get("filters", {}).items()})
    env.tests.update({name: lambda *args, answer=answer, **named: answer for name, answer in given.get("tests", {}).items()})
    if "i18n" in given:
        install_catalog(env, given["i18n"])
    return env


def install_catalog(env, i18n):
    def translated(context, message, where=""):
        text = i18n["catalog"].get(context.get("LANGUAGE", "en"), {}).get(message, message)
        return text.get(where, text) if isinstance(text, dict) else text

    @jinja2.pass_context
    def gettext(context, message):
        return translated(context, message)

    @jinja2.pass_context
    def ngettext(context, one, many, n):
        return translated(context, one if n == 1 else many)

    @jinja2.pass_context
    def pgettext(context, where, message):
        return translated(context, message, where)

    @jinja2.pass_context
    def npgettext(context, where, one, many, n):
        return translated(context, one if n == 1 else many, where)

    env.install_gettext_callables(gettext, ngettext, newstyle=i18n["newstyle"], pgettext=pgettext, npgettext=npgettext)


# ---- running

def line_of(problem):
    """The line of the syntax error, or of the innermost template that was active; none of what failed while Jinja2 compiled."""
    if isinstance(problem, jinja2.TemplateSyntaxError):
        return problem.lineno
    line, trace = None, problem.__traceback__
    while trace:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            line = trace.tb_lineno
        elif trace.tb_frame.f_code.co_filename == jinja2.compiler.__file__:
            line = None
        trace = trace.tb_next
    return line


def template_of(case):
    env = environment(case)
    return env.get_template(case["main"]) if "main" in case else env.from_string(case["source"])


def run(case, template_of):
    if case.get("mode") == "expression":
        return {"value": encoded(environment(case).compile_expression(case["source"])(decoded(case.get("context", {}))))}
    template = template_of(case)
    if case.get("mode") == "compile":
        return {"output": ""}
    result = template.render(decoded(case.get("context", {})))
    if case.get("env", {}).get("native") and "sandbox" not in case["env"]:
        return {"value": encoded(result)}
    return {"output": str(result)}


def too_long(signum, frame):
    raise NoAnswer()


def limit_memory():
    """What would take more is a MemoryError at once, and not minutes in which no signal is heard."""
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def answer(case, template_of=template_of):
    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        result = run(case, template_of)
    except (NoAnswer, MemoryError):
        return None
    except RecursionError:
        return {"error": "RecursionError", "line": None, "message": ""}
    except Exception as problem:
        try:
            message = problem.message if isinstance(problem, jinja2.TemplateSyntaxError) else str(problem)
        except jinja2.UndefinedError:  # it carries a strict undefined value
            message = ""
        result = {"error": type(problem).__name__, "line": line_of(problem), "message": message}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        text = json.dumps(result, ensure_ascii=False)
        text.encode() # lone surrogates have no form
    except (UnicodeEncodeError, RecursionError):
        return None
    return None if ADDRESS.search(text) else result
