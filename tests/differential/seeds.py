"""Inputs to begin fuzzing with: seeds.py FOLDER COUNT fills FOLDER/{expr,parser,render}, the corpora of tests/fuzz/fuzz_*.c."""
import os
import random
import sys

import expressions
import grammar

PREFIX = {"parser": 1, "render": 1} # bytes of options before the text


def write(folder, name, number, text, r):
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    with open(os.path.join(folder, name, "seed-%d" % number), "wb") as file:
        file.write(r.randbytes(PREFIX.get(name, 0)) + text.encode())


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    for number in range(count):
        r = random.Random(number)
        write(folder, "expr", number, str(expressions.Expressions(r).of("any", 3)), r)
        template = str(grammar.Grammar(r, grammar.SYNTAXES[0], ["do", "loopcontrols", "i18n", "generation"]).template(None))
        for name in ("parser", "render"):
            write(folder, name, number, template if r.random() < .8 else grammar.damaged(template, r), r)


main()
