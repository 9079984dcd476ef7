"""Hyphens left out, so that `trans-national` is also found as `transnational`, without a second pass over the whole text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from monitor.text.tables import SEPARATOR

_SEPARATOR = bytes((SEPARATOR,))


class Windows:
    """Windows: what stands around each hyphen, without the hyphen. They are appended to the text and searched together with it.

    Each hyphen has one window and, if other hyphens are near, a second one without those, too.
    """

    def __init__(self, text: bytes, hyphens: Sequence[int], reach: int) -> None:
        """`hyphens`: where they are in `text`, in order; `reach`: how many bytes before and after a hyphen its window has."""
        self.begins = self._length = len(text)
        self._pieces = [text]
        self._starts: list[int] = []  # where each window begins
        self._joints: list[int] = []  # where in it the hyphen was
        self._begins: list[int] = []  # where each piece of the text in a window begins
        self._origins: list[int] = []  # where that piece begins in the text
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
        """The text, followed by the windows."""
        return b"".join(self._pieces)

    def origin(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in the text a hit in a window stands; None if it does not cover the hyphen, since then it is found in the text itself."""
        window = bisect_right(self._starts, start) - 1
        if not start < self._joints[window] < end:
            return None
        return self._place(start), self._place(end - 1) + 1

    def _place(self, byte: int) -> int:
        piece = bisect_right(self._begins, byte) - 1
        return self._origins[piece] + byte - self._begins[piece]
