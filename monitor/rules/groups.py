"""Numbers filed under numbers in flat arrays. What an article makes us look at has to be near to the processor: tens of thousands of small
objects lie far apart in memory, and to reach one takes as long as to look at a hundred numbers that lie together."""

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
