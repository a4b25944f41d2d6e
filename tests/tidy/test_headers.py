#!/usr/bin/env python3
"""Every header compiles alone, public ones also as pedantic C and C++; headers open with a comment and are guarded;
every public declaration has one."""
import concurrent.futures
import os
import re
import shutil
import subprocess

import tree

CC = os.environ.get("BURIN_CC") or "cc"
GENERATED = os.path.join(os.environ.get("BURIN_BUILD", ""), "generated")
FLAGS = ["-I", tree.ROOT, "-I", os.path.join(tree.ROOT, "include"), "-I", GENERATED, "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
         "-Wno-unused-function"]


def compiles(path, *command):
    source = '#include "%s"\n' % (path[len("include/"):] if path.startswith("include/") else path)
    done = subprocess.run([*command, *FLAGS, "-"], input=source, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    reasons = [line for line in done.stderr.splitlines() if "error" in line]
    return "%s: does not compile alone: %s" % (path, reasons[0] if reasons else done.stderr[:200])


def undocumented(path):
    """Blocks of public declarations (parted by blank lines) without a comment, and without one on the block before."""
    text = tree.read(path)
    for block in re.split(r"\n\s*\n", text):
        if re.search(r"^BURIN_API|^typedef|^static inline", block, re.M) and "/*" not in block:
            name = re.search(r"(\w+)\s*\(|(\w+);", block)
            yield "%s: %s has no comment" % (path, name.group(1) or name.group(2) if name else block[:40])


def main():
    findings = []
    headers = [h for h in tree.files(".h") if tree.room(h) != "examples"]
    jobs = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path in headers:
            jobs.append(pool.submit(compiles, path, CC, "-std=gnu11", "-x", "c"))
            if path.startswith("include/"):
                jobs.append(pool.submit(compiles, path, CC, "-std=c11", "-pedantic", "-x", "c"))
                cxx = shutil.which("c++")
                if cxx:
                    for standard in ("c++11", "c++20"):
                        jobs.append(pool.submit(compiles, path, cxx, "-std=" + standard, "-Wpedantic", "-Wconversion", "-Wold-style-cast", "-x", "c++"))
    findings += [job.result() for job in jobs if job.result()]
    for path in headers:
        text = tree.read(path)
        if not text.startswith("/*"):
            findings.append("%s: does not open with a comment that says what it is" % path)
        if "#ifndef" not in text:
            findings.append("%s: has no include guard" % path)
        if path.startswith("include/"):
            findings += undocumented(path)
    tree.finish(findings, "headers")


if __name__ == "__main__":
    main()
