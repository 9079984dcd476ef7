"""The bytes of a watched address as the entries it lists."""

from __future__ import annotations

from typing import assert_never

from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Listing, Unlisted
from monitor.sources.feed import list_feed
from monitor.sources.json_feed import is_json, list_json_feed
from monitor.sources.page import list_page
from monitor.sources.sitemap import list_sitemap
from monitor.sources.source import Source
from monitor.sources.watch import list_watched


def list_entries(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """What `fetched` lists, read as the kind of document that `source` promises; Unlisted says what it is instead.

    Never raises, whatever the bytes are. Hostile ones may take long: call it where it can be stopped.
    """
    if not fetched.body.strip():
        return Unlisted(reason="the body is empty", cause="empty")
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
