"""Recognises the same happening by its headline: if a page cannot be fetched, the headline is often all that is known of an article.

Sites that carry the same text mostly keep its headline, and services that list other people's articles put the outlet's name behind it
(`Police chiefs agree on a list - The Border Star`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import xxhash

from monitor.stories.signed import signed

_OUTLET = re.compile(r"\s[-–—|]\s+((?:(?!\s[-–—|]\s).){2,40})$")
_SEED = 1_000  # different from the seeds of a sketch's bands, since both kinds of keys are stored in the same table
_LETTERS = 30
"""A headline with at least this many letters identifies a happening ("Three held in drug raid" has 19). A Han character counts as three."""
_HAN = re.compile("[\u3400-\u9fff]")


@lru_cache(512)
def keys(headline: str) -> frozenset[int]:
    """Signed 64-bit numbers. Two headlines share one if they are the same apart from case, punctuation and the outlet at their end. Empty
    for a headline that is too short to identify a happening."""
    bodies = {_letters(headline), _letters(_OUTLET.sub("", headline))}
    telling = [body for body in bodies if len(body) + 2 * len(_HAN.findall(body)) >= _LETTERS]
    digests = [xxhash.xxh3_64_intdigest(body.encode(), seed=_SEED) for body in telling]
    return frozenset(map(signed, digests))


def outlet(headline: str) -> str | None:
    """The outlet named at the end of a headline, if there is one."""
    found = _OUTLET.search(headline)
    return found[1].strip().casefold() if found else None


def _letters(text: str) -> str:
    """The letters and digits with their marks, folded. This drops lone surrogates, too, which cannot be encoded as UTF-8."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in folded if unicodedata.category(each)[0] in "LNM")
