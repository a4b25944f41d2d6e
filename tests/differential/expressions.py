"""Random expressions: of a wanted kind most of the time, of another now and then, so that errors are met too."""
import values
from tree import expression, many, optional, plain

WILD = .04 # how often an operand is of any kind

# name, kind of the input, arguments `name:kind` (! where it is needed), kind of the result
FILTERS = [row.split(None, 2) for row in """
abs num -> num
attr any name!:attribute -> any
batch list linecount!:small fill_with:any -> lists
capitalize str -> str
center str width:width -> str
count list -> int
d any default_value:any boolean:bool -> any
default any default_value:any boolean:bool -> any
dictsort dict case_sensitive:bool by:by reverse:bool -> list
e str -> str
escape any -> str
filesizeformat num binary:bool -> str
first list -> any
float any default:num -> num
forceescape any -> str
groupby rows attribute!:attribute default:any case_sensitive:bool -> list
indent str width:indent first:bool blank:bool -> str
int any default:int base:base -> int
items dict -> list
join list d:str attribute:attribute -> str
last list -> any
length list -> int
list list -> list
lower str -> str
max list case_sensitive:bool attribute:attribute -> any
min list case_sensitive:bool attribute:attribute -> any
max rows case_sensitive:bool attribute:attribute -> any
pprint any -> str
replace str s!:str new!:str count:small -> str
reverse list -> list
reverse str -> str
round num precision:small method:method -> num
safe str -> str
slice list slices!:small fill_with:any -> lists
sort list reverse:bool case_sensitive:bool attribute:attribute -> list
sort rows reverse:bool case_sensitive:bool attribute:attribute -> rows
string any -> str
striptags str -> str
sum list attribute:attribute start:num -> num
sum rows attribute!:attribute start:num -> num
title str -> str
tojson any indent:small -> str
trim str chars:str -> str
truncate str length:width killwords:bool end:str leeway:small -> str
unique list case_sensitive:bool attribute:attribute -> list
unique rows case_sensitive:bool attribute:attribute -> rows
upper str -> str
urlencode any -> str
urlize str trim_url_limit:width nofollow:bool target:str rel:str -> str
wordcount str -> int
wordwrap str width:width break_long_words:bool wrapstring:str break_on_hyphens:bool -> str
xmlattr dict autospace:bool -> str
""".strip().splitlines()]

# name, kind of the input, arguments
TESTS = [row.split(None, 2) for row in """
boolean any
callable any
defined any
divisibleby int num:int
eq any other:any
equalto any other:any
escaped str
even int
false any
filter str
float any
ge num other:num
greaterthan num other:num
gt num other:num
in any seq:list
integer any
iterable any
le num other:num
lessthan num other:num
lower str
lt num other:num
mapping any
ne any other:any
none any
number any
odd int
sameas any other:any
sequence any
string any
test str
true any
undefined any
upper str
""".strip().splitlines()]

