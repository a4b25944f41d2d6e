#!/usr/bin/env python3
"""The pictures in docs/REACTIVE.md are what the command in the comment above each draws. With --write they are put in."""
import os
import re
import shlex
import subprocess
import sys

BURIN, SOURCE = os.environ["BURIN"], os.environ["BURIN_SOURCE"]
PAGE = os.path.join(SOURCE, "docs", "REACTIVE.md")
PICTURE = re.compile(r"(<!-- burin (graph .*?) -->\n```\w+\n)(.*?)(?=^```$)", re.M | re.S)


def draw(command):
    done = subprocess.run([BURIN] + shlex.split(command), capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else done.stderr


def main():
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    drawn = PICTURE.sub(lambda m: m.group(1) + draw(m.group(2)), page)
    if "--write" in sys.argv:
        with open(PAGE, "w", encoding="utf-8") as f:
            f.write(drawn)
    elif not PICTURE.search(page) or drawn != page:
        print("docs/REACTIVE.md shows other pictures than the command draws: run %s --write" % __file__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
