"""Which items of a feed document were not in the one before: only they need the slow parser."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.fetching.outcome import Fetched
from monitor.sources.entry import MOST_ENTRIES
from monitor.sources.items import split

DIGEST_BYTES = 8
_LARGEST_BYTES = 2_000_000
# All quantifiers are possessive: nothing would stop this if it took quadratic time for a guid of blanks.
_MARK = re.compile(
    r"<(?:[\w.-]{1,40}+:)?+(?:guid|id|link)\b[^<>]*+>\s*+(?:<!\[CDATA\[)?+\s*+([^\s<>\]]{1,500}+)\s*+(?:\]\]>)?+\s*+<"
)
_HREF = re.compile(r"<(?:[\w.-]{1,40}:)?link\b[^<>]*\bhref\s*=\s*[\"']([^\"'<>]{1,500})[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The digests of a document's items, eight bytes each and in the document's order, and how many items are new; `fetched` is the
    document with only the new ones, None if there are none."""

    digests: bytes
    items: int
    new: int
    fetched: Fetched | None


def sift(fetched: Fetched, seen: bytes) -> Sifted | None:
    """The document without the items whose digests are in `seen`. None if it has to be parsed as a whole: if it cannot be split, has no
    end, is not UTF-8 or too long, or if a new item shares its guid or link with one that would be left out, so that it identifies neither.
    """
    if len(fetched.body) > _LARGEST_BYTES:
        return None
    try:
        text = fetched.body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    parts = split(text)
    if parts is None or not parts.items or parts.cut or "</" not in parts.tail:
        return None
    if len(parts.items) > MOST_ENTRIES:  # the parser keeps the newest of them, and has to see all for that
        return None
    if not seen:
        return Sifted(
            digests=b"".join(map(_digest, parts.items)), items=len(parts.items), new=len(parts.items), fetched=fetched
        )
    known = {seen[at : at + DIGEST_BYTES] for at in range(0, len(seen), DIGEST_BYTES)}
    digests = [_digest(item) for item in parts.items]
    new = tuple(item for item, digest in zip(parts.items, digests, strict=True) if digest not in known)
    marks = _marks(new)
    # It is rare, and quickly seen, that a mark occurs in an item at all; whether it is the item's own mark takes longer to tell.
    left_out = (item for item, digest in zip(parts.items, digests, strict=True) if digest in known)
    if not marks.isdisjoint(_marks(item for item in left_out if any(mark in item for mark in marks))):
        return None
    body = parts.document(new).encode()
    return Sifted(
        digests=b"".join(digests), items=len(digests), new=len(new), fetched=replace(fetched, body=body) if new else None
    )


def _digest(item: str) -> bytes:
    return hashlib.blake2b(item.encode(), digest_size=DIGEST_BYTES).digest()


def _marks(items: Iterable[str]) -> set[str]:
    return {mark[1] for item in items for pattern in (_MARK, _HREF) for mark in pattern.finditer(item)}
