"""Words in scripts that put no spaces between them, by the dictionaries of ICU.

Where icu4py is not installed (it has no wheels for Windows) a hit is only held to cluster boundaries, and the number of words is taken
from the number of characters: two a word in Chinese, four in Thai, Lao, Khmer and Burmese.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.text.tables import UNSPACED, tables

WordBreaker: Any = None
with suppress(ImportError):
    from icu4py.breakers import WordBreaker

_LOCALE = "th"  # ICU picks the dictionary by the script; any locale will do


def has_dictionaries() -> bool:
    return WordBreaker is not None


class Words:
    """Where in one text words begin and end. Runs of letters without spaces are split when they are asked about, each once."""

    def __init__(self, codes: NDArray[Any]) -> None:
        """`codes`: the text as code points, canonically ordered, so that dictionaries know its words."""
        self._text = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        unspaced = np.zeros(len(codes) + 2, bool)
        np.not_equal(tables().flags.take(codes, mode="clip") & UNSPACED, 0, out=unspaced[1:-1])
        edges: list[int] = (unspaced[1:] != unspaced[:-1]).nonzero()[0].tolist()
        self._starts, self._stops = edges[::2], edges[1::2]
        self._ends: dict[int, list[int]] = {}

    def is_word(self, start: int, end: int) -> bool:
        """Whether the dictionaries let words begin at `start` and end at `end`, each in the run of letters around it."""
        return WordBreaker is None or (self._is_edge(start, start) and self._is_edge(end - 1, end))

    def between(self, start: int, end: int, limit: int) -> int:
        """How many words stand from `start` to `end`, of any script; some number above `limit` if there are more than that."""
        starts, stops = self._starts, self._stops
        run = bisect_right(stops, start)
        count = 0
        while start < end and count <= limit:
            stop = starts[run] if run < len(starts) else end
            if start < stop:
                stop = min(stop, end)
                count += _spaced(self._text[start:stop])
            else:
                stop = min(stops[run], end)
                ends = self._words(run)
                count += bisect_left(ends, stop) - bisect_right(ends, start) + 1
                run += 1
            start = stop
        return count

    def _is_edge(self, letter: int, place: int) -> bool:
        run = bisect_right(self._starts, letter) - 1
        if run < 0 or not self._starts[run] < place < self._stops[run]:
            return True
        ends = self._words(run)
        return ends[bisect_left(ends, place)] == place

    def _words(self, run: int) -> list[int]:
        """Where the words of a run end."""
        ends = self._ends.get(run)
        if ends is None:
            start, stop = self._starts[run], self._stops[run]
            if WordBreaker is None:
                length = 2 if self._text[start] >= "\u2e80" else 4
                ends = [*range(start + length, stop - length + 1, length), stop]
            else:
                ends = [start + end for _, end in WordBreaker(self._text[start:stop], _LOCALE).segments()]
            self._ends[run] = ends
        return ends


def _spaced(piece: str) -> int:
    return 0 if piece.isspace() else sum(any(map(str.isalnum, word)) for word in piece.split())
