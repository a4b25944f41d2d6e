"""Figures to Markdown: docs/BENCHMARKS.md, and the short table of README.md."""
import re
import statistics

import chart

HEAD = """# Benchmarks

Made by `./build.sh bench` on {date}: {cpu}, {cores} cores, {compiler}; {rounds} rounds; load average {load:.1f} when it began.

Times are CPU time of the rendering thread. `c` is the limit: each page written by hand in C over typed structs, for the
same processor level (plain x86-64) and with the same optimisation as Burin's library. Burin gets its data as values read
from JSON, or (`burin, structs`) reads the very structs that `c` reads, through the public API, into a reused render. All engines take turns,
a batch of some milliseconds each; a ratio is the median of those within one round (`bench/run.py`). A `–` is a page that an engine cannot render, or renders differently. Burin and Jinja2 run with auto_reload off, as a server in production does:
no file is asked for its date during a render. Sailfish and Askama are compiled by rustc over types of Rust, as `c` is: they have
no dicts and no values known at run time only; LuaJIT runs the template as a Lua function that joins a table of pieces.

Versions: {versions}.
"""


def number(ns):
    """Nanoseconds as microseconds, three digits that say something."""
    us = ns / 1000
    return "%.0f" % us if us >= 100 else "%.1f" % us if us >= 10 else "%.2f" % us if us >= 1 else "%.3f" % us


def ratio(x):
    return "%.0f" % x if x >= 20 else "%.1f" % x if x >= 3 else "%.2f" % x


def table(names, workloads, cell):
    lines = ["| engine | " + " | ".join(workloads) + " |", "|---|" + "---:|" * len(workloads)]
    for name in names:
        cells = [cell(name, workload) for workload in workloads]
        if any(c is not None for c in cells):
            lines.append("| %s | %s |" % (name, " | ".join("–" if c is None else c for c in cells)))
    return "\n".join(lines) + "\n"


def text(results, names, workloads):
    groups = {}
    for row in results["times"]:
        groups.setdefault((row["engine"], row["workload"]), []).append(row)

    def median(name, workload):
        rows = groups.get((name, workload))
        return rows and statistics.median(r["ns"] for r in rows)

    def time_cell(name, workload):
        rows = groups.get((name, workload))
        return rows and "%s (%s)" % (number(median(name, workload)), number(min(r["ns"] for r in rows)))

    times_c = ratios(results["times"])

    def ratio_cell(name, workload):
        return ratio(times_c[name][workload]) if workload in times_c.get(name, ()) else None

    def times_burin(name, workload):
        mine = {r["round"]: r["ns"] for r in groups.get(("burin", workload), ())}
        both = [r["ns"] / mine[r["round"]] for r in groups.get((name, workload), ()) if r["round"] in mine]
        return ratio(statistics.median(both)) if both else None

    versions = ", ".join("%s %s" % pair for pair in results["versions"].items() if pair[1])
    parts = [HEAD.format(versions=versions or "none", rounds=results["rounds"], **results["machine"])]
    parts.append("## A warm render, µs: median (best)\n\n" + table(names, workloads, time_cell))
    parts.append("## Times the hand-written C\n\n" + table(names, workloads, ratio_cell) + "\nGeometric means over the pages that an engine renders: %s.\n" %
                 ", ".join("%s %s" % (name, ratio(chart.mean(times_c[name].values()))) for name in names if name in times_c and name != "c"))
    parts.append("## How many times Burin's time\n\n" + table([n for n in names if n not in ("c", "burin")], workloads, times_burin))
    cold = {(row["engine"], row["workload"]): row for row in results["cold"]}
    cold_workloads = [w for w in workloads if any(key[1] == w for key in cold)]
    if cold:
        def cold_cell(kind):
            return lambda name, workload: number(cold[name, workload][kind]) if (name, workload) in cold else None
        parts.append("## Text to program, µs\n\n" + table(names, cold_workloads, cold_cell("compile_ns")))
        parts.append("## Text to page, once, µs\n\n" + table(names, cold_workloads, cold_cell("cold_ns")))
    if results["long"]:
        rows = {row["engine"]: row for row in results["long"]}
        kinds = {"text to program": "compile_ns", "text to output": "cold_ns"}
        parts.append("## A template of 20 KB, once, µs\n\nTables of prices one after another, %.0f KB of output.\n\n" % (results["long"][0]["bytes"] / 1000) +
                     table(names, kinds, lambda name, kind: number(rows[name][kinds[kind]]) if name in rows else None))
    counts = results["mallocs"]
    if counts:
        parts.append("## Calls of malloc in a warm render of Burin\n\n" +
                     table(["burin"], workloads, lambda _, w: "%g" % counts[w] if w in counts else None))
    return "\n".join(parts)


README_ROWS = (("teams", "a short list (0.4 KB)"), ("stocks20", "a table of prices (6 KB)"), ("inherit", "a site's page: inheritance, macros (26 KB)"),
               ("bigtable", "10,000 cells (110 KB)"), ("chat", "a prompt of 22 messages (9 KB)"))
README_ENGINES = (("burin", "Burin"), ("burin, native", "Burin, native"), ("c", "hand-written C"), ("askama", "Askama"), ("sailfish", "Sailfish"), ("minijinja", "minijinja"), ("llama.cpp", "llama.cpp"), ("jinja2", "Jinja2"))


def ratios(times):
    """{engine: {workload: times C}}: the median of the ratios within a round."""
    rows = {}
    for row in times:
        rows.setdefault(row["engine"], {}).setdefault(row["workload"], []).append(row["ns"] / row["limit_ns"])
    return {engine: {w: statistics.median(r) for w, r in of.items()} for engine, of in rows.items()}


def update_readme(path, results):
    """Put the short table between the marks."""
    medians = {}
    for row in results["times"]:
        medians.setdefault((row["engine"], row["workload"]), []).append(row["ns"])
    there = [(name, title) for name, title in README_ENGINES if any(key[0] == name for key in medians)]
    lines = ["| a warm render, µs | " + " | ".join(title for _, title in there) + " |", "|---|" + "---:|" * len(there)]
    for workload, title in README_ROWS:
        cells = [medians.get((name, workload)) for name, _ in there]
        lines.append("| %s | %s |" % (title, " | ".join("–" if c is None else number(statistics.median(c)) for c in cells)))
    lines.append("\n![Times hand-written C, engine by engine](docs/benchmarks.svg)")
    lines.append("\n`./build.sh bench` makes these figures ({cpu}, {date}), with more engines and cold times in [docs/BENCHMARKS.md](docs/BENCHMARKS.md).".format(
        **results["machine"]))
    with open(path, encoding="utf-8") as f:
        text = f.read()
    table = "\n".join(lines)
    marks = r"(<!-- figures: written by ./build.sh bench -->\n).*?(\n<!-- end of figures -->)"
    text = re.sub(marks, lambda m: m.group(1) + table + m.group(2), text, flags=re.S)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
