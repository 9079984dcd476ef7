"""What of all terms was found in one document: places, and how far they lie apart."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Protocol

import numpy as np

from monitor.rules.alphabet import EXTENDS, HOLDS, UNSPACED_LETTER, places_of_bytes, to_bytes
from monitor.rules.automaton import Automaton
from monitor.rules.match import Document, Field
from monitor.rules.query import Scope
from monitor.rules.terms import CLUSTER, DICTIONARY, GLOB, PLURAL, PREFIX, Check, Patterns, letters_as_written
from monitor.rules.windows import with_joined_windows
from monitor.rules.words import count_words, is_word
from monitor.text.fold import Folded, fold
from monitor.text.tables import SEPARATOR, SPACE

_SEPARATOR = chr(SEPARATOR)
_LONGEST_WORD = 25  # bytes; only saves looking at pairs that lie much too far apart


# One hit: start and end in the folded text as bytes, and the term. A bare tuple, for there are many.
Place = tuple[int, int, int]


class Evidence(Protocol):
    """What can say where it was found."""

    def places(self, found: Found) -> list[Place]: ...


class Finder:
    """Documents in, `Found` out."""

    def __init__(self, patterns: Patterns, *, addresses: bool) -> None:
        """`addresses`: whether any rule asks for `url:` or `source:`; if none does they are not read."""
        self.patterns = patterns
        self.rows = patterns.rows
        self.table = patterns.alphabet.table
        self.bits = patterns.alphabet.bits
        self.unspaced = bytes(byte for byte in range(256) if self.bits[byte] & UNSPACED_LETTER)
        self.reach = patterns.reach
        self.scan = Automaton(patterns.patterns).scan
        self.addresses = addresses

    def find(self, document: Document) -> Found:
        """All terms in the document. Linear in its length and the number of hits."""
        title, body = _plain(document.title), _plain(document.body)
        text = f" {title} {_SEPARATOR} {body} "
        if self.addresses:
            text += f"{_SEPARATOR} {_plain(document.url)} {_SEPARATOR} {_plain(document.source)} "
        return Found(self, document, fold(text, self.table))


def _plain(text: str) -> str:
    return text.replace(_SEPARATOR, " ") if _SEPARATOR in text else text


class Found:
    """The hits of one document: `text` those in title and body, `elsewhere` those in url and source, by term; `present` are the terms
    in title and body."""

    def __init__(self, finder: Finder, document: Document, folded: Folded) -> None:
        self.document = document
        self.text: dict[int, list[Place]] = {}
        self.elsewhere: dict[int, list[Place]] = {}
        self._finder = finder
        self._folded = folded
        self._original: dict[tuple[int, int], tuple[Field, int, int]] = {}
        self._scopes: dict[str, set[int]] = {}
        self._words: dict[tuple[int, int], int] = {}
        codes, self._windows = folded.codes, None
        if len(folded.hyphens):
            codes, self._windows = with_joined_windows(folded, finder.reach)
        self.bytes = to_bytes(codes)
        self._codes = codes
        self._title_end = self.bytes.index(SEPARATOR)
        self._windows_begin = len(self.bytes) if self._windows is None else self._byte_at(self._windows.begins)
        self._body_end = self.bytes.index(SEPARATOR, self._title_end + 1) if finder.addresses else self._windows_begin
        self._collect()
        self.present = set(self.text)

    # -- what is there ------------------------------------------------------------------------------------------------------------

    def _collect(self) -> None:
        text, found, body_end, rows = self.bytes, self.text, self._body_end, self._finder.rows
        for pattern, start, end in self._finder.scan(text):
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
            elif self._finder.bits[text[start - 1]] & HOLDS or not (end := self._end(kind, start, end)):
                continue
            term = row >> 4
            if term in found:
                found[term].append((start, end, term))
            else:
                found[term] = [(start, end, term)]

    def _collect_checked(self, pattern: int, start: int, end: int) -> None:
        """A hit of which more has to be asked, or one behind title and body: in the addresses, or in a window, from where it is taken back
        to the text."""
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
            if first >= self._windows_begin:
                back = self._from_window(first, stop)
                if back is None:
                    continue
                first, stop = back
            found = self.text if stop <= self._body_end else self.elsewhere
            places = found.setdefault(check.term, [])
            place = (first, stop, check.term)
            if end <= self._windows_begin or place not in places[-8:]:
                places.append(place)

    def _from_window(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in the text a hit in a window stands; None if it does not cover the hyphen and has been found there already."""
        windows = self._windows
        assert windows is not None
        first, last = self._index(start), self._index(end - 1)
        row = bisect_right(windows.starts, first) - 1
        if not first < windows.joints[row] <= last:
            return None
        begin = windows.origin.item(first - windows.begins)
        finish = windows.origin.item(last - windows.begins)
        return self._byte_at(begin), self._byte_at(finish + 1)

    @cached_property
    def _index_of(self) -> np.ndarray | None:
        """For each byte the index of its code; None where that is its own place."""
        return None if len(self._codes) == len(self.bytes) else places_of_bytes(self._codes)

    def _index(self, byte: int) -> int:
        return byte if self._index_of is None else self._index_of.item(byte)

    def _byte_at(self, index: int) -> int:
        if self._index_of is None:
            return index
        return int(np.searchsorted(self._index_of, index))

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
            end = text.find(SPACE, end)
            if end < 0:  # the last window ends within this word; the text itself has it whole
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
        if start >= self._windows_begin:
            back = self._from_window(start, end)
            if back is None:
                return False
            start, end = back
        field, first, last = self.original(start, end)
        return letters_as_written(getattr(self.document, field)[first:last]) == cased

    def _is_word(self, start: int, end: int) -> bool:
        text, unspaced = self.bytes, self._finder.unspaced
        left = start
        while left > max(0, start - 80) and text[left - 1] in unspaced:
            left -= 1
        right = end
        while right < min(len(text), end + 80) and text[right] in unspaced:
            right += 1
        return is_word(self._canonical(left, start), self._canonical(start, end), self._canonical(end, right))

    def _canonical(self, start: int, end: int) -> str:
        """The piece of text as Unicode would have it."""
        if start >= end:
            return ""
        folded = self._folded
        first, last = self._index(start), self._index(end - 1)
        if self._windows is not None and first >= self._windows.begins:
            places = self._windows.origin[first - self._windows.begins : last + 1 - self._windows.begins]
        else:
            places = np.arange(first, last + 1)
        places = folded.canonical_offsets[places]
        source = folded.canonical
        if source is None:
            return "".join(folded.original[int(place)] for place in places)
        text: str = source[places].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        return text

    def inside_words(self, terms: frozenset[int], most: int = 3) -> list[str]:
        """Words of the document in which one of the terms stands without being a hit: what an analyst may have meant."""
        words: list[str] = []
        patterns = self._finder.patterns
        for number, pattern in enumerate(patterns.patterns):
            if not terms.isdisjoint(patterns.terms_of(number)):
                piece = pattern.strip(b" ")
                start = self.bytes.find(piece, 0, self._windows_begin)
                if start >= 0:
                    word = self._around(start, start + len(piece))
                    if word not in words:
                        words.append(word)
                    if len(words) == most:
                        break
        return words

    def _around(self, start: int, end: int) -> str:
        """The word around a place; in scripts without spaces some characters around it."""
        text, unspaced = self.bytes, self._finder.unspaced
        reach = 12 if text[start] in unspaced else 60
        left = max(text.rfind(b" ", 0, start + 1) + 1, start - reach)
        right = text.find(b" ", end)
        field, first, last = self.original(left, min(right, end + reach))
        whole: str = getattr(self.document, field)
        return whole[first:last]

    # -- where it is --------------------------------------------------------------------------------------------------------------

    def field(self, start: int) -> Field:
        if start < self._title_end:
            return "title"
        if start < self._body_end:
            return "body"
        return "url" if start < self.bytes.index(SEPARATOR, self._body_end + 1) else "source"

    def original(self, start: int, end: int) -> tuple[Field, int, int]:
        """Field and code point offsets of a hit in the original text."""
        known = self._original.get((start, end))
        if known is None:
            first, last = self._folded.to_original(self._index(start), self._index(end - 1) + 1)
            field = self.field(start)
            document = self.document
            if field == "title":
                shift = 1
            else:
                shift = len(document.title) + 4
                if field != "body":
                    shift += len(document.body) + 3
                    if field == "source":
                        shift += len(document.url) + 3
            known = self._original[start, end] = (field, first - shift, last - shift)
        return known

    def spans(self, clause: Evidence) -> list[tuple[Field, int, int]]:
        """The hits of a clause in the original text: a receipt without the names."""
        known = self._original
        return [known.get((start, end)) or self.original(start, end) for start, end, _ in clause.places(self)]

    def within(self, scope: Scope) -> set[int]:
        """The terms that have a hit in `scope`."""
        known = self._scopes.get(scope)
        if known is None:
            if scope == "title" and self._windows is None:  # hits come in the order of the text, so the first of a term tells
                title_end = self._title_end
                known = {term for term, places in self.text.items() if places[0][0] < title_end}
            else:
                source = self.elsewhere if scope in ("url", "source") else self.text
                known = {term for term, places in source.items() if any(self._is_in(scope, place) for place in places)}
            self._scopes[scope] = known
        return known

    def places(self, terms: frozenset[int], scope: Scope | None) -> list[Place]:
        """The hits of `terms` in `scope`, in no order."""
        found = self.elsewhere if scope in ("url", "source") else self.text
        present = found.keys() if found is self.elsewhere else self.present
        hits = [place for term in terms.intersection(present) for place in found[term]]
        return hits if scope is None else [place for place in hits if self._is_in(scope, place)]

    def _is_in(self, scope: Scope, place: Place) -> bool:
        if scope == "lead":
            if place[0] < self._title_end:
                return True
            field, _, end = self.original(place[0], place[1])
            return field == "body" and end <= self.document.lead_end
        return self.field(place[0]) == scope

    # -- how far ------------------------------------------------------------------------------------------------------------------

    def words_between(self, end: int, start: int, limit: int) -> int:
        """Words between a hit that ends at `end` and one that starts at `start`; some number above `limit` if there are more than that."""
        spaces = self.bytes.count(SPACE, end, start)
        if not self._folded.unspaced or start == end:
            return max(spaces - 1, 0)
        if start - end <= limit:  # no word is shorter than a character
            return self._counted(end, start)
        if start - end > _LONGEST_WORD * (limit + 1):
            return limit + 1
        return self._counted(end, start)

    def _counted(self, end: int, start: int) -> int:
        known = self._words.get((end, start))
        if known is None:
            piece = self.bytes[end:start]
            if len(piece.translate(None, self._finder.unspaced)) == len(piece):
                known = max(piece.count(SPACE) - 1, 0)
            else:
                known = count_words(self._canonical(end, start))
            self._words[end, start] = known
        return known
