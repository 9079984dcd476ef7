"""Rule and Vocabulary: what an analyst writes, as text. `compile_rules` makes a matcher of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
