#!/usr/bin/env python3
"""The build is installed into a folder, and a project outside the tree is built against it: with pkg-config and with
find_package, shared and static. Everything that an installation promises is there, and nothing in it names the tree."""
import os
import shutil
import subprocess
import sys
import tempfile

BUILD, SOURCE = os.environ["BURIN_BUILD"], os.environ["BURIN_SOURCE"]
CC = os.environ.get("BURIN_CC") or "cc"
PROJECT = os.path.join(SOURCE, "tests", "install", "project")
PROMISED = ["bin/burin", "include/burin/burin.h", "include/burin/status.def", "lib/libburin.so", "lib/libburin.so.0", "lib/libburin.a",
            "lib/pkgconfig/burin.pc", "lib/cmake/burin/burinConfig.cmake", "share/man/man1/burin.1",
            "share/bash-completion/completions/burin", "share/zsh/site-functions/_burin", "share/fish/vendor_completions.d/burin.fish"]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit("%s\n%s%s" % (" ".join(command), done.stdout, done.stderr))
    return done.stdout


def pkg_config(prefix, *arguments):
    return run("pkg-config", *arguments, "burin", env={**os.environ, "PKG_CONFIG_PATH": os.path.join(prefix, "lib", "pkgconfig")}).split()


def main(folder):
    prefix, user = os.path.join(folder, "prefix"), os.path.join(folder, "user")
    run("cmake", "--install", BUILD, "--prefix", prefix)
    if os.path.isdir(os.path.join(prefix, "lib")) is False:  # lib64 or lib/<machine>
        os.symlink(next(os.path.join(prefix, d) for d in os.listdir(prefix) if d.startswith("lib")), os.path.join(prefix, "lib"))
    missing = [path for path in PROMISED if not os.path.exists(os.path.join(prefix, path))]
    if missing:
        sys.exit("not installed: " + ", ".join(missing))
    for path in ("lib/pkgconfig/burin.pc", "lib/cmake/burin/burinConfig.cmake", "lib/cmake/burin/burinTargets.cmake"):
        with open(os.path.join(prefix, path), encoding="utf-8") as f:
            if SOURCE in f.read():
                sys.exit("%s names the source tree" % path)
    assert run(os.path.join(prefix, "bin", "burin"), "eval", "1 + 1").strip() == "2"

    shutil.copytree(PROJECT, user)
    moved = prefix + "-moved"  # an installation may be moved
    os.rename(prefix, moved)
    flags = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-std=c11"]
    libraries = os.path.join(moved, "lib")
    run(CC, *flags, *pkg_config(moved, "--cflags"), "main.c", *pkg_config(moved, "--libs"), "-Wl,-rpath," + libraries, "-o", "by-pkg-config", cwd=user)
    static = [flag if flag != "-lburin" else os.path.join(libraries, "libburin.a") for flag in pkg_config(moved, "--static", "--libs")]
    run(CC, *flags, *pkg_config(moved, "--cflags"), "main.c", *static, "-o", "by-pkg-config-static", cwd=user)
    run("cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_C_COMPILER=" + CC, "-DCMAKE_PREFIX_PATH=" + moved, cwd=user)
    run("cmake", "--build", "build", cwd=user)
    for program in ("by-pkg-config", "by-pkg-config-static", "build/shared", "build/static"):
        output = run(os.path.join(user, program))
        if output != "42 SS\n":
            sys.exit("%s printed %r" % (program, output))
    linked = run("ldd", os.path.join(user, "by-pkg-config-static"))
    if "libburin" in linked:
        sys.exit("the static program is linked with libburin.so")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(scratch)
