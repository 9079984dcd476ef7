"""Text -> the text it is compared as, with the way back to the original offsets.

What is folded away: case; compatibility forms, full width, ligatures; composition; typographic quotes, dashes and apostrophes; format
characters (zero-width space and joiners, soft hyphen, variation selectors); white space and punctuation (one space); digits of every
script; the order in which vowels, tones and subscripts were typed; the tone placement of Vietnamese; traditional Chinese; Zawgyi; single
spaces between Burmese letters.
Between letters of scripts with and without spaces between words a space is put in, so that ตำรวจASEAN holds the word ASEAN.

Everything is done on arrays. The flags of all characters together tell which steps are needed; mostly that is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.text.canonical import Codes, Offsets, Step, canonical, in_order, pairs
from monitor.text.tables import (
    APOSTROPHE,
    COMPOSES,
    EXPANDS,
    FIRST,
    HYPHEN,
    IGNORED,
    JOINS,
    MYANMAR,
    SECOND,
    SEPARATOR,
    SPACE,
    SPACED,
    STACKS,
    UNSPACED,
    WEIGHT,
    tables,
)


class CodeTable(NamedTuple):
    """Code point -> the number that stands for it in `Folded.codes`; code points beyond the table have the number of its last entry.

    `narrow` has 0 for numbers that do not fit into a byte. On ASCII the table must agree with `tables().shift`.
    """

    narrow: NDArray[np.uint8]
    wide: NDArray[np.uint16]


class Folded:
    """A folded text. Offsets are code points; `end` is exclusive.

    `codes`: one number for each character of the folded text, uint8 if the original was ASCII. `hyphens`: where in `codes` a space stands
    for a hyphen between two letters. `canonical`: the original as code points, canonically ordered and composed but with its case;
    None if the original was ASCII, which is canonical. `unspaced`: whether it has letters of a script without spaces.
    """

    __slots__ = ("__dict__", "_steps", "_taken", "canonical", "codes", "hyphens", "original", "unspaced")

    def __init__(
        self,
        original: str,
        codes: Codes,
        taken: Offsets | NDArray[np.bool_],
        hyphens: Offsets,
        canonical: Codes | None,
        steps: Sequence[Step],
        unspaced: bool,
    ) -> None:
        self.original = original
        self.codes = codes
        self.hyphens = hyphens
        self.canonical = canonical
        self.unspaced = unspaced
        self._taken = taken
        self._steps = steps

    @cached_property
    def text(self) -> str:
        """The folded text; only of a text that was folded without a `table`."""
        if self.codes.dtype == np.uint8:
            return self.codes.tobytes().decode("ascii")
        return self.codes.astype("<u4").tobytes().decode("utf-32-le")

    @cached_property
    def canonical_offsets(self) -> Offsets:
        """Where in `canonical` (or in an ASCII original) each folded character comes from."""
        taken: Any = self._taken
        offsets: Offsets = taken.nonzero()[0] if taken.dtype == np.bool_ else taken
        return offsets

    @cached_property
    def _way_back(self) -> list[tuple[Offsets, Offsets]]:
        return [step() for step in reversed(self._steps)]

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that `start:end` (not empty) of the folded text was made of.

        Exact where the span begins and ends between clusters; a variation selector that hangs on its last character belongs to it.
        """
        offsets = self.canonical_offsets
        first, last = offsets.item(start), offsets.item(end - 1)
        if self.canonical is None:
            return first, last + 1
        if self._steps:
            for starts, lasts in self._way_back:
                first, last = starts.item(first), lasts.item(last)
        end = last + 1
        original = self.original
        while end < len(original) and original[end] in _HANGING:
            end += 1
        return first, end


