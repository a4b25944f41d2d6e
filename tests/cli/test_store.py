#!/usr/bin/env python3
"""burin store: looking at and tending a store that is kept in a file."""
import contextlib
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import burin, folder_of, run_tests, same  # noqa: E402

TYPES = [{"name": "Map", "attributes": [{"name": "nodes", "kind": "children"}, {"name": "by", "kind": "children by key"}]},
         {"name": "Node", "attributes": [{"name": "name", "kind": "text"}, {"name": "n", "kind": "int"}]}]


def state(number, kind, **attributes):
    return {"id": number, "type": kind, "attributes": attributes}


WORLD = {"burin_store": 1, "ids": 31, "types": TYPES, "trees": [{"tree": 1}], "versions": [
    {"tree": 1, "version": 1, "commit": 1, "time_ns": 0, "note": "begin", "root": 16,
     "states": [state(16, "Map", nodes=[17]), state(17, "Node", name="ann", n=1)]},
    {"tree": 1, "version": 2, "commit": 2, "time_ns": 10**9, "root": 16,
     "states": [{"id": 16, "touched": True}, state(17, "Node", name="ann", n=2)]},
    {"tree": 1, "version": 3, "commit": 3, "time_ns": 2 * 10**9, "root": 16,
     "states": [state(16, "Map", nodes=[17], by={"k": 18}), state(18, "Node", name="bob")]}]}
TREE = {"burin_tree": 1, "types": TYPES, "root": 1, "states": [state(1, "Map", nodes=[2]), state(2, "Node", name="cyd")]}


def world():
    folder = folder_of({"world.json": json.dumps(WORLD), "tree.json": json.dumps(TREE), "bad.json": "{}"})
    r = burin("store", "import", "w", "world.json", cwd=folder.name)
    same((r.code, r.out, r.err), (0, "", ""))
    return folder


def test_what_looks():
    rows = [
        (["log", "w"], "1:3  commit 3  1970-01-01T00:00:02Z  3 entities, 2 changed\n1:2  commit 2  1970-01-01T00:00:01Z  2 entities, 2 changed\n"
                       "1:1  commit 1  1970-01-01T00:00:00Z  2 entities, 2 changed  begin\n"),
        (["show", "w"], "tree 1  version 3  3 entities  root @16 (Map)\n"),
        (["show", "w", "@16.nodes[0].n"], "2\n"),
        (["show", "w", "@17~1.n"], "1\n"),
        (["show", "w", "@16.by"], "@18  k\n"),
        (["show", "w", "1:1"], 'flowchart TD\n  e16["Map @16"]\n  e17["Node @17<br/>name: \'ann\'<br/>n: 1"]\n  e16 -->|"nodes[0]"| e17\n'),
        (["diff", "w", "1:1", "1:2"], "modified  @17 (Node) n\n"),
        (["diff", "w", "1:1", "1"], "modified  @16 (Map) by\nmodified  @17 (Node) n\nadded     @18 (Node)\n"),
        (["diff", "w", "1", "1:1"], "modified  @16 (Map) by\nmodified  @17 (Node) n\nremoved   @18 (Node)\n"),
        (["verify", "w"], "3 versions of 1 tree are right\n"),
    ]
    with world() as folder:
        for words, want in rows:
            r = burin("store", *words, cwd=folder)
            same((r.code, r.out, r.err), (0, want, ""), words)
        same(json.loads(burin("store", "show", "w", "@18", cwd=folder).out), state(18, "Node", name="bob", n=0))
        assert burin("store", "diff", "w", "1:1", "1:2", "--draw", "dot", cwd=folder).out.startswith("digraph diff {\n")


def test_what_is_exported_is_imported():
    with world() as folder:
        first = burin("store", "export", "w", cwd=folder)
        r = burin("store", "import", "copy", "-", stdin=first.out, cwd=folder)
        same((r.code, r.err), (0, ""))
        same(burin("store", "export", "copy", cwd=folder).out, first.out)
        r = burin("store", "import", "w", "tree.json", cwd=folder)
        same((r.code, r.out), (0, "tree 2  root @32\n"))
        tree = json.loads(burin("store", "export", "w", "2:1", cwd=folder).out)
        same([s["id"] for s in tree["states"]], [32, 33])
        r = burin("store", "import", "w", "world.json", cwd=folder)
        same(r.code, 1)
        assert "empty" in r.err, r


