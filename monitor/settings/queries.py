"""Checks the queries and terms in the files, and finds the place of each mistake in the YAML."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from monitor.errors import Problem
from monitor.rules.compile import RuleError, RuleErrors
from monitor.rules.parse import QueryError, parse, parse_term
from monitor.rules.query import Vocab, leaves, named
from monitor.rules.rule import Rule, Vocabulary
from monitor.settings.settings import Settings
from monitor.settings.values import nearest
from monitor.settings.yaml_tree import Route, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRule:
    """A rule, and where it is written."""

    rule: Rule
    tree: Tree
    route: Route

    def queries(self) -> Iterator[tuple[str, str, Route, bool]]:
        """Each query: its name (as in `RuleError.query`), its text, where it is written, and whether that is a key."""
        yield "when", self.rule.when, (*self.route, "when"), False
        if self.rule.unless is not None:
            yield "unless", self.rule.unless, (*self.route, "unless"), False
        for query in self.rule.score:
            yield query, query, (*self.route, "score", query), True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedVocabulary:
    """A vocabulary, and where it is written."""

    vocabulary: Vocabulary
    tree: Tree

    def terms(self) -> Iterator[tuple[str, str, Route]]:
        """Each term: its language, its text, and where it is written."""
        for language in self.vocabulary.terms:
            written = self.tree.data[self.vocabulary.name][language]  # type: ignore[index]
            for index, term in enumerate(written):
                yield language, term, (self.vocabulary.name, language, index)


def query_problems(placed: PlacedRule, vocabularies: Collection[str] | None) -> Iterator[Problem]:
    """The problems with the queries of a rule: they cannot be parsed, or name a vocabulary not in `vocabularies` (None: not known)."""
    for _, text, route, key in placed.queries():
        try:
            query = parse(text)
        except QueryError as error:
            yield _problem(error, placed.tree, route, key=key)
            continue
        for leaf in leaves(query):
            if isinstance(leaf, Vocab) and vocabularies is not None and not named(leaf.pattern, vocabularies):
                line, column = placed.tree.inside(route, leaf.start, key=key)
                yield Problem(
                    message="no vocabulary of this name",
                    file=placed.tree.file,
                    line=line,
                    column=column,
                    found=text[leaf.start : leaf.end],
                    write=_meant(leaf.pattern, vocabularies),
                )


def term_problems(placed: PlacedVocabulary) -> Iterator[Problem]:
    """The problems with the terms of a vocabulary."""
    for _, term, route in placed.terms():
        try:
            parse_term(term)
        except QueryError as error:
            yield _problem(error, placed.tree, route)


def compile_problems(
    settings: Settings, rules: Sequence[PlacedRule], vocabularies: Sequence[PlacedVocabulary]
) -> Iterator[Problem]:
    """The problems that appear only when rules, each valid by itself, are compiled together."""
    try:
        settings.rule_set  # noqa: B018  compiled (and cached) here, where the place of a mistake can be found
    except RuleErrors as errors:
        for error in errors.errors:
            yield _compile_problem(error, rules, vocabularies)


def _compile_problem(error: RuleError, rules: Sequence[PlacedRule], vocabularies: Sequence[PlacedVocabulary]) -> Problem:
    for placed in rules:
        if placed.rule.id == error.rule:
            for name, _, route, key in placed.queries():
                if name == error.query:
                    return _problem(error, placed.tree, route, key=key)
            return placed.tree.problem(placed.route, error.message, found=error.found, write=error.write)
    for other in vocabularies:
        if other.vocabulary.name == error.vocabulary:
            for language, term, route in other.terms():
                if (language, term) == (error.language, error.term):
                    return _problem(error, other.tree, route)
            return other.tree.problem((error.vocabulary,), error.message, key=True, found=error.found, write=error.write)
    return Problem(message=str(error))


def _problem(error: QueryError | RuleError, tree: Tree, route: Route, *, key: bool = False) -> Problem:
    line, column = tree.inside(route, error.start, key=key)
    return Problem(
        message=error.message, file=tree.file, line=line, column=column, found=error.found or None, write=error.write
    )


def _meant(pattern: str, vocabularies: Collection[str]) -> str:
    groups = {f"{name.partition('/')[0]}/*" for name in vocabularies if "/" in name}
    if f"{pattern}/*" in groups:
        return f"@{pattern}/*"
    by_concept = [name for name in sorted(vocabularies) if name.rpartition("/")[2] == pattern]
    close = by_concept[0] if by_concept else nearest(pattern, [*sorted(vocabularies), *sorted(groups)])
    return f"@{close}" if close else "a name from vocabularies/"