# kind of the value, name, arguments, kind of the result
METHODS = [row.split(None, 2) for row in """
str capitalize -> str
str casefold -> str
str center width:width fill:char -> str
str count sub:str start:small -> int
str endswith x:str -> any
str expandtabs n:small -> str
str find sub:str start:small end:small -> int
str format a:any b:any -> str
str index sub:str -> int
str isalnum -> any
str isalpha -> any
str isdigit -> any
str islower -> any
str isspace -> any
str istitle -> any
str isascii -> any
str isdecimal -> any
str isidentifier -> any
str isnumeric -> any
str isprintable -> any
str removesuffix old:str -> str
str rindex sub:str start:small end:small -> int
str encode -> any
str format_map x:dict -> str
str isupper -> any
str join x:list -> str
str ljust width:width fill:char -> str
str lower -> str
str lstrip x:str -> str
str partition sep:str -> list
str removeprefix x:str -> str
str replace old:str new:str count:small -> str
str rfind sub:str -> int
str rjust width:width fill:char -> str
str rpartition sep:str -> list
str rsplit sep:str n:small -> list
str rstrip x:str -> str
str split sep:str n:small -> list
str splitlines keep:bool -> list
str startswith x:str -> any
str strip x:str -> str
str swapcase -> str
str title -> str
str upper -> str
str zfill width:width -> str
list append x:any -> any
list clear -> any
list copy -> list
list count x:any -> int
list extend x:list -> any
list index x:any -> int
list insert at:small x:any -> any
list pop at:small -> any
list remove x:any -> any
list reverse -> any
list sort -> any
dict copy -> dict
dict clear -> any
dict popitem -> list
dict fromkeys x:list default:any -> dict
dict get key:key default:any -> any
dict items -> list
dict keys -> list
dict pop key:key default:any -> any
dict setdefault key:key default:any -> any
dict update x:dict -> any
dict values -> list
int bit_length -> int
int conjugate -> int
num is_integer -> any
num as_integer_ratio -> list
num hex -> str
int bit_count -> int
int to_bytes n:small order:order -> any
object missing -> any
""".strip().splitlines()]


