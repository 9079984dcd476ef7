"""Which terms were found in one document, at which places, and how far apart these are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

import numpy as np

from monitor.rules.alphabet import EXTENDS, HOLDS, UNSPACED_LETTER, places_of_bytes, to_bytes
from monitor.rules.automaton import automaton
from monitor.rules.groups import Groups
from monitor.rules.match import Document, Field, Hit, Label
from monitor.rules.query import Scope
from monitor.rules.terms import CLUSTER, DICTIONARY, GLOB, PLURAL, PREFIX, Check, Patterns, letters_as_written
from monitor.rules.windows import Windows
from monitor.rules.words import Words
from monitor.text.fold import Folded, fold
from monitor.text.tables import SEPARATOR, SPACE

_SEPARATOR = chr(SEPARATOR)
_LONGEST_WORD = 25  # bytes; saves counting the words between places that are much too far apart
_MOST_INSIDE = 3


# One hit: start and end in the folded text as bytes, and the term. A bare tuple, for there are many.
Place = tuple[int, int, int]


class Evidence(Protocol):
    """Something that knows at which places it was found."""

    def places(self, found: Found) -> list[Place]: ...


class Finder:
    """Documents in, `Found` out."""

    def __init__(self, patterns: Patterns, sets: Mapping[Scope | None, Groups], *, addresses: bool) -> None:
        """`sets`: by scope, for each term the numbers of the sets of terms that it belongs to. `addresses`: whether any rule asks for
        `url:` or `source:`; if none does, these fields are not read."""
        self.patterns = patterns
        self.sets = sets
        self.rows = patterns.rows
        self.table = patterns.alphabet.table
        self.bits = patterns.alphabet.bits
        self.unspaced = bytes(byte for byte in range(256) if self.bits[byte] & UNSPACED_LETTER)
        self.reach = patterns.reach
        self.scan = automaton(patterns.patterns)
        self.addresses = addresses

    def find(self, document: Document) -> Found:
        """All terms in the document. Linear in its length and the number of hits."""
        text = f" {_plain(document.title)} {_SEPARATOR} "
        begins: dict[Field, int] = {"title": 1}
        if document.dateline:
            begins["dateline"] = len(text)
            text += f"{_plain(document.dateline)} {_SEPARATOR} "
        begins["body"] = len(text)
        text += f"{_plain(document.body)} "
        if self.addresses:
            begins["url"] = len(text) + 2
            text += f"{_SEPARATOR} {_plain(document.url)} {_SEPARATOR} "
            begins["source"] = len(text)
            text += f"{_plain(document.source)} "
        return Found(self, document, fold(text, self.table), begins)


def _plain(text: str) -> str:
    return text.replace(_SEPARATOR, " ") if _SEPARATOR in text else text


class Found:
    """The hits in one document by term: `text` in title, dateline and body, `elsewhere` in url and source. `sets` holds the numbered sets
    of terms that occurred, with the places of their terms. In `answers` and `scored`, clauses and rules remember what they have found out
    about the document.
    """

    def __init__(self, finder: Finder, document: Document, folded: Folded, begins: Mapping[Field, int]) -> None:
        """`begins`: where each field begins in the text that was folded."""
        self.document = document
        self.text: dict[int, list[Place]] = {}
        self.elsewhere: dict[int, list[Place]] = {}
        self._hits: dict[Scope, dict[int, list[Place]]] = {}
        self.answers: dict[object, bool] = {}
        self.scored: dict[str, tuple[bool, ...]] = {}
        self._finder = finder
        self._folded = folded
        self._begins = begins
        self._original: dict[tuple[int, int], tuple[Field, int, int]] = {}
        self.bytes = to_bytes(folded.codes)
        self._wide = len(self.bytes) != len(folded.codes)
        self._title_end = self._body_begin = self.bytes.index(SEPARATOR)
        if document.dateline:
            self._body_begin = self.bytes.index(SEPARATOR, self._title_end + 1)
        self._text_end = self._body_end = len(self.bytes)
        if finder.addresses:
            self._body_end = self.bytes.index(SEPARATOR, self._body_begin + 1)
        self._windows = None
        if len(folded.hyphens):
            hyphens = np.searchsorted(self._index_of, folded.hyphens) if self._wide else folded.hyphens
            self._windows = Windows(self.bytes, hyphens.tolist(), finder.reach)
            self.bytes = self._windows.text()
        self._collect()
        self.sets = self._sets()

    # -- what is there ------------------------------------------------------------------------------------------------------------

    def _collect(self) -> None:
        text, found, body_end = self.bytes, self.text, self._body_end
        rows, bits = self._finder.rows, self._finder.bits
        for start, end, pattern in self._finder.scan(text):
            row = rows[pattern]
            if row < 0 or end >= body_end:
                self._collect_checked(pattern, start, end)
                continue
            kind = row & 7
            if not row & 8:
                start += 1
                if text[end] != SPACE or kind > PLURAL:
                    end = self._end(kind, start, end)
                    if not end:
                        continue
            elif bits[text[start - 1]] & HOLDS:
                continue
            elif kind == CLUSTER:
                if bits[text[end]] & EXTENDS:
                    continue
            else:
                end = self._end(kind, start, end)
                if not end:
                    continue
            term = row >> 4
            if term in found:
                found[term].append((start, end, term))
            else:
                found[term] = [(start, end, term)]

    def _collect_checked(self, pattern: int, start: int, end: int) -> None:
        """Take a hit that has to pass more checks, or one after title and body: in the addresses, or in a window, where it stands for a
        place in the text."""
        finder = self._finder
        row = finder.rows[pattern]
        checks = finder.patterns.checks[pattern] if row < 0 else (Check(row >> 4, row & 7),)
        if self.bytes[start] == SPACE:
            start += 1
        elif finder.bits[self.bytes[start - 1]] & HOLDS:
            return
        for check in checks:
            stop = self._end(check.kind, start, end, check)
            if not stop:
                continue
            first = start
            if self._windows is not None and first >= self._text_end:
                back = self._windows.origin(first, stop)
                if back is None:
                    continue
                first, stop = back
            found = self.text if stop <= self._body_end else self.elsewhere
            places = found.setdefault(check.term, [])
            place = (first, stop, check.term)
            if end <= self._text_end or place not in places[-8:]:
                places.append(place)

    def _sets(self) -> dict[int, list[list[Place]]]:
        occurred: dict[int, list[list[Place]]] = {}
        for scope, sets in self._finder.sets.items():
            starts, numbers = sets.starts, sets.numbers
            for term, places in self.hits(scope).items():
                for number in numbers[starts[term] : starts[term + 1]]:
                    if number in occurred:
                        occurred[number].append(places)
                    else:
                        occurred[number] = [places]
        return occurred

    def hits(self, scope: Scope | None) -> dict[int, list[Place]]:
        """The hits in `scope`, by term."""
        if scope is None:
            return self.text
        known = self._hits.get(scope)
        if known is None:
            known = self._hits[scope] = self._inside(scope)
        return known

    def _inside(self, scope: Scope) -> dict[int, list[Place]]:
        low, high = self._range(scope)
        inside: dict[int, list[Place]] = {}
        for term, places in (self.elsewhere if scope in ("url", "source") else self.text).items():
            if scope == "title" and self._windows is None and places[0][1] > high:
                break  # hits and terms come in the order of the text, so there are no more
            within = [place for place in places if low <= place[0] and place[1] <= high]
            if within:
                inside[term] = within
        return inside

    @cached_property
    def _index_of(self) -> np.ndarray:
        """For each byte of the text the index of its code."""
        return places_of_bytes(self._folded.codes)

    def _index(self, byte: int) -> int:
        return self._index_of.item(byte) if self._wide else byte

    def _byte_at(self, index: int) -> int:
        return int(np.searchsorted(self._index_of, index)) if self._wide else index

    def _end(self, kind: int, start: int, end: int, check: Check | None = None) -> int:
        """Where a hit of a pattern that passes the check ends; 0 if it does not pass."""
        text = self.bytes
        if kind <= PLURAL:
            if text[end] != SPACE:
                tail = text[end : end + 3]
                if kind == PLURAL and tail[:2] == b"s ":
                    end += 1
                elif kind == PLURAL and tail == b"es ":
                    end += 2
                elif tail[:1] != b"'" or tail[2:] != b" ":
                    return 0
        elif kind in (CLUSTER, DICTIONARY):
            if self._finder.bits[text[end]] & EXTENDS:
                return 0
            if kind == DICTIONARY and not self._is_word(start, end):
                return 0
        elif kind == PREFIX:
            end = text.find(SPACE, end - 1)  # end - 1: the sign before the * may have become a space, as in `U.S.*`
            if end < 0:  # the last window ends within this word; in the text itself it is whole
                return 0
        elif kind == GLOB:
            assert check is not None
            assert check.rest is not None
            whole = check.rest.match(text, start - 1)
            if whole is None:
                return 0
            end = whole.end()
        if check is not None and check.cased is not None and not self._as_written(check.cased, start, end):
            return 0
        return end

    def _as_written(self, cased: str, start: int, end: int) -> bool:
        place = self._in_text(start, end)
        if place is None:
            return False
        field, first, last = self.original(*place)
        return letters_as_written(self.document.text(field)[first:last]) == cased

    def _is_word(self, start: int, end: int) -> bool:
        place = self._in_text(start, end)
        return place is not None and self._words.is_word(self._canonical(place[0]), self._canonical(place[1] - 1) + 1)

    def _in_text(self, start: int, end: int) -> tuple[int, int] | None:
        """A hit in a window as one in the text."""
        return (start, end) if self._windows is None or start < self._text_end else self._windows.origin(start, end)

    @cached_property
    def _words(self) -> Words:
        canonical = self._folded.canonical
        return Words(np.zeros(0, np.intp) if canonical is None else canonical)

    def _canonical(self, byte: int) -> int:
        """The place in `Folded.canonical` of the character that this byte of the text belongs to."""
        return self._folded.canonical_offsets.item(self._index(byte))

    def inside_words(self, terms: frozenset[int]) -> list[str]:
        """Up to three words of the document that contain one of the terms without being a hit of it: what an analyst may have meant."""
        words: list[str] = []
        patterns = self._finder.patterns
        for number in sorted({number for term in terms for number in patterns.of_term.get(term, ())}):
            piece = patterns.patterns[number].strip(b" ")
            start = self.bytes.find(piece, 0, self._text_end)
            if start >= 0:
                word = self._around(start, start + len(piece))
                if word not in words:
                    words.append(word)
                if len(words) == _MOST_INSIDE:
                    break
        return words

    def _around(self, start: int, end: int) -> str:
        """The word around a place; in scripts without spaces some characters around it."""
        text, unspaced = self.bytes, self._finder.unspaced
        reach = 12 if text[start] in unspaced else 60
        left = max(text.rfind(b" ", 0, start + 1) + 1, start - reach)
        right = text.find(b" ", end)
        field, first, last = self.original(left, min(right, end + reach))
        return self.document.text(field)[first:last]

    # -- where it is --------------------------------------------------------------------------------------------------------------

    def field(self, start: int) -> Field:
        if start < self._title_end:
            return "title"
        if start < self._body_begin:
            return "dateline"
        if start < self._body_end:
            return "body"
        return "url" if start < self.bytes.index(SEPARATOR, self._body_end + 1) else "source"

    def original(self, start: int, end: int) -> tuple[Field, int, int]:
        """Field and code point offsets of a hit in the original text."""
        known = self._original.get((start, end))
        if known is None:
            if self._wide:
                first, last = self._folded.to_original(self._index(start), self._index(end - 1) + 1)
            else:
                first, last = self._folded.to_original(start, end)
            field = self.field(start)
            shift = self._begins[field]
            known = self._original[start, end] = (field, first - shift, last - shift)
        return known

    def hit(self, start: int, end: int, label: Label) -> Hit:
        """A place where a term was found, as a receipt tells of it."""
        field, first, last = self.original(start, end)
        return Hit(term=label.term, field=field, start=first, end=last, vocabulary=label.vocabulary, language=label.language)

    def spans(self, clause: Evidence) -> list[tuple[Field, int, int]]:
        """The hits of a clause in the original text: a receipt without labels."""
        known = self._original
        return [known.get((start, end)) or self.original(start, end) for start, end, _ in clause.places(self)]

    def _range(self, scope: Scope) -> tuple[int, int]:
        """Where the bytes of `scope` begin and end."""
        if scope == "title":
            return 0, self._title_end
        if scope == "lead":
            return 0, self._lead_end
        if scope == "body":
            return self._title_end, self._body_end
        middle = self.bytes.index(SEPARATOR, self._body_end + 1)
        return (self._body_end, middle) if scope == "url" else (middle, self._text_end)

    @cached_property
    def _lead_end(self) -> int:
        limit = self.document.lead_end + self._begins["body"]
        first, last = self._index(self._body_begin) + 1, self._index(self._body_end - 1) + 1
        back = self._folded.to_original
        return self._byte_at(bisect_right(range(first, last), limit, key=lambda index: back(index, index + 1)[1]) + first)

    # -- how far ------------------------------------------------------------------------------------------------------------------

    def together(self, first: int, second: int) -> bool:
        """Whether two places are in one field, the dateline being the beginning of the body."""
        return self._part(first) == self._part(second)

    def _part(self, start: int) -> Field:
        field = self.field(start)
        return "body" if field == "dateline" else field

    def near(self, end: int, start: int, limit: int) -> bool:
        """Whether at most `limit` words stand between a hit that ends at `end` and one that starts at `start`."""
        if not self._folded.unspaced:
            return self.words_between(end, start, limit) <= limit
        if start - end <= limit:  # no word is shorter than a character
            return True
        if start - end > _LONGEST_WORD * (limit + 1) or self.bytes.count(SPACE, end, start) > limit + 3:
            return False
        return self.words_between(end, start, limit) <= limit

    def words_between(self, end: int, start: int, limit: int) -> int:
        """Words between a hit that ends at `end` and one that starts at `start`; some number above `limit` if there are more than that."""
        if not self._folded.unspaced:
            crossed = end <= self._body_begin < start and self._body_begin > self._title_end
            return max(self.bytes.count(SPACE, end, start) - 1 - crossed, 0)
        if start <= end:
            return 0
        return self._words.between(self._canonical(end - 1) + 1, self._canonical(start), limit)
