"""Words in scripts that put no spaces between them, by the dictionaries of ICU.

Where icu4py is not installed (it has no wheels for Windows) hits only have to begin and end between clusters, and the number of words is
estimated: two characters a word in Chinese, four in Thai, Lao, Khmer and Burmese.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import suppress
from typing import Any

from numpy.typing import NDArray

from monitor.text.tables import UNSPACED, tables

WordBreaker: Any = None
with suppress(ImportError):
    from icu4py.breakers import WordBreaker

_LOCALE = "th"  # ICU picks the dictionary by the script; any locale will do


class Words:
    """Where the words of a text begin and end. A run of letters of a script without spaces is split when it is first asked about."""

    def __init__(self, codes: NDArray[Any]) -> None:
        """`codes`: the text as code points, in canonical order, so that the dictionaries know its words."""
        self._codes = codes
        letters = tables().flags.take(codes, mode="clip") & UNSPACED
        self._letters = (letters != 0).tobytes()  # for each character whether it is a letter of a script without spaces
        self._latest = (0, 0)
        self._ends: dict[int, list[int]] = {}

    def is_word(self, start: int, end: int) -> bool:
        """Whether, by the dictionaries, a word begins at `start` and a word ends at `end`."""
        return WordBreaker is None or (self._is_edge(start, start) and self._is_edge(end - 1, end))

    def between(self, start: int, end: int, limit: int) -> int:
        """How many words of any script stand between `start` and `end`; any number above `limit` if there are more than that."""
        count = 0
        while start < end and count <= limit:
            if self._letters[start]:
                first, last = self._run(start)
                stop = min(last, end)
                ends = self._words(first, last)
                count += bisect_left(ends, stop) - bisect_right(ends, start) + 1
            else:
                stop = self._letters.find(1, start, end)
                stop = end if stop < 0 else stop
                count += _spaced(self._text(start, stop))
            start = stop
        return count

    def _is_edge(self, letter: int, place: int) -> bool:
        if not self._letters[letter]:
            return True
        first, last = self._run(letter)
        if not first < place < last:
            return True
        ends = self._words(first, last)
        return ends[bisect_left(ends, place)] == place

    def _run(self, letter: int) -> tuple[int, int]:
        """Where the run of letters around one of them begins and ends."""
        first, last = self._latest
        if not first <= letter < last:
            last = self._letters.find(0, letter)
            first, last = self._latest = self._letters.rfind(0, 0, letter) + 1, last if last >= 0 else len(self._letters)
        return first, last

    def _words(self, first: int, last: int) -> list[int]:
        """Where the words of a run end."""
        ends = self._ends.get(first)
        if ends is None:
            text = self._text(first, last)
            if WordBreaker is None:
                length = 2 if text >= "\u2e80" else 4
                ends = [*range(first + length, last - length + 1, length), last]
            else:
                ends = [first + end for _, end in WordBreaker(text, _LOCALE).segments()]
            self._ends[first] = ends
        return ends

    def _text(self, start: int, end: int) -> str:
        return self._codes[start:end].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _spaced(piece: str) -> int:
    return 0 if piece.isspace() else sum(any(map(str.isalnum, word)) for word in piece.split())
