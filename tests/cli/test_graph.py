#!/usr/bin/env python3
"""burin graph: the reactive graph of a template as text, picture and page."""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import burin, folder_of, run_tests, same  # noqa: E402

FILES = {"page.html": "<p>{{ total }} for {{ name }}</p>{% if total > 9 %}!{% endif %}", "data.json": '{"price": 3, "amount": 2, "name": "<b>"}',
         "next.json": '{"price": 5, "news": 1}'}
WORDS = ("graph", "page.html", "data.json", "--let", "total=price * amount", "--change", "next.json")


def nodes_of(folder, *more):
    r = burin(*WORDS, "--as", "json", *more, cwd=folder)
    same((r.code, r.err), (0, ""), r)
    return json.loads(r.out)


def test_json_has_nodes_edges_values_and_causes():
    with folder_of(FILES) as folder:
        graph = nodes_of(folder)
        by_name = {n["name"]: n for n in graph["nodes"]}
        same(by_name["total"]["value"], "10")
        same([n["name"] for n in graph["nodes"] if n["id"] in by_name["total"]["reads"]], ["price", "amount"])
        same((by_name["{{ name }}"]["value"], by_name["{{ name }}"]["runs"]), ("&lt;b&gt;", 1))
        same((by_name["{{ total }}"]["value"], by_name["{{ total }}"]["runs"]), ("10", 2))
        same(by_name["{{ total }}"]["why"], by_name["total"]["id"])
        same(by_name["total"]["why"], by_name["price"]["id"])
        same(by_name["news"]["value"], "1")
        same([n["name"] for n in graph["nodes"] if not n["needed"]], ["news"])  # nothing reads it
        same(sum(n["kind"] == "effect" for n in graph["nodes"]), 3)
        same(graph["counters"]["nodes"], len(graph["nodes"]) + 1)  # and the scope


def test_changes_go_over_all_that_was_said_before():
    with folder_of(FILES) as folder:
        r = burin(*WORDS, "--as", "json", "-D", "price:=7", "-D", "news:=[1]", "--data", "data.json", cwd=folder)
        same((r.code, r.err), (0, ""), r)
        values = {n["name"]: (n["value"], n["changes"]) for n in json.loads(r.out)["nodes"]}
        same((values["price"], values["news"], values["total"][0]), (("5", 1), ("1", 1), "10"))
        same(values["amount"], ("2", 0))


def test_text_formats():
    with folder_of(FILES) as folder:
        dot = burin(*WORDS, cwd=folder)
        same((dot.code, dot.err, dot.out.startswith("digraph burin {"), dot.out.count(" -> ")), (0, "", True, 8), dot)
        same(burin(*WORDS, "--as", "dot", cwd=folder).out, dot.out)
        mermaid = burin(*WORDS, "--as", "mermaid", cwd=folder)
        same((mermaid.code, mermaid.out.startswith("flowchart LR\n"), mermaid.out.count(" --> ")), (0, True, 8), mermaid)


def test_a_page_holds_the_graph_and_needs_nothing_else():
    with folder_of(FILES) as folder:
        r = burin(*WORDS, "--as", "html", "-o", "graph.html", cwd=folder)
        same((r.code, r.err, r.out), (0, "", ""))
        with open(os.path.join(folder, "graph.html"), encoding="utf-8") as file:
            page = file.read()
        start = page.index("const graph = ") + len("const graph = ")
        graph = json.loads(page[start:page.index(";\nconst byId", start)])
        same([(n["name"], n["value"]) for n in graph["nodes"]], [(n["name"], n["value"]) for n in nodes_of(folder)["nodes"]])
        same(page.count("<script"), 1)
        assert "src=" not in page and "https://" not in page and "@import" not in page, "it refers to something else"


def test_graphviz_draws():
    with folder_of(FILES) as folder:
        r = burin(*WORDS, "--as", "svg", cwd=folder)
        if shutil.which("dot"):
            same((r.code, r.err), (0, ""), r)
            assert "<svg" in r.out and "total" in r.out, r
        else:
            same(r.code, 1, r)
        r = burin(*WORDS, "--as", "svg", cwd=folder, env={"PATH": folder})
        same((r.code, r.err), (1, "burin: svg needs Graphviz's `dot` (package graphviz)\n"), r)


def test_mistakes_are_said():
    with folder_of(FILES) as folder:
        for words, code, said in ((["--let", "total"], 2, "--let takes NAME=EXPRESSION"), (["--let", "=1"], 2, "--let takes NAME=EXPRESSION"), (["--let", "x=1 +"], 1, "TemplateSyntaxError"),
                                  (["--change", "gone.json"], 1, "gone.json"), (["--as", "png"], 2, "png")):
            r = burin("graph", "page.html", "data.json", *words, cwd=folder)
            same((r.code, r.out, said in r.err), (code, "", True), r)
        r = burin("graph", "-t", "{{ 1 // n }}", "-D", "n:=0", "--as", "json")
        same((r.code, [n.get("error") for n in json.loads(r.out)["nodes"] if n["kind"] == "computed"]),
             (0, ["integer division or modulo by zero (line 1)"]), r)


if __name__ == "__main__":
    run_tests(sys.modules[__name__])
