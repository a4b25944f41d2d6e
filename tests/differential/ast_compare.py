"""Compare Burin's trees with Jinja2's, node by node and line by line, and its errors by class, line and message.

    ast_compare.py DRIVER CASES.jsonl...            every template of the conformance cases
    ast_compare.py --mutate N [--seed S] DRIVER CASES.jsonl...   N random edits of them
    ast_compare.py --soup N [--seed S] DRIVER       N templates of random tokens, most of them wrong
    ast_compare.py --letters N [--seed S] DRIVER    N templates of random characters, under many delimiters and options

DRIVER is the program tests/differential/ast_driver.c. Run it with the Python whose Jinja2 is the oracle.
Prints each difference (up to --show) and a summary; exit status 1 when there are any. Differences that are known and
meant are counted apart: the order of the names that trans takes from a set, and recursion limits.
"""
import argparse
import json
import random
import re
import subprocess
import sys
import unicodedata

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension

SYNTAX_TEXTS = {
    "block_start_string": "block_start", "block_end_string": "block_end",
    "variable_start_string": "variable_start", "variable_end_string": "variable_end",
    "comment_start_string": "comment_start", "comment_end_string": "comment_end",
    "line_statement_prefix": "line_statement_prefix", "line_comment_prefix": "line_comment_prefix",
    "newline_sequence": "newline_sequence",
}
SYNTAX_FLAGS = ("trim_blocks", "lstrip_blocks", "keep_trailing_newline")


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)


EXTENSIONS = {"do": "jinja2.ext.do", "loopcontrols": "jinja2.ext.loopcontrols", "i18n": "jinja2.ext.i18n",
              "debug": "jinja2.ext.debug", "generation": Generation}


# ---- Jinja2's tree, printed as ast_print prints ours

def quoted(text):
    out = ['"']
    for c in text:
        if c in '"\\':
            out.append("\\" + c)
        elif c == "\n":
            out.append("\\n")
        elif ord(c) < 32:
            out.append("\\u%04x" % ord(c))
        else:
            out.append(c)
    return "".join(out) + '"'


def constant(value):
    if value is None:
        return "none"
    if value is True or value is False:
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else repr(value)


def flag(value):
    return "true" if value else "false"


