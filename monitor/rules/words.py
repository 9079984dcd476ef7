"""Words in scripts that put no spaces between them, by the dictionaries of ICU.

Where icu4py is not installed (it has no wheels for Windows) a hit is only held to cluster boundaries, and the number of words is taken
from the number of characters: two a word in Chinese, four in Thai, Lao, Khmer and Burmese.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

WordBreaker: Any = None
with suppress(ImportError):
    from icu4py.breakers import WordBreaker

_AROUND = 40  # characters of the run looked at on either side; more give the same answers
_LOCALE = "th"  # ICU picks the dictionary by the script; any locale will do


def has_dictionaries() -> bool:
    return WordBreaker is not None


def is_word(before: str, hit: str, after: str) -> bool:
    """Whether `hit`, standing between `before` and `after`, begins and ends where words do."""
    if WordBreaker is None:
        return True
    before, after = before[-_AROUND:], after[:_AROUND]
    start, end = len(before), len(before) + len(hit)
    begins = start == 0
    ends = end == end + len(after)
    for _, stop in WordBreaker(before + hit + after, _LOCALE).segments():
        if stop == start:
            begins = True
        if stop >= end:
            ends = stop == end
            break
    return begins and ends


def count_words(text: str) -> int:
    """How many words stand in `text`, of any script."""
    if WordBreaker is None:
        return sum(_estimate(piece) for piece in text.split())
    return sum(1 for word in WordBreaker(text, _LOCALE) if any(map(str.isalnum, word)))


def _estimate(piece: str) -> int:
    if piece[0] < "\u0e00":
        return 1
    return max(1, len(piece) // (2 if piece[0] >= "\u2e80" else 4))
