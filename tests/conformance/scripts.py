#!/usr/bin/env python3
"""scripts.py BURIN FILE... [--show N] [--only TEXT]: the cases of scripts, through `burin batch`.

Every step must give what CPython gives: value, error, output and variables. Cases of asteval run twice: in Python's language, where they
carry CPython's answer beside asteval's if the two differ, and in asteval's profile with the case's own options, where asteval's answer
counts, in CPython's words, or CPython's. Where Burin differs by design a rule says so (RULES; each stands in docs/COMPATIBILITY.md): it looks
at the two answers, never at the case. A rule that excuses nothing any more fails, as a difference does.
"""
import argparse
import collections
import json
import math
import re
import subprocess
import sys

# asteval's options as members of `profile`; what is switched off with minimal=True; what hosts of the cases add to the table.
MINIMAL = ["assert", "augassign", "delete", "dictcomp", "for", "formattedvalue", "functiondef", "if", "ifexp", "lambda", "listcomp", "print", "raise",
           "setcomp", "try", "while"]
NO_FEATURE = {"import", "importfrom", "with", "nested_symtable"}
HOST = {"obj": {"$object": {}}}
HOST_SOURCE = {"foo": "foo = lambda: 31", "bar": "bar = lambda: 31"}


def profile_of(options):
    """The profile for the options of an asteval.Interpreter."""
    without = set(MINIMAL if options.get("minimal") else [])
    without |= {name for name, on in options.get("config", {}).items() if not on}
    without |= {name[3:] for name, on in options.items() if name.startswith("no_") and on}
    return {"asteval": True, "without": sorted(without - NO_FEATURE), "readonly": options.get("readonly_symbols", []),
            "builtins_readonly": bool(options.get("builtins_readonly"))}


def steps_of(case, under_profile):
    """The scripts of a case for `burin batch`, and its steps that they answer; switches of nodes become profiles from the next script on."""
    scripts, answered = [], []
    profile = profile_of(case.get("opts") or {}) if under_profile else None
    for name in case.get("host") or []:
        if name in HOST_SOURCE:
            scripts.append({"src": HOST_SOURCE[name]})
            answered.append(None)
    for step in case["steps"]:
        if "op" in step and not under_profile:
            continue
        if step.get("op") == "readonly":
            profile = {**profile, "readonly": profile["readonly"] + step["names"]}
        elif "op" in step:
            without = set(profile["without"]) ^ {step["node"]}
            profile = {**profile, "without": sorted(without - NO_FEATURE)}
        else:
            look = list(step.get("set", {})) + list(step.get("py", {}).get("set") or {}) + step.get("del", [])
            scripts.append({"src": step["src"], "look": look, **({"profile": profile} if under_profile else {})})
            answered.append(step)
    return scripts, answered


def expected(step, python_file):
    """CPython's answer to a step: the step's own, with what `py` says differs."""
    want = {k: step[k] for k in ("value", "error", "stdout", "set", "del") if k in step}
    for key, value in step.get("py", {}).items() if not python_file else ():
        if value is None:
            want.pop(key, None)
        else:
            want[key] = value
    if not python_file and "py_msg" in step and "error" in want:
        want["error"] = dict(want["error"], msg=step["py_msg"])
    return want


LOOSE = ("$func", "$type", "$exc", "$opaque", "$slice", "$longstr", "$ellipsis", "$complex", "$bytearray", "$loop")


def text_of(form):
    """The repr of a value in the form of the cases; None where it has a part that is only known loosely."""
    if isinstance(form, list):
        parts = [text_of(item) for item in form]
        return None if None in parts else "[%s]" % ", ".join(parts)
    if not isinstance(form, dict):
        return repr(form)
    kind, inside = next(iter(form.items()))
    if kind == "$complex":
        return repr(complex(*map(float, inside)))
    if kind == "$bytearray":
        return repr(bytearray.fromhex(inside))
    return "[...]" if kind == "$loop" else None


def plain(form):
    """Forms that say the same become one: floats, and dicts with text keys."""
    if isinstance(form, dict) and len(form) == 1:
        kind, inside = next(iter(form.items()))
        if kind in ("$f", "$float"):
            return {"$f": inside}
        if kind == "$dict":
            return {"$dict": [[plain(k), plain(v)] for k, v in inside]}
        if kind.startswith("$"):
            return {kind: plain(inside)} if isinstance(inside, (list, dict)) else form
    if isinstance(form, dict):
        return {"$dict": [[k, plain(v)] for k, v in form.items()]}
    if isinstance(form, float):
        return {"$f": repr(form)}
    return [plain(item) for item in form] if isinstance(form, list) else form


