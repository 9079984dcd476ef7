"""RuleSet: documents in, verdicts with their receipts out.

All terms of all rules and vocabularies are found in one pass. A rule is evaluated only if one of the terms that it waits for is among
them: over the sets of terms and, only where they matter, over places. Receipts are made for the rules that held.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from monitor.rules.build import Builder, Entries
from monitor.rules.clauses import All, AnyOf, Clause, Either, needs
from monitor.rules.explain import Explanation, explain
from monitor.rules.found import Finder, Found
from monitor.rules.groups import Groups
from monitor.rules.match import Document, Hit, Label, Match, Verdict
from monitor.rules.parse import parse
from monitor.rules.query import And, Not, Query, Scope, Vocab, leaves, named
from monitor.rules.rule import Rule, Vocabulary
from monitor.rules.terms import Patterns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompiledRule:
    """A rule as it is evaluated."""

    rule: Rule
    when: Clause
    unless: Clause | None
    score: tuple[tuple[Clause, int], ...]

    def points(self, found: Found) -> int:
        return sum(points for (_, points), held in zip(self.score, self.scored(found), strict=True) if held)

    def scored(self, found: Found) -> tuple[bool, ...]:
        """Which queries of `score` hold."""
        known = found.scored.get(self.rule.id)
        if known is None:
            known = found.scored[self.rule.id] = tuple([clause.holds(found) for clause, _ in self.score])
        return known

    def holds(self, found: Found) -> bool:
        if not self.when.holds(found) or (self.unless is not None and self.unless.holds(found)):
            return False
        threshold = self.rule.threshold
        return threshold is None or self.points(found) >= threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a rule's queries as a receipt names it: its text, and the labels of its terms."""

    text: str
    clause: Clause
    labels: Mapping[int, tuple[Label, ...]]


