"""The nouns of matching: a Document goes in, a Verdict comes out, with a Match, the receipt, for each rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Field = Literal["title", "dateline", "body", "url", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What rules are matched against. `lead_end` is the code point offset in `body` where the lead ends, after the second paragraph.

    `dateline` is the place that stood before the body; it counts as the beginning of the body and of the lead.
    """

    title: str
    body: str
    lead_end: int = 0
    url: str = ""
    source: str = ""
    language: str | None = None
    country: str | None = None
    dateline: str = ""

    def text(self, field: Field) -> str:
        """The text that the offsets of a hit in `field` count in."""
        text: str = getattr(self, field)
        return text


class Label(NamedTuple):
    """What a receipt calls a term: its text, and the vocabulary and language in which it is written."""

    term: str
    vocabulary: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One occurrence of a term. `start` and `end` are code point offsets in the ORIGINAL text of `field`, `end` exclusive."""

    term: str
    field: Field
    start: int
    end: int
    vocabulary: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A receipt: which rule in which version held, by which clauses, on which words, with how many points.

    `rule_version` is a digest of the rule and of the vocabularies it uses; `clauses` are the parts of the query that held, as text.
    """

    rule: str
    rule_version: str
    clauses: tuple[str, ...]
    hits: tuple[Hit, ...]
    points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All receipts for one document, and its facets: the names of all vocabularies that occur in it."""

    matches: tuple[Match, ...] = ()
    facets: tuple[str, ...] = ()
