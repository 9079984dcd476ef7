"""A page, or an entry of a feed, made into an Article; or the reason why there is none, in words for the operator.

Where each part of it comes from, the most trusted first:
    headline   selector, page (see `headline`), feed
    text       selector, trafilatura, its whole cascade, JSON-LD, the feed's full text, resiliparse (flag `rescued`)
    authors    selector, page for machines, feed, by-line in the text, page for people
    published  selector, JSON-LD, meta tags, microdata, feed, dated line or dateline with its year, `time` elements, what is shown
               near the heading, address, data of scripts, dateline without year, `today (10th)`, htmldate
    language   the text itself; page and source decide only when that is undecided
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from bs4 import BeautifulSoup, Tag
from htmldate import find_date as find_date_by_htmldate
from lxml.html import HtmlElement
from soupsieve import SelectorSyntaxError

from monitor import urls
from monitor.articles import bylines, extraction, metadata, plain, visible
from monitor.articles.article import MOST_BYTES, WATCHED, Article, Removed, Unreadable
from monitor.articles.furniture import Tidied, tidy
from monitor.articles.language import detect
from monitor.articles.marks import Reason, size
from monitor.articles.refusal import refusal
from monitor.articles.region import Region
from monitor.articles.region import find as find_region
from monitor.fetching.charset import decode_answer
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.text.dates import find_named_day, parse_date

_MOST_TAGS = 40_000  # a page with more is data, and only the fast reader reads it
_SHORT = 500  # of a shorter text, in characters, another reader is asked
_MISSED = 2.5  # if the page has so many times the text that was found, another reader is asked, too
_MOST = 0.7  # a text with so large a share of the running text of the page is the article, however short
_CAPTIONS = 20
_ODD = re.compile(r"[\ufffd\x00-\x08\x0b\x0e-\x1f\x80-\x9f]+")
_DATED = re.compile(
    r"(?i)(?:^|[\s_-])(?:date|datetime|time|published|pub-?date|post(?:ed)?-?(?:date|on|time)|timestamp|entry-date|tanggal|tarikh|byline|meta)(?:$|[\s_-])"
)

# The day of publication in the data with which scripts build a page.
_IN_SCRIPTS = re.compile(
    r'(?i)"(?:date_?published|publish(?:ed)?_?(?:date|at|time|on))\\?"\s*:\s*\\?"((?:19|20)\d\d-\d\d-\d\d)'
)


def read_page(source: Source, fetched: Fetched, entry: Entry) -> Article | Unreadable:
    """The article on a fetched page, or why there is none. Pure; never raises for anything the page holds.

    `fetched.fetched_at` counts as now. The selectors of the source take precedence over what is found; what the feed says fills gaps. Of
    a page over 5 MB only the beginning is read (flag `cut`), one with over 40,000 tags only by the fast reader (flag `rescued`).
    """
    if not urls.is_web(fetched.url):
        return Unreadable(reason=f"{fetched.url!r} is not a web address")
    kind = _kind_of(fetched)
    if kind is not None:
        return Unreadable(reason=kind)
    cut = len(fetched.body) > MOST_BYTES
    decoded = decode_answer(fetched, source.language, most_bytes=MOST_BYTES)
    flags = [*(["cut"] if cut else []), *(["charset-guessed"] if decoded.guessed else [])]
    if _is_noise(decoded.text[:5000]):
        return Unreadable(reason="the page is not text")
    if not decoded.text.strip():
        return Unreadable(reason="the page is empty")
    if decoded.text.count("<") > _MOST_TAGS:
        return _read_fast(source, fetched, entry, decoded.text, flags)
    text, picked = _select(source, decoded.text)
    tree = extraction.parse(text)
    if tree is None:
        return Unreadable(reason="the page is not HTML, or has nothing in it")
    return _read_tree(source, fetched, entry, text, tree, picked, flags)


def from_entry(source: Source, entry: Entry, now: datetime) -> Article | Unreadable:
    """The article as the feed itself has it (flag `feed-only`), if its page cannot be fetched; for a watched page, what is new on it."""
    lines = extraction.text_of(entry.content or entry.summary or "")
    title = plain.line(entry.title or "") or None
    tidied = tidy(title, lines)
    if not tidied.paragraphs and not tidied.headline:
        return Unreadable(reason="the feed carries neither a title nor a text for this entry")
    return Article(
        headline=tidied.headline,
        paragraphs=tidied.paragraphs,
        url=urls.canonical(entry.url) if entry.url else None,
        site=source.name,
        authors=entry.authors or tidied.authors,
        dateline=tidied.dateline,
        published_at=_at_most(entry.published_at, now) or _first_date(tidied.dated, now, source.timezone, source.language),
        modified_at=_at_most(entry.updated_at, now),
        language=detect("\n".join((tidied.headline or "", *tidied.paragraphs)), _hint(source)),
        removed=tidied.removed,
        flags=(WATCHED if source.kind == "watch" else "feed-only",),
    )


def _kind_of(fetched: Fetched) -> str | None:
    """Why these bytes cannot be an HTML page; None if they may be."""
    said = fetched.headers.get("content-type", "").split(";")[0].strip().lower()
    head = fetched.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        return "the page is a PDF document"
    if head.startswith((b"\x89png", b"\xff\xd8\xff", b"gif8", b"riff", b"pk\x03\x04", b"\x1f\x8b", b"\x00\x00\x00")):
        return f"the page is not HTML but a file of another kind ({said or 'no type given'})"
    if head.startswith((b"<rss", b"<feed", b"<urlset", b"<sitemapindex")) or (
        head.startswith(b"<?xml") and b"<html" not in head and b"xhtml" not in head
    ):
        return "the page is not HTML but XML (a feed or a sitemap)"
    if head.startswith((b"{", b"[")) and b"<" not in head[:200]:
        return "the page is not HTML but data (JSON)"
    if said.startswith(("image/", "audio/", "video/", "font/")) and b"<html" not in head:
        return f"the page is not HTML but {said}"
    return None


def _is_noise(text: str) -> bool:
    """Whether this is no text, but full of control characters or of characters that could not be decoded."""
    odd = sum(map(len, _ODD.findall(text)))
    return odd > 0.05 * len(text)


def _select(source: Source, text: str) -> tuple[str, dict[str, list[str]]]:
    """The page without what the selector `remove` chooses, and the texts that the other selectors choose."""
    selectors = source.selectors
    wanted = {name: css for name in ("headline", "text", "authors", "published") if (css := getattr(selectors, name))}
    if not wanted and not selectors.remove:
        return text, {}
    soup = BeautifulSoup(text, "lxml")
    picked: dict[str, list[str]] = {}
    try:
        if selectors.remove:
            gone = soup.select(selectors.remove)
            picked["removed"] = [plain.line(element.get_text(" ")) for element in gone]
            for element in gone:
                element.decompose()
        for name, css in wanted.items():
            found = soup.select(css)
            if name == "text":
                picked[name] = [line for element in found for line in extraction.text_of(str(element))]
            else:
                picked[name] = [value for element in found if (value := _value(element))]
    except SelectorSyntaxError:
        return text, {}
    return (str(soup) if selectors.remove else text), picked


def _value(element: Tag) -> str:
    return plain.line(str(element.get("datetime") or element.get("content") or element.get_text(" ")))


def _read_tree(
    source: Source, fetched: Fetched, entry: Entry, text: str, tree: HtmlElement, picked: dict[str, list[str]], flags: list[str]
) -> Article | Unreadable:
    said = metadata.read(tree, fetched.url)
    captions, times = _captions(tree), visible.times(tree)
    extraction.strip(tree)
    region = find_region(tree)
    teasers = extraction.take_teasers(region.element)
    lines = picked.get("text") or _text(tree, region, text, said, entry, flags)
    headline = next(iter(picked.get("headline", ())), None) or said.headline or plain.line(entry.title or "") or None
    tidied = tidy(headline, lines)
    if (reason := refusal(tree, region.element, said, fetched.url, tidied.paragraphs, len(teasers))) is not None:
        return Unreadable(reason=reason)
    if not tidied.paragraphs:
        return Unreadable(reason="no running text was found on the page")
    if said.is_paywalled or any(part.reason == Reason.PAYWALL for part in tidied.removed):
        flags.append("paywall")
    removed = (
        *(Removed(text=line, reason=Reason.SELECTOR.value) for line in picked.get("removed", ()) if line),
        *(Removed(text=line, reason=Reason.CAPTION.value) for line in captions[:_CAPTIONS] if line not in tidied.paragraphs),
        *(Removed(text=line, reason=Reason.TEASER.value) for line in teasers),
        *tidied.removed,
    )
    article = _article(source, fetched, entry, said, tidied, picked, flags)
    if not article.authors:
        article = replace(article, authors=visible.authors(tree))
    if article.published_at is None:
        article = replace(article, published_at=_last_resort(tree, text, source, article, times, tidied.dated, fetched))
    return replace(article, removed=removed)


def _captions(tree: HtmlElement) -> list[str]:
    """The captions of pictures; one with a link in it is a teaser of another story."""
    texts = (plain.line(caption.text_content()[:1000]) for caption in tree.iter("figcaption") if caption.find(".//a") is None)
    return [text for text in texts if text]


def _text(tree: HtmlElement, region: Region, text: str, said: metadata.Metadata, entry: Entry, flags: list[str]) -> list[str]:
    """The lines of the article from the first reader that finds enough; from the one that finds most if none does."""
    lines = extraction.main_text(region.element)
    lines = [*extraction.lead(tree, lines), *lines]
    if said.is_live and said.body and len(said.body) > 0.9 * size(lines):
        return extraction.text_of(said.body)
    for other, flag in _other_readers(tree, region, said, entry, size(lines)):
        if size(other) > 1.5 * size(lines) and extraction.prose_length(other) > 1.5 * extraction.prose_length(lines):
            lines = other
            flags.extend([flag] if flag else [])
    if size(lines) < _SHORT // 4:
        other = extraction.rescue(text)
        if extraction.prose_length(other) > max(size(lines), _SHORT // 4):
            flags.append("rescued")
            return other
    return lines


def _other_readers(
    tree: HtmlElement, region: Region, said: metadata.Metadata, entry: Entry, found: int
) -> Iterator[tuple[list[str], str]]:
    """What other readers find, each with the flag that it sets; they are asked only if the size of what was `found` gives reason to: if it
    is small, or small compared with the running text on the page, or with the text that the page gives to machines."""
    if found < min(_SHORT, _MOST * region.size):
        yield extraction.main_text(region.element, thorough=True), ""
    elif region.size > _MISSED * found:
        yield extraction.main_text(tree, strict=False), ""
    if said.body and (found < _SHORT or len(said.body) > _MISSED * found):
        yield extraction.text_of(said.body), ""
    if entry.content and found < _SHORT:
        yield extraction.text_of(entry.content), "feed-text"


def _read_fast(source: Source, fetched: Fetched, entry: Entry, text: str, flags: list[str]) -> Article | Unreadable:
    """The article on a page with so many elements that a tree of them would cost too much: metadata from its head, text by resiliparse."""
    head = extraction.parse(text[:200_000])
    said = metadata.read(head, fetched.url) if head is not None else metadata.Metadata(url=urls.canonical(fetched.url))
    tidied = tidy(said.headline or plain.line(entry.title or "") or None, extraction.rescue(text)[:2000])
    if not tidied.paragraphs:
        return Unreadable(reason="the page has too many elements and no running text")
    article = _article(source, fetched, entry, said, tidied, {}, [*flags, "rescued"])
    return replace(article, removed=tidied.removed)


def _article(
    source: Source,
    fetched: Fetched,
    entry: Entry,
    said: metadata.Metadata,
    tidied: Tidied,
    picked: dict[str, list[str]],
    flags: list[str],
) -> Article:
    now, zone = fetched.fetched_at, source.timezone
    found = detect("\n".join((tidied.headline or "", *tidied.paragraphs)), _hint(source) or said.language)
    published = (
        _first_date((*picked.get("published", ()), *said.published), now, zone, found)
        or _at_most(entry.published_at, now)
        or _first_date(tidied.dated, None, zone, found)
    )
    modified = _first_date(said.modified, now, zone, found) or _at_most(entry.updated_at, now)
    return Article(
        headline=tidied.headline,
        paragraphs=tidied.paragraphs,
        url=said.url,
        site=said.site or source.name,
        authors=_names(picked.get("authors", ())) or said.authors or entry.authors or tidied.authors,
        dateline=tidied.dateline,
        published_at=published,
        modified_at=modified if modified and (published is None or modified >= published) else None,
        language=found,
        flags=tuple(dict.fromkeys(flags)),
    )


def _hint(source: Source) -> str | None:
    return None if source.language in (None, "mul") else source.language


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for value in values for name in bylines.names(value)))


def _at_most(at: datetime | None, now: datetime) -> datetime | None:
    """A time from a feed: at most `now`, and None if it is from before there was a web."""
    if at is None or at.year < 1990:
        return None
    return min(at, now)


def _first_date(values: Iterable[str], now: datetime | None, zone: str | None, language: str | None) -> datetime | None:
    return next((at for value in values if (at := parse_date(value, now, zone, language))), None)


def _last_resort(
    tree: HtmlElement, text: str, source: Source, article: Article, times: list[str], dated: tuple[str, ...], fetched: Fetched
) -> datetime | None:
    """The date of a page that states none for machines. Dates that name their year are tried before those of which it has to be guessed.

    htmldate makes a bare year into the first of January; such a date does not count.
    """
    now, zone = fetched.fetched_at, source.timezone
    if len(set(times)) <= 3 and (at := _first_date(times, now, zone, article.language)):
        return at
    if at := _first_date(visible.dates(tree), None, zone, article.language):
        return at
    dated_by_name = islice((each for each in tree.iterfind(".//*[@class]") if _DATED.search(each.get("class"))), 6)
    near = visible.told_first(plain.line(each.text_content()[:400]) for each in dated_by_name)
    if at := _first_date(near, None, zone, article.language):
        return at
    for address in (fetched.url, article.url or ""):
        found = re.search(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?=[/_.-]|$)", address)
        if found and (at := parse_date("-".join(found.groups()), now)):
            return at
    if len(days := set(_IN_SCRIPTS.findall(text))) == 1 and (at := parse_date(days.pop(), now)):
        return at
    if at := _first_date(near, now, zone, article.language):
        return at
    if at := _first_date(dated, now, zone, article.language):
        return at
    for paragraph in article.paragraphs[:6]:
        if at := find_named_day(paragraph, now, zone):
            return at
    try:
        guess = find_date_by_htmldate(
            tree, extensive_search=False, original_date=True, url=fetched.url, max_date=now.date().isoformat()
        )
    except (ValueError, TypeError, AttributeError):
        return None
    return parse_date(guess, now) if guess and not guess.endswith("-01-01") else None
