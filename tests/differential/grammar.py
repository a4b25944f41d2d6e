"""Random templates: every statement, over the expressions of expressions.py, with the options of an environment.

case(random) gives {"templates": {name: Tree}, "main", "context", "env"}; text_case() writes the trees out."""
import expressions
import values
from tree import expression, many, optional, plain, statement

SYNTAXES = [ # block, variable, comment, line statement, line comment
    ("{%", "%}", "{{", "}}", "{#", "#}", None, None), ("<%", "%>", "<%=", "%>", "<%#", "%>", "%%", "##"), ("[%", "%]", "[[", "]]", "[#", "#]", "#", "##"),
    ("{%", "%}", "${", "}", "{#", "#}", "%", "//"), ("<?", "?>", "<?=", "?>", "<!--", "-->", None, None), ("{", "}", "{{", "}}", "{#", "#}", None, None),
]
TEXT = ["\n", "\n", "  ", " ", "\n    ", "text", "a & b", "<p>", "\t", "\n\n", "é", "}}", "%", "#", "- ", "\r\n", "end\n", "'", "日本 ", "x y\n  z"]
MESSAGES = ["Hello", "one apple", "%(n)s apples", "100%", "Hi %(name)s", "a\n  b"]


class Grammar(expressions.Expressions):
    def __init__(self, random, syntax, extensions):
        super().__init__(random)
        self.block_open, self.block_close, self.value_open, self.value_close, self.comment_open, self.comment_close, self.line, self.line_comment = syntax
        self.extensions = extensions
        self.macros = []    # (name, parameters)
        self.count = 0
        self.others = []    # names of templates that may be loaded
        self.blocks = []    # names of blocks, here and in the templates this one may extend
        self.own_blocks = set()
        self.in_function = 0 # in what is a Python function in Jinja2's code
        self.sloppy = random.random() < .5 # whitespace marks

    # ---- marks

    def left(self):
        return self.r.choice(["-", "+", ""]) if self.sloppy and self.chance(.3) else ""

    def right(self):
        return self.r.choice(["-", "+", "-", ""]) if self.sloppy and self.chance(.3) else ""

    def tag(self, *parts):
        if self.line and self.chance(.15):
            return plain("\n", self.r.choice(["", "  "]), self.line, self.r.choice([" ", "- ", ""]), *parts, self.r.choice(["", ":", " "]), "\n")
        right = self.right()
        return plain(self.block_open, self.left(), self.r.choice([" ", " ", "", "\n"]), *parts, " ", right, self.block_close)

    def value(self, *parts):
        right = self.right()
        return plain(self.value_open, self.left(), " ", *parts, " ", "" if right == "+" else right, self.value_close)

    def fresh(self, prefix):
        self.count += 1
        return "%s%d" % (prefix, self.count)

    # ---- statements

    def body(self, depth, most=4):
        kept = dict(self.names)
        made = many(self.one(depth) for _ in range(self.r.randint(1, most)))
        self.names = kept
        return made

    def one(self, depth):
        if depth <= 0 or self.chance(.3):
            return self.r.choice([self.text, self.output, self.output])(depth)
        plain_ones = [self.if_, self.for_, self.for_, self.set, self.set, self.set_block, self.with_, self.macro, self.macro, self.call_macro, self.call_block, self.filter_block,
                      self.autoescape, self.raw, self.comment, self.include, self.import_, self.from_import, self.namespace, self.print, self.block, self.literal, self.output, self.text]
        if "do" in self.extensions:
            plain_ones += [self.do]
        if "i18n" in self.extensions:
            plain_ones += [self.trans] * 4
        if "generation" in self.extensions:
            plain_ones += [self.generation]
        if "loopcontrols" in self.extensions and self.in_loop:
            plain_ones += [self.control] * 2
        return statement(self.r.choice(plain_ones)(depth - 1))

    def text(self, depth):
        return plain("".join(self.r.choice(TEXT) for _ in range(self.r.randint(1, 3))))

    def output(self, depth):
        if self.in_loop and self.chance(.3):
            member = self.r.choice("index index0 revindex revindex0 first last length depth depth0 previtem nextitem changed(1) cycle('a','b') nope".split())
            return self.value("loop.", member)
        return self.value(self.of(self.r.choice(["any", "str", "num", "list", "dict", "bool", "int"]), 3))

    def if_(self, depth):
        parts = [self.tag("if ", self.of("bool", 2)), self.body(depth)]
        for _ in range(self.r.choice([0, 0, 1])):
            parts.append(optional(self.tag("elif ", self.of("bool", 1)), self.body(depth, 2)))
        if self.chance(.4):
            parts.append(optional(self.tag("else"), self.body(depth, 2)))
        return plain(*parts, self.tag("endif"))

    def for_(self, depth):
        kept, r = dict(self.names), self.r
        name = r.choice(["x", "a", "item", "i", "s"])
        over, targets, kinds = r.choice([
            (self.of("list", 2), name, {name: "any"}), (self.of("list", 2), name, {name: "any"}), (self.of("rows", 1), "row", {"row": "dict"}),
            (expression("d", r.choice([".items()", "|items", "|dictsort"])), "k, v", {"k": "str", "v": "any"}), (expression("range(", self.of("int", 0), ")|list"), name, {name: "int"}),
            (expression("xs"), name, {name: "int"}), (expression("rows|groupby('kind')"), r.choice(["g", "g, items"]), {"g": "any", "items": "rows"}),
            (expression("rows|groupby(", self.argument("attribute", 0), ")"), "group", {"group.grouper": "any", "group.list": "rows", "group": "any"}),
            (expression("[(1, 'a'), (2, 'b')]"), "k, v", {"k": "int", "v": "str"}), (expression("[(1, ('a', [2])), (3, 'cd')]"), "k, (v, x)", {"k": "int", "v": "str", "x": "any"}),
            (expression("loop" if self.in_loop and self.chance(.3) else "d.values()"), name, {name: "any"}), (expression("rows|selectattr('size')|map(attribute='tags')"), "a, b", {"a": "str", "b": "str"}),
            (expression(self.r.choice(["xs|batch(2)", "xs|slice(2)", "ys|unique", "xs|reverse", "xs|select('odd')", "ys|map('upper')", "d|dictsort(by='value')", "{}|items"])), name, {name: "any"}), (expression("it"), name, {name: "any"})])
        self.names.update(kinds)
        condition = optional(" if ", self.of("bool", 1)) if self.chance(.2) else ""
        recursive = self.chance(.1)
        self.in_loop += 1
        self.in_function += recursive
        kept_outer = plain(self.tag("set outer = loop"), self.value("outer.index")) if self.chance(.08) else ""
        if kept_outer:
            self.names["outer"] = "any"
        body = plain(kept_outer, self.body(depth))
        if kept_outer:
            body = plain(body, self.value("outer.", self.r.choice(["index", "last", "nextitem", "cycle('x', 'y')", "changed(x)", "length"])))
        self.in_function -= recursive
        if recursive:
            body = plain(body, self.tag("if loop.depth < 3"), self.value("loop(", self.of("list", 0), ")"), self.tag("endif"))
        self.in_loop -= 1
        self.names = kept
        otherwise = optional(self.tag("else"), self.body(depth, 2)) if self.chance(.2) else ""
        return plain(self.tag("for ", targets, " in ", over, condition, " recursive" if recursive else ""), body, otherwise, self.tag("endfor"))

    def set(self, depth):
        kind = self.r.choice(["any", "int", "str", "list", "dict", "rows"])
        name = self.r.choice(["x", "acc", self.named(kind)])
        made = self.of(kind, 3)
        self.names[name] = kind
        if self.chance(.1):
            self.names["y"] = "any"
            return self.tag("set ", name, ", y = ", self.r.choice([plain("(", made, ", 1)"), self.of("any", 1), "[1, 2, 3]"]))
        return self.tag("set ", name, " = ", made)

    def set_block(self, depth):
        name = self.r.choice(["x", "s", "acc"])
        chain = optional("|", self.r.choice(["upper", "trim", "length", "e", "replace('a', 'b')", "list", "join('-')"])) if self.chance(.4) else ""
        self.in_function += 1
        body = self.body(depth, 3)
        self.in_function -= 1
        self.names[name] = "str"
        return plain(self.tag("set ", name, chain), body, self.tag("endset"))

    def namespace(self, depth):
        name = self.fresh("ns")
        if self.chance(.25):
            self.in_function += 1
            body = self.body(depth, 2)
            self.in_function -= 1
            chain = self.r.choice(["", "|upper", "|length", "|trim"])
            return plain(self.tag("set ", name, " = namespace()"), self.tag("set ", name, ".b", chain), body, self.tag("endset"), self.value(name, ".b"))
        if self.chance(.15):
            thing = self.r.choice(["cycler('a', 'b', 'c')", "joiner('; ')", "joiner()", "cycler(*xs)"])
            use = self.r.choice([".next()", "()", ".current", ".reset()"]) if "cycler" in thing else "()"
            return plain(self.tag("set ", name, " = ", thing), self.tag("for x in xs"), self.value(name, use), self.tag("endfor"), self.value(name, use))
        changed = self.tag("set ", name, ".a = ", self.r.choice([name + ".a ~ 'x'", name + ".a + 1", name + ".b"]))
        looped = plain(self.tag("for x in xs"), changed, self.tag("endfor"))
        return plain(self.tag("set ", name, " = namespace(", optional("a=", self.of(self.r.choice(["str", "int"]), 0)), ")"), looped, self.value(name, ".a"))

    def with_(self, depth):
        kept = dict(self.names)
        first, second = self.of("any", 2), self.of("any", 1)
        self.names.update({"w": "any", "s": "any"})
        made = plain(self.tag("with ", optional("w = ", first), optional(", s = ", second) if self.chance(.4) else ""), self.body(depth), self.tag("endwith"))
        self.names = kept
        return made

    def macro(self, depth):
        name, kept, r = self.fresh("m"), dict(self.names), self.r
        parameters = r.choice([[], ["p"], ["p", "q"], ["p", "q=1"], ["p='d'", "q=p"], ["p", "q=x", "r=[]"], ["p", "caller=none"]] + [["caller"]] * self.chance(.05))
        self.names.update({p.split("=")[0]: "any" for p in parameters if not p.startswith("caller")})
        extra = r.choice(["", "", "", self.value("varargs"), self.value("kwargs|dictsort"), self.value("caller() if caller else 'no caller'"), self.value("caller(1) if caller"),
                          self.value(name + ".name ~ " + name + ".arguments ~ " + name + ".catch_kwargs"), self.value("fn(*varargs, **kwargs)"),
                          plain(self.tag("call " + name + "()"), "deeper", self.tag("endcall")) if self.chance(.02) else "",
                          plain(self.tag("if p is defined and p is number and p > 0 and p < 4"), self.value(name + "(p - 1)"), self.tag("endif")) if "p" in parameters else ""])
        loops, self.in_loop = self.in_loop, 0
        self.in_function += 1
        body = self.body(depth)
        self.in_function -= 1
        self.in_loop, self.names = loops, kept
        self.macros.append((name, parameters))
        return plain(self.tag("macro ", name, "(", ", ".join(parameters), ")"), body, extra, self.tag("endmacro"), optional(self.value(self.invocation())))

    def invocation(self):
        if not self.macros and self.chance(.8):
            return expression("fn(", self.of("any", 0), ")")
        if not self.macros:
            return expression("m0(", self.of("any", 0), ")")
        name, parameters = self.r.choice(self.macros)
        parts = [plain(self.of("any", 1), ", ") for _ in range(self.r.randint(0, len(parameters) + 1))]
        parts += [plain(self.r.choice(["q", "p", "zz", "caller"]), "=", self.of("any", 1), ", ") for _ in range(self.r.choice([0, 0, 1]))]
        if self.chance(.06):
            parts += [plain("*", self.of("list", 0), ", ")]
        if self.chance(.06):
            parts += [plain("**", self.r.choice(["{'p': 1}", "{'q': s}", "{'zz': 2, 'p': 3}", "d", "e"]))]
        return expression(name, "(", many(parts), ")")

    def call_macro(self, depth):
        return self.value(self.invocation(), self.r.choice(["", "", "|upper", "|length", "|e"]))

    def call_block(self, depth):
        self.in_function += 1
        body = self.body(depth)
        self.in_function -= 1
        inner = self.value("caller()") if self.chance(.03) else "" # the one of the macro around
        return plain(self.tag("call", self.r.choice(["", "", "(u)", "(u, v=2)", "(u=xs, v=u)"]), " ", self.invocation()), inner, body, self.tag("endcall"))

    def filter_block(self, depth):
        chain = self.r.choice(["upper", "e", "indent(2)", "replace('a', 'b')", "trim|title", "wordcount", "length", "center(20)", "safe", "list|first", "wordwrap(10)", "striptags"])
        self.in_function += 1
        body = self.body(depth)
        self.in_function -= 1
        return plain(self.tag("filter ", chain), body, self.tag("endfilter"))

    def autoescape(self, depth):
        return plain(self.tag("autoescape ", self.r.choice(["true", "false", "yes is true", "no is defined"])), self.body(depth), self.tag("endautoescape"))

    def literal(self, depth):
        """How values can be spelt."""
        return self.value(self.r.choice(["'a' 'b'\n \"c\"", "'\\x41\\u00e9\\N{DIGIT ONE}\\101\\q'", "'two\nlines'|length", "0xFF + 0b11 + 0o17", "1_000.5e-1_0", "10 ** 25 // 3", "(1,)", "()|length",
                                         "{(1, 2): 'a', 1.0: 'b', true: 'c'}", "[[1, ], (2, 3, ), ]", "1, 2, s", "not not s", "1 < 2 < 3 != 4", "1 if s", "'a' in 'abc' in ['abc']", "2 ** 3 ** 0", "-2 ** 2",
                                         "7 // -2 ~ 7 % -3 ~ -7 // 2.0", "1e400 ~ -1e400", "0.1 + 0.2", "1 / 3", "true + true", "none is none and not none is defined", "s is string is not true" if self.chance(.1) else "3 is divisibleby 3",
                                         "xs is iterable|string" if self.chance(.1) else "xs|first is number", "{'a': 1}.a ~ {'items': 2}['items']", "[1, 2, 3][::-1][0]", "'%s' % s|upper"]))

    def raw(self, depth):
        return plain(self.block_open, self.left(), " raw ", self.right().rstrip("+"), self.block_close, self.r.choice(["{{ x }}", " {% if %} ", "\n  a  \n", "{#"]),
                     self.block_open, self.left(), " endraw ", self.right(), self.block_close)

    def comment(self, depth):
        if self.line_comment and self.chance(.4):
            return plain("\n", self.line_comment, " note\n")
        return plain(self.comment_open, self.left(), " note\n more", self.right(), self.comment_close)

    def print(self, depth):
        return self.tag("print ", self.of("any", 1), optional(", ", self.of("str", 1)))

    def do(self, depth):
        return self.tag("do ", self.r.choice([self.called("any", 1), plain("xs.append(", self.of("any", 1), ")"), plain("d.update({'k': ", self.of("any", 1), "})"), self.of("any", 2)]))

    def control(self, depth):
        word = self.r.choice(["break", "continue"])
        return plain(self.tag("if ", self.of("bool", 1)), self.tag(word), self.tag("endif")) if self.chance(.8) else self.tag(word)

    def generation(self, depth):
        self.in_function += 1
        body = self.body(depth, 2)
        self.in_function -= 1
        return plain(self.tag("generation"), body, self.tag("endgeneration"))

    def trans(self, depth):
        r = self.r
        if self.chance(.3):
            return self.value(r.choice(["_", "gettext"]), "('", r.choice(MESSAGES).replace("\n", "\\n"), "'", optional(", n=", self.of("int", 0)), ")")
        if self.chance(.15):
            return self.value("ngettext('one apple', '%(n)s apples', ", self.of(r.choice(["int", "num"]), 0), ")")
        if self.chance(.1):
            return self.value("pgettext('menu', 'Hello')")
        head = r.choice(["", " trimmed", " notrimmed", " 'menu'"])
        names = r.choice(["", " n=xs|length", " name=s", " n=3, name=t", " n=j, name=t", " n=i, name=s", " name=h"])
        hole = lambda: self.value(r.choice(["n", "name", "s", "t"])) # noqa: E731
        body = plain(r.choice(["Hello", " one\n  apple ", "100% ", "Hi "]), optional(hole()))
        plural = optional(self.tag("pluralize", r.choice(["", "", "", " n", " name"])), hole(), " apples") if self.chance(.4) and (names or self.chance(.2)) else ""
        return plain(self.tag("trans", head, names), body, plural, self.tag("endtrans"))

    def block(self, depth):
        if self.in_loop and self.chance(.5):
            return self.output(depth)
        open_names = [name for name in self.blocks if name not in self.own_blocks]
        name = self.r.choice(open_names) if open_names and self.chance(.7) else self.fresh("b")
        if self.chance(.01) and self.own_blocks:
            name = self.r.choice(sorted(self.own_blocks))
        self.blocks.append(name)
        self.own_blocks.add(name)
        kept, macros = dict(self.names), self.macros
        extra = self.r.choice(["", "", self.value("super.super()") if self.chance(.1) else "", self.value("super()|upper") if self.chance(.2) else "", self.value("super()") if self.chance(.5) else "", self.value("self.", self.r.choice(self.blocks), "()") if self.chance(.2) else ""])
        body = self.body(depth)
        self.names, self.macros = kept, macros
        return plain(self.tag("block ", name, self.r.choice(["", "", "", " scoped", " required" if self.chance(.05) else ""])), body, extra,
                     self.tag("endblock", self.r.choice(["", "", " " + name])))

    # ---- other templates

    def template_name(self):
        if not self.others and self.chance(.5):
            return "'main2'"
        if not self.others or self.chance(.03):
            return self.r.choice(["'nowhere'", "missing", "none", "s", "3", "d", "st", "it", "xs", "ys", "d.items()", "['nowhere', s]", "{}"])
        return "'%s'" % self.r.choice(self.others)

    def include(self, depth):
        name = self.template_name() if self.chance(.8) else self.r.choice(["['nowhere', %s]", "('nowhere', %s)", "[missing, %s]", "(%s if yes else 'nowhere')"]) % self.template_name()
        # without context Jinja2 3.1.2 makes a generator of the function around it (docs/COMPATIBILITY.md)
        context = " with context" if self.in_function else self.r.choice([" with context", " without context"])
        return self.tag("include ", name, optional(" ignore missing"), optional(context))

    def import_(self, depth):
        name = self.fresh("lib")
        return plain(self.tag("import ", self.template_name(), " as ", name, optional(self.r.choice([" with context", " without context"]))),
                     self.value(name, self.r.choice([".m1('a')", ".x", ".m1()", "", ".nope", ".nope()"])))

    def from_import(self, depth):
        what = self.r.choice(["m1", "m1 as mm", "x", "m2, m3", "x as y", "nope"] + ["_hidden"] * self.chance(.1))
        use = what.split(",")[0].split(" as ")[-1]
        return plain(self.tag("from ", self.template_name(), " import ", what, optional(self.r.choice([" with context", " without context"]))),
                     self.value(use, self.r.choice(["", "('a')", "()"])))

    def template(self, parent):
        depth = self.r.choice([1, 2, 2, 3])
        parts = [self.one(depth) for _ in range(self.r.randint(1, 6))]
        if parent:
            self.blocks = self.blocks or ["b1", "b2"]
            if self.chance(.08):
                parts.insert(0, plain(self.tag("if ", self.of("bool", 1)), self.tag("extends '%s'" % parent), self.tag("endif")))
            parts.insert(self.r.choice([0, 0, 0, 1]), optional(self.tag("extends ", self.r.choice(["'%s'" % parent] * 6 + ["missing", "'nowhere'", "none"]))))
            parts += [statement(self.block(1)) for _ in range(self.r.randint(0, 3))]
        return many(parts)


