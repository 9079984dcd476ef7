"""Hyphens read as nothing: `trans-national` as `transnational`, without a second pass over the whole text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from monitor.text.tables import SEPARATOR

_SEPARATOR = bytes((SEPARATOR,))


class Windows:
    """Surroundings of hyphens, with the hyphens left out, that stand behind the text: `trans-national` read as `transnational`.

    There is one for each hyphen, and a second one with its neighbours joined too where there are other hyphens around.
    """

    def __init__(self, text: bytes, hyphens: Sequence[int], reach: int) -> None:
        """`hyphens`: where in `text` they are, in order; `reach`: how many bytes of the text stand on either side in a window."""
        self.begins = self._length = len(text)
        self._pieces = [text]
        self._starts: list[int] = []  # of windows,
        self._joints: list[int] = []  # where in each its hyphen was
        self._begins: list[int] = []  # of pieces of the text in windows,
        self._origins: list[int] = []  # where in the text each begins
        for number, hyphen in enumerate(hyphens):
            first, last = max(0, hyphen - reach), min(len(text), hyphen + 1 + reach)
            self._add(text, first, (hyphen,), last, hyphen)
            low = number
            while low and hyphens[low - 1] >= first:
                low -= 1
            high = bisect_left(hyphens, last, number)
            if high - low > 1:
                self._add(text, first, hyphens[low:high], last, hyphen)
        self._pieces.append(_SEPARATOR)

    def _add(self, text: bytes, first: int, hyphens: Sequence[int], last: int, hyphen: int) -> None:
        self._starts.append(self._length)
        pieces = [_SEPARATOR]
        at = self._length + 1
        for stop in (*hyphens, last):
            self._begins.append(at)
            self._origins.append(first)
            pieces.append(text[first:stop])
            at += stop - first
            if stop == hyphen:
                self._joints.append(at)
            first = stop + 1
        self._pieces += pieces
        self._length = at

    def text(self) -> bytes:
        """The text with the windows behind it."""
        return b"".join(self._pieces)

    def origin(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in the text a hit in a window stands; None if it does not cover the hyphen and has been found there already."""
        window = bisect_right(self._starts, start) - 1
        if not start < self._joints[window] < end:
            return None
        return self._place(start), self._place(end - 1) + 1

    def _place(self, byte: int) -> int:
        piece = bisect_right(self._begins, byte) - 1
        return self._origins[piece] + byte - self._begins[piece]