class RuleSet:
    """Compiled rules, made by `compile_rules`. It does not change afterwards, so several threads may use it."""

    def __init__(
        self,
        compiled: Sequence[CompiledRule],
        vocabularies: Mapping[str, Vocabulary],
        entries: Entries,
        patterns: Patterns,
        builder: Builder,
    ) -> None:
        self.rules: Mapping[str, Rule] = MappingProxyType({each.rule.id: each.rule for each in compiled})
        self.vocabularies: Mapping[str, Vocabulary] = MappingProxyType(dict(vocabularies))
        self.builder = builder
        self._compiled = sorted(compiled, key=lambda each: each.rule.id)
        self._waiting = _Waiting(self._compiled, builder)
        sets = self._waiting.sets
        self._finder = Finder(
            patterns,
            _by_term(sets, patterns.count),
            addresses=not builder.scopes.isdisjoint(("url", "source")),
        )
        self._parts: dict[str, tuple[Part, ...]] = {}
        self._versions: dict[str, str] = {}
        self._facets = _facets(entries)

    def match(self, document: Document) -> Verdict:
        """The receipts of all rules that hold, by rule id, and the facets, sorted."""
        found = self.find(document)
        matches = tuple(self.receipt(each, found) for each in self.holding(found))
        facets = {name for term in found.text if term in self._facets for name in self._facets[term]}
        return Verdict(matches=matches, facets=tuple(sorted(facets)))

    def held(self, document: Document) -> frozenset[str]:
        """The ids of the rules that hold: what `match` tells, without the receipts."""
        return frozenset([each.rule.id for each in self.holding(self.find(document))])

    def find(self, document: Document) -> Found:
        """The hits of all terms in the document."""
        return self._finder.find(document)

    def holding(self, found: Found) -> list[CompiledRule]:
        """The rules that hold, by id."""
        return self._waiting.holding(found)

    def receipt(self, compiled: CompiledRule, found: Found) -> Match:
        """The receipt of a rule that holds."""
        rule = compiled.rule
        clauses: list[str] = []
        hits: dict[tuple[int, int, str | None], Hit] = {}
        parts = self.parts(rule.id)
        scored = compiled.scored(found)
        held = (*(True for _ in parts[len(scored) :]), *scored)
        for part, holds in zip(parts, held, strict=True):
            if not holds:
                continue
            clauses.append(part.text)
            for start, end, term in part.clause.places(found):
                for label in part.labels[term]:
                    key = (start, end, label.vocabulary)
                    if key not in hits:
                        hits[key] = found.hit(start, end, label)
        ordered = tuple(hits[key] for key in sorted(hits, key=lambda key: (key[0], key[1], key[2] or "")))
        points = compiled.points(found) if rule.score else None
        return Match(rule=rule.id, rule_version=self.version(rule.id), clauses=tuple(clauses), hits=ordered, points=points)

    def explain(self, document: Document, rule_id: str) -> Explanation:
        """Why the rule matches the document, or why not. Raises KeyError for an id that is not in `rules`."""
        return explain(self, document, rule_id)

    def parts(self, rule_id: str) -> tuple[Part, ...]:
        """The parts that a receipt of the rule can name: those of `when` that have to hold, and the queries of `score`."""
        known = self._parts.get(rule_id)
        if known is None:
            rule = self.rules[rule_id]
            tree = parse(rule.when)
            pieces = [child for child in tree.children if not isinstance(child, Not)] if isinstance(tree, And) else [tree]
            parts = [self._part(piece, rule.when[piece.start : piece.end] or rule.when) for piece in pieces]
            parts += [self._part(parse(text), f"{points:+d} {text}") for text, points in rule.score.items()]
            known = self._parts[rule_id] = tuple(parts)
        return known

    def _part(self, query: Query, text: str) -> Part:
        return Part(text=text, clause=self.builder.clause(query), labels=self.builder.labels(query))

    def version(self, rule_id: str) -> str:
        """A digest of all that decides what the rule matches: its queries, scores and threshold, and the vocabularies it names."""
        known = self._versions.get(rule_id)
        if known is None:
            rule = self.rules[rule_id]
            names: set[str] = set()
            for _, text in rule.queries():
                for leaf in leaves(parse(text)):
                    if isinstance(leaf, Vocab):
                        names.update(named(leaf.pattern, self.vocabularies))
            terms = {name: {lang: list(each) for lang, each in self.vocabularies[name].terms.items()} for name in sorted(names)}
            content = [rule.when, rule.unless, dict(rule.score), rule.threshold, terms]
            text = json.dumps(content, sort_keys=True, ensure_ascii=True)
            known = self._versions[rule_id] = hashlib.sha256(text.encode("ascii")).hexdigest()[:16]
        return known


def _facets(entries: Entries) -> dict[int, tuple[str, ...]]:
    names: dict[int, dict[str, None]] = {}
    for name, rows in entries.items():
        for _, term in rows:
            names.setdefault(term, {})[name] = None
    return {term: tuple(given) for term, given in names.items()}


def _by_term(sets: Sequence[AnyOf], count: int) -> dict[Scope | None, Groups]:
    """For each scope, under each of `count` terms the numbers of the sets that it belongs to."""
    rows: dict[Scope | None, list[list[int]]] = {}
    for number, each in enumerate(sets):
        if each.scope not in rows:
            rows[each.scope] = [[] for _ in range(count)]
        of_scope = rows[each.scope]
        for term in each.terms:
            of_scope[term].append(number)
    return {scope: Groups(of_scope) for scope, of_scope in rows.items()}


_NONE, _WHOLE = -1, -2


