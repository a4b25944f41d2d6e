"""The types, operators, methods and builtins of scripts against the Python that runs this, over a pool of edge values of each type.

Each case is a request to python_driver; the answer is the repr of the result and of what may have changed, or the error's class
and message. Only CPython 3.11 is the truth. BURIN_CASES, BURIN_SEED: how many, which."""
import ast
import json
import math
import operator
import os
import random
import re
import resource
import subprocess
import sys

R = random.Random(int(os.environ.get("BURIN_SEED", "1")))
CASES = int(os.environ.get("BURIN_CASES", "20000"))

POOL = {
    "int": """0 1 -1 2 3 -5 7 10 255 256 -256 1000 4294967296 9223372036854775807 -9223372036854775808 9223372036854775808
        18446744073709551616 -18446744073709551617 100000000000000000000 -10000000000000000000000000000000 True False""".split(),
    "float": """0.0 -0.0 1.0 -1.5 0.1 2.5 -2.5 0.5 1e16 1e-5 123456.789 1e300 -1e300 5e-324 1e22 2.675 1e999 -1e999 3.0 1e15 0.30000000000000004""".split()
        + [["float", "'nan'"]],
    "complex": "0j 1j 1+2j -1.5+0.5j 2-0j 1e308+1e308j 3+4j -2+0j".split() + [["complex", "1e999", "0"], ["complex", ["float", "'nan'"], "1"]],
    "str": ["''", "'a'", "'abc'", "'aBc dE'", "'  x '", "'1'", "'-12'", "'1.5'", "'é'", "'ßa'", "'日本'", "'😀x'", "'a,b,,c'", "'a\\nb\\r\\nc'", "'\\t|'", "'1e5'",
            "'inf'", "'0x1f'", "'1_0'", "'{}'", "'%s'", "'1+2j'", "'İ'", "'ab' 'ab'", "'()'", "'None'"],
    "bytes": ["b''", "b'a'", "b'abc'", "b'aBc dE'", "b' 12 '", "b'\\xff\\x00'", "b'a,b,,c'", "b'a\\nb\\r\\nc'", "b'\\t|'", "b'%s'"],
    "bytearray": [["bytearray", "b''"], ["bytearray", "b'abc'"], ["bytearray", "b'aBc dE'"], ["bytearray", "b'a,b'"], ["bytearray", "b'\\xff'"]],
    "list": ["[]", "[1]", "[1, 2, 3]", "['a', 'b']", "[3, 1, 2]", "[1, 'a']", "[[1], [2, 3]]", "[1.5, True, 1]", "[0, 0]", "[None]", "[(1, 2), (3, 4)]", "[255, 0]",
             "['b', 'a', 'c']", "[1j, 2]"],
    "tuple": ["()", "(1,)", "(1, 2, 3)", "('a', 'b')", "(1, 'a')", "((1, 2),)", "(0, 255)", "('abc', 2)", "(1.5, 2)"],
    "dict": ["{}", "{'a': 1}", "{1: 2, 'b': [3]}", "{'x': None, 'y': 2}", "{(1, 2): 3}", "{1.0: 'a'}", "{97: 'b', 98: None}", "{'a': 2, 'c': 3}"],
    "set": ["{1}", "{1, 2, 3}", "{'a'}", "{2, 3}", "{1.0, 5}", ["set"]],
    "frozenset": [["frozenset"], ["frozenset", "[1, 2]"], ["frozenset", "'a'"]],
    "range": [["range", "0"], ["range", "5"], ["range", "10", "0", "-3"], ["range", "1", "2"], ["range", "-3", "3"],
              ["range", "-9223372036854775808", "9223372036854775808", "4611686018427387904"], ["range", "18446744073709551616", "0", "-9223372036854775807"]],
    "slice": [["slice", "1"], ["slice", "1", "3"], ["slice", "None", "None", "-1"], ["slice", "0", "10", "2"], ["slice", "-2", "None"], ["slice", "'a'"], ["slice", "1", "2", "0"]],
    "none": ["None"],
    "type": ["@int", "@str", "@list", "@bool", "@ValueError", "@dict"],
}
METHODS = {
    "str": [m for m in dir(str) if not m.startswith("_")], "bytes": [m for m in dir(bytes) if not m.startswith("_")],
    "bytearray": [m for m in dir(bytearray) if not m.startswith("_")], "list": [m for m in dir(list) if not m.startswith("_")],
    "tuple": ["count", "index"], "dict": [m for m in dir(dict) if not m.startswith("_")], "set": [m for m in dir(set) if not m.startswith("_")],
    "frozenset": [m for m in dir(frozenset) if not m.startswith("_")], "int": [m for m in dir(int) if not m.startswith("_")],
    "float": [m for m in dir(float) if not m.startswith("_")], "complex": [m for m in dir(complex) if not m.startswith("_")],
    "range": ["count", "index", "start", "stop", "step"], "slice": ["indices", "start", "stop", "step"],
}
PROPERTIES = {"real", "imag", "numerator", "denominator", "start", "stop", "step"}
FUNCTIONS = """abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter float format frozenset hash hex int
    isinstance iter len list map max min next oct ord pow range repr reversed round set slice sorted str sum tuple type zip""".split()
