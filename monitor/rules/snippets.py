"""The passages of a document that show best why a rule matched it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.rules.match import Document, Field, Hit, Match
from monitor.text import begins_cluster

Snippet = tuple[str, tuple[tuple[int, int], ...]]

_CONTEXT = 70  # characters on either side of a hit; with the hit about 160, two lines of a mail
_MOST = 3


def snippets(document: Document, match: Match) -> tuple[Snippet, ...]:
    """The headline and the dateline, if anything matched there, and those passages of the body, at most three, that together show the most
    different terms.

    Each is a piece of the original text (with single spaces for white space, and … where it was cut) and its marks: code point offsets in
    the piece, in order, with overlapping hits merged. Passages begin and end between words, in scripts without spaces between clusters,
    and never within a hit.
    """
    pieces = []
    wholes: tuple[Field, ...] = ("title", "dateline")
    for field in wholes:
        whole = _marks(match.hits, field)
        if whole:
            pieces.append(_piece(document.text(field), 0, len(document.text(field)), whole))
    marks = _marks(match.hits, "body")
    passages = _passages(document.body, marks)
    terms = {passage: _terms(match.hits, passage) for passage in passages}
    chosen: list[tuple[int, int]] = []
    shown: set[str] = set()
    while passages and len(chosen) < _MOST:
        best = max(passages, key=lambda passage: len(terms[passage] - shown))
        if chosen and not terms[best] - shown:
            break
        chosen.append(best)
        shown |= terms[best]
        passages.remove(best)
    pieces += [_piece(document.body, start, end, marks) for start, end in sorted(chosen)]
    return tuple(pieces)


def _marks(hits: Sequence[Hit], field: Field) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((hit.start, hit.end) for hit in hits if hit.field == field):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _terms(hits: Sequence[Hit], passage: tuple[int, int]) -> set[str]:
    return {hit.term for hit in hits if hit.field == "body" and passage[0] <= hit.start and hit.end <= passage[1]}


def _passages(body: str, marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    passages: list[tuple[int, int]] = []
    for start, end in marks:
        paragraph = body.rfind("\n", 0, start) + 1
        stop = body.find("\n", end)
        left = _between_words(body, max(paragraph, start - _CONTEXT), start, paragraph)
        right = _back_between_words(body, min(len(body) if stop < 0 else stop, end + _CONTEXT), end)
        if passages and left <= passages[-1][1]:
            if right - passages[-1][0] <= 4 * _CONTEXT:
                passages[-1] = (passages[-1][0], max(right, passages[-1][1]))
                continue
            left = min(passages[-1][1], start)
        passages.append((left, right))
    return passages


def _between_words(text: str, at: int, limit: int, start: int) -> int:
    """The first place from `at` on, before `limit`, where a word or, if there is no space, a cluster begins."""
    if at == start:
        return at
    space = text.find(" ", at, min(limit, at + 25))
    if space >= 0:
        return space + 1
    while at < limit and not begins_cluster(text, at):
        at += 1
    return at


def _back_between_words(text: str, at: int, limit: int) -> int:
    if at == len(text) or text[at] in " \n":
        return at
    space = text.rfind(" ", max(limit, at - 25), at)
    if space >= 0:
        return space
    while at > limit and not begins_cluster(text, at):
        at -= 1
    return at


def _piece(text: str, start: int, end: int, marks: Sequence[tuple[int, int]]) -> Snippet:
    piece = "…" if start > 0 and text[start - 1] != "\n" else ""
    placed = []
    at = start
    for first, last in marks:
        if start <= first and last <= end:
            piece += _one_line(text[at:first])
            begin = len(piece)
            piece += _one_line(text[first:last])
            placed.append((begin, len(piece)))
            at = last
    piece += _one_line(text[at:end])
    if end < len(text) and text[end] != "\n":
        piece += "…"
    return piece, tuple(placed)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