def loosely(want, got):
    """A value that JSON cannot carry, by what repr says of it."""
    kind, inside = next(iter(want.items()))
    text = got.get("$repr", "") if isinstance(got, dict) else ""
    if kind == "$func":
        return "function" in text or text.startswith(("<class ", "<Procedure "))
    if kind == "$type":
        return text == "<class '%s'>" % inside
    if kind == "$longstr":
        return isinstance(got, str) and len(got) == inside[0]
    return text == text_of(want) if text_of(want) is not None else bool(text)


def same(want, got):
    """Equal as values, both plain."""
    if isinstance(want, dict):
        kind, inside = next(iter(want.items()))
        if kind in LOOSE:
            return loosely(want, got)
        if isinstance(got, dict) and kind in ("$set", "$frozenset") and kind in got:
            return sorted(map(json.dumps, inside)) == sorted(map(json.dumps, got[kind]))
        return isinstance(got, dict) and list(want) == list(got) and same(inside, got[kind])
    if isinstance(want, list):
        if isinstance(got, dict) and "$repr" in got: # a list with an item that JSON cannot carry
            return text_of(want) in (None, got["$repr"])
        return isinstance(got, list) and len(want) == len(got) and all(map(same, want, got))
    return type(want) is type(got) and want == got


def differences(want, got):
    if "error" in want:
        error = got.get("error")
        message = re.sub(r" \(<(unknown|step)>, line \d+\)$", "", want["error"]["msg"])
        if not error or error["type"] != want["error"]["type"] or error["msg"] != message:
            yield "error", want["error"], error or got.get("value")
    elif "error" in got:
        yield "error", None, got["error"]
    elif not same(plain(want.get("value")), plain(got.get("value"))):
        yield "value", want.get("value"), got.get("value")
    if want.get("stdout", "") != got.get("stdout", ""):
        yield "stdout", want.get("stdout", ""), got.get("stdout", "")
    for name, value in want.get("set", {}).items():
        if not same(plain(value), plain(got["variables"].get(name, "(not set)"))):
            yield "variable " + name, value, got["variables"].get(name)
    for name in want.get("del", []):
        if name in got["variables"]:
            yield "variable " + name, "(not set)", got["variables"][name]


ADDRESS = re.compile(r"\b0x[0-9a-f.]+")
DUNDER = re.compile(r"name '__\w+__' not supported")
REFUSED = {"ClassDef": "class", "With": "with", "Yield": "yield", "AsyncFunctionDef": "async", "Await": "await", "MatMult": "@", "Match": "match", "Import": "import", "ImportFrom": "import"}
MATH_NAMES = {name for name in vars(math) if not name.startswith("_")}


def message_of(answer, kind):
    error = answer.get("error") if isinstance(answer, dict) else None
    return error["msg"] if error and error["type"] == kind else ""


def is_refused(step, want, got):
    """The construct is in the text, and the whole text is refused for it: nothing has been set or printed."""
    message = message_of(got, "NotImplementedError")
    construct = message.removesuffix(" not supported")
    return bool(DUNDER.fullmatch(message)) or construct in REFUSED and re.search(r"(^|\W)%s(\W|$)" % re.escape(REFUSED[construct]), step["src"]) is not None


def has_no_address(step, want, got):
    """What is printed, or said, is the same but for addresses."""
    def bare(answer):
        error = answer.get("error") or {}
        return [re.sub(r" at 0x[0-9a-f.]+", "", answer.get("stdout", "")), error.get("type"), ADDRESS.sub("0x", error.get("msg", ""))]
    return bare(want) == bare(got) and bool(ADDRESS.search(json.dumps(want)))


def is_name_of_math(step, want, got):
    name = re.fullmatch(r"name '(\w+)' is not defined", message_of(want, "NameError"))
    return bool(name) and name[1] in MATH_NAMES and "error" not in got


def has_no_files(step, want, got):
    return message_of(got, "NameError") == "name 'open' is not defined"


def has_own_limits(step, want, got):
    """The limits of asteval's operators: Burin gives the value, or its own limit ends the script."""
    limited = re.match("Invalid exponent|Invalid left shift|String length exceeded", message_of(want, "RuntimeError"))
    too_long = want.get("error") == {"type": "RuntimeError", "msg": ""} and len(step["src"]) > 50000
    return bool(limited) and "error" not in got or (bool(limited) or too_long) and message_of(got, "LimitError") != ""


def is_same_nan(step, want, got):
    return "float('nan') in" in step["src"] and (want.get("value"), got.get("value")) == (False, True)


def gives_types(step, want, got):
    """type() gives the type, as in CPython; asteval gives its name."""
    return "type(" in step["src"] and all(got["variables"].get(name) == {"$repr": "<class '%s'>" % value} for name, value in want.get("set", {}).items())


def deletes_readonly(step, want, got):
    """del of a readonly name is an error as assigning it is; asteval ignores it, or gives an error without a class."""
    return step["src"].startswith("del ") and message_of(got, "NameError").startswith("invalid symbol name (reserved word?) ")