MATH = """acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist exp exp2 expm1 fabs factorial floor fmod frexp fsum gcd
    hypot isclose isfinite isinf isnan isqrt lcm ldexp log log10 log1p log2 modf perm prod radians sin sinh sqrt tan tanh trunc""".split()
NAMED = {"sum": ["start"], "max": ["key", "default"], "min": ["key", "default"], "sorted": ["key", "reverse"], "round": ["ndigits", "number"],
         "pow": ["mod", "exp", "base"], "int": ["base"], "enumerate": ["start"], "zip": ["strict"], "str": ["encoding", "errors", "object"], "dict": ["a", "b"],
         "prod": ["start"], "isclose": ["rel_tol", "abs_tol"], "complex": ["real", "imag"], "bytes": ["source", "encoding"], "print": ["sep"]}
BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
          "<<": operator.lshift, ">>": operator.rshift, "&": operator.and_, "|": operator.or_, "^": operator.xor, "@": operator.matmul}
INPLACE = {"+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv, "//": operator.ifloordiv, "%": operator.imod, "**": operator.ipow,
           "<<": operator.ilshift, ">>": operator.irshift, "&": operator.iand, "|": operator.ior, "^": operator.ixor, "@": operator.imatmul}
COMPARE = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
           "in": lambda a, b: a in b, "not in": lambda a, b: a not in b}
UNARY = {"-": operator.neg, "+": operator.pos, "~": operator.invert}
NAMES = {name: getattr(__builtins__, name) for name in dir(__builtins__) if not name.startswith("_")}
NAMES.update({name: getattr(math, name) for name in MATH})


class Shown(str):
    pass


def value(kind=None):
    kind = kind or R.choice(list(POOL))
    return R.choice(POOL[kind])


def number():
    return value(R.choice(["int", "int", "float", "float", "complex", "int"]))


def anything(*likely):
    return value(R.choice(likely)) if likely and R.random() < .75 else value()


def made(spec):
    if isinstance(spec, list):
        return NAMES[spec[0]](*[made(part) for part in spec[1:]])
    return NAMES[spec[1:]] if spec.startswith("@") else ast.literal_eval(spec)


