"""The bytes of a watched address as the entries it lists."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import assert_never

from monitor.fetching.outcome import Fetched
from monitor.sources.discovery import LeftOut
from monitor.sources.entry import Listing, Unlisted
from monitor.sources.feed import list_feed
from monitor.sources.json_feed import is_json, list_json_feed
from monitor.sources.page import left_out_of_page, list_page
from monitor.sources.sitemap import list_sitemap
from monitor.sources.source import Source
from monitor.sources.watch import list_watched

_LARGEST_BYTES = 10_000_000
_LARGEST_SITEMAP_BYTES = 50 * 2**20  # the protocol's own limit for one file


def list_entries(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """What `fetched` lists, read as the kind of document that `source` should be; Unlisted says what it is instead.

    Never raises, whatever the bytes are. Hostile bytes may take long: call this where it can be stopped.
    """
    if not fetched.body.strip():
        return Unlisted(reason="the body is empty", cause="empty")
    most = _LARGEST_SITEMAP_BYTES if source.kind == "sitemap" else _LARGEST_BYTES
    body = _unpacked(fetched.body, most)
    if body is None:
        return Unlisted(
            reason=f"not a {source.kind}: a gzip file that cannot be read, or holds nothing or more than {most} bytes"
        )
    fetched = replace(fetched, body=body)
    match source.kind:
        case "feed":
            return list_json_feed(source, fetched) if is_json(fetched) else list_feed(source, fetched)
        case "page":
            return list_page(source, fetched)
        case "sitemap":
            return list_sitemap(source, fetched)
        case "watch":
            return list_watched(source, fetched)
        case _:
            assert_never(source.kind)


def left_out_of(source: Source, fetched: Fetched) -> tuple[LeftOut, ...]:
    """The links of an index page that `list_entries` does not list, each with the reason: for a person who looks, since it reads the page
    once more. Hostile bytes may take long here, too."""
    body = _unpacked(fetched.body, _LARGEST_BYTES) if source.kind == "page" else None
    return () if body is None else left_out_of_page(source, replace(fetched, body=body))


def _unpacked(body: bytes, most: int) -> bytes | None:
    """The document, out of its gzip file if it came as one (`sitemap.xml.gz`, or a packed feed whose server does not say so)."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    engine = zlib.decompressobj(31)
    try:
        document = engine.decompress(body, most)
    except zlib.error:
        return None
    return None if engine.unconsumed_tail or not document.strip() else document
