"""The index that narrows down a search: FTS5 on SQLite, a `tsvector` on PostgreSQL, over words that we have split ourselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import ColumnElement, Connection, column, func, table, text

from monitor.rules.narrowing import AllOf, AnyOf, Everything, Narrowing, Word

_AT_ONCE = 200
"""The most alternatives in one look-up; a vocabulary can have thousands."""
article_words = table("article_words", column("number"), column("words"))
"""The table on PostgreSQL. On SQLite it is a virtual table, in which the number is called `rowid`."""


def vector_of(words: ColumnElement[str]) -> ColumnElement[object]:
    """The `tsvector` of words that are passed as one text, since the driver is slow with arrays that long."""
    return func.array_to_tsvector(func.string_to_array(words, " "))


_FILE = text("INSERT INTO article_words (number, words) VALUES (:number, array_to_tsvector(string_to_array(:words, ' ')))")
_FILE_SQLITE = text("INSERT INTO article_words (rowid, words) VALUES (:number, :words)")
_FILE_MORE = text(
    "UPDATE article_words SET words = words || array_to_tsvector(string_to_array(:words, ' ')) WHERE number = :number"
)


class Words:
    """The word index over one connection. It may keep rows of deleted articles, since callers look the articles up anyway."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._postgres = connection.dialect.name == "postgresql"

    def add(self, number: int, words: str) -> None:
        """Index the article with this number under `words`, which are separated by spaces."""
        self._connection.execute(_FILE if self._postgres else _FILE_SQLITE, {"number": number, "words": words})

    def also(self, number: int, words: frozenset[str]) -> None:
        """Index the article under further words. Those of an earlier version stay, which is harmless: the index only narrows searches."""
        joined = " ".join(sorted(words))
        if self._postgres:
            self._connection.execute(_FILE_MORE, {"number": number, "words": joined})
        elif words:
            self.add(number, joined)

    def numbers(self, narrowing: Narrowing) -> set[int] | None:
        """The numbers of the articles that `narrowing` leaves; None if it leaves all of them."""
        match narrowing:
            case Everything():
                return None
            case Word():
                return self._ask(self._one(narrowing))
            case AllOf(parts=parts):
                words = [part for part in parts if isinstance(part, Word)]
                found = [] if not words else [self._ask(self._all(words))]
                found += [rest for part in parts if not isinstance(part, Word) and (rest := self.numbers(part)) is not None]
                return set.intersection(*found) if found else None
            case AnyOf(parts=parts):
                return self._union(parts)

    def _union(self, parts: Iterable[Narrowing]) -> set[int] | None:
        simple: list[str] = []
        union: set[int] = set()
        for part in parts:
            if isinstance(part, Word):
                simple.append(self._one(part))
            elif isinstance(part, AllOf) and all(isinstance(word, Word) for word in part.parts):
                simple.append(self._all([word for word in part.parts if isinstance(word, Word)]))
            else:
                found = self.numbers(part)
                if found is None:
                    return None
                union |= found
        for batch in _batches(simple, _AT_ONCE):
            union |= self._ask((" | " if self._postgres else " OR ").join(batch))
        return union

    def _one(self, word: Word) -> str:
        if self._postgres:
            quoted = word.text.replace("\\", "\\\\").replace("'", "''")
            return f"'{quoted}':*" if word.prefix else f"'{quoted}'"
        quoted = word.text.replace('"', '""')
        return f'"{quoted}"*' if word.prefix else f'"{quoted}"'

    def _all(self, words: Iterable[Word]) -> str:
        return "(" + (" & " if self._postgres else " AND ").join(map(self._one, words)) + ")"

    def _ask(self, expression: str) -> set[int]:
        if self._postgres:
            statement = "SELECT number FROM article_words WHERE words @@ CAST(:expression AS tsquery)"
        else:
            statement = "SELECT rowid FROM article_words WHERE article_words MATCH :expression"
        return set(self._connection.execute(text(statement), {"expression": expression}).scalars())


def _batches(items: list[str], size: int) -> Iterator[list[str]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
