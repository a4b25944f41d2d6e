"""The parser of scripts against Python's own: trees, messages, and for damaged scripts whether they are taken at all.

scripts.txt holds well-formed scripts, script_errors.txt ill-formed ones, a line each. From the scripts come BURIN_CASES more
(BURIN_SEED says which): tokens are dropped, doubled, swapped and replaced. Only CPython 3.11 is the truth."""
import ast
import io
import os
import random
import re
import subprocess
import sys
import tokenize
import warnings

import python_tree

R = random.Random(int(os.environ.get("BURIN_SEED", "1")))
CASES = int(os.environ.get("BURIN_CASES", "4000"))
HERE = os.path.dirname(os.path.abspath(__file__))
NOT_IMPLEMENTED = "NotImplementedError"
# What Python finds when it sorts out names, which is the analysis's work and not the parser's.
OF_NAMES = re.compile(r"global|nonlocal|comprehension iteration variable|comprehension iterable expression|name '.*' is parameter")
# Where the message is another one: each is a mistake that is understood, but that one token ahead does not tell apart.
MESSAGES_DIFFER = {ast.literal_eval(line) for line in open(os.path.join(HERE, "script_messages.txt"), encoding="utf-8").read().splitlines() if line and not line.startswith("#")}


class Driver:
    def __init__(self):
        path = os.path.join(os.environ["BURIN_BUILD"], "tests", "script_driver")
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, source, mode="m"):
        self.process.stdin.write(mode.encode() + source.encode("utf-8", "surrogatepass").hex().encode() + b"\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == b"\1\n":
                return [line.decode("latin-1") for line in b"".join(lines).split(b"\n")[:-1]]
            lines.append(line)
        raise SystemExit("script_driver ended at %r" % source)


def theirs(source, mode="exec"):
    """("T", tree), or ("E", class, message, line)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode=mode)
            try:
                compile(source, "", mode)
            except SyntaxError as error:
                if not OF_NAMES.search(error.msg) and not python_tree.refused(tree):
                    raise
            return "T", tree
    except SyntaxError as error:
        return "E", type(error).__name__, error.msg, error.lineno or 0
    except (RecursionError, MemoryError, ValueError):
        return None


def without_places(lines):
    """Our tree with @0 where Python does not tell the place, and literals of large integers as numbers."""
    out, string_depth = [], None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if string_depth is not None and depth <= string_depth:
            string_depth = None
        kind = line.split("@")[0].strip()
        if string_depth is not None or kind in ("Pair", "Clause", "ImportName"):
            line = re.sub(r"@\d+", "@0", line, 1)
        elif kind == "Joined" and string_depth is None:
            string_depth = depth
        big = re.match(r"(\s*Const @\d+ value=)(0[xXoObB][0-9a-fA-F]+)$", line)
        out.append(big.group(1) + str(int(big.group(2), 0)) if big else line)
        if out[-1].strip() == "names:":
            out[-1] += " "
        if kind == "Name" and len(out) > 1 and under_names(out):
            out[-1] = re.sub(r"@\d+", "@0", out[-1], 1)
    return [line.rstrip(" ") if line.strip() == "names:" else line for line in out]


def under_names(lines):
    depth = len(lines[-1]) - len(lines[-1].lstrip())
    for line in reversed(lines[:-1]):
        at = len(line) - len(line.lstrip())
        if at < depth:
            return line.strip() == "names:"
    return False


def difference(source, ours, want, exact):
    """What differs, or None. Messages are compared when `exact`."""
    if want is None:
        return None
    if ours[0].startswith("E " + NOT_IMPLEMENTED):
        refuses = want[0] == "T" and (python_tree.refused(want[1]) or not python_tree.is_normal(source))
        return None if refuses or want[0] == "E" else "refused: " + ours[0]
    if want[0] == "T":
        if ours[0] != "T":
            return "taken by Python: " + ours[0]
        if python_tree.refused(want[1]):
            return "to be refused"
        tree, expected = without_places(ours[1:]), python_tree.printed(want[1])
        if tree != expected:
            at = next((n for n, (a, b) in enumerate(zip(tree, expected)) if a != b), min(len(tree), len(expected)))
            return "tree differs at %r, Python has %r" % (tree[at:at + 2], expected[at:at + 2])
        return None
    if ours[0] == "T":
        return "refused by Python: %s" % (want[1:],)
    cls, line, _, message = re.match(r"E (\w+) (\d+) (\d+) (.*)", ours[0]).groups()
    if exact and source not in MESSAGES_DIFFER and (cls, message.encode("latin-1").decode("utf-8")) != want[1:3]:
        return "%s: %s, Python has %s: %s" % (cls, message, *want[1:3])
    if exact and source not in MESSAGES_DIFFER and want[3] and int(line) != want[3]:
        return "line %s, Python has %d: %s" % (line, want[3], message)
    return None


def damaged(source):
    """The script with a few tokens dropped, doubled, swapped or replaced; None when it cannot be cut into tokens."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    spans = [(starts[t.start[0] - 1] + t.start[1], starts[t.end[0] - 1] + t.end[1]) for t in tokens if t.string.strip() and t.end[0] <= len(lines)]
    for _ in range(R.choice((1, 1, 1, 2))):
        if len(spans) < 2:
            return None
        n = R.randrange(len(spans) - 1)
        (a, b), (c, d) = spans[n], spans[n + 1]
        how = R.randrange(5)
        if how == 0:
            source = source[:a] + source[b:]
        elif how == 1:
            source = source[:b] + " " + source[a:b] + source[b:]
        elif how == 2:
            source = source[:a] + source[c:d] + source[b:c] + source[a:b] + source[d:]
        elif how == 3:
            other = R.choice(spans)
            source = source[:a] + source[other[0]:other[1]] + source[b:]
        else:
            source = source[:a] + R.choice(["(", ")", "[", "]", ":", ",", "=", "*", "**", "in", "not", "if", "else", "lambda", "for", ".", "x", "1", "'s'", "\n", " "]) + source[a:]
        return source
    return source


def main():
    scripts = open(os.path.join(HERE, "scripts.txt"), encoding="utf-8").read().split("\n---\n")
    errors = [ast.literal_eval(line) for line in open(os.path.join(HERE, "script_errors.txt"), encoding="utf-8") if line.strip()]
    driver, failures, taken = Driver(), 0, 0
    cases = [(s, True) for s in scripts] + [(s, True) for s in errors]
    while len(cases) < len(scripts) + len(errors) + CASES:
        source = damaged(R.choice(scripts))
        if source is not None:
            cases.append((source, False))
    for source, exact in cases:
        want = theirs(source)
        problem = difference(source, driver.ask(source), want, exact)
        taken += bool(want) and want[0] == "T"
        if problem:
            failures += 1
            print("%r\n    %s" % (source, problem))
    for source in scripts:
        expression = source.strip()
        want = theirs(expression, "eval")
        ours = driver.ask(expression, "e")
        if want and (ours[0] == "T") != (want[0] == "T") and not ours[0].startswith("E " + NOT_IMPLEMENTED):
            failures += 1
            print("%r as an expression: %s" % (expression, ours[0]))
    print("%d scripts (%d well-formed), %d differ" % (len(cases), taken, failures))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    if sys.version_info[:2] != (3, 11):
        print("skipped: this is Python %d.%d, not 3.11" % sys.version_info[:2])
        sys.exit(77)
    main()