class Printer:
    """A line is (depth, text); where Jinja2 gives a node no line, "@?" matches any."""

    def __init__(self):
        self.lines = []

    def put(self, depth, text):
        self.lines.append("  " * depth + text)

    def node(self, depth, kind, node, fields="", line=0):
        line = node.lineno if line == 0 else line
        self.put(depth, "%s @%s%s" % (kind, "?" if line is None else line, fields))

    def child(self, depth, label, node):
        if node is not None:
            self.put(depth, label + ":")
            self.show(depth + 1, node)

    def list(self, depth, label, items):
        if items:
            self.put(depth, label + ":")
            for item in items:
                self.show(depth + 1, item)

    def arguments(self, depth, node):
        self.list(depth, "args", node.args)
        self.list(depth, "kwargs", node.kwargs)
        self.child(depth, "rest", node.dyn_args)
        self.child(depth, "named", node.dyn_kwargs)

    def show(self, depth, n):
        getattr(self, "show_" + type(n).__name__.lower())(depth, n)

    def simple(kind, *parts, rename=None):
        def show(self, depth, n):
            self.node(depth, rename or kind, n)
            for attr, label, is_list in parts:
                (self.list if is_list else self.child)(depth + 1, label, getattr(n, attr))
        return show

    show_template = simple("Template", ("body", "body", True))
    show_exprstmt = simple("Do", ("node", "value", False))
    show_assign = simple("Set", ("target", "target", False), ("node", "value", False))
    show_assignblock = simple("SetBlock", ("target", "target", False), ("filter", "filter", False), ("body", "body", True))
    show_with = simple("With", ("targets", "targets", True), ("values", "values", True), ("body", "body", True))
    show_filterblock = simple("FilterBlock", ("filter", "filter", False), ("body", "body", True))
    show_if = simple("If", ("test", "test", False), ("body", "body", True), ("elif_", "elifs", True), ("else_", "orelse", True))
    show_break = simple("Break")
    show_continue = simple("Continue")
    show_extends = simple("Extends", ("template", "name", False))
    show_list = simple("List", ("items", "items", True))
    show_dict = simple("Dict", ("items", "items", True))
    show_pair = simple("Pair", ("key", "key", False), ("value", "value", False))
    show_condexpr = simple("Cond", ("test", "test", False), ("expr1", "yes", False), ("expr2", "no", False))
    show_getitem = simple("Getitem", ("node", "node", False), ("arg", "arg", False))
    show_slice = simple("Slice", ("start", "start", False), ("stop", "stop", False), ("step", "step", False))
    show_concat = simple("Concat", ("nodes", "items", True))
    show_compare = simple("Compare", ("expr", "expr", False), ("ops", "ops", True))
    show_and = simple("And", ("left", "left", False), ("right", "right", False))
    show_or = simple("Or", ("left", "left", False), ("right", "right", False))
    show_not = simple("Not", ("node", "node", False))
    show_marksafeifautoescape = simple("MarkSafeIfAutoescape", ("expr", "node", False))

    def show_output(self, depth, n):
        if len(n.nodes) == 1 and isinstance(n.nodes[0], nodes.Call) and isinstance(n.nodes[0].node, nodes.ExtensionAttribute):
            self.node(depth, "Debug", n)
            return
        self.node(depth, "Output", n)
        self.list(depth + 1, "nodes", n.nodes)

    def show_templatedata(self, depth, n):
        self.node(depth, "Data", n, " data=" + quoted(n.data))

    def show_for(self, depth, n):
        self.node(depth, "For", n, " recursive=" + flag(n.recursive))
        self.child(depth + 1, "target", n.target)
        self.child(depth + 1, "iter", n.iter)
        self.list(depth + 1, "body", n.body)
        self.list(depth + 1, "orelse", n.else_)
        self.child(depth + 1, "test", n.test)

    def show_macro(self, depth, n):
        self.node(depth, "Macro", n, " name=" + quoted(n.name))
        self.list(depth + 1, "args", n.args)
        self.list(depth + 1, "defaults", n.defaults)
        self.list(depth + 1, "body", n.body)

    def show_callblock(self, depth, n):
        if isinstance(n.call.node, nodes.ExtensionAttribute):
            self.node(depth, "Generation", n)
        else:
            self.node(depth, "CallBlock", n)
            self.child(depth + 1, "call", n.call)
            self.list(depth + 1, "args", n.args)
            self.list(depth + 1, "defaults", n.defaults)
        self.list(depth + 1, "body", n.body)

    def show_block(self, depth, n):
        self.node(depth, "Block", n, " name=%s scoped=%s required=%s" % (quoted(n.name), flag(n.scoped), flag(n.required)))
        self.list(depth + 1, "body", n.body)

    def show_include(self, depth, n):
        self.node(depth, "Include", n, " with_context=%s ignore_missing=%s" % (flag(n.with_context), flag(n.ignore_missing)))
        self.child(depth + 1, "name", n.template)

    def show_import(self, depth, n):
        self.node(depth, "Import", n, " target=%s with_context=%s" % (quoted(n.target), flag(n.with_context)))
        self.child(depth + 1, "name", n.template)

    def show_fromimport(self, depth, n):
        self.node(depth, "FromImport", n, " with_context=" + flag(n.with_context))
        self.child(depth + 1, "name", n.template)
        if n.names:
            self.put(depth + 1, "names:")
            for name in n.names:
                name, alias = name if isinstance(name, tuple) else (name, name)
                self.put(depth + 2, "ImportName @? name=%s alias=%s" % (quoted(name), quoted(alias)))

    def show_scope(self, depth, n):
        inner = n.body[0]
        self.node(depth, "Autoescape", inner)
        self.child(depth + 1, "value", inner.options[0].value)
        self.list(depth + 1, "body", inner.body)

    def show_name(self, depth, n):
        self.node(depth, "Name", n, " name=%s use=%s" % (quoted(n.name), n.ctx))

    def show_nsref(self, depth, n):
        self.node(depth, "NSRef", n, " name=%s attr=%s" % (quoted(n.name), quoted(n.attr)))

    def show_const(self, depth, n):
        self.node(depth, "Const", n, " value=" + constant(n.value))

    def show_tuple(self, depth, n):
        self.node(depth, "Tuple", n, " use=" + n.ctx)
        self.list(depth + 1, "items", n.items)

    def show_filter(self, depth, n):
        self.node(depth, "Filter", n, " name=" + quoted(n.name))
        self.child(depth + 1, "node", n.node)
        self.arguments(depth + 1, n)

    def show_test(self, depth, n):
        self.node(depth, "Test", n, " name=" + quoted(n.name))
        self.child(depth + 1, "node", n.node)
        self.arguments(depth + 1, n)

    def show_call(self, depth, n):
        self.node(depth, "Call", n)
        self.child(depth + 1, "node", n.node)
        self.arguments(depth + 1, n)

    def show_keyword(self, depth, n):
        self.node(depth, "Keyword", n, " name=" + quoted(unicodedata.normalize("NFKC", n.key)))
        self.child(depth + 1, "value", n.value)

    def show_getattr(self, depth, n):
        self.node(depth, "Getattr", n, " attr=" + quoted(n.attr))
        self.child(depth + 1, "node", n.node)

    def show_operand(self, depth, n):
        self.node(depth, "Operand", n, " op=" + n.op, line=None)
        self.child(depth + 1, "expr", n.expr)

    def binary(self, depth, n):
        self.node(depth, "Binary", n, " op=" + type(n).__name__)
        self.child(depth + 1, "left", n.left)
        self.child(depth + 1, "right", n.right)

    show_add = show_sub = show_mul = show_div = show_floordiv = show_mod = show_pow = binary

    def unary(self, depth, n):
        self.node(depth, "Unary", n, " op=" + type(n).__name__)
        self.child(depth + 1, "node", n.node)

    show_neg = show_pos = unary


