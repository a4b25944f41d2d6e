"""Who takes part in the benchmark: the C limit, Burin, and every peer that this machine has.

A peer that is missing is said in one line and left out. What can be had without touching the system (npm packages,
a cargo build) is put into the build folder.
"""
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "peers")
sys.path.append(PEERS)
import dialects

PYTHON = "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable
NPM = {"dot": "dot@1", "eta": "eta@3", "nunjucks": "nunjucks@3", "hfjinja": "@huggingface/jinja@0.5", "liquidjs": "liquidjs@10"}


class Engine:
    def __init__(self, name, command, version, has_cold=True):
        self.name, self.command, self.version, self.has_cold = name, command, version, has_cold
        self.workloads = set()

    def run(self, *arguments, seconds=300):
        """The harness's output, or None after saying why not."""
        try:
            done = subprocess.run(self.command + [str(a) for a in arguments], capture_output=True, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            return None, "took longer than %d s" % seconds
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["exit status %d" % done.returncode]
            return None, next((line for line in lines if "rror" in line), lines[-1]).strip()
        return done.stdout, None


def is_newer(program, *sources):
    """Than all of them, and there."""
    return os.access(program, os.X_OK) and os.path.getmtime(program) > max(map(os.path.getmtime, sources))


def missing(name, why):
    print("%s is left out: %s" % (name, why))


def python_peers():
    for name in ("jinja2", "mako", "chameleon"):
        command = [PYTHON, os.path.join(PEERS, "python_engines.py"), name]
        version = subprocess.run(command + ["version"], capture_output=True, text=True)
        if version.returncode == 0:
            yield Engine(name, command, version.stdout.strip())
        else:
            missing(name, "python3 has no such module (package python3-%s)" % name)


def node_peers(folder):
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node:
        return missing("doT, eta, nunjucks, @huggingface/jinja, liquidjs", "there is no node")
    home = os.path.join(folder, "node")
    modules = os.path.join(home, "node_modules")
    if not os.path.isdir(modules):
        if not npm:
            return missing("doT, eta, nunjucks, @huggingface/jinja, liquidjs", "there is no npm to install them with")
        os.makedirs(home, exist_ok=True)
        done = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", home, *NPM.values()], capture_output=True, text=True)
        if done.returncode:
            return missing("doT, eta, nunjucks, @huggingface/jinja, liquidjs", "npm could not install them")
    found = []
    for name in NPM:
        command = [node, os.path.join(PEERS, "node_engines.mjs"), name, modules]
        version = subprocess.run(command + ["version"], capture_output=True, text=True)
        if version.returncode:
            missing(name, "its npm package is not there")
        else:
            found.append(Engine(name, command, version.stdout.strip()))
    return found


def lua_peers():
    luajit = shutil.which("luajit")
    if not luajit:
        return missing("luajit", "there is none (package luajit)")
    version = subprocess.run([luajit, "-v"], capture_output=True, text=True).stdout.split()[1]
    return [Engine("luajit", [luajit, os.path.join(PEERS, "templates.lua")], version, has_cold=False)]


def rust_peers(folder):
    """minijinja compiles templates at run time; Sailfish and Askama have theirs compiled in, over types of Rust."""
    cargo = shutil.which("cargo")
    if not cargo:
        return missing("minijinja, sailfish, askama", "there is no cargo to build them with")
    found = []
    for name, crate in (("minijinja", "minijinja"), ("sailfish", "typed"), ("askama", "typed")):
        home = os.path.join(folder, "rust-" + name)
        package = os.path.join(home, crate)
        shutil.copytree(os.path.join(PEERS, "rust"), home, dirs_exist_ok=True)
        features = ["--features", name] if crate == "typed" else []
        dialects.write(name, os.path.join(HERE, "templates"), os.path.join(package, "templates"), "html" if features else None)
        done = subprocess.run([cargo, "build", "--release", "--quiet", *features], cwd=package, capture_output=True, text=True,
                              env={**os.environ, "CARGO_TARGET_DIR": os.path.join(home, "target")})
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.startswith("error")]
            missing(name, "cargo could not build it: %s" % (lines or ["exit status %d" % done.returncode])[0])
            continue
        with open(os.path.join(package, "Cargo.lock"), encoding="utf-8") as f:
            version = re.search(r'name = "%s"\nversion = "([^"]+)"' % name, f.read())
        program = os.path.join(home, "target", "release", "bench-" + crate)
        found.append(Engine(name, [program], version.group(1) if version else "", has_cold=not features))
    return found


LLAMA_SOURCES = ("jinja/lexer", "jinja/parser", "jinja/runtime", "jinja/string", "jinja/value", "json", "unicode")


def llama_peer(folder):
    """The Jinja engine inside llama.cpp: what C++ programs have for chat templates. A crate carries its sources."""
    cargo, compiler = shutil.which("cargo"), shutil.which("c++")
    if not cargo or not compiler:
        return missing("llama.cpp", "there is no %s" % ("c++ to build it with" if cargo else "cargo to fetch its sources with"))
    home = os.path.join(folder, "llama")
    shutil.copytree(os.path.join(PEERS, "llama"), home, dirs_exist_ok=True)
    packages = subprocess.run([cargo, "metadata", "--format-version", "1"], cwd=home, capture_output=True, text=True)
    if packages.returncode:
        return missing("llama.cpp", "cargo could not fetch its sources")
    crate = next(p for p in json.loads(packages.stdout)["packages"] if p["name"] == "llama-cpp-sys-2")
    sources = os.path.join(os.path.dirname(crate["manifest_path"]), "llama.cpp")
    program = os.path.join(home, "bench-llama-" + crate["version"])
    if not is_newer(program, os.path.join(PEERS, "llama", "main.cpp"), os.path.join(PEERS, "measure.hpp")):
        done = subprocess.run([compiler, "-O3", "-DNDEBUG", "-std=c++17", *("-I" + os.path.join(sources, each) for each in ("common", "vendor", "ggml/include")), "-I" + PEERS,
                               os.path.join(home, "main.cpp"), *(os.path.join(sources, "common", each + ".cpp") for each in LLAMA_SOURCES),
                               "-o", program], capture_output=True, text=True)
        if done.returncode:
            return missing("llama.cpp", "c++ could not build it")
    return [Engine("llama.cpp", [program], crate["version"])]


def all_engines(build, folder, quick):
    """The C limit first, Burin with JSON and with structs next; only Jinja2 besides them in a quick run."""
    programs = os.path.join(build, "bench")
    engines = [Engine("c", [os.path.join(programs, "bench_limit")], "", has_cold=False),
               Engine("burin", [os.path.join(programs, "bench_burin")], ""),
               Engine("burin, structs", [os.path.join(programs, "bench_structs")], "")]
    helper = os.path.join(build, "burin-jit")
    if os.access(helper, os.X_OK):
        engines += [Engine(e.name + ", native", [*e.command, "--native", helper], "", has_cold=False) for e in engines[1:]]
    else:
        missing("native code", "burin-jit was not built (it needs libgccjit)")
    peers = list(python_peers())
    if quick:
        return engines + [peer for peer in peers if peer.name == "jinja2"]
    return engines + (rust_peers(folder) or []) + (llama_peer(folder) or []) + peers + (lua_peers() or []) + (node_peers(folder) or [])
