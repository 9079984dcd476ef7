"""What stands between the lines of an article and is not part of it: found, named with a reason, and taken away.

`tidy` is what every reader of this room ends with. It repeats itself until nothing changes, so that whatever it returns comes back
from it unchanged; that is why reading what was written gives the same article.
"""
# ruff: noqa: E501  a pattern is read more easily in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from monitor.articles import bylines, datelines, plain
from monitor.articles.article import Removed
from monitor.articles.dates import find_date
from monitor.articles.months import WEEKDAYS
from monitor.articles.phrases import (
    ADVERT,
    AGENCIES,
    ALSO_READ,
    ALSO_READ_BARE,
    COMMENTS,
    COOKIES,
    CREDIT,
    DATE_LABEL,
    KICKER,
    PAYWALL,
    PHOTO,
    SHARE,
    SITE_NOTICE,
    TAGS,
    compiled,
)


class Reason(StrEnum):
    """Why a piece of text is no part of the article."""

    ADVERT = "advertisement"
    ALSO_READ = "also-read"
    BY_LINE = "by-line"
    CAPTION = "caption"
    COMMENTS = "comments"
    COOKIES = "cookie-notice"
    CREDIT = "credit"
    DATE = "date"
    DATELINE = "dateline"
    HEADLINE = "headline-repeated"
    LINK = "link"
    PAYWALL = "paywall"
    RELATED = "related"
    REPEATED = "repeated"
    SELECTOR = "selector"
    SHARE = "share"
    SITE_NOTICE = "site-notice"
    STRAY = "stray"
    TAGS = "tags"
    TEASER = "teaser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """Headline and paragraphs without furniture, what was taken away in order, and what it told: names, place, lines with dates."""

    headline: str | None
    paragraphs: tuple[str, ...]
    removed: tuple[Removed, ...] = ()
    authors: tuple[str, ...] = ()
    dateline: str | None = None
    dated: tuple[str, ...] = field(default=())


_END = re.compile(r"[.!?…。！？။៕។॥][\"'”’»)\]）」』]*$")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f]")
_CJK = re.compile("[\u3400-\u9fff]")
_CLOSING = frozenset({Reason.SHARE, Reason.RELATED, Reason.SITE_NOTICE, Reason.TAGS, Reason.PAYWALL})
_NOTICE = re.compile(
    r"cookie|rights reserved|copyright|hak cipta|newsletter|photographs|สงวนลิขสิทธิ์|คุกกี้|版权|版權", re.IGNORECASE
)
_LONGEST_FURNITURE = 700
_NEAR = 50  # copies that are not exact are looked for among so many paragraphs with the same beginning
_ANY_MOMENT = (datetime(2099, 12, 31, tzinfo=UTC), datetime(2100, 6, 30, tzinfo=UTC))


def tidy(headline: str | None, paragraphs: Sequence[str]) -> Tidied:
    """Take away furniture until there is none; `paragraphs` may hold any lines. Never raises; pure in its two arguments."""
    state = Tidied(headline=headline, paragraphs=tuple(paragraphs))
    known: dict[str, Reason | None] = {}
    while True:
        following = _once(state, known)
        if (following.headline, following.paragraphs) == (state.headline, state.paragraphs):
            return state
        state = following


def is_prose(text: str) -> bool:
    """Whether a line reads as running text and not as a title: it ends as a sentence does, or is long."""
    if _CJK.search(text):
        return len(text) >= 60 or (len(text) >= 15 and bool(_END.search(text)))
    if _UNSPACED.search(text):
        return len(text) >= 110 or (len(text) >= 40 and bool(_END.search(text)))
    return len(text) >= 180 or (len(text) >= 40 and bool(_END.search(text)))


def is_body(text: str) -> bool:
    """Whether a first line is so clearly body or caption that it cannot be a headline."""
    if datelines.split(text) and is_prose(text):
        return True
    inner = re.findall(r"[a-zà-ỹ0-9)”\"][.!?][”\"’']?\s+[A-ZÀ-Ỹ“\"‘]|[。！？](?=.)|[។။](?=.)", text)
    if len(inner) >= 2 and len(text) >= 160:
        return True
    if len(text) >= 140 and _END.search(text) and not text.endswith(("?", "!")):
        return True
    limit = 90 if _CJK.search(text) else 300
    return len(text) > limit


@dataclass(slots=True)
class _Lines:
    """The lines of one pass, each with the reason for which it goes, if it goes."""

    lines: list[str]
    reasons: list[Reason | None]

    def kept(self) -> list[int]:
        return [at for at, reason in enumerate(self.reasons) if reason is None]

    def drop(self, at: int, reason: Reason) -> None:
        if self.reasons[at] is None:
            self.reasons[at] = reason


def _once(state: Tidied, known: dict[str, Reason | None]) -> Tidied:
    headline = plain.line(state.headline or "") or None
    page = _Lines([line for line in map(plain.line, state.paragraphs) if line], [])
    known.update((line, _reason(line)) for line in page.lines if line not in known)
    page.reasons = [known[line] for line in page.lines]
    if headline and not plain.has_words(headline):
        page.lines.insert(0, headline)
        page.reasons.insert(0, Reason.STRAY)
        headline = None
    elif headline and (is_body(headline) or (len(headline) > 100 and _is_caption(headline))):
        page.lines.insert(0, headline)
        page.reasons.insert(0, _reason(headline))
        headline = None
    _drop_headline_again(page, headline)
    _drop_blocks(page)
    authors, dated = _drop_edges(page)
    _drop_repeated(page)
    removed = [Removed(text=line, reason=reason) for line, reason in zip(page.lines, page.reasons, strict=True) if reason]
    kept = [page.lines[at] for at in page.kept()]
    result = replace(
        state,
        headline=headline,
        paragraphs=tuple(kept),
        removed=(*state.removed, *removed),
        authors=state.authors or authors,
        dated=(*state.dated, *dated),
    )
    return _without_dateline(result)


def _without_dateline(state: Tidied) -> Tidied:
    if not state.paragraphs:
        if state.headline and is_prose(state.headline) and len(state.headline) > 120:
            return replace(state, headline=None, paragraphs=(state.headline,))
        return state
    found = datelines.split(state.paragraphs[0])
    if found is None or (not found.rest and len(state.paragraphs) == 1):
        return state
    rest = (found.rest,) if found.rest else ()
    return replace(
        state,
        paragraphs=(*rest, *state.paragraphs[1:]),
        removed=(*state.removed, Removed(text=found.text, reason=Reason.DATELINE)),
        dateline=state.dateline or found.place,
        authors=state.authors or ((found.author,) if found.author else ()),
        dated=(*state.dated, found.text),
    )


def _reason(line: str) -> Reason | None:
    """What a line is by its own words, wherever it stands."""
    if not plain.has_words(line):
        return Reason.STRAY
    if len(line) > _LONGEST_FURNITURE or (len(line) > 450 and is_prose(line) and not _NOTICE.search(line)):
        return None
    if re.fullmatch(r"(?:https?://|www\.)\S+", line):
        return Reason.LINK
    if compiled(r"\W*", ADVERT, r"\W*").fullmatch(line):
        return Reason.ADVERT
    if len(line) <= 320 and _is_share(line):
        return Reason.SHARE
    if compiled(r"\W*", COOKIES, "").fullmatch(line):
        return Reason.COOKIES
    if len(line) <= 200 and compiled(r"\W*", PAYWALL, r"\W*").fullmatch(line):
        return Reason.PAYWALL
    if compiled(r"\W*", SITE_NOTICE, r"\W*").fullmatch(line):
        return Reason.SITE_NOTICE
    if len(line) <= 260 and _is_teaser(line):
        return Reason.ALSO_READ
    if len(line) <= 300 and compiled(r"\W*", TAGS, r"\s*[:：៖]\s*(?!.*[.。!?]$).{1,280}").fullmatch(line):
        return Reason.TAGS
    if _is_caption(line):
        return Reason.CAPTION
    return None


def _is_share(line: str) -> bool:
    """Share buttons, also several run together: once their words are gone nothing is left."""
    pattern = compiled("", SHARE, "")
    return bool(pattern.match(line.lstrip("•·|-–—:>» \"'…."))) and len(plain.fold(pattern.sub(" ", line))) <= min(
        3, len(line) // 4
    )


def _is_teaser(line: str) -> bool:
    if compiled(r"[^\w(\[]*[(\[]?", ALSO_READ, r"\s*(?:[:：៖|–—»]|>+|\s-\s)\s*\S.*").fullmatch(line):
        return not (len(line) > 160 and is_prose(line))
    if compiled(r"\W*", ALSO_READ_BARE, r"(?!\w)\s*\S.*").fullmatch(line):
        return not re.search(r"[.。]$", line)
    return False


def _is_caption(line: str) -> bool:
    """A line that carries the credit of a picture."""
    if len(line) > 450:
        return False
    bracket = compiled(
        r"[(（\[][^()（）\[\]]{0,60}?(?<![^\W\d_])", PHOTO, r"(?![^\W\d_])[^()（）\[\]]{0,80}[)）\]]\W*(?:[^.()]{3,60}\.)?$"
    )
    if bracket.search(line[-220:]):
        return True
    if len(line) <= 320 and compiled(r"\W{0,3}", PHOTO, r"\s*[:：៖/|–—]\s*\S.*").fullmatch(line):
        return not is_prose(line) or len(line) <= 160
    tail = compiled(r"(?<=[.!?។။。”\"'’)\s|/–—-])\s*", PHOTO, r"\s*[:：៖/|–—]\s*[^.:：]{2,60}\.?$")
    if len(line) > 25 and tail.search(line[-90:]):
        return True
    return bool(
        compiled(r"(?:[–—|/-]|\.)\s*(?:file\s)?", AGENCIES, r"\s+(?:file\s+)?(?:pic|photo|picture|foto|graphic)s?\.?$").search(
            line[-60:]
        )
    )


def _is_top_caption(line: str) -> bool:
    """Before the text a credit needs no word for picture."""
    return len(line) <= 320 and bool(
        compiled(r"(?:[(（\[]\s*|[/|]\s*|\.\s+|[–—]\s*)(?:[A-Z][\w.]+(?: [A-Z][\w.]+){0,3}\s*/\s*)?", AGENCIES, r"(?:\s*/\s*[\w. ]{2,40})?\s*[)）\]]?\.?$").search(line[-80:])
    )  # fmt: skip


def _drop_headline_again(page: _Lines, headline: str | None) -> None:
    if not headline:
        return
    wanted = plain.fold(headline)
    for at in page.kept()[:4]:
        if plain.fold(page.lines[at]) == wanted:
            page.drop(at, Reason.HEADLINE)


def _drop_blocks(page: _Lines) -> None:
    """Headings that govern what follows them: related links to the next running text, comments to the end."""
    total = sum(map(len, page.lines)) or 1
    kept = page.kept()
    last_prose = max((at for at in kept if is_prose(page.lines[at])), default=-1)
    for at in kept:
        line = page.lines[at]
        if len(line) > 80 or page.reasons[at]:
            continue
        if compiled(r"\W*", ALSO_READ, r"\W*").fullmatch(line):
            page.drop(at, Reason.RELATED)
            _drop_titles_after(page, at, Reason.RELATED, None if at > last_prose else 4)
        elif compiled(r"\W*", COMMENTS, r"\W*").fullmatch(line):
            after = sum(map(len, page.lines[at + 1 :]))
            if at > last_prose or (at >= 3 and after < 0.5 * total):
                for later in range(at, len(page.lines)):
                    page.drop(later, Reason.COMMENTS)
    for at in range(last_prose + 1, len(page.lines)):
        if last_prose >= 0 and page.reasons[at] in _CLOSING:
            _drop_titles_after(page, at, Reason.TEASER, None)
            break


def _drop_titles_after(page: _Lines, at: int, reason: Reason, most: int | None) -> None:
    dropped = 0
    for later in range(at + 1, len(page.lines)):
        if page.reasons[later]:
            continue
        if is_prose(page.lines[later]) or dropped == most:
            return
        page.drop(later, reason)
        dropped += 1


def _drop_edges(page: _Lines) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What only the top and the end of an article carry: by-line, date, credits, captions without a word for picture."""
    kept = page.kept()
    said = {at: _by_or_date(page.lines[at]) for at in {*kept[:8], *kept[-8:]}}
    prose = [
        at for at in kept if is_prose(page.lines[at]) and not _is_top_caption(page.lines[at]) and not any(said.get(at, ()))
    ]
    first, last = (prose[0], prose[-1]) if prose else (len(page.lines), -1)
    authors: tuple[str, ...] = ()
    dated: list[str] = []
    for at in kept:
        line = page.lines[at]
        if not (at < first or at > last) or (not prose and len(kept) == 1):
            continue
        names, is_date = said.get(at) or _by_or_date(line)
        if names:
            page.drop(at, Reason.BY_LINE)
            authors = authors or names
        elif is_date:
            page.drop(at, Reason.DATE)
        elif at < first and prose and _is_top_caption(line):
            page.drop(at, Reason.CAPTION)
        elif at > last and prose and _is_end_line(line):
            page.drop(at, Reason.CREDIT)
        elif prose and at == last + 1 == kept[-1] and bylines.is_signature(line):
            page.drop(at, Reason.BY_LINE)
            authors = authors or (line,)
        elif at > last and prose and compiled(r"\W*", KICKER, r"\s*[:：|]\s*\S.*").fullmatch(line):
            page.drop(at, Reason.TEASER)
        elif len(line) <= 160 and prose and compiled(r"\W*", CREDIT, r"\s*[:：៖/|]\s*\S.*").fullmatch(line):
            page.drop(at, Reason.CREDIT)
        if is_date:
            dated.append(line)
    return authors, tuple(dated)


