"""A scan for all patterns at once; the one place that knows the libraries for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import ahocorasick_rs

DoubleArrayAhoCorasick: Any = None
with suppress(ImportError):  # takes two thirds of the time and half the memory, but has no wheels for Linux on ARM
    from daachorse import DoubleArrayAhoCorasick

Scan = Callable[[bytes], list[tuple[int, int, int]]]


def automaton(patterns: Sequence[bytes]) -> Scan:
    """A scan that finds every occurrence of every pattern, also overlapping ones, in one pass: (start, end, index of the pattern) of each,
    in the order of their ends and, at the same end, the longest first. Takes time linear in text and hits; other threads run
    meanwhile.

    `patterns` are distinct and not empty; there may be none.
    """
    if DoubleArrayAhoCorasick is None:
        return _portable(patterns)
    scan: Scan = DoubleArrayAhoCorasick(list(patterns)).find_overlapping
    return scan


def _portable(patterns: Sequence[bytes]) -> Scan:
    if not patterns:
        return lambda _text: []
    find = ahocorasick_rs.BytesAhoCorasick(list(patterns)).find_matches_as_indexes
    return lambda text: [(start, end, pattern) for pattern, start, end in find(text, overlapping=True)]
