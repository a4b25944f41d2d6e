"""Burin against the real Jinja2 on templates of the world: roles, formulas, models, themes.

    corpus.py FOLDER [--renders N] [--seed N] [--seconds N] [--skip N] [--keep N] [-- OPTION...]

Every file below FOLDER that has the name of a template is rendered N times (6) with Jinja2 and with `burin batch` (BURIN in the environment; the
options are the latter's), in the environment that its kind of file is for. What it includes is looked up below FOLDER. The data are made up
from how the template uses them: what is iterated is a list, what has members a mapping, what is called a function. Filters and tests of its host stand
in as functions that print their arguments. The first case of each template that ends otherwise, in text, class, line or message, is shown. Exit status 1
when any does."""
import argparse
import os
import pathlib
import random
import re
import sys
import time
import warnings

import jinja2
import jinja2.meta
import jinja2.visitor
from jinja2 import nodes

import compare
import oracle

NAMES = (".j2", ".jinja", ".jinja2", ".html", ".htm", ".xhtml", ".sls", ".sql", ".tmpl", ".tpl", ".template", "_t")
VARIES = re.compile(r"\|\s*random\b|lipsum\(")
SIZE_MAX = 200_000
TEXTS = ["web-1", "Zürich", "a & b", "<b>x</b>", "", "10.0.0.1", "yes", "two\nlines", "/etc/app", "1.2.3", "True", "42"]
MAPPING_METHODS = {"items", "keys", "values", "get", "update", "pop", "setdefault", "copy", "iteritems"}
LIST_METHODS = {"append", "extend", "insert", "remove", "sort"}
TEXT_METHODS = {"split", "strip", "lstrip", "rstrip", "startswith", "endswith", "replace", "upper", "lower", "title", "format", "join", "splitlines", "encode"}
EVERYTHING = ["do", "loopcontrols", "i18n"]


# ---- data, as the template uses it

class Shape:
    """What a template does with a value."""
    def __init__(self):
        self.members, self.item, self.is_called, self.is_text = {}, None, False, False

    def member(self, name):
        if name in MAPPING_METHODS:
            self.members.setdefault("key", Shape())
            return Shape()
        if name in LIST_METHODS:
            self.items()
            return Shape()
        if name in TEXT_METHODS:
            self.is_text = True
            return Shape()
        return self.members.setdefault(name, Shape())

    def items(self):
        self.item = self.item or Shape()
        return self.item

    def value(self, r, name, depth=0):
        if self.is_called and not self.members:
            return {"$host": "call_repr", "name": name}
        if depth > 6:
            return None
        if self.item and not self.members:
            return [self.item.value(r, name, depth + 1) for _ in range(r.choice([0, 1, 2, 3]))]
        if self.members:
            made = {key: shape.value(r, key, depth + 1) for key, shape in self.members.items() if r.random() < .9}
            return {"$object": made, "str": "<%s>" % name} if r.random() < .15 else made
        if self.is_text or r.random() < .5:
            return r.choice(TEXTS)
        return r.choice([0, 1, 3, 8080, -2.5, True, False, None, ["a", "b"], [], {"key": "value", "n": 1}, {"$markup": "<i>m</i>"}])


class Uses(jinja2.visitor.NodeVisitor):
    def __init__(self):
        self.names = {}

    def shape(self, node):
        if isinstance(node, nodes.Name):
            return self.names.setdefault(node.name, Shape())
        if isinstance(node, nodes.Getattr):
            return self.shape(node.node).member(node.attr)
        if isinstance(node, nodes.Getitem):
            of = self.shape(node.node)
            self.visit(node.arg)
            return of.member(node.arg.value) if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) else of.items()
        if isinstance(node, nodes.Filter) and node.node is not None and node.name in ("default", "d", "sort", "list", "unique", "reverse"):
            return self.shape(node.node)
        self.visit(node)
        return Shape()

    def visit_children(self, node, but):
        for child in node.iter_child_nodes(exclude=but):
            self.visit(child)

    def visit_Name(self, node):
        self.shape(node)

    def visit_Getattr(self, node):
        self.shape(node)

    def visit_Getitem(self, node):
        self.shape(node)

    def visit_For(self, node):
        over = self.shape(node.iter)
        if isinstance(node.target, nodes.Name):
            self.names[node.target.name] = over.items()
        elif not over.members:
            over.member("items")
        self.visit_children(node, ("iter", "target"))

    def visit_Call(self, node):
        self.shape(node.node).is_called = True
        self.visit_children(node, ("node",))


