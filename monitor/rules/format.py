"""From the tree of a query to its text, in the one canonical way to write it."""

from __future__ import annotations

from typing import assert_never

from monitor.rules.query import And, AtLeast, Near, Not, Or, Query, Scoped, Tagged, Term, Vocab
from monitor.rules.tokens import needs_quotes


def format_query(query: Query) -> str:
    """Canonical text; `parse(format_query(query)) == query` for every tree that `parse` can return."""
    match query:
        case Term():
            return _term(query)
        case Vocab():
            return f"@{query.pattern}"
        case And():
            return " AND ".join(_inner(child, And, Or) for child in query.children)
        case Or():
            return " OR ".join(_inner(child, And, Or) for child in query.children)
        case Not():
            return f"NOT {_inner(query.child, And, Or, Near)}"
        case Near():
            operator = "ONEAR" if query.ordered else "NEAR"
            return f"{_inner(query.left, Or)} {operator}/{query.distance} {_inner(query.right, Or)}"
        case Scoped():
            return f"{query.scope}:{_inner(query.child, And, Or, Near, AtLeast)}"
        case Tagged():
            return f"{query.key}:{query.value}"
        case AtLeast():
            return f"ATLEAST/{query.count} {_inner(query.child, Or)}"
    assert_never(query)


def _inner(query: Query, *in_parentheses: type) -> str:
    text = format_query(query)
    return f"({text})" if isinstance(query, in_parentheses) else text


def _term(term: Term) -> str:
    if term.mode == "case":
        return f'case:"{term.text}"'
    prefix = {"plain": "", "exact": "=", "substring": "~"}[term.mode]
    return f'{prefix}"{term.text}"' if needs_quotes(term.text) else f"{prefix}{term.text}"
