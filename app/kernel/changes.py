"""What a write changed, so that faces refresh only what they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NewType, final

Kind = NewType("Kind", str)


@final
class All:
    """Stands for every id of a kind, after bulk work."""

    def __contains__(self, item: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "ALL"


ALL: Final = All()


class Changes(Mapping[Kind, frozenset[str] | All]):
    """Kinds that changed, each with the ids that did, or ALL."""

    def __init__(self, touched: Mapping[Kind, frozenset[str] | All] | None = None) -> None:
        self._touched = dict(touched or {})

    def __getitem__(self, kind: Kind) -> frozenset[str] | All:
        return self._touched[kind]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._touched)

    def __len__(self) -> int:
        return len(self._touched)

    def __repr__(self) -> str:
        return f"Changes({self._touched!r})"

    def touches(self, kind: Kind, item: str) -> bool:
        """Whether this id of this kind changed."""
        return item in self._touched.get(kind, frozenset())
