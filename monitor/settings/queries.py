"""The queries and terms in the files, read by the query language, their mistakes placed in the YAML around them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from monitor.errors import Problem
from monitor.rules.parse import QueryError, parse, parse_term
from monitor.rules.query import And, AtLeast, Near, Not, Or, Query, Scoped, Vocab
from monitor.rules.rule import Rule, Vocabulary
from monitor.settings.values import nearest
from monitor.settings.yaml_tree import Route, Tree


def query_problems(rule: Rule, tree: Tree, route: Route, vocabularies: Collection[str] | None) -> Iterator[Problem]:
    """What is wrong with the queries of the rule at `route`: they cannot be read, or name none of `vocabularies` (None: not known)."""
    queries = [(rule.when, (*route, "when"), False), *((query, (*route, "score", query), True) for query in rule.score)]
    if rule.unless is not None:
        queries.append((rule.unless, (*route, "unless"), False))
    for query, place, key in queries:
        try:
            tree_of_query = parse(query)
        except QueryError as error:
            yield _placed(error, tree, place, key=key)
            continue
        for name in _vocabularies(tree_of_query):
            if vocabularies is not None and not _exists(name.pattern, vocabularies):
                line, column = tree.inside(place, name.start, key=key)
                yield Problem(
                    message="no vocabulary of this name",
                    file=tree.file,
                    line=line,
                    column=column,
                    found=query[name.start : name.end],
                    write=_meant(name.pattern, vocabularies),
                )


def term_problems(vocabulary: Vocabulary, tree: Tree) -> Iterator[Problem]:
    """What is wrong with the terms of a vocabulary."""
    for language in vocabulary.terms:
        written = tree.data[vocabulary.name][language]  # type: ignore[index]
        for index, term in enumerate(written):
            try:
                parse_term(term)
            except QueryError as error:
                yield _placed(error, tree, (vocabulary.name, language, index))


def _placed(error: QueryError, tree: Tree, place: Route, *, key: bool = False) -> Problem:
    line, column = tree.inside(place, error.start, key=key)
    return Problem(
        message=error.message, file=tree.file, line=line, column=column, found=error.found or None, write=error.write
    )


def _vocabularies(query: Query) -> Iterator[Vocab]:
    if isinstance(query, Vocab):
        yield query
    elif isinstance(query, And | Or):
        for child in query.children:
            yield from _vocabularies(child)
    elif isinstance(query, Near):
        yield from _vocabularies(query.left)
        yield from _vocabularies(query.right)
    elif isinstance(query, Not | Scoped | AtLeast):
        yield from _vocabularies(query.child)


def _exists(pattern: str, vocabularies: Collection[str]) -> bool:
    if pattern.endswith("/*"):
        return any(name.startswith(pattern[:-1]) for name in vocabularies)
    return pattern in vocabularies


def _meant(pattern: str, vocabularies: Collection[str]) -> str:
    groups = {f"{name.partition('/')[0]}/*" for name in vocabularies if "/" in name}
    if f"{pattern}/*" in groups:
        return f"@{pattern}/*"
    by_concept = [name for name in sorted(vocabularies) if name.rpartition("/")[2] == pattern]
    close = by_concept[0] if by_concept else nearest(pattern, [*sorted(vocabularies), *sorted(groups)])
    return f"@{close}" if close else "a name from vocabularies/"