# ---- both sides

def environment(case):
    options = case.get("env", {})
    known = {k: options[k] for k in list(SYNTAX_TEXTS) + list(SYNTAX_FLAGS) if k in options}
    env = jinja2.Environment(extensions=[EXTENSIONS[x] for x in options.get("extensions", [])], **known)
    if "i18n" in options and "i18n" in options.get("extensions", []):
        env.newstyle_gettext = options["i18n"].get("newstyle", False)
    for key, value in options.get("policies", {}).items():
        env.policies[key] = value
    return env


def oracle(case, env, source, mode):
    try:
        if mode == "e":
            parser = jinja2.parser.Parser(env, source, state="variable")
            tree = parser.parse_expression()
            if not parser.stream.eos:
                raise jinja2.TemplateSyntaxError("chunk after expression", parser.stream.current.lineno)
        else:
            tree = jinja2.parser.Parser(env, source).parse()
    except jinja2.TemplateSyntaxError as e:
        return ["E", type(e).__name__, e.lineno, e.message]
    except Exception as e:
        return ["E", type(e).__name__, None, str(e)]
    printer = Printer()
    try:
        printer.show(0, tree)
    except RecursionError:
        return ["E", "RecursionError", None, ""]
    return ["T", printer.lines]


class Driver:
    def __init__(self, path):
        self.path = path
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, case, source, mode):
        options = case.get("env", {})
        fields = {"src": source, "mode": mode}
        for theirs, ours in SYNTAX_TEXTS.items():
            if options.get(theirs) is not None:
                fields[ours] = options[theirs]
        for name in SYNTAX_FLAGS:
            if name in options:
                fields[name] = "1" if options[name] else "0"
        for name in options.get("extensions", []):
            fields["ext_" + name] = "1"
        if options.get("i18n", {}).get("newstyle"):
            fields["i18n_newstyle"] = "1"
        if options.get("policies", {}).get("ext.i18n.trimmed"):
            fields["i18n_trimmed"] = "1"
        line = " ".join("%s=%s" % (k, v.encode("utf-8").hex()) for k, v in fields.items())
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
            out = []
            while True:
                got = self.process.stdout.readline()
                if got == b"\x01\n":
                    break
                if not got:
                    raise BrokenPipeError
                out.append(got.decode("utf-8", "surrogatepass").rstrip("\n"))
        except BrokenPipeError:
            self.process.wait()
            self.start()
            return ["CRASH", self.process.returncode]
        if out[0] == "T":
            return ["T", [BIG.sub(lambda m: m[1] + str(int(m[2], 0)), line) for line in out[1:]]]
        _, kind, number = out[0].split(" ")
        return ["E", kind, int(number), "\n".join(out[1:])]


BIG = re.compile(r"( value=)(0[xob]\w+)$", re.I)
ANY_LINE = re.compile(r" @\?")
OUR_LINE = re.compile(r" @\d+")