def case_call():
    if R.random() < .4:
        name = R.choice(MATH)
        args = [anything("int", "float", "int") for _ in range(R.choice([1, 1, 1, 2, 2, 0, 3]))]
        if name in ("fsum", "prod"):
            args = [R.choice(["[1, 2.5, 3]", "[]", "[0.1] ", "[1e100, 1.0, -1e100]", "[0.1, 0.2, 0.3]", "['a']", "[1e308, 1e308]", "[1, 2, 3]", "(1e999, 1.0)"])]
        if name == "dist":
            args = [R.choice(["[1, 2]", "(0.1, 0.5)", "[1]", "[3.5, 1e-5]"]) for _ in range(2)]
    else:
        name = R.choice(FUNCTIONS)
        args = [anything(*{"pow": ["int", "float"], "divmod": ["int", "float"], "round": ["float", "int"], "int": ["str", "int"], "float": ["str"],
                           "complex": ["str", "float"], "isinstance": ["int", "type"], "sum": ["list", "tuple"], "min": ["list", "int"], "max": ["list", "int"],
                           "sorted": ["list", "tuple", "str"], "chr": ["int"], "ord": ["str"], "hex": ["int"], "map": ["type", "list"],
                           "filter": ["type", "list"], "zip": ["list", "tuple"], "range": ["int"], "reversed": ["list", "str"],
                           "format": ["float", "str"]}.get(name, ["int", "list", "str", "dict"]))
                for _ in range(R.choice([1, 1, 1, 2, 2, 0, 3]))]
        if name in ("map", "filter") and args and R.random() < .8:
            args[0] = R.choice(["@str", "@int", "@len", "@abs", "None", "@bool"])
    named = {}
    if name in NAMED and R.random() < .35:
        named = {R.choice(NAMED[name] + ["bogus"] * (R.random() < .2)): R.choice(["1", "0", "None", "'a'", "@len", "@str", "True", "[]", "2.5", "-1", "10", "16"])}
    return ["call", name, args, named]


def case_method():
    kind = R.choice(list(METHODS))
    name = R.choice(METHODS[kind])
    likely = {"str": ["str", "str", "int"], "bytes": ["bytes", "bytearray", "int"], "bytearray": ["bytes", "bytearray", "int"], "list": ["int", "list"],
              "dict": ["str", "int", "dict"], "set": ["set", "frozenset", "list"], "frozenset": ["set", "frozenset", "list"]}.get(kind, ["int", "float"])
    args = [anything(*likely) for _ in range(R.choice([0, 0, 1, 1, 1, 2, 2, 3]))]
    if name in ("format", "format_map"):
        args = []
    if name in PROPERTIES:
        args = [None]
    return ["method", value(kind), name, args, {}]


def case_operator():
    deed = R.choice(["binary", "binary", "inplace", "inplace", "compare", "compare", "unary"])
    sign = R.choice(list({"binary": BINARY, "inplace": INPLACE, "compare": COMPARE, "unary": UNARY}[deed]))
    a = anything("int", "float", "complex", "set", "list") if R.random() < .6 else value()
    if deed == "unary":
        return [deed, sign, a]
    if R.random() < .5:
        a, b = number(), number()
    else:
        kind = R.choice(list(POOL))
        a, b = (value(kind), value(kind)) if R.random() < .5 else (a, value())
    return [deed, sign, a, b]


def case_percent():
    """bytes % values: every conversion, flag, width and precision."""
    text = "".join(R.choice(["", "a", "%%", "\\xff"]) + "%" + R.choice(["", "", "(k)"] if R.random() < .2 else [""]) + R.choice(["", "", "-", "0", "+", "#", " "]) +
                   R.choice(["", "", "5", "12", "*"]) + R.choice(["", "", ".0", ".2", ".*"]) + R.choice("sbradioxXeEfFgGcdsbq%") for _ in range(R.randint(1, 2)))
    spec = "b'%s'" % text.replace("'", "")
    args = "(" + "".join(R.choice(["1", "-5", "2.5", "b'x'", "b'abc'", "65", "300", "'a'", "None"]) + ", " for _ in range(R.randint(0, 3))) + ")"
    made_of = R.choice([spec, spec, ["bytearray", spec]])
    return ["binary", "%", made_of, R.choice([args, args, args, value(), "{b'k': 5}"])]


