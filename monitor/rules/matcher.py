"""RuleSet: documents in, verdicts with their receipts out.

All terms of all rules and vocabularies are found in one pass. A rule is looked at only if one of the terms it waits for is among them;
whether it holds is decided over sets of terms, and over places only where places matter. Receipts are made for the rules that held.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from monitor.rules.build import Builder, Entries, Label, leaves, named
from monitor.rules.clauses import All, AnyOf, Clause, Either, needs
from monitor.rules.explain import Explanation, explain
from monitor.rules.found import Finder, Found
from monitor.rules.groups import Groups
from monitor.rules.match import Document, Hit, Match, Verdict
from monitor.rules.parse import parse
from monitor.rules.query import And, Not, Query, Scope, Vocab
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
    """A piece of a rule's queries, as it stands in a receipt: its text, and how its terms are called."""

    text: str
    clause: Clause
    labels: Mapping[int, tuple[Label, ...]]


class RuleSet:
    """All rules in force, compiled. Made by `compile_rules`; not changed afterwards, so it can be used by several threads."""

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
        sets = builder.numbered()
        self._finder = Finder(
            patterns,
            _by_term(sets, patterns.count),
            {number: each.scope for number, each in enumerate(sets) if each.scope is not None},
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
                        hits[key] = hit(found, start, end, label)
        ordered = tuple(hits[key] for key in sorted(hits, key=lambda key: (key[0], key[1], key[2] or "")))
        points = compiled.points(found) if rule.score else None
        return Match(rule=rule.id, rule_version=self.version(rule.id), clauses=tuple(clauses), hits=ordered, points=points)

    def explain(self, document: Document, rule_id: str) -> Explanation:
        """Why the rule matches the document, or why not. Raises KeyError for an id that is not in `rules`."""
        return explain(self, document, rule_id)

    def parts(self, rule_id: str) -> tuple[Part, ...]:
        """What a receipt of the rule can name: the parts of `when` that have to hold, and the queries of `score`."""
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
            for text in (rule.when, *([rule.unless] if rule.unless is not None else []), *rule.score):
                for leaf in leaves(parse(text)):
                    if isinstance(leaf, Vocab):
                        names.update(named(leaf.pattern, self.vocabularies))
            terms = {name: {lang: list(each) for lang, each in self.vocabularies[name].terms.items()} for name in sorted(names)}
            content = [rule.when, rule.unless, dict(rule.score), rule.threshold, terms]
            text = json.dumps(content, sort_keys=True, ensure_ascii=True)
            known = self._versions[rule_id] = hashlib.sha256(text.encode("ascii")).hexdigest()[:16]
        return known


def hit(found: Found, start: int, end: int, label: Label) -> Hit:
    field, first, last = found.original(start, end)
    return Hit(term=label.term, field=field, start=first, end=last, vocabulary=label.vocabulary, language=label.language)


def _facets(entries: Entries) -> dict[int, tuple[str, ...]]:
    names: dict[int, dict[str, None]] = {}
    for name, rows in entries.items():
        for _, term in rows:
            names.setdefault(term, {})[name] = None
    return {term: tuple(given) for term, given in names.items()}


def _by_term(sets: Sequence[AnyOf], count: int) -> Groups:
    """At each of `count` terms the numbers of the sets that have it, as `Finder` wants them."""
    rows: list[list[int]] = [[] for _ in range(count)]
    for number, each in enumerate(sets):
        for term in each.terms:
            rows[term].append(number if each.scope is None else ~number)
    return Groups(rows)


_NONE, _WHOLE = -1, -2


class _Waiting:
    """The rules that wait for each set of terms.

    Of an OR every alternative waits for itself. When the set has occurred, most rules only ask whether another one (`needed`) has and a
    third (`barred`) has not; the others are evaluated as a whole.
    """

    def __init__(self, compiled: Sequence[CompiledRule], builder: Builder) -> None:
        self._compiled = compiled
        self._always: list[int] = []  # wait for nothing
        rows: dict[int, list[int]] = {}
        for number, each in enumerate(compiled):
            alternatives = each.when.children if isinstance(each.when, Either) else (each.when,)
            asked = [_asked(each, alternative, builder) for alternative in alternatives]
            if None in asked:
                self._always.append(number)
                continue
            for first, needed, barred in filter(None, asked):
                rows.setdefault(first, []).extend((number, needed, barred))
        self._rows = Groups(rows.get(each, ()) for each in range(len(builder.numbered())))

    def holding(self, found: Found) -> list[CompiledRule]:
        """The rules that hold, in order."""
        compiled, sets = self._compiled, found.sets
        starts, rows = self._rows.starts, self._rows.numbers
        numbers = {number for number in self._always if compiled[number].holds(found)}
        for each in sets:
            for row in range(starts[each], starts[each + 1], 3):
                if rows[row + 1] not in sets or rows[row + 2] in sets:
                    continue
                number = rows[row]
                if rows[row + 2] != _WHOLE or (number not in numbers and compiled[number].holds(found)):
                    numbers.add(number)
        return [compiled[number] for number in sorted(numbers)]


def _asked(rule: CompiledRule, clause: Clause, builder: Builder) -> tuple[int, int, int] | None:
    """What is asked of `clause`, which is `when` of the rule or one of its alternatives: the set it waits for, the one it needs as well
    (the same if there is none), and the one it bars, or _NONE, or _WHOLE. None if it can hold without any."""
    asked = sorted(needs(clause), key=lambda need: len(need.terms))
    if not asked:
        return None
    children, excluded = (clause.children, clause.excluded) if isinstance(clause, All) else ((clause,), ())
    sets = [each for each in excluded if isinstance(each, AnyOf)]
    scopes = {each.scope for each in sets}
    narrower = rule.unless is not None or rule.rule.threshold is not None
    if (
        narrower
        or len(asked) > 2
        or not all(isinstance(each, AnyOf) for each in children)
        or len(sets) < len(excluded)
        or len(scopes) > 1
    ):
        barred = _WHOLE
    elif sets:
        barred = _number(builder, frozenset().union(*(each.terms for each in sets)), *scopes)
    else:
        barred = _NONE
    first, needed = (_number(builder, each.terms, each.scope) for each in (asked[0], asked[:2][-1]))
    return first, needed, barred


def _number(builder: Builder, terms: frozenset[int], scope: Scope | None) -> int:
    number = builder.any_of(terms, scope).number
    assert number is not None, "all clauses of rules are made before the sets are counted"
    return number
