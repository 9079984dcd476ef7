"""RSS, RDF and Atom in all their dialects, by feedparser; the bytes are decoded, and long documents cut, before it sees them."""

from __future__ import annotations

import re
import xml.sax
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import feedparser

from monitor.fetching.charset import decode_answer
from monitor.fetching.outcome import Fetched
from monitor.sources import plain
from monitor.sources.ampersands import escaped
from monitor.sources.dates import safe_date, zone_of
from monitor.sources.disguise import IN_WORDS, disguise_of
from monitor.sources.entry import CUT, MOST_ENTRIES, Entry, Hints, Listing, Unlisted
from monitor.sources.identity import Marks, identified
from monitor.sources.items import split
from monitor.sources.links import absolute, behind, same_site
from monitor.sources.source import Source
from monitor.text import clean_text

_ROOT = re.compile(r"<((?:[\w.-]{1,40}:)?(rss|feed|RDF|channel))(?=[\s>/])", re.IGNORECASE)
_DATE = re.compile(r"<(?:[\w.-]{1,40}:)?(?:pubDate|published|updated|date)\b[^<>]*>([^<]{8,60})<")
_SKIP = {name: re.compile(f"<skip{name}>[^\\0]{{0,2000}}?</skip{name}>") for name in ("Hours", "Days")}
_ANCHOR = re.compile(r"<a\b[^<>]*?\bhref\s*=\s*[\"']?([^\"'<>\s]+)", re.IGNORECASE)
_CAPTION = re.compile(r"<(/?)media:description\b[^<>]*?(/?)>")
# Drupal writes a date for readers, and one for programs as an attribute of the element around it.
_TIME = re.compile(
    r"(?:<|&lt;)time\b[^<>]{0,200}?\bdatetime=(?:[\"']|&quot;)([\dTZ:.+-]{10,40})[^<]{0,200}(?:</|&lt;/)time(?:>|&gt;)"
    r"(?=\s*(?:\]\]>\s*)?</(?:[\w.-]{1,40}:)?(?:pubDate|published|updated|date)>)"
)
_MAILBOX = re.compile(r"^\S+@\S+ \((.+)\)$")  # what RSS 2.0 wants of an author
_LONG_SUMMARY = 800
_PERIODS_S = {"hourly": 3_600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}
# Dates are read by `sources.dates`, from the text that feedparser keeps.
feedparser.registerDateHandler(lambda _text: (1, 1, 1, 0, 0, 0, 0, 1, 0))
# The parser that it prefers, libxml2's, opens what a DTD names; and looking for it takes a fifth of the time of a small feed.
feedparser.api.PREFERRED_XML_PARSERS = []
# feedparser lets these out of parse() for some documents; it documents none of them.
_FEEDPARSER_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError, xml.sax.SAXException,
)  # fmt: skip


def list_feed(source: Source, fetched: Fetched) -> Listing | Unlisted:
    """The entries of a feed in the document's order, at most the newest 500. Never raises, whatever the bytes are."""
    decoded = decode_answer(fetched, source.language)
    text = clean_text(decoded.text)
    flags = decoded.flags
    root = _ROOT.search(text, 0, 65_536)
    if root is None:
        return Unlisted(reason=f"not a feed: {what_it_is(text)}", cause=disguise_of(text) or "not a feed")
    text = text[root.start() :]
    document, limits = _bounded(text, root, fetched.fetched_at)
    try:
        parsed = _parsed(document, fetched.url)
        if parsed.get("bozo"):
            limits += ("not well-formed XML",)
            if (mended := escaped(document)) != document:
                parsed = _parsed(mended, fetched.url)  # the loose parser makes `AT&T;` of AT&T and `?a=1©=2` of ?a=1&copy=2
    except _FEEDPARSER_FAULTS as error:
        return Unlisted(reason=f"the feed cannot be parsed: {type(error).__name__} in feedparser")
    entries = _entries(parsed, source, fetched)
    if not parsed.get("version") and not parsed.entries:
        return Unlisted(reason=f"not a feed: {what_it_is(text)}")
    if CUT in limits and not entries:
        return Unlisted(reason="cut off before the end of its first item", cause="empty")
    return Listing(
        entries=entries,
        title=plain.line(_text(parsed.feed, "title"), 300),
        hints=_hints(parsed.feed, document),
        flags=flags + limits,
        next_url=_next_page(parsed.feed, source, fetched),
    )