def case_format():
    """format(value, specification): fills, alignments, signs, widths, groupings, precisions and types."""
    spec = R.choice(["", "", R.choice(["*", "0", "x"]) + R.choice("<>^=")]) + R.choice(["", "", "+", " ", "-"]) + R.choice(["", "", "", "z"]) + R.choice(["", "", "#"])
    spec += R.choice(["", "", "0"]) + R.choice(["", "5", "20"]) + R.choice(["", "", ",", "_"]) + R.choice(["", "", ".0", ".2", ".10"]) + R.choice([""] * 3 + list("bcdeEfFgGnosxX%"))
    return ["call", "format", [anything("complex", "complex", "float", "int"), "'" + spec + "'"], {}]


def case_unbound():
    """Methods taken from their types: str.upper, dict.fromkeys."""
    kind = R.choice(["str", "bytes", "list", "dict", "int", "float", "set", "frozenset", "bytearray", "tuple"])
    name = R.choice([m for m in METHODS[kind] if m not in PROPERTIES and m not in ("format", "format_map")])
    args = [value(kind)] if R.random() < .8 else []
    return ["method", "@" + kind, name, args + [anything(kind, "int") for _ in range(R.choice([0, 0, 1, 1, 2]))], {}]


def case_item():
    kind = R.choice(["list", "list", "bytearray", "dict", "tuple", "str", "bytes", "range", "int", "set"])
    deed = R.choice(["get", "set", "del"])
    key = value("slice") if R.random() < .5 else anything("int", "int", "str")
    if deed == "get" and kind in ("set", "int", "none"):
        kind = "list"
    request = [deed, value(kind), key]
    return request + [anything("list", "tuple", "int", "bytes")] if deed == "set" else request


def shown(v):
    return repr(list(v)) if hasattr(v, "__next__") else repr(v)


def too_much(request):
    """What CPython would take minutes or gigabytes for, and we refuse by a limit."""
    if request[0] in ("binary", "inplace") and request[1] == "%" and "*" in str(request[2]):
        return bool(re.search(r"\d{4}", str(request[3])))
    if request[0] in ("binary", "inplace") and request[1] in ("**", "<<", "*") or request[:2] in (["call", "pow"],):
        operands = request[2:] if request[0] != "call" else request[2] + list(request[3].values())
        values = [made(o) for o in operands if isinstance(o, str) and not o.startswith("@")]
        return any(isinstance(v, int) and abs(v) > 1000 for v in values)
    if request[:2] == ["call", "range"] or request[0] == "call" and request[1] in ("bytes", "bytearray", "factorial", "perm", "comb", "ldexp", "isqrt", "round"):
        return request[1] != "isqrt" and any(isinstance(v, int) and abs(v) > 1000 for v in map(made, request[2] + list(request[3].values())))
    if request[0] == "method":
        return request[2] in ("center", "ljust", "rjust", "zfill", "expandtabs", "to_bytes") and any(
            isinstance(v, int) and abs(v) > 10000 for v in map(made, request[3]))
    return False


def wanted(request):
    deed, self = request[0], None
    try:
        if deed == "call":
            args, named = [made(a) for a in request[2]], {k: made(v) for k, v in request[3].items()}
            result = NAMES[request[1]](*args, **named)
        elif deed == "method":
            self = made(request[1])
            result = getattr(self, request[2])
            if request[3] != [None]:
                result = result(*[made(a) for a in request[3]])
        elif deed == "unary":
            self = made(request[2])
            result = UNARY[request[1]](self)
        elif deed in ("binary", "inplace", "compare"):
            self, other = made(request[2]), made(request[3])
            result = {"binary": BINARY, "inplace": INPLACE, "compare": COMPARE}[deed][request[1]](self, other)
        else:
            self, key, result = made(request[1]), made(request[2]), None
            if deed == "get":
                result = self[key]
            elif deed == "del":
                del self[key]
            else:
                self[key] = made(request[3])
        answer = {"value": shown(result), "self": repr(self)}
    except Exception as problem:
        answer = {"error": type(problem).__name__, "message": str(problem), "self": repr(self)}
    return answer


