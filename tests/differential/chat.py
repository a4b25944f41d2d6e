"""Burin against the real Jinja2 on the chat templates of language models.

    chat.py FOLDER [-- OPTION...]

Renders every *.jinja below FOLDER with each conversation and each set of variables below, in the environment of Hugging Face's transformers,
with Jinja2 and with `burin batch` (BURIN in the environment; the options are the latter's, --engine jit say), and shows the first case of each template
that ends otherwise: in text, class, line or message (but of a RecursionError). Exit status 1 when any does. Such templates ship with inference servers and training kits."""
import argparse
import os
import pathlib
import sys

import compare
import oracle

ENV = {"trim_blocks": True, "lstrip_blocks": True, "sandbox": "immutable", "extensions": ["loopcontrols", "generation"],
       "filters": {"tojson": "hf_tojson"}, "globals": {"raise_exception": {"$host": "raise_exception"}, "strftime_now": {"$host": "strftime_now"}}}
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}


# ---- conversations

def message(role):
    return lambda content, **more: {"role": role, "content": content, **more}


SYSTEM, USER, MODEL, TOOL = map(message, ("system", "user", "assistant", "tool"))


def text(words):
    return {"type": "text", "text": words}


def call(name, arguments, number="abcdef123"): # ids of nine letters and digits are what Mistral's templates insist on
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


CONVERSATIONS = [
    [],
    [USER("Hello, how are you?")],
    [SYSTEM("You are helpful.\n"), USER("  Hi <there> & 'you' "), MODEL(" I'm \"fine\".\n\n"), USER("Next\n")],
    [USER("a"), MODEL("b"), USER("c"), MODEL("d"), USER("e")],
    [USER("a"), MODEL("b")],
    [turn for i in range(12) for turn in (USER("q%d " % i * 3), MODEL("a%d\n" % i))] + [USER("end")],
    # reasoning, inside the text and beside it
    [USER("1+1"), MODEL("<think>\nsum\n</think>\n\n2"), USER("2+2"), MODEL("<think>x</think>4"), USER("more")],
    [USER("1+1"), MODEL("2", reasoning_content="I add"), USER("2+2"), MODEL("4", reasoning_content="again\n", thinking="deep", reasoning="r"), USER("q")],
    # content in parts
    [SYSTEM([text("rules")]), USER([text("look"), {"type": "image"}, text("at this")]), MODEL([text("ok")]),
     USER([{"type": "image", "image": "x.png"}, {"type": "image_url", "image_url": {"url": "u"}}, {"type": "audio", "audio": "a"},
           {"type": "video", "video": "v"}, text("?")])],
    # calls of tools and their answers, in every form that is met
    [USER("weather?"), MODEL(None, tool_calls=[call("get_weather", {"city": "Zürich", "days": 2, "ok": True, "n": None, "f": 1.5, "l": [1, "a"]})]),
     TOOL("{\"t\": 21}", name="get_weather", tool_call_id="abcdef123"), MODEL("It is 21."), USER("thanks")],
    [USER("weather?"), MODEL("", tool_calls=[call("get_weather", "{\"city\": \"Paris\"}")]), TOOL("21", name="get_weather", tool_call_id="abcdef123")],
    [SYSTEM("s"), USER("do"), MODEL("let me", tool_calls=[call("search", {"q": "x"}, "callaaaa1"), call("noop", {}, "callaaaa2")]),
     TOOL("r1", name="search", tool_call_id="callaaaa1"), TOOL({"a": [1, 2]}, name="noop", tool_call_id="callaaaa2"), MODEL("done")],
    [USER("do"), MODEL("", tool_calls=[{"name": "search", "arguments": {"q": "y"}, "id": "zzzzzzzz9"}], reasoning_content="hmm"),
     TOOL([text("res")], name="search", tool_call_id="zzzzzzzz9"), USER("go"), MODEL("x", tool_calls=[call("noop", {})], thinking="t")],
    # what many templates refuse
    [MODEL("x"), MODEL("y"), USER("z")],
    [USER("a"), USER("b")],
    [USER("a"), SYSTEM("late"), MODEL("b"), USER("c")],
    [message("developer")("rules"), USER("hi")],
    [message("weird")("w"), USER("hi")],
    [USER("a"), message("ipython")("out"), message("tool_response")("o"), MODEL("b")],
    [USER("a"), {"role": "assistant"}, USER("b")],
    [USER(None), MODEL(None)],
    [USER(3), MODEL(4.0), USER(True)],
    [{"content": "x"}],
    # spaces and letters of Unicode
    [SYSTEM("日本語"), USER("é\u2028x\u0085 🎉\t"), MODEL("ß" * 3), USER("\u00a0pad\u00a0")],
    [USER("q", documents=[{"title": "t", "text": "x"}])],
]


