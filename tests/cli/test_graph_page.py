#!/usr/bin/env python3
"""The page that burin graph writes, in a real browser: what it draws, and what a click and a search do."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from urllib.parse import unquote

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import burin, folder_of, run_tests, same  # noqa: E402

BROWSER = next((found for found in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if found), None)
if not BROWSER:
    print("no chromium here: the page has not been opened")
    sys.exit(77)

FILES = {"page.html": "<p>{{ total }} for {{ name }}</p>{% if total > 9 %}!{% endif %}{{ 1 // (amount - 2) }}{{ wide }}",
         "data.json": '{"price": 3, "amount": 3, "name": "</script><b>", "wide": "%s"}' % ("W\U0001f600" * 20), "next.json": '{"price": 5, "amount": 2}'}
WORDS = ("graph", "page.html", "data.json", "--let", "total=price * amount", "--change", "next.json", "--as", "html", "-o", "graph.html")

# Clicks the node `total`, then searches; what is to be seen goes into the document, which the browser prints.
PROBE = """<script>
const seen = { errors: window.pageErrors, nodes: document.querySelectorAll("[data-node]").length, edges: document.querySelectorAll("[data-edge]").length,
    failed: document.querySelectorAll("g.failed").length, width: document.getElementById("graph").getBoundingClientRect().width };
const total = [...document.querySelectorAll("[data-node]")].find((e) => e.textContent.startsWith("total"));
total.querySelector("rect").dispatchEvent(new MouseEvent("click", { bubbles: true }));
seen.caused = [...document.querySelectorAll("g.cause text:nth-of-type(1)")].map((e) => e.textContent).sort();
seen.inspector = document.getElementById("inspector").textContent;
const boxes = [...document.querySelectorAll("[data-node]")].map((e) => e.getBoundingClientRect());
seen.overlaps = boxes.filter((a, k) => boxes.some((b, n) => n > k && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
seen.wide = [...document.querySelectorAll("[data-node]")].filter((e) => [...e.querySelectorAll("text")].some((t) =>
    t.getBoundingClientRect().right > e.querySelector("rect").getBoundingClientRect().right || !t.textContent.isWellFormed())).length;
const find = document.getElementById("find");
find.value = "price";
find.dispatchEvent(new Event("input"));
seen.away = document.querySelectorAll("g.away").length;
const out = document.createElement("pre");
out.id = "seen";
out.textContent = encodeURIComponent(JSON.stringify(seen));
document.body.appendChild(out);
</script>"""
WATCH = "<script>window.pageErrors = []; window.onerror = (message) => { window.pageErrors.push(message); };</script>"


def open_page(folder):
    """What the probe has seen."""
    path = os.path.join(folder, "graph.html")
    with open(path, encoding="utf-8") as file:
        page = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(page.replace("<style>", WATCH + "<style>", 1).replace("</html>", PROBE + "</html>"))
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run([BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=" + profile, "--dump-dom",
                               "file://" + path], capture_output=True, text=True, timeout=120)
    found = re.search(r'<pre id="seen">([^<]*)</pre>', done.stdout)
    assert found, "the page did not come to its end: " + done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(unquote(found.group(1)))


def test_the_page_draws_the_graph_and_answers():
    with folder_of(FILES) as folder:
        r = burin(*WORDS, cwd=folder)
        same((r.code, r.err, r.out), (0, "", ""))
        graph = json.loads(burin(*WORDS[:-4], "--as", "json", cwd=folder).out)
        seen = open_page(folder)
        same(seen["errors"], [])
        same((seen["nodes"], seen["edges"]), (len(graph["nodes"]), sum(len(n["reads"]) for n in graph["nodes"])))
        same(seen["failed"], sum("error" in n for n in graph["nodes"]))
        assert seen["failed"] > 0 and seen["width"] > 400, seen
        same((seen["overlaps"], seen["wide"]), (0, 0))
        assert "total" in seen["caused"] and set(seen["caused"]) & {"price", "amount"}, seen
        assert "10" in seen["inspector"] and "ran because of" in seen["inspector"], seen
        same(seen["away"], sum("price" not in n["name"] + " " + str(n.get("value", "")) for n in graph["nodes"]))


if __name__ == "__main__":
    run_tests(sys.modules[__name__])
