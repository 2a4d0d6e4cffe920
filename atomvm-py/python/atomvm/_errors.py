"""What goes wrong, as exceptions."""

from __future__ import annotations

from typing import Any, NamedTuple


class Frame(NamedTuple):
    """An entry of a stack trace."""

    module: str
    function: str
    arity: int
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = f" ({self.file}, line {self.line})" if self.file and self.line else ""
        return f"{self.module}:{self.function}/{self.arity}{place}"


class Error(Exception):
    """What all exceptions of this package have in common."""


class ErlangError(Error):
    """An exception of the program that nothing caught, or an exit signal.

    A function that is registered with a VM may raise it as well, to raise the exception in the
    program.
    """

    def __init__(
        self,
        erl_class: str,
        reason: Any,
        stack: list[Frame] | None = None,
        report: str | None = None,
    ) -> None:
        if erl_class not in ("error", "exit", "throw"):
            raise ValueError(f"erl_class must be 'error', 'exit' or 'throw', not {erl_class!r}")
        super().__init__(erl_class, reason, stack, report)
        #: "error", "exit" or "throw".
        self.erl_class = erl_class
        #: The reason, as an object.
        self.reason = reason
        #: Where it was raised, innermost first.
        self.stack = [] if stack is None else stack
        #: The report that OTP prints.
        self.report = report

    def __str__(self) -> str:
        return self.report or f"{self.erl_class}: {self.reason!r}"


class LoadError(Error):
    """A file or a module cannot be loaded: it is damaged, foreign, too new or refused."""

    def __init__(self, message: str, file: str = "", reason: str = "") -> None:
        super().__init__(message, file, reason)
        #: The file.
        self.file = file
        #: What is wrong with it.
        self.reason = reason

    def __str__(self) -> str:
        return str(self.args[0])


class LimitError(Error):
    """A limit of the VM is reached."""

    def __init__(self, message: str, limit: str = "") -> None:
        super().__init__(message, limit)
        #: "memory", "processes", "atoms" or "reductions".
        self.limit = limit

    def __str__(self) -> str:
        return str(self.args[0])


class HaltError(Error):
    """The program has stopped the VM (``erlang:halt``)."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message, status)
        #: The exit status.
        self.status = status

    def __str__(self) -> str:
        return str(self.args[0])


class NoEntryPoint(Error):
    """No module exports ``start/0``."""


class ConversionError(Error, ValueError):
    """An object cannot be a term, or a term cannot be an object."""