def tool(name, description, properties, required):
    return {"type": "function", "function": {"name": name, "description": description,
                                             "parameters": {"type": "object", "properties": properties, "required": required}}}


TOOLS = [
    tool("get_weather", "Get the current weather\nfor a \"city\" & more",
         {"city": {"type": "string", "description": "The city <b>"}, "unit": {"type": "string", "enum": ["c", "f"]},
          "days": {"type": ["integer", "null"], "default": 3}}, ["city"]),
    tool("search", "Search é",
         {"q": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}, "any": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
          "filters": {"type": "object", "properties": {"site": {"type": "string"}, "n": {"type": "number"}}, "required": ["site"]}}, ["q"]),
    {"type": "function", "function": {"name": "noop", "description": "", "parameters": {"type": "object", "properties": {}}}},
]
DOCUMENTS = [{"title": "T <1>", "text": "body & soul", "doc_id": 1}, {"title": "T2", "text": "b2", "contents": "c"}]
VARIABLES = [
    {"add_generation_prompt": True},
    {"add_generation_prompt": False},
    {"add_generation_prompt": True, "tools": TOOLS, "enable_thinking": False, "thinking": True},
    {"add_generation_prompt": True, "tools": TOOLS, "enable_thinking": True, "builtin_tools": ["code_interpreter", "brave_search"], "date_string": "1 Jan 2025",
     "reasoning_effort": "high", "model_identity": "I am X", "keep_past_thinking": True, "add_thoughts": True},
    {"add_generation_prompt": False, "documents": DOCUMENTS, "citation_options": {"mode": "accurate"}, "tools_in_user_message": False,
     "controls": {"length": "short"}, "safety_mode": "NONE", "skip_thinking": True, "preserve_thinking": True, "xml_tools": ["a"], "python_tools": ["b"]},
    {"add_generation_prompt": True, "tools": [], "documents": [], "available_tools": TOOLS, "custom_tools": TOOLS[:1], "functions": TOOLS,
     "datetime": "now", "add_vision_id": True, "user_system_prompt": "usp", "tools_prompt": "tp"},
]


def cases(source):
    for messages in CONVERSATIONS:
        for variables in VARIABLES:
            yield {"source": source, "context": {"messages": messages, **TOKENS, **variables}, "env": ENV}


# ---- comparing

class Once:
    """The template of the source that was asked for last: Jinja2 takes far longer to compile it than to render it."""
    def __init__(self):
        self.source = self.template = None

    def __call__(self, case):
        if self.source != case["source"]:
            self.template = oracle.template_of(case)
            self.source = case["source"]
        return self.template


def compared(comparison, path):
    """How many of the template's cases differ; the first is shown."""
    differ = 0
    template_of = Once()
    for case in cases(path.read_text(encoding="utf-8")):
        pair = comparison.both(case, template_of)
        if pair and not differ:
            print(path)
            compare.show(case, pair)
        differ += pair is not None
    return differ


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("options", nargs="*", help="of burin batch, after --")
    options = parser.parse_args()
    comparison = compare.Comparison(os.environ["BURIN"], True, options.options)
    paths = sorted(options.folder.rglob("*.jinja"))
    if not paths:
        print("no *.jinja below %s" % options.folder)
        return 1
    differ = sum(compared(comparison, path) for path in paths)
    print("%d templates, %d renders compared (%d errors), %d differ" % (len(paths), comparison.compared, comparison.errors, differ))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