def normal(text, request):
    """CPython's order of sets is its own: what comes of them is compared as a bag of characters. A method of bytes sees the
    bytes of a bytearray, and names them so when they are of the wrong type."""
    if "'bytes' object" in text or "bytearray" in str(request):
        text = text.replace("bytearray", "bytes")
    return "".join(sorted(text)) if re.search(r"[{]|set", str(request)) else text


def same(request, want, got):
    if " at 0x" in str(want) or want.get("error") == "MemoryError":
        return True
    if got.get("error") == "LimitError":
        return False
    return all(normal(str(want.get(k)), request) == normal(str(got.get(k)), request) for k in ("value", "error", "message", "self"))


def main():
    if sys.version_info[:2] != (3, 11):
        print("skipped: this is Python %d.%d, not 3.11" % sys.version_info[:2])
        return 77
    requests = []
    while len(requests) < CASES:
        request = R.choice([case_call, case_call, case_method, case_method, case_operator, case_operator, case_item, case_percent, case_format, case_unbound])()
        if not too_much(request):
            requests.append(request)
    driver = os.path.join(os.environ["BURIN_BUILD"], "tests", "python_driver")
    if "BURIN_SAVE" in os.environ:
        open(os.environ["BURIN_SAVE"], "w").writelines(json.dumps(r) + "\n" for r in requests)
    done = subprocess.run([driver], input="".join(json.dumps(r) + "\n" for r in requests).encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))  # for Python: what slips through too_much is a MemoryError
    failures = 0
    for request, got in zip(requests, answers, strict=True):
        want = wanted(request)
        if same(request, want, got) or known(request, want):
            continue
        failures += 1
        if failures <= int(os.environ.get("BURIN_SHOWN", "20")):
            print("%s\n  want %r\n  got  %r" % (json.dumps(request, ensure_ascii=False), want, got))
    print("%d cases, %d differ" % (len(requests), failures))
    return 1 if failures else 0


def known(request, want):
    """Differences by design."""
    text = str(want)
    return (
        "__class_getitem__" in text  # its method has no name here
        or request[:2] == ["call", "hash"] and request[2] and not isinstance(made(request[2][0]), (int, float, complex))  # of texts: seeded
        or request[:2] == ["call", "hash"] and "nan" in str(request)  # of its address
        or request[:2] == ["call", "type"] and len(request[2]) == 3  # makes no classes
        or request[0] == "method" and request[1] == "@int" and request[3] and request[3][0] in ("True", "False")  # int's method of a bool, named so
        or request[:2] == ["call", "enumerate"] and not request[2]  # words of its own for one function
        or request[0] in ("binary", "inplace") and request[1] == "|" and re.search(r"\w \| \w|<class", text)  # no unions of types
        or request[0] == "method" and request[2] == "pop" and "set" in text + str(request)  # any item
        or request[0] == "method" and request[2] == "pop" and str(request[1]).startswith("{")
        or request[0] == "method" and request[2] == "indices" and re.search(r"\d{19}", str(request[3]))  # lengths beyond 64 bits
        or request[0] == "method" and request[2] == "hex" and request[3]  # what a separator may not be
        or "update" in str(request[:3]) and "@dict" in str(request) or request[:2] == ["call", "dict"] and "@dict" in str(request[2])  # dict.keys as a mapping's
        or request[0] == "call" and re.search(r"[{]|set", str(request[2])) and request[1] in ("zip", "next", "enumerate", "filter", "map")  # in whose order
        or request[0] in ("binary", "inplace") and request[1] == "%" and re.search(r"[{]|set", str(request[3]))
    )


sys.exit(main())
