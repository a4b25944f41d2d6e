#!/usr/bin/env bash
# The one door. Everything a person or a machine does with this tree starts here; --help lists it.
#
# Each command names what it needs (need ...), then what it builds (build KIND TARGET...), then runs it. What is missing is
# installed with apt-get where that is allowed, and otherwise named. Results go to build/<kind>/, nothing else is written.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$here/build
jobs=$(nproc 2>/dev/null || echo 2)

usage() {
    cat <<'TEXT'
./build.sh COMMAND

  render TEMPLATE [DATA...]   render a template (all options of `burin render`); builds what is needed first
  test [PATTERN]              build and run the tests (those whose names match PATTERN)
  dev | release               build: for development (build/dev), or optimised (build/release)
  asan | tsan | coverage [PATTERN]
                              build and test with sanitizers, or with a coverage report
  fuzz [SECONDS] [NAME]       fuzz each target, or one, for SECONDS (60)
  bench [--quick] [NAME...]   measure against hand-written C and other engines; writes docs/BENCHMARKS.md
  bench store [--quick]       measure the entity store; writes docs/BENCHMARKS-STORE.md
  bench expr [--quick]        measure expressions and scripts against CPython, asteval, LuaJIT, node, muParser, ExprTk; writes docs/BENCHMARKS-EXPR.md
  bench compile [--quick]     measure how long native code takes to make; writes docs/BENCHMARKS-COMPILE.md
  bench columns [--rows N]    measure formulas over columns against loops in C, numexpr, numpy and ExprTk
  bench reactive [--quick]    measure the reactive graph; writes docs/BENCHMARKS-REACTIVE.md
  differential [SECONDS] [SEED]
                              random templates through Burin and the real Jinja2 for SECONDS (60); what differs is made small
  differential chat FOLDER [-- OPTION...]
                              each chat template (*.jinja) below FOLDER in 150 renders through both
  differential corpus FOLDER [OPTION...]
                              each template below FOLDER (*.j2 *.html *.sls *.sql ...), with made-up data, through both
  conformance [KIND] [...]    the conformance corpus beside the tree, with a release (or KIND) build; options of its runner
  conformance ropes [N]       every N-th case of it (1: all) as a live page: after random changes its patches give what a fresh render gives
  conformance native [N]      every N-th case of it (1: all) interpreted, natively at -O0, -O1 and -O2, and from the cache: the same answers
  install [PREFIX]            install the release build (/usr/local)
  clean                       remove build/
  help                        this text

Needs: a C compiler, cmake, ninja, re2c, lemon, pkg-config, libgmp, libunistring; if they can be had, libyaml for YAML data, libedit for burin
repl, SQLite and libpq for stores, libgccjit for native code; cmocka and python3 for tests. On Debian and its kin what is missing is
installed (as root, or through sudo).
TEXT
}