def _is_end_line(line: str) -> bool:
    """`— Bernama`, `(AFP)`, `END`, `(bud/har)` alone at the end."""
    if re.fullmatch(r"[(（\[][a-zA-Z]{2,8}(?:[/,] ?[a-zA-Z]{2,8}){0,3}[)）\]]", line):
        return True
    return len(line) <= 60 and bool(
        compiled(
            r"[–—\-(（\[/ ]{0,3}", AGENCIES + r"|ends?|selesai|tamat|hết|จบ", r"(?:\s*/\s*[\w .]{2,30})?[)）\]/. ]{0,3}"
        ).fullmatch(line)
    )


def _by_or_date(line: str) -> tuple[tuple[str, ...], bool]:
    """The names if a line is a by-line (also one with a date in it), and whether it is, or holds, the date of publication."""
    if len(line) > 160:
        return (), False
    names = bylines.read(line)
    if not any(c.isdecimal() for c in line):
        return names, False
    rest = line
    holds_date = False
    for _ in range(2):  # published and updated often share a line
        found = next((f for now in _ANY_MOMENT[: 2 if len(line) <= 60 else 1] if (f := find_date(rest, now))), None)
        if found is None:
            break
        holds_date = True
        rest = f"{rest[: found.start]} {rest[found.end :]}"
    if not holds_date:
        return names, False
    # Thai and its neighbours write labels and weekdays into one run of letters; only Latin words have edges.
    bare = compiled(
        r"(?<![a-z\u00e0-\u024f\u1e00-\u1eff])", tuple(map(re.escape, WEEKDAYS)), r"(?:ที่)?(?![a-z\u00e0-\u024f\u1e00-\u1eff])"
    ).sub(" ", rest)
    bare = compiled(r"(?<![a-z\u00e0-\u024f\u1e00-\u1eff])", DATE_LABEL, r"(?![a-z\u00e0-\u024f\u1e00-\u1eff])").sub(" ", bare)
    if len(plain.fold(bare)) <= 3:
        return (), True
    names = bylines.read(plain.line(bare).strip(" |-–—()[]•·,:/"))
    return names, bool(names)


def _drop_repeated(page: _Lines) -> None:
    """Later copies of a paragraph; also a copy to which, or from which, a few words are missing."""
    seen: set[str] = set()
    beginnings: dict[tuple[str, ...], list[list[str]]] = {}
    for at in page.kept():
        line = page.lines[at]
        key = plain.fold(line)
        if key in seen and len(key) >= 12:
            page.drop(at, Reason.REPEATED)
            continue
        seen.add(key)
        if len(key) < 60:
            continue
        words = line.casefold().split()
        words = words if len(words) > 8 else list(key)
        alike = beginnings.setdefault(tuple(words[:2]), [])
        if any(_contains(words, other) for other in alike[:_NEAR]):
            page.drop(at, Reason.REPEATED)
        else:
            alike.append(words)


def _contains(one: list[str], other: list[str]) -> bool:
    """Whether the longer of two texts is the shorter with at most one word in thirty added."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(long) - len(short) > max(1, len(long) // 30):
        return False
    rest = iter(long)
    return all(word in rest for word in short)
