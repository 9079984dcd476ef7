"""The alphabet of the automaton: the characters that occur in terms, each written as one or two bytes.

So most articles have one byte a character, whatever their script: Thai or Khmer is scanned as fast as Latin text (UTF-8 has three bytes a
character there), and byte offsets are character offsets. If the terms have more characters than there are bytes (Chinese), the rarer ones
take two bytes, from two ranges that are kept for them, so that no character can begin inside another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.text.fold import CodeTable
from monitor.text.tables import APOSTROPHE, HYPHEN, MARK, SEPARATOR, SIZE, SPACE, UNSPACED, tables

# Bits of `Alphabet.bits`: what is known of a character by its first byte. A space and the separator have none of them.
LETTER, UNSPACED_LETTER, EXTENDS, HOLDS = 1, 2, 4, 8  # EXTENDS: belongs to the character before it; HOLDS: to the one after it

_FIXED = {code: code for code in (*b"abcdefghijklmnopqrstuvwxyz0123456789", SPACE, APOSTROPHE, HYPHEN, SEPARATOR)}
# Codes for all characters that occur in no term, one for each kind.
_OTHER = {
    2: LETTER,
    3: LETTER | EXTENDS,
    4: LETTER | UNSPACED_LETTER,
    5: LETTER | UNSPACED_LETTER | EXTENDS,
    6: LETTER | UNSPACED_LETTER | HOLDS,
    7: LETTER | UNSPACED_LETTER | EXTENDS | HOLDS,
}


class Alphabet:
    """`table`: code points of a text -> their codes, for `monitor.text.fold`. `bits`: first byte of a code -> the bits above."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """An alphabet for `patterns`, which are folded text. Raises ValueError if they have more characters than there are codes."""
        counts = Counter("".join(patterns))
        for code in _FIXED:
            counts.pop(chr(code), None)
        bits = bytearray(256)
        for byte in _FIXED:
            bits[byte] = LETTER if chr(byte).isalnum() or byte == APOSTROPHE else 0
        for byte, kind in _OTHER.items():
            bits[byte] = kind
        codes = _other_codes().copy()
        self._letters = {chr(code): chr(code) for code in _FIXED}
        # Marks have to be single bytes, since hits look at the bytes before and after them. Then come the most frequent letters.
        ranked = sorted(counts, key=lambda char: (not _kind(ord(char)) & (EXTENDS | HOLDS), -counts[char]))
        singles, pairs = _split(len(ranked))
        for char, byte in zip(ranked, singles, strict=False):
            codes[ord(char)] = byte
            bits[byte] = _kind(ord(char))
            self._letters[char] = chr(byte)
        wide = sorted(ranked[len(singles) :], key=lambda char: _kind(ord(char)))
        self._assign_pairs(wide, pairs, codes, bits)
        self.bits = bytes(bits)
        shift = tables().shift[:-1]
        table = codes.copy()
        table[: len(shift)] = codes[np.arange(len(shift)) + shift]
        table = table[: np.flatnonzero(table != table[-1])[-1] + 2].copy()  # code points beyond are read as the last of these
        self.table = CodeTable(np.where(table < 256, table, 0).astype(np.uint8), table)

    def _assign_pairs(
        self, wide: list[str], pairs: list[tuple[int, list[int]]], codes: NDArray[np.uint16], bits: bytearray
    ) -> None:
        """Give the `wide` characters codes of two bytes; all characters with the same lead byte are of one kind."""
        places = iter(pairs)
        lead = 0
        trails: Iterator[int] = iter(())
        for char in wide:
            kind = _kind(ord(char))
            trail = next(trails, None) if bits[lead] == kind else None
            if trail is None:
                lead, row = next(places, (0, []))
                if not row:
                    count = len(self._letters) + len(wide)
                    raise ValueError(f"the terms of all rules and vocabularies use about {count} different characters")
                bits[lead] = kind
                trails = iter(row)
                trail = next(trails)
            bits[trail] = LETTER
            codes[ord(char)] = trail << 8 | lead
            self._letters[char] = chr(lead) + chr(trail)

    def encode(self, pattern: str) -> bytes:
        """The bytes of a folded text that has only characters of this alphabet."""
        if pattern.isascii():
            return pattern.encode("ascii")
        return "".join(map(self._letters.__getitem__, pattern)).encode("latin-1")

    def letter_pattern(self) -> bytes:
        """A regular expression for one letter and the marks on it."""
        letters = [byte for byte in range(2, 256) if self.bits[byte] & LETTER and not self.bits[byte] & EXTENDS]
        marks = [byte for byte in range(2, 256) if self.bits[byte] & EXTENDS]
        leads = sorted({ord(letters[0]) for letters in self._letters.values() if len(letters) == 2})
        single = _class(byte for byte in letters if byte not in leads)
        pair = b"|" + _class(leads) + b"[\\x00-\\xff]" if leads else b""
        return b"(?:" + single + pair + b")" + _class(marks) + b"*"


def to_bytes(codes: NDArray[Any]) -> bytes:
    """The codes of a text as bytes, those of two bytes with the lead byte first."""
    if codes.dtype == np.uint8:
        return codes.tobytes()
    pairs: bytes = codes.tobytes()
    return pairs.translate(None, b"\0")


def places_of_bytes(codes: NDArray[Any]) -> NDArray[np.int64]:
    """For each byte of `to_bytes(codes)` the index of its code; `codes` are uint16."""
    places: NDArray[np.int64] = (codes.view(np.uint8) != 0).nonzero()[0]
    return places >> 1


def _class(codes: Iterable[int]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % code for code in codes) + b"]"


def _split(count: int) -> tuple[list[int], list[tuple[int, list[int]]]]:
    """Which bytes stand for single characters, and which are lead bytes with which trail bytes, so that `count` characters have a code."""
    free = [byte for byte in range(8, 256) if byte not in _FIXED]
    if count <= len(free):
        return free, []
    for half in range(8, 124):
        singles = [byte for byte in free if byte < 256 - 2 * half]
        if len(singles) + (half - 2) * half >= count:
            break
    leads = [byte for byte in range(256 - 2 * half, 256 - half) if byte not in _FIXED]
    trails = [byte for byte in range(256 - half, 256) if byte not in _FIXED]
    return singles, [(lead, trails) for lead in leads]


def _kind(code: int) -> int:
    known = tables()
    flags = int(known.flags[code])
    kind = LETTER
    if flags & UNSPACED:
        kind |= UNSPACED_LETTER
    if flags & MARK:
        kind |= EXTENDS
    if code in known.lead:
        kind |= HOLDS
    return kind


@cache
def _other_codes() -> NDArray[np.uint16]:
    """For each folded code point the code that it has if it occurs in no term; little-endian, so that a lead byte comes first."""
    known = tables()
    unspaced = (known.flags & UNSPACED) != 0
    mark = (known.flags & MARK) != 0
    codes = np.where(unspaced, np.where(mark, 5, 4), np.where(mark, 3, 2)).astype("<u2")
    for code in known.lead:
        codes[code] = 7 if mark[code] else 6
    for code in _FIXED:
        codes[code] = code
    assert len(codes) == SIZE
    return codes
