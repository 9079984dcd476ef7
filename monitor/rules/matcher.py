"""RuleSet: documents in, verdicts with their receipts out.

All terms of all rules and vocabularies are found in one pass. A rule is looked at only if one of its pivot's terms is among them; whether
it holds is decided over sets of terms, and over places only where places matter. Receipts are made for the rules that held.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from monitor.rules.build import Builder, Entries, Label, leaves, named
from monitor.rules.clauses import All, AnyOf, Clause, Either, needs, pivot
from monitor.rules.explain import Explanation, explain
from monitor.rules.found import Finder, Found
from monitor.rules.match import Document, Hit, Match, Verdict
from monitor.rules.parse import parse
from monitor.rules.query import And, Not, Query, Vocab
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
        self._finder = Finder(patterns, addresses=not builder.scopes.isdisjoint(("url", "source")))
        self._parts: dict[str, tuple[Part, ...]] = {}
        self._versions: dict[str, str] = {}
        self._facets = _facets(entries)
        posts, self._always = _posts(self._compiled)
        self._anywhere, self._in_title = posts[False], posts[True]

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
        terms = found.present
        everywhere = [*terms, *found.elsewhere]
        present = _mask(everywhere)
        post = self._anywhere
        groups = [group for term in everywhere if term in post for group in post[term]]
        if post := self._in_title:
            groups += [group for term in found.within("title") if term in post for group in post[term]]
        numbers = {number for number in self._always if self._compiled[number].holds(found)}
        for group in groups:
            for number, mask, needed, barred, holds in group:
                if not mask & present:
                    continue
                if holds is not None:
                    if number not in numbers and holds(found):
                        numbers.add(number)
                elif (needed is None or not needed.isdisjoint(terms)) and (barred is None or barred.isdisjoint(terms)):
                    numbers.add(number)
        return [self._compiled[number] for number in sorted(numbers)]

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


_BITS = 1024


def _mask(terms: Iterable[int]) -> int:
    """The terms as bits, several to one: sets without a common bit have no common term. One look at one number, where asking a set means
    many looks into memory that is not at hand."""
    mask = 0
    for term in terms:
        mask |= 1 << term % _BITS
    return mask


class _Waiting(NamedTuple):
    """What is left to ask when the pivot of a rule has occurred: first whether terms of another set that the rule needs can be there
    (`mask`). Most rules then only ask for sets of terms, a `needed` and a `barred` one; the others are evaluated as a whole (`holds`)."""

    number: int
    mask: int
    needed: frozenset[int] | None = None
    barred: frozenset[int] | None = None
    holds: Callable[[Found], bool] | None = None


_Group = tuple[_Waiting, ...]


def _waiting(number: int, rule: CompiledRule, clause: Clause, pivot: AnyOf, masks: dict[frozenset[int], int]) -> _Waiting:
    """What is left to ask of `clause`, which is `when` of the rule or one of its alternatives."""
    others = [need for need in needs(clause) if need is not pivot]
    mask = -1
    if others:
        terms = min((need.terms for need in others), key=len)
        mask = masks[terms] if terms in masks else masks.setdefault(terms, _mask(terms))
    if rule.unless is not None or rule.rule.threshold is not None:
        return _Waiting(number, mask, holds=rule.holds)
    children, excluded = (clause.children, clause.excluded) if isinstance(clause, All) else ((clause,), ())
    sets = [each for each in (*children, *excluded) if isinstance(each, AnyOf) and each.scope is None]
    if pivot.scope == "title" and pivot in children:
        sets.append(pivot)  # the rule waits for its terms in the title alone
    if len(others) > 1 or len(sets) < len(children) + len(excluded):
        return _Waiting(number, mask, holds=clause.holds)
    barred = [each.terms for each in excluded if isinstance(each, AnyOf)]
    return _Waiting(number, mask, others[0].terms if others else None, frozenset().union(*barred) if barred else None)


def _posts(compiled: Sequence[CompiledRule]) -> tuple[dict[bool, dict[int, tuple[_Group, ...]]], list[int]]:
    """For each term the groups of rules that wait for it, in the title (True) or anywhere; and the rules that wait for nothing.

    A group are the rules of one pivot: many rules on one large vocabulary cost its terms once. Of an OR every alternative waits for
    itself.
    """
    members: dict[tuple[bool, frozenset[int]], list[_Waiting]] = {}
    masks: dict[frozenset[int], int] = {}
    always: list[int] = []
    for number, each in enumerate(compiled):
        alternatives = each.when.children if isinstance(each.when, Either) else (each.when,)
        pivots = [pivot(alternative) for alternative in alternatives]
        if None in pivots:
            always.append(number)
            continue
        for alternative, needed in zip(alternatives, pivots, strict=True):
            assert needed is not None
            row = members.setdefault((needed.scope == "title", needed.terms), [])
            row.append(_waiting(number, each, alternative, needed, masks))
    posts: dict[bool, dict[int, list[_Group]]] = {True: {}, False: {}}
    for (in_title, terms), rows in members.items():
        group = tuple(rows)
        for term in terms:
            posts[in_title].setdefault(term, []).append(group)
    shared: dict[tuple[int, ...], tuple[_Group, ...]] = {}
    return {
        in_title: {term: shared.setdefault(tuple(map(id, groups)), tuple(groups)) for term, groups in rows.items()}
        for in_title, rows in posts.items()
    }, always
