"""The shapes of the API: what is sent, with what each thing means. Times are RFC 3339 in UTC, ids never change their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from monitor.ports import StoredAlert, StoredArticle, StoryOutline
from monitor.rules.document import document
from monitor.rules.match import Match
from monitor.rules.snippets import snippets
from monitor.sources.source import Source
from monitor.sources.state import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class HitOut:
    """One matched occurrence. `start` and `end` are code point offsets in `field` (`title`, `dateline`, `url`, `source`,
    or `body`: the paragraphs with an empty line between two); the `utf16_` ones count as JavaScript and Java do."""

    words: str
    field: str
    start: int
    end: int
    utf16_start: int
    utf16_end: int
    term: str
    vocabulary: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnippetOut:
    """A passage around matched words. `marks` are (start, end) code point offsets in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptOut:
    """Why a rule (or the query of a search, as rule `query`) matched: the clauses that held, and every hit."""

    rule: str
    rule_version: str
    points: int | None
    clauses: tuple[str, ...]
    hits: tuple[HitOut, ...]
    snippets: tuple[SnippetOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleOut:
    """An article without its text."""

    id: str
    story: str
    source: str
    source_name: str
    country: str | None
    language: str | None
    url: str | None
    headline: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    read_at: datetime
    facets: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FullArticleOut:
    """An article with its text and its receipts."""

    article: ArticleOut
    paragraphs: tuple[str, ...]
    receipts: tuple[ReceiptOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOut:
    """How far an alert has come on one channel: `pending`, `held` (for a digest), `sent`, or `dead` (given up until a person retries)."""

    id: str
    channel: str
    state: str
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOut:
    """The first match of a rule in a story, as it was told."""

    id: str
    story: str
    article: str
    rule: str
    rule_title: str
    severity: str
    raised_at: datetime
    headline: str | None
    url: str | None
    source: str
    source_name: str
    language: str | None
    published_at: datetime | None
    facets: tuple[str, ...]
    snippets: tuple[SnippetOut, ...]
    deliveries: tuple[DeliveryOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryOut:
    """A story in a list: how much of it there is, and the newest of its articles that was asked for, with the receipts that show why."""

    id: str
    articles: int
    sources: int
    first_at: datetime
    last_at: datetime
    newest: ArticleOut
    receipts: tuple[ReceiptOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FullStoryOut:
    """A story with all of its articles, in the order in which they were read, and its alerts."""

    id: str
    articles: tuple[FullArticleOut, ...]
    alerts: tuple[AlertOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesOut:
    """A page of stories. `next` is the `after` of the following page, null on the last. `complete` is false where a search has looked at
    as many articles as one request may: the following page looks further back, even if this one is empty."""

    stories: tuple[StoryOut, ...]
    next: int | None
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsOut:
    """A page of alerts, newest first. `next` is the `after` of the following page, null on the last."""

    alerts: tuple[AlertOut, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOut:
    """A source. `health` is `well`, `quiet` (answers and has no news), `failing`, `gone`, `new` (not polled yet) or `off`, `said` what is
    the matter with it; `entries` counts what it listed by outcome."""

    id: str
    name: str
    url: str
    kind: str
    country: str | None
    language: str | None
    health: str
    said: str | None
    last_poll_at: datetime | None
    last_success_at: datetime | None
    next_poll_at: datetime | None
    entries: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOut:
    """A rule. `precision` is the share of relevant alerts among those that readers judged relevant or noise, null before any was."""

    id: str
    title: str
    severity: str
    when: str
    unless: str | None
    score: Mapping[str, int]
    threshold: int | None
    channels: tuple[str, ...]
    alerts: int
    precision: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOut:
    """Articles of a day."""

    day: date
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOut:
    """Stories in which a crime and a country occur together."""

    crime: str
    country: str
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalOut:
    """Why there is no answer, in words."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedOut:
    """How many given-up deliveries are due again."""

    retried: int


def article_out(stored: StoredArticle) -> ArticleOut:
    """An article's row."""
    article = stored.article
    return ArticleOut(
        id=stored.id,
        story=stored.story_id,
        source=stored.source_id,
        source_name=stored.source_name,
        country=stored.country,
        language=article.language,
        url=article.url,
        headline=article.headline,
        authors=article.authors,
        published_at=article.published_at,
        modified_at=article.modified_at,
        read_at=stored.read_at,
        facets=stored.facets,
        rules=tuple(match.rule for match in stored.matches),
    )


def full_article_out(stored: StoredArticle) -> FullArticleOut:
    """An article's row with text and receipts."""
    receipts = tuple(receipt_out(stored, match) for match in stored.matches)
    return FullArticleOut(article=article_out(stored), paragraphs=stored.article.paragraphs, receipts=receipts)


def receipt_out(stored: StoredArticle, match: Match) -> ReceiptOut:
    """A receipt, with the words that its offsets stand for."""
    seen = document(stored.article, stored.source)
    hits = []
    for hit in match.hits:
        text = seen.text(hit.field)
        start = _utf16(text, hit.start)
        hits.append(
            HitOut(
                words=text[hit.start : hit.end],
                field=hit.field,
                start=hit.start,
                end=hit.end,
                utf16_start=start,
                utf16_end=start + _utf16(text[hit.start : hit.end], hit.end - hit.start),
                term=hit.term,
                vocabulary=hit.vocabulary,
                language=hit.language,
            )
        )
    return ReceiptOut(
        rule=match.rule,
        rule_version=match.rule_version,
        points=match.points,
        clauses=match.clauses,
        hits=tuple(hits),
        snippets=tuple(SnippetOut(text=text, marks=marks) for text, marks in snippets(seen, match)),
    )


def story_out(stored: StoredArticle, outline: StoryOutline, match: Match | None) -> StoryOut:
    """A found story."""
    matches = (match,) if match is not None else stored.matches
    return StoryOut(
        id=outline.story_id,
        articles=outline.articles,
        sources=outline.sources,
        first_at=outline.first_at,
        last_at=outline.last_at,
        newest=article_out(stored),
        receipts=tuple(receipt_out(stored, each) for each in matches),
    )


def alert_out(stored: StoredAlert) -> AlertOut:
    """An alert's row."""
    alert, notice = stored.alert, stored.notice
    return AlertOut(
        id=alert.id,
        story=alert.story_id,
        article=alert.article_id,
        rule=alert.rule_id,
        rule_title=notice.rule_title,
        severity=alert.severity,
        raised_at=alert.raised_at,
        headline=notice.headline,
        url=notice.url,
        source=notice.source_id,
        source_name=notice.source_name,
        language=notice.language,
        published_at=notice.published_at,
        facets=notice.facets,
        snippets=tuple(SnippetOut(text=each.text, marks=each.marks) for each in notice.snippets),
        deliveries=tuple(
            DeliveryOut(
                id=each.id,
                channel=each.channel_id,
                state=each.state,
                attempts=each.attempts,
                next_attempt_at=each.next_attempt_at,
                sent_at=each.sent_at,
                last_error=each.last_error,
            )
            for each in stored.deliveries
        ),
    )


def source_out(
    source: Source, state: SourceState | None, health: str, said: str | None, entries: Mapping[str, int]
) -> SourceOut:
    """A source of the settings, and what its polls have taught."""
    return SourceOut(
        id=source.id,
        name=source.name,
        url=source.url,
        kind=source.kind,
        country=source.country,
        language=source.language,
        health=health,
        said=said,
        last_poll_at=None if state is None else state.last_poll_at,
        last_success_at=None if state is None else state.last_success_at,
        next_poll_at=None if state is None else state.next_poll_at,
        entries=entries,
    )


def _utf16(text: str, end: int) -> int:
    return end + sum(char > "\uffff" for char in text[:end])
