"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo
from typing import Any

from monitor.fetching.charset import decode, decode_answer
from monitor.fetching.outcome import Fetched
from monitor.sources import plain
from monitor.sources.dates import safe_date, zone_of
from monitor.sources.entry import MOST_ENTRIES, Entry, Listing, Unlisted
from monitor.sources.identity import Marks, identified
from monitor.sources.links import absolute, same_site
from monitor.sources.source import Source
from monitor.text import clean_text


def is_json(fetched: Fetched) -> bool:
    """Whether the body begins as a JSON object does."""
    return fetched.body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def list_json_feed(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The entries of a JSON Feed in its order, at most 500. A value of the wrong type counts as absent. Never raises."""
    decoded = decode_answer(fetched, source.language)
    try:
        feed = json.loads(decoded.text, strict=False)  # a line end within a text is bad JSON, but its meaning is clear
        if not decoded.guessed and "\\u00" in decoded.text:  # escapes hide text that was encoded twice
            decoded = decode(json.dumps(feed, ensure_ascii=False).encode("utf-8", "replace"))
            feed = json.loads(decoded.text)
    except (ValueError, RecursionError) as error:
        return Unlisted(reason=f"not a feed: JSON that cannot be read ({str(error)[:100]})")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Unlisted(reason="not a feed: JSON without a list of `items`")
    objects = [item for item in items if isinstance(item, dict)]
    zone = zone_of(source.timezone)
    entries = [_entry(item, fetched.url, zone, fetched.fetched_at) for item in objects[:MOST_ENTRIES]]
    marks = [
        Marks(guid=_scalar(item, "id"), link=entry.url, title=entry.title, text=entry.content or entry.summary)
        for item, entry in zip(objects, entries, strict=False)
    ]
    fronts = [front for front in (source.url, source.home, fetched.url, _scalar(feed, "home_page_url")) if front]
    flags = decoded.flags
    flags += (f"the first {MOST_ENTRIES} of {len(objects)} items",) if len(objects) > MOST_ENTRIES else ()
    older = absolute(_text(feed, "next_url"), fetched.url)
    return Listing(
        entries=identified(entries, marks, fronts),
        title=plain.line(_text(feed, "title"), 300),
        flags=flags,
        next_url=older if older and same_site(older, source.url) else None,
    )


def _entry(item: dict[str, Any], base: str, zone: tzinfo, now: datetime) -> Entry:
    html, text, summary = (_text(item, name) for name in ("content_html", "content_text", "summary"))
    people = item.get("authors") or item.get("author")
    authors = people if isinstance(people, list) else [people]
    names = [plain.line(_text(author, "name"), 200) for author in authors if isinstance(author, dict)]
    links = (absolute(_text(item, name), base) for name in ("url", "external_url"))
    return Entry(
        keys=(),
        url=next((link for link in links if link), absolute(_text(item, "id"), base, only_absolute=True)),
        title=plain.line(_text(item, "title"), 1_000),
        summary=plain.line(summary, 5_000),
        content=plain.paragraphs(html) or plain.unmarked(text),
        authors=tuple(dict.fromkeys(name for name in names if name))[:10],
        published_at=safe_date(_text(item, "date_published"), zone, now),
        updated_at=safe_date(_text(item, "date_modified"), zone, now),
    )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return clean_text(value) if isinstance(value, str) else ""


def _scalar(item: dict[str, Any], name: str) -> str | None:
    """An id, which 1.1 wants as a string and some feeds write as a number."""
    value = item.get(name)
    return (
        clean_text(str(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "" else None
    )
