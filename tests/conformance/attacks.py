#!/usr/bin/env python3
"""attacks.py BURIN FILE [--seconds S] [--megabytes M] [--show N] [--only TEXT]: hostile inputs, each in a process of its own.

A row says how it must end: `ok`, with that value if it names one; `error`, refused, by a limit if one comes first; `limit`,
stopped by a limit, of what it may take or of how deep it may nest, or refused by the sandbox. `also` names what is as
good. Every row ends within S seconds (2), the process's start included, and M megabytes (256; 0: not looked at, for builds
with sanitizers); one that took longer is tried again twice, for the machine may have been at something else. Templates run in
the immutable sandbox.
"""
import argparse
import json
import os
import subprocess
import sys
import threading
import time

TRIES = 3
LIMITS = ("LimitError", "RecursionError", "MemoryError")
UNDEFINED = ("", "[Undefined]")  # how a template prints it


def case_of(row):
    source = row["source"] if "source" in row else "".join(part * times for part, times in row["source_gen"])
    if row["kind"] == "template":
        return {"id": row["id"], "source": source, "context": row.get("context", {}), "env": {"sandbox": "immutable"}}
    return {"id": row["id"], "mode": "script", "context": row.get("context", {}), "steps": [{"src": source, "look": []}]}


def run(burin, row, seconds):
    """Answer, seconds taken, most kilobytes held."""
    begin = time.monotonic()
    child = subprocess.Popen([burin, "batch", "--timeout", str(seconds * 0.8), "--max-memory", "200M"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    killer = threading.Timer(10 * seconds, child.kill)
    killer.start()
    out = []
    reader = threading.Thread(target=lambda: out.append(child.stdout.read()))
    errors = threading.Thread(target=lambda: out.append(None) or child.stderr.read())
    reader.start(), errors.start()
    try:
        child.stdin.write((json.dumps(case_of(row)) + "\n").encode())
        child.stdin.close()
    except BrokenPipeError:
        pass
    reader.join(), errors.join()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    killer.cancel()
    text = next(o for o in out if o is not None)
    answer = json.loads(text) if text.strip() else {"died": child.returncode}
    return answer, time.monotonic() - begin, usage.ru_maxrss


def outcome(answer):
    """ok, error, limit, undefined or died; and the value or the error."""
    if "died" in answer:
        return "died", answer["died"]
    step = answer["steps"][0] if "steps" in answer else answer
    error = step.get("error")
    if error:
        kind, message = (error, step.get("message", "")) if isinstance(error, str) else (error["type"], error["msg"])
        limit = kind in LIMITS or "too deep" in message or "nest" in message or "limit" in message
        return "limit" if limit else "error", "%s: %s" % (kind, message)
    value = step.get("value", step.get("output"))
    return ("undefined" if value in UNDEFINED else "ok"), value


def wrong(row, answer, seconds, kilobytes, most):
    is_as, what = outcome(answer)
    if seconds > most.seconds:
        return "took %.1f s: %s %s" % (seconds, is_as, what)
    if most.megabytes and kilobytes > most.megabytes * 1024:
        return "held %d MiB: %s %s" % (kilobytes // 1024, is_as, what)
    if row["must"] == "ok":
        good = is_as in ("ok", "undefined") and ("value" not in row or row["value"] == what)
    else:
        good = is_as in (row["must"], row.get("also")) or (row["must"] == "error" and is_as == "limit") or str(what).startswith("SecurityError")
    return None if good else "%s %s" % (is_as, str(what)[:200])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("burin")
    arguments.add_argument("file")
    arguments.add_argument("--seconds", type=float, default=2)
    arguments.add_argument("--megabytes", type=int, default=256)
    arguments.add_argument("--show", type=int, default=40)
    arguments.add_argument("--only", default="")
    options = arguments.parse_args()
    with open(options.file, encoding="utf-8") as f:
        rows = [row for row in map(json.loads, f) if options.only in row["id"]]
    failed = 0
    for row in rows:
        for _ in range(TRIES):
            answer, seconds, kilobytes = run(options.burin, row, options.seconds)
            why = wrong(row, answer, seconds, kilobytes, options)
            if seconds <= options.seconds:
                break
        if why:
            failed += 1
            if failed <= options.show:
                print("%s must %s (%s): %s\n    %s" % (row["id"], row["must"], row["why"], why, str(row.get("source") or row["source_gen"])[:160]))
    print("attacks: %d of %d end as they must" % (len(rows) - failed, len(rows)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