# What a store of one process was: a file with the rows of today's, but for what several processes need.
FORMAT_1 = """
CREATE TABLE type (number INTEGER PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE tree (tree INTEGER PRIMARY KEY, parent_tree INTEGER NOT NULL, parent_version INTEGER NOT NULL, head INTEGER NOT NULL, last INTEGER NOT NULL,
                   since_time_ns INTEGER NOT NULL);
CREATE TABLE version (id INTEGER PRIMARY KEY, tree INTEGER NOT NULL, version INTEGER NOT NULL, keeps INTEGER NOT NULL, last_id INTEGER NOT NULL,
                      commits INTEGER NOT NULL, time_ns INTEGER NOT NULL, note TEXT NOT NULL, states BLOB NOT NULL, sum INTEGER NOT NULL);
INSERT INTO type SELECT * FROM new.type;
INSERT INTO tree SELECT * FROM new.tree;
INSERT INTO version SELECT id, tree, version, keeps, last_id, commits, time_ns, note, states, sum FROM new.version;
PRAGMA application_id = 1114993262;
PRAGMA user_version = 1;
"""


def test_a_file_of_format_1_is_brought_up_to_date():
    with world() as folder:
        name = os.path.join(folder, "old")
        with contextlib.closing(sqlite3.connect(name)) as db:
            db.execute("ATTACH DATABASE ? AS new", [os.path.join(folder, "w")])
            db.executescript(FORMAT_1)
        with open(name, "rb") as f:
            before = f.read()
        r = burin("store", "log", "old", cwd=folder)
        same(r.code, 1)
        assert "format is 1" in r.err, r
        with open(name, "rb") as f:
            same(f.read(), before, "who only reads changes nothing")
        r = burin("store", "gc", "old", cwd=folder)
        same((r.code, r.err), (0, ""))
        for words in (["log"], ["export"], ["verify"]):
            same(burin("store", words[0], "old", cwd=folder).out, burin("store", words[0], "w", cwd=folder).out, words)
        with contextlib.closing(sqlite3.connect(name)) as db:
            same(db.execute("PRAGMA user_version").fetchone(), (3,))
            same(db.execute("SELECT name FROM sqlite_schema ORDER BY name").fetchall(), [("store",), ("tree",), ("type",), ("version",)])
        r = burin("store", "import", "old", "tree.json", cwd=folder)
        same((r.code, r.out), (0, "tree 2  root @32\n"), "numbers go on where they were")


def test_a_file_of_format_2_is_read_as_it_is_and_brought_up_to_date():
    with world() as folder:
        name = os.path.join(folder, "w")
        log  = burin("store", "log", "w", cwd=folder).out
        with contextlib.closing(sqlite3.connect(name)) as db:
            db.execute("PRAGMA user_version = 2")
        for words, after in (("log", 2), ("verify", 2), ("gc", 3), ("verify", 3)):
            r = burin("store", words, "w", cwd=folder)
            same((r.code, r.err), (0, ""))
            with contextlib.closing(sqlite3.connect(name)) as db:
                same(db.execute("PRAGMA user_version").fetchone(), (after,))
        same(burin("store", "log", "w", cwd=folder).out, log)
        with contextlib.closing(sqlite3.connect(name)) as db:
            db.execute("PRAGMA user_version = 4")
        r = burin("store", "log", "w", cwd=folder)
        same(r.code, 1)
        assert "format is 4" in r.err, r


def test_gc_keeps_what_it_is_told():
    with world() as folder:
        same(burin("store", "gc", "w", cwd=folder).code, 0)
        same(len(burin("store", "log", "w", cwd=folder).out.splitlines()), 3)
        same(burin("store", "gc", "w", "--keep-last", "2", cwd=folder).code, 0)
        same(len(burin("store", "log", "w", cwd=folder).out.splitlines()), 2)
        r = burin("store", "show", "w", "@17~1", cwd=folder)
        same(r.code, 1)
        assert "no longer kept" in r.err, r
        same(burin("store", "verify", "w", cwd=folder).code, 0)


HIRE = """office = entity('@16.by[\\'k\\']')
for name in argv:
    node = create('Node', name=name, n=len(name))
    attach(node, roots()[0], 'nodes')
office.n += 1
print(office.n, [node.name for node in entity(16).nodes])
"""


