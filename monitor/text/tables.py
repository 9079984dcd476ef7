"""What is known about each code point: what it is read as, and what has to be looked at around it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from monitor.text import scripts
from monitor.text.han import simplified

SIZE = 0x110000
_READ_AS_OTHERS = 0x40000  # code points from here on are read as themselves
SPACE, HYPHEN, APOSTROPHE = 32, 45, 39
SEPARATOR = 1  # stands between two texts that are folded in one pass; a control character, so no text can contain it by right

# Bits of `Tables.flags`.
WEIGHT = 0x1F  # place among the marks of a cluster, see `scripts.WEIGHTS`
FIRST, SECOND = 0x20, 0x40  # may be the first, the second of a pair of `scripts.PAIRS`
COMPOSES = 0x80  # NFC can change text with this character
IGNORED = 0x100  # format characters and variation selectors: dropped before anything else
EXPANDS = 0x200  # is read as several characters
UNSPACED, SPACED = 0x400, 0x800  # a letter, mark or digit of a script without, with spaces between words
STACKS = 0x1000  # Khmer coeng, Burmese virama: the next consonant belongs to the cluster
MYANMAR = 0x2000
JOINS = 0x4000  # hyphen or apostrophe
MARK = 0x8000  # belongs to the character before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """`shift`: what to add to a code point to get the one it is read as (`SPACE` for punctuation, symbols, controls); its last entry is for
    all code points beyond. `flags`: the bits above, for every code point.

    `expansions`: code point -> the text it is read as, where that is several characters. `ascii`: the same for `bytes.translate`.
    `lead`: characters after which a text may not be cut.
    """

    shift: NDArray[np.int32]
    flags: NDArray[np.uint16]
    expansions: dict[int, str]
    ascii: bytes
    lead: frozenset[int]


@cache
def tables() -> Tables:
    """The tables, made once for the process (about 0.1 s of CPU)."""
    themselves = np.arange(_READ_AS_OTHERS, dtype=np.int32)
    fold = themselves.copy()
    flags = np.zeros(SIZE, np.uint16)
    expansions: dict[int, str] = {}
    seconds = _second_parts()
    for code in _characters():
        char = chr(code)
        category = unicodedata.category(char)
        read = _read_as(char, category)
        if len(read) == 1 and not _changes_first(char, read):
            fold[code] = ord(read)
        else:
            expansions[code] = read
            flags[code] |= EXPANDS
        if category[0] in "LMN" or (category == "So" and read != " "):
            flags[code] |= SPACED
            if category[0] == "M":
                flags[code] |= MARK
        if code in seconds or unicodedata.combining(char) or unicodedata.normalize("NFC", char) != char:
            flags[code] |= COMPOSES
    flags[0xE0000:0xE1000] |= IGNORED
    flags[0x20000:0x40000] |= SPACED
    flags[0x3400:0xA000] |= SPACED
    flags[0xAC00:0xD7A4] |= SPACED
    _mark_ignored(flags)
    _mark_scripts(flags, fold)
    for code, target in simplified().items():
        fold[code] = target
    fold = fold[fold]  # ㊬ is read as 監, and that as 监
    # What is read as a letter of a script without spaces counts as one.
    first = flags[:_READ_AS_OTHERS]
    first[((first & SPACED) != 0) & ((first[fold] & UNSPACED) != 0)] ^= SPACED | UNSPACED
    for char in scripts.APOSTROPHES:
        fold[ord(char)], flags[ord(char)] = APOSTROPHE, JOINS
    for char in scripts.HYPHENS:
        fold[ord(char)], flags[ord(char)] = HYPHEN, JOINS
    fold[SEPARATOR] = SEPARATOR
    fold[0xD800:0xE000] = SPACE
    ascii_table = bytes(fold[:128].astype(np.uint8)) + bytes([SPACE] * 128)
    shift = np.append(fold - themselves, np.int32(0))  # a table of all code points would take 4 MB in every process
    shift.flags.writeable = flags.flags.writeable = False
    lead = frozenset(map(ord, scripts.LEADING)) | {scripts.COENG, scripts.VIRAMA}
    return Tables(shift=shift, flags=flags, expansions=expansions, ascii=ascii_table, lead=lead)


def _characters() -> list[int]:
    """Code points that are neither Han nor Hangul (they are read as themselves), surrogates, private or unassigned."""
    blocks = ((0, 0x3400), (0x4DC0, 0x4E00), (0xA000, 0xAC00), (0xD7B0, 0xD800), (0xF900, 0x10000), (0x10000, 0x12000))
    more = ((0x16800, 0x17000), (0x1B000, 0x1B300), (0x1D000, 0x20000), (0x2F800, 0x2FA20))
    category = unicodedata.category
    return [code for start, end in blocks + more for code in range(start, end) if category(chr(code)) != "Cn"]


def _changes_first(char: str, read: str) -> bool:
    """Whether a character has to be replaced before its neighbours are looked at: half-width kana, to which NFC adds the voice marks, and
    other forms of the letters that `scripts.PAIRS` begin with."""
    return "\uff65" < char < "\uffa0" or (read in "ou" and unicodedata.normalize("NFKC", char) != char)


def _second_parts() -> set[int]:
    """Characters that NFC may compose with the one before them."""
    parts = set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    for code in (*range(0xC0, 0x3100), *range(0xF900, 0xFB50), *range(0x11080, 0x11940)):
        pieces = unicodedata.decomposition(chr(code)).split()
        if len(pieces) == 2 and pieces[0][0] != "<":
            parts.add(int(pieces[1], 16))
    return parts


def _read_as(char: str, category: str) -> str:
    """Case folded, compatibility forms resolved; what is no letter, mark or number becomes a space."""
    if category[0] not in "LMN":
        plain = unicodedata.normalize("NFKC", char) if category == "So" else ""
        return plain.casefold() if len(plain) == 1 and plain.isalnum() else " "
    # Thai and Lao am, Lao ho no and ho mo: NFKC takes them apart, `scripts.PAIRS` puts them together.
    if char in "\u0e33\u0eb3\u0edc\u0edd":
        return char
    if char == "\u0130":  # capital i with dot: casefold() gives an i and a combining dot
        return "i"
    if category == "Nd":
        return str(unicodedata.decimal(char))
    read = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
    return "".join(each if unicodedata.category(each)[0] in "LMN" else " " for each in read) or " "


def _mark_ignored(flags: NDArray[np.uint16]) -> None:
    """Default_Ignorable_Code_Point and all of category Cf: they are not seen, and stand inside words (pitfall 4)."""
    ranges = (
        (0x34F, 0x350),
        (0x115F, 0x1161),
        (0x17B4, 0x17B6),
        (0x180B, 0x1810),
        (0x3164, 0x3165),
        (0xFE00, 0xFE10),
        (0xFFA0, 0xFFA1),
    )
    for start, end in ranges:
        flags[start:end] = IGNORED
    for code in (*range(0x80, 0x2100), *range(0xFE00, 0x10000), *range(0x11000, 0x11200), *range(0x1B000, 0x1D200)):
        if unicodedata.category(chr(code)) == "Cf":
            flags[code] = IGNORED


def _mark_scripts(flags: NDArray[np.uint16], fold: NDArray[np.int32]) -> None:
    for start, end in scripts.UNSPACED:
        block = flags[start : end + 1]
        digits = (fold[start : end + 1] >= 48) & (fold[start : end + 1] <= 57)
        words = ((block & SPACED) != 0) & ~digits
        block[words] = block[words] & ~np.uint16(SPACED) | np.uint16(UNSPACED)
    for start, end in ((0x0B80, 0x0C00), (0x0E00, 0x0F00), (0x1000, 0x10A0), (0x1780, 0x17E0)):
        flags[start:end] &= ~np.uint16(COMPOSES)  # the weights and pairs below do what NFC does there, and more
    flags[0x1000:0x10A0] |= MYANMAR
    for code, weight in scripts.WEIGHTS.items():
        flags[code] |= weight | MARK
    flags[list(map(ord, scripts.TRAILING))] |= MARK
    flags[[scripts.COENG, scripts.VIRAMA]] |= STACKS | MARK
    flags[0x0300:0x0370] &= ~np.uint16(SPACED)  # marks shared by all scripts belong to whatever they stand on
    for first, second in scripts.PAIRS:
        flags[first] |= FIRST
        flags[second] |= SECOND
