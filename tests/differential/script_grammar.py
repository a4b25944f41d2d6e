"""Random scripts in Burin's subset of Python: program(r) gives a list of statements.

A statement is a text (a simple one) or a list [head, body, head, body, ...] of a compound one, whose bodies are lists of statements;
text_of makes source of them, which is what shrinking needs. Scripts end: loops count, exponents and repetitions are small. They print no sets,
functions or addresses. Expressions are mostly of the kind that is asked for, sometimes not: errors are compared too."""
import random

# Sets last: their order is theirs, so they are asked for only where it does not show.
KINDS = ("int", "float", "str", "bool", "list", "dict", "tuple", "set")
NAMES = ("a", "b", "c", "d", "e", "n", "s", "t", "x", "y")
INTS = ("0", "1", "2", "3", "5", "7", "-1", "10", "255", "2**31", "2**63", "-2**63", "10**20", "True")
FLOATS = ("0.0", "1.5", "-2.25", "0.1", "1e10", "1e-7", "3.0", "1e308", "-0.0", "float('inf')", "float('nan')")
TEXTS = ("''", "'a'", "'abc'", "'Hello World'", "' x '", "'1'", "'12'", "'a,b,c'", "'é'", "'日本'", "'x\\ny'", "\"it's\"", "'%s'", "'{}'")
RAISED = ("ValueError('v')", "TypeError('t')", "KeyError('k')", "IndexError('i')", "ZeroDivisionError", "RuntimeError('r', 2)", "StopIteration(3)",
          "AttributeError()", "Exception('e')", "OverflowError('o')")
CAUGHT = ("ValueError", "TypeError", "KeyError", "(ValueError, TypeError)", "LookupError", "ArithmeticError", "Exception", "NameError", "IndexError",
          "ZeroDivisionError", "AttributeError", "RuntimeError")


class Scope:
    def __init__(self, outer=None, function=False):
        self.outer, self.function = outer, function
        self.kinds = {}  # of its variables
        self.functions = {}  # name -> number of parameters

    def variables(self):
        seen = dict(self.outer.variables()) if self.outer else {}
        seen.update(self.kinds)
        return seen

    def callables(self):
        seen = dict(self.outer.callables()) if self.outer else {}
        seen.update(self.functions)
        return seen


