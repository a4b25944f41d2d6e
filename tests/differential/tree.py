"""Random templates are trees, so that shrinking can take out what is whole.

A part is text or a Tree. What may be done with a Tree: `list`: any of its parts may go; `optional`: it may be empty; `statement`: a list inside
it may stand for it; `expression`: an expression inside it may, or a constant; `plain`: nothing."""


class Tree:
    def __init__(self, kind, *parts):
        self.kind = kind
        self.parts = list(parts)

    def __str__(self):
        return "".join(map(str, self.parts))

    def below(self, kind):
        """The nearest trees of this kind inside."""
        for part in self.parts:
            if isinstance(part, Tree):
                if part.kind == kind:
                    yield part
                else:
                    yield from part.below(kind)


def plain(*parts):
    return Tree("plain", *parts)


def many(parts):
    return Tree("list", *parts)


def optional(*parts):
    return Tree("optional", *parts)


def statement(*parts):
    return Tree("statement", *parts)


def expression(*parts):
    return Tree("expression", *parts)


def smaller(tree):
    """Every tree that is one step smaller, the biggest steps first."""
    if tree.kind == "optional" and tree.parts:
        yield Tree("optional")
    if tree.kind == "statement":
        yield from tree.below("list")
    if tree.kind == "expression":
        yield from tree.below("expression")
        if str(tree) not in ("0", "''", "x"):
            yield from (expression("0"), expression("''"), expression("x"))
    if tree.kind == "list":
        for n in range(len(tree.parts)):
            yield Tree("list", *tree.parts[:n], *tree.parts[n + 1:])
    for n, part in enumerate(tree.parts):
        if isinstance(part, Tree):
            for less in smaller(part):
                yield Tree(tree.kind, *tree.parts[:n], less, *tree.parts[n + 1:])
