"""From terms to the patterns of the automaton, each with what has to be checked around a hit."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from monitor.rules.alphabet import Alphabet
from monitor.rules.query import Mode, Term
from monitor.text.fold import fold
from monitor.text.tables import SEPARATOR, UNSPACED, tables

# What has to follow a hit: the end of the word; that, or a plural ending and then that; the end of a cluster; that, and the dictionary has
# to agree; the rest of a term with wildcards; anything, since the hit reaches to the end of the word.
WORD, PLURAL, CLUSTER, DICTIONARY, GLOB, PREFIX = range(6)

_LONG_ENOUGH = 6  # characters; a term of a script without spaces that is so long is hardly ever a part of a longer word
_LONG_ENOUGH_HAN = 2


class Key(NamedTuple):
    """A term as written, and whether its plural counts as well."""

    text: str
    mode: Mode
    wildcard: bool
    plural: bool


class Check(NamedTuple):
    """What a hit of a pattern has to pass to be a hit of `term`."""

    term: int
    kind: int
    rest: re.Pattern[bytes] | None = None  # GLOB: the whole term
    cased: str | None = None  # mode `case`: its letters as written


class Lexicon:
    """All terms of a rule set, each with its number."""

    def __init__(self) -> None:
        self.keys: list[Key] = []  # until `Patterns` has taken them
        self.count = 0
        self._ids: dict[Key, int] = {}
        self._of_queries: dict[str, int] = {}  # plain terms of queries, nearly all there are

    def of_query(self, term: Term) -> int:
        """The number of a term of a query. A query names no language, so a term of ASCII letters is taken for English."""
        if term.mode != "plain" or term.wildcard:
            return self._number(term, english=False)
        known = self._of_queries.get(term.text)
        if known is None:
            key = _key(term, english=term.text.isascii())
            known = self._ids.get(key)
            if known is None:
                known = self._new(key)
            self._of_queries[term.text] = known
        return known

    def of_vocabulary(self, term: Term, language: str) -> int:
        """The number of a term of a vocabulary."""
        return self._number(term, english=language.partition("-")[0] == "en")

    def _number(self, term: Term, *, english: bool) -> int:
        key = _key(term, english=english)
        known = self._ids.get(key)
        if known is None:
            known = self._ids[key] = self._new(key)
        return known

    def _new(self, key: Key) -> int:
        self.keys.append(key)
        self.count += 1
        return self.count - 1


def _key(term: Term, *, english: bool) -> Key:
    """The plural counts for English."""
    last = term.text[-1:]
    plural = english and term.mode == "plain" and not term.wildcard and last.isascii() and last.isalpha()
    return Key(term.text, term.mode, term.wildcard, plural)


class Patterns:
    """The terms of a lexicon, `count` in number, as the automaton looks for them.

    `rows` has a number for each pattern. If the pattern has a single, simple check it is `term << 4 | bare << 3 | kind`, where `bare` says
    that the hit need not begin a word; otherwise it is -1, and the checks are in `checks`. `reach` is how far from a hyphen, in characters,
    a hit that contains it can begin or end.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """`empty` will hold the numbers of terms of which folding leaves nothing. Raises ValueError if there are too many characters."""
        keys, lexicon.keys = lexicon.keys, []
        self.count = len(keys)
        self.empty: set[int] = set()
        found: dict[str, list[tuple[int, int]]] = {}
        globs: dict[int, tuple[str, ...]] = {}
        for term, (key, pieces) in enumerate(zip(keys, _folded_pieces(keys), strict=True)):
            if not any(map(str.isalnum, "".join(form for forms in pieces for form in forms))):
                self.empty.add(term)
                continue
            for pattern, kind in _patterns(key, pieces):
                found.setdefault(pattern, []).append((term, kind))
                if kind == GLOB:
                    globs[term] = tuple(forms[0] for forms in pieces)
        self.alphabet = Alphabet([*found, *(piece for pieces in globs.values() for piece in pieces)])
        self.patterns = [self.alphabet.encode(pattern) for pattern in found]
        self.reach = max(map(len, found), default=0) + 4
        rest = {term: self._glob(pieces) for term, pieces in globs.items()}
        cased = {term: letters_as_written(key.text) for term, key in enumerate(keys) if key.mode == "case"}
        self.rows = array("i")
        self.checks: dict[int, tuple[Check, ...]] = {}
        for number, (pattern, row) in enumerate(found.items()):
            ((term, kind), *more) = row
            if more or term in rest or term in cased:
                self.rows.append(-1)
                self.checks[number] = tuple(Check(term, kind, rest.get(term), cased.get(term)) for term, kind in row)
            else:
                self.rows.append(term << 4 | (pattern[0] != " ") << 3 | kind)

    def terms_of(self, pattern: int) -> list[int]:
        """The terms that a pattern can be a hit of."""
        row = self.rows[pattern]
        return [row >> 4] if row >= 0 else [check.term for check in self.checks[pattern]]

    @cached_property
    def of_term(self) -> dict[int, list[int]]:
        """The patterns of each term."""
        numbers: dict[int, list[int]] = {}
        for number in range(len(self.patterns)):
            for term in self.terms_of(number):
                numbers.setdefault(term, []).append(number)
        return numbers

    def _glob(self, pieces: tuple[str, ...]) -> re.Pattern[bytes]:
        letter = self.alphabet.letter_pattern()
        # No word is so long; without a limit, a text without spaces would take more than linear time.
        signs = {"*": rb"[^ \x01]{0,64}", "?": letter}
        parts = [signs.get(piece) or re.escape(self.alphabet.encode(piece)) for piece in pieces]
        return re.compile(rb" " + b"".join(parts) + rb"(?=[ ]|'[a-z] )", re.DOTALL)


