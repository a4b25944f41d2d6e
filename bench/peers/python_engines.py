#!/usr/bin/env python3
"""Jinja2, Mako and Chameleon as harnesses: python_engines.py ENGINE check|time|cold WORKLOAD FOLDER ... (see bench/c/harness.h).

FOLDER/templates-ENGINE holds the engine's templates. `version ENGINE` prints what is there.
"""
import json
import os
import sys

from measure import median_time, take_turns

TEMPLATE = {"stocks200": "stocks20", "chattools": "chat"}


def open_jinja2(name, folder, is_chat):
    import jinja2
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=not is_chat, auto_reload=False)
    if is_chat:  # as transformers renders chat templates
        env.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    with open(os.path.join(folder, name + ".jinja"), encoding="utf-8") as f:
        source = f.read()
    template = env.get_template(name + ".jinja")
    return template.render, lambda: env.from_string(source).render


def open_mako(name, folder, _):
    from mako.template import Template
    with open(os.path.join(folder, name + ".jinja"), encoding="utf-8") as f:
        source = f.read()
    make = lambda: Template(source, default_filters=["h"])
    template = make()
    return lambda data: template.render(**data), lambda: (lambda data, made=make(): made.render(**data))


def open_chameleon(name, folder, _):
    from chameleon import PageTemplate
    with open(os.path.join(folder, name + ".jinja"), encoding="utf-8") as f:
        source = f.read()
    template = PageTemplate(source)
    return lambda data: template(**data), lambda: (lambda data, made=PageTemplate(source): made(**data))


OPEN = {"jinja2": open_jinja2, "mako": open_mako, "chameleon": open_chameleon}


def main():
    engine, command = sys.argv[1:3]
    if command == "version":
        import importlib.metadata
        print(importlib.metadata.version({"jinja2": "Jinja2", "mako": "Mako", "chameleon": "Chameleon"}[engine]))
        return
    workload, folder = sys.argv[3:5]
    name = TEMPLATE.get(workload, workload)
    with open(os.path.join(folder, "data", workload + ".json"), encoding="utf-8") as f:
        data = json.load(f)
    render, compile_ = OPEN[engine](name, os.path.join(folder, "templates-" + engine), workload.startswith("chat"))
    if command == "check":
        with open(sys.argv[5], "w", encoding="utf-8", newline="") as f:
            f.write(str(render(data)))
        return
    pace = float(sys.argv[5]), float(sys.argv[6])
    if command == "cold":
        batches = int(sys.argv[7])
        print(json.dumps({"compile_ns": median_time(compile_, *pace, batches), "cold_ns": median_time(lambda: compile_()(data), *pace, batches)}))
        return
    take_turns(lambda: render(data), *pace)


if __name__ == "__main__":
    main()