def same_tree(theirs, ours):
    if len(theirs) != len(ours):
        return False
    for a, b in zip(theirs, ours):
        if a != b and not (" @?" in a and ANY_LINE.sub("", a, 1) == OUR_LINE.sub("", b, 1)):
            return False
    return True


def compare(theirs, ours):
    """'' when equal, else what differs."""
    if theirs[0] != ours[0]:
        return "outcome"
    if theirs[0] == "T":
        if same_tree(theirs[1], ours[1]):
            return ""
        same_lines = sorted(OUR_LINE.sub("", x) for x in theirs[1]) == sorted(OUR_LINE.sub("", x) for x in ours[1])
        return "order" if same_lines else "tree"
    if theirs[1] != ours[1]:
        return "class"
    if theirs[2] is not None and theirs[2] != ours[2]:
        return "line"
    return "" if theirs[3] == ours[3] else "message"


# ---- templates

def templates(paths):
    seen = set()
    for path in paths:
        for text in open(path, encoding="utf-8"):
            case = json.loads(text)
            sources = list(case.get("templates", {}).values())
            if "source" in case:
                sources.append(case["source"])
            mode = "e" if case.get("mode") == "expression" else "t"
            for source in sources:
                key = (source, mode, json.dumps(case.get("env", {}), sort_keys=True))
                try:
                    source.encode("utf-8")
                except UnicodeEncodeError:
                    continue
                if key not in seen:
                    seen.add(key)
                    yield case, source, mode if source == case.get("source") else "t"


PIECES = ["{%", "%}", "{{", "}}", "{#", "#}", "-", "+", "(", ")", "[", "]", "{", "}", ",", ".", ":", "|", "=", "==", "*", "**", "/", "//",
          "%", "~", "<", ">=", "!", "'", '"', "\\", "\n", " ", "\t", "1", "1.5", "0", "_", "x", "é", "²", "€", "\u00a0", "#", "##", ";", "@",
          " if ", " else ", " in ", " is ", " not ", " and ", " or ", " for ", " endfor ", " endif ", " elif ", " set ", " recursive ",
          " with ", " without ", " context ", " ignore ", " missing ", " import ", " from ", " as ", " block ", " endblock ", " scoped ",
          " required ", " macro ", " call ", " filter ", " raw ", " endraw ", " trans ", " pluralize ", " endtrans ", " trimmed ", " true ",
          " none ", "{% endfor %}", "{% else %}", "{% endif %}", "{% raw %}", "{% endraw %}", "*a", "**a", "a=1", "\\x4", "\\N{DASH}", "0x1f"]


def mutated(source, rng):
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randrange(len(source) + 1)
        to = min(len(source), at + rng.choice((0, 0, 1, 1, 2, 5, 20)))
        kind = rng.random()
        if kind < 0.35:
            source = source[:at] + source[to:]
        elif kind < 0.85:
            source = source[:at] + rng.choice(PIECES) + source[to:]
        else:
            source = source[:at] + source[at:to] * 2 + source[to:]
    return source


SOUP = (["a", "b", "x", "not", "in", "is", "if", "else", "and", "or", "1", "2.5", "'s'", '"t"', ",", ",", ".", ":", "|", "=", "(", ")", "[", "]",
         "{", "}", "+", "-", "*", "**", "~", "%", "//", "==", "<", "!=", "true", "none", "recursive", "with", "without", "context", "ignore",
         "missing", "as", "import", "scoped", "required", "trimmed", "notrimmed", "@", ";", "'", "a=1", "*a", "**a", "f(a)", "x.y", "x[1]",
         "x|f", "x is y", "x in y", "not in", "ignore missing", "with context", "without context", "a, b", "(a)", "(a, b)", "_a", "true"])
HEADS = ["if", "for", "for a in", "for a, b in", "set", "set a =", "set a.b =", "set a", "with", "with a =", "macro", "macro a(", "macro a(b=1,",
         "call", "call(a)", "call(a", "call f(", "filter", "filter a|", "block", "block a", "block a scoped", "endblock", "extends", "include",
         "include a", "include a ignore missing", "import", "import a as", "import a as b", "from", "from a import", "from a import b",
         "from a import b,", "from a import b as", "print", "do", "break", "continue", "debug", "autoescape", "trans", "trans a", "trans a,",
         "trans 'c'", "trans a=1", "pluralize", "endtrans", "endif", "endfor", "else", "elif", "endset", "endwith", "generation",
         "endgeneration", "endmacro", "raw", "endraw", "nope"]
