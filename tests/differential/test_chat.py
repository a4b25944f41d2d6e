"""tests/differential/chat.py on the chat template of examples/."""
import os
import pathlib
import sys

import chat
import compare

EXAMPLE = pathlib.Path(os.environ["BURIN_SOURCE"]) / "examples" / "chat" / "chat.jinja"


def main():
    comparison = compare.Comparison(os.environ["BURIN"], True)
    differ = chat.compared(comparison, EXAMPLE)
    print("%d compared (%d errors), %d differ" % (comparison.compared, comparison.errors, differ))
    wanted = len(chat.CONVERSATIONS) * len(chat.VARIABLES)
    return 1 if differ or comparison.compared != wanted or not 0 < comparison.errors < wanted else 0


sys.exit(main())
