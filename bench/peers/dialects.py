"""The workloads' templates in other engines' languages.

The Jinja templates of the simple workloads use few constructs (for, if, else, names, attributes, loop.index); a dialect
says how each is written in another language, with the idiom that engine is fastest with. Whether a translation means the same is
not believed: every engine's page is compared with Jinja2's before anything is timed.
"""
import os
import re
import shutil

TAG = re.compile(r"(\s*)\{%-\s*(.*?)\s*%\}|\{%\s*(.*?)\s*%\}|\{\{\s*(.*?)\s*\}\}", re.S)
INLINE_IF = re.compile(r"\{% if ([^%]*?(?:% 2[^%]*?)?) %\}([a-z]*)(?:\{% else %\}([a-z]*))?\{% endif %\}(?=\")")


SIMPLE = ("bigtable", "dicttable", "teams", "fortunes", "stocks20", "static")


class Dialect:
    """Translate one template. Subclasses write: out, for_, endfor, if_, else_, endif and the parts of an expression."""

    pages = SIMPLE
    inline_if = False  # whether a condition inside an HTML attribute must be an expression

    def __init__(self):
        self.locals = []
        self.conditions = []

    def translate(self, source):
        if self.inline_if:
            source = INLINE_IF.sub(lambda m: "{{ ?" + m.group(1) + "?" + m.group(2) + "?" + (m.group(3) or "") + " }}", source)
        return TAG.sub(self.tag, source)

    def tag(self, match):
        _, stripped, plain, printed = match.groups()
        if printed is not None:
            if printed.startswith("?"):
                _, condition, yes, no = printed.split("?")
                return self.choose(self.expression(condition), yes, no)
            return self.out(self.expression(printed))
        words = (stripped or plain).split()
        if words[0] == "for":
            text = self.for_(words[1], self.expression(words[3]))
            self.locals.append(words[1])
            return text
        if words[0] == "endfor":
            return self.endfor(self.locals.pop())
        if words[0] == "if":
            self.conditions.append(self.expression(" ".join(words[1:])))
            return self.if_(self.conditions[-1])
        if words[0] == "else":
            return self.else_(self.conditions[-1])
        assert words[0] == "endif", words
        self.conditions.pop()
        return self.endif()

    def expression(self, text):
        return re.sub(r"[A-Za-z_][A-Za-z_0-9.]*(\(\))?", lambda m: self.path(m.group(0)), text)

    def path(self, text):
        if text.startswith("loop."):
            return self.loop(text[5:])
        if text.endswith(".values()"):
            return self.values(text[:-9])
        head, *rest = text.split(".")
        return self.name(head) + "".join(self.attribute(part) for part in rest)

    def name(self, text):
        return text

    def attribute(self, name):
        return "." + name

    def values(self, name):
        return name + ".values()"


class Mako(Dialect):
    def out(self, e): return "${%s}" % e
    def for_(self, name, e): return "\\\n%% for %s in %s:\n" % (name, e)
    def endfor(self, name): return "\\\n% endfor\n"
    def if_(self, e): return "\\\n%% if %s:\n" % e
    def else_(self, e): return "\\\n% else:\n"
    def endif(self): return "\\\n% endif\n"
    def attribute(self, name): return "['%s']" % name
    def loop(self, name): return {"index": "(loop.index + 1)", "index0": "loop.index"}[name]


class Chameleon(Dialect):
    inline_if = True
    def out(self, e): return "${%s}" % e
    def choose(self, e, yes, no): return "${'%s' if %s else '%s'}" % (yes, e, no)
    def for_(self, name, e): return '<tal:b repeat="%s %s">' % (name, e)
    def endfor(self, name): return "</tal:b>"
    def if_(self, e): return '<tal:b condition="%s">' % e.replace("<", "&lt;")
    def else_(self, e): return '</tal:b><tal:b condition="not (%s)">' % e.replace("<", "&lt;")
    def endif(self): return "</tal:b>"
    def attribute(self, name): return "['%s']" % name
    def loop(self, name): return "repeat.%s.%s" % (self.locals[-1], {"index": "number", "index0": "index"}[name])


class Eta(Dialect):
    def out(self, e): return "<%%= %s %%>" % e
    def for_(self, name, e):
        return "<%% for (let i_%s = 0, all_%s = %s; i_%s < all_%s.length; i_%s++) { const %s = all_%s[i_%s]; %%>" % (
            (name, name, e) + (name,) * 6)
    def endfor(self, name): return "<% } %>"
    def if_(self, e): return "<%% if (%s) { %%>" % e
    def else_(self, e): return "<% } else { %>"
    def endif(self): return "<% } %>"
    def name(self, text): return text if text in self.locals else "it." + text
    def values(self, name): return "Object.values(%s)" % name
    def loop(self, name): return {"index": "(i_%s + 1)", "index0": "i_%s"}[name] % self.locals[-1]


