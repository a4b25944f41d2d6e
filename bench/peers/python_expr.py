"""python_expr.py cpython|asteval TASK SCRIPTS WARM_MS BATCH_MS BATCHES | version: the tasks of bench/c/expr.c in Python. One line of JSON."""
import json
import math
import statistics
import sys
import time

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


def measure(work, warm_ms, batch_ms, batches):
    begin, runs = time.thread_time_ns(), 0
    while runs == 0 or time.thread_time_ns() - begin < warm_ms * 1e6:
        work()
        runs += 1
    count = max(1, int(batch_ms * 1e6 / ((time.thread_time_ns() - begin) / runs)))
    took = []
    for _ in range(batches if count > 1 else 1):
        begin = time.thread_time_ns()
        for _ in range(count):
            work()
        took.append((time.thread_time_ns() - begin) / count)
    return {"median_ns": statistics.median(took), "best_ns": min(took)}


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
    print(json.dumps(measure(work, *map(float, arguments[2:4]), int(arguments[4])) if work else None))


if __name__ == "__main__":
    main()
