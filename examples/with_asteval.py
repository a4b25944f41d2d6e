"""A program whose settings are Python expressions, with asteval. migrate.c is the same with Burin; the outputs are the same."""
from asteval import Interpreter

interpreter = Interpreter(use_numpy=False, readonly_symbols=["budget"], no_while=True)
interpreter.symtable["budget"] = 1000
interpreter.symtable["rate"] = 0.19


def fee(amount):
    return amount * 0.05 if amount > 100 else 5


interpreter.symtable["fee"] = fee

interpreter("def gross(net):\n    return round(net * (1 + rate), 2)\n")
print(interpreter("gross(100)"))
interpreter("rate = 0.07")
print(interpreter("gross(100)"))
print(interpreter("[fee(x) for x in (50, 400)]"))

for text in ("gross(1) / 0", "budget = 5", "gross(", "missing + 1", "x = 1\nwhile x: pass"):
    interpreter(text, show_errors=False)
    print(interpreter.error[0].get_error()[0])
    interpreter.error = []
print(interpreter.symtable["budget"])
