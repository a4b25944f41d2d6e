"""Methods and formatting against the Python that runs this: thousands of random calls through `burin batch`.

Each case is a template {{ [x.method(a0, ...)] }} (or "%"), so that the repr of the result shows; errors compare by class and message.
Only CPython 3.11 is the truth; with another one there is nothing to compare with. BURIN_CASES, BURIN_SEED: how many, which.
Markup takes part where markupsafe 2.1 is installed."""
import json
import os
import random
import subprocess
import sys

try:
    import markupsafe
    Markup = markupsafe.Markup if markupsafe.__version__.startswith("2.1.") else None
except ImportError:
    Markup = None

R = random.Random(int(os.environ.get("BURIN_SEED", "1")))
CASES = int(os.environ.get("BURIN_CASES", "8000"))
ASCII = "aabbcAB zZ0 1,,.-_+\t\n<&"
UNICODE = "éßǅΣσςİıﬁäÄ日€😀\u00a0\u2028\u0345ẞ٣²½ñ\u0301’"


def text(most=8):
    letters = ASCII + UNICODE if R.random() < .35 else ASCII
    made = "".join(R.choice(letters) for _ in range(R.randint(0, most)))
    return Markup(made) if Markup and R.random() < .15 else made


def integer():
    return R.choice([0, 1, -1, 2, 3, -5, 10, True, False, 10**20, -10**25, 2**63, -2**63, R.randint(-1000, 1000), R.randint(-10**15, 10**15)])


def real():
    return R.choice([0.0, -0.0, 1.0, 1.5, 0.1, 1e16, 1e15, 1e-5, 123456.789, float("inf"), 1e300, 5e-324, 2.675, 0.5, 9.995, 1e22,
                     R.uniform(-1000, 1000), R.gauss(0, 1) * 10 ** R.randint(-20, 20), R.randint(-10**6, 10**6) / 1000])


def anything(depth=0):
    kinds = [text, text, integer, real, lambda: None, lambda: R.random() < .5]
    if depth < 2:
        kinds += [lambda: [anything(depth + 1) for _ in range(R.randint(0, 3))], lambda: tuple(anything(depth + 1) for _ in range(R.randint(0, 3))),
                  lambda: {R.choice(["a", "b", 1]): anything(depth + 1) for _ in range(R.randint(0, 2))}, lambda: text(4).encode()]
    return R.choice(kinds)()


def or_wrong(value, chance=.04):
    return anything() if R.random() < chance else value


def place():
    return R.choice([None, 0, 1, 2, -1, -2, 5, 100, -100, 10**30])


def part(of):
    start = R.randint(0, len(of))
    return of[start:start + R.randint(0, 3)] if R.random() < .8 else text(2)


def spec():
    made = R.choice(["", "", R.choice(["*", "é", "0", ""]) + R.choice("<>^=")])
    made += R.choice(["", "", "", "+", "-", " "]) + R.choice([""] * 9 + ["z"]) + R.choice([""] * 6 + ["#"]) + R.choice(["", "", "", "0"])
    made += R.choice(["", "1", "5", "10", "20"]) + R.choice(["", "", "", ",", "_"]) + R.choice(["", "", ".0", ".1", ".3", ".17", ".40"])
    return made + R.choice([""] * 3 + list("bcdeEfFgGnosxX%dfgq"))


PLAIN = """capitalize casefold isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper lower
    swapcase title upper""".split()


def of_str():
    x = text(R.choice([3, 8, 20]))
    name = R.choice(PLAIN + """center ljust rjust zfill count find index rfind rindex startswith endswith strip lstrip rstrip partition rpartition
        removeprefix removesuffix replace split rsplit splitlines join expandtabs encode translate""".split() * 2)
    named = {}
    if name in PLAIN:
        args = []
    elif name in ("center", "ljust", "rjust"):
        args = [or_wrong(R.randint(-3, 20)), or_wrong(R.choice(["*", "é", "<", "xx"]))][:R.randint(1, 2)]
    elif name == "zfill":
        args = [or_wrong(R.randint(-2, 15))]
    elif name in ("count", "find", "index", "rfind", "rindex", "startswith", "endswith"):
        args = [or_wrong(part(x)), or_wrong(place()), or_wrong(place())][:R.randint(1, 3)]
    elif name in ("strip", "lstrip", "rstrip"):
        args = R.choice([[], [or_wrong(part(x) + part(x))]])
    elif name in ("partition", "rpartition", "removeprefix", "removesuffix"):
        args = [or_wrong(part(x))]
    elif name == "replace":
        args = [or_wrong(part(x)), or_wrong(text(3)), or_wrong(R.randint(-1, 3))][:R.randint(2, 3)]
    elif name in ("split", "rsplit"):
        args = [or_wrong(R.choice([None, part(x), ","])), or_wrong(R.randint(-1, 3))][:R.randint(0, 2)]
        named = {"maxsplit": R.randint(0, 2)} if R.random() < .2 and len(args) < 2 else {}
    elif name == "splitlines":
        args = R.choice([[], [True]])
    elif name == "join":
        args = [or_wrong([or_wrong(text(3)) for _ in range(R.randint(0, 3))])]
    elif name == "expandtabs":
        args = R.choice([[], [or_wrong(R.randint(-1, 9))]])
    elif name == "encode":
        args = [R.choice(["utf-8", "ascii", "latin-1", "utf-16", "utf-32-be", "foo"]), R.choice(["strict", "ignore", "replace", "xmlcharrefreplace",
                                                                                                "backslashreplace"])][:R.randint(0, 2)]
    else:
        args = [{ord(c): R.choice(["x", None, 65, "éé", 1.5]) for c in x if R.random() < .5}]
    return x, name, args, named