def prints_procedures_as_1_0(step, want, got):
    def bare(text):
        return text.replace("(, *", "(*").replace("\n  ", "\n ")
    return "<Procedure " in got.get("stdout", "") and bare(want.get("stdout", "")) == got["stdout"]


def words_it_otherwise(step, want, got):
    """The same error of asteval's alone: a node that is switched off, an attribute that is unsafe."""
    def bare(message):
        return re.sub("'| not supported", "", message).lower()
    refused = message_of(want, "NotImplementedError")
    unsafe  = message_of(want, "AttributeError").startswith("cannot assign to unsafe attribute ")
    return bool(refused) and bare(refused) == bare(message_of(got, "NotImplementedError")) or unsafe and bool(message_of(got, "AttributeError"))


RULES = {"readonly del": deletes_readonly, "asteval 0.9": prints_procedures_as_1_0, "words": words_it_otherwise, "refused": is_refused, "addresses": has_no_address, "names of math": is_name_of_math, "no files": has_no_files, "limits": has_own_limits,
         "nan": is_same_nan, "types": gives_types}


def rule_of(step, want, got):
    """The rule by which the answers differ, or None."""
    return next((name for name, holds in RULES.items() if holds(step, want, got)), None)


def line_of(case, under_profile=False):
    """As a case of `burin batch`."""
    context = {**dict(case.get("globals") or []), **{name: HOST[name] for name in case.get("host") or [] if name in HOST}}
    return {"id": case["id"], "mode": "script", "steps": steps_of(case, under_profile)[0], "context": context}


def run(burin, cases, under_profile):
    """Each step that is answered, with its answer, through one process."""
    lines = [json.dumps(line_of(case, under_profile)) for case in cases]
    done = subprocess.run([burin, "batch", "--timeout", "2", "--max-memory", "256M"], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(cases):
        sys.exit("burin batch gave %d answers to %d cases: %s" % (len(answers), len(cases), done.stderr))
    for case, answer in zip(cases, answers):
        for number, step in enumerate(steps_of(case, under_profile)[1]):
            if step:
                yield case, step, answer["steps"][number] if "steps" in answer else {"error": answer, "variables": {}}


class Tally:
    """What became of the steps."""

    def __init__(self, show):
        self.show, self.steps, self.failed, self.excused = show, 0, 0, collections.Counter()

    def judge(self, case, step, got, wants):
        """The first of the answers that are right, or a rule for the first of all."""
        self.steps += 1
        wrong = [list(differences(want, got)) for want in wants]
        if not wrong[0]:
            return
        if not all(wrong):
            self.excused["in CPython's words" if same_kind(wants[0], got) else "as CPython"] += 1
            return
        rule = next((name for want in wants for name in [rule_of(step, want, got)] if name), None)
        if rule:
            self.excused[rule] += 1
            return
        self.failed += 1
        for what, wanted, has in wrong[0] if self.failed <= self.show else ():
            print("%s: %s\n    %s\n    want %s\n    got  %s" % (case["id"], step["src"][:200], what, json.dumps(wanted)[:300], json.dumps(has)[:300]))

    def summary(self, title):
        print("%s: %d steps, %d differ by design (%s), %d failures"
              % (title, self.steps, sum(self.excused.values()), ", ".join("%s: %d" % row for row in sorted(self.excused.items())), self.failed))


def same_kind(want, got):
    """Errors of one class."""
    return "error" in want and "error" in got and want["error"]["type"] == got["error"]["type"]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("burin")
    arguments.add_argument("files", nargs="+")
    arguments.add_argument("--show", type=int, default=20)
    arguments.add_argument("--only", default="")
    options = arguments.parse_args()
    python, asteval = Tally(options.show), Tally(options.show)
    for path in options.files:
        python_file = "python" in path
        with open(path, encoding="utf-8") as f:
            cases = [case for case in map(json.loads, f) if options.only in case["id"]]
        bare = [c for c in cases if not c.get("opts") and not c.get("host") and all("src" in s for s in c["steps"])]
        for case, step, got in run(options.burin, bare, False):
            python.judge(case, step, got, [expected(step, python_file)])
        for case, step, got in run(options.burin, [] if python_file else cases, True):
            own = {k: step[k] for k in ("value", "error", "stdout", "set", "del") if k in step}
            asteval.judge(case, step, got, [own, expected(step, False)])
    python.summary("scripts")
    asteval.summary("asteval's profile")
    stale = sorted(set(RULES) - set(python.excused) - set(asteval.excused)) if not options.only else []
    for name in stale:
        print("no step differs by the rule %r any more" % name)
    return 1 if python.failed or asteval.failed or stale or not python.steps or not asteval.steps and not options.only else 0


if __name__ == "__main__":
    sys.exit(main())
