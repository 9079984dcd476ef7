"""All patterns at once: the one place that knows the library which does it."""

from __future__ import annotations

from collections.abc import Sequence

import ahocorasick_rs


class Automaton:
    """Finds every occurrence of every pattern, overlapping ones too, in one pass; time is linear in the text and the hits."""

    __slots__ = ("_searcher",)

    def __init__(self, patterns: Sequence[bytes]) -> None:
        """`patterns` are distinct and not empty; there may be none."""
        self._searcher = ahocorasick_rs.BytesAhoCorasick(list(patterns)) if patterns else None

    def scan(self, text: bytes) -> list[tuple[int, int, int]]:
        """(index of the pattern, start, end) of all occurrences, by their ends."""
        if self._searcher is None:
            return []
        hits: list[tuple[int, int, int]] = self._searcher.find_matches_as_indexes(text, overlapping=True)
        return hits
