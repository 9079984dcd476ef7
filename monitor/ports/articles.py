"""Articles: what they say and said before, what they were read from, and how they are found."""

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
    """Identifies the state of an article without its text, at a tenth of the cost of reading it. Every revision and every new verdict
    changes the stamp, so articles with equal stamps are equal.

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
    """An article's row, in its newest version. `revised_at` is when that version was found, None if it is the first. `id` is 16 hex
    digits made from its address; `number` counts up from 1."""

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
        """The stamp of this article as it is now."""
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
        """The source as it was when the article was read, with only those fields that rules look at."""
        url = self.article.url or f"https://{self.source_id}.invalid/"
        return Source(id=self.source_id, name=self.source_name, url=url, kind="page", country=self.country)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles of the archive are wanted. A field left out does not restrict them; articles must have all of `facets`.

    `first_day` and `last_day` are inclusive, in UTC. The day of an article is when it was published or, if undated, read.
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
    """The size of a story: how many articles from how many sources, when the first and last were read, and the newest one's number."""

    story_id: str
    articles: int
    sources: int
    first_at: datetime
    last_at: datetime
    newest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An earlier version of an article whose page has changed since. `number` counts up from 1; `read_at` is when it was read."""

    number: int
    article: Article
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """The web's answer from which an article was read; `asked_url` is what was requested. The body is `packed` (zlib) already in the
    thread that reads the page: packing takes longer than everything else about filing, and must not hold up the writer."""

    asked_url: str
    url: str
    status: int
    headers: Mapping[str, str]
    packed: bytes
    fetched_at: datetime

    @classmethod
    def of(cls, asked_url: str, fetched: Fetched) -> StoredResponse:
        """The response to store for an answer."""
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
        """The answer as it came."""
        body = zlib.decompress(self.packed)
        return Fetched(url=self.url, status=self.status, headers=self.headers, body=body, fetched_at=self.fetched_at)


class ArticleRows(Protocol):
    """Articles, their matches, and the near-duplicate rows by which articles of the same story are found."""

    def known_as(self, identities: Iterable[str]) -> str | None:
        """The id of the article that one of these addresses (as `urls.identity` has them) has led to before."""

    def also_at(self, article_id: str, identities: Iterable[str]) -> None: ...

    def add(self, stored: StoredArticle, text: Sketched, identities: Iterable[str], facts: Facts = NO_FACTS) -> int:
        """Insert the article with its matches, bands (with the keys of `facts`), words and addresses; returns the number that it was
        given."""

    def revise(self, stored: StoredArticle, text: Sketched, facts: Facts) -> int:
        """Replace the article's text by what it said at `stored.revised_at`. What it said before is kept as a version, whose number is
        returned."""

    def versions(self, article_id: str) -> list[Version]:
        """The earlier versions of the article, oldest first, without the present one."""

    def keep_response(self, article_id: str, version: int, response: StoredResponse) -> None:
        """Store the answer that this version of an article was read from, as evidence."""

    def response(self, article_id: str, version: int) -> StoredResponse | None: ...

    def candidates(self, bands: Sequence[int], since: datetime) -> list[Candidate]:
        """Articles read since then that share one of these bands, oldest first."""

    def translations(self, keys: Sequence[int], since: datetime) -> list[Candidate]:
        """A limited number of the newest articles read since then that share one of these keys of facts."""

    def forget_bands(self, before: datetime) -> int:
        """Delete the near-duplicate rows of articles read before then; returns how many there were."""

    def delete_before(self, before: datetime) -> int:
        """Delete the articles that were read before then, with their matches, stories and alerts, except where something still waits to
        be sent; returns how many articles were deleted. Their addresses stay known, so that they are not read again."""

    def get(self, article_id: str) -> StoredArticle | None: ...

    def newest(self, limit: int, *, rule: str | None = None, before: int | None = None) -> list[StoredArticle]: ...

    def in_order(self) -> Iterator[StoredArticle]:
        """All articles, by number."""

    def narrowed(self, narrowing: Narrowing, since: datetime | None = None) -> Iterator[StoredArticle]:
        """Articles that may match the query from which `narrowing` was made, newest first; no article that matches it is missing."""

    def chosen(
        self, wanted: Wanted, narrowing: Narrowing | None = None, *, before: int | None = None
    ) -> Iterator[StoredArticle]:
        """The wanted articles with numbers below `before`, newest first. `narrowing` leaves out those that cannot match a query."""

    def stamps(self, wanted: Wanted, *, before: int | None = None) -> Iterator[Stamp]:
        """Like `chosen`, but only the stamps."""

    def numbered(self, numbers: Collection[int]) -> Mapping[int, StoredArticle]:
        """The articles with these numbers, by number."""

    def per_day(self, wanted: Wanted) -> Mapping[date, int]:
        """How many of the wanted articles there are for each day."""

    def pairs(self, wanted: Wanted, rows: Sequence[str], columns: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """For each pair of a facet in `rows` and one in `columns`: how many stories have a wanted article with both; pairs without any are
        left out."""

    def outlines(self, story_ids: Sequence[str]) -> Mapping[str, StoryOutline]: ...

    def judged(self, article_id: str, verdict: Verdict) -> None:
        """Replace the article's matches and facets by a new verdict."""

    def of_story(self, story_id: str) -> list[StoredArticle]:
        """The articles of a story, or of the story that it was joined to, in the order in which they were read."""

    def carriers(self, story_id: str) -> list[tuple[str, str]]:
        """The id and name of the source of each article in `of_story`."""

    def counts(self) -> Mapping[str, int]:
        """How many `articles`, `matched` articles and `stories` there are."""
