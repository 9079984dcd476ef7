"""Tree -> clause: terms and vocabularies become sets of term ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, assert_never

from monitor.rules.clauses import All, AnyOf, AtLeastOf, Clause, Close, Either, Tag, cost
from monitor.rules.query import And, AtLeast, Near, Not, Or, Query, Scope, Scoped, Tagged, Term, Vocab
from monitor.rules.terms import Key, key_of


class Label(NamedTuple):
    """How a term is called in a receipt: as it was written, and where."""

    term: str
    vocabulary: str | None = None
    language: str | None = None


class Entry(NamedTuple):
    """A term of a vocabulary, read."""

    label: Label
    key: Key


Entries = Mapping[str, Sequence[Entry]]


def leaves(query: Query) -> Iterator[Term | Vocab]:
    """The terms and vocabularies of a query, from left to right."""
    match query:
        case Term() | Vocab():
            yield query
        case And() | Or():
            for child in query.children:
                yield from leaves(child)
        case Near():
            yield from leaves(query.left)
            yield from leaves(query.right)
        case Not() | Scoped() | AtLeast():
            yield from leaves(query.child)
        case Tagged():
            return


def named(pattern: str, names: Sequence[str] | Mapping[str, object]) -> list[str]:
    """The vocabularies that `@pattern` names, sorted."""
    if pattern.endswith("/*"):
        return sorted(name for name in names if name.startswith(pattern[:-1]))
    return [pattern] if pattern in names else []


class Builder:
    """Makes clauses of trees, for one set of vocabularies and one lexicon."""

    def __init__(self, ids: Mapping[Key, int], entries: Entries) -> None:
        self._ids = ids
        self._entries = entries
        self.scopes: set[Scope] = set()  # those that any query asked for
        self._of_vocabulary = lru_cache(maxsize=None)(self._vocabulary)

    def clause(self, query: Query, scope: Scope | None = None) -> Clause:
        """The clause that `query` stands for, counting hits in `scope` only."""
        match query:
            case Term():
                return AnyOf(frozenset((self._ids[key_of(query)],)), scope)
            case Vocab():
                return AnyOf(self._of_vocabulary(query.pattern), scope)
            case And():
                held = [self.clause(child, scope) for child in query.children if not isinstance(child, Not)]
                excluded = [self.clause(child.child, scope) for child in query.children if isinstance(child, Not)]
                return All(tuple(sorted(held, key=cost)), tuple(sorted(excluded, key=cost)))
            case Or():
                return self._either(query, scope)
            case Near():
                left, right = self._any(query.left, scope), self._any(query.right, scope)
                return Close(left, right, query.distance, query.ordered)
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

    def labels(self, query: Query) -> dict[int, tuple[Label, ...]]:
        """How the terms of `query` are called in it, by term id."""
        labels: dict[int, dict[Label, None]] = {}
        for leaf in leaves(query):
            if isinstance(leaf, Term):
                labels.setdefault(self._ids[key_of(leaf)], {})[Label(leaf.text)] = None
            else:
                for name in named(leaf.pattern, self._entries):
                    for label, key in self._entries[name]:
                        labels.setdefault(self._ids[key], {})[label] = None
        return {term: _one_a_vocabulary(given) for term, given in labels.items()}

    def _either(self, query: Or, scope: Scope | None) -> Clause:
        """All terms and vocabularies of an OR are one set."""
        clauses = [self.clause(child, scope) for child in query.children]
        plain = [clause for clause in clauses if isinstance(clause, AnyOf) and clause.scope == scope]
        others = [clause for clause in clauses if not (isinstance(clause, AnyOf) and clause.scope == scope)]
        if plain:
            merged = plain[0] if len(plain) == 1 else AnyOf(frozenset().union(*(clause.terms for clause in plain)), scope)
            others.insert(0, merged)
        return others[0] if len(others) == 1 else Either(tuple(sorted(others, key=cost)))

    def _any(self, query: Query, scope: Scope | None) -> AnyOf:
        clause = self.clause(query, scope)
        assert isinstance(clause, AnyOf), "the parser lets nothing else stand here"
        return clause

    def _vocabulary(self, pattern: str) -> frozenset[int]:
        return frozenset(self._ids[key] for name in named(pattern, self._entries) for _, key in self._entries[name])


def _one_a_vocabulary(labels: dict[Label, None]) -> tuple[Label, ...]:
    """A term that a vocabulary has in several languages or spellings is named once, as the first of them."""
    first: dict[str | None, Label] = {}
    for label in labels:
        first.setdefault(label.vocabulary, label)
    return tuple(first.values())
