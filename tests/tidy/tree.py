"""The source tree as the tidy tests see it: which files there are, which room each is in, code without its comments."""
import os
import re
import sys

ROOT = os.environ.get("BURIN_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IGNORED = {"build", ".git", "__pycache__", ".cache", "node_modules"}
CODE = (".c", ".h", ".re", ".y", ".def")

# A file's room is the longest of these that its path begins with.
ROOMS = ("include/burin", "runtime/base", "runtime/store", "runtime/registry", "runtime/reactive", "lexer", "parser", "runtime", "codegen", "jit", "engine", "cli", "bench", "examples", "tests")
LIBRARY = ("runtime/base", "runtime/store", "runtime/registry", "runtime/reactive", "lexer", "parser", "runtime", "codegen", "engine")


def files(*endings):
    """Paths relative to the root, sorted; all files when no ending is given."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in IGNORED]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names if not endings or name.endswith(endings)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def room(path):
    rooms = [r for r in ROOMS if path.startswith(r + "/")]
    return max(rooms, key=len) if rooms else None


STRING_OR_COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code(path):
    """The file with comments and the contents of literals blanked; lines stay where they are."""
    def blank(match):
        text = match.group(0)
        kept = "\n" * text.count("\n")
        return '""' + kept if text[0] == '"' else "' '" if text[0] == "'" else " " + kept
    return STRING_OR_COMMENT.sub(blank, read(path))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def finish(findings, what):
    """Say the findings, one a line, and end the test."""
    for finding in findings:
        print(finding)
    print("%s: %s" % (what, "%d findings" % len(findings) if findings else "tidy"))
    sys.exit(1 if findings else 0)