class Maker:
    def __init__(self, r):
        self.r = r
        self.scope = Scope()
        self.loops = 0
        self.made = 0
        self.budget = r.choice((6, 12, 25, 40))

    def chance(self, p):
        return self.r.random() < p

    def pick(self, *choices):
        return self.r.choice(choices)

    # ---- expressions ----

    def value(self, kind=None, depth=3):
        r = self.r
        if kind is None or self.chance(.04):
            kind = r.choice(KINDS[:-1])
        known = [name for name, k in self.scope.variables().items() if k == kind or (k != "set" and self.chance(.02))]
        if known and self.chance(.45):
            return r.choice(known)
        if depth <= 0 or self.chance(.15):
            return self.literal(kind)
        if self.chance(.12):
            return self.any_kind(kind, depth - 1)
        return getattr(self, "make_" + kind)(depth - 1)

    def literal(self, kind):
        r = self.r
        simple = {"int": INTS, "float": FLOATS, "str": TEXTS, "bool": ("True", "False"), "list": ("[]", "[1, 2, 3]", "[3, 1, 2]", "['b', 'a']", "[[1], [2]]"),
                  "dict": ("{}", "{'a': 1, 'b': 2}", "{1: 'x'}"), "tuple": ("()", "(1,)", "(1, 'a')", "(1, 2, 3)"), "set": ("set()", "{1, 2}", "{'a'}")}
        return r.choice(simple[kind])

    def any_kind(self, kind, depth):
        """Forms that give every kind."""
        v = lambda k=kind: self.value(k, depth)
        form = self.r.randrange(8)
        if form == 0:
            return "(%s if %s else %s)" % (v(), self.test(depth), v())
        if form == 1:
            return "(%s %s %s)" % (v(), self.pick("and", "or"), v())
        if form == 2:
            return "[%s, %s][%s]" % (v(), v(), self.pick("0", "1", "-1", "2" if self.chance(.1) else "0", self.test(depth)))
        if form == 3:
            return "{'k': %s}%s" % (v(), self.pick("['k']", ".get('k')", ".get('z', %s)" % v(), ".pop('k')"))
        if form == 4:
            return self.lambda_call(kind, depth)
        if form == 5:
            called = [(name, count) for name, count in self.scope.callables().items()]
            if called:
                return self.call(*self.r.choice(called), depth)
        if form == 6 and not self.in_comprehension():
            name = self.new_name()
            text = "(%s := %s)" % (name, v())
            self.scope.kinds[name] = kind
            return text
        if form == 7:
            return "next(iter(%s), %s)" % (self.pick("[%s]" % v(), "(%s,)" % v(), "[]"), v())
        return v()

    def in_comprehension(self):
        return self.scope.outer is not None and not self.scope.function

    def lambda_call(self, kind, depth):
        name = self.pick("p", "q")
        self.scope = Scope(self.scope)
        self.scope.kinds[name] = kind
        inside = self.value(kind, depth - 1)
        self.scope = self.scope.outer
        return "(lambda %s%s: %s)(%s)" % (name, self.pick("", "=1", ", *r", ", **k"), inside, self.value(kind, depth - 1))

    def call(self, name, count, depth):
        if self.chance(.05):
            count += self.pick(-1, 1)
        arguments = [self.value(self.pick("int", "str", "list"), depth - 1) for _ in range(max(0, count))]
        if arguments and self.chance(.1):
            arguments[-1] = "*[%s]" % arguments[-1]
        return "%s(%s)" % (name, ", ".join(arguments))

    def test(self, depth):
        return self.value("bool", depth - 1)

    def comprehension(self, depth, item, opening, closing, filtered=True):
        """`item(depth)` is made where the loop's variable is known."""
        name = self.pick("i", "j", "k")
        over, kind = self.pick(("range(%s)" % self.pick("3", "4", "2, 5", "5, 0, -2"), "int"), (self.value("list", depth - 1), "int"), (self.value("str", depth - 1), "str"),
                               ("sorted(%s)" % self.literal("dict"), "str"))
        self.scope = Scope(self.scope)
        self.scope.kinds[name] = kind
        text = item(depth - 1)
        clauses = "for %s in %s" % (name, over)
        if filtered and self.chance(.4):
            clauses += " if " + self.test(depth - 1)
        if self.chance(.15):
            clauses += " for m in range(2)"
        self.scope = self.scope.outer
        return "%s%s %s%s" % (opening, text, clauses, closing)

    def make_int(self, d):
        v = self.value
        form = self.r.randrange(17)
        if form < 4:
            return "(%s %s %s)" % (v("int", d), self.pick("+", "-", "*"), v("int", d))
        if form < 6:
            return "(%s %s %s)" % (v("int", d), self.pick("//", "%", "&", "|", "^"), v("int", d))
        if form == 6:
            return "(%s %s %s)" % (v("int", d), self.pick("**", "<<", ">>"), self.pick("0", "1", "2", "3"))
        if form == 7:
            return "%s(%s)" % (self.pick("-", "+", "~", "abs", "int", "bin"), v("int", d))
        if form == 8:
            return "len(%s)" % v(self.pick("str", "list", "dict", "tuple", "set"), d)
        if form == 9:
            return "%s(%s)" % (self.pick("sum", "max", "min"), self.pick("[%s, %s]" % (v("int", d), v("int", d)), "(%s, 1)" % v("int", d),
                                                                         self.comprehension(d, lambda e: v("int", e), "[", "]")))
        if form == 10:
            return "int(%s)" % v(self.pick("str", "float", "bool"), d)
        if form == 11:
            return "%s.%s(%s)" % (v("str", d), self.pick("find", "count", "index", "rfind"), v("str", d))
        if form == 12:
            return "%s.%s(%s)" % (v("list", d), self.pick("count", "index"), v("int", d))
        if form == 13:
            return "round(%s)" % v(self.pick("float", "int"), d)
        if form == 14:
            return "ord(%s)" % self.pick("'a'", "'é'", v("str", d))
        if form == 15:
            return "sum(%s)" % self.comprehension(d, lambda e: v("int", e), "", "")
        return "%s[%s]" % (v("list", d), v("int", d))

    def make_float(self, d):
        v = self.value
        form = self.r.randrange(8)
        if form < 3:
            return "(%s %s %s)" % (v("float", d), self.pick("+", "-", "*", "/", "//", "%"), v(self.pick("float", "int"), d))
        if form == 3:
            return "(%s / %s)" % (v("int", d), v("int", d))
        if form == 4:
            return "%s(%s)" % (self.pick("float", "abs", "-", "floor", "ceil", "sqrt", "fabs", "trunc", "degrees", "isnan"), v(self.pick("float", "int"), d))
        if form == 5:
            return "round(%s, %s)" % (v("float", d), self.pick("0", "1", "2", "-1", "None"))
        if form == 6:
            return "%s(%s, %s)" % (self.pick("max", "min", "pow", "divmod", "hypot", "fmod"), v("float", d), self.pick("2", "0.5", "3"))
        return "float(%s)" % v(self.pick("str", "int", "bool"), d)

    def make_str(self, d):
        v = self.value
        form = self.r.randrange(15)
        if form < 2:
            return "(%s + %s)" % (v("str", d), v("str", d))
        if form == 2:
            return "(%s * %s)" % (v("str", d), self.pick("0", "1", "2", "3", "-1"))
        if form == 3:
            return "%s(%s)" % (self.pick("str", "repr", "ascii"), self.printable(d))
        if form < 6:
            return self.format_string(d)
        if form == 6:
            return "%s.%s()" % (v("str", d), self.pick("upper", "lower", "strip", "title", "capitalize", "swapcase", "casefold", "lstrip"))
        if form == 7:
            return "%s.%s(%s)" % (v("str", d), self.pick("strip", "removeprefix", "removesuffix", "rstrip"), v("str", d))
        if form == 8:
            return "%s.replace(%s, %s)" % (v("str", d), v("str", d), v("str", d))
        if form == 9:
            return "%s.join(%s)" % (v("str", d), self.pick("[%s, %s]" % (v("str", d), v("str", d)), self.comprehension(d, lambda e: "str(%s)" % v("int", e), "", ""), v("list", d)))
        if form == 10:
            return "%s[%s]" % (v("str", d), self.subscript(d))
        if form == 11:
            return "%s %% %s" % (self.pick("'%d|%s'", "'%5.1f %r'", "'%x %-4s'"), "(%s, %s)" % (v("int", d), v("str", d)))
        if form == 12:
            return "%s.format(%s, k=%s)" % (self.pick("'{}{k}'", "'{0!r:>5}'", "'{:{k}}'", "'{k!s}{}'"), self.printable(d), self.pick("3", "5", "'a'"))
        if form == 13:
            return "%s.%s(%s)" % (v("str", d), self.pick("center", "ljust", "rjust", "zfill"), self.pick("3", "6", "10"))
        return "chr(%s)" % self.pick("97", "233", v("int", d))

    def format_string(self, d):
        parts = []
        for _ in range(self.r.randrange(1, 4)):
            inside = self.printable(d).replace("\\n", "")
            if '"' in inside or "\\" in inside or "{" in inside or ":=" in inside or "lambda" in inside:
                inside = self.pick("1", "'z'", "[1, 2]")
            parts.append(self.pick("{%s}", "{%s!r}", "<{%s}>", "{%s!s:>4}", "{%s}{{}}", "{%s=}") % inside)
        if self.chance(.3):
            parts.append("{%s:%s}" % self.pick(("3.14159", ".2f"), ("42", "05d"), ("255", "#x"), ("1234567", ","), ("'q'", "^5"), ("0.5", ".1%")))
        return 'f"%s"' % "".join(parts)

    def printable(self, d):
        return self.value(self.pick("int", "float", "str", "bool", "list", "tuple", "dict"), d)

    def subscript(self, d):
        return self.pick(self.value("int", d), "0", "-1", "1:", ":-1", "::-1", "%s:%s" % (self.pick("0", "1", "-3"), self.pick("2", "-1", "10")), "::2")

    def make_bool(self, d):
        v = self.value
        form = self.r.randrange(10)
        kind = self.pick("int", "float", "str", "int", "list", "tuple")
        if form < 3:
            return "(%s %s %s)" % (v(kind, d), self.pick("<", "<=", ">", ">=", "==", "!="), v(kind, d))
        if form == 3:
            return "(%s %s %s %s %s)" % (v("int", d), self.pick("<", "<=", "=="), v("int", d), self.pick("<", ">=", "!="), v("int", d))
        if form == 4:
            return "(not %s)" % v(None, d)
        if form == 5:
            return "(%s %s %s)" % (v(self.pick("int", "str"), d), self.pick("in", "not in"), v(self.pick("list", "dict", "str", "tuple", "set"), d))
        if form == 6:
            return "isinstance(%s, %s)" % (v(None, d), self.pick("int", "str", "(int, float)", "list", "dict", "bool"))
        if form == 7:
            return "%s(%s)" % (self.pick("any", "all"), self.comprehension(d, lambda e: v("bool", e), "", ""))
        if form == 8:
            return "%s.%s" % (v("str", d), self.pick("isdigit()", "isalpha()", "isupper()", "startswith('a')", "endswith(('c', '1'))", "isidentifier()"))
        return "(%s is %s)" % (v(None, d), self.pick("None", "not None"))

    def make_list(self, d):
        v = self.value
        form = self.r.randrange(14)
        if form < 2:
            return "[%s]" % ", ".join(v(self.pick("int", "int", "str"), d) for _ in range(self.r.randrange(4)))
        if form < 5:
            return self.comprehension(d, lambda e: v(self.pick("int", "str", "list"), e), "[", "]")
        if form == 5:
            return "(%s + %s)" % (v("list", d), v("list", d))
        if form == 6:
            return "list(%s)" % self.pick("range(3)", v("str", d), v("tuple", d), v("dict", d), "map(%s, %s)" % (self.pick("str", "len", "abs", "bool"), v("list", d)),
                                          "filter(None, %s)" % v("list", d), "reversed(%s)" % v("list", d), "%s.items()" % v("dict", d), "%s.values()" % v("dict", d))
        if form == 7:
            return "sorted(%s%s)" % (v(self.pick("list", "str", "tuple", "set", "dict"), d), self.pick("", ", reverse=True", ", key=str", ", key=lambda w: (len(str(w)), str(w))"))
        if form == 8:
            return "%s[%s]" % (v("list", d), self.pick("1:", ":-1", "::-1", "::2", "-2:", ":%s" % v("int", d)))
        if form == 9:
            return "%s.split(%s)" % (v("str", d), self.pick("", "','", "None, 1"))
        if form == 10:
            return "[*%s, %s]" % (v(self.pick("list", "tuple", "str"), d), v("int", d))
        if form == 11:
            return "list(%s)" % self.pick("enumerate(%s)" % v("list", d), "zip(%s, %s)" % (v("list", d), v("str", d)), "enumerate(%s, 1)" % v("str", d))
        if form == 12:
            return "(%s * %s)" % (v("list", d), self.pick("0", "1", "2"))
        return "sorted(%s)" % self.comprehension(d, lambda e: v("int", e), "{", "}")

    def make_dict(self, d):
        v = self.value
        form = self.r.randrange(6)
        if form < 2:
            return "{%s}" % ", ".join("%s: %s" % (v(self.pick("str", "int"), d), v(None, d) if not self.chance(.3) else v("int", d)) for _ in range(self.r.randrange(3))) \
                if self.chance(.8) else "{**%s, 'z': %s}" % (v("dict", d), v("int", d))
        if form == 2:
            return self.comprehension(d, lambda e: "%s: %s" % (v(self.pick("str", "int"), e), v("int", e)), "{", "}")
        if form == 3:
            return "dict(%s)" % self.pick("a=%s" % v("int", d), "zip('ab', %s)" % v("list", d), "[('k', %s)]" % v("int", d), v("dict", d))
        if form == 4:
            return "(%s | %s)" % (v("dict", d), v("dict", d))
        return "dict.fromkeys(%s, %s)" % (v("str", d), v("int", d))

    def make_tuple(self, d):
        v = self.value
        form = self.r.randrange(6)
        if form < 2:
            return "(%s,)" % ", ".join(v(self.pick("int", "str"), d) for _ in range(self.r.randrange(1, 4)))
        if form == 2:
            return "tuple(%s)" % self.pick(v("list", d), v("str", d), self.comprehension(d, lambda e: v("int", e), "", ""))
        if form == 3:
            return "(%s + %s)" % (v("tuple", d), v("tuple", d))
        if form == 4:
            return "divmod(%s, %s)" % (v("int", d), v("int", d))
        return "%s.partition(%s)" % (v("str", d), v("str", d))

    def make_set(self, d):
        v = self.value
        form = self.r.randrange(4)
        if form == 0:
            return "{%s, %s}" % (v("int", d), v("int", d))
        if form == 1:
            return "set(%s)" % v(self.pick("list", "str", "tuple"), d)
        if form == 2:
            return "(%s %s %s)" % (v("set", d), self.pick("|", "&", "-", "^"), v("set", d))
        return self.comprehension(d, lambda e: v("int", e), "{", "}")

    # ---- statements ----

    def new_name(self):
        return self.r.choice(NAMES)

    def assign(self):
        kind = self.r.choice(KINDS)
        text = self.value(kind)
        name = self.new_name()
        self.scope.kinds[name] = kind
        if self.chance(.06):
            return "%s: int = %s" % (name, text)
        return "%s = %s" % (name, text) if not self.chance(.05) else "%s = %s = %s" % (name, self.new_name(), text)

    def unpack(self):
        target, count = self.pick(("%s, %s", 2), ("%s, *%s", 2), ("[%s, %s]", 2), ("%s, (%s, %s)", 3), ("*%s, %s", 2))
        names = [self.new_name() for _ in range(count)]
        over = self.pick("(1, 2)", "[1, 2]", "'ab'", "(1, (2, 3))", "[1, 2, 3]", self.value("tuple"), self.value("list"), "%s, %s" % (self.value(), self.value()))
        for name in names:
            self.scope.kinds[name] = "int"
        return "%s = %s" % (target % tuple(names), over)

    def augmented(self):
        known = [(n, k) for n, k in self.scope.kinds.items()]
        if not known:
            return self.assign()
        name, kind = self.r.choice(known)
        operator = {"int": ("+=", "-=", "*=", "//=", "%=", "|="), "float": ("+=", "*=", "-="), "str": ("+=",), "list": ("+=",), "tuple": ("+=",), "dict": ("|=",),
                    "set": ("|=", "&=", "-="), "bool": ("|=", "+=")}[kind]
        return "%s %s %s" % (name, self.r.choice(operator), self.value(kind, 2))

    def mutate(self):
        kinds = self.scope.variables()
        lists = [n for n, k in kinds.items() if k == "list"]
        dicts = [n for n, k in kinds.items() if k == "dict"]
        if lists and self.chance(.6):
            name = self.r.choice(lists)
            return name + self.pick(".append(%s)" % self.value("int"), ".extend(%s)" % self.value("list"), ".insert(0, %s)" % self.value("str"), ".pop()", ".sort()", ".reverse()",
                                    "[0] = %s" % self.value(), "[1:2] = %s" % self.value("list"), ".sort(key=str, reverse=True)", ".clear()", "[%s] += %s" % (self.value("int"), self.value("int")))
        if dicts:
            name = self.r.choice(dicts)
            return name + self.pick("[%s] = %s" % (self.value("str"), self.value()), ".update(%s)" % self.value("dict"), ".setdefault('q', []).append(1)", ".pop('a', None)",
                                    "['n'] = %s.get('n', 0) + 1" % name)
        return self.assign()

    def show(self):
        parts = [self.printable(3) for _ in range(self.r.randrange(1, 4))]
        return "print(%s%s)" % (", ".join(parts), self.pick("", "", "", ", sep='|'", ", end=';\\n'"))

    def delete(self):
        known = list(self.scope.kinds)
        if not known:
            return "pass"
        name = self.r.choice(known)
        kind = self.scope.kinds[name]
        if kind in ("list", "dict") and self.chance(.7):
            return "del %s[%s]" % (name, self.pick("0", "'a'", "-1", ":1"))
        del self.scope.kinds[name]
        return "del " + name

    def body(self, most=3):
        statements = [self.statement() for _ in range(self.r.randrange(1, most + 1))]
        return [s for s in statements if s is not None] or ["pass"]

    def branch(self):
        parts = ["if %s:" % self.test(3), self.body()]
        while self.chance(.3):
            parts += ["elif %s:" % self.test(3), self.body()]
        if self.chance(.4):
            parts += ["else:", self.body()]
        return parts

    def loop(self):
        self.loops += 1
        name = self.pick("i", "j", "k")
        target, over, kinds = self.pick((name, "range(%s)" % self.pick("3", "4", "1, 6, 2"), ("int",)), (name, self.value("list"), ("int",)), (name, self.value("str"), ("str",)),
                                        ("%s, v" % name, "enumerate(%s)" % self.value("list"), ("int", "int")), ("%s, v" % name, "%s.items()" % self.value("dict"), ("str", "int")),
                                        ("%s, v" % name, "zip(%s, range(3))" % self.value("str"), ("str", "int")), ("%s, *v" % name, "[(1, 2, 3), 'ab']", ("int", "list")))
        for variable, kind in zip((name, "v"), kinds):
            self.scope.kinds[variable] = kind
        parts = ["for %s in %s:" % (target, over), self.body()]
        self.loops -= 1
        if self.chance(.2):
            parts += ["else:", self.body(2)]
        return parts

    def counted(self):
        self.made += 1
        name = "w%d" % self.made
        self.loops += 1
        inside = self.body()
        self.loops -= 1
        parts = ["while %s < %s:" % (name, self.pick("2", "3", "5")), ["%s += 1" % name] + inside]
        if self.chance(.2):
            parts += ["else:", self.body(2)]
        return ["if True:", ["%s = 0" % name, parts]]

    def attempt(self):
        parts = ["try:", self.body()]
        handlers = self.r.randrange(0, 3)
        for _ in range(handlers):
            named = self.chance(.5)
            parts += ["except %s%s:" % (self.r.choice(CAUGHT), " as err" if named else ""), (["print(repr(err))"] if named else []) + self.body(2)]
        if handlers and self.chance(.3):
            parts += ["except:", self.body(2)]
            handlers += 1
        if handlers and self.chance(.25):
            parts += ["else:", self.body(2)]
        if not handlers or self.chance(.35):
            parts += ["finally:", self.body(2)]
        return parts

    def function(self):
        self.made += 1
        name = "f%d" % self.made
        parameters = list(self.r.sample(("p", "q", "r"), self.r.randrange(3)))
        count = len(parameters)
        texts = list(parameters)
        if texts and self.chance(.3):
            texts[-1] += "=" + self.literal(self.pick("int", "str", "list"))
        texts += self.pick([], [], [], ["*rest"], ["*", "z=%s" % self.literal("int")], ["**named"])
        outer_loops, self.loops = self.loops, 0
        around = self.scope
        self.scope = Scope(around, True)
        for parameter in parameters:
            self.scope.kinds[parameter] = self.pick("int", "str", "list")
        inside = []
        if around.kinds and self.chance(.25):
            known = self.r.choice(list(around.kinds))
            word = "nonlocal" if around.function and known not in ("rest", "named") else "global"
            if known not in parameters and (around.function or around.outer is None):
                inside.append("%s %s" % (word, known))
        inside += self.body(4)
        if self.chance(.8):
            inside.append("return " + self.value(None, 2))
        self.scope = around
        self.loops = outer_loops
        self.scope.functions[name] = count
        return ["def %s(%s):" % (name, ", ".join(texts)), inside]

    def statement(self):
        self.budget -= 1
        if self.budget < 0:
            return self.show() if self.chance(.5) else None
        form = self.r.random()
        if form < .2:
            return self.assign()
        if form < .38:
            return self.show()
        if form < .46:
            return self.augmented()
        if form < .54:
            return self.mutate()
        if form < .58:
            return self.unpack()
        if form < .66:
            return self.branch()
        if form < .74:
            return self.loop()
        if form < .77:
            return self.counted()
        if form < .86:
            return self.attempt()
        if form < .93:
            return self.function()
        if form < .95:
            return self.delete()
        if form < .96:
            return self.pick("raise %s" % self.r.choice(RAISED), "raise %s from %s" % (self.r.choice(RAISED), self.pick("None", "ValueError('c')")), "raise")
        if form < .97:
            return "assert %s%s" % (self.test(3), self.pick("", ", %s" % self.value("str", 2)))
        if form < .985 and self.loops:
            return self.pick("break", "continue")
        return self.value(None)


def program(r):
    maker = Maker(r)
    statements = []
    for name in NAMES[:6]:
        maker.scope.kinds[name] = kind = r.choice(KINDS)
        statements.append("%s = %s" % (name, maker.literal(kind)))
    while maker.budget > 0:
        made = maker.statement()
        if made is not None:
            statements.append(["try:", [made], "except %s as err:" % r.choice(("Exception", "TypeError")), ["print(repr(err))"]] if r.random() < .4 else made)
    for name, kind in sorted(maker.scope.kinds.items()):
        if kind != "set":
            statements.append(["try:", ["print(%r, %s)" % (name, name)], "except NameError as err:", ["print(err)"]])
    return statements


def lines(statements, indent=""):
    for statement in statements:
        if isinstance(statement, str):
            yield indent + statement
            continue
        for head, body in zip(statement[::2], statement[1::2]):
            yield indent + head
            yield from lines(body or ["pass"], indent + "    ")


def text_of(statements):
    return "\n".join(lines(statements)) + "\n"


if __name__ == "__main__":
    import sys
    print(text_of(program(random.Random(sys.argv[1]))))
