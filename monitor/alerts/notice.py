"""What a message says about an alert: the words that matched, the passages around them, and where the article was found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from monitor.alerts.alert import Alert, Marked, Notice, Receipt
from monitor.articles.article import Article
from monitor.rules.match import Hit, Match
from monitor.rules.rule import Rule
from monitor.sources.source import Source

SNIPPETS = 3
CONTEXT = 120
_WORD_SEARCH = 24

Span = tuple[int, int]


def notice(
    *,
    alert: Alert,
    rule: Rule,
    match: Match,
    article: Article,
    source: Source,
    facets: Iterable[str] = (),
    also_carried_by: Iterable[str] = (),
) -> Notice:
    """Everything there is to say about `alert`, which `match` of `rule` raised for `article`. `also_carried_by` names the sources of
    the story; the article's own source and repetitions are left out."""
    headline, body = article.headline or "", article.body
    return Notice(
        alert_id=alert.id,
        rule_id=rule.id,
        rule_title=rule.title,
        rule_version=match.rule_version,
        severity=alert.severity,
        story_id=alert.story_id,
        article_id=alert.article_id,
        headline=article.headline,
        headline_marks=_spans(match.hits, "title", len(headline)),
        url=article.url or (source.url if source.kind == "watch" else None),
        source_id=source.id,
        source_name=source.name,
        language=article.language,
        country=source.country,
        published_at=article.published_at,
        raised_at=alert.raised_at,
        snippets=_snippets(body, match.hits),
        receipt=_receipt(match.hits, {"title": headline, "dateline": article.dateline or "", "body": body}),
        facets=tuple(facets),
        also_carried_by=tuple(name for name in dict.fromkeys(also_carried_by) if name != source.name),
    )


def _receipt(hits: Iterable[Hit], texts: dict[str, str]) -> tuple[Receipt, ...]:
    """One entry for each word in the spelling of the text, with all its places."""
    found: dict[tuple[str, str | None, str | None, str], tuple[str, list[Span]]] = {}
    for hit in hits:
        words = texts.get(hit.field, "")[hit.start : hit.end] or hit.term
        _, spans = found.setdefault((hit.field, hit.vocabulary, hit.language, words.casefold()), (words, []))
        if (hit.start, hit.end) not in spans:
            spans.append((hit.start, hit.end))
    return tuple(
        Receipt(words=words, field=field, vocabulary=vocabulary, language=language, spans=tuple(sorted(spans)))
        for (field, vocabulary, language, _), (words, spans) in found.items()
    )


def _spans(hits: Iterable[Hit], field: str, length: int) -> tuple[Span, ...]:
    return tuple(sorted({(hit.start, hit.end) for hit in hits if hit.field == field and 0 <= hit.start < hit.end <= length}))


def _snippets(body: str, hits: Sequence[Hit]) -> tuple[Marked, ...]:
    """Up to three passages that together show as many different words as possible; the beginning of the text if it has none."""
    spans = _spans(hits, "body", len(body))
    if not spans:
        lead = body.split("\n\n", 1)[0]
        return (_cut(body, (0, _end(body, min(len(lead), 2 * CONTEXT), len(lead))), ()),) if lead else ()
    windows: list[Span] = []
    for start, end in spans:
        left, right = _window(body, start, end)
        if windows and left <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(right, windows[-1][1]))
        else:
            windows.append((left, right))
    return tuple(_cut(body, window, spans) for window in _most_telling(body, windows, spans))


def _most_telling(body: str, windows: list[Span], spans: tuple[Span, ...]) -> list[Span]:
    words = {window: {body[s:e].casefold() for s, e in spans if window[0] <= s and e <= window[1]} for window in windows}
    chosen: list[Span] = []
    shown: set[str] = set()
    while len(chosen) < min(SNIPPETS, len(windows)):
        best = max((window for window in windows if window not in chosen), key=lambda window: len(words[window] - shown))
        if chosen and not words[best] - shown:
            break
        chosen.append(best)
        shown |= words[best]
    return sorted(chosen)


def _window(body: str, start: int, end: int) -> Span:
    """The surroundings of a word within its paragraph, cut between words where the script has spaces."""
    first = body.rfind("\n\n", 0, start) + 2 if "\n\n" in body[:start] else 0
    last = body.find("\n\n", end)
    last = len(body) if last < 0 else last
    return _start(body, max(first, start - CONTEXT), first), _end(body, min(last, end + CONTEXT), last)


def _start(body: str, at: int, first: int) -> int:
    if at <= first:
        return first
    space = body.rfind(" ", max(first, at - _WORD_SEARCH), at)
    return space + 1 if space >= 0 else _whole(body, at)


def _end(body: str, at: int, last: int) -> int:
    if at >= last:
        return last
    space = body.find(" ", at, min(last, at + _WORD_SEARCH))
    return space if space >= 0 else _whole(body, at)


def _whole(text: str, at: int) -> int:
    """`at`, moved to the right until no vowel sign, tone mark or joined character is cut off from its base."""
    while at < len(text) and (unicodedata.category(text[at]).startswith("M") or "\u200d" in text[at - 1 : at + 1]):
        at += 1
    return at


def _cut(body: str, window: Span, spans: tuple[Span, ...]) -> Marked:
    left, right = window
    before = "…" if left > 0 and body[left - 2 : left] != "\n\n" else ""
    after = "…" if right < len(body) and body[right : right + 2] != "\n\n" else ""
    shift = len(before) - left
    marks = tuple((start + shift, end + shift) for start, end in spans if left <= start and end <= right)
    return Marked(text=before + body[left:right] + after, marks=marks)