def of_format():
    x = "".join(R.choice(["", "a", "é", "{{", "}}", "<"]) + "{" + R.choice(["", "", "0", "1", "a", "a[0]", "0[a]", ".real", "0[", "b c"]) +
                R.choice(["", "", "", "!r", "!s", "!a", "!x"]) + R.choice(["", "", ":" + spec(), ":{w}", ":>{w}"]) + "}" for _ in range(R.randint(1, 3)))
    x = Markup(x) if Markup and R.random() < .2 else x
    return x, "format", [anything() for _ in range(R.randint(0, 3))], {name: R.choice([anything(), 7, "x"]) for name in ("a", "w") if R.random() < .6}


def of_spec():
    return "{:" + spec() + "}", "format", [R.choice([integer, real, real, text, anything])()], {}


def of_percent():
    x, args = "", []
    for _ in range(R.randint(0, 3)):
        letter = R.choice("srdifeEgGxXocau%q" + "sdf")
        value = {"c": lambda: R.choice([65, "é", -1, "ab"])}.get(letter, integer if letter in "diuxXo" else real if letter in "eEfgG" else text)()
        x += R.choice(["", "a", "é", "%%"]) + "%" + "".join(R.choice("+- #0") for _ in range(R.choice([0, 0, 1, 2])))
        x += R.choice(["", "", "1", "5", "20"]) + R.choice(["", "", ".", ".0", ".3", ".25"]) + letter
        args.append(or_wrong(value, .1))
    x = Markup(x) if Markup and R.random() < .2 else x
    return x, "%", [tuple(args) if R.random() < .9 or len(args) != 1 else args[0]], {}


def of_number():
    if R.random() < .5:
        x, name = integer(), R.choice("as_integer_ratio bit_count bit_length conjugate to_bytes".split())
        args = [R.choice([1, 2, 8, 9, 20]), R.choice(["big", "little", "x"])][:R.randint(1, 2)] if name == "to_bytes" else []
        return x, name, args, {"signed": True} if args and R.random() < .5 else {}
    return real(), R.choice("as_integer_ratio conjugate hex is_integer".split()), [], {}


def encoded(value):
    if Markup and isinstance(value, Markup):
        return {"$markup": str(value)}
    if isinstance(value, float):
        return {"$float": repr(value)} if value in (float("inf"), float("-inf")) else value
    if isinstance(value, int) and not isinstance(value, bool):
        return {"$int": str(value)}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, (list, tuple)):
        items = [encoded(item) for item in value]
        return items if isinstance(value, list) else {"$tuple": items}
    if isinstance(value, dict):
        return {"$dict": [[encoded(key), encoded(item)] for key, item in value.items()]}
    return value


def case_of(x, name, args, named):
    """The request, and the answer that Python gives: (repr) or (class, message)."""
    context = {"x": encoded(x), **{"a%d" % n: encoded(arg) for n, arg in enumerate(args)}, **{"k_" + n: encoded(v) for n, v in named.items()}}
    listed = ", ".join(["a%d" % n for n in range(len(args))] + ["%s=k_%s" % (n, n) for n in named])
    source = "{{ [x % a0] }}" if name == "%" else "{{ [x.%s(%s)] }}" % (name, listed)
    try:
        want = ("[%r]" % ((x % args[0],) if name == "%" else (getattr(x, name)(*args, **named),)),)
    except Exception as problem:
        want = (type(problem).__name__, str(problem))
    return {"source": source, "context": context}, want


def main():
    if sys.version_info[:2] != (3, 11):
        print("skipped: this is Python %d.%d, not 3.11" % sys.version_info[:2])
        return 77
    made = [case_of(*R.choice([of_str, of_str, of_str, of_format, of_spec, of_spec, of_percent, of_percent, of_number])()) for _ in range(CASES)]
    lines = "".join(json.dumps(dict(request, id=str(n))) + "\n" for n, (request, _) in enumerate(made))
    done = subprocess.run([os.environ["BURIN"], "batch"], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    failures = 0
    for (request, want), answer in zip(made, answers, strict=True):
        got = (answer["error"], answer.get("message")) if "error" in answer else (answer["output"],)
        if got == want or (want[0] == "MemoryError" and got[0] == want[0]) or " at 0x" in want[0]:
            continue
        failures += 1
        if failures <= 20:
            print("%s\n  want %r\n  got  %r" % (json.dumps(request, ensure_ascii=False), want, got))
    print("%d calls, %d differ" % (len(made), failures))
    return 1 if failures else 0


sys.exit(main())
