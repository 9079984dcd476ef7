"""From the tree of a query to a clause that can be evaluated: terms and vocabularies become sets of term numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, assert_never

from monitor.rules.clauses import All, AnyOf, AtLeastOf, Clause, Close, Either, Tag, cost
from monitor.rules.match import Label
from monitor.rules.query import And, AtLeast, Near, Not, Or, Query, Scope, Scoped, Tagged, Term, Vocab, leaves, named
from monitor.rules.terms import Lexicon


class Entry(NamedTuple):
    """A term of a vocabulary: its label, and its number."""

    label: Label
    term: int


Entries = Mapping[str, Sequence[Entry]]


class Builder:
    """Makes clauses of trees, for one set of vocabularies. `scopes` are all scopes that queries asked for; `unknown` are patterns that name
    no vocabulary, and so stand for no terms."""

    def __init__(self, lexicon: Lexicon, entries: Entries) -> None:
        self.scopes: set[Scope] = set()
        self.unknown: list[Vocab] = []
        self._lexicon = lexicon
        self._entries = entries
        self._vocabularies: dict[str, frozenset[int]] = {}
        self._shared: dict[tuple[frozenset[int], Scope | None], AnyOf] = {}
        self._close: dict[tuple[AnyOf, AnyOf, int, bool], Close] = {}

    def clause(self, query: Query, scope: Scope | None = None) -> Clause:
        """The clause that `query` stands for, counting hits in `scope` only."""
        match query:
            case Term():
                return self.any_of(frozenset((self._lexicon.of_query(query),)), scope)
            case Vocab():
                return self.any_of(self._vocabulary(query), scope)
            case And():
                held = [self.clause(child, scope) for child in query.children if not isinstance(child, Not)]
                excluded = [self.clause(child.child, scope) for child in query.children if isinstance(child, Not)]
                return All(tuple(sorted(held, key=cost)), tuple(sorted(excluded, key=cost)))
            case Or():
                return self._either(query, scope)
            case Near():
                left, right = self._any(query.left, scope), self._any(query.right, scope)
                key = (left, right, query.distance, query.ordered)
                return self._close.setdefault(key, Close(*key))
            case Scoped():
                self.scopes.add(query.scope)
                return self.clause(query.child, query.scope)
            case Tagged():
                return Tag(query.key, query.value.lower())
            case AtLeast():
                return AtLeastOf(self._any(query.child, scope), query.count)
            case Not():
                raise ValueError("NOT stands only beside something that has to hold")
        assert_never(query)

    def labels(self, query: Query, wanted: Collection[int] | None = None) -> dict[int, tuple[Label, ...]]:
        """The labels of the terms of `query` (only of those `wanted`, if that is given), by their numbers."""
        labels: dict[int, dict[Label, None]] = {}
        for leaf in leaves(query):
            if isinstance(leaf, Term):
                labels.setdefault(self._lexicon.of_query(leaf), {})[Label(leaf.text)] = None
            else:
                for name in named(leaf.pattern, self._entries):
                    for label, term in self._entries[name]:
                        if wanted is None or term in wanted:
                            labels.setdefault(term, {})[label] = None
        return {term: _one_a_vocabulary(given) for term, given in labels.items()}

    def _either(self, query: Or, scope: Scope | None) -> Clause:
        """The clause of an OR; all its terms and vocabularies become one set."""
        terms: set[int] = set()
        others: list[Clause] = []
        for child in query.children:
            if isinstance(child, Term):
                terms.add(self._lexicon.of_query(child))
                continue
            if isinstance(child, Vocab):
                terms |= self._vocabulary(child)
                continue
            clause = self.clause(child, scope)
            if isinstance(clause, AnyOf) and clause.scope == scope:
                terms |= clause.terms
            else:
                others.append(clause)
        if terms:
            others.insert(0, self.any_of(frozenset(terms), scope))
        return others[0] if len(others) == 1 else Either(tuple(sorted(others, key=cost)))

    def any_of(self, terms: frozenset[int], scope: Scope | None) -> AnyOf:
        """The clause for this set of terms, the same object each time: one list of words often stands in many rules."""
        return self._shared.setdefault((terms, scope), AnyOf(terms, scope))

    def _any(self, query: Query, scope: Scope | None) -> AnyOf:
        clause = self.clause(query, scope)
        assert isinstance(clause, AnyOf), "the parser lets nothing else stand here"
        return clause

    def _vocabulary(self, query: Vocab) -> frozenset[int]:
        known = self._vocabularies.get(query.pattern)
        if known is None:
            names = named(query.pattern, self._entries)
            known = frozenset(term for name in names for _, term in self._entries[name])
            if names:
                self._vocabularies[query.pattern] = known
            else:
                self.unknown.append(query)
        return known


def _one_a_vocabulary(labels: dict[Label, None]) -> tuple[Label, ...]:
    """The labels, but only the first from each vocabulary: it may have a term in several languages or spellings."""
    first: dict[str | None, Label] = {}
    for label in labels:
        first.setdefault(label.vocabulary, label)
    return tuple(first.values())
