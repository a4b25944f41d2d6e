#!/usr/bin/env python3
"""scripts.py BURIN FILE... [--show N] [--only TEXT]: the cases of scripts, through `burin batch`.

Every step of every case must give what CPython gives: value, error, output and variables. Cases of asteval carry CPython's
answer beside asteval's where the two differ; steps that need what only asteval has (options, host functions, switches of
nodes) are counted as left out, with their number printed.
"""
import argparse
import json
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


def run(burin, cases):
    """The answers to the cases, through one process."""
    lines = []
    for case in cases:
        steps = [{"src": s["src"], "look": list(s.get("set", {})) + list(s.get("py", {}).get("set") or {}) + s.get("del", [])} for s in case["steps"] if "src" in s]
        lines.append(json.dumps({"id": case["id"], "mode": "script", "steps": steps,
                                 "context": dict(case.get("globals") or [])}))
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
                wrong = list(differences(expected(step, python_file), got))
                failed += bool(wrong)
                for what, want, has in wrong:
                    if failed <= options.show:
                        print("%s step %d: %s\n    %s\n    want %s\n    got  %s" % (case["id"], number, step["src"][:200], what, json.dumps(want)[:300], json.dumps(has)[:300]))
    print("scripts: %d steps, %d differ; %d cases are asteval's alone" % (steps, failed, left_out))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
