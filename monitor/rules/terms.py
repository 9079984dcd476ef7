"""Terms -> patterns of the automaton, each with what has to be checked around a hit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.rules.alphabet import Alphabet
from monitor.rules.query import Mode, Term
from monitor.text.fold import fold
from monitor.text.tables import SEPARATOR, UNSPACED, tables

# What must follow a hit: a word boundary; one, or a plural ending before it; a cluster boundary; one, and the dictionary agrees; what the
# rest of a wildcard asks for; anything, up to the end of the word.
WORD, PLURAL, CLUSTER, DICTIONARY, GLOB, PREFIX = range(6)

_LONG_ENOUGH = (
    6  # characters from which on a term in a script without spaces is no part of longer words often enough to be believed
)
_LONG_ENOUGH_HAN = 2


class Key(NamedTuple):
    """A term as written, and whether its plural counts as well. Terms with one key are found in the same places."""

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


def key_of(term: Term, language: str | None = None) -> Key:
    """The key of a term of a vocabulary in `language`, or of a query (None).

    The plural counts for English; a query names no language, so there a term of ASCII letters is taken for English.
    """
    text = term.text
    english = text.isascii() if language is None else language.split("-")[0] == "en"
    plural = english and term.mode == "plain" and not term.wildcard and text[-1:].isascii() and text[-1:].isalpha()
    return Key(text, term.mode, term.wildcard, plural)


class Lexicon:
    """All terms of a rule set. Terms that are found in the same places have one id."""

    def __init__(self, keys: Iterable[Key]) -> None:
        """`empty` of the keys are those without a letter or digit, which get no id."""
        ordered = list(dict.fromkeys(keys))
        self.ids: dict[Key, int] = {}
        self.empty: list[Key] = []
        patterns: dict[str, list[tuple[int, int, str | None, tuple[str, ...]]]] = {}
        known: dict[tuple[object, ...], int] = {}
        for key, pieces in zip(ordered, _folded_pieces(ordered), strict=True):
            if not any(map(str.isalnum, "".join(form for forms in pieces for form in forms))):
                self.empty.append(key)
                continue
            cased = letters_as_written(key.text) if key.mode == "case" else None
            identity = (tuple(pieces), key.plural, key.mode, cased)
            if identity in known:
                self.ids[key] = known[identity]
                continue
            self.ids[key] = known[identity] = term = len(known)
            rest = tuple(forms[0] for forms in pieces)
            for pattern, kind in dict(_patterns(key, pieces)).items():
                patterns.setdefault(pattern, []).append((term, kind, cased, rest))
        self.count = len(known)
        self.alphabet = Alphabet(_all_text(patterns))
        self.patterns = [self.alphabet.encode(pattern) for pattern in patterns]
        self.checks = [
            tuple(Check(term, kind, self._glob(rest) if kind == GLOB else None, cased) for term, kind, cased, rest in row)
            for row in patterns.values()
        ]
        self.reach = max(map(len, patterns), default=0) + 4  # characters around a hyphen that a hit across it can take up

    def _glob(self, pieces: tuple[str, ...]) -> re.Pattern[bytes]:
        letter = self.alphabet.letter_pattern()
        # a word is not as long as this; the limit keeps a file without any spaces from costing more than its length
        signs = {"*": rb"[^ \x01]{0,64}", "?": letter}
        parts = [signs.get(piece) or re.escape(self.alphabet.encode(piece)) for piece in pieces]
        return re.compile(rb" " + b"".join(parts) + rb"(?=[ ]|'[a-z] )", re.DOTALL)


def letters_as_written(text: str) -> str:
    """The letters and digits of `text` in their case: what `case:` compares."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char)[0] in "LMN")


def _folded_pieces(keys: Sequence[Key]) -> list[list[tuple[str, ...]]]:
    """For each key its literal pieces and wildcard signs; a literal piece as (with hyphens as spaces, without hyphens)."""
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
        return [_pattern(form, key) for form in pieces[0]]
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


def _all_text(patterns: dict[str, list[tuple[int, int, str | None, tuple[str, ...]]]]) -> Iterable[str]:
    yield from patterns
    for row in patterns.values():
        for _, kind, _, pieces in row:
            if kind == GLOB:
                yield from pieces
