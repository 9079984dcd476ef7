"""Text -> the text it is compared as, with the way back to the original offsets.

What is folded away: case; compatibility forms, full width, ligatures; composition; typographic quotes, dashes and apostrophes; format
characters (zero-width space and joiners, soft hyphen, variation selectors); white space and punctuation (one space); digits of every
script; the order in which vowels, tones and subscripts were typed; the tone placement of Vietnamese; traditional Chinese; Zawgyi.
Between letters of scripts with and without spaces between words a space is put in, so that ตำรวจASEAN holds the word ASEAN.

Everything is done on arrays: one look at the flags of all characters tells which of the steps are needed, mostly none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.text import scripts
from monitor.text.tables import (
    APOSTROPHE,
    COMPOSES,
    EXPANDS,
    FIRST,
    HYPHEN,
    IGNORED,
    JOINS,
    MARK,
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
from monitor.text.zawgyi import looks_like_zawgyi, may_be_zawgyi, zawgyi_to_unicode

Codes = NDArray[Any]
Offsets = NDArray[np.int64]
# The way back over one change of the text: the first and the last place before it of each character after it. Made when asked for.
Step = Callable[[], tuple[Offsets, Offsets]]


class CodeTable(NamedTuple):
    """Code point -> the number that `Folded.codes` shall hold. What does not fit into `narrow` is 0 there; it must agree with
    `tables().fold` on ASCII."""

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
        """The folded text, where it was made without a table of one's own."""
        if self.codes.dtype == np.uint8:
            return self.codes.tobytes().decode("ascii")
        return self.codes.astype("<u4").tobytes().decode("utf-32-le")

    @cached_property
    def canonical_offsets(self) -> Offsets:
        """Where in `canonical` (or in an ASCII original) each folded character comes from."""
        taken: Any = self._taken
        return np.flatnonzero(taken) if taken.dtype == np.bool_ else taken

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
        for starts, lasts in self._way_back:
            first, last = starts.item(first), lasts.item(last)
        end = last + 1
        original = self.original
        while end < len(original) and original[end] in _HANGING:
            end += 1
        return first, end


# Marks that folding leaves out: they belong to the cluster of the character before them.
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
        source, flags = _canonical(text, source, flags, seen, steps, zawgyi=zawgyi)
        seen = int(np.bitwise_or.reduce(flags)) if len(flags) else 0
    if seen & WEIGHT:
        source, flags = _in_order(source, flags, stacks=bool(seen & STACKS))
    if seen & FIRST and seen & SECOND:
        source, flags = _pairs(source, flags, steps)
    codes = _coded(source, table)
    if seen & JOINS:
        _lone_joins(codes)
    keep = _without_runs(codes)
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


def _coded(source: Codes, table: CodeTable | None) -> Codes:
    if table is None:
        return tables().fold.take(source, mode="clip")
    codes = table.narrow.take(source, mode="clip")
    return codes if codes.all() else table.wide.take(source, mode="clip")


def _without_runs(codes: Codes) -> NDArray[np.bool_]:
    """What to keep so that of every run of spaces the first is left."""
    word = codes != SPACE
    keep = np.empty(len(codes), bool)
    keep[:1] = True
    np.logical_or(word[1:], word[:-1], out=keep[1:])
    return keep


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
    """Where a letter of a spaced script meets one of an unspaced script: the place of the second."""
    kind = flags & (UNSPACED | SPACED)
    places: Offsets = ((kind[1:] | kind[:-1]) == (UNSPACED | SPACED)).nonzero()[0] + 1
    return places


def _canonical(
    text: str, source: Codes, flags: NDArray[np.uint16], seen: int, steps: list[Step], *, zawgyi: bool
) -> tuple[Codes, NDArray[np.uint16]]:
    """Without ignored characters, in Unicode, expanded, composed: the steps that need the text as a whole."""
    known = tables()
    before = source
    if seen & IGNORED:
        kept = ((flags & IGNORED) == 0).nonzero()[0]
        before = source = source[kept]
        flags = flags[kept]
        steps.append(lambda: (kept, kept))
    if zawgyi and seen & MYANMAR and may_be_zawgyi(source):
        unicode = _decode(source)
        if looks_like_zawgyi(unicode):
            converted, starts = zawgyi_to_unicode(unicode)
            source = _encode(converted)
            steps.append(partial(_by_starts, np.array([*starts, len(unicode)], np.int64)))
            flags = known.flags.take(source, mode="clip")
    if seen & EXPANDS:
        source = _expanded(source, flags, steps)
    if seen & (COMPOSES | EXPANDS):
        decoded = text if not steps else _decode(source)
        composed = unicodedata.normalize("NFC", decoded)
        if composed != decoded:
            target = _encode(composed)
            steps.append(partial(_nfc_step, source, target))
            source = target
    if seen & MYANMAR:
        source = _burmese_zero(source)
    if source is not before:
        flags = known.flags.take(source, mode="clip")
    if seen & MYANMAR and (source == scripts.BURMESE_U).any():  # its pairs stand apart once the marks are in order
        source, flags = _pairs(source, flags, steps)
    return source, flags


def _decode(codes: Codes) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _encode(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.intp)


def _by_starts(starts: Offsets) -> tuple[Offsets, Offsets]:
    """First and last place before the step for each character after it, from the first places alone (and the length at the end)."""
    return starts[:-1], np.maximum(starts[:-1], starts[1:] - 1)


