from collections.abc import Callable, Iterable
from os import PathLike
from typing import Any, Protocol, final

from ._types import Memory, Step

__version__: str

class _Writer(Protocol):
    def write(self, data: Any, /) -> Any: ...

_File = str | PathLike[str] | bytes
_Name = str | Atom
_Sink = Callable[[str], Any] | _Writer | None

@final
class Atom:
    """An atom. Two atoms are equal if their names are; an atom never equals a str."""

    __match_args__ = ("name",)
    def __new__(cls, name: str) -> Atom: ...
    @property
    def name(self) -> str: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class BitString:
    """A bit string that is not a whole number of bytes: the first `size` bits of `data`."""

    __match_args__ = ("data", "size")
    def __new__(cls, data: bytes, size: int) -> BitString: ...
    @property
    def data(self) -> bytes: ...
    @property
    def size(self) -> int: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ImproperList:
    """A list that ends in something else than the empty list."""

    __match_args__ = ("elements", "tail")
    def __new__(cls, elements: Iterable[Any], tail: Any) -> ImproperList: ...
    @property
    def elements(self) -> tuple[Any, ...]: ...
    @property
    def tail(self) -> Any: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Pid:
    """A process. It means nothing to any other VM."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Port:
    """A port. It means nothing to any other VM."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Reference:
    """A reference. It means nothing to any other VM."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Fun:
    """A fun. It cannot be given back to a VM."""

@final
class VM:
    """A virtual machine.

    It may be used from any thread. While one thread runs it, others may send messages and start
    processes; they take turns. VMs share nothing.
    """

    def __new__(
        cls,
        *,
        memory_limit: int | None = None,
        process_limit: int | None = None,
        reduction_limit: int | None = None,
        stdout: _Sink = None,
        stderr: _Sink = None,
        seed: int | None = None,
        code_path: list[str | PathLike[str]] | None = None,
        library: bool = True,
    ) -> VM:
        """A new VM.

        memory_limit: bytes; without one there is no limit.
        process_limit: processes at the same time; without one 262144.
        reduction_limit: reductions of all processes together; without one there is no limit.
        stdout, stderr: a function that gets what the program writes as str, or an open file;
            without one it is kept in `output` and `errors`.
        seed: the VM's own random bytes follow from this number. (The module `rand` also looks at
            the time: give it a seed of its own.)
        code_path: folders in which modules (`NAME.beam`) are looked for.
        library: False leaves out the built-in library.
        """

    def load(self, file: _File) -> None:
        """Adds a pack or BEAM file, by its path or as bytes.

        Its modules are loaded when they are first called. Raises OSError or LoadError.
        """

    def run(self, *files: _File, args: list[str] | None = None) -> Any:
        """Adds files, runs start/0 of the first module in them that exports it, returns its value.

        Without files, those count that were loaded before; and a program that `start` has
        started goes on. `args` are what init:get_plain_arguments/0 returns.

        Raises ErlangError, LoadError, LimitError, HaltError, NoEntryPoint or OSError.
        """

    def start(self) -> None:
        """Starts the program without running it: `step` or `run` does."""

    def step(self, budget: int = 100_000) -> Step:
        """Lets processes run for about `budget` reductions, or until all of them wait."""

    def call(self, module: _Name, function: _Name, /, *args: Any) -> Any:
        """Calls a function in a new process, and returns its value.

        Other processes run meanwhile. When a signal interrupts the call, its process is killed.
        """

    def spawn(self, module: _Name, function: _Name, /, *args: Any) -> Pid:
        """Starts a process that calls a function; `run`, `call` or `step` lets it run."""

    def send(self, to: Pid | _Name, message: Any) -> bool:
        """Sends a message to a process, or to the one with a registered name.

        Returns False if the process has ended. Raises ValueError if there is no such name.
        """

    def exit(self, pid: Pid, reason: Any = ...) -> bool:
        """Sends an exit signal, as exit/2 does; without a reason it is `kill`."""

    def whereis(self, name: _Name) -> Pid | None:
        """The process with a registered name."""

    def is_alive(self, pid: Pid) -> bool:
        """Has the process not ended?"""

    def register(
        self, module: _Name, function: _Name, arity: int, callable: Callable[..., Any]
    ) -> None:
        """Makes calls of `module:function/arity` reach a function of Python.

        An ErlangError that it raises is raised in the program; any other exception becomes
        error:{python_error, ClassAsBinary, MessageAsBinary}. It may use the VM to send messages to
        processes, and for nothing else.
        """

    def memory(self) -> Memory:
        """The bytes that the VM uses now, used at most, and may use."""

    @property
    def output(self) -> str:
        """What the program has written, if it was captured."""

    @property
    def errors(self) -> str:
        """The reports of errors, if they were captured."""

    def clear_output(self) -> None:
        """Forgets what was captured."""