def parsed(env, source):
    try:
        return env.parse(source)
    except (jinja2.TemplateError, RecursionError):
        return None


# ---- environments

def environments(name):
    """The options that the host of such files sets, and what it may set."""
    if name.endswith((".html", ".htm", ".xhtml", "_t")):
        return [{"autoescape": True, "extensions": EVERYTHING, "i18n": {"newstyle": True, "catalog": {}}}, {"extensions": EVERYTHING, "trim_blocks": True, "lstrip_blocks": True}]
    if name.endswith((".sls", ".sql")):
        return [{"extensions": EVERYTHING, "keep_trailing_newline": True}, {"extensions": ["do", "loopcontrols"], "undefined": "StrictUndefined", "sandbox": "sandboxed"}]
    return [{"trim_blocks": True, "keep_trailing_newline": True, "extensions": EVERYTHING}, {"native": True, "undefined": "ChainableUndefined", "trim_blocks": True},
            {"undefined": "StrictUndefined", "lstrip_blocks": True, "extensions": EVERYTHING}]


def stand_ins(trees, env):
    """Filters and tests that the host would bring."""
    filters = {node.name for tree in trees for node in tree.find_all(nodes.Filter)} - set(env.filters)
    tests = {node.name for tree in trees for node in tree.find_all(nodes.Test)} - set(env.tests)
    return {name: "call_repr" for name in sorted(filters)}, {name: True for name in sorted(tests)}


class Folder:
    def __init__(self, root):
        self.root = root
        self.files = sorted(path for path in root.rglob("*") if path.name.endswith(NAMES) and path.is_file() and path.stat().st_size <= SIZE_MAX)
        self.by_end = {}
        for path in self.files:
            parts = path.relative_to(root).parts
            for n in range(len(parts)):
                self.by_end.setdefault("/".join(parts[n:]), path)

    def text(self, path):
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return None

    def gather(self, env, name, source, found, depth=0):
        """`source` and what it names, by the names it uses."""
        found[name] = source
        tree = parsed(env, source) if depth < 8 else None
        for other in jinja2.meta.find_referenced_templates(tree) if tree else ():
            if other is not None and other not in found and other in self.by_end:
                text = self.text(self.by_end[other])
                if text is not None:
                    self.gather(env, other, text, found, depth + 1)


def cases(folder, path, source, renders, seed):
    name = path.relative_to(folder.root).as_posix()
    for number, options in enumerate(environments(name)):
        env = oracle.environment({"env": options})
        templates = {}
        folder.gather(env, name, source, templates)
        trees = [tree for tree in (parsed(env, text) for text in templates.values()) if tree]
        uses = Uses()
        for tree in trees:
            uses.visit(tree)
        case = {"templates": templates, "main": name, "context": {}, "env": options}
        yield dict(case, mode="compile")
        if not trees:
            continue
        filters, tests = stand_ins(trees, env)
        case["env"] = dict(options, filters=filters, tests=tests)
        for n in range(renders):
            r = random.Random("%d/%s/%d/%d" % (seed, name, number, n))
            context = {key: shape.value(r, key) for key, shape in uses.names.items() if key not in env.globals and key not in ("caller", "varargs", "kwargs", "loop", "self", "super") and r.random() < .95}
            yield dict(case, context=context)


def compared(comparison, folder, path, renders, seed):
    """How many of the file's cases differ; the first is shown."""
    source, differ = folder.text(path), 0
    if source is None or VARIES.search(source):
        return 0
    for case in cases(folder, path, source, renders, seed):
        pair = comparison.both(case)
        if pair and not differ:
            print(path)
            compare.show(dict(case, templates=sorted(case["templates"])), pair)
        differ += pair is not None
    return differ


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--renders", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=int, default=50, help="templates that differ after which to stop")
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--skip", type=int, default=0, help="so many files")
    end_of_own = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[1:end_of_own])
    warnings.simplefilter("ignore")
    comparison = compare.Comparison(os.environ["BURIN"], True, sys.argv[end_of_own + 1:])
    folder, differ, files, end = Folder(options.folder), 0, 0, time.monotonic() + options.seconds
    for path in folder.files[options.skip:]:
        if differ >= options.keep or time.monotonic() > end:
            break
        files += 1
        differ += compared(comparison, folder, path, options.renders, options.seed) > 0
    print("%d of %d templates, %d cases compared (%d errors), %d templates differ" % (files, len(folder.files), comparison.compared, comparison.errors, differ))
    return 1 if differ or not folder.files else 0


if __name__ == "__main__":
    sys.exit(main())
