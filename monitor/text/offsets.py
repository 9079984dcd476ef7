"""Code point offsets in the units of other languages."""

from __future__ import annotations

from collections.abc import Iterable


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
