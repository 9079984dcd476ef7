"""Furniture: what stands among the lines of an article and is not part of it. It is found, named with a reason, and removed.

Every reader of this room ends with `tidy`. It repeats itself until nothing changes, so that what it returns is not changed by tidying it
again; that is why an article that was written to a file and read again is the same article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from monitor.articles import bylines, datelines, plain
from monitor.articles.article import Removed
from monitor.articles.marks import Reason, by_or_date, is_body, is_caption, is_prose, is_sign_off, is_top_caption, reason_of
from monitor.articles.phrases import ALSO_READ, COMMENTS, CREDIT, KICKER, compiled
from monitor.text.dates import from_publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """Headline and paragraphs without furniture, what was removed, in order, and what that told: names, a place, lines with dates."""

    headline: str | None
    paragraphs: tuple[str, ...]
    removed: tuple[Removed, ...] = ()
    authors: tuple[str, ...] = ()
    dateline: str | None = None
    dated: tuple[str, ...] = field(default=())


_CLOSING = frozenset({Reason.SHARE, Reason.RELATED, Reason.SITE_NOTICE, Reason.TAGS, Reason.PAYWALL})
_NEAR = 50  # a paragraph is compared with at most so many earlier ones that begin alike, to find copies that are not exact


def tidy(headline: str | None, paragraphs: Sequence[str]) -> Tidied:
    """Remove furniture until there is none; `paragraphs` may be any lines. Never raises, and depends on nothing but its arguments."""
    state = Tidied(headline=headline, paragraphs=tuple(paragraphs))
    known: dict[str, Reason | None] = {}
    while True:
        following = _once(state, known)
        if (following.headline, following.paragraphs) == (state.headline, state.paragraphs):
            return state
        state = following


@dataclass(slots=True)
class _Lines:
    """The lines of one pass, each with the reason why it is removed; None if it stays."""

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
    known.update((line, reason_of(line)) for line in page.lines if line not in known)
    page.reasons = [known[line] for line in page.lines]
    if headline and not plain.has_words(headline):
        page.lines.insert(0, headline)
        page.reasons.insert(0, Reason.STRAY)
        headline = None
    elif headline and (is_body(headline) or (len(headline) > 100 and is_caption(headline))):
        page.lines.insert(0, headline)
        page.reasons.insert(0, reason_of(headline))
        headline = None
    _drop_headline_again(page, headline)
    _drop_blocks(page)
    authors, dated = _drop_edges(page)
    _drop_repeated(page)
    removed = [Removed(text=line, reason=reason.value) for line, reason in zip(page.lines, page.reasons, strict=True) if reason]
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
        removed=(*state.removed, Removed(text=found.text, reason=Reason.DATELINE.value)),
        dateline=state.dateline or found.place,
        authors=state.authors or ((found.author,) if found.author else ()),
        dated=(*state.dated, found.text),
    )


def _drop_headline_again(page: _Lines, headline: str | None) -> None:
    if not headline:
        return
    wanted = plain.fold(headline)
    for at in page.kept()[:4]:
        if plain.fold(page.lines[at]) == wanted:
            page.drop(at, Reason.HEADLINE)


def _drop_blocks(page: _Lines) -> None:
    """Drop headings together with what they are headings of: related links up to the next running text, comments up to the end."""
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
    """Drop what occurs only before and after the text of an article: by-line, date, credits, captions that do not say that they are some.
    The authors, and the lines with a date, that were among it."""
    kept = page.kept()
    said = {at: by_or_date(page.lines[at]) for at in {*kept[:8], *kept[-8:]}}
    prose = [at for at in kept if is_prose(page.lines[at]) and not is_top_caption(page.lines[at]) and not any(said.get(at, ()))]
    first, last = (prose[0], prose[-1]) if prose else (len(page.lines), -1)
    authors: tuple[str, ...] = ()
    dated: list[str] = []
    for at in kept:
        line = page.lines[at]
        if not (at < first or at > last) or (not prose and len(kept) == 1):
            continue
        names, is_date = said.get(at) or by_or_date(line)
        if names:
            page.drop(at, Reason.BY_LINE)
            authors = authors or names
        elif is_date:
            page.drop(at, Reason.DATE)
        elif at < first and prose and is_top_caption(line):
            page.drop(at, Reason.CAPTION)
        elif at > last and prose and is_sign_off(line):
            page.drop(at, Reason.CREDIT)
        elif prose and at == last + 1 == kept[-1] and bylines.is_signature(line):
            page.drop(at, Reason.BY_LINE)
            authors = authors or (line,)
        elif at > last and prose and compiled(r"\W*", KICKER, r"\s*[:：|]\s*\S.*").fullmatch(line):
            page.drop(at, Reason.TEASER)
        elif len(line) <= 160 and prose and compiled(r"\W*", CREDIT, r"\s*[:：៖/|]\s*\S.*").fullmatch(line):
            page.drop(at, Reason.CREDIT)
        if is_date:
            dated.append(from_publication(line) or line)
    return authors, tuple(dated)


def _drop_repeated(page: _Lines) -> None:
    """Drop later copies of a paragraph, also those in which a few words are missing or added."""
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
