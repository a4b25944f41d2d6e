"""python_expr.py cpython|asteval TASK SCRIPTS WARM_MS BATCH_MS | version: the tasks of bench/c/expr.c in Python, in turns."""
import math
import sys

from measure import take_turns

E1 = "((a + b) * sin(c)) / (sqrt(d) + 1)"
E4 = "sqrt(1 - sin(2 * a) + cos(pi / b) / 3)"
CALLS = {"loop": ("loop(100000)", 933429), "fib": ("fib(20)", 6765), "report": ("len(report(rows))", 11767), "labels": ("len(labels(rows))", 33899)}


def cpython(task, scripts):
    names = dict(vars(math), a=1.5, b=2.5, c=3.5, d=4.5)
    exec(scripts + "\nrows = table(1000)\n", names)
    if task.startswith("scalar"):
        code = compile(E1 if task.endswith("E1") else E4, "<e>", "eval")

        def work():
            names["a"] += 0.001
            names["b"] += 0.001
            names["c"] += 0.001
            names["d"] += 0.001
            return eval(code, names)
        return work
    if task == "text, cached":
        return lambda: eval(E1, names)
    if task == "compile":
        return lambda: compile(E1, "<e>", "eval")
    if task == "create":
        return None
    code = compile(CALLS[task][0], "<e>", "eval")
    assert eval(code, names) == CALLS[task][1]
    return lambda: eval(code, names)


def asteval(task, scripts):
    from asteval import Interpreter
    new = lambda: Interpreter(use_numpy=False)
    if task == "create":
        return new
    interpreter = new()
    table = interpreter.symtable
    table.update(a=1.5, b=2.5, c=3.5, d=4.5)
    interpreter(scripts + "\nrows = table(1000)\n")
    if task.startswith("scalar"):
        tree = interpreter.parse(E1 if task.endswith("E1") else E4)

        def work():
            table["a"] += 0.001
            table["b"] += 0.001
            table["c"] += 0.001
            table["d"] += 0.001
            return interpreter.run(tree)
        return work
    if task == "text, cached":
        return lambda: interpreter(E1)
    if task == "compile":
        return lambda: interpreter.parse(E1)
    tree = interpreter.parse(CALLS[task][0])
    got = interpreter.run(tree)
    if got != CALLS[task][1]:
        return None
    return lambda: interpreter.run(tree)


def main():
    engine, arguments = sys.argv[1], sys.argv[2:]
    if arguments == ["version"]:
        if engine == "asteval":
            import asteval as module
            print(module.__version__)
        else:
            print("%d.%d.%d" % sys.version_info[:3])
        return
    with open(arguments[1], encoding="utf-8") as f:
        scripts = f.read()
    work = {"cpython": cpython, "asteval": asteval}[engine](arguments[0], scripts)
    if not work:
        sys.exit("there is no task %s" % arguments[0])
    take_turns(work, *map(float, arguments[2:4]))


if __name__ == "__main__":
    main()
