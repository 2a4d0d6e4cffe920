"""Types that need nothing of the VM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple


class Step(NamedTuple):
    """What a step came to."""

    #: "ran": there is more to do; "idle": all processes wait; "done": the program has ended.
    state: str
    #: Of "idle": seconds until the next timer, None if there is none.
    wait: float | None = None
    #: Of "done": what start/0 returned.
    value: Any = None


class Memory(NamedTuple):
    """Bytes that a VM uses."""

    used: int
    peak: int
    limit: int | None


class Map(Mapping):
    """A map that cannot be a ``dict``.

    Its keys may be lists and maps, and 1, 1.0 and True are different keys. Everything else is as
    in a ``dict`` that nobody changes, but looking for a key takes time in proportion to the size.
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[Any, Any]] = ()) -> None:
        self._pairs: list[tuple[Any, Any]] = []
        for key, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
            known = next((i for i, (k, _) in enumerate(self._pairs) if _same(k, key)), None)
            if known is None:
                self._pairs.append((key, value))
            else:
                self._pairs[known] = (key, value)

    def __getitem__(self, key: Any) -> Any:
        for k, value in self._pairs:
            if _same(k, key):
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        return (key for key, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def items(self) -> list[tuple[Any, Any]]:  # type: ignore[override]
        return list(self._pairs)

    def keys(self) -> list[Any]:  # type: ignore[override]
        return [key for key, _ in self._pairs]

    def values(self) -> list[Any]:  # type: ignore[override]
        return [value for _, value in self._pairs]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Map, dict)) and _same(self, Map(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Map({self._pairs!r})"


def _same(a: Any, b: Any) -> bool:
    """Are these the same term? An integer is never the same as a float or a truth value."""
    if isinstance(a, (Map, dict)) and isinstance(b, (Map, dict)):
        others = list(b.items())
        return len(a) == len(others) and all(
            any(_same(key, k) and _same(value, v) for k, v in others) for key, value in a.items()
        )
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)