def letters_as_written(text: str) -> str:
    """The letters and digits of `text` in their case: what `case:` compares."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char)[0] in "LMN")


def _folded_pieces(keys: Sequence[Key]) -> list[list[tuple[str, ...]]]:
    """For each key its pieces: wildcard signs, and literal pieces, each with hyphens as spaces and, if it has any, also without hyphens."""
    split = [re.split(r"([*?])", key.text) if key.wildcard else [key.text] for key in keys]
    separator = chr(SEPARATOR)
    folded = fold(separator.join(piece for pieces in split for piece in pieces), zawgyi=False)
    hyphens = [*folded.hyphens.tolist(), len(folded.text)]
    forms: list[tuple[str, ...]] = []
    at = passed = 0
    for piece in folded.text.split(separator):
        first = passed
        end = at + len(piece)
        while hyphens[passed] < end:
            passed += 1
        if passed > first:
            inside = {place - at for place in hyphens[first:passed]}
            forms.append((piece, "".join(char for place, char in enumerate(piece) if place not in inside)))
        else:
            forms.append((piece,))
        at = end + 1
    result = []
    taken = iter(forms)
    for key, pieces in zip(keys, split, strict=True):
        row = [next(taken) for _ in pieces]
        if key.wildcard:
            row = [(sign,) if sign in ("*", "?") else form for sign, form in zip(pieces, row, strict=True)]
            row[0] = tuple(form.lstrip() for form in row[0])
            row[-1] = tuple(form.rstrip() for form in row[-1])
            row = [form for form in row if form != ("",)]
        else:
            row[0] = tuple(form.strip() for form in row[0])
        result.append(row)
    return result


def _patterns(key: Key, pieces: list[tuple[str, ...]]) -> list[tuple[str, int]]:
    """The patterns of a term, each with the kind of check."""
    if len(pieces) == 1:
        return list(dict.fromkeys(_pattern(form, key) for form in pieces[0]))
    if len(pieces) == 2 and pieces[1] == ("*",):
        return [(f" {form}", PREFIX) for form in pieces[0]]
    return [(f" {pieces[0][0]}", GLOB)]


def _pattern(form: str, key: Key) -> tuple[str, int]:
    flags = tables().flags
    spaced_start = not flags[ord(form[0])] & UNSPACED
    spaced_end = not flags[ord(form[-1])] & UNSPACED
    if key.mode == "substring":
        return form, CLUSTER
    start = " " if spaced_start else ""
    if spaced_end:
        return start + form, PLURAL if key.plural else WORD
    if spaced_start:
        return start + form, CLUSTER
    short = len(form) < (_LONG_ENOUGH_HAN if any("\u3400" <= char <= "\u9fff" for char in form) else _LONG_ENOUGH)
    return form, DICTIONARY if short or key.mode == "exact" else CLUSTER
