"""Which texts no rule can match, judged by their words alone: much faster than making an article of them.

What a rule needs at least is its query without everything that only narrows it (places, distances, fields, NOT, languages, counts), and
of each term only the words, in any order. A text that lacks that cannot match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from monitor.rules.automaton import automaton
from monitor.rules.narrowing import only_letters
from monitor.rules.parse import parse, parse_term
from monitor.rules.query import And, AtLeast, Near, Not, Or, Query, Scoped, Tagged, Term, Vocab
from monitor.rules.rule import Rule, Vocabulary, terms_named
from monitor.text import fold
from monitor.text.scripts import HYPHENS, UNSPACED
from monitor.text.zawgyi import zawgyi_to_unicode

GLUE = "\x01"
"""Stands in a text where the letters before and after it may be one word or two."""

_WILD = re.compile(r"[*?]")
_BREAK = re.compile(f"[{GLUE}{re.escape(HYPHENS)}]")
_BURMESE = re.compile("[\u1000-\u109f]")
_SIGNS = (GLUE, *HYPHENS)
_ASCII = bytes(ord(chr(byte).lower()) if chr(byte).isalnum() and byte < 128 else 32 for byte in range(256))
_MOST_PIECES = 6
_MOST_BROKEN = 10_000  # characters of words in pieces; looking at more of them costs more than reading the page
_TELLING = 4  # letters; shorter words of a longer term ("of", "in") occur in every text


@dataclass(frozen=True, slots=True, eq=False)
class _Any:
    """At least one of these: one of `literals`, a whole set of literals, one of the `others`."""

    literals: frozenset[int]
    all_of: Mapping[int, tuple[frozenset[int], ...]]  # by one literal of each
    others: tuple[_Need, ...]

    def holds(self, found: frozenset[int], country: str | None) -> bool:
        return (
            not self.literals.isdisjoint(found)
            or any(needed <= found for literal in found for needed in self.all_of.get(literal, ()))
            or any(other.holds(found, country) for other in self.others)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Every:
    """All of these."""

    parts: tuple[_Need, ...]

    def holds(self, found: frozenset[int], country: str | None) -> bool:
        return all(part.holds(found, country) for part in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Country:
    """That the source is of this country."""

    code: str

    def holds(self, found: frozenset[int], country: str | None) -> bool:  # noqa: ARG002  the same question to every need
        return country is not None and country.lower() == self.code


_Need = _Any | _Every | _Country


class Prefilter:
    """What rules need at least, and so which texts none of them can match."""

    def __init__(self, rules: Iterable[Rule], vocabularies: Mapping[str, Vocabulary]) -> None:
        """Raises QueryError for a query that cannot be read."""
        self._vocabularies = vocabularies
        self._literals: dict[str, int] = {}
        self._named: dict[str, _Need | None] = {}
        needs = [self._need(parse(rule.when)) for rule in rules]
        self._always = any(need is None for need in needs)
        self._needs = tuple(need for need in needs if need is not None)
        patterns: dict[bytes, list[int]] = {}
        for literal, number in self._literals.items():
            for pattern in _patterns(literal):  # the plural of one word may be another literal
                patterns.setdefault(pattern, []).append(number)
        self._numbers = list(patterns.values())
        self._scan = automaton(list(patterns))

    def may_match(self, text: str, country: str | None) -> bool:
        """False only if no article can match a rule that is from a source of `country` and has only words of `text`, in any order. In
        `text`, `GLUE` stands where letters may or may not belong to one word."""
        if self._always:
            return True
        words = _words(text)
        if words is None:
            return True
        found = self._found(words)
        return any(need.holds(found, country) for need in self._needs)

    def _found(self, words: bytes) -> frozenset[int]:
        seen = {pattern for _, _, pattern in self._scan(words)}
        return frozenset([number for pattern in seen for number in self._numbers[pattern]])

    def _need(self, query: Query) -> _Need | None:
        """What the query needs; None if it may hold for every text."""
        match query:
            case Term():
                return self._either([self._term(query)])
            case Vocab():
                return self._vocabulary(query.pattern)
            case And():
                return _every([self._need(child) for child in query.children])
            case Or():
                needs = [self._need(child) for child in query.children]
                known = [need for need in needs if need is not None]
                return _Any(frozenset(), {}, tuple(known)) if len(known) == len(needs) else None
            case Near():
                return _every([self._need(query.left), self._need(query.right)])
            case AtLeast():
                return self._need(query.child)
            case Scoped():
                return None if query.scope in ("url", "source") else self._need(query.child)
            case Tagged(key="country"):
                return _Country(query.value.lower())
            case Not() | Tagged():
                return None
            case _:
                assert_never(query)

    def _vocabulary(self, pattern: str) -> _Need | None:
        if pattern not in self._named:
            texts = terms_named(pattern, self._vocabularies)
            self._named[pattern] = self._either(self._term(parse_term(text)) for text in texts)
        return self._named[pattern]

    def _either(self, terms: Iterable[list[frozenset[int]]]) -> _Need | None:
        """The need for at least one of the terms. Each is given by its alternatives: sets of literals that all have to be in the text."""
        single: set[int] = set()
        several: dict[int, tuple[frozenset[int], ...]] = {}
        for alternatives in terms:
            for needed in alternatives:
                if not needed:
                    return None
                if len(needed) == 1:
                    single |= needed
                else:
                    several[max(needed)] = (*several.get(max(needed), ()), needed)
        return _Any(frozenset(single), several, ())

    def _term(self, term: Term) -> list[frozenset[int]]:
        """The words of the term; where it has a hyphen, also without it."""
        alternatives = [term.text]
        if _BREAK.search(term.text):
            alternatives.append(_BREAK.sub("", term.text))
        return [self._numbered(text, term) for text in alternatives]

    def _numbered(self, text: str, term: Term) -> frozenset[int]:
        """The numbers of the literals in a term, with spaces where a word begins or ends, as `_patterns` wants them."""
        open_ended = term.mode == "substring"
        literals = []
        for piece in text.split():
            parts = _WILD.split(piece) if term.wildcard else [piece]
            for at, part in enumerate(parts):
                words = _folded(part).split()
                for number, word in enumerate(words):
                    if _is_unspaced(word):
                        literals.append(word)
                        continue
                    begins = not open_ended and (at == 0 or number > 0)
                    ends = not open_ended and (at == len(parts) - 1 or number < len(words) - 1)
                    literals.append(f"{' ' if begins else ''}{word}{' ' if ends else ''}")
        telling = [each for each in literals if len(each.strip()) >= _TELLING or _is_unspaced(each.strip())]
        chosen = telling or sorted(literals, key=len)[-1:]
        return frozenset(self._literals.setdefault(each, len(self._literals)) for each in chosen)


def _every(needs: list[_Need | None]) -> _Need | None:
    known = tuple(need for need in needs if need is not None)
    return _Every(known) if known else None


def _patterns(literal: str) -> list[bytes]:
    """What the automaton looks for: a literal that ends with its word also in the plural."""
    ends = [literal, f"{literal[:-1]}s ", f"{literal[:-1]}es "] if literal.endswith(" ") else [literal]
    return [each.encode() for each in ends]


def _words(text: str) -> bytes | None:
    """All words that the text may hold, folded, in UTF-8, with a space before and after each; None if there may be too many. Words are
    folded one by one, so that in a text of ASCII letters only the few others take time."""
    words = text.split()
    broken = {word for sign in _SIGNS if sign in text for word in words if sign in word}
    if sum(map(len, broken)) > _MOST_BROKEN:
        return None
    other = [] if text.isascii() else [word for word in words if not word.isascii()]
    rest = [*other, *_joined(broken)]
    if burmese := " ".join([word for word in rest if _BURMESE.search(word)]):  # an article of the page may be taken for either
        rest.append(zawgyi_to_unicode(burmese)[0])
    return b" %b %b " % (text.encode("ascii", "replace").translate(_ASCII), _folded(" ".join(rest)).encode("utf-8", "replace"))


def _joined(words: Iterable[str]) -> list[str]:
    """The words that the pieces of a word with hyphens or glue may make, alone and together."""
    joined: list[str] = []
    for broken in words:
        pieces = [piece for piece in _BREAK.split(broken) if piece]
        for first in range(len(pieces)):
            for last in range(first + 1, min(len(pieces), first + _MOST_PIECES) + 1):
                joined.append("".join(pieces[first:last]))
    return joined


def _folded(text: str) -> str:
    """Folded words: letters, digits and marks only, a space between two."""
    return only_letters(fold(text, zawgyi=False).text)


def _is_unspaced(word: str) -> bool:
    return any(first <= ord(char) <= last for char in word for first, last in UNSPACED)
