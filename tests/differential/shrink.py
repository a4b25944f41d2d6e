"""Make a case that differs small: trees first, then the text, the data and the options. `differs(case)` says whether a case in text still does."""
import time

import grammar
import tree


def shrink(made, differs, seconds=30):
    end = time.monotonic() + seconds
    if any(isinstance(part, tree.Tree) for part in list(made.get("templates", {}).values()) + [made.get("source")]):
        made = grammar.text_case(shrink_trees(made, differs, end))
    before = None
    while before != made and time.monotonic() < end:
        before = made
        for step in (shrink_members, shrink_texts):
            made = step(made, differs, end)
    return made


def replaced(made, path, value):
    """`made` with the member at `path` set, or gone when `value` is None."""
    copy = dict(made)
    if len(path) > 1:
        copy[path[0]] = replaced(made[path[0]], path[1:], value)
    elif value is None:
        del copy[path[0]]
    else:
        copy[path[0]] = value
    return copy


def places_of_text(made):
    return [("source",)] * ("source" in made) + [("templates", name) for name in made.get("templates", {})]


def member(made, path):
    for name in path:
        made = made[name]
    return made


def shrink_trees(made, differs, end):
    progress = True
    while progress and time.monotonic() < end:
        progress = False
        for path in places_of_text(made):
            for less in tree.smaller(member(made, path)):
                tried = replaced(made, path, less)
                if len(str(less)) < len(str(member(made, path))) and differs(grammar.text_case(tried)):
                    made, progress = tried, True
                    break
                if time.monotonic() > end:
                    return made
    return made


def shrink_texts(made, differs, end):
    """Take out pieces of the texts, halves first, single characters last."""
    for path in places_of_text(made):
        size = max(1, len(member(made, path)) // 2)
        while size:
            at = 0
            while at < len(member(made, path)) and time.monotonic() < end:
                text = member(made, path)
                tried = replaced(made, path, text[:at] + text[at + size:])
                if differs(tried):
                    made = tried
                else:
                    at += size
            size //= 2
    return made


def simpler(value):
    if isinstance(value, dict) and not any(key.startswith("$") for key in value):
        yield from ({k: v for k, v in value.items() if k != key} for key in value)
        yield from (dict(value, **{key: less}) for key in value for less in simpler(value[key]))
    if isinstance(value, dict) and len(value) == 1 and isinstance(next(iter(value.values())), list):
        yield from ({next(iter(value)): less} for less in simpler(next(iter(value.values()))))
    if isinstance(value, list):
        yield from (value[:n] + value[n + 1:] for n in range(len(value)))
        yield from (value[:n] + [less] + value[n + 1:] for n in range(len(value)) for less in simpler(value[n]))
    if isinstance(value, str) and len(value) > 1:
        yield from (value[:len(value) // 2], value[1:], value[:-1])
    if value not in (0, 1, None, "", [], {}, True, False) and not isinstance(value, str):
        yield from (0, 1)


def shrink_members(made, differs, end):
    """Drop variables, options and templates; make values simpler."""
    for part in ("context", "env", "templates"):
        for name in list(made.get(part, {})):
            tried = replaced(made, (part, name), None)
            if differs(tried):
                made = tried
    if "main" in made and not made["templates"].keys() - {made["main"]}:
        tried = {key: value for key, value in made.items() if key not in ("main", "templates")}
        tried["source"] = made["templates"].get(made["main"], "")
        made = tried if differs(tried) else made
    for part in ("context", "env"):
        for name in list(made.get(part, {})):
            progress = True
            while progress and time.monotonic() < end:
                progress = False
                for less in simpler(made[part][name]):
                    if less is not None and differs(replaced(made, (part, name), less)):
                        made, progress = replaced(made, (part, name), less), True
                        break
    return made
