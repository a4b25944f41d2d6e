#!/usr/bin/env python3
"""What README.md and docs/REGISTRY.md show is true: C programs are built and print what stands below them, console sessions are run.

    ```c        the program; the next ```text block is its output
    ```console  lines after "$ " are commands, the lines below are what they print (stdout and stderr)
"""
import os
import re
import subprocess
import sys
import tempfile

BUILD, SOURCE = os.environ["BURIN_BUILD"], os.environ["BURIN_SOURCE"]
CC = os.environ.get("BURIN_CC") or "cc"


def blocks(text):
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)


def program(source, expected, scratch):
    path = os.path.join(scratch, "example.c")
    with open(path, "w", encoding="utf-8") as f:
        f.write(source)
    built = subprocess.run([CC, "-Wall", "-Wextra", "-Werror", "-I", os.path.join(SOURCE, "include"), path, "-L", BUILD, "-lburin",
                            "-Wl,-rpath," + BUILD, "-o", os.path.join(scratch, "example")], capture_output=True, text=True)
    if built.returncode:
        return ["the C example does not compile:\n" + built.stderr]
    output = subprocess.run([os.path.join(scratch, "example")], capture_output=True, text=True, cwd=SOURCE).stdout
    return [] if output == expected else ["the C example prints\n%s\ninstead of\n%s" % (output, expected)]


def sessions(text):
    """(command, expected output)"""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        lines = part.split("\n")
        count = 1
        while lines[count - 1].endswith("\\"):
            count += 1
        yield "\n".join(lines[:count]), "\n".join(lines[count:])


def try_page(found):
    """What is wrong, and how many were tried."""
    findings, ran = [], 0
    environment = {**os.environ, "PATH": BUILD + ":" + os.environ["PATH"]}
    with tempfile.TemporaryDirectory() as scratch:
        for at, (kind, text) in enumerate(found):
            if kind == "c":
                findings += program(text, found[at + 1][1], scratch)
                ran += 1
            elif kind == "console":
                for command, expected in sessions(text):
                    done = subprocess.run(["bash", "-c", command], cwd=SOURCE, env=environment, text=True, stdout=subprocess.PIPE,
                                          stderr=subprocess.STDOUT)
                    ran += 1
                    if done.stdout.rstrip("\n") != expected.rstrip("\n"):
                        findings.append("$ %s\nprints\n%s\ninstead of\n%s" % (command, done.stdout, expected))
    return findings, ran


def main():
    findings, ran = [], 0
    for page, least in (("README.md", 6), ("docs/REGISTRY.md", 1)):
        with open(os.path.join(SOURCE, page), encoding="utf-8") as f:
            said, count = try_page(blocks(f.read()))
        findings += said
        ran += count
        if count < least:
            findings.append("only %d examples found in %s" % (count, page))
    print("\n\n".join(findings) or "%d examples hold" % ran)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
