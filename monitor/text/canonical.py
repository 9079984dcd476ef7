"""A text brought into the one order and composition of its script: the steps of folding that change more than single characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.text import scripts
from monitor.text.tables import COMPOSES, EXPANDS, IGNORED, MARK, MYANMAR, SECOND, STACKS, UNSPACED, WEIGHT, tables
from monitor.text.zawgyi import looks_like_zawgyi, may_be_zawgyi, zawgyi_to_unicode

Codes = NDArray[Any]
Offsets = NDArray[np.int64]
# The way back over one change of the text: for each character after the change, the first and the last place that it came from. Worked
# out only when it is asked for.
Step = Callable[[], tuple[Offsets, Offsets]]


def canonical(
    text: str, source: Codes, flags: NDArray[np.uint16], seen: int, steps: list[Step], *, zawgyi: bool
) -> tuple[Codes, NDArray[np.uint16]]:
    """The text without ignored characters, in Unicode (not Zawgyi), expanded and composed: the steps that need the text as a whole."""
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
        source, flags = pairs(source, flags, steps)
    return source, flags


def _decode(codes: Codes) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _encode(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.intp)


def _by_starts(starts: Offsets) -> tuple[Offsets, Offsets]:
    """The way back, made of the first places alone: each character reaches to where the next one starts. The length comes last."""
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
    """The way back from the NFC of `source` to `source`, exact where clusters start: both are compared with the canonical decomposition,
    which is the same for both."""
    lengths = _decomposed_lengths()
    origin = np.repeat(np.arange(len(source)), lengths.take(source, mode="clip"))
    spans = lengths.take(target, mode="clip")
    return _by_starts(np.append(origin[np.cumsum(spans) - spans], len(source)))


def in_order(source: Codes, flags: NDArray[np.uint16], *, stacks: bool) -> tuple[Codes, NDArray[np.uint16]]:
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
    """The pairs as sorted keys, and for each: the first character that it is read as, whether there is a second, and the second."""
    rows = sorted((first << 21 | second, target) for (first, second), target in scripts.PAIRS.items())
    keys = np.array([key for key, _ in rows], np.int64)
    firsts = np.array([target[0] for _, target in rows], np.uint32)
    seconds = np.array([target[1] if len(target) > 1 else 0 for _, target in rows], np.uint32)
    return keys, firsts, seconds != 0, seconds


def pairs(source: Codes, flags: NDArray[np.uint16], steps: list[Step]) -> tuple[Codes, NDArray[np.uint16]]:
    """The text with the pairs of `scripts.PAIRS` replaced by what they are read as, from left to right."""
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
    """The text with wa where the digit zero was typed for that letter: where it follows no digit and a letter or mark follows it."""
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
