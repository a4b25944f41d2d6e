"""Python's tree of a script as `burin dump ast --script` prints it, and what of Python scripts do not have."""
import ast
import unicodedata

BINARY = {ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "Div", ast.FloorDiv: "FloorDiv", ast.Mod: "Mod", ast.Pow: "Pow", ast.LShift: "LShift",
          ast.RShift: "RShift", ast.BitAnd: "BitAnd", ast.BitOr: "BitOr", ast.BitXor: "BitXor"}
UNARY = {ast.USub: "Neg", ast.UAdd: "Pos", ast.Invert: "Invert"}
COMPARE = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "lteq", ast.Gt: "gt", ast.GtE: "gteq", ast.In: "in", ast.NotIn: "notin", ast.Is: "is",
           ast.IsNot: "isnot"}
USE = {ast.Load: "load", ast.Store: "store", ast.Del: "del"}
FORMS = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "generator"}
CONVERSIONS = {-1: "none", 115: "str", 114: "repr", 97: "ascii"}
REFUSED = (ast.ClassDef, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await, ast.Yield, ast.YieldFrom, ast.With, ast.Match, ast.MatMult, ast.TryStar)


def refused(tree):
    """Whether the tree has something that scripts do not have."""
    for node in ast.walk(tree):
        if isinstance(node, REFUSED) or getattr(node, "decorator_list", None) or getattr(node, "is_async", 0):
            return True
        if isinstance(node, ast.ImportFrom) and (node.level or node.names[0].name == "*"):
            return True
        names = [getattr(node, field, None) for field in ("id", "attr", "name", "arg", "asname", "module")] + list(getattr(node, "names", ()))
        for name in names:
            for part in name.split(".") if isinstance(name, str) else ():
                if len(part) > 4 and part.startswith("__") and part.endswith("__"):
                    return True
    return False


def quoted(text):
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    out = b""
    for byte in data:
        if byte in b'"\\':
            out += b"\\"
        out += b"\\n" if byte == 10 else b"\\u%04x" % byte if byte < 32 else bytes([byte])
    return b'"' + out + b'"'


def constant(value):
    if isinstance(value, str):
        return quoted(value)
    return (str(value).lower() if value is None or isinstance(value, bool) else repr(value)).encode()