class _Waiting:
    """Which rules wait for which set of terms.

    A rule whose query is an OR waits for each alternative separately. Once the set has occurred, most rules need nothing more, or only that
    another set (`needed`) has occurred and a third (`barred`) has not; the other rules are evaluated as a whole. `sets` are numbered: first
    those for which a single rule waits that needs nothing more; then the other sets that rules wait for; then those that so many rules
    ask about that it pays to note for each of their terms that they occurred.
    """

    def __init__(self, compiled: Sequence[CompiledRule], builder: Builder) -> None:
        self._compiled = compiled
        self._always: list[int] = []  # rules that wait for nothing
        waiting: dict[AnyOf, list[tuple[int, _Asked]]] = {}
        for number, each in enumerate(compiled):
            alternatives = each.when.children if isinstance(each.when, Either) else (each.when,)
            each_asks = [asks for alternative in alternatives if (asks := _asked(each, alternative, builder)) is not None]
            if len(each_asks) < len(alternatives):
                self._always.append(number)
                continue
            for asks in each_asks:
                waiting.setdefault(asks.first, []).append((number, asks))
        alone = {
            first: row[0][0] for first, row in waiting.items() if len(row) == 1 and row[0][1] == (first, None, None, False)
        }
        uses = Counter(
            other for row in waiting.values() for _, asks in row for other in (asks.needed, asks.barred) if other is not None
        )
        often = [other for other, count in uses.items() if count >= len(other.terms)]
        self.sets = list(dict.fromkeys([*alone, *waiting, *often]))
        for place, known in enumerate(self.sets):
            known.number = place
        self._alone = array("i", alone.values())
        self._waited = len(waiting)
        self._rows = Groups([] if each in alone else _rows(waiting[each]) for each in self.sets[: self._waited])

    def holding(self, found: Found) -> list[CompiledRule]:
        """The rules that hold, in order."""
        compiled, sets = self._compiled, found.sets
        alone, waited, alones = self._alone, self._waited, len(self._alone)
        starts, rows = self._rows.starts, self._rows.numbers
        numbers = {number for number in self._always if compiled[number].holds(found)}
        for each in sets:
            if each >= waited:
                continue
            if each < alones:
                numbers.add(alone[each])
                continue
            for row in range(starts[each], starts[each + 1], 3):
                if rows[row + 1] not in sets or rows[row + 2] in sets:
                    continue
                number = rows[row]
                if rows[row + 2] != _WHOLE or (number not in numbers and compiled[number].holds(found)):
                    numbers.add(number)
        return [compiled[number] for number in sorted(numbers)]


def _rows(waiting: Sequence[tuple[int, _Asked]]) -> Iterator[int]:
    """For each rule that waits for a set: its number, the set that it needs as well, and the set that bars it."""
    for number, asks in waiting:
        first, needed, barred = (None if one is None else one.number for one in (asks.first, asks.needed, asks.barred))
        assert first is not None
        told = (needed is None) == (asks.needed is None) and (barred is None) == (asks.barred is None)
        last = _WHOLE if asks.whole or not told else _NONE if barred is None else barred
        yield from (number, first if needed is None else needed, last)


class _Asked(NamedTuple):
    """What a rule waits for (`first`), and what it asks then; `whole` says that it asks more than that."""

    first: AnyOf
    needed: AnyOf | None
    barred: AnyOf | None
    whole: bool


def _asked(rule: CompiledRule, clause: Clause, builder: Builder) -> _Asked | None:
    """What the rule asks for the sake of `clause`, which is its `when` or one of the alternatives in it; None if the clause can hold
    without any term."""
    first, *others = sorted(needs(clause), key=lambda need: len(need.terms)) or (None,)
    if first is None:
        return None
    children, excluded = (clause.children, clause.excluded) if isinstance(clause, All) else ((clause,), ())
    sets = [each for each in excluded if isinstance(each, AnyOf)]
    scopes = {each.scope for each in sets}
    whole = (
        rule.unless is not None
        or rule.rule.threshold is not None
        or len(others) > 1
        or not all(isinstance(each, AnyOf) for each in children)
        or len(sets) < len(excluded)
        or len(scopes) > 1
    )
    barred = builder.any_of(frozenset().union(*(each.terms for each in sets)), *scopes) if sets and not whole else None
    needed = builder.any_of(others[0].terms, others[0].scope) if others else None
    return _Asked(builder.any_of(first.terms, first.scope), needed, barred, whole)
