#!/usr/bin/env python3
"""What a look at the text can tell: sizes of files and functions, calls that a library must not make, words left for
later, tables without documentation, paths of one machine."""
import re

import tree

FILE_LINES_MAX = 900
FUNCTION_LINES_MAX = 100
# Functions that may be longer, each with the reason.
LONG_FUNCTIONS = {
    "lexer_tag_token": "re2c's rules, one a token",
}
# A library neither ends nor talks for its host, and depends on no locale and no process-wide state.
FORBIDDEN = """exit _exit _Exit quick_exit abort longjmp setjmp printf vprintf puts putchar perror setlocale getenv setenv putenv system signal
sigaction atexit strtod strtof atof gets rand srand random srandom strtok localtime gmtime ctime asctime
tmpnam mktemp isalpha isdigit isalnum isspace isupper islower toupper tolower""".split()
FLOAT_CONVERSION = re.compile(r'"[^"\n]*(?<!%)(?:%%)*%[-+ #0-9.*]*l?[aefgEG]')
LEFT_FOR_LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
MACHINE_PATHS = re.compile(r"/(?:work|farm|root)/|/home/[a-z]+/|/tmp/burin")
PACKAGE_HOSTS = re.compile(r"https?://[a-z0-9.-]*(?:debian\.org|npmjs\.org|pypi\.org|crates" + r"\.io)")
TEXT = tree.CODE + (".md", ".py", ".sh", ".txt", ".cmake", ".mjs", ".rs", ".toml", ".in", "build.sh", ".ci/run", ".gitignore")


def functions(path):
    """(name, first line, lines) of each function body that begins with a brace in the first column."""
    lines, start = tree.code(path).split("\n"), None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start:
            if line == "}":
                head = " ".join(lines[max(0, start - 8):start - 1])
                names = re.findall(r"([A-Za-z_]\w*)\s*\(", head.split(";")[-1].split("}")[-1])
                yield names[0] if names else "?", start, number - start + 1
            start = None


def calls(path):
    text = tree.code(path)
    for match in re.finditer(r"(?<![\w.>])(%s)\s*\(" % "|".join(FORBIDDEN), text):
        yield "%s:%d: calls %s" % (path, tree.line_of(text, match.start()), match.group(1))


def conversions(path):
    text = tree.read(path)
    for match in FLOAT_CONVERSION.finditer(text):
        yield "%s:%d: printf's floats have the locale's point; text_from_double has not" % (path, tree.line_of(text, match.start()))


def rows(text):
    """(macro, last argument) of each row of a .def file."""
    for match in re.finditer(r"^([A-Z_]+)\((.*?)\)[ \t]*(?:/\*[^\n]*\*/)?[ \t]*$(?=\n(?:[A-Z_]+\(|\s*$|/\*|#)|\Z)", text, re.M | re.S):
        strings = re.findall(r'"((?:\\.|[^"\\])*)"', match.group(2))
        yield match.group(1), strings[-1] if strings else "", match.group(2).rstrip().endswith('"'), match.start()


def tables(path):
    """A .def file opens with a comment that explains its rows, and where that ends with what a row does, each row says it."""
    text = tree.read(path)
    comment = re.match(r"/\*.*?\*/", text, re.S)
    if not comment:
        yield "%s: does not open with a comment that explains its rows" % path
        return
    for macro, last, ends_with_string, offset in rows(text):
        line = tree.line_of(text, offset)
        explained = re.search(r"\b%s\b" % macro, comment.group(0))
        if not explained:
            yield "%s:%d: the opening comment does not explain %s" % (path, line, macro)
        columns = re.search(r"\b%s\(([^)]*)\)" % macro, comment.group(0))
        if columns and re.search(r"(?:meaning|what [^,]*)\"?\s*$", columns.group(1)) and not (ends_with_string and last.strip()):
            yield "%s:%d: a row of %s does not say what it does" % (path, line, macro)


def main():
    findings = []
    for path in tree.files(".c", ".h", ".re", ".y"):
        count = tree.read(path).count("\n")
        if count > FILE_LINES_MAX:
            findings.append("%s: %d lines; one idea a file, at most %d" % (path, count, FILE_LINES_MAX))
        for name, line, length in functions(path):
            if length > FUNCTION_LINES_MAX and name not in LONG_FUNCTIONS:
                findings.append("%s:%d: %s has %d lines; at most %d" % (path, line, name, length, FUNCTION_LINES_MAX))
        if tree.room(path) in tree.LIBRARY:
            findings += calls(path)
            findings += conversions(path)
    for path in tree.files(".def"):
        findings += tables(path)
    for path in tree.files(*TEXT):
        text = tree.read(path)
        for what, pattern in (("left for later", LEFT_FOR_LATER), ("a path of one machine", MACHINE_PATHS), ("a package host", PACKAGE_HOSTS)):
            if path == "tests/tidy/test_text.py":
                continue
            for match in pattern.finditer(text):
                findings.append("%s:%d: %s: %s" % (path, tree.line_of(text, match.start()), what, match.group(0)))
    tree.finish(findings, "text")


if __name__ == "__main__":
    main()
