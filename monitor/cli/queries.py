"""A query that someone typed, as rules; what is wrong with it is shown under it."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.errors import UsageError
from monitor.rules.compile import RuleError, RuleErrors, RuleSet, compile_rules
from monitor.rules.rule import Rule, Vocabulary
from monitor.rules.tokens import QueryError


def query_rules(query: str, vocabularies: Sequence[Vocabulary]) -> RuleSet:
    """A rule set of this one query. Raises UsageError that points at what is wrong and says what to write."""
    try:
        return compile_rules([Rule(id="query", title=query, when=query)], vocabularies)
    except RuleErrors as errors:
        raise shown(errors.errors[0], query) from errors


def shown(error: RuleError | QueryError, query: str) -> UsageError:
    """The complaint under the piece of the query that it is about."""
    pointer = " " * error.start + "^" * max(1, error.end - error.start)
    write = f"\n  write: {error.write}" if error.write else ""
    return UsageError(f"{error.message}\n  {query}\n  {pointer}{write}")