SOUP_ENVS = [{}, {"extensions": ["do", "loopcontrols", "i18n", "debug", "generation"]},
             {"extensions": ["i18n"], "i18n": {"newstyle": True}, "trim_blocks": True, "lstrip_blocks": True},
             {"line_statement_prefix": "%", "line_comment_prefix": "##", "extensions": ["do", "i18n"]}]


def soup(rng):
    out = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        out.append(rng.choice(("", "", "text", "\n", " ")))
        words = rng.choices(SOUP, k=rng.choice((0, 1, 1, 2, 2, 3, 4, 6)))
        if rng.random() < 0.3:
            out.append("{{ " + rng.choice((" ", "\n")).join(words) + " }}")
        else:
            out.append("{% " + rng.choice((" ", "\n")).join([rng.choice(HEADS)] + words) + " %}")
            if rng.random() < 0.5:
                end = rng.choice(("if", "for", "set", "with", "macro", "call", "filter", "block", "block a", "trans"))
                out.append("{% end" + end + " %}")
    return "".join(out)


LETTERS = list("0123456789_.eExXbBoOaAfF+-'\"\\ntuUN{}()[],:|=~%*/!<>#@$ \n\t\r\v\f\x00\x1c\x85") + [
    "é", "ß", "²", "٣", "൪", "ª", "µ", "ﬁ", "\u0301", "\u203f", "\u00b7", "\u2118", "\u00a0", "\u2028", "\u3000", "€", "😀", "\ue000", "\u200b", "\u0898",
    "\\x41", "\\u00e9", "\\U0001f600", "\\N{SNOWMAN}", "\\N{LF}", "\\N{HANGUL SYLLABLE GANJ}", "\\N{CJK UNIFIED IDEOGRAPH-4E00}", "\\N{nope}",
    "\\101", "\\777", "\\8", "\\\n", "\\ud800", "1_0", "0x1_f", "0o17", "0b1", "1e5", "1.5e-3", "1__0", "12345678901234567890", "00", "007"]
MARKS = ("block_start", "block_end", "variable_start", "variable_end", "comment_start", "comment_end")


def marks(*texts):
    return {name + "_string": text for name, text in zip(MARKS, texts)}


LETTER_ENVS = [
    {},
    {"trim_blocks": True, "lstrip_blocks": True},
    {"keep_trailing_newline": True, "newline_sequence": "\r\n"},
    {"newline_sequence": "\r"},
    {"line_statement_prefix": "#", "line_comment_prefix": "##", "lstrip_blocks": True},
    {"line_comment_prefix": "//", "trim_blocks": True},
    {"line_statement_prefix": "%%", "line_comment_prefix": "%%%"},
    marks("<%", "%>", "<%=", "%>", "<%#", "%>"),
    marks("<!--", "-->", "${", "}", "<!--#", "-->"),
    marks("[", "]", "(", ")", "#", "#"),
    marks("é", "é", "éé", "-", "+", "+"),
]


