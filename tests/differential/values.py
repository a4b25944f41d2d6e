"""Random data, in the JSON of docs/BATCH.md, and the literals of the language."""

WORDS = ["oak", "Elm", "birch", "ASH", "willow", "fir tree", "", "Zürich", "ﬁne", "naïve", "ΣΊΣΥΦΟΣ", "ß", "日本", "x<y", "a&b", "it's", "\"q\"", "tab\there",
         "two\nlines", "  space  ", "12", "-3", "4.5", "1e2", "0x1F", "0b11", "1_000", "None", "a-b-c", "k=v", "%s|%d", "{0}{}", "é\u0301", "\u00a0", "a\r\nb", "😀"]
LONG = ["The quick brown fox jumps over the lazy dog, twice-over and again.", "see http://oak.org/a?b=1&c=(2), or mail ann@elm.example now.",
        "<p class=\"c\">Bold <b>move</b> &amp; more &lt;text&gt;</p>\n  <!-- gone -->\n", "one\n  two\n\n    three   four\n", "word " * 9, "www.a-b.org/x. (ftp://no.net/)"]
INTEGERS = [0, 1, 2, 3, 5, 7, 10, 42, 100, 1023, 1024, -1, -2, -10, 10**6, 2**31, 2**53 + 1, -2**63, 10**20]
REALS = [0.0, 0.5, 1.0, 1.5, 2.5, -0.25, -0.0, 3.14159, 1e16, 1e-7, 123456.789, 2.675, 1e22, 1e300]
NAMES = {"i": "int", "j": "int", "n": "num", "s": "str", "t": "str", "h": "str", "xs": "list", "ys": "list", "rows": "rows", "d": "dict", "e": "dict", "tup": "list",
         "it": "iterator", "o": "object", "no": "any", "yes": "any", "z": "any", "und": "any", "fn": "function", "by": "bytes", "st": "any", "rg": "list"}
ATTRIBUTES = ["name", "size", "kind", "tags", "up.left", "missing", "up", "tags.0"]


def wire_integer(value):
    return {"$int": str(value)} if abs(value) > 2**53 else value


def wire_real(value):
    return value


class Values:
    def __init__(self, random):
        self.r = random

    def integer(self):
        return self.r.choice(INTEGERS[:8]) if self.r.random() < .7 else self.r.choice(INTEGERS)

    def text(self):
        return self.r.choice(LONG) if self.r.random() < .2 else self.r.choice(WORDS)

    def scalar(self):
        return self.r.choice([lambda: wire_integer(self.integer()), self.text, lambda: self.r.choice(REALS), lambda: None, lambda: True, lambda: False,
                              lambda: {"$markup": self.text()}])()

    def any(self, depth=2):
        if depth == 0 or self.r.random() < .5:
            return self.scalar()
        return self.r.choice([self.list, self.dict, lambda depth: {"$tuple": self.list(depth)}])(depth - 1)

    def list(self, depth=1):
        kind = self.r.choice([lambda: wire_integer(self.integer()), lambda: self.r.choice(WORDS), self.scalar, lambda: self.any(depth)])
        return [kind() for _ in range(self.r.choice([0, 1, 2, 3, 3, 5]))]

    def dict(self, depth=1):
        names = self.r.sample(["a", "b", "name", "Key", "items", "x y", "c", "size", "é"], self.r.choice([0, 1, 2, 3, 4]))
        return {name: self.any(depth) for name in names}

    def row(self):
        made = {"name": self.r.choice(WORDS), "size": self.r.choice(INTEGERS[:12]), "kind": self.r.choice(["a", "b", "A", "c"]), "tags": self.r.sample(WORDS, 2),
                "up": {"left": self.r.choice([1, 2, "x"])}}
        if self.r.random() < .1:
            del made[self.r.choice(list(made))]
        return made

    def context(self):
        made = {
            "i": wire_integer(self.integer()), "j": self.r.choice(INTEGERS[:10]), "n": self.r.choice(REALS + INTEGERS[:10]), "s": self.r.choice(WORDS), "t": self.text(),
            "h": {"$markup": self.text()}, "xs": [self.r.choice(INTEGERS[:12]) for _ in range(self.r.randint(0, 6))], "ys": self.r.sample(WORDS, self.r.randint(0, 5)),
            "rows": [self.row() for _ in range(self.r.randint(0, 5))], "d": self.dict(), "e": {name: self.r.choice(INTEGERS[:9]) for name in self.r.sample("abcdeXY", 3)},
            "tup": {"$tuple": self.list()}, "it": {"$iter": self.list()}, "o": {"$object": {"name": self.text(), "size": 3, "list": [1, 2]}, "str": "<Obj>"},
            "no": None, "yes": True, "z": self.any(), "fn": {"$host": "call_repr", "name": "fn"}, "by": {"$bytes": self.r.choice(["", "61", "c3a9", "00ff"])},
            "st": {"$set": [self.r.choice(INTEGERS[:9])]}, "rg": {"$range": [self.r.choice([0, 1, 5]), self.r.choice([0, 3, 7]), self.r.choice([1, 2, -1])]},
        }
        return made

    def literal_text(self):
        text, quote, made = self.text(), self.r.choice("''\""), []
        for c in text:
            code = {"\\": "\\\\", quote: "\\" + quote, "\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(c, c)
            if ord(c) > 127 and self.r.random() < .2:
                code = "\\u%04x" % ord(c) if ord(c) < 0x10000 else "\\U%08x" % ord(c)
            made.append(code)
        return quote + "".join(made) + quote

    def literal_integer(self):
        value = abs(self.integer())
        return self.r.choice([str(value)] * 8 + [hex(value), oct(value), bin(value), "{:_}".format(value)])

    def literal_real(self):
        return self.r.choice(["0.5", "1.0", "2.5", "1e3", "1.5E-2", "3.14159", "1_0.2_5", "1e16", "100.0", "2.675"])
