"""A virtual machine for compiled Erlang, Elixir and Gleam.

    import atomvm

    vm = atomvm.VM()
    value = vm.run("app.avm")
    print(vm.output)

Terms become objects of Python and back:

=================  ==========================================================================
integer            int
float              float
binary             bytes; on the way in also str (as UTF-8), bytearray and memoryview
bit string         BitString, unless it is a whole number of bytes
atom               True, False, None (for ``undefined``), and Atom for all others
list               list; an improper one ImproperList
tuple              tuple
map                dict; Map, if its keys cannot be those of a dict (lists, maps, 1 and 1.0)
pid, port, ref     Pid, Port, Reference, which only their own VM understands
fun                Fun, which cannot be given back
=================  ==========================================================================

A string of Erlang is a list of characters: see `charlist` and `text`.
"""

from __future__ import annotations

from typing import Any

from ._errors import (
    ConversionError,
    ErlangError,
    Error,
    Frame,
    HaltError,
    LimitError,
    LoadError,
    NoEntryPoint,
)
from ._native import (
    VM,
    Atom,
    BitString,
    Fun,
    ImproperList,
    Pid,
    Port,
    Reference,
    __version__,
)
from ._types import Map, Memory, Step

__all__ = [
    "VM",
    "Atom",
    "BitString",
    "ConversionError",
    "ErlangError",
    "Error",
    "Frame",
    "Fun",
    "HaltError",
    "ImproperList",
    "LimitError",
    "LoadError",
    "Map",
    "Memory",
    "NoEntryPoint",
    "Pid",
    "Port",
    "Reference",
    "Step",
    "__version__",
    "charlist",
    "text",
]


def charlist(string: str) -> list[int]:
    """The list of characters that ``"..."`` is in Erlang."""
    return [ord(character) for character in string]


def text(chars: Any) -> str:
    """The text of a binary in UTF-8, of a list of characters, or of a list of such (chardata).

    Raises ValueError for bytes that are not UTF-8 and for numbers that are no characters, and
    TypeError for what is no text at all.
    """
    parts: list[str] = []
    left = [chars]
    while left:
        part = left.pop()
        if isinstance(part, bytes):
            parts.append(part.decode())
        elif isinstance(part, int) and not isinstance(part, bool):
            parts.append(chr(part))
        elif isinstance(part, list):
            left.extend(reversed(part))
        elif isinstance(part, ImproperList):
            left.append(part.tail)
            left.extend(reversed(part.elements))
        else:
            raise TypeError(f"not a text: {part!r}")
    return "".join(parts)