def letters(rng, env):
    def mark(name, default):
        return env.get(name + "_string", default)
    block, block_end = mark("block_start", "{%"), mark("block_end", "%}")
    variable, variable_end = mark("variable_start", "{{"), mark("variable_end", "}}")
    comment, comment_end = mark("comment_start", "{#"), mark("comment_end", "#}")
    statement, line = env.get("line_statement_prefix", "\n"), env.get("line_comment_prefix", "\n")
    out = []
    for _ in range(rng.choice((1, 2, 3, 5))):
        out.append(rng.choice(("", "", " ", "\n", "\n  ", "a", " \n \u2028 ", "x\n\t", "\r\n", "\r")))
        sign, end = rng.choice(("", "", "-", "+")), rng.choice(("", "", "-", "+"))
        kind = rng.randrange(8)
        if kind < 3:
            quote = rng.choice(("", "", "'", '"'))
            inside = "".join(rng.choices(LETTERS, k=rng.randrange(7)))
            out.append(variable + sign + " " + quote + inside + quote + rng.choice((" ", "")) + end + variable_end)
        elif kind == 3:
            out.append(comment + sign + rng.choice(("", " c ", "\n", "-", "+")) + end + comment_end)
        elif kind == 4:
            raw = rng.choice(("", " ", variable + "x", block + " x ", "\n  ", "  \n"))
            out.append(block + sign + rng.choice((" ", "", "\n")) + "raw" + rng.choice((" ", "")) + end + block_end + raw
                       + block + rng.choice(("", "-", "+")) + " endraw" + rng.choice((" ", "")) + rng.choice(("", "-", "+")) + block_end)
        elif kind == 5:
            tag = rng.choice((" if x ", " set x = 1 ", " endif ", " for a in b:", " else", " endfor "))
            out.append(block + sign + tag + end + block_end)
        elif kind == 6:
            out.append(rng.choice(("\n", "", " ", "x")) + rng.choice(("", " ", "\t", "\u00a0")) + statement + rng.choice(("", "-", "+"))
                       + rng.choice((" if x", "set x = 1", " for a in (1,\n2)", " endif:", " endfor  ", "endfor\n\n", " set x = 'a\nb'"))
                       + rng.choice(("\n", "\n\n  ", "")))
        else:
            out.append(rng.choice(("\n", "", " ", "x", "\u3000")) + line + rng.choice(("", "-", "+"))
                       + rng.choice((" c", "", " {{ x")) + rng.choice(("\n", "")))
    return "".join(out)


def stream(args):
    if args.letters:
        rng = random.Random(args.seed)
        for _ in range(args.letters):
            env = rng.choice(LETTER_ENVS)
            yield {"env": env}, letters(rng, env), "e" if rng.random() < 0.02 else "t"
        return
    if args.soup:
        rng = random.Random(args.seed)
        for _ in range(args.soup):
            yield {"env": rng.choice(SOUP_ENVS)}, soup(rng), "e" if rng.random() < 0.02 else "t"
        return
    everything = list(templates(args.cases))
    if not args.mutate:
        yield from everything
        return
    rng = random.Random(args.seed)
    short = [x for x in everything if len(x[1]) < 3000]
    for _ in range(args.mutate):
        case, source, mode = rng.choice(short)
        yield case, mutated(source, rng), mode


def main():
    options = argparse.ArgumentParser()
    options.add_argument("driver")
    options.add_argument("cases", nargs="*")
    options.add_argument("--mutate", type=int, default=0)
    options.add_argument("--soup", type=int, default=0)
    options.add_argument("--verbose", action="store_true", help="name the templates on which only one side finds the nesting too deep")
    options.add_argument("--letters", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", type=int, default=20)
    args = options.parse_args()
    driver = Driver(args.driver)
    counts = {}
    shown = 0
    environments = {}
    for case, source, mode in stream(args):
        key = json.dumps(case.get("env", {}), sort_keys=True)
        if key not in environments:
            environments[key] = environment(case)
        theirs = oracle(case, environments[key], source, mode)
        ours = driver.ask(case, source, mode)
        if args.verbose and (theirs[1] == "RecursionError") != (ours[1] == "RecursionError"):
            print(case.get("id"), theirs[:2] if theirs[0] == "E" else "a tree", ours[:2] if ours[0] == "E" else "a tree")
        if theirs[0] == "E" and theirs[1] == "RecursionError" or ours[0] == "E" and ours[1] == "RecursionError":
            what = "" if theirs[1] == ours[1] else "recursion"
        else:
            what = compare(theirs, ours)
        if what == "order" and "trans" not in source:
            what = "tree"
        name = what or ("equal trees" if theirs[0] == "T" else "equal errors")
        counts[name] = counts.get(name, 0) + 1
        if what and what not in ("order", "recursion") and shown < args.show:
            shown += 1
            print("=== %s: %s" % (what, case.get("id")))
            print("env", key)
            print(repr(source if len(source) < 400 else source[:400] + "..."))
            if theirs[0] == "T" and ours[0] == "T":
                for a, b in zip(theirs[1], ours[1]):
                    if not same_tree([a], [b]):
                        print("  jinja: %s\n  burin: %s" % (a, b))
                        break
                else:
                    print("  lengths", len(theirs[1]), len(ours[1]))
            else:
                print("  jinja:", theirs if theirs[0] == "E" else "a tree")
                print("  burin:", ours if ours[0] != "T" else "a tree")
    print(counts)
    return any(k not in ("equal trees", "equal errors", "order", "recursion") for k in counts)


if __name__ == "__main__":
    sys.exit(main())