say() { printf '%s\n' "build.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

# ---- what is needed ----

# package, how to see that it is there, what for
requirements() {
    cat <<'TEXT'
build gcc            command:cc          to compile C
build libc6-dev      header:stdlib.h     the C library's headers
build cmake          command:cmake       to configure the build
build ninja-build    command:ninja       to run the build
build re2c           command:re2c        to generate the lexer
build lemon          command:lemon       to generate the parser
build pkg-config     command:pkg-config  to find libraries
build libgmp-dev     header:gmp.h        integers without bound
build libunistring-dev header:unicase.h  Unicode case mapping
extra libyaml-dev    header:yaml.h       YAML data in the command
extra libedit-dev    header:editline/readline.h lines and history in burin repl
extra libsqlite3-dev header:sqlite3.h    entity stores in a file
extra libpq-dev header:postgresql/libpq-fe.h entity stores in PostgreSQL
native libgccjit-12-dev header:libgccjit.h native code; without it everything is interpreted
test  g++            command:c++         the example in C++, and whether the headers are C++ too
test  libcmocka-dev  header:cmocka.h     the unit tests
test  python3        command:python3     test scripts
test  python3-jinja2 python:jinja2       the tests that compare with Jinja2
test  python3-yaml   python:yaml         the same, of the configuration example
test  python3-rx     python:rx           the tests that compare operators with RxPY
test  python3-asteval python:asteval     the example that moves from asteval
bench python3        command:python3     the benchmark driver
fuzz  python3        command:python3     to write seeds
fuzz  clang          command:clang       the compiler of libFuzzer
fuzz  libclang-rt-dev clang:fuzzer,address libFuzzer and the sanitizers of clang
cover gcovr          command:gcovr       the coverage report
TEXT
}

debian_python=/usr/bin/python3
python() { if [ -x "$debian_python" ]; then "$debian_python" "$@"; else python3 "$@"; fi; }

is_there() {
    case $1 in
    command:*) command -v "${1#command:}" >/dev/null ;;
    header:*) echo "#include <${1#header:}>" | cc -x c -E - -o /dev/null 2>/dev/null ||
              printf '#include <stddef.h>\n#include <stdarg.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <%s>\n' "${1#header:}" | cc -x c -E - -o /dev/null 2>/dev/null ;;
    clang:*) echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { (void)d; (void)n; return 0; }' |
             clang -x c -fsanitize="${1#clang:}" - -o /dev/null 2>/dev/null ;;
    python:*) python -c "import ${1#python:}" 2>/dev/null ;;
    esac
}

