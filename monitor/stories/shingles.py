"""Sketches, by which near-duplicate texts are found without reading the texts again.

MinHash (Broder 1997) over character 5-grams, which need no word splitter and work alike in Latin, Thai and Han script. Candidates are
looked up by 32 bands of 4 values. Sketches in the database have to stay comparable for ever, so the method and its constants must not
change, unless with a new `_VERSION` and a new sketch of every stored article.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import xxhash

from monitor.stories.signed import signed

VALUES = 128
BANDS = 32
ROWS = VALUES // BANDS
SHINGLE = 5

_VERSION = 1
_HEAD = struct.Struct("<BI")
_BLOCK = 256  # 128 x 256 numbers stay in the processor's cache
_BITFLIP = np.uint64(0x1CAD21F72C81017C ^ 0xDB979083E96DD4DE)  # bytes 8 to 24 of the secret of XXH3
_MULTIPLIER = np.uint64(0x9FB21C651E98DF25)
# Soft hyphen, zero-width space and joiners, word joiner, BOM: some copies of a Khmer or Thai text have them, others do not.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is stored of a text for comparing it with others.

    `values` are 128 little-endian unsigned 32-bit minima. `shingles` is the number of distinct 5-grams in the text, a measure of its
    length and so of how far the sketch can be trusted. The sketch of an empty text has 0 shingles and is similar to nothing.
    """

    values: bytes
    shingles: int

    @property
    def bands(self) -> tuple[int, ...]:
        """32 signed 64-bit hashes, of each band with its position: two texts that share any are candidates. None for an empty text."""
        if not self.shingles:
            return ()
        size = 4 * ROWS
        return tuple(
            signed(xxhash.xxh3_64_intdigest(self.values[at : at + size], seed=band))
            for band, at in enumerate(range(0, 4 * VALUES, size))
        )

    def to_bytes(self) -> bytes:
        """517 bytes for the database."""
        return _HEAD.pack(_VERSION, self.shingles) + self.values

    @classmethod
    def from_bytes(cls, stored: bytes) -> Sketch:
        """The sketch that `to_bytes` wrote. Raises ValueError for anything else, including a sketch of another version."""
        if len(stored) != _HEAD.size + 4 * VALUES:
            raise ValueError(f"a sketch has {_HEAD.size + 4 * VALUES} bytes, not {len(stored)}")
        version, shingles = _HEAD.unpack_from(stored)
        if version != _VERSION:
            raise ValueError(f"this sketch was made by recipe {version}; recipe {_VERSION} is in use")
        return cls(values=stored[_HEAD.size :], shingles=shingles)


def sketch(text: str) -> Sketch:
    """The sketch of `text` (headline and body). Case, width, line breaks and invisible characters make no difference."""
    hashes = _shingle_hashes(text)
    factors, offsets = _constants()
    minima = np.full(VALUES, 0xFFFFFFFFFFFFFFFF, dtype=np.uint64)
    for start in range(0, len(hashes), _BLOCK):
        mixed = factors * hashes[start : start + _BLOCK]
        mixed += offsets
        np.minimum(minima, mixed.min(axis=1), out=minima)
    return Sketch(values=(minima >> np.uint64(32)).astype("<u4").tobytes(), shingles=len(hashes))


def similarity(a: Sketch, b: Sketch) -> float:
    """The estimated Jaccard similarity of two texts, 0 to 1: shared shingles divided by all shingles (standard error at most 0.044)."""
    if not a.shingles or not b.shingles:
        return 0.0
    left, right = (np.frombuffer(each.values, dtype="<u4") for each in (a, b))
    return int(np.count_nonzero(left == right)) / VALUES


def similarities(a: Sketch, others: Sequence[Sketch]) -> list[float]:
    """The `similarity` of `a` to each of the others, computed at once."""
    if not a.shingles or not others:
        return [0.0] * len(others)
    rows = np.frombuffer(b"".join(each.values for each in others), dtype="<u4").reshape(-1, VALUES)
    same = np.count_nonzero(rows == np.frombuffer(a.values, dtype="<u4"), axis=1).tolist()
    return [number / VALUES if each.shingles else 0.0 for number, each in zip(same, others, strict=True)]


def containment(a: Sketch, b: Sketch, share: float | None = None) -> float:
    """The estimated part of the shorter text that is also in the longer one, 0 to 1. `share` is their similarity, if it is known already.

    It is computed from the similarity and the two lengths, so its error grows with the ratio of the lengths; below a similarity of 0.2 it
    means nothing.
    """
    if not a.shingles or not b.shingles:
        return 0.0
    jaccard = similarity(a, b) if share is None else share
    shared = jaccard / (1 + jaccard) * (a.shingles + b.shingles)
    return min(1.0, shared / min(a.shingles, b.shingles))


def _shingle_hashes(text: str) -> npt.NDArray[np.uint64]:
    """The XXH3 hash of each distinct shingle in UTF-8."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = " ".join(_UNSEEN.sub("", folded).split())
    if len(folded) < SHINGLE:
        return np.array([_hash(folded)] if folded else [], dtype=np.uint64)
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    narrow = codes < 0x80
    plain: npt.NDArray[np.bool_] = np.logical_and.reduce([narrow[at : len(codes) - SHINGLE + 1 + at] for at in range(SHINGLE)])
    others = {folded[at : at + SHINGLE] for at in np.flatnonzero(~plain).tolist()}
    hashed = np.array([_hash(shingle) for shingle in others], dtype=np.uint64)
    return np.concatenate([_hashes_of_ascii(codes.astype(np.uint8), plain), hashed])


def _hash(shingle: str) -> int:
    """The XXH3 hash of one shingle. A lone surrogate must not raise an error, which would cost the article its alert."""
    return xxhash.xxh3_64_intdigest(shingle.encode("utf-8", "surrogatepass"))


def _hashes_of_ascii(letters: npt.NDArray[np.uint8], chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """The XXH3 hashes of the distinct groups of five bytes that begin where `chosen` is true (`XXH3_len_4to8_64b` with seed 0), computed
    together: one by one they would take longer than the rest of a sketch."""
    four = np.ndarray(len(letters) - 3, dtype="<u4", buffer=letters, strides=(1,)).astype(np.uint64)
    found = (four[:-1] << np.uint64(32) | four[1:])[chosen]
    found.sort()
    mixed: npt.NDArray[np.uint64] = found[np.diff(found, prepend=~found[:1]) != 0]  # np.unique takes four times as long
    mixed ^= _BITFLIP
    mixed ^= (mixed << np.uint64(49) | mixed >> np.uint64(15)) ^ (mixed << np.uint64(24) | mixed >> np.uint64(40))
    mixed *= _MULTIPLIER
    mixed ^= (mixed >> np.uint64(35)) + np.uint64(SHINGLE)
    mixed *= _MULTIPLIER
    mixed ^= mixed >> np.uint64(28)
    return mixed


@cache
def _constants() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """128 odd factors and 128 offsets (multiply-shift hashing, Dietzfelbinger 1997), as columns."""
    factors = [xxhash.xxh3_64_intdigest(b"factor", seed=index) | 1 for index in range(VALUES)]
    offsets = [xxhash.xxh3_64_intdigest(b"offset", seed=index) for index in range(VALUES)]
    return np.array(factors, dtype=np.uint64)[:, None], np.array(offsets, dtype=np.uint64)[:, None]
