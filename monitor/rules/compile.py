"""From rules and vocabularies to a RuleSet, or to everything that is wrong with them.

rules ──parse──▶ trees ──terms──▶ Lexicon (patterns, checks, alphabet) ──▶ automaton
                   └────────────▶ Builder ──▶ clauses ──▶ RuleSet
"""

from __future__ import annotations

import difflib
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from monitor.errors import MonitorError
from monitor.rules.build import Builder, Entry
from monitor.rules.clauses import Clause
from monitor.rules.match import Label
from monitor.rules.matcher import CompiledRule, RuleSet
from monitor.rules.parse import parse, parse_term
from monitor.rules.query import Term, Vocab, leaves
from monitor.rules.rule import Rule, Vocabulary
from monitor.rules.terms import Lexicon, Patterns
from monitor.rules.tokens import QueryError

__all__ = ["RuleError", "RuleErrors", "RuleSet", "compile_rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleError:
    """One complaint. About a rule: `rule` is its id, and `query` is `when`, `unless`, `threshold`, `id` or a key of `score`. About a
    vocabulary: `vocabulary` is its name, `language` and `term` tell which term is meant, if it is one.

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
    """A matcher for these rules: those in force, a draft, or the query of a search. Raises RuleErrors with all errors at once."""
    with _no_collection():
        return _compile(rules, vocabularies)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the garbage collector: nearly all objects made here stay, and looking through them repeatedly takes a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _compile(rules: Sequence[Rule], vocabularies: Sequence[Vocabulary]) -> RuleSet:
    reader = _Reader(vocabularies)
    compiled = [each for each in map(reader.rule, rules) if each is not None]
    if reader.errors:
        raise RuleErrors(reader.errors)
    try:
        patterns = Patterns(reader.lexicon)
    except ValueError as error:
        raise RuleErrors([RuleError(message=str(error))]) from None
    if patterns.empty:
        reader.complain_of_empty(rules, patterns.empty)
        raise RuleErrors(reader.errors)
    return RuleSet(compiled, {each.name: each for each in vocabularies}, reader.entries, patterns, reader.builder)


class _Reader:
    """Reads what can be read and collects what cannot."""

    def __init__(self, vocabularies: Sequence[Vocabulary]) -> None:
        self.errors: list[RuleError] = []
        self.lexicon = Lexicon()
        self.entries: dict[str, list[Entry]] = {}
        self.builder = Builder(self.lexicon, self.entries)
        self._ids: set[str] = set()
        for vocabulary in vocabularies:
            self._vocabulary(vocabulary)

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
                entries.append(Entry(Label(text, name, language), self.lexicon.of_vocabulary(term, language)))

    def rule(self, rule: Rule) -> CompiledRule | None:
        """The rule as it is evaluated; None if `when` cannot be read."""
        if rule.id in self._ids:
            self.errors.append(RuleError(rule=rule.id, query="id", message="another rule has this id", found=rule.id))
        self._ids.add(rule.id)
        when = self._clause(rule, "when", rule.when)
        unless = None if rule.unless is None else self._clause(rule, "unless", rule.unless)
        score = [(self._clause(rule, text, text), points) for text, points in rule.score.items()]
        self._threshold(rule)
        if when is None:
            return None
        read = tuple((clause, points) for clause, points in score if clause is not None)
        return CompiledRule(rule=rule, when=when, unless=unless, score=read)

    def _clause(self, rule: Rule, query: str, text: str) -> Clause | None:
        try:
            tree = parse(text)
        except QueryError as error:
            self.errors.append(_error(error, rule=rule.id, query=query))
            return None
        clause = self.builder.clause(tree)
        if self.builder.unknown:
            self.errors += [self._unknown(rule, query, leaf) for leaf in self.builder.unknown]
            self.builder.unknown.clear()
        return clause

    def _unknown(self, rule: Rule, query: str, leaf: Vocab) -> RuleError:
        kind = "no vocabulary of the group" if leaf.pattern.endswith("/*") else "no vocabulary"
        groups = {f"{name.rsplit('/', 1)[0]}/*" for name in self.entries if "/" in name}
        near = difflib.get_close_matches(leaf.pattern, [*self.entries, *sorted(groups)], n=1, cutoff=0.5)
        return RuleError(
            rule=rule.id,
            query=query,
            message=f"there is {kind} @{leaf.pattern}",
            start=leaf.start,
            end=leaf.end,
            found=f"@{leaf.pattern}",
            write=f"@{near[0]}" if near else None,
        )

    def _threshold(self, rule: Rule) -> None:
        if rule.threshold is None:
            return
        most = sum(points for points in rule.score.values() if points > 0)
        if rule.threshold > most:
            what = f"all scores together give {most}" if rule.score else "there is no score that gives points"
            message = f"the threshold {rule.threshold} is never reached: {what}"
            self.errors.append(RuleError(rule=rule.id, query="threshold", message=message, found=str(rule.threshold)))

    def complain_of_empty(self, rules: Sequence[Rule], empty: set[int]) -> None:
        """Complain of the terms that are `empty`: the parser sees a letter in them, but folding leaves none that can be compared."""
        message = "nothing of this term is left when it is compared"
        for name, entries in self.entries.items():
            for label, term in entries:
                if term in empty:
                    found = label.term
                    self.errors.append(
                        RuleError(
                            message=message, vocabulary=name, language=label.language, term=found, end=len(found), found=found
                        )
                    )
        for rule in rules:
            for query, text in rule.queries():
                for leaf in leaves(parse(text)):
                    if isinstance(leaf, Term) and self.lexicon.of_query(leaf) in empty:
                        self.errors.append(
                            RuleError(
                                message=message, rule=rule.id, query=query, start=leaf.start, end=leaf.end, found=leaf.text
                            )
                        )


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