def options(r):
    env = {}
    syntax = SYNTAXES[0] if r.random() < .75 else r.choice(SYNTAXES)
    names = ["block_start_string", "block_end_string", "variable_start_string", "variable_end_string", "comment_start_string", "comment_end_string",
             "line_statement_prefix", "line_comment_prefix"]
    if syntax is not SYNTAXES[0]:
        env.update({name: text for name, text in zip(names, syntax) if text is not None})
    for name in ("trim_blocks", "lstrip_blocks", "keep_trailing_newline"):
        if r.random() < .2:
            env[name] = True
    if r.random() < .05:
        env["newline_sequence"] = r.choice(["\r\n", "\r"])
    if r.random() < .05:
        env["optimized"] = False
    if r.random() < .35:
        env["autoescape"] = True
    if r.random() < .4:
        env["undefined"] = r.choice(["ChainableUndefined", "DebugUndefined", "StrictUndefined", "Undefined"])
    env["extensions"] = [name for name in ("do", "loopcontrols", "i18n", "generation") if r.random() < .5]
    if r.random() < .15:
        env["sandbox"] = r.choice(["sandboxed", "immutable"])
    elif r.random() < .12:
        env["native"] = True
    if r.random() < .05:
        env["policies"] = {"truncate.leeway": r.choice([0, 2]), "urlize.rel": None, "ext.i18n.trimmed": True}
    if r.random() < .4:
        env["filters"] = {"host": "call_repr", "host.repr": "call_repr"}
        env["tests"] = {"yes": True, "never": False}
    if r.random() < .1:
        env["globals"] = {"site": "G", "x": 7}
    if "i18n" in env["extensions"]:
        env["i18n"] = {"newstyle": r.random() < .5, "catalog": {"de": {"Hello": {"": "Hallo", "menu": "Gruß"}, "one apple": "ein Apfel", "%(n)s apples": "%(n)s Äpfel",
                                                                     "Hi %(name)s": "Na %(name)s"}}}
    return env, syntax


