"""An explanation as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.rules.explain import Explained, Explanation
from monitor.rules.match import Document

_MOST_WORDS = 6
_WIDEST = 110


def explanation_lines(explanation: Explanation, document: Document) -> Iterator[str]:
    """The verdict with its reason, then each clause: whether it held, the words that made it hold, or what came closest."""
    verdict = "matches" if explanation.matched else "does not match"
    yield f"{explanation.rule} {verdict}: {explanation.reason} (version {explanation.rule_version})"
    yield "  when"
    yield from _clause(explanation.when, document, 2)
    if explanation.unless is not None:
        yield "  unless"
        yield from _clause(explanation.unless, document, 2)
    if explanation.score:
        yield f"  score: {explanation.points}" + ("" if explanation.threshold is None else f" of {explanation.threshold}")
    for scored in explanation.score:
        points = f"{scored.points:+d}" if scored.clause.held else "0"
        yield f"    {points:>3} {_told(scored.clause, document)}"


def _clause(clause: Explained, document: Document, depth: int) -> Iterator[str]:
    """A clause and, where it is made of others, those; a scope and what it holds are one thing to a reader."""
    yield f"{'  ' * depth}{'+' if clause.held else '-'} {_told(clause, document)}"
    inner = clause
    while inner.operator == "scope" and len(inner.children) == 1:
        (inner,) = inner.children
    if inner.operator in ("AND", "OR") and inner is clause:
        for child in inner.children:
            yield from _clause(child, document, depth + 1)


def _told(clause: Explained, document: Document) -> str:
    text = " ".join(clause.text.split())
    text = text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
    if clause.held:
        words = _words(clause, document)
        more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
        return f"{text}   {', '.join(f'“{word}”' for word in words[:_MOST_WORDS])}{more}" if words else text
    return f"{text}   ({clause.closest})" if clause.closest else text


def _words(clause: Explained, document: Document) -> list[str]:
    spans = {(hit.field, hit.start, hit.end): None for each in _holding(clause) for hit in each.hits}
    return list(dict.fromkeys(document.text(field)[start:end] for field, start, end in spans))


def _holding(clause: Explained) -> Iterator[Explained]:
    if clause.held and clause.operator != "NOT":
        yield clause
        for child in clause.children:
            yield from _holding(child)
