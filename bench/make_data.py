#!/usr/bin/env python3
"""make_data.py FOLDER: the benchmark data, all of it, as JSON files in FOLDER.

What is small or is prose lies in bench/data and is copied; tables, the long stock list and the tools are made here.
Nothing is random: the same files come out everywhere.
"""
import json
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def stocks200(stocks20):
    """The twenty stocks ten times; every seventh gets a name that needs escaping."""
    items = []
    for i in range(200):
        item = dict(stocks20["items"][i % 20])
        if i % 7 == 3:
            item["name"] = 'Tom & "%s" <Inc> #%d' % (item["name"], i)
        items.append(item)
    return {"items": items}


def tool(name, description, place):
    return {"type": "function", "function": {"name": name, "description": description, "parameters": {
        "type": "object",
        "properties": {"location": {"type": "string", "description": place},
                       "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
        "required": ["location"]}}}


def with_tools(chat):
    tools = [
        tool("get_weather", "erat tation adipiscing commodo dolore amet sit amet nostrud dolor aliquip minim",
             "nonummy autem diam ut tation ut"),
        tool("get_forecast", "amet euismod nibh dolor dolore erat enim aliquip iriure lorem quis suscipit",
             "consectetuer ut ut lobortis veniam exerci"),
        tool("get_alerts", "ullamcorper ullamcorper euismod volutpat exerci dolore ut minim magna volutpat wisi autem",
             "volutpat ipsum magna ad ut amet"),
    ]
    return {"messages": chat["messages"], "tools": tools,
            **{key: value for key, value in chat.items() if key != "messages"}}


def long_page(page, size):
    """A template of `size` bytes at least, of tables with names and texts of their own: what takes longest to compile is not that it is long."""
    text, n = "", 0
    while len(text.encode()) < size:
        n += 1
        text += page.replace("item.", "item%d." % n).replace("for item ", "for item%d " % n).replace("Stock", "Table %d: Stock" % n)
    return text


def main(folder):
    os.makedirs(folder, exist_ok=True)
    stored = {}
    for name in sorted(os.listdir(os.path.join(HERE, "data"))):
        shutil.copyfile(os.path.join(HERE, "data", name), os.path.join(folder, name))
        with open(os.path.join(HERE, "data", name), encoding="utf-8") as f:
            stored[name[:-5]] = json.load(f)
    made = {
        "bigtable": {"table": [list(range(100)) for _ in range(100)]},
        "dicttable": {"table": [{key: n for n, key in enumerate("abcdefghij", 1)} for _ in range(1000)]},
        "stocks200": stocks200(stored["stocks20"]),
        "chattools": with_tools(stored["chat"]),
        "long": stored["stocks20"],
    }
    for name, data in made.items():
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as f:
            json.dump(data, f, ensure_ascii=False)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__.splitlines()[0])
    main(sys.argv[1])