# Make sure that everything of the given groups is there: install it, or fail naming it.
need() {
    local group package probe why missing=() reasons=()
    while read -r group package probe why; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        if ! is_there "$probe"; then
            missing+=("$package")
            reasons+=("  $package: $why")
        fi
    done < <(requirements)
    [ ${#missing[@]} -eq 0 ] || install_packages
}

install_packages() {
    local as_root=()
    if ! command -v apt-get >/dev/null; then
        printf '%s\n' "${reasons[@]}" >&2
        fail "missing: ${missing[*]} (Debian's names), and there is no apt-get here to install them. Install them and run this again."
    fi
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            fail "missing: ${missing[*]}. Run this as root, or install them: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing with apt-get, because they are missing:"
    printf '%s\n' "${reasons[@]}" >&2
    if ! ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
        "${as_root[@]}" apt-get update -q >&2 || fail "apt-get update failed, so these cannot be installed: ${missing[*]}"
    fi
    local try
    for try in first again; do
        if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2; then
            return
        fi
        [ "$try" = again ] || "${as_root[@]}" apt-get update -q >&2 || true # the lists may be old
    done
    fail "apt-get could not install: ${missing[*]}"
}

# ---- building ----

# build KIND [--tests] TARGET...: configure once, then build. What a configured folder was made with is not looked for again;
# one made without the tests, which need cmocka and more, is configured anew when they are asked for.
build() {
    local kind=$1 dir=$build/$1 tests=OFF options=()
    shift
    if [ "${1:-}" = --tests ]; then
        tests=ON
        shift
    fi
    options+=(-DBURIN_TESTS=$tests)
    [ -z "${BURIN_WERROR:-}" ] || options+=(-DBURIN_WERROR=ON)
    local groups=(build)
    [ $tests = OFF ] || groups+=(test)
    if [ "$kind" = fuzz ]; then
        groups+=(fuzz)
        options+=(-DCMAKE_C_COMPILER=clang)
    fi
    if ! command -v cmake >/dev/null || ! command -v ninja >/dev/null || [ ! -f "$dir/build.ninja" ]; then
        need "${groups[@]}"
        (need extra native) || say "going on without them; without libgccjit-12-dev templates and expressions are interpreted only."
        configure "$dir" "$kind"
    elif [ $tests = ON ] && ! grep -q '^BURIN_TESTS:BOOL=ON' "$dir/CMakeCache.txt"; then
        need "${groups[@]}"
        configure "$dir" "$kind"
    fi
    ninja -C "$dir" --quiet "$@" 2>&1 | sed '/^ninja: no work to do/d' >&2 || fail "the $kind build failed."
}

configure() {
    local dir=$1 kind=$2 log
    mkdir -p "$dir" || fail "cannot write to ${here}: builds lie in its folder build/."
    log=$dir/configure.log
    say "configuring the $kind build in ${dir#"$here/"}"
    if ! cmake -S "$here" -B "$dir" -G Ninja -DBURIN_KIND="$kind" "${options[@]}" >"$log" 2>&1; then
        rm -f "$dir/CMakeCache.txt" "$dir/build.ninja"
        cat "$log" >&2
        fail "the $kind build could not be configured."
    fi
    say "building (the first time takes a minute or two)"
}

# run_tests KIND [PATTERN]
run_tests() {
    local kind=$1 filter=()
    [ $# -eq 1 ] || filter=(-R "$2")
    build "$kind" --tests all
    ctest --test-dir "$build/$kind" --output-on-failure -j "$jobs" "${filter[@]}" || fail "tests failed in the $kind build."
}

# ---- commands ----

cmd_render() {
    build release burin_command
    exec "$build/release/burin" render "$@"
}

cmd_test() { run_tests dev "$@"; }
cmd_asan() { run_tests asan "$@"; }
cmd_tsan() { run_tests tsan "$@"; }

cmd_coverage() {
    need cover
    run_tests coverage "$@"
    (cd "$here" && gcovr --root . --object-directory build/coverage --exclude tests --exclude bench --exclude build --print-summary \
        --html-details "$build/coverage/report.html" >"$build/coverage/report.txt")
    tail -n 3 "$build/coverage/report.txt"
    say "the report is build/coverage/report.html"
}

# fuzz_target NAME SECONDS
fuzz_target() {
    local name=$1 corpus=$build/fuzz/corpus/$1 log=$build/fuzz/$1.log seeds=() found=0
    local options=(-max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$build/fuzz/findings/$name-")
    [ ! -f "$here/tests/fuzz/$name.dict" ] || options+=(-dict="$here/tests/fuzz/$name.dict")
    [ ! -d "$here/tests/fuzz/corpus/$name" ] || seeds=("$here/tests/fuzz/corpus/$name")
    mkdir -p "$corpus" "$build/fuzz/findings"
    say "fuzzing $name for $2 s"
    "$build/fuzz/tests/fuzz_$name" "${options[@]}" "$corpus" "${seeds[@]}" 2>"$log" || found=1
    [ $found -eq 0 ] || { say "$name found something; see build/fuzz/$name.log:"; tail -n 30 "$log" >&2; }
    sed -nE "s/^stat::(number_of_executed_units|average_exec_per_sec)/$name: \1/p" "$log" >&2
    return $found
}

# As many targets at once as there are processors.
cmd_fuzz() {
    local seconds=60 target name running=0 failed=0 found=0
    case ${1:-} in '' | *[!0-9]*) ;; *) seconds=$1; shift ;; esac
    build fuzz --tests all
    export BURIN_JIT=$build/fuzz/burin-jit # for the target that compares native code
    python "$here/tests/differential/seeds.py" "$build/fuzz/corpus" 400
    for target in "$build"/fuzz/tests/fuzz_*; do
        [ -x "$target" ] && [ -f "$target" ] || continue
        name=${target##*/fuzz_}
        [ $# -eq 0 ] || [ "$1" = "$name" ] || continue
        found=1
        [ $running -lt "$jobs" ] || { wait -n || failed=1; running=$((running - 1)); }
        fuzz_target "$name" "$seconds" &
        running=$((running + 1))
    done
    while [ $running -gt 0 ]; do
        wait -n || failed=1
        running=$((running - 1))
    done
    [ $found -eq 1 ] || fail "there is no fuzz target ${1:-}"
    [ $failed -eq 0 ] || fail "fuzzing found something: build/fuzz/findings/"
}

cmd_bench() {
    need build bench
    if [ "${1:-}" = store ]; then
        shift
        build release bench_store bench_store_calls bench_store_durable bench_store_clients
        python "$here/bench/store.py" --build "$build/release" "$@"
        return
    fi
    if [ "${1:-}" = reactive ]; then
        shift
        build release bench_reactive
        python "$here/bench/reactive.py" --build "$build/release" "$@"
        return
    fi
    if [ "${1:-}" = expr ]; then
        shift
        build release bench_expr bench_expr_limit
        python "$here/bench/expr.py" --build "$build/release" "$@"
        return
    fi
    if [ "${1:-}" = compile ]; then
        shift
        build release bench_compile
        python "$here/bench/compile.py" --build "$build/release" "$@"
        return
    fi
    if [ "${1:-}" = columns ]; then
        shift
        build release bench_columns
        python "$here/bench/columns.py" "$build/release" "$@"
        return
    fi
    build release bench
    python "$here/bench/run.py" --build "$build/release" "$@"
}

cmd_conformance() {
    local kind=release corpus=$here/../shared/conformance
    case ${1:-} in dev | release | asan | tsan | coverage) kind=$1; shift ;; esac
    [ -f "$corpus/run_corpus.py" ] || fail "the conformance corpus is not beside this tree (../shared/conformance)."
    if [ "${1:-}" = native ]; then
        need native
        build release burin_command burin_jit
        python "$here/tests/conformance/native.py" "$build/release/burin" --every "${2:-1}" "$corpus"/cases/*.jsonl "$corpus"/scripts/*.jsonl
        return
    fi
    if [ "${1:-}" = ropes ]; then
        build "$kind" --tests conformance_ropes
        "$build/$kind/tests/conformance_ropes" --every "${2:-1}" "$corpus"/cases/*.jsonl
        return
    fi
    command -v python3 >/dev/null || need test
    build "$kind" burin_command
    local statuses=$build/$kind/conformance.json
    rm -f "$statuses"
    export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:allocator_may_return_null=1}
    python "$corpus/run_corpus.py" --engine "'$build/$kind/burin' batch" --failures "$build/$kind/conformance-failures.jsonl" \
        --save "$statuses" --messages "$@" || true
    local verdict=0 megabytes=256
    [ "$kind" != asan ] && [ "$kind" != tsan ] || megabytes=0 # a sanitizer's own memory says nothing
    python "$here/tests/conformance/verdict.py" "$statuses" "$here/docs/COMPATIBILITY.md" || verdict=1
    python "$here/tests/conformance/attacks.py" "$build/$kind/burin" "$corpus/scripts/attacks.jsonl" --megabytes $megabytes || verdict=1
    python "$here/tests/conformance/scripts.py" "$build/$kind/burin" "$corpus/scripts/python_cases.jsonl" "$corpus/scripts/asteval_cases.jsonl" || verdict=1
    return $verdict
}

cmd_differential() {
    build release burin_command
    need test
    if [ "${1:-}" = chat ]; then
        BURIN=$build/release/burin python "$here/tests/differential/chat.py" "${@:2}"
    elif [ "${1:-}" = corpus ]; then
        BURIN=$build/release/burin python "$here/tests/differential/corpus.py" "${@:2}"
    else
        BURIN=$build/release/burin python "$here/tests/differential/compare.py" --seconds "${1:-60}" ${2:+--seed "$2"}
    fi
}

cmd_install() {
    local prefix=${1:-/usr/local}
    build release all
    cmake --install "$build/release" --prefix "$prefix" >/dev/null || fail "could not install into $prefix."
    say "installed into $prefix"
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
render | test | asan | tsan | coverage | fuzz | bench | conformance | differential | install) "cmd_$command" "$@" ;;
dev | release) build "$command" "${@:-all}" ;;
clean) rm -rf "$build" ;;
help | -h | --help) usage ;;
*)
    usage >&2
    say "there is no command '$command'."
    exit 2
    ;;
esac
