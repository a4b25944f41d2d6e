"""The scripts that ./build.sh bench expr runs in every engine that speaks Python: each defines what is then called."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def loop(n):
    total = 0
    i = 0
    while i < n:
        total = (total * 31 + i) % 1000003
        i = i + 1
    return total


def report(rows):
    lines = []
    for row in rows:
        if row["active"] and row["score"] > 250:
            lines.append(row["name"] + ": " + str(row["score"] * 2) + " points")
    return "\n".join(lines)


def labels(rows):
    lines = []
    for row in rows:
        lines.append(f"{row['name']:>12}: {row['score']:5d} points, {row['score'] / 10:.1f}%")
    return "\n".join(lines)


def table(n):
    return [{"name": "player " + str(i), "score": i * 7 % 1000, "active": i % 3 != 0} for i in range(n)]
