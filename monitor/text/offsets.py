"""Offsets: in the units of other languages, and where a text may be cut."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.text.tables import IGNORED, MARK, STACKS, tables


def utf16_offsets(text: str, offsets: Iterable[int]) -> list[int]:
    """Each code point offset in `text` as the number of UTF-16 code units before it, which is what JavaScript and JSON clients count in."""
    places = list(offsets)
    if text.isascii() or max(text, default="") < "\U00010000":
        return places
    units: dict[int, int] = {}
    at = count = 0
    for place in sorted(set(places)):
        count += len(text[at:place].encode("utf-16-le", "surrogatepass")) // 2
        units[place] = count
        at = place
    return [units[place] for place in places]


def begins_cluster(text: str, at: int) -> bool:
    """Whether the text may be cut before `at`: not before a mark or ignored character, nor after a letter that holds on to the next
    (the vowels that Thai and Lao write first, Khmer coeng, Burmese virama, zero-width joiner)."""
    if not 0 < at < len(text):
        return True
    known = tables()
    if int(known.flags[ord(text[at])]) & (MARK | IGNORED | STACKS):
        return False
    before = text[at - 1]
    return ord(before) not in known.lead and before != "\u200d"