class DoT(Eta):
    def out(self, e): return "{{!''+%s}}" % e  # doT prints 0 as nothing
    def for_(self, name, e): return super().for_(name, e).replace("<%", "{{").replace("%>", "}}")
    def endfor(self, name): return "{{ } }}"
    def if_(self, e): return "{{ if (%s) { }}" % e
    def else_(self, e): return "{{ } else { }}"
    def endif(self): return "{{ } }}"


class Liquid(Dialect):
    def out(self, e): return "{{ %s }}" % e
    def for_(self, name, e): return "{%% for %s in %s %%}" % (name, e)
    def endfor(self, name): return "{% endfor %}"
    def if_(self, e):
        if "%" in e:  # liquid has no operators in conditions
            e = "remainder" + e.split("% 2")[1]
            return "{%% assign remainder = forloop.index | modulo: 2 %%}{%% if %s %%}" % e
        return "{%% if %s %%}" % e
    def else_(self, e): return "{% else %}"
    def endif(self): return "{% endif %}"
    def path(self, text): return "pair[1]" if text == "col" and self.in_pairs else super().path(text)
    def values(self, name): return name
    def loop(self, name): return "forloop." + name

    in_pairs = False

    def translate(self, source):
        self.in_pairs = ".values()" in source
        return super().translate(source).replace("for col in", "for pair in" if self.in_pairs else "for col in")


class Sailfish(Dialect):
    def out(self, e): return "<%%= %s %%>" % e
    def for_(self, name, e): return "<%% for (i_%s, %s) in %s.iter().enumerate() { %%>" % (name, name, e)
    def endfor(self, name): return "<% } %>"
    def if_(self, e): return "<%% if %s { %%>" % e
    def else_(self, e): return "<% } else { %>"
    def endif(self): return "<% } %>"
    def name(self, text): return text if text in self.locals else "self." + text
    def values(self, name): return name
    def loop(self, name): return {"index": "(i_%s + 1)", "index0": "i_%s"}[name] % self.locals[-1]


class Lua(Dialect):
    def out(self, e): return "<%%= %s %%>" % e
    def for_(self, name, e): return "<%% for i_%s = 1, #%s do local %s = %s[i_%s] %%>" % (name, e, name, e, name)
    def endfor(self, name): return "<% end %>"
    def if_(self, e): return "<%% if %s then %%>" % e
    def else_(self, e): return "<% else %>"
    def endif(self): return "<% end %>"
    def name(self, text): return text if text in self.locals else "it." + text
    def values(self, name): return name
    def loop(self, name): return {"index": "i_%s", "index0": "(i_%s - 1)"}[name] % self.locals[-1]


class Askama:
    """Jinja's language over Rust's types: an array has no values(), and a macro is called by name of its file."""

    pages = SIMPLE + ("inherit", "layout", "helpers", "footer")

    def translate(self, source):
        source = source.replace(".values()", "")
        imports = '{% from "helpers.html" import input_field, textarea, form %}'
        if imports in source:  # they belong at the top level
            source = source.replace(imports, "").replace(' %}\n', ' %}{% import "helpers.html" as helpers %}\n', 1)
        source = re.sub(r"\{\{ ((?:input_field|textarea)\(.*?\)) \}\}", r"{{ helpers::\1 }}", source)
        source = source.replace("{%- call form() %}", "{%- call helpers::form() %}")
        return source.replace("'", '"') if "import" in source or "macro" in source else source


DIALECTS = {"mako": Mako, "chameleon": Chameleon, "eta": Eta, "dot": DoT, "liquidjs": Liquid, "sailfish": Sailfish, "askama": Askama, "luajit": Lua}


def translate(engine, name, source):
    """The template `name` in the language of `engine`; None when there is no translation."""
    if engine == "nunjucks":
        return source.replace("{% for col in row.values() %}", "{% for _, col in row %}")
    if engine not in DIALECTS:
        return source
    return DIALECTS[engine]().translate(source) if name in DIALECTS[engine].pages else None


def is_translated(engine, workload):
    """Whether an engine takes part in a workload (stocks200 uses the template of stocks20)."""
    return engine not in DIALECTS or workload.replace("stocks200", "stocks20") in DIALECTS[engine].pages


def write(engine, templates, target, extension=None):
    """All of the folder `templates` in the language of `engine`, into the folder `target`, made anew."""
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    for file in os.listdir(templates):
        name, dot, own = file.rpartition(".")
        with open(os.path.join(templates, file), encoding="utf-8") as f:
            text = translate(engine, name, f.read())
        if text is not None:
            with open(os.path.join(target, name + dot + (extension or own)), "w", encoding="utf-8", newline="") as f:
                f.write(text)