def test_scripts_change_a_store():
    with world() as folder:
        with open(os.path.join(folder, "hire.py"), "w", encoding="utf-8") as file:
            file.write(HIRE)
        r = burin("run", "hire.py", "--store", "w", "--", "cyd", "dora", cwd=folder)
        same((r.code, r.out, r.err), (0, "1 ['ann', 'cyd', 'dora']\n", ""))
        newest = burin("store", "log", "w", cwd=folder).out.splitlines()[0]
        assert newest.startswith("1:4  commit 4 ") and newest.endswith("  5 entities, 4 changed  hire.py"), newest
        same(burin("store", "diff", "w", "1:3", "1", cwd=folder).out.splitlines()[-2:], ["added     @32 (Node)", "added     @33 (Node)"])
        for bad in ("entity(16).nodes[0].n = 5\n1 / 0\n", "create('Node')\n"): # it fails, or leaves what is nowhere
            r = burin("run", "-", "--store", "w", stdin=bad, cwd=folder)
            same((r.code, r.out), (1, ""))
            assert r.err, bad
        same(len(burin("store", "log", "w", cwd=folder).out.splitlines()), 4)
        same(burin("run", "-", "--store", "w", stdin="print(entity(17).n)", cwd=folder).out, "2\n")
        same(len(burin("store", "log", "w", cwd=folder).out.splitlines()), 4) # nothing changed: no version
        seen = "m = roots()[0]\nprint([e.version for e in history(m)], at(m, 1).version, [d['what'] for d in diff(at(m, 1), m)])\n"
        r = burin("run", "-", "--store", "w", stdin=seen, cwd=folder) # what is seen of old versions is gone before the store is
        same((r.code, r.out, r.err), (0, "[4, 3, 2, 1] 1 ['modified', 'modified', 'added', 'added', 'added']\n", ""))
        r = burin("run", "-", "--store", "none", stdin="1", cwd=folder)
        same(r.code, 1)
        same(burin("run", "-", stdin="roots()", cwd=folder).code, 1) # without a store it is no name


def test_an_import_is_all_or_nothing():
    with world() as folder:
        wrong = json.loads(json.dumps(WORLD))
        wrong["versions"][2]["root"] = 17
        with open(os.path.join(folder, "wrong.json"), "w", encoding="utf-8") as file:
            json.dump(wrong, file)
        r = burin("store", "import", "new", "wrong.json", cwd=folder)
        same((r.code, r.out), (1, ""))
        same(burin("store", "show", "new", cwd=folder).out, "")
        same(burin("store", "import", "new", "world.json", cwd=folder).code, 0)
        same(burin("store", "export", "new", cwd=folder).out, burin("store", "export", "w", cwd=folder).out)


def test_messages_say_what_is_wrong():
    kinds = json.loads(json.dumps(TREE))
    kinds["types"][0]["attributes"][0]["kind"] = "child list"
    rows = [
        (["show", "w", "@16.node[0]"], "AttributeError: 'Map' has no attribute 'node'\n  --> <address>:1:4\n"),
        (["import", "w", "kinds.json"], "DataError: attribute 'nodes' has no known kind, but 'child list'; there are 'bool', 'int', "),
        (["gc", "w", "--keep-last", "4294967297"], "--keep-last needs a number from 1"),
        (["gc", "w", "--keep-last", "-1"], "--keep-last needs a number from 1"),
        (["import", "w", "broken.json"], "--> broken.json:1:"),
        (["init", "w"], "w: there is a store already, with 1 tree"),
        (["show", "w", "@16.nods"], "did you mean 'nodes'?"),
        (["log", "none"], "none: OSError: the store's file: unable to open"),
        (["verify", "tree.json"], "tree.json: DataError: the file is damaged, or no store"),
        (["log", "w", "1:1"], "`burin store log` takes a file and the number of a tree; see burin store --help"),
        (["diff", "w", "1:1", "x"], "`burin store diff` takes a file and two versions, T:V; "),
    ]
    with world() as folder:
        with open(os.path.join(folder, "kinds.json"), "w", encoding="utf-8") as file:
            json.dump(kinds, file)
        with open(os.path.join(folder, "broken.json"), "w", encoding="utf-8") as file:
            file.write("[")
        for words, want in rows:
            r = burin("store", *words, cwd=folder)
            assert r.code and want in r.err, r


def test_mistakes():
    rows = [([], 2), (["init"], 2), (["dance", "w"], 2), (["log", "w", "x"], 2), (["log", "w", "9"], 1), (["show", "w", "@99"], 1), (["show", "w", "17"], 1),
            (["diff", "w", "1:1"], 2), (["diff", "w", "1:1", "1:9"], 1), (["export", "w", "1:"], 2), (["import", "w", "none.json"], 1),
            (["import", "w", "bad.json"], 1), (["log", "none"], 1), (["log", "tree.json"], 1), (["gc", "w", "--keep-last", "0"], 2),
            (["gc", "w", "1"], 2), (["verify", "w", "w"], 2), (["export", "w", "1", "1"], 2), (["import", "none", "a", "b"], 2), (["init", "none", "w"], 2)]
    with world() as folder:
        for words, code in rows:
            r = burin("store", *words, cwd=folder)
            same((r.code, r.out), (code, ""), words)
            assert r.err, words
        same(os.path.exists(os.path.join(folder, "none")), False)
        same([burin("store", "init", "new", cwd=folder).code for _ in range(2)], [0, 0])
        same(burin("store", "log", "new", cwd=folder).out, "")


if __name__ == "__main__":
    with folder_of({}) as empty:
        if "without SQLite" in burin("store", "init", os.path.join(empty, "s")).err:
            print("skipped: built without SQLite")
            sys.exit(77)
    run_tests(sys.modules[__name__])
