"""The characters that the terms are made of, as one or two bytes each: what the automaton reads.

Most articles are one byte a character then, whatever their script, which makes the scan of Thai or Khmer as short as it is long to the eye
(UTF-8 has three bytes a character there), and byte offsets are character offsets. Where the terms have more characters than there are
bytes (Chinese), the rarer ones take two bytes of two ranges kept for that, so that no character begins inside another.
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

# Bits of `Alphabet.bits`, what the first byte of a character says of it. A space and the separator have none.
LETTER, UNSPACED_LETTER, EXTENDS, HOLDS = 1, 2, 4, 8  # EXTENDS the character before it; HOLDS on to the one after it

_FIXED = {code: code for code in (*b"abcdefghijklmnopqrstuvwxyz0123456789", SPACE, APOSTROPHE, HYPHEN, SEPARATOR)}
# Characters that stand in no term, by what they are.
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
        # marks have to be single bytes, for hits look at the byte before and after them; then the most frequent letters
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
        table = table[: np.flatnonzero(table != table[-1])[-1] + 2].copy()  # all that come later are read as the last of these
        self.table = CodeTable(np.where(table < 256, table, 0).astype(np.uint8), table)

    def _assign_pairs(
        self, wide: list[str], pairs: list[tuple[int, list[int]]], codes: NDArray[np.uint16], bits: bytearray
    ) -> None:
        """Two-byte codes; a lead byte holds characters of one kind only."""
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
        """A folded text made of this alphabet only."""
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
    """Bytes for single characters, and the lead bytes with their trail bytes, for `count` characters in all."""
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
    """Little-endian, so that the lead byte comes first. Folded code point -> the code of a character that stands in no term."""
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