class Expressions:
    def __init__(self, random, names=None):
        self.r = random
        self.values = values.Values(random)
        self.names = dict(values.NAMES if names is None else names) # name -> kind, as far as the grammar knows
        self.in_loop = 0

    def chance(self, p):
        return self.r.random() < p

    def named(self, kind):
        """A variable of this kind, if there is one."""
        fitting = [name for name, its in self.names.items() if its == kind or (kind == "any" and its != "function") or (kind == "num" and its == "int")]
        return self.r.choice(fitting) if fitting else "x"

    # ---- what arguments are made of

    def argument(self, kind, depth):
        r = self.r
        if kind in ("width", "small", "indent"):
            few = {"width": [0, 1, 5, 10, 20, 79], "small": [0, 1, 2, 3, -1], "indent": [0, 2, 4, -1]}[kind]
            if kind == "indent" and self.chance(.3):
                return expression(self.values.literal_text())
            return self.of("any", 0) if self.chance(WILD) else expression(str(r.choice(few)))
        fixed = {"bool": ["true", "false", "True", "no"], "by": ["'key'", "'value'", "'other'"], "base": ["2", "8", "10", "16", "36", "0"],
                 "order": ["'big'", "'little'"], "method": ["'common'", "'ceil'", "'floor'", "'up'"], "char": ["'*'", "' '", "'é'", "'ab'"], "key": ["'a'", "'b'", "'name'", "'zz'", "1", "s"],
                 "attribute": ["'%s'" % name for name in values.ATTRIBUTES] + ["0", "1", "none"]}.get(kind)
        if fixed:
            return self.of("any", 0) if self.chance(WILD) else expression(r.choice(fixed))
        return self.of(kind, depth)

    def arguments(self, spec, depth, named_allowed=True):
        """`(...)`, or nothing where no argument is needed and none was drawn."""
        rows = [row.split(":") for row in spec.split()] if spec else []
        needed = sum(name.endswith("!") for name, _ in rows)
        count = self.r.randint(needed, len(rows)) if not self.chance(.02) else self.r.randint(0, len(rows) + 1)
        made, by_name = [], False
        for n in range(count):
            name, kind = rows[n] if n < len(rows) else ("extra", "any")
            by_name = by_name or (named_allowed and self.chance(.2))
            if by_name and n >= needed and self.chance(.2):
                continue
            prefix = name.rstrip("!") + "=" if by_name else ""
            made.append(plain(prefix, self.argument(kind, depth)))
        return made

    def call(self, made, forced):
        if not made and not forced:
            return ""
        parts = []
        for n, part in enumerate(made):
            parts.append(plain(", " if n else "", part))
        if self.chance(.01):
            parts.append(plain(", " if made else "", self.r.choice(["*xs", "**d", "*none", "**e"])))
        return plain("(", *parts, ")")

    # ---- kinds

    def of(self, kind, depth):
        if self.chance(WILD):
            kind = "any"
        if depth <= 0:
            return self.leaf(kind)
        makers = {"int": self.int, "num": self.num, "str": self.str, "list": self.list, "lists": self.list, "rows": self.rows, "dict": self.dict, "bool": self.bool,
                  "any": self.any, "object": self.leaf_of_object}
        return self.r.choice([lambda: makers[kind](depth - 1), lambda: self.leaf(kind), lambda: self.through(kind, depth - 1)])()

    def leaf_of_object(self, depth):
        return expression("o")

    def leaf(self, kind):
        if kind in ("lists",):
            kind = "list"
        if self.chance(.55) and self.named(kind) != "x":
            return expression(self.named(kind))
        v = self.values
        return expression({
            "int": v.literal_integer, "num": self.r.choice([v.literal_integer, v.literal_real]), "str": v.literal_text,
            "list": lambda: self.r.choice(["[]", "[3, 1, 2]", "['b', 'a', 'B']", "(1, 2)", "range(4)", "'abc'", "range(5, 0, -2)", "()", "d", "none"]),
            "rows": lambda: "rows", "dict": lambda: self.r.choice(["{}", "{'a': 1}", "{'b': 2, 'A': [1], 'c': none}", "d", "dict(a=1, b=s)", "{1: 'x', 'y': 2.5}"]),
            "bool": lambda: self.r.choice(["true", "false", "none", "yes", "0", "''"]), "object": lambda: "o",
            "any": lambda: self.r.choice([v.literal_integer(), v.literal_text(), v.literal_real(), "none", "true", "False", "missing", "[1, 'a']", "z", "o", "fn(1)",
                                          "loop.index" if self.in_loop else "und.x", "o.name", "o.nope", "xs|last is number", "outer.index0 is defined", "d.a", "d['zz']", "namespace(a=1)", "cycler('a', 'b')",
                                          "joiner()", "'a' 'b'", "-1", "{'k': none}", "1.5", "st"]),
        }[kind]())

    def through(self, kind, depth):
        """A filter, a method, a condition, parentheses: what can give any kind."""
        return self.r.choice([lambda: self.filtered(kind, depth), lambda: self.filtered(kind, depth), lambda: self.called(kind, depth),
                              lambda: expression("(", self.of(kind, depth), ")"),
                              lambda: expression("(", self.of(kind, depth), " if ", self.of("bool", depth), optional(" else ", self.of(kind, depth)), ")"),
                              lambda: expression("(", self.of("any", depth), " or ", self.of(kind, depth), ")"),
                              lambda: self.subscript(depth) if kind == "any" else self.filtered(kind, depth)])()

    def filtered(self, kind, depth):
        fitting = [row for row in FILTERS if row[2].split("->")[1].strip() == kind or kind == "any"] or FILTERS
        name, takes, rest = self.r.choice(fitting)
        if self.chance(.15):
            return self.special_filter(depth)
        arguments = self.arguments(rest.split("->")[0].strip(), depth)
        name = name if not self.chance(.004) else self.r.choice(["nofilter", "a.b"])
        return expression(self.operand(self.of(takes, depth)), self.r.choice(["|", "|", " | "]), name, self.call(arguments, self.chance(.1)))

    def special_filter(self, depth):
        """Filters that take other filters and tests, and format."""
        r = self.r
        test = r.choice(TESTS)
        more = plain(*[plain(", ", self.argument(row.split(":")[1], 0)) for row in (test[2].split() if len(test) > 2 else [])])
        plain_filter = r.choice(["upper", "int", "length", "string", "abs", "title", "default('x')", "first", "e", "trim", "round", "nofilter"]).split("(")[0]
        choices = [
            lambda: plain(self.operand(self.of("list", depth)), "|map('", plain_filter, "')|list"),
            lambda: plain("rows|map(attribute=", self.argument("attribute", 0), optional(", default=", self.of("any", 0)), ")|list"),
            lambda: plain("rows|", r.choice(["selectattr", "rejectattr"]), "(", self.argument("attribute", 0), optional(", '", test[0], "'", more), ")|list"),
            lambda: plain(self.operand(self.of("list", depth)), "|", r.choice(["select", "reject"]), optional("('", test[0], "'", more, ")"), "|list"),
            lambda: plain(r.choice(["'%s-%s'", "'%d'", "'%5.2f|'", "'%r'", "'%(a)s'", "'%%'", "h"]), "|format(", self.of("any", depth), optional(", ", self.of("any", depth)), ")"),
            lambda: plain("[", self.of("any", depth), "]|random"),
            lambda: plain("ys|map('", r.choice(["replace', 'a', 'b'", "default', ", "truncate', 4", "indent', 2", "format', 1", "join', '-'", "attr', 'name'", "center', 6", "int', 7, base=16",
                                                "round', 1, method='floor'", "upper', "]), ")|list"),
            lambda: plain("rows|sort(attribute='", r.choice(["kind,size", "size,name", "up.left,name", "kind,-size", "name"]), "'", optional(", reverse=true"), ")|map(attribute='name')|join(',')"),
            lambda: plain("rows|groupby('", r.choice(["kind", "up.left", "tags.0", "missing"]), "'", optional(", default='zz'"), optional(", case_sensitive=true"), ")",
                          r.choice(["|map(attribute='grouper')|list", "|map(attribute='list')|map('length')|list", "|map('first')|list", "|list", "|length"])),
            lambda: plain(self.operand(self.of("list", depth)), "|batch(2", optional(", ", self.of("any", 0)), ")|map('", r.choice(["join", "list", "first", "length"]), "')|list"),
            lambda: plain(self.operand(self.of("dict", depth)), "|dictsort|", r.choice(["map('first')|list", "first", "list|last", "map('join', '=')|join(';')"])),
            lambda: plain("[", self.of("any", depth), ", ", self.of("any", 0), "]|select('", r.choice(["==", "!=", "in", "sameas", "eq", "ne"]), "', ", self.of("any", 0), ")|list"),
            lambda: plain("rows|groupby(", self.argument("attribute", 0), ")|map('", r.choice(["first", "list", "last|length"]).split("|")[0], "')|list"),
            lambda: plain(self.operand(self.of("any", depth)), "|host(", self.of("any", 0), optional(", k=", self.of("any", 0)), ")"),
            lambda: plain(self.operand(self.of("list", depth)), "|map('host.repr'", optional(", ", self.of("any", 0)), optional(", k=", self.of("any", 0)), ")|list"),
            lambda: plain(self.operand(self.of("list", depth)), "|", r.choice(["select", "reject"]), "('", r.choice(["yes", "never"]), "'", optional(", 1"), ")|list"),
            lambda: plain(self.operand(self.of("any", depth)), " is ", r.choice(["yes", "never", "not never", "yes(1, k=2)"])),
        ]
        return expression("(", r.choice(choices)(), ")")

    def called(self, kind, depth):
        fitting = [row for row in METHODS if row[2].split("->")[1].strip() == kind or kind == "any"] or METHODS
        takes, name, rest = self.r.choice(fitting)
        arguments = self.arguments(rest.split("->")[0].strip(), depth, named_allowed=False)
        return expression(self.operand(self.of(takes, depth)), ".", name, self.call(arguments, True))

    def operand(self, made):
        """What stands before a filter or a dot: in parentheses unless it is a word."""
        text = str(made)
        return made if text.isidentifier() or self.chance(.03) else plain("(", made, ")")

    def subscript(self, depth):
        r = self.r
        base = self.operand(self.of(r.choice(["list", "str", "dict", "rows", "any"]), depth))
        if self.chance(.15):
            return expression(base, "[", optional(self.of("int", depth)), ":", optional(self.of("int", 0)), "]")
        if self.chance(.05):
            return expression(base, ".", r.choice(["0.name", "0.1", "name.0", "1.up.left"]))
        if self.chance(.4):
            bound = lambda: optional(str(r.choice([0, 1, 2, -1, -2, 5, "j", "none"]))) # noqa: E731
            return expression(base, "[", bound(), ":", bound(), optional(":", str(r.choice([1, 2, -1, 0]))), "]")
        if self.chance(.4):
            return expression(base, ".", r.choice(["name", "a", "size", "0", "1", "items", "missing", "up.left", "__class__", "real"]))
        return expression(base, "[", self.argument(r.choice(["small", "key", "any"]), 0), "]")

    def int(self, depth):
        return expression(self.of("int", depth), self.r.choice([" + ", " - ", " * ", " // ", " % ", "+", "*", "-"]), self.of("int", depth))

    def num(self, depth):
        if self.chance(.06):
            return expression(self.r.choice(["-", "+"]), self.leaf("num"), "|", self.r.choice(["abs", "int", "round", "string"]), self.r.choice(["", " ** 2", " * 3", " is odd"]))
        if self.chance(.1):
            return expression(self.r.choice(["-", "+", "--", "not "]), self.of("num", depth))
        if self.chance(.1):
            return expression("(", self.of("num", 0), ")", " ** ", self.r.choice(["2", "0", "0.5", "-1", "3 ** 2"]))
        return expression(self.of("num", depth), self.r.choice([" + ", " - ", " * ", " / ", " // ", " % "]), self.of("num", depth))

    def formatted(self, depth):
        """What format strings of all three kinds can hold."""
        r = self.r
        fields = "".join(r.choice(["{}", "{0}", "{1!r}", "{0!s:>6}", "{:^7}", "{a}", "{a:5}", "{b!r:.3}", "{0[0]}", "{0.name}", "{{}}", "{0:x}", "{a:,}", "{:+.2f}", "{0:%}", "{b:*<8}", "x"])
                         for _ in range(r.randint(1, 3)))
        marks = "".join(r.choice(["%s", "%d", "%r", "%5s|", "%-5s|", "%05d", "%.2f", "%x", "%c", "%%", "%+d", "%e", "%g", "%*d", "%i", "%a"]) for _ in range(r.randint(1, 3)))
        named = "".join(r.choice(["%(a)s", "%(b)r", "%(a)5s", "%(zz)s", "%%"]) for _ in range(r.randint(1, 2)))
        values = many(plain(self.of("any", 0), ", ") for _ in range(r.randint(1, 3)))
        return expression(*r.choice([lambda: ("'", fields, "'.format(", values, optional("a=", self.of("any", 0), ", "), "b=", self.of("any", 0), ")"),
                                     lambda: ("('", marks, "' % (", values, "))"), lambda: ("'", marks, "'|format(", values, ")"),
                                     lambda: ("('", named, "' % ", self.of("dict", 0), ")"), lambda: ("'", named, "'|format(a=", self.of("any", 0), ", b=1)"),
                                     lambda: ("('", fields, "'|safe).format(", values, "a=h, b=s)")])())

    def str(self, depth):
        if self.chance(.12):
            return self.formatted(depth)
        return self.r.choice([lambda: expression(self.of("any", depth), " ~ ", self.of("any", depth)), lambda: expression(self.of("str", depth), " + ", self.of("str", depth)),
                              lambda: expression(self.of("str", depth), " * ", self.r.choice("0123")), lambda: expression(self.of("str", depth), " % ", self.of("any", depth)),
                              lambda: expression(self.of("any", depth), " ~ ", self.of("str", depth), " ~ ", self.of("any", depth))])()

    def list(self, depth):
        if self.chance(.15):
            return expression(self.of("list", depth), self.r.choice([" + ", " * "]), self.of(self.r.choice(["list", "int"]), 0))
        items = many(plain(self.of("any", depth), ", ") for _ in range(self.r.randint(0, 3)))
        return expression(*(("[", items, "]") if self.chance(.7) else ("(", items, self.of("any", 0), ",)")))

    def rows(self, depth):
        return self.r.choice([lambda: expression("rows"), lambda: expression("[", many(plain(self.of("dict", depth), ", ") for _ in range(2)), "]"),
                              lambda: expression("rows[", optional("1"), ":", "]")])()

    def dict(self, depth):
        return expression("{", many(plain(self.r.choice(["'a'", "'b'", "'name'", "1", "s", "'size'", "none"]), ": ", self.of("any", depth), ", ")
                                    for _ in range(self.r.randint(0, 3))), "}")

    def bool(self, depth):
        return self.r.choice([lambda: self.compared(depth), lambda: self.tested(depth), lambda: expression("not ", self.of("bool", depth)),
                              lambda: expression(self.of("bool", depth), self.r.choice([" and ", " or "]), self.of("bool", depth))])()

    def chosen(self, depth):
        """Inline ifs in one another, with and without else, and what binds tighter than it seems."""
        return expression("(", self.of("any", 0), " if ", self.of("bool", depth), optional(" else ", self.of("any", 0), " if ", self.of("bool", 0), optional(" else ", self.of("any", 0))), ")")

    def compared(self, depth):
        kind = self.r.choice(["int", "num", "str", "any", "list"])
        chain = [plain(self.r.choice([" == ", " != ", " < ", " <= ", " > ", " >= ", " in ", " not in "] if kind != "any" else [" == ", " != ", " in "]), self.of(kind, depth))
                 for _ in range(2 if self.chance(.15) else 1)]
        return expression(self.of(kind, depth), *chain)

    def tested(self, depth):
        name, takes, *rest = self.r.choice(TESTS)
        arguments = [self.argument(row.split(":")[1], depth) for row in (rest[0].split() if rest else [])]
        made = self.call(arguments, False)
        if arguments and self.chance(.3):
            made = plain(" ", self.leaf("any"))
        name = name if not self.chance(.004) else "notest"
        return expression(self.operand(self.of(takes, depth)), self.r.choice([" is ", " is ", " is not "]), name, made)

    def any(self, depth):
        return self.r.choice([self.int, self.num, self.str, self.list, self.dict, self.bool, self.subscript, self.chosen, self.formatted, lambda depth: self.globals(depth)])(depth)

    def globals(self, depth):
        r = self.r
        return expression(r.choice([lambda: plain("range(", self.of("int", 0), ")|list|length"),
                                    lambda: plain("range(", self.of("int", 0), ", ", self.of("int", 0), optional(", ", self.of("int", 0)), ")", r.choice(["", "|first", "|length", "[1]", "[::-2]", " == rg"])), lambda: plain("fn(", self.of("any", depth), ", k=", self.of("any", depth), ")"),
                                    lambda: plain("fn(", self.of("any", 0), ", k=", self.of("any", 0), ", *", self.of("list", 0), optional(", **", self.of("dict", 0)), ")"),
                                    lambda: plain("namespace(", self.of("dict", 0), optional(", b=1"), ").", r.choice("ab")),
                                    lambda: plain("dict(", self.of("dict", depth), ", k=", self.of("any", 0), ")"), lambda: plain("dict(", self.of("any", 0), ")"),
                                    lambda: "lipsum(n=0)", lambda: "cycler(1, 2).next()", lambda: "joiner('-')()", lambda: plain("namespace(", "a=", self.of("any", 0), ").a"),
                                    lambda: plain(r.choice(["missing(", "raises("]), self.of("str", 0), ")") if self.chance(.1) else "fn()"])())
