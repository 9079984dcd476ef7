"""Numbers grouped under numbers, in flat arrays: tens of thousands of small objects lie scattered in memory, and reaching one of them takes
as long as looking at a hundred numbers that lie together."""

from __future__ import annotations

from array import array
from collections.abc import Iterable


class Groups:
    """`numbers[starts[key] : starts[key + 1]]` are those filed under `key`."""

    __slots__ = ("numbers", "starts")

    def __init__(self, rows: Iterable[Iterable[int]]) -> None:
        """`rows`: at each key the numbers under it."""
        self.numbers = array("i")
        self.starts = array("i", (0,))
        for row in rows:
            self.numbers.extend(row)
            self.starts.append(len(self.numbers))
