"""The archive asked in the language of the rules: which stories, newest first, and on which words."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cachetools import LRUCache

from monitor.ports import Clock, Stamp, StoredArticle, StoryOutline, Transaction, Wanted
from monitor.rules.compile import RuleErrors, RuleSet, compile_rules
from monitor.rules.document import document
from monitor.rules.match import Match
from monitor.rules.narrowing import Narrowing, narrow
from monitor.rules.parse import parse
from monitor.rules.query import Vocab, leaves, named
from monitor.rules.rule import Rule, Vocabulary
from monitor.rules.tokens import QueryError

EXAMINED = 2000
"""Articles that one search looks at before it says how far it got: a query that no index narrows would read the whole archive."""
SECONDS = 5.0
"""The same for a query that takes long over each of them."""


class Budget:
    """What one request may spend on looking at articles: `most` of them, and SECONDS."""

    def __init__(self, most: int, clock: Clock) -> None:
        self.examined = 0
        self._most = most
        self._clock = clock
        self._until = clock.monotonic() + SECONDS

    def spend(self) -> bool:
        """Count one that was looked at; whether it has to be the last."""
        self.examined += 1
        return self.examined >= self._most or self._clock.monotonic() >= self._until


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query, ready to be asked."""

    text: str
    rules: RuleSet
    narrowing: Narrowing

    def match(self, stored: StoredArticle) -> Match | None:
        """The receipt for an article that matches."""
        return next(iter(self.rules.match(document(stored.article, stored.source)).matches), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A story, by the newest of its articles that was asked for. With a query the article is at hand and `match` is the receipt; else
    `articles` gets it."""

    stamp: Stamp
    outline: StoryOutline
    stored: StoredArticle | None = None
    match: Match | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some stories, and the number from which to go on (None: that is all). `examined_back_to` is set where the search stopped because
    it had looked at a lot, not because the page was full."""

    found: tuple[Found, ...]
    after: int | None = None
    examined_back_to: StoredArticle | None = None


class Queries:
    """Compiles what people type, and remembers the last of it: a second page is the same query."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: LRUCache[tuple[str, int], tuple[Sequence[Vocabulary], Query]] = LRUCache(64)

    def query(self, text: str, vocabularies: Sequence[Vocabulary]) -> Query:
        """The query. Raises RuleErrors that say what is wrong with it."""
        key = text, id(vocabularies)
        with self._lock:
            known = self._known.get(key)
        if known is not None and known[0] is vocabularies:
            return known[1]
        rules = draft_rules([Rule(id="query", title=text, when=text)], vocabularies)
        query = Query(text=text, rules=rules, narrowing=narrow(parse(text), rules.vocabularies))
        with self._lock:
            self._known[key] = vocabularies, query
        return query


def draft_rules(rules: Sequence[Rule], vocabularies: Sequence[Vocabulary]) -> RuleSet:
    """These rules over the vocabularies that they name alone: all of them together take fifty times as long to compile."""
    try:
        said = [leaf for rule in rules for _, text in rule.queries() for leaf in leaves(parse(text))]
    except QueryError:
        return compile_rules(rules, vocabularies)
    names = [each.name for each in vocabularies]
    wanted = {name for leaf in said if isinstance(leaf, Vocab) for name in named(leaf.pattern, names)}
    used = [each for each in vocabularies if each.name in wanted]
    try:
        return compile_rules(rules, used)
    except RuleErrors:
        return compile_rules(rules, vocabularies)  # whose complaints know what could have been meant


def stories(tx: Transaction, wanted: Wanted, query: Query | None, budget: Budget, *, after: int | None, limit: int) -> Page:
    """A page of stories, each once: at the place of its newest article that is wanted and matches the query."""
    seen: set[str] = set()
    found: list[_Candidate] = []
    for stamp, stored in _candidates(tx, wanted, query, after):
        match = None if query is None or stored is None or stamp.story_id in seen else query.match(stored)
        if stamp.story_id not in seen and (query is None or match is not None):
            seen.add(stamp.story_id)
            if not _told(tx, wanted, query, stamp, after):
                if len(found) == limit:
                    return Page(found=_outlined(tx, found), after=found[-1][0].number)
                found.append((stamp, stored, match))
        if query is not None and budget.spend():
            return Page(found=_outlined(tx, found), after=stamp.number, examined_back_to=stored)
    return Page(found=_outlined(tx, found))


def articles(tx: Transaction, found: Sequence[Found]) -> list[StoredArticle]:
    """The articles of what was found, in the same order."""
    read = tx.articles.numbered([each.stamp.number for each in found if each.stored is None])
    return [each.stored or read[each.stamp.number] for each in found]


_Candidate = tuple[Stamp, StoredArticle | None, Match | None]


def _candidates(
    tx: Transaction, wanted: Wanted, query: Query | None, after: int | None
) -> Iterator[tuple[Stamp, StoredArticle | None]]:
    """Texts are read only where there is a query to match them."""
    if query is None:
        return ((stamp, None) for stamp in tx.articles.stamps(wanted, before=after))
    return ((stored.stamp, stored) for stored in tx.articles.chosen(wanted, query.narrowing, before=after))


def matches_per_day(
    tx: Transaction, wanted: Wanted, query: Query, budget: Budget
) -> tuple[Counter[date], StoredArticle | None]:
    """How many articles of each day match the query; and, where there were too many to look at, the one up to which that was done."""
    days: Counter[date] = Counter()
    for stored in tx.articles.chosen(wanted, query.narrowing):
        if query.match(stored) is not None:
            days[(stored.article.published_at or stored.read_at).date()] += 1
        if budget.spend():
            return days, stored
    return days, None


def _told(tx: Transaction, wanted: Wanted, query: Query | None, stamp: Stamp, after: int | None) -> bool:
    """Whether an earlier page has shown the story already, by a newer article."""
    if after is None or tx.articles.outlines([stamp.story_id])[stamp.story_id].newest < after:
        return False
    newer = [each for each in tx.articles.of_story(stamp.story_id) if each.number >= after]
    return any(satisfies(each, wanted) and (query is None or query.match(each) is not None) for each in newer)


def satisfies(stored: StoredArticle, wanted: Wanted) -> bool:
    """Whether an article is one of the wanted."""
    rules = {match.rule for match in stored.matches}
    day = (stored.article.published_at or stored.read_at).date()
    return (
        (bool(rules) or not wanted.matched)
        and (wanted.rule is None or wanted.rule in rules)
        and set(wanted.facets) <= set(stored.facets)
        and wanted.source in (None, stored.source_id)
        and wanted.language in (None, stored.article.language)
        and (wanted.first_day is None or wanted.first_day <= day)
        and (wanted.last_day is None or day <= wanted.last_day)
    )


def _outlined(tx: Transaction, found: Sequence[_Candidate]) -> tuple[Found, ...]:
    outlines = tx.articles.outlines([stamp.story_id for stamp, _, _ in found]) if found else {}
    return tuple(
        Found(stamp=stamp, outline=outlines[stamp.story_id], stored=stored, match=match) for stamp, stored, match in found
    )