def _parsed(document: str, url: str) -> Any:
    if "media:description" in document:  # that of a picture, which feedparser would take for one of the item's own
        document = _CAPTION.sub(r"<\1media:caption\2>", document)
    if "datetime=" in document:
        document = _TIME.sub(r"\1", document)
    return feedparser.parse(
        BytesIO(f'<?xml version="1.0" encoding="utf-8"?>\n{document}'.encode()),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            # Only where links hang on a relative xml:base: else feedparser would join every one with it, and we do so again.
            **({"content-location": url} if "xml:base" in document else {}),
        },
        resolve_relative_uris=False,
        sanitize_html=False,
    )


def what_it_is(text: str) -> str:
    """What a body that is not a feed seems to be, in words."""
    start = text[:4096].lstrip("\ufeff \t\r\n")
    if not start:
        return "the body is empty"
    title = re.search(r"<title[^<>]*>([^<]{1,200})", text[:65_536], re.IGNORECASE)
    named = f" titled {plain.line(title[1], 80)!r}" if title else ""
    if re.match(r"<!doctype html|<html|<head|<body", start, re.IGNORECASE):
        disguise = disguise_of(text)
        return f"{IN_WORDS[disguise] if disguise else 'an HTML page'}{named}"
    if re.search(r"<(?:urlset|sitemapindex)\b", start):
        return "a sitemap; its source should say `kind: sitemap`"
    if start[0] in "{[":
        return "JSON, but no JSON Feed"
    if start[0] == "<":
        return f"a markup document without rss, feed or RDF element{named}"
    return f"text that begins with {plain.line(start[:60])!r}"


def _bounded(text: str, root: re.Match[str], now: datetime) -> tuple[str, tuple[str, ...]]:
    """The document with only its newest items, and with the end tags that it lacks if it was cut off; and what there is to say of that."""
    parts = split(text)
    ended = f"</{root[1]}" in (parts.tail if parts else text)
    if parts is None:
        return text, () if ended or text[: text.find(">")].endswith("/") else (CUT,)
    flags: tuple[str, ...] = ()
    if parts.cut or not ended:
        end = f"</channel></{root[1]}>" if root[2].lower() == "rss" else f"</{root[1]}>"
        parts, flags = replace(parts, tail=end), (CUT,)
    items = parts.items
    if len(items) > MOST_ENTRIES:
        flags += (f"the newest {MOST_ENTRIES} of {len(items)} items",)
        items = items[-MOST_ENTRIES:] if _oldest_first(items, now) else items[:MOST_ENTRIES]
    return parts.document(items), flags


def _oldest_first(items: Sequence[str], now: datetime) -> bool:
    """Whether the oldest items come first; in most documents it is the newest."""
    first, last = (safe_date(date[1], UTC, now) if (date := _DATE.search(item)) else None for item in (items[0], items[-1]))
    return first is not None and last is not None and first < last


def _entries(parsed: Any, source: Source, fetched: Fetched) -> tuple[Entry, ...]:
    """What feedparser found, as Entries with their keys; without repetitions, and without items that are empty."""
    zone, now = zone_of(source.timezone), fetched.fetched_at
    home = absolute(_text(parsed.feed, "link"), fetched.url)
    atom = str(parsed.get("version")).startswith("atom")
    # In Atom a link is relative to the document (RFC 4287, 4.2.7.1). RSS does not say; its writers mean the site, wherever the feed is.
    base = fetched.url if atom else home or fetched.url
    entries = [_entry(item, base, fetched.url, zone, now, dated_once=not atom) for item in parsed.entries[:MOST_ENTRIES]]
    marks = [
        Marks(guid=dict.get(item, "id"), link=entry.url, title=entry.title, text=entry.content or entry.summary)
        for item, entry in zip(parsed.entries, entries, strict=False)
    ]
    fronts = [front for front in (source.url, source.home, fetched.url, home) if front]
    return identified(entries, marks, fronts)