def _expanded(source: Codes, flags: NDArray[np.uint16], steps: list[Step]) -> Codes:
    places = np.flatnonzero(flags & EXPANDS)
    if not len(places):
        return source
    expansions = tables().expansions
    texts = [expansions[int(code)] for code in source[places]]
    lengths = np.ones(len(source), np.int64)
    lengths[places] = [len(text) for text in texts]
    starts = np.repeat(np.arange(len(source)), lengths)
    target = source[starts]
    target[np.repeat(flags & EXPANDS != 0, lengths)] = _encode("".join(texts))
    steps.append(partial(_by_starts, np.append(starts, len(source))))
    return target


@cache
def _decomposed_lengths() -> NDArray[np.int64]:
    lengths = np.ones(0x30000, np.int64)
    for code in (
        *range(0xC0, 0x3100),
        *range(0xAC00, 0xD7A4),
        *range(0xF900, 0xFB50),
        *range(0x11080, 0x1D200),
        *range(0x2F800, 0x2FA20),
    ):
        lengths[code] = len(unicodedata.normalize("NFD", chr(code)))
    return lengths


def _nfc_step(source: Codes, target: Codes) -> tuple[Offsets, Offsets]:
    """From the NFC of `source` back to it, exact at cluster starts: both are laid against the canonical decomposition they share."""
    lengths = _decomposed_lengths()
    origin = np.repeat(np.arange(len(source)), lengths.take(source, mode="clip"))
    spans = lengths.take(target, mode="clip")
    return _by_starts(np.append(origin[np.cumsum(spans) - spans], len(source)))


def _in_order(source: Codes, flags: NDArray[np.uint16], *, stacks: bool) -> tuple[Codes, NDArray[np.uint16]]:
    """Marks in the order of their weights. Clusters stay where they are, so offsets need no step."""
    weights = (flags & WEIGHT).astype(np.int8)
    if stacks:
        _weigh_stacked(source, flags, weights)
    if not ((weights[1:] < weights[:-1]) & (weights[1:] > 0)).any():
        return source, flags
    order = np.argsort(np.cumsum(weights == 0) * 32 + weights, kind="stable")
    return source[order], flags[order]


def _weigh_stacked(source: Codes, flags: NDArray[np.uint16], weights: NDArray[np.int8]) -> None:
    """Give a coeng or virama and the consonant after it the weight of one mark."""
    signs = (flags & STACKS).nonzero()[0]
    weights[signs] = scripts.STACK_WEIGHT
    if signs[-1] == len(source) - 1:
        signs = signs[:-1]
    below = signs + 1
    letters = (flags[below] & (UNSPACED | MARK)) == UNSPACED
    if not letters.all():
        signs, below = signs[letters], below[letters]
    stack = np.where(source[below] == scripts.KHMER_RO, scripts.RO_WEIGHT, scripts.STACK_WEIGHT)
    weights[signs] = stack
    weights[below] = stack
    if (source[signs] == scripts.VIRAMA).any():
        kinzi = signs[(signs > 0) & (source[signs - 1] == scripts.ASAT)]
        weights[kinzi - 1] = scripts.STACK_WEIGHT


@cache
def _pair_rows() -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.bool_], NDArray[np.uint32]]:
    """The pairs as sorted keys; the first character each is read as; whether there is a second; the second."""
    rows = sorted((first << 21 | second, target) for (first, second), target in scripts.PAIRS.items())
    keys = np.array([key for key, _ in rows], np.int64)
    firsts = np.array([target[0] for _, target in rows], np.uint32)
    seconds = np.array([target[1] if len(target) > 1 else 0 for _, target in rows], np.uint32)
    return keys, firsts, seconds != 0, seconds


def _pairs(source: Codes, flags: NDArray[np.uint16], steps: list[Step]) -> tuple[Codes, NDArray[np.uint16]]:
    """Neighbours replaced by what they are read as, from left to right."""
    places = ((flags[:-1] << 1) & flags[1:] & SECOND).nonzero()[0]
    if not len(places):
        return source, flags
    keys, firsts, two, seconds = _pair_rows()
    wanted = source[places] << 21 | source[places + 1]
    rows = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = keys[rows] == wanted
    places, rows = places[found], rows[found]
    if not len(places):
        return source, flags
    if len(places) > 1 and (np.diff(places) == 1).any():
        kept = _without_overlaps(places.tolist())
        places, rows = places[kept], rows[kept]
    source = source.copy()
    source[places] = firsts[rows]
    source[places[two[rows]] + 1] = seconds[rows[two[rows]]]
    joined = places[~two[rows]]
    if len(joined):
        kept_places = np.delete(np.arange(len(source)), joined + 1)
        steps.append(partial(_by_starts, np.append(kept_places, len(source))))
        source = source[kept_places]
    return source, tables().flags.take(source, mode="clip")


def _without_overlaps(places: list[int]) -> list[int]:
    kept: list[int] = []
    last = -2
    for index, place in enumerate(places):
        if place > last + 1:
            kept.append(index)
            last = place
    return kept


def _burmese_zero(source: Codes) -> Codes:
    """The digit zero typed for the letter wa, and wa for zero: a zero after no digit and before a letter or mark is wa (pitfall 9)."""
    zeros = np.flatnonzero(source[:-1] == 0x1040)
    if not len(zeros):
        return source
    after = source[zeros + 1]
    before = np.where(zeros > 0, source[zeros - 1], 0)
    letter = (after >= 0x1000) & (after < 0x1040)
    digit = (before >= 0x1040) & (before < 0x104A)
    marked = (after >= 0x102B) & (after < 0x103F)
    wrong = zeros[letter & (marked | ~digit)]
    if len(wrong):
        source = source.copy()
        source[wrong] = 0x101D
    return source
