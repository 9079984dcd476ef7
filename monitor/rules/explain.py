"""Why a rule matched a document, or why not: every clause with what it found, the one that failed, and what came closest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from monitor.rules.clauses import AnyOf, AtLeastOf, Clause, Close, Tag
from monitor.rules.found import Found, Place
from monitor.rules.match import Document, Hit
from monitor.rules.parse import parse
from monitor.rules.query import And, AtLeast, Near, Not, Or, Query, Scope, Scoped, Tagged, Term, Vocab

if TYPE_CHECKING:
    from monitor.rules.matcher import RuleSet

Operator = Literal["term", "vocabulary", "AND", "OR", "NOT", "NEAR", "ATLEAST", "scope", "tag"]
_FAR = 1_000_000  # words: as far apart as need be


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One clause: its text, whether it held, and the hits by which it held.

    For a clause that did not hold, `closest` says what came closest to it (for NOT: what stood against it), in words for the analyst; None
    if nothing came close.
    """

    operator: Operator
    text: str
    held: bool
    hits: tuple[Hit, ...] = ()
    closest: str | None = None
    children: tuple[Explained, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One query of `score`: the points it gives if it holds."""

    clause: Explained
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether a rule matched a document, the one reason why it did or did not, and all of its clauses. `points` are those that were
    reached, None for a rule without scores."""

    rule: str
    rule_version: str
    matched: bool
    reason: str
    when: Explained
    unless: Explained | None
    score: tuple[Scored, ...]
    points: int | None
    threshold: int | None


def explain(rules: RuleSet, document: Document, rule_id: str) -> Explanation:
    """Why the rule matched the document or did not. Raises KeyError for a rule that is not in the set. Takes milliseconds, since every
    clause is evaluated."""
    rule = rules.rules[rule_id]
    found = rules.find(document)
    when = _Explainer(rules, found, rule.when).query(parse(rule.when), None)
    unless = None if rule.unless is None else _Explainer(rules, found, rule.unless).query(parse(rule.unless), None)
    score = tuple(
        Scored(clause=_Explainer(rules, found, text).query(parse(text), None), points=points)
        for text, points in rule.score.items()
    )
    points = sum(each.points for each in score if each.clause.held)
    matched = when.held and not (unless and unless.held) and (rule.threshold is None or points >= rule.threshold)
    return Explanation(
        rule=rule_id,
        rule_version=rules.version(rule_id),
        matched=matched,
        reason=_reason(when, unless, points if rule.score else None, rule.threshold),
        when=when,
        unless=unless,
        score=score,
        points=points if rule.score else None,
        threshold=rule.threshold,
    )


def _reason(when: Explained, unless: Explained | None, points: int | None, threshold: int | None) -> str:
    if not when.held:
        failed = _failed(when)
        if failed.operator == "NOT":
            return f"{failed.text} does not hold: {failed.closest}"
        return f"{failed.text} does not hold" + (f"; {failed.closest}" if failed.closest else "")
    if unless is not None and unless.held:
        return f"unless: {_evidence(unless)}"
    if threshold is not None and points is not None and points < threshold:
        return f"{points} of {threshold} points"
    return "when holds" + (
        f", {points} points" + (f" of {threshold}" if threshold is not None else "") if points is not None else ""
    )


def _failed(clause: Explained) -> Explained:
    """The innermost part of an AND that did not hold."""
    if clause.operator == "AND":
        for child in clause.children:
            if not child.held:
                return _failed(child)
    return clause


def _evidence(clause: Explained) -> str:
    words = list(dict.fromkeys(hit.term for hit in _all_hits(clause)))
    return f"{clause.text} holds" + (f" ({_listed(words)})" if words else "")


def _all_hits(clause: Explained) -> Iterable[Hit]:
    yield from clause.hits
    for child in clause.children:
        if child.held:
            yield from _all_hits(child)


def _listed(words: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(f"“{word}”" for word in words[:most])
    return shown + (f" and {len(words) - most} more" if len(words) > most else "")


class _Explainer:
    """Explains the clauses of one query."""

    def __init__(self, rules: RuleSet, found: Found, text: str) -> None:
        self.builder = rules.builder
        self.found = found
        self.whole = text

    def query(self, query: Query, scope: Scope | None) -> Explained:
        text = self.whole[query.start : query.end] or self.whole
        match query:
            case And() | Or():
                operator: Operator = "AND" if isinstance(query, And) else "OR"
                children = tuple(self.query(child, scope) for child in query.children)
                held = all(child.held for child in children) if operator == "AND" else any(child.held for child in children)
                closest = (
                    None if held else next((child.closest for child in children if not child.held and child.closest), None)
                )
                return Explained(operator=operator, text=text, held=held, children=children, closest=closest)
            case Not():
                child = self.query(query.child, scope)
                against = _evidence(child) if child.held else None
                return Explained(operator="NOT", text=text, held=not child.held, closest=against, children=(child,))
            case Scoped():
                child = self.query(query.child, query.scope)
                return Explained(operator="scope", text=text, held=child.held, closest=child.closest, children=(child,))
            case Near():
                return self._near(query, scope, text)
            case Term():
                return self._leaf("term", query, scope, text)
            case Vocab():
                return self._leaf("vocabulary", query, scope, text)
            case AtLeast():
                return self._leaf("ATLEAST", query, scope, text)
            case Tagged():
                return self._leaf("tag", query, scope, text)

    def _leaf(self, operator: Operator, query: Query, scope: Scope | None, text: str) -> Explained:
        clause = self.builder.clause(query, scope)
        held = clause.holds(self.found)
        hits = self._hits(query, clause) if held or operator == "ATLEAST" else ()
        return Explained(operator=operator, text=text, held=held, hits=hits, closest=None if held else self._closest(clause))

    def _near(self, query: Near, scope: Scope | None, text: str) -> Explained:
        clause = self.builder.clause(query, scope)
        held = clause.holds(self.found)
        children = (self.query(query.left, scope), self.query(query.right, scope))
        hits = self._hits(query, clause) if held else ()
        return Explained(
            operator="NEAR", text=text, held=held, hits=hits, closest=None if held else self._closest(clause), children=children
        )

    def _hits(self, query: Query, clause: Clause) -> tuple[Hit, ...]:
        places = sorted(clause.places(self.found))
        labels = self.builder.labels(query, {term for _, _, term in places})
        hits = []
        for start, end, term in places:
            hits += [self.found.hit(start, end, label) for label in labels[term]]
        return tuple(dict.fromkeys(hits))

    # -- what came closest --------------------------------------------------------------------------------------------------------

    def _closest(self, clause: Clause) -> str | None:
        match clause:
            case Tag():
                document = self.found.document
                actual = document.language if clause.key == "lang" else document.country
                name = "language" if clause.key == "lang" else "country"
                return f"the {name} is {actual}" if actual else f"the {name} is not known"
            case AtLeastOf():
                count = clause.occurrences(self.found)
                return f"{count} of {clause.count}" if count else self._closest(clause.child)
            case Close():
                return self._closest_pair(clause)
            case AnyOf():
                return self._closest_term(clause)
        return None

    def _closest_term(self, clause: AnyOf) -> str | None:
        elsewhere = [place for places in (self.found.text, self.found.elsewhere) for place in _of(places, clause.terms)]
        if elsewhere and clause.scope is not None:
            fields = dict.fromkeys(self.found.field(start) for start, _, _ in sorted(elsewhere))
            words = list(dict.fromkeys(self._words(place) for place in sorted(elsewhere)))
            return f"{_listed(words)} only in the {' and '.join(fields)}"
        inside = self.found.inside_words(clause.terms)
        return f"only inside {_listed(inside)}" if inside else None

    def _closest_pair(self, clause: Close) -> str | None:
        missing = [side for side in (clause.left, clause.right) if not side.holds(self.found)]
        if missing:
            return self._closest_term(missing[0])
        pairs = list(clause.neighbours(self.found))
        if pairs:
            left, right = min(pairs, key=lambda pair: self._apart(*pair))
            words = self._apart(left, right)
            apart = f"{words} word{'' if words == 1 else 's'} between"
            return f"“{self._words(left)}” and “{self._words(right)}” have {apart}, {clause.distance} allowed"
        if clause.ordered and next(Close(clause.right, clause.left, 0, False).neighbours(self.found), None):
            return "they stand in the other order"
        left, right = min(clause.left.places(self.found)), min(clause.right.places(self.found))
        fields = self.found.field(left[0]), self.found.field(right[0])
        if fields[0] == fields[1]:
            return f"“{self._words(left)}” and “{self._words(right)}” are parts of one phrase"
        return f"“{self._words(left)}” stands in the {fields[0]}, “{self._words(right)}” in the {fields[1]}"

    def _apart(self, first: Place, second: Place) -> int:
        return self.found.words_between(first[1], second[0], _FAR)

    def _words(self, place: Place) -> str:
        field, start, end = self.found.original(place[0], place[1])
        return " ".join(self.found.document.text(field)[start:end].split())


def _of(places: dict[int, list[Place]], terms: frozenset[int]) -> list[Place]:
    return [place for term in terms.intersection(places) for place in places[term]]
