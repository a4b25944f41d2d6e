#!/usr/bin/env python3
"""scripts.py BURIN FILE... [--show N] [--only TEXT]: the cases of scripts, through `burin batch`.

Every step of every case must give what CPython gives: value, error, output and variables. Cases of asteval carry CPython's
answer beside asteval's where the two differ; steps that need what only asteval has (options, host functions, switches of
nodes) are counted as left out, with their number printed. Where Burin differs by design a rule says so (RULES; each stands in
docs/COMPATIBILITY.md): it looks at the two answers, never at the case. A rule that excuses nothing any more fails, as a difference does.
"""
import argparse
import collections
import json
import math
import re
import subprocess
import sys

ASTEVAL_ONLY = ("opts", "host")


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
        return "function" in text or text.startswith("<class ")
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
REFUSED = {"ClassDef": "class", "With": "with", "Yield": "yield", "AsyncFunctionDef": "async", "Await": "await", "MatMult": "@", "Match": "match"}
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
    return bool(limited) and ("error" not in got or message_of(got, "LimitError") != "")


def is_same_nan(step, want, got):
    return "float('nan') in" in step["src"] and (want.get("value"), got.get("value")) == (False, True)


def gives_types(step, want, got):
    """type() gives the type, as in CPython; asteval gives its name."""
    return "type(" in step["src"] and all(got["variables"].get(name) == {"$repr": "<class '%s'>" % value} for name, value in want.get("set", {}).items())


RULES = {"refused": is_refused, "addresses": has_no_address, "names of math": is_name_of_math, "no files": has_no_files, "limits": has_own_limits,
         "nan": is_same_nan, "types": gives_types}


def rule_of(step, want, got):
    """The rule by which the answers differ, or None."""
    return next((name for name, holds in RULES.items() if holds(step, want, got)), None)


def line_of(case):
    """As a case of `burin batch`."""
    steps = [{"src": s["src"], "look": list(s.get("set", {})) + list(s.get("py", {}).get("set") or {}) + s.get("del", [])} for s in case["steps"] if "src" in s]
    return {"id": case["id"], "mode": "script", "steps": steps, "context": dict(case.get("globals") or [])}


def run(burin, cases):
    """The answers to the cases, through one process."""
    lines = [json.dumps(line_of(case)) for case in cases]
    done = subprocess.run([burin, "batch", "--timeout", "2", "--max-memory", "256M"], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(cases):
        sys.exit("burin batch gave %d answers to %d cases: %s" % (len(answers), len(cases), done.stderr))
    return answers


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("burin")
    arguments.add_argument("files", nargs="+")
    arguments.add_argument("--show", type=int, default=20)
    arguments.add_argument("--only", default="")
    options = arguments.parse_args()
    failed = steps = left_out = 0
    excused = collections.Counter()
    for path in options.files:
        python_file = "python" in path
        with open(path, encoding="utf-8") as f:
            cases = [json.loads(line) for line in f]
        usable = [c for c in cases if options.only in c["id"] and not any(c.get(k) for k in ASTEVAL_ONLY)
                  and all("src" in s for s in c["steps"])]
        left_out += len(cases) - len(usable)
        for case, answer in zip(usable, run(options.burin, usable)):
            for number, step in enumerate(s for s in case["steps"] if "src" in s):
                steps += 1
                got = answer["steps"][number] if "steps" in answer else {"error": answer, "variables": {}}
                want = expected(step, python_file)
                wrong = list(differences(want, got))
                rule = rule_of(step, want, got) if wrong else None
                if rule:
                    excused[rule] += 1
                    continue
                failed += bool(wrong)
                for what, wanted, has in wrong:
                    if failed <= options.show:
                        print("%s step %d: %s\n    %s\n    want %s\n    got  %s" % (case["id"], number, step["src"][:200], what, json.dumps(wanted)[:300], json.dumps(has)[:300]))
    stale = sorted(set(RULES) - set(excused)) if not options.only else []
    for name in stale:
        print("no step differs by the rule %r any more" % name)
    print("scripts: %d steps, %d differ by design (%s), %d failures; %d cases are asteval's alone"
          % (steps, sum(excused.values()), ", ".join("%s: %d" % row for row in sorted(excused.items())), failed, left_out))
    return 1 if failed or stale or not steps else 0


if __name__ == "__main__":
    sys.exit(main())
