"""Articles: what they say and said, what they were read from, and how they are found."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from monitor.articles.article import Article
from monitor.fetching.outcome import Fetched
from monitor.rules.match import Match, Verdict
from monitor.rules.narrowing import Narrowing
from monitor.sources.source import Source
from monitor.stories.facts import NO_FACTS, Facts
from monitor.stories.join import Candidate
from monitor.stories.sketched import Sketched

_FAST = 1  # zlib: less than half the time of its default, an eighth more bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """An article without its text, read at a tenth of the cost. Articles of equal stamps are equal: every revision and verdict changes it.

    `verdicts` are the rules that matched, with their versions.
    """

    id: str
    number: int
    story_id: str
    revised_at: datetime | None
    facets: tuple[str, ...]
    verdicts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article's row, in its newest version, found at `revised_at` if not at once. `id` is 16 hex digits made of its address,
    `number` counts up from 1."""

    id: str
    number: int
    source_id: str
    source_name: str
    country: str | None
    article: Article
    facets: tuple[str, ...]
    matches: tuple[Match, ...]
    read_at: datetime
    story_id: str
    revised_at: datetime | None = None

    @property
    def stamp(self) -> Stamp:
        """What tells this article, as it is now, from all others."""
        return Stamp(
            id=self.id,
            number=self.number,
            story_id=self.story_id,
            revised_at=self.revised_at,
            facets=self.facets,
            verdicts=tuple((match.rule, match.rule_version) for match in self.matches),
        )

    @property
    def source(self) -> Source:
        """The source as it was when the article was read, as far as rules see it."""
        url = self.article.url or f"https://{self.source_id}.invalid/"
        return Source(id=self.source_id, name=self.source_name, url=url, kind="page", country=self.country)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles of the archive. What is left out is not asked about; all of `facets` have to be there.

    The days, both included, are those on which articles were published or, undated, read, in UTC.
    """

    matched: bool = False
    rule: str | None = None
    facets: tuple[str, ...] = ()
    source: str | None = None
    language: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryOutline:
    """How much of a story there is: its articles, their sources, when the first and the last were read, the number of the newest."""

    story_id: str
    articles: int
    sources: int
    first_at: datetime
    last_at: datetime
    newest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article said before its page was changed. `number` counts up from 1; `read_at` is when it was found to say so."""

    number: int
    article: Article
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """What the web answered when an article was read: `asked_url` was asked for, `fetched` came. Its body is kept `packed` (zlib): that
    takes longer than all else about an article that is filed, and is done where pages are read, not by the one who writes."""

    asked_url: str
    url: str
    status: int
    headers: Mapping[str, str]
    packed: bytes
    fetched_at: datetime

    @classmethod
    def of(cls, asked_url: str, fetched: Fetched) -> StoredResponse:
        """The response to keep."""
        return cls(
            asked_url=asked_url,
            url=fetched.url,
            status=fetched.status,
            headers=dict(fetched.headers),
            packed=zlib.compress(fetched.body, _FAST),
            fetched_at=fetched.fetched_at,
        )

    @property
    def fetched(self) -> Fetched:
        """What came."""
        body = zlib.decompress(self.packed)
        return Fetched(url=self.url, status=self.status, headers=self.headers, body=body, fetched_at=self.fetched_at)


class ArticleRows(Protocol):
    """Articles, their matches, and the near-duplicate rows by which stories are found."""

    def known_as(self, identities: Iterable[str]) -> str | None:
        """The id of the article that one of these addresses (`urls.identity`) led to."""

    def also_at(self, article_id: str, identities: Iterable[str]) -> None: ...

    def add(self, stored: StoredArticle, text: Sketched, identities: Iterable[str], facts: Facts = NO_FACTS) -> int:
        """Insert article, matches, bands (with the keys of `facts`), words and addresses; the article's number is given out here and
        returned."""

    def revise(self, stored: StoredArticle, text: Sketched, facts: Facts) -> int:
        """Put the article as it reads at `stored.revised_at` in the place of what it said before, which is kept as a version; the
        number of that one."""

    def versions(self, article_id: str) -> list[Version]:
        """What the article said before, oldest first; not what it says now."""

    def keep_response(self, article_id: str, version: int, response: StoredResponse) -> None:
        """Keep what that version of an article was read from, as evidence."""

    def response(self, article_id: str, version: int) -> StoredResponse | None: ...

    def candidates(self, bands: Sequence[int], since: datetime) -> list[Candidate]:
        """Articles read since then that share a band, oldest first."""

    def translations(self, keys: Sequence[int], since: datetime) -> list[Candidate]:
        """The newest articles read since then, not many, that share one of these keys of facts."""

    def forget_bands(self, before: datetime) -> int:
        """Drop the near-duplicate rows of articles read before then; how many there were."""

    def delete_before(self, before: datetime) -> int:
        """Delete the articles that were read before then, with their matches, stories and alerts, but nothing that still waits to be
        sent; how many articles there were. Their addresses stay known, so that they are not read again."""

    def get(self, article_id: str) -> StoredArticle | None: ...

    def newest(self, limit: int, *, rule: str | None = None, before: int | None = None) -> list[StoredArticle]: ...

    def in_order(self) -> Iterator[StoredArticle]:
        """All of them by number."""

    def narrowed(self, narrowing: Narrowing, since: datetime | None = None) -> Iterator[StoredArticle]:
        """Articles among which are all that match the query that `narrowing` was made of, newest first."""

    def chosen(
        self, wanted: Wanted, narrowing: Narrowing | None = None, *, before: int | None = None
    ) -> Iterator[StoredArticle]:
        """The wanted articles, newest first, with numbers below `before`; `narrowing` leaves out what cannot match a query."""

    def stamps(self, wanted: Wanted, *, before: int | None = None) -> Iterator[Stamp]:
        """The same articles by their stamps alone."""

    def numbered(self, numbers: Collection[int]) -> Mapping[int, StoredArticle]:
        """The articles with these numbers, by number."""

    def per_day(self, wanted: Wanted) -> Mapping[date, int]:
        """How many of the wanted articles there are of each day."""

    def pairs(self, wanted: Wanted, rows: Sequence[str], columns: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """In how many stories a wanted article has a facet of `rows` beside one of `columns`; pairs without a story are left out."""

    def outlines(self, story_ids: Sequence[str]) -> Mapping[str, StoryOutline]: ...

    def judged(self, article_id: str, verdict: Verdict) -> None:
        """Put a new verdict in the place of the article's matches and facets."""

    def of_story(self, story_id: str) -> list[StoredArticle]:
        """The articles of a story in the order in which they were read; of the story it was joined to, if it was."""

    def carriers(self, story_id: str) -> list[tuple[str, str]]:
        """Id and name of the source of each of these articles."""

    def counts(self) -> Mapping[str, int]:
        """`articles`, `matched`, `stories`."""