# Marks that folding leaves out; they belong to the character before them.
_HANGING = frozenset(map(chr, (0x34F, 0x180B, 0x180C, 0x180D, 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def fold(text: str, table: CodeTable | None = None, *, zawgyi: bool = True) -> Folded:
    """`text` as it is compared.

    With a `table` the codes are its numbers, without one they are the code points that those of `text` are read as. `zawgyi` says whether
    Burmese text may be in Zawgyi, and is to be recognised and converted.
    """
    known = tables()
    if text.isascii():
        codes: Codes = np.frombuffer(text.encode("ascii").translate(known.ascii), np.uint8)
        joins = "-" in text or "'" in text or "`" in text
        if joins:
            codes = codes.copy()
            _lone_joins(codes)
        keep = _without_runs(codes)
        return _folded(text, codes[keep], keep, joins=joins)
    source: Codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.intp)
    flags = known.flags.take(source, mode="clip")
    seen = int(np.bitwise_or.reduce(flags))
    steps: list[Step] = []
    if seen & (IGNORED | EXPANDS | COMPOSES | MYANMAR):
        source, flags = canonical(text, source, flags, seen, steps, zawgyi=zawgyi)
        seen = int(np.bitwise_or.reduce(flags)) if len(flags) else 0
    if seen & WEIGHT:
        source, flags = in_order(source, flags, stacks=bool(seen & STACKS))
    if seen & FIRST and seen & SECOND:
        source, flags = pairs(source, flags, steps)
    codes = _coded(source, table)
    if seen & JOINS:
        _lone_joins(codes)
    keep = _without_runs(codes)
    if seen & MYANMAR:
        keep[_inside_burmese(source, flags)] = False
    unspaced = bool(seen & UNSPACED)
    if unspaced and seen & SPACED:
        changes = _changes(flags)
        if len(changes):
            taken = np.flatnonzero(keep)
            taken = np.insert(taken, np.searchsorted(taken, changes), changes)
            codes = codes[taken]
            codes[np.flatnonzero(taken[1:] == taken[:-1])] = SPACE
            return _folded(text, codes, taken, joins=bool(seen & JOINS), canonical=source, steps=steps, unspaced=True)
    return _folded(text, codes[keep], keep, joins=bool(seen & JOINS), canonical=source, steps=steps, unspaced=unspaced)


def _folded(
    text: str,
    codes: Codes,
    taken: Offsets | NDArray[np.bool_],
    *,
    joins: bool,
    canonical: Codes | None = None,
    steps: Sequence[Step] = (),
    unspaced: bool = False,
) -> Folded:
    hyphens = _NONE
    if joins:
        hyphens = np.flatnonzero(codes == HYPHEN)
        codes[hyphens] = SPACE
    return Folded(text, codes, taken, hyphens, canonical, steps, unspaced)


_NONE: Offsets = np.zeros(0, np.int64)
_NO_BREAK_SPACE = 0xA0


def _coded(source: Codes, table: CodeTable | None) -> Codes:
    if table is None:
        read: Codes = source + tables().shift.take(source, mode="clip")
        return read
    codes = table.narrow.take(source, mode="clip")
    return codes if b"\0" not in codes.tobytes() else table.wide.take(source, mode="clip")


def _without_runs(codes: Codes) -> NDArray[np.bool_]:
    """Which codes to keep so that every run of spaces becomes one."""
    word = codes != SPACE
    keep = np.empty(len(codes), bool)
    keep[:1] = True
    np.logical_or(word[1:], word[:-1], out=keep[1:])
    return keep


def _inside_burmese(source: Codes, flags: NDArray[np.uint16]) -> Offsets:
    """Where single spaces stand between Burmese letters: people put them between any two syllables, for line breaks or for the eye."""
    spaces: Offsets = ((source == SPACE) | (source == _NO_BREAK_SPACE)).nonzero()[0]
    spaces = spaces[(spaces > 0) & (spaces < len(source) - 1)]
    inside: NDArray[np.bool_] = flags[spaces - 1] & flags[spaces + 1] & (MYANMAR | UNSPACED) == MYANMAR | UNSPACED
    return spaces[inside]


def _lone_joins(codes: Codes) -> None:
    places = np.flatnonzero((codes == HYPHEN) | (codes == APOSTROPHE))
    edge = (places == 0) | (places == len(codes) - 1)
    codes[places[edge]] = SPACE
    places = places[~edge]
    before, after = codes[places - 1], codes[places + 1]
    lone = np.zeros(len(places), bool)
    for sign in (SPACE, HYPHEN, APOSTROPHE, SEPARATOR):
        lone |= (before == sign) | (after == sign)
    codes[places[lone]] = SPACE


def _changes(flags: NDArray[np.uint16]) -> Offsets:
    """Where a letter of a script with spaces and one of a script without stand side by side: the place of the second."""
    kind = flags & (UNSPACED | SPACED)
    places: Offsets = ((kind[1:] | kind[:-1]) == (UNSPACED | SPACED)).nonzero()[0] + 1
    return places
