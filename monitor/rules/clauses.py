"""Queries as they are evaluated: over the terms that were found and, only where it matters, over their places."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from monitor.rules.found import Found, Place
from monitor.rules.query import Scope

Pair = tuple[Place, Place]


@dataclass(slots=True, eq=False)
class AnyOf:
    """One of `terms` occurs in `scope`. `number` is the number of this set in `Found.sets`, None if it is not one of those."""

    terms: frozenset[int]
    scope: Scope | None
    number: int | None = None

    def holds(self, found: Found) -> bool:
        if self.number is not None:
            return self.number in found.sets
        return not self.terms.isdisjoint(found.hits(self.scope))

    def places(self, found: Found) -> list[Place]:
        """In the order of the text."""
        if self.number is not None:
            rows = found.sets.get(self.number, ())
        else:
            rows = [places for term, places in found.hits(self.scope).items() if term in self.terms]
        places = rows[0] if len(rows) == 1 else [place for row in rows for place in row]
        return places if len(places) == 1 else sorted(places)


@dataclass(frozen=True, slots=True, eq=False)
class All:
    """All of `children` hold, none of `excluded` does."""

    children: tuple[Clause, ...]
    excluded: tuple[Clause, ...]

    def holds(self, found: Found) -> bool:
        for child in self.children:
            if not child.holds(found):
                return False
        return not any(child.holds(found) for child in self.excluded)

    def places(self, found: Found) -> list[Place]:
        return [place for child in self.children for place in child.places(found)]


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """One of `children` holds."""

    children: tuple[Clause, ...]

    def holds(self, found: Found) -> bool:
        for child in self.children:  # noqa: SIM110 - any() would take twice the time, for rules that mostly do not hold
            if child.holds(found):
                return True
        return False

    def places(self, found: Found) -> list[Place]:
        return [place for child in self.children if child.holds(found) for place in child.places(found)]


@dataclass(frozen=True, slots=True, eq=False)
class Close:
    """There are at most `distance` words between a hit of `left` and one of `right` in the same field that do not overlap."""

    left: AnyOf
    right: AnyOf
    distance: int
    ordered: bool

    def holds(self, found: Found) -> bool:
        if not (self.left.holds(found) and self.right.holds(found)):
            return False
        known = found.answers.get(self)
        if known is None:
            known = found.answers[self] = next(self.pairs(found), None) is not None
        return known

    def places(self, found: Found) -> list[Place]:
        return sorted({place for pair in self.pairs(found) for place in pair})

    def pairs(self, found: Found) -> Iterator[Pair]:
        """For each hit of `left` the nearest hits of `right` before and after it, if they are close enough."""
        for first, second in self.neighbours(found):
            if found.near(first[1], second[0], self.distance):
                yield first, second

    def neighbours(self, found: Found) -> Iterator[Pair]:
        """For each hit of `left` the nearest hits of `right` before and after it in its field, however far; the earlier of a pair first."""
        rights = self.right.places(found)
        if not rights:
            return
        starts = [start for start, _, _ in rights]
        by_end = sorted(rights, key=itemgetter(1))
        ends = [end for _, end, _ in by_end]
        for left in self.left.places(found):
            after = bisect_left(starts, left[1])
            if after < len(rights) and found.together(left[0], starts[after]):
                yield left, rights[after]
            before = bisect_right(ends, left[0]) - 1
            if before >= 0 and not self.ordered and found.together(by_end[before][0], left[0]):
                yield by_end[before], left


@dataclass(frozen=True, slots=True, eq=False)
class AtLeastOf:
    """There are hits of `child` at `count` different places or more."""

    child: AnyOf
    count: int

    def holds(self, found: Found) -> bool:
        if not self.child.holds(found) or len(self.child.places(found)) < self.count:
            return False
        return self.count == 1 or self.occurrences(found) >= self.count

    def occurrences(self, found: Found) -> int:
        """The number of places, where those that overlap count as one: in `human trafficking`, `trafficking` does not count again."""
        count = end = 0
        for first, last, _ in self.child.places(found):
            if first >= end:
                count += 1
            end = max(end, last)
        return count

    def places(self, found: Found) -> list[Place]:
        return self.child.places(found)


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """The document is in the language or from the country; `zh` also stands for `zh-Hans`."""

    key: str
    value: str

    def holds(self, found: Found) -> bool:
        actual = found.document.language if self.key == "lang" else found.document.country
        if actual is None:
            return False
        actual = actual.lower()
        return actual == self.value or (self.key == "lang" and actual.startswith(f"{self.value}-"))

    def places(self, _found: Found) -> list[Place]:
        return []


Clause = AnyOf | All | Either | Close | AtLeastOf | Tag


def needs(clause: Clause) -> list[AnyOf]:
    """Sets of terms, of each of which there has to be a hit for the clause to hold; none if it can hold without any hit."""
    match clause:
        case AnyOf():
            return [clause]
        case All():
            return [need for child in clause.children for need in needs(child)]
        case Either():
            parts = [pivot(child) for child in clause.children]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts):
                return []
            scope = known[0].scope if len({part.scope for part in known}) == 1 else None
            return [AnyOf(frozenset().union(*(part.terms for part in known)), scope)]
        case Close():
            return [clause.left, clause.right]
        case AtLeastOf():
            return [clause.child]
        case Tag():
            return []


def pivot(clause: Clause) -> AnyOf | None:
    """The set with the fewest terms among `needs`; None if there is none."""
    return min(needs(clause), key=lambda need: len(need.terms), default=None)


def cost(clause: Clause) -> int:
    """A rank for the order of evaluation: clauses that only look up terms come first."""
    match clause:
        case Tag():
            return 0
        case AnyOf():
            return 1 if clause.scope is None else 2
        case All() | Either():
            return 3
        case AtLeastOf():
            return 4
        case Close():
            return 5
