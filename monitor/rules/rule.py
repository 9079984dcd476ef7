"""Rule and Vocabulary: what an analyst writes, still as text. `compile_rules` makes a matcher of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitor.rules.query import named

Severity = Literal["low", "normal", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """A concept and its terms by language (BCP 47). `name` is `group/concept` or a bare `concept`."""

    name: str
    title: str
    terms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to look for and whom to tell. `when`, `unless` and the keys of `score` are queries (docs/rules.md)."""

    id: str
    title: str
    when: str
    unless: str | None = None
    score: Mapping[str, int] = field(default_factory=dict)
    threshold: int | None = None
    severity: Severity = "normal"
    alert: tuple[str, ...] = ()

    def queries(self) -> Iterator[tuple[str, str]]:
        """Each of its queries: what it is called (`when`, `unless`, one of `score` by its own text), and its text."""
        yield "when", self.when
        if self.unless is not None:
            yield "unless", self.unless
        yield from zip(self.score, self.score, strict=True)


def terms_named(pattern: str, vocabularies: Mapping[str, Vocabulary]) -> Iterable[str]:
    """The terms of the vocabularies that `@pattern` stands for, in all languages, each once."""
    chosen = (vocabularies[name] for name in named(pattern, vocabularies))
    return dict.fromkeys(text for each in chosen for terms in each.terms.values() for text in terms)
