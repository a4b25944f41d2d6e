#!/usr/bin/env python3
"""A room includes only rooms below it, includes are written from the root, and headers include each other in no circle."""
import os
import re

import tree

RUNTIME = {"runtime", "runtime/base"}
STORE = {"runtime/store", "runtime/registry"}
MAY_INCLUDE = {
    "include/burin": set(),
    "runtime/base": set(),
    "lexer": {"runtime/base"},
    "parser": {"lexer", "runtime/base"},
    "runtime": {"runtime/base"},
    "runtime/store": RUNTIME,
    "runtime/registry": {"runtime/store"} | RUNTIME,
    "runtime/reactive": RUNTIME,
    "codegen": {"parser", "lexer"} | RUNTIME,
    "jit": {"codegen", "parser", "lexer"} | RUNTIME,
    "engine": {"codegen", "parser", "lexer", "runtime/reactive"} | STORE | RUNTIME,
    "cli": set(),
    "bench": set(),
    "examples": set(),
    "tests": set(tree.ROOMS),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
GENERATED = {".c": ".re", ".h": ".y", ".inc": ".html"}


def target(name):
    """The file of the tree that an include names, or None: a system header."""
    if name.startswith("burin/"):
        return "include/" + name
    base, ending = os.path.splitext(name)
    if os.path.exists(os.path.join(tree.ROOT, name)) or os.path.exists(os.path.join(tree.ROOT, base + GENERATED.get(ending, "?"))):
        return name
    return None


def main():
    findings, graph = [], {}
    for path in tree.files(*tree.CODE):
        room = tree.room(path)
        if room is None:
            findings.append("%s: is in no room" % path)
            continue
        for match in INCLUDE.finditer(tree.read(path)):
            kind, name = match.groups()
            included = target(name)
            if included is None and room == "tests":
                included = target(os.path.join(os.path.dirname(path), name))
            if included is None:
                if kind == '"':
                    findings.append("%s: includes \"%s\", which is no file of the tree" % (path, name))
                continue
            graph.setdefault(path, []).append(included)
            other = tree.room(included)
            if other not in MAY_INCLUDE[room] | {room, "include/burin"}:
                findings.append("%s: %s may not include %s (%s)" % (path, room, other, name))
    findings += circles(graph)
    tree.finish(findings, "layers")


def circles(graph):
    """One finding for each include that closes a circle."""
    found, state = [], {}
    for start in sorted(graph):
        if start in state:
            continue
        stack = [(start, iter(graph.get(start, ())))]
        state[start] = "open"
        while stack:
            node, rest = stack[-1]
            for other in rest:
                if state.get(other) == "open" and other != node:
                    found.append("%s: includes %s, which leads back to it" % (node, other))
                elif other not in state:
                    state[other] = "open"
                    stack.append((other, iter(graph.get(other, ()))))
                    break
            else:
                state[node] = "done"
                stack.pop()
    return found


if __name__ == "__main__":
    main()
