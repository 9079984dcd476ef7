"""Sketches of texts: near-duplicates without keeping, or reading again, the texts.

MinHash (Broder 1997) over character 5-grams, which need no word splitter and behave alike in Latin, Thai and Han script; 32 bands
of 4 values are the rows to look candidates up by. The recipe and its constants are frozen: a sketch in the database stays
comparable for ever. Changing any of them means a new `_VERSION` and sketching every stored article again.
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

VALUES = 128
BANDS = 32
ROWS = VALUES // BANDS
SHINGLE = 5

_VERSION = 1
_HEAD = struct.Struct("<BI")
_BLOCK = 256  # 128 x 256 numbers stay in the processor's cache
_BITFLIP = np.uint64(0x1CAD21F72C81017C ^ 0xDB979083E96DD4DE)  # bytes 8 to 24 of the secret of XXH3
_MULTIPLIER = np.uint64(0x9FB21C651E98DF25)
# Soft hyphen, zero-width space and joiners, word joiner, BOM: one copy of a Khmer or Thai text has them, the next does not.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is kept of a text to compare it by.

    `values` are 128 little-endian unsigned 32-bit minima; `shingles` counts the distinct 5-grams of the text, so it says how
    long the text is and how far the sketch is to be trusted. The sketch of an empty text has 0 shingles and resembles nothing.
    """

    values: bytes
    shingles: int

    @property
    def bands(self) -> tuple[int, ...]:
        """32 signed 64-bit numbers, the band's number mixed in: two texts are candidates if they share any. None for an empty text."""
        if not self.shingles:
            return ()
        size = 4 * ROWS
        digests = (
            xxhash.xxh3_64_intdigest(self.values[at : at + size], seed=band)
            for band, at in enumerate(range(0, 4 * VALUES, size))
        )
        return tuple(digest - (1 << 64) if digest >> 63 else digest for digest in digests)

    def to_bytes(self) -> bytes:
        """517 bytes for the database."""
        return _HEAD.pack(_VERSION, self.shingles) + self.values

    @classmethod
    def from_bytes(cls, stored: bytes) -> Sketch:
        """What `to_bytes` wrote. Raises ValueError for anything else, also for a sketch made by another recipe."""
        if len(stored) != _HEAD.size + 4 * VALUES:
            raise ValueError(f"a sketch has {_HEAD.size + 4 * VALUES} bytes, not {len(stored)}")
        version, shingles = _HEAD.unpack_from(stored)
        if version != _VERSION:
            raise ValueError(f"this sketch was made by recipe {version}; recipe {_VERSION} is in use")
        return cls(values=stored[_HEAD.size :], shingles=shingles)


def sketch(text: str) -> Sketch:
    """The sketch of `text`, headline and body together. Case, width, line breaks and characters no one sees make no difference."""
    hashes = _shingle_hashes(text)
    factors, offsets = _constants()
    minima = np.full(VALUES, 0xFFFFFFFFFFFFFFFF, dtype=np.uint64)
    for start in range(0, len(hashes), _BLOCK):
        mixed = factors * hashes[start : start + _BLOCK]
        mixed += offsets
        np.minimum(minima, mixed.min(axis=1), out=minima)
    return Sketch(values=(minima >> np.uint64(32)).astype("<u4").tobytes(), shingles=len(hashes))


def similarity(a: Sketch, b: Sketch) -> float:
    """The estimated Jaccard similarity of two texts, 0 to 1: shared shingles by all shingles (standard error at most 0.044)."""
    if not a.shingles or not b.shingles:
        return 0.0
    left, right = (np.frombuffer(each.values, dtype="<u4") for each in (a, b))
    return int(np.count_nonzero(left == right)) / VALUES


def similarities(a: Sketch, others: Sequence[Sketch]) -> list[float]:
    """The `similarity` of each of the others to `a`, all at once."""
    if not a.shingles or not others:
        return [0.0] * len(others)
    rows = np.frombuffer(b"".join(each.values for each in others), dtype="<u4").reshape(-1, VALUES)
    same = np.count_nonzero(rows == np.frombuffer(a.values, dtype="<u4"), axis=1).tolist()
    return [number / VALUES if each.shingles else 0.0 for number, each in zip(same, others, strict=True)]


def containment(a: Sketch, b: Sketch, share: float | None = None) -> float:
    """The estimated share of the shorter text that is also in the longer one, 0 to 1; `share` is their similarity where that is known.

    It follows from `similarity` and the two lengths, so its error grows with their ratio; below a similarity of 0.2 it says nothing.
    """
    if not a.shingles or not b.shingles:
        return 0.0
    jaccard = similarity(a, b) if share is None else share
    shared = jaccard / (1 + jaccard) * (a.shingles + b.shingles)
    return min(1.0, shared / min(a.shingles, b.shingles))


def _shingle_hashes(text: str) -> npt.NDArray[np.uint64]:
    """XXH3 of the UTF-8 of each distinct shingle."""
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
    """A lone surrogate must not cost the article its alert."""
    return xxhash.xxh3_64_intdigest(shingle.encode("utf-8", "surrogatepass"))


def _hashes_of_ascii(letters: npt.NDArray[np.uint8], chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """XXH3 of the distinct five bytes that begin where they are `chosen` (`XXH3_len_4to8_64b` with seed 0), all at once: one by one they
    cost more than the rest of a sketch."""
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