class Printer:
    """Lines of (depth, text); a place that Python does not tell is @0."""

    def __init__(self):
        self.lines = []
        self.in_string = 0

    def put(self, depth, kind, line, /, **fields):
        shown = "".join(" %s=" % key + (value if isinstance(value, str) else value.decode("latin-1")) for key, value in fields.items())
        self.lines.append((depth, "%s @%d%s" % (kind, 0 if self.in_string else line, shown)))

    def child(self, depth, label, node):
        if node is not None:
            self.lines.append((depth, label + ":"))
            self.node(node, depth + 1)

    def list(self, depth, label, nodes):
        if nodes:
            self.lines.append((depth, label + ":"))
            for node in nodes:
                self.node(node, depth + 1)

    def node(self, node, depth):
        getattr(self, type(node).__name__, None)(node, depth) if not isinstance(node, tuple(FORMS)) else self.comprehension_of(node, depth)

    def simple(self, node, depth, name, lists=(), children=()):
        """A node whose fields have the names of Python's or are given as (ours, theirs), children first."""
        self.put(depth, name, node.lineno)
        for ours, theirs in children:
            self.child(depth + 1, ours, getattr(node, theirs))
        for ours, theirs in lists:
            self.list(depth + 1, ours, getattr(node, theirs))

    # ---- statements

    def Module(self, n, d):
        self.put(d, "Module", 1)
        self.list(d + 1, "body", n.body)

    def Expr(self, n, d):
        self.simple(n, d, "Do", children=[("value", "value")])

    def Assign(self, n, d):
        self.put(d, "Assign", n.lineno)
        self.list(d + 1, "targets", n.targets)
        self.child(d + 1, "value", n.value)

    def AugAssign(self, n, d):
        self.put(d, "AugAssign", n.lineno, op=BINARY[type(n.op)])
        self.child(d + 1, "target", n.target)
        self.child(d + 1, "value", n.value)

    def AnnAssign(self, n, d):
        self.simple(n, d, "AnnAssign", children=[("target", "target"), ("value", "value")])

    def Delete(self, n, d):
        self.simple(n, d, "Delete", lists=[("targets", "targets")])

    def Pass(self, n, d):
        self.put(d, type(n).__name__, n.lineno)
    Break = Continue = Pass

    def Return(self, n, d):
        self.simple(n, d, "Return", children=[("value", "value")])

    def Raise(self, n, d):
        self.simple(n, d, "Raise", children=[("error", "exc"), ("cause", "cause")])

    def Assert(self, n, d):
        self.simple(n, d, "Assert", children=[("test", "test"), ("message", "msg")])

    def Global(self, n, d):
        self.put(d, type(n).__name__, n.lineno)
        self.lines.append((d + 1, "names:"))
        for name in n.names:
            self.put(d + 2, "Name", 0, name=quoted(name), use="load")
    Nonlocal = Global

    def imported(self, names, d):
        self.lines.append((d, "names:"))
        for alias in names:
            self.put(d + 1, "ImportName", 0, name=quoted(alias.name), alias=quoted(alias.asname or alias.name))

    def Import(self, n, d):
        self.put(d, "ImportModule", n.lineno)
        self.imported(n.names, d + 1)

    def ImportFrom(self, n, d):
        self.put(d, "FromModule", n.lineno, name=quoted(n.module))
        self.imported(n.names, d + 1)

    def If(self, n, d):
        """An elif is an If of its own in Python's tree; it stands in the column of its if."""
        elifs, orelse = [], n.orelse
        while len(orelse) == 1 and isinstance(orelse[0], ast.If) and orelse[0].col_offset == n.col_offset:
            elifs.append(orelse[0])
            orelse = orelse[0].orelse
        self.put(d, "If", n.lineno)
        self.child(d + 1, "test", n.test)
        self.list(d + 1, "body", n.body)
        if elifs:
            self.lines.append((d + 1, "elifs:"))
            for one in elifs:
                self.put(d + 2, "If", one.lineno)
                self.child(d + 3, "test", one.test)
                self.list(d + 3, "body", one.body)
        self.list(d + 1, "orelse", orelse)

    def While(self, n, d):
        self.simple(n, d, "While", children=[("test", "test")], lists=[("body", "body"), ("orelse", "orelse")])

    def For(self, n, d):
        self.simple(n, d, "ForEach", children=[("target", "target"), ("iter", "iter")], lists=[("body", "body"), ("orelse", "orelse")])

    def Try(self, n, d):
        self.simple(n, d, "Try", lists=[("body", "body"), ("handlers", "handlers"), ("orelse", "orelse"), ("final", "finalbody")])

    def ExceptHandler(self, n, d):
        self.put(d, "Handler", n.lineno, name=quoted(n.name or ""))
        self.child(d + 1, "type", n.type)
        self.list(d + 1, "body", n.body)

    def parameters(self, a, d):
        every = [("positional", p) for p in a.posonlyargs] + [("either", p) for p in a.args]
        defaults = [None] * (len(every) - len(a.defaults)) + a.defaults
        every = [(form, p, default) for (form, p), default in zip(every, defaults)]
        every += [("rest", a.vararg, None)] if a.vararg else []
        every += [("keyword", p, default) for p, default in zip(a.kwonlyargs, a.kw_defaults)]
        every += [("named", a.kwarg, None)] if a.kwarg else []
        if every:
            self.lines.append((d, "params:"))
        for form, p, default in every:
            self.put(d + 1, "Parameter", p.lineno, name=quoted(p.arg), form=form)
            self.child(d + 2, "value", default)

    def FunctionDef(self, n, d):
        self.put(d, "Function", n.lineno, name=quoted(n.name))
        self.parameters(n.args, d + 1)
        self.list(d + 1, "body", n.body)

    # ---- expressions

    def Name(self, n, d):
        self.put(d, "Name", n.lineno, name=quoted(n.id), use=USE[type(n.ctx)])

    def Constant(self, n, d):
        if isinstance(n.value, bytes):
            self.put(d, "Bytes", n.lineno, value=quoted(n.value))
        elif isinstance(n.value, complex):
            self.put(d, "Imaginary", n.lineno, value=repr(n.value.imag))
        elif n.value is ...:
            self.put(d, "Ellipsis", n.lineno)
        else:
            self.put(d, "Const", n.lineno, value=constant(n.value))

    def Tuple(self, n, d):
        self.put(d, "Tuple", n.lineno, use=USE[type(n.ctx)])
        self.list(d + 1, "items", n.elts)

    def List(self, n, d):
        self.simple(n, d, "List", lists=[("items", "elts")])

    def Set(self, n, d):
        self.simple(n, d, "SetDisplay", lists=[("items", "elts")])

    def Dict(self, n, d):
        self.put(d, "Dict", n.lineno)
        if n.values:
            self.lines.append((d + 1, "items:"))
        for key, value in zip(n.keys, n.values):
            self.put(d + 2, "Pair", 0)
            self.child(d + 3, "key", key)
            self.child(d + 3, "value", value)

    def Starred(self, n, d):
        self.simple(n, d, "Starred", children=[("value", "value")])

    def NamedExpr(self, n, d):
        self.simple(n, d, "Walrus", children=[("target", "target"), ("value", "value")])

    def IfExp(self, n, d):
        self.simple(n, d, "Cond", children=[("test", "test"), ("yes", "body"), ("no", "orelse")])

    def Lambda(self, n, d):
        self.put(d, "Lambda", n.lineno)
        self.parameters(n.args, d + 1)
        self.child(d + 1, "value", n.body)

    def BoolOp(self, n, d, count=None):
        """a and b and c is two nodes, the second one around the first."""
        count = count or len(n.values)
        self.put(d, type(n.op).__name__, n.lineno)
        self.lines.append((d + 1, "left:"))
        self.BoolOp(n, d + 2, count - 1) if count > 2 else self.node(n.values[0], d + 2)
        self.child(d + 1, "right", n.values[count - 1])

    def UnaryOp(self, n, d):
        if isinstance(n.op, ast.Not):
            self.put(d, "Not", n.lineno)
        else:
            self.put(d, "Unary", n.lineno, op=UNARY[type(n.op)])
        self.child(d + 1, "node", n.operand)

    def BinOp(self, n, d):
        self.put(d, "Binary", n.lineno, op=BINARY[type(n.op)])
        self.child(d + 1, "left", n.left)
        self.child(d + 1, "right", n.right)

    def Compare(self, n, d):
        self.put(d, "Compare", n.lineno)
        self.child(d + 1, "expr", n.left)
        self.lines.append((d + 1, "ops:"))
        for op, right in zip(n.ops, n.comparators):
            self.put(d + 2, "Operand", right.lineno, op=COMPARE[type(op)])
            self.child(d + 3, "expr", right)

    def Attribute(self, n, d):
        self.put(d, "Getattr", n.lineno, attr=quoted(n.attr))
        self.child(d + 1, "node", n.value)

    def Subscript(self, n, d):
        self.simple(n, d, "Getitem", children=[("node", "value"), ("arg", "slice")])

    def Slice(self, n, d):
        self.simple(n, d, "Slice", children=[("start", "lower"), ("stop", "upper"), ("step", "step")])

    def Call(self, n, d):
        self.put(d, "Call", n.lineno)
        self.child(d + 1, "node", n.func)
        self.list(d + 1, "args", n.args)
        if n.keywords:
            self.lines.append((d + 1, "kwargs:"))
        for keyword in n.keywords:
            self.put(d + 2, "Keyword", keyword.lineno, name=quoted(keyword.arg or ""))
            self.child(d + 3, "value", keyword.value)

    def comprehension_of(self, n, d):
        self.put(d, "Comprehension", n.lineno, form=FORMS[type(n)])
        self.child(d + 1, "item", n.key if isinstance(n, ast.DictComp) else n.elt)
        self.child(d + 1, "value", n.value if isinstance(n, ast.DictComp) else None)
        self.lines.append((d + 1, "clauses:"))
        for clause in n.generators:
            self.put(d + 2, "Clause", 0)
            self.child(d + 3, "target", clause.target)
            self.child(d + 3, "iter", clause.iter)
            self.list(d + 3, "tests", clause.ifs)

    def JoinedStr(self, n, d):
        self.put(d, "Joined", n.lineno)
        self.in_string += 1
        self.list(d + 1, "parts", n.values)
        self.in_string -= 1

    def FormattedValue(self, n, d):
        self.put(d, "Formatted", n.lineno, conversion=CONVERSIONS[n.conversion])
        self.child(d + 1, "value", n.value)
        self.child(d + 1, "spec", n.format_spec)


def printed(tree):
    """The tree as our printer writes it, as latin-1 text: a character is a byte."""
    printer = Printer()
    printer.node(tree, 0)
    return ["  " * depth + text for depth, text in printer.lines]


def is_normal(source):
    """Whether NFKC leaves the source's characters beyond ASCII as they are: names in another form are refused."""
    return source.isascii() or unicodedata.normalize("NFKC", source) == source
