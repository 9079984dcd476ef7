"""Article, match, story and near-duplicate rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, Connection, Date, Insert, Row, Select, Text, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql

from monitor.articles.article import Article, Removed
from monitor.articles.seed import metadata, with_metadata
from monitor.ports import Stamp, StoredArticle, StoredResponse, StoryOutline, Version, Wanted
from monitor.rules.match import Hit, Match, Verdict
from monitor.rules.narrowing import Narrowing
from monitor.store.insert import insert_new
from monitor.store.one_of import each_of, one_of
from monitor.store.stories import current
from monitor.store.tables import (
    UtcDateTime,
    address,
    alert,
    article,
    band,
    delivery,
    feedback,
    match,
    message,
    response,
    story,
    tag,
    version,
)
from monitor.store.tags import Tags, day_of, names_of
from monitor.store.values import values_of
from monitor.store.words import Words, article_words, vector_of
from monitor.stories import headline
from monitor.stories.facts import NO_FACTS, Facts
from monitor.stories.join import Candidate
from monitor.stories.shingles import Sketch
from monitor.stories.sketched import Sketched, words_in
from monitor.urls import host_of

_PAGE = 500
_FEW = 40  # callers that ask for the newest often stop after a screenful
_READ = select(*(column for column in article.c if column.name not in ("sketch", "numbers", "names")))

# Statements needed for every filed article are built once: SQLAlchemy takes longer to build one than SQLite to run it.


@cache
def _known(dialect: str) -> Select[str]:
    known = select(address.c.article_id).where(one_of(dialect, address.c.identity, "identities"))
    return known.order_by(address.c.identity).limit(1)


@cache
def _sharing(dialect: str) -> Select[int]:
    return select(band.c.number).where(one_of(dialect, band.c.hash, "hashes"))


@cache
def _candidates(dialect: str) -> Select[Any]:
    return (
        select(
            article.c.id,
            article.c.story_id,
            article.c.url,
            article.c.headline,
            article.c.published_at,
            article.c.read_at,
            article.c.sketch,
            article.c.language,
            story.c.updated_at,
        )
        .outerjoin(story, story.c.id == article.c.story_id)
        .where(one_of(dialect, article.c.number, "numbers"), article.c.read_at >= bindparam("since"))
        .order_by(article.c.read_at, article.c.number)
    )


@cache
def _translations(dialect: str) -> Select[Any]:
    also = _candidates(dialect).add_columns(article.c.numbers, article.c.names, article.c.facets)
    return also.order_by(None).order_by(article.c.number.desc()).limit(50)


@cache
def _add_bands(dialect: str) -> Insert:
    each = each_of(dialect, band.c.hash.type, "bands").add_columns(bindparam("of", type_=band.c.number.type))
    return insert(band).from_select(["hash", "number"], each)


_CARRIERS = (
    select(article.c.source_id, article.c.source_name)
    .where(article.c.story_id == current(bindparam("story_id", type_=article.c.story_id.type)))
    .order_by(article.c.number)
)
_STAMPS = (
    select(
        article.c.number,
        article.c.id,
        article.c.story_id,
        article.c.revised_at,
        article.c.facets,
        match.c.rule_id,
        match.c.rule_version,
    )
    .outerjoin(match, match.c.article_id == article.c.id)
    .where(article.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(article.c.number.desc(), match.c.rule_id)
)
_ADD, _ADD_MATCH, _ADD_RESPONSE = insert(article), insert(match), insert(response)
_GIVEN = [column for column in article.c if column.name not in ("number", "revised_at")]


def _add_whole() -> Select[Any]:
    """One statement that adds an article with its bands, addresses, tags and words and returns its number: on PostgreSQL each statement
    costs a round trip."""
    given = _ADD.values({column.name: bindparam(column.name, type_=column.type) for column in _GIVEN})
    new = given.returning(article.c.number, article.c.id).cte("new")

    def each(of: Column[Any], name: str) -> Select[Any]:
        return each_of("postgresql", of.type, name).select_from(new)

    return select(new.c.number).add_cte(
        insert(band).from_select(["hash", "number"], each(band.c.hash, "bands").add_columns(new.c.number)).cte("bands"),
        postgresql.insert(address)
        .from_select(["identity", "article_id"], each(address.c.identity, "identities").add_columns(new.c.id))
        .on_conflict_do_nothing()
        .cte("addresses"),
        insert(tag)
        .from_select(
            ["name", "number", "day"], each(tag.c.name, "tags").add_columns(new.c.number, bindparam("day", type_=Date))
        )
        .cte("tags"),
        insert(article_words)
        .from_select(["number", "words"], select(new.c.number, vector_of(bindparam("words", type_=Text))))
        .cte("words"),
    )


_ADD_WHOLE = _add_whole()


class Articles:
    """`ports.ArticleRows` over one connection."""

    def __init__(self, connection: Connection, *, searchable: bool = True) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._words = Words(connection)
        self._searchable = searchable
        self._tags = Tags(connection)

    def known_as(self, identities: Iterable[str]) -> str | None:
        asked = {"identities": sorted(set(identities))}
        found: str | None = self._connection.execute(_known(self._dialect), asked).scalars().first()
        return found

    def also_at(self, article_id: str, identities: Iterable[str]) -> None:
        rows = [{"identity": item, "article_id": article_id} for item in sorted(set(identities))]
        if rows:
            self._connection.execute(insert_new(self._connection, address), rows)

    def add(self, stored: StoredArticle, text: Sketched, identities: Iterable[str], facts: Facts = NO_FACTS) -> int:
        values = {
            "id": stored.id,
            "source_id": stored.source_id,
            "source_name": stored.source_name,
            "country": stored.country,
            "read_at": stored.read_at,
            "story_id": stored.story_id,
            **_text_values(stored, text.sketch, facts),
        }
        if stored.matches:
            self._connection.execute(_ADD_MATCH, [_match_values(stored.id, item) for item in stored.matches])
        keys = (*text.bands, *facts.keys)
        if self._searchable and self._dialect == "postgresql":
            found_by = {
                "bands": sorted(set(keys)),
                "identities": sorted(set(identities)),
                "tags": sorted(names_of(stored)),
                "day": day_of(stored),
                "words": text.words,
            }
            return int(self._connection.execute(_ADD_WHOLE, {**values, **found_by}).scalar_one())
        (number,) = self._connection.execute(_ADD, values).inserted_primary_key  # type: ignore[misc]  # an insert has one
        self._add_bands(int(number), keys)
        self.also_at(stored.id, identities)
        if self._searchable:
            self._words.add(int(number), text.words)
            self._tags.add(int(number), stored)
        return int(number)

    def keep_response(self, article_id: str, version: int, item: StoredResponse) -> None:
        values = {"article_id": article_id, "version": version, **values_of(item)}
        values["body"] = values.pop("packed")
        self._connection.execute(_ADD_RESPONSE, values)

    def response(self, article_id: str, version: int) -> StoredResponse | None:
        kept = select(response).where(response.c.article_id == article_id, response.c.version == version)
        row = self._connection.execute(kept).one_or_none()
        if row is None:
            return None
        return StoredResponse(
            asked_url=row.asked_url,
            url=row.url,
            status=row.status,
            headers=row.headers,
            packed=row.body,
            fetched_at=row.fetched_at,
        )

    def candidates(self, bands: Sequence[int], since: datetime) -> list[Candidate]:
        return [_candidate(row) for row in self._sharing(bands, _candidates(self._dialect), since)]

    def translations(self, keys: Sequence[int], since: datetime) -> list[Candidate]:
        rows = self._sharing(keys, _translations(self._dialect), since)
        return [replace(_candidate(row), facts=_facts(row), facets=frozenset(row.facets)) for row in rows]

    def _sharing(self, hashes: Sequence[int], query: Select[Any], since: datetime) -> Iterable[Row[Any]]:
        """The rows of `query` for articles that have one of these hashes. Most new articles share none, so one short query is enough."""
        if not hashes:
            return ()
        shared = self._connection.execute(_sharing(self._dialect), {"hashes": sorted(set(hashes))}).scalars()
        if not (numbers := sorted(set(shared))):
            return ()
        return self._connection.execute(query, {"numbers": numbers, "since": since}).all()

    def revise(self, stored: StoredArticle, text: Sketched, facts: Facts) -> int:
        row = self._connection.execute(select(article).where(article.c.id == stored.id)).one()
        before = select(func.count()).select_from(version).where(version.c.article_id == stored.id)
        number = int(self._connection.execute(before).scalar_one()) + 1
        self._connection.execute(
            insert(version).values(
                article_id=stored.id,
                number=number,
                headline=row.headline,
                paragraphs=row.paragraphs,
                metadata=metadata(_article(row)),
                read_at=row.revised_at or row.read_at,
            )
        )
        old = (*Sketch.from_bytes(bytes(row.sketch)).bands, *headline.keys(row.headline or ""), *_facts(row).keys)
        self._connection.execute(delete(band).where(band.c.hash.in_(old), band.c.number == row.number))
        self._add_bands(row.number, (*text.bands, *facts.keys))
        values = {**_text_values(stored, text.sketch, facts), "revised_at": stored.revised_at}
        self._connection.execute(update(article).where(article.c.id == stored.id).values(**values))
        if self._searchable:
            self._words.also(row.number, words_in(stored.article) - words_in(_article(row)))
        self.judged(stored.id, Verdict(matches=stored.matches, facets=stored.facets))
        return number

    def versions(self, article_id: str) -> list[Version]:
        rows = self._connection.execute(select(version).where(version.c.article_id == article_id).order_by(version.c.number))
        return [
            Version(
                number=row.number,
                article=with_metadata(Article(headline=row.headline, paragraphs=tuple(row.paragraphs)), row.metadata),
                read_at=row.read_at,
            )
            for row in rows
        ]

    def _add_bands(self, number: int, bands: Iterable[int]) -> None:
        if hashes := sorted(set(bands)):
            self._connection.execute(_add_bands(self._dialect), {"bands": hashes, "of": number})

    def forget_bands(self, before: datetime) -> int:
        old = select(article.c.number).where(article.c.read_at < before)
        return self._connection.execute(delete(band).where(band.c.number.in_(old))).rowcount

    def delete_before(self, before: datetime) -> int:
        waiting = (
            select(alert.c.story_id)
            .join(message, message.c.alert_id == alert.c.id)
            .join(delivery, delivery.c.message_id == message.c.id)
            .where(delivery.c.state.in_(("pending", "held")))
        )
        old = select(article.c.id).where(article.c.read_at < before, article.c.story_id.not_in(waiting))
        for table in (match, response, version):
            self._connection.execute(delete(table).where(table.c.article_id.in_(old)))
        numbers = old.with_only_columns(article.c.number)
        self._connection.execute(delete(band).where(band.c.number.in_(numbers)))
        self._tags.drop(numbers)
        number = self._connection.execute(delete(article).where(article.c.id.in_(old))).rowcount
        left = select(article.c.story_id).union(select(story.c.id).where(story.c.joined_to.in_(select(article.c.story_id))))
        over = select(alert.c.id).where(alert.c.story_id.not_in(left), alert.c.story_id.not_in(waiting))
        said = select(message.c.id).where(message.c.alert_id.in_(over))
        self._connection.execute(delete(delivery).where(delivery.c.message_id.in_(said)))
        self._connection.execute(delete(message).where(message.c.alert_id.in_(over)))
        self._connection.execute(delete(feedback).where(feedback.c.alert_id.in_(over)))
        self._connection.execute(delete(alert).where(alert.c.story_id.not_in(left), alert.c.story_id.not_in(waiting)))
        self._connection.execute(delete(story).where(story.c.id.not_in(left), story.c.id.not_in(waiting)))
        return number

    def get(self, article_id: str) -> StoredArticle | None:
        found = self._nouns(_READ.where(article.c.id == article_id))
        return found[0] if found else None

    def newest(self, limit: int, *, rule: str | None = None, before: int | None = None) -> list[StoredArticle]:
        query = _READ.order_by(article.c.number.desc()).limit(limit)
        if rule is not None:
            query = query.where(article.c.id.in_(select(match.c.article_id).where(match.c.rule_id == rule)))
        if before is not None:
            query = query.where(article.c.number < before)
        return self._nouns(query)

    def in_order(self) -> Iterator[StoredArticle]:
        last = 0
        while page := self._nouns(_READ.where(article.c.number > last).order_by(article.c.number).limit(_PAGE)):
            yield from page
            last = page[-1].number

    def narrowed(self, narrowing: Narrowing, since: datetime | None = None) -> Iterator[StoredArticle]:
        query = select(article.c.number).order_by(article.c.number.desc())
        if since is not None:
            query = query.where(article.c.read_at >= since)
        numbers = self._words.numbers(narrowing)
        chosen = [each for each in self._connection.execute(query).scalars() if numbers is None or each in numbers]
        for start in range(0, len(chosen), _PAGE):
            page = chosen[start : start + _PAGE]
            yield from self._nouns(_READ.where(article.c.number.in_(page)).order_by(article.c.number.desc()))

    def chosen(
        self, wanted: Wanted, narrowing: Narrowing | None = None, *, before: int | None = None
    ) -> Iterator[StoredArticle]:
        among = None if narrowing is None else self._words.numbers(narrowing)
        for page in self._tags.numbers(wanted, before, among):
            for start in range(0, len(page), _FEW):
                few = page[start : start + _FEW]
                yield from self._nouns(_READ.where(article.c.number.in_(few)).order_by(article.c.number.desc()))

    def stamps(self, wanted: Wanted, *, before: int | None = None) -> Iterator[Stamp]:
        for page in self._tags.numbers(wanted, before, None):
            for start in range(0, len(page), _FEW):
                few = {"numbers": page[start : start + _FEW]}
                for _, rows in groupby(self._connection.execute(_STAMPS, few), attrgetter("number")):
                    yield _stamp(list(rows))

    def numbered(self, numbers: Collection[int]) -> Mapping[int, StoredArticle]:
        if not numbers:
            return {}
        return {each.number: each for each in self._nouns(_READ.where(article.c.number.in_(numbers)))}

    def per_day(self, wanted: Wanted) -> Mapping[date, int]:
        return self._tags.per_day(wanted)

    def pairs(self, wanted: Wanted, rows: Sequence[str], columns: Sequence[str]) -> Mapping[tuple[str, str], int]:
        return self._tags.pairs(wanted, rows, columns)

    def judged(self, article_id: str, verdict: Verdict) -> None:
        self._connection.execute(delete(match).where(match.c.article_id == article_id))
        if verdict.matches:
            self._connection.execute(_ADD_MATCH, [_match_values(article_id, item) for item in verdict.matches])
        self._connection.execute(update(article).where(article.c.id == article_id).values(facets=list(verdict.facets)))
        if (stored := self.get(article_id)) is not None:
            self._tags.put(stored.number, stored)

    def of_story(self, story_id: str) -> list[StoredArticle]:
        return self._nouns(_READ.where(article.c.story_id == current(story_id)).order_by(article.c.number))

    def carriers(self, story_id: str) -> list[tuple[str, str]]:
        return [(row.source_id, row.source_name) for row in self._connection.execute(_CARRIERS, {"story_id": story_id})]

    def outlines(self, story_ids: Sequence[str]) -> Mapping[str, StoryOutline]:
        query = (
            select(
                article.c.story_id,
                func.count().label("articles"),
                func.count(func.distinct(article.c.source_id)).label("sources"),
                func.min(article.c.read_at, type_=UtcDateTime).label("first_at"),
                func.max(article.c.read_at, type_=UtcDateTime).label("last_at"),
                func.max(article.c.number).label("newest"),
            )
            .where(article.c.story_id.in_(story_ids))
            .group_by(article.c.story_id)
        )
        return {row.story_id: StoryOutline(**row._asdict()) for row in self._connection.execute(query)}

    def counts(self) -> Mapping[str, int]:
        def number_of(query: Select[Any]) -> int:
            return int(self._connection.execute(query).scalar_one())

        return {
            "articles": number_of(select(func.count()).select_from(article)),
            "matched": number_of(select(func.count(func.distinct(match.c.article_id)))),
            "stories": number_of(select(func.count()).select_from(story)),
        }

    def _nouns(self, query: Select[Any]) -> list[StoredArticle]:
        rows = self._connection.execute(query).all()
        matches: dict[str, list[Match]] = {}
        found = self._connection.execute(
            select(match).where(match.c.article_id.in_([row.id for row in rows])).order_by(match.c.article_id, match.c.rule_id)
        )
        for row in found:
            matches.setdefault(row.article_id, []).append(_match_noun(row))
        return [_article_noun(row, tuple(matches.get(row.id, ()))) for row in rows]


def _stamp(rows: Sequence[Any]) -> Stamp:
    """The stamp of one article, from a row for each rule that matched it."""
    first = rows[0]
    return Stamp(
        id=first.id,
        number=first.number,
        story_id=first.story_id,
        revised_at=first.revised_at,
        facets=tuple(first.facets),
        verdicts=tuple((row.rule_id, row.rule_version) for row in rows if row.rule_id is not None),
    )


def _match_values(article_id: str, item: Match) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "rule_id": item.rule,
        "rule_version": item.rule_version,
        "clauses": list(item.clauses),
        "hits": [values_of(hit) for hit in item.hits],
        "points": item.points,
    }


def _match_noun(row: Row[Any]) -> Match:
    return Match(
        rule=row.rule_id,
        rule_version=row.rule_version,
        clauses=tuple(row.clauses),
        hits=tuple(Hit(**hit) for hit in row.hits),
        points=row.points,
    )


def _article_noun(row: Row[Any], matches: tuple[Match, ...]) -> StoredArticle:
    return StoredArticle(
        id=row.id,
        number=row.number,
        source_id=row.source_id,
        source_name=row.source_name,
        country=row.country,
        article=_article(row),
        facets=tuple(row.facets),
        matches=matches,
        read_at=row.read_at,
        story_id=row.story_id,
        revised_at=row.revised_at,
    )


def _article(row: Row[Any]) -> Article:
    return Article(
        headline=row.headline,
        paragraphs=tuple(row.paragraphs),
        url=row.url,
        site=row.site,
        authors=tuple(row.authors),
        dateline=row.dateline,
        published_at=row.published_at,
        modified_at=row.modified_at,
        language=row.language,
        removed=tuple(Removed(**removed) for removed in row.removed),
        flags=tuple(row.flags),
    )


def _text_values(stored: StoredArticle, sketch: Sketch, facts: Facts) -> dict[str, Any]:
    """The columns that a new version of the article may change."""
    text = stored.article
    return {
        "url": text.url,
        "headline": text.headline,
        "paragraphs": list(text.paragraphs),
        "site": text.site,
        "authors": list(text.authors),
        "dateline": text.dateline,
        "published_at": text.published_at,
        "modified_at": text.modified_at,
        "language": text.language,
        "removed": [values_of(removed) for removed in text.removed],
        "flags": list(text.flags),
        "facets": list(stored.facets),
        "sketch": sketch.to_bytes(),
        "numbers": sorted(facts.numbers),
        "names": sorted(facts.names),
    }


def _facts(row: Row[Any]) -> Facts:
    return Facts(numbers=frozenset(row.numbers), names=frozenset(row.names))


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(
        article_id=row.id,
        headline=row.headline or "",
        story_id=row.story_id,
        story_at=row.updated_at,
        site=host_of(row.url) if row.url else None,
        published_at=row.published_at,
        seen_at=row.read_at,
        sketch=Sketch.from_bytes(bytes(row.sketch)),
        language=row.language,
    )
