#!/usr/bin/env python3
"""What the compiled library tells: no writable global data, no undefined symbol that a library must not need, nothing
exported but the API, and no global name in libburin.a besides it."""
import os
import re
import subprocess

import tree

BUILD = os.environ.get("BURIN_BUILD", os.path.join(tree.ROOT, "build", "dev"))
FORBIDDEN = {"exit", "_exit", "abort", "longjmp", "__longjmp_chk", "_setjmp", "printf", "__printf_chk", "puts", "putchar", "perror", "setlocale", "getenv",
             "setenv", "system", "signal", "sigaction", "atexit", "rand", "srand", "random", "strtod", "localtime", "gmtime", "strtok"}


# What gdb looks for by name, and the lock of it: empty unless a host asks for it (codegen/jit/tools.h).
WRITABLE = {"tools.c.o"}


def nm(*arguments):
    done = subprocess.run(["nm", *arguments], capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines() if line and not line.endswith(":")]


def main():
    findings = []
    archive = os.path.join(BUILD, "libburin_internal.a")
    sections = subprocess.run(["size", "-A", archive], capture_output=True, text=True, check=True).stdout
    member = "?"
    for line in sections.splitlines():
        head = re.match(r"(\S+)\s+\(ex ", line)
        member = head.group(1) if head else member
        size = re.match(r"(\.t?(?:data|bss)(?:\.(?!rel\.ro)\S+)?)\s+(\d+)", line)
        if size and int(size.group(2)) and member not in WRITABLE:
            findings.append("%s: %s bytes of writable global data in %s" % (member, size.group(2), size.group(1)))
    for words in nm("-u", archive):
        if words[-1] in FORBIDDEN:
            findings.append("the library needs %s" % words[-1])
    for library, option in (("libburin.so", "-D"), ("libburin.a", "-g")):
        for words in nm(option, "--defined-only", os.path.join(BUILD, library)):
            if len(words) == 3 and not words[2].startswith("burin_"):
                findings.append("%s exports %s" % (library, words[2]))
    tree.finish(sorted(set(findings)), "objects")


if __name__ == "__main__":
    main()
