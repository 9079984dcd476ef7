"""The index by which articles are chosen and counted: one row for each property of an article that can be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, Select, delete, func, insert, select

from monitor.ports import StoredArticle, Wanted
from monitor.store.tables import article, tag

_ALL = "all"
_MATCHED = "matched"
_PAGE = 500
_ADD = insert(tag)


class Tags:
    """Tag rows over one connection. Every article has the tag `all`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, number: int, stored: StoredArticle) -> None:
        """Index the article with this number, replacing its earlier tags."""
        self._connection.execute(delete(tag).where(tag.c.number == number))
        self.add(number, stored)

    def add(self, number: int, stored: StoredArticle) -> None:
        """Index a new article with this number."""
        rows = [{"name": name, "number": number, "day": day_of(stored)} for name in sorted(names_of(stored))]
        self._connection.execute(_ADD, rows)

    def drop(self, numbers: Select[int]) -> None:
        """Remove these articles from the index."""
        self._connection.execute(delete(tag).where(tag.c.number.in_(numbers)))

    def numbers(self, wanted: Wanted, before: int | None, among: set[int] | None) -> Iterator[list[int]]:
        """The numbers of the wanted articles in pages, newest first; only those below `before` and in `among`, if these are given."""
        if among is not None:
            yield from self._chosen_among(wanted, before, among)
            return
        while True:
            query = _where(wanted).order_by(tag.c.number.desc()).limit(_PAGE)
            if before is not None:
                query = query.where(tag.c.number < before)
            page = list(self._connection.execute(query).scalars())
            yield page
            if len(page) < _PAGE:
                return
            before = page[-1]

    def _chosen_among(self, wanted: Wanted, before: int | None, among: set[int]) -> Iterator[list[int]]:
        candidates = sorted((number for number in among if before is None or number < before), reverse=True)
        for start in range(0, len(candidates), _PAGE):
            query = _where(wanted).where(tag.c.number.in_(candidates[start : start + _PAGE]))
            yield list(self._connection.execute(query.order_by(tag.c.number.desc())).scalars())

    def per_day(self, wanted: Wanted) -> Mapping[date, int]:
        """How many of the wanted articles there are for each day."""
        query = _where(wanted).with_only_columns(tag.c.day, func.count().label("number")).group_by(tag.c.day)
        return {row.day: row.number for row in self._connection.execute(query)}

    def pairs(self, wanted: Wanted, rows: Sequence[str], columns: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """For each pair of a vocabulary in `rows` and one in `columns`: how many stories have a wanted article in which both occur."""
        one, other = tag.alias("one"), tag.alias("other")
        query = (
            _where(wanted)
            .join(one, one.c.number == tag.c.number)
            .join(other, other.c.number == tag.c.number)
            .join(article, article.c.number == tag.c.number)
            .where(one.c.name.in_([f"facet:{name}" for name in rows]), other.c.name.in_([f"facet:{name}" for name in columns]))
            .with_only_columns(one.c.name, other.c.name, func.count(func.distinct(article.c.story_id)))
            .group_by(one.c.name, other.c.name)
        )
        found = self._connection.execute(query)
        return {(row.removeprefix("facet:"), column.removeprefix("facet:")): number for row, column, number in found}


def day_of(stored: StoredArticle) -> date:
    """The day on which an article was published or, undated, read."""
    return (stored.article.published_at or stored.read_at).date()


def names_of(stored: StoredArticle) -> Iterator[str]:
    """The tags of an article."""
    yield _ALL
    yield f"source:{stored.source_id}"
    if stored.article.language:
        yield f"lang:{stored.article.language}"
    if stored.matches:
        yield _MATCHED
    yield from (f"rule:{match.rule}" for match in stored.matches)
    yield from (f"facet:{facet}" for facet in stored.facets)


def _names_asked(wanted: Wanted) -> Iterable[str]:
    """The tags that all wanted articles have. The rarest kinds come first, since the query walks through the rows of the first tag."""
    names = [] if wanted.rule is None else [f"rule:{wanted.rule}"]
    names += [f"facet:{facet}" for facet in wanted.facets]
    names += [] if wanted.source is None else [f"source:{wanted.source}"]
    names += [] if wanted.language is None else [f"lang:{wanted.language}"]
    if wanted.matched and wanted.rule is None:
        names.append(_MATCHED)
    return names or [_ALL]


def _where(wanted: Wanted) -> Select[int]:
    first, *others = _names_asked(wanted)
    query = select(tag.c.number).where(tag.c.name == first)
    for place, name in enumerate(others):
        also = tag.alias(f"also_{place}")
        query = query.join(also, (also.c.number == tag.c.number) & (also.c.name == name))
    if wanted.first_day is not None:
        query = query.where(tag.c.day >= wanted.first_day)
    if wanted.last_day is not None:
        query = query.where(tag.c.day <= wanted.last_day)
    return query