def case(r):
    env, syntax = options(r)
    context = values.Values(r).context()
    context["raises"] = {"$host": "raise_exception"}
    if r.random() < .5:
        context["LANGUAGE"] = "de"
    for name in r.sample(list(context), r.choice([0, 0, 0, 1, 4])):
        del context[name]
    made = {"templates": {}, "main": "main", "context": context, "env": env}
    if r.random() < .04:
        grammar = Grammar(r, syntax, [])
        return {"source": many([grammar.of("any", 3)]), "mode": "expression", "context": context, "env": {key: env[key] for key in ("undefined", "sandbox") if key in env}}
    blocks, names = [], r.sample(["part.html", "lib", "base.txt"], r.choice([0, 0, 1, 2, 3]))
    for n, name in enumerate(names):
        grammar = Grammar(r, syntax, env["extensions"])
        grammar.others, grammar.blocks = names[:n] + ([name] if r.random() < .02 else []), list(blocks)
        made["templates"][name] = grammar.template(names[n - 1] if n and r.random() < .3 else None)
        blocks += [block for block in grammar.blocks if block not in blocks]
    grammar = Grammar(r, syntax, env["extensions"])
    grammar.others, grammar.blocks = names, list(blocks)
    made["templates"]["main2"] = many(["[", grammar.output(0), "]"])
    made["templates"]["main"] = grammar.template(names[-1] if names and r.random() < .5 else None)
    return made


def text_case(made):
    """The case with its trees written out."""
    out = dict(made)
    if "source" in made:
        out["source"] = str(made["source"])
    if "templates" in made:
        out["templates"] = {name: str(tree) for name, tree in made["templates"].items()}
    return out


TOKENS = ["{%", "%}", "{{", "}}", "-", "+", "(", ")", "[", "]", "|", ".", ",", ":", "=", "'", '"', " if ", " in ", " is ", " not ", " else ", "endif", "endfor", "0", "1.5", "~", "*", "**",
          "//", "%", "#}", "{#", "\n", " recursive ", "loop", "\\", "é", "==", "!", "@", "$", " for ", " as ", "none"]


def damaged(text, r):
    """A few characters gone, doubled, or replaced by a token: most such templates have a syntax error somewhere."""
    for _ in range(r.choice([1, 1, 2])):
        at = r.randint(0, len(text))
        end = min(len(text), at + r.choice([0, 1, 1, 2, 5]))
        text = text[:at] + r.choice(["", r.choice(TOKENS), r.choice(TOKENS), text[at:end] * 2]) + text[end:]
    return text
