"""What an index can tell of a query: which articles cannot match it. The matcher decides about the others.

A text is filed under its folded words and, in scripts without spaces between words, under each pair of neighbouring characters. No
dictionary takes part in that, so the index need not be made again when there is a better one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import assert_never

from monitor.rules.parse import parse_term
from monitor.rules.query import And, AtLeast, Near, Not, Or, Query, Scoped, Tagged, Term, Vocab
from monitor.rules.rule import Vocabulary, terms_named
from monitor.text import fold
from monitor.text.scripts import HYPHENS, UNSPACED

_WILD = re.compile(r"[*?]")
_HYPHEN = re.compile(f"(?<=\\w)[{re.escape(HYPHENS)}](?=\\w)")
_UNSPACED = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in UNSPACED)}]")


@dataclass(frozen=True, slots=True)
class Word:
    """The articles filed under `text` or, if that is a `prefix`, under any word that begins with it."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """The articles that are in all of `parts`."""

    parts: tuple[Narrowing, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The articles that are in at least one of `parts`."""

    parts: tuple[Narrowing, ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """All articles: the index cannot tell."""


Narrowing = Word | AllOf | AnyOf | Everything


def words_of(text: str) -> frozenset[str]:
    """The words that a text is filed under."""
    words: set[str] = set()
    for run in set(_runs(text)):
        if _is_unspaced(run):
            words.update(run[at : at + 2] for at in range(len(run)))
        else:
            words.add(run)
    for piece in text.split() if _HYPHEN.search(text) else ():
        if _HYPHEN.search(piece):
            words.update(_joined(piece))
    return frozenset(words)


def narrow(query: Query, vocabularies: Mapping[str, Vocabulary]) -> Narrowing:
    """Articles that include all those that match `query`."""
    return _narrow(query, cache(lambda pattern: _vocabulary(pattern, vocabularies)))


def _narrow(query: Query, named: Callable[[str], Narrowing]) -> Narrowing:
    match query:
        case Term():
            return _term(query)
        case Vocab():
            return named(query.pattern)
        case And():
            return _every(_narrow(child, named) for child in query.children)
        case Or():
            return _any(_narrow(child, named) for child in query.children)
        case Near():
            return _every((_narrow(query.left, named), _narrow(query.right, named)))
        case AtLeast():
            return _narrow(query.child, named)
        case Scoped():
            return Everything() if query.scope in ("url", "source") else _narrow(query.child, named)
        case Not() | Tagged():
            return Everything()
        case _:
            assert_never(query)


def _vocabulary(pattern: str, vocabularies: Mapping[str, Vocabulary]) -> Narrowing:
    return _any(_term(parse_term(text)) for text in terms_named(pattern, vocabularies))


def _term(term: Term) -> Narrowing:
    """The last word of a term may be longer in a text (a plural, `'s`, a wildcard); a hyphen may be a space there, or nothing."""
    if term.mode == "substring" and not all(_is_unspaced(run) for run in _runs(term.text)):
        return Everything()
    spaced = _words(term)
    if not _HYPHEN.search(term.text):
        return spaced
    return _any((spaced, _words(Term(text=_HYPHEN.sub("", term.text), wildcard=term.wildcard))))


def _words(term: Term) -> Narrowing:
    parts: list[Narrowing] = []
    for piece in term.text.split():
        literal = _WILD.split(piece)[0] if term.wildcard else piece
        runs = _runs(literal)
        for number, run in enumerate(runs, 1):
            parts += _run(run, open_ended=number == len(runs))
    return _every(parts)


def _run(run: str, *, open_ended: bool) -> list[Narrowing]:
    if not _is_unspaced(run):
        return [Word(run, prefix=open_ended)]
    if len(run) == 1:
        return [Word(run, prefix=True)]
    return [Word(run[at : at + 2]) for at in range(len(run) - 1)]


def _joined(piece: str) -> Iterable[str]:
    """`trans-national` is also filed under transnational, `a-b-c` also under ab, bc and abc."""
    parts = _HYPHEN.split(piece)
    for first in range(len(parts)):
        for last in range(first + 2, min(len(parts), first + 4) + 1):
            yield from _runs("".join(parts[first:last]))


def _every(parts: Iterable[Narrowing]) -> Narrowing:
    narrowing = tuple(dict.fromkeys(part for part in parts if not isinstance(part, Everything)))
    if not narrowing:
        return Everything()
    return narrowing[0] if len(narrowing) == 1 else AllOf(narrowing)


def _any(parts: Iterable[Narrowing]) -> Narrowing:
    either = tuple(dict.fromkeys(parts))
    if not either or any(isinstance(part, Everything) for part in either):
        return Everything()
    return either[0] if len(either) == 1 else AnyOf(either)


def _runs(text: str) -> list[str]:
    """The folded words of a text, without what no index keeps."""
    return only_letters(fold(text).text).split()


def only_letters(folded: str) -> str:
    """A folded text with a space for whatever is neither letter, digit nor mark, such as an apostrophe."""
    return folded.translate({ord(char): " " for char in set(folded) if not _is_letter(char)})


@cache
def _is_letter(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def _is_unspaced(run: str) -> bool:
    return _UNSPACED.match(run) is not None