def _entry(item: dict[str, Any], base: str, here: str, zone: tzinfo, now: datetime, *, dated_once: bool) -> Entry:
    contents = [part.get("value") or "" for part in dict.get(item, "content") or ()]
    summary = _text(item, "summary") or _text(item, "media_caption")
    text = max(contents, key=len, default="")
    summary_is_text = not text and len(summary) > _LONG_SUMMARY
    content = plain.paragraphs(summary if summary_is_text else text)
    published = safe_date(dict.get(item, "published") or dict.get(item, "created"), zone, now)
    updated = safe_date(dict.get(item, "updated"), zone, now)
    if published is None and dated_once:  # feedparser files dc:date, the only date of RSS 1.0, under `updated`
        published, updated = updated, None
    return Entry(
        keys=(),
        url=_link(item, base, here),
        title=plain.line(_text(item, "title"), 1_000),
        summary=plain.in_line(content, 5_000) if summary_is_text else plain.line(summary, 5_000),
        content=content,
        authors=_authors(item),
        published_at=published,
        updated_at=updated,
    )


def _link(item: dict[str, Any], base: str, here: str) -> str | None:
    """The address of the item's page: the original one that FeedBurner names, the item's link, or an id that is an address; never that of
    the feed itself (`here`)."""
    for raw in (dict.get(item, "feedburner_origlink"), dict.get(item, "link"), dict.get(item, "id")):
        url = absolute(_bare(raw), base, only_absolute=raw is dict.get(item, "id")) if isinstance(raw, str) else None
        if url is not None and url != here:
            return behind(url)
    return None


def _bare(link: str) -> str:
    """The address in a link that holds an HTML anchor, or begins with `www.`."""
    if found := _ANCHOR.search(link) if "<" in link else None:
        return found[1]
    return f"//{link}" if link.startswith("www.") else link


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    names = [plain.line(author.get("name") or "", 200) for author in dict.get(item, "authors") or ()]
    people = [_MAILBOX.sub(r"\1", name) for name in names if name]
    return tuple(dict.fromkeys(name for name in people if "@" not in name))[:10]


def _text(item: dict[str, Any], name: str) -> str:
    value = dict.get(item, name)  # FeedParserDict.get warns, and takes one date for another
    return value if isinstance(value, str) else ""


def _next_page(feed: Any, source: Source, fetched: Fetched) -> str | None:
    """Where older items are: at `rel=next` (RFC 5005, 3); WordPress has a second page of every feed, though its feeds do not say so."""
    for link in dict.get(feed, "links") or ():
        if (
            link.get("rel") == "next"
            and (url := absolute(str(link.get("href") or ""), fetched.url))
            and same_site(url, source.url)
        ):
            return url
    if "wordpress.org" not in _text(feed, "generator").lower():
        return None
    parts = urlsplit(fetched.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    page = query.get("paged", "1")
    if not re.fullmatch(r"\d{1,3}", page):
        return None
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode({**query, "paged": str(int(page) + 1)}), ""))


def _hints(feed: dict[str, Any], document: str) -> Hints:
    ttl, times = _number(_text(feed, "ttl")), _number(_text(feed, "sy_updatefrequency")) or 1.0
    period_s = _PERIODS_S.get(_text(feed, "sy_updateperiod").lower(), 0.0)
    every_s = max((ttl or 0.0) * 60, period_s / max(times, 1.0))
    hours, days = (_SKIP[name].search(document) for name in ("Hours", "Days"))
    return Hints(
        every_s=every_s or None,
        skip_hours=frozenset(int(hour) % 24 for hour in re.findall(r"<hour>\s*(\d{1,2})\s*<", hours[0]))
        if hours
        else frozenset(),
        skip_days=frozenset(day.capitalize() for day in re.findall(r"<day>\s*(\w{6,9})\s*<", days[0])) if days else frozenset(),
    )


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", text.strip()) else None
