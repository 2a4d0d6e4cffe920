#!/usr/bin/env python3
"""Finds the functions that a start of `atomvm run hello` calls, and writes them to a linker script.

    benches/startup.py            measures the release build and writes atomvm-cli/startup.ld

The linker puts these functions side by side (see atomvm-cli/build.rs). The system maps a program in
pieces of 64 KB around what is touched: spread over all of the code they would bring in nearly all of
it. What is not in the list, or has another name since it was made, only lies elsewhere.
"""

import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
SCRIPT = ROOT / "atomvm-cli" / "startup.ld"
# Instances of a generic function have one name but for the hash. Where those that are called are few
# among many, they would bring in the others.
MOST_UNCALLED = 64 * 1024

# Unlike hello it ends with an atom.
NOTHING = "-module(nothing).\n-export([start/0]).\nstart() -> ok.\n"

HEADER = """\
/* The functions that run when `atomvm run hello` starts, so that they lie side by side.
   Made by benches/startup.py. */
SECTIONS
{
  .text.start :
  {
    *crt*.o(.text)
"""
FOOTER = """\
  }
}
INSERT BEFORE .text;
"""


def called(arguments):
    """The symbols of all functions that a command calls."""
    with tempfile.NamedTemporaryFile("r") as out:
        valgrind = ["valgrind", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={out.name}"]
        subprocess.run([*valgrind, *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)
        names = re.findall(r"^c?fn=\(\d+\) (\S+)", out.read(), re.MULTILINE)
        # Callgrind marks the levels of a recursion.
        return {re.sub(r"'\d+$", "", name) for name in names}


def sizes(binary):
    """The size in bytes of each function of a program, by its symbol."""
    listed = subprocess.run(["nm", "-S", "--defined-only", binary], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^\w+ (\w+) [tTwW] (\S+)$", listed, re.MULTILINE)
    return {name: int(size, 16) for size, name in found}


def pattern(name):
    """A pattern that fits a symbol in later builds, too: their hashes, and those of crates, differ, and the
    numbers of functions that had the same name."""
    name = re.sub(r"17h[0-9a-f]{16}E", "17h*E", name)
    name = re.sub(r"(?<=Cs)[0-9A-Za-z]+(?=_)", "*", name)
    return re.sub(r"\.\d+$", ".*", name)


def line(name):
    """A function's line of the script; the compiler's sections say what it takes for rarely called."""
    return f"    *(.text.{name} .text.unlikely.{name})\n"


def main():
    atomvm, packbeam = str(TARGET / "atomvm"), str(TARGET / "packbeam")
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "nothing.erl").write_text(NOTHING)
        sources = [ROOT / "examples" / "hello" / "hello.erl", f"{folder}/nothing.erl"]
        subprocess.run(["erlc", "-o", folder, *map(str, sources)], check=True)
        beam, pack = f"{folder}/hello.beam", f"{folder}/hello.avm"
        subprocess.run([packbeam, "create", pack, beam], check=True)
        starts = [[atomvm, "run", file] for file in (beam, pack, f"{folder}/nothing.beam")]
        names = set().union(*map(called, starts))
    size = sizes(atomvm)
    uncalled, patterns = {}, set()
    for name in size:
        if name in names:
            patterns.add(pattern(name))
        else:
            uncalled[pattern(name)] = uncalled.get(pattern(name), 0) + size[name]
    kept = sorted(p for p in patterns if uncalled.get(p, 0) <= MOST_UNCALLED)
    SCRIPT.write_text(HEADER + "".join(map(line, kept)) + FOOTER)
    called_bytes = sum(size[name] for name in names if name in size)
    print(f"{len(kept)} functions; {called_bytes} bytes are called of {sum(size.values())}")


if __name__ == "__main__":
    main()
