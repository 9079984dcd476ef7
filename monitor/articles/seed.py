"""The seed format: one article as plain text, written and read.

What is written: the headline and the paragraphs, with a blank line between any two; without a headline the first line is empty. What is
read: that, and files as people save them: with or without a headline, paragraphs with or without a blank line between them, furniture
among them. `parse(render(a))` has the headline and the paragraphs of `a`, for every article that was made in this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.articles import plain
from monitor.articles.article import Article, Removed
from monitor.articles.furniture import Tidied, tidy
from monitor.articles.language import detect
from monitor.articles.marks import is_prose
from monitor.text.dates import find_date, find_named_day, parse_date

_FROM_TEXT = "date-from-text"


def render(article: Article) -> str:
    """The text of a seed file: NFC, LF, no trailing newline. By-line, dates and the rest are in `metadata`."""
    return "\n\n".join((article.headline or "", *article.paragraphs))


def file_name(number: int, article_id: str) -> str:
    """`NNN_HHHHHHHHHHHHHHHH.txt`: a running number of at least three digits and the 16 hex digits of the article."""
    return f"{number:03d}_{article_id}.txt"


def parse(text: str, *, now: datetime | None = None) -> Article:
    """The article in `text`, which may be a seed file or any saved article; never raises.

    `now` is when the text was saved, if that is known: dates without a year and `today (10th)` need it. The date of publication is taken
    from a dated by-line or update line, else from the dateline, else from `today (…)`, and at last from the one full date in the text
    itself: then the article is flagged `date-from-text`.
    """
    headline, lines = _split(text)
    tidied = tidy(headline, lines)
    language = detect("\n".join((tidied.headline or "", *tidied.paragraphs)))
    published_at, flags = _published(tidied, now, language)
    return Article(
        headline=tidied.headline,
        paragraphs=tidied.paragraphs,
        authors=tidied.authors,
        dateline=tidied.dateline,
        published_at=published_at,
        language=language,
        removed=tidied.removed,
        flags=flags,
    )


def _split(text: str) -> tuple[str | None, list[str]]:
    """The headline, if there is one, and the other lines. An empty first line says that there is no headline."""
    lines = plain.lines(text.removeprefix("\ufeff"))
    blocks = _blocks(lines)
    if not blocks:
        return None, []
    flat = [line for block in blocks for line in block]
    if not lines[0]:
        return None, flat
    spaced = len(blocks) > 1 and 2 * len(blocks) >= len(flat)
    if spaced or len(flat) == 1:
        return flat[0], flat[1:]
    return (None, flat) if is_prose(flat[0]) or len(flat[0]) > 200 else (flat[0], flat[1:])


def _blocks(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [_unwrapped(block) for block in blocks if block]


def _unwrapped(block: list[str]) -> list[str]:
    """The lines of one block; those that were broken only for width, or within brackets, are joined."""
    body = block[:-1]
    if (
        len(block) >= 3
        and all(50 <= len(line) <= 100 for line in body)
        and sum(is_prose(line) for line in body) * 3 <= len(body)
    ):
        return [" ".join(block)]
    joined: list[str] = []
    for line in block:
        if joined and joined[-1].count("(") > joined[-1].count(")") and len(joined[-1]) <= 120:
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined


def _published(tidied: Tidied, now: datetime | None, language: str | None) -> tuple[datetime | None, tuple[str, ...]]:
    """The date of publication, and the flags that go with it."""
    for line in tidied.dated:
        if at := parse_date(line, now, language=language):
            return at, ()
    if now is not None:
        for paragraph in tidied.paragraphs[:6]:
            if at := find_named_day(paragraph, now):
                return at, ()
    at = _only_date(tidied.paragraphs, now)
    return (at, (_FROM_TEXT,)) if at else (None, ())


def _only_date(paragraphs: tuple[str, ...], now: datetime | None) -> datetime | None:
    """The latest full date in the first paragraphs; None if there is none, or if two of them lie more than two weeks apart."""
    dates = []
    for paragraph in paragraphs[:4]:
        for start in range(0, min(len(paragraph), 1600), 350):
            found = find_date(paragraph[start : start + 400], now)
            if found and found.has_year:
                dates.append(found.at.astimezone(UTC))
    if not dates or max(dates) - min(dates) > timedelta(days=14):
        return None
    return max(dates)


def metadata(article: Article) -> dict[str, Any]:
    """Everything but the text, as JSON can hold it; times in ISO 8601."""
    return {
        "url": article.url,
        "site": article.site,
        "authors": list(article.authors),
        "dateline": article.dateline,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "modified_at": article.modified_at.isoformat() if article.modified_at else None,
        "language": article.language,
        "removed": [{"text": part.text, "reason": part.reason} for part in article.removed],
        "flags": list(article.flags),
    }


def with_metadata(article: Article, data: Mapping[str, Any]) -> Article:
    """`article` with what `metadata` wrote; `parse` and this together give back the whole article. Raises ValueError or KeyError if the
    data are not of that form."""
    published, modified = data["published_at"], data["modified_at"]
    return replace(
        article,
        url=data["url"],
        site=data["site"],
        authors=tuple(data["authors"]),
        dateline=data["dateline"],
        published_at=datetime.fromisoformat(published) if published else None,
        modified_at=datetime.fromisoformat(modified) if modified else None,
        language=data["language"],
        removed=tuple(Removed(text=part["text"], reason=part["reason"]) for part in data["removed"]),
        flags=tuple(data["flags"]),
    )
