"""tests/differential/corpus.py on the site and the configuration of examples/, and its guesses of data."""
import os
import pathlib
import random
import sys
import warnings

import jinja2

import compare
import corpus

EXAMPLES = pathlib.Path(os.environ["BURIN_SOURCE"]) / "examples"
SOURCE = "{% for u in users|sort %}{{ u.name.upper() }}{{ d[u.key] }}{% endfor %}{% for k, v in m.items() %}{{ f(k) }}{% endfor %}"


def guesses_fit():
    uses = corpus.Uses()
    uses.visit(jinja2.Environment().parse(SOURCE))
    made = {name: uses.names[name].value(random.Random(3), name) for name in ("users", "m", "f")}
    return isinstance(made["users"], list) and isinstance(made["m"], dict) and made["f"] == {"$host": "call_repr", "name": "f"}


def main():
    warnings.simplefilter("ignore")
    comparison = compare.Comparison(os.environ["BURIN"], True)
    folder = corpus.Folder(EXAMPLES)
    differ = sum(corpus.compared(comparison, folder, path, 3, 1) for path in folder.files)
    print("%d templates, %d compared (%d errors), %d differ" % (len(folder.files), comparison.compared, comparison.errors, differ))
    return 1 if differ or not guesses_fit() or len(folder.files) < 5 or not comparison.errors < comparison.compared else 0


sys.exit(main())
