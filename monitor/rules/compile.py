"""Rules and vocabularies -> RuleSet, or all that is wrong with them at once.

rules ──parse──▶ trees ──terms──▶ Lexicon (patterns, checks, alphabet) ──▶ automaton
                   └────────────▶ Builder ──▶ clauses ──▶ RuleSet
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.errors import MonitorError
from monitor.rules.build import Builder, Entry, Label, leaves, named
from monitor.rules.matcher import CompiledRule, RuleSet
from monitor.rules.parse import parse, parse_term
from monitor.rules.query import Query, Term, Vocab
from monitor.rules.rule import Rule, Vocabulary
from monitor.rules.terms import Lexicon, key_of
from monitor.rules.tokens import QueryError

__all__ = ["RuleError", "RuleErrors", "RuleSet", "compile_rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleError:
    """One complaint. In a rule: `rule`, and `query` is `when`, `unless`, `threshold`, `id` or a key of `score`. In a vocabulary:
    `vocabulary`, and `language` and `term` where it is about a term.

    `start` and `end` are code point offsets in the query or term, `end` exclusive; `found` is what stands there, `write` what to write
    instead.
    """

    message: str
    rule: str | None = None
    query: str | None = None
    vocabulary: str | None = None
    language: str | None = None
    term: str | None = None
    start: int = 0
    end: int = 0
    found: str | None = None
    write: str | None = None

    def __str__(self) -> str:
        if self.rule is not None:
            place = f"rule {self.rule}, {self.query}"
        else:
            place = ", ".join(part for part in (f"vocabulary {self.vocabulary}", self.language) if part)
        text = f"{place}: {self.message}"
        if self.found:
            text += f"\n    found: {self.found} (at {self.start + 1})"
        return f"{text}\n    write: {self.write}" if self.write else text


class RuleErrors(MonitorError):
    """Everything that is wrong with rules and vocabularies, all at once."""

    exit_code = 2

    def __init__(self, errors: Sequence[RuleError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


def compile_rules(rules: Sequence[Rule], vocabularies: Sequence[Vocabulary]) -> RuleSet:
    """A matcher for all rules; also for one draft, or for a search of the archive. Raises RuleErrors, with every error there is."""
    reader = _Reader(rules, vocabularies)
    keys = [entry.key for entries in reader.entries.values() for entry in entries]
    keys += [key_of(leaf) for trees in reader.trees for tree in trees.all() for leaf in leaves(tree) if isinstance(leaf, Term)]
    if reader.errors:
        raise RuleErrors(reader.errors)
    lexicon = Lexicon(keys)
    if lexicon.empty:
        reader.complain_of_empty(lexicon)
        raise RuleErrors(reader.errors)
    builder = Builder(lexicon.ids, reader.entries)
    compiled = [trees.compiled(builder) for trees in reader.trees]
    return RuleSet(compiled, {each.name: each for each in vocabularies}, reader.entries, lexicon, builder)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trees:
    """A rule with its queries read."""

    rule: Rule
    when: Query
    unless: Query | None
    score: tuple[tuple[Query, int], ...]

    def all(self) -> list[Query]:
        extra = [] if self.unless is None else [self.unless]
        return [self.when, *extra, *(tree for tree, _ in self.score)]

    def compiled(self, builder: Builder) -> CompiledRule:
        return CompiledRule(
            rule=self.rule,
            when=builder.clause(self.when),
            unless=None if self.unless is None else builder.clause(self.unless),
            score=tuple((builder.clause(tree), points) for tree, points in self.score),
        )


class _Reader:
    """Reads what can be read and collects what cannot."""

    def __init__(self, rules: Sequence[Rule], vocabularies: Sequence[Vocabulary]) -> None:
        self.errors: list[RuleError] = []
        self.entries: dict[str, list[Entry]] = {}
        self.trees: list[_Trees] = []
        for vocabulary in vocabularies:
            self._vocabulary(vocabulary)
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                self.errors.append(RuleError(rule=rule.id, query="id", message="another rule has this id", found=rule.id))
            seen.add(rule.id)
            self._rule(rule)

    def _vocabulary(self, vocabulary: Vocabulary) -> None:
        name = vocabulary.name
        if name in self.entries:
            self.errors.append(RuleError(vocabulary=name, message="another vocabulary has this name"))
        entries = self.entries.setdefault(name, [])
        if not any(vocabulary.terms.values()):
            self.errors.append(RuleError(vocabulary=name, message="the vocabulary has no terms", write="en: [a term, …]"))
        for language, terms in vocabulary.terms.items():
            for text in terms:
                try:
                    term = parse_term(text)
                except QueryError as error:
                    self.errors.append(_error(error, vocabulary=name, language=language, term=text))
                    continue
                entries.append(Entry(Label(text, name, language), key_of(term, language)))

    def _rule(self, rule: Rule) -> None:
        when = self._query(rule, "when", rule.when)
        unless = None if rule.unless is None else self._query(rule, "unless", rule.unless)
        score = [(self._query(rule, text, text), points) for text, points in rule.score.items()]
        self._threshold(rule)
        if when is not None:
            read = tuple((tree, points) for tree, points in score if tree is not None)
            self.trees.append(_Trees(rule=rule, when=when, unless=unless, score=read))

    def _query(self, rule: Rule, query: str, text: str) -> Query | None:
        try:
            tree = parse(text)
        except QueryError as error:
            self.errors.append(_error(error, rule=rule.id, query=query))
            return None
        for leaf in leaves(tree):
            if isinstance(leaf, Vocab) and not named(leaf.pattern, self.entries):
                self._unknown(rule, query, leaf)
        return tree

    def _unknown(self, rule: Rule, query: str, leaf: Vocab) -> None:
        kind = "no vocabulary of the group" if leaf.pattern.endswith("/*") else "no vocabulary"
        groups = {f"{name.rsplit('/', 1)[0]}/*" for name in self.entries if "/" in name}
        near = difflib.get_close_matches(leaf.pattern, [*self.entries, *groups], n=1, cutoff=0.5)
        self.errors.append(
            RuleError(
                rule=rule.id,
                query=query,
                message=f"there is {kind} @{leaf.pattern}",
                start=leaf.start,
                end=leaf.end,
                found=f"@{leaf.pattern}",
                write=f"@{near[0]}" if near else None,
            )
        )

    def _threshold(self, rule: Rule) -> None:
        if rule.threshold is None:
            return
        most = sum(points for points in rule.score.values() if points > 0)
        if rule.threshold > most:
            what = f"all scores together give {most}" if rule.score else "there is no score that gives points"
            message = f"the threshold {rule.threshold} is never reached: {what}"
            self.errors.append(RuleError(rule=rule.id, query="threshold", message=message, found=str(rule.threshold)))

    def complain_of_empty(self, lexicon: Lexicon) -> None:
        """Terms that have a letter to the parser, but none that is compared."""
        empty = set(lexicon.empty)
        message = "nothing of this term is left when it is compared"
        for name, entries in self.entries.items():
            for label, key in entries:
                if key in empty:
                    error = RuleError(
                        message=message, vocabulary=name, language=label.language, term=label.term, found=label.term
                    )
                    self.errors.append(error)
        for trees in self.trees:
            queries = ["when", *([] if trees.unless is None else ["unless"]), *trees.rule.score]
            for query, tree in zip(queries, trees.all(), strict=True):
                for leaf in leaves(tree):
                    if isinstance(leaf, Term) and key_of(leaf) in empty:
                        place = RuleError(
                            message=message, rule=trees.rule.id, query=query, start=leaf.start, end=leaf.end, found=leaf.text
                        )
                        self.errors.append(place)


def _error(
    error: QueryError,
    *,
    rule: str | None = None,
    query: str | None = None,
    vocabulary: str | None = None,
    language: str | None = None,
    term: str | None = None,
) -> RuleError:
    return RuleError(
        rule=rule,
        query=query,
        vocabulary=vocabulary,
        language=language,
        term=term,
        message=error.message,
        start=error.start,
        end=error.end,
        found=error.found or None,
        write=error.write,
    )
