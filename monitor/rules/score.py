"""How well rules find what a person has labelled: precision, recall and F1 by rule and language, with every miss and false alarm.

A labelled article is a JSON object `{"id", "language", "country", "headline", "text", "labels": {rule: true | false}}`, `text` with a
line break between paragraphs. A label is named after a rule; a rule without a label in an article is not judged by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from monitor.rules.document import LEAD_PARAGRAPHS
from monitor.rules.match import Document, Match, Verdict

_SHORTEST_PARAGRAPH = 30  # characters; a sentence of news is longer, also in Chinese


class Matcher(Protocol):
    """Anything that matches a document, such as a `RuleSet`."""

    def held(self, document: Document) -> frozenset[str]: ...

    def match(self, document: Document) -> Verdict: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A document and, for some rules, whether they should match it."""

    id: str
    document: Document
    labels: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """An article on which a rule and the label differ. `match` is the receipt of a false alarm, None for a miss."""

    id: str
    language: str
    title: str
    match: Match | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over some articles; a ratio whose denominator is zero is None."""

    articles: int
    positives: int
    found: int
    false_alarms: int

    @property
    def precision(self) -> float | None:
        alarms = self.found + self.false_alarms
        return self.found / alarms if alarms else None

    @property
    def recall(self) -> float | None:
        return self.found / self.positives if self.positives else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where there was nothing to find and nothing was found."""
        total = self.positives + self.found + self.false_alarms
        return 2 * self.found / total if total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleScore:
    """One rule: over all articles that carry its label, and by language."""

    rule: str
    overall: Tally
    languages: Mapping[str, Tally]
    misses: tuple[Mistake, ...]
    false_alarms: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The scores of every rule that some article carries a label for, in the order of their names."""

    rules: tuple[RuleScore, ...]

    def to_json(self) -> dict[str, Any]:
        """`{"rules": [{"rule", "precision", "recall", "f1", "languages": [{"language", "articles", …}]}]}`; undefined is None."""
        return {"rules": [_rule_json(rule) for rule in self.rules]}


def read_labelled(row: Mapping[str, Any]) -> Labelled:
    """A labelled article as a document; raises KeyError for a missing key.

    Such texts are saved pages: before the first sentence stand dates, section names and the headline once more. These do not count as
    paragraphs of the lead.
    """
    headline = (row["headline"] or "").strip()
    paragraphs = [line for line in map(str.strip, row["text"].splitlines()) if line]
    prose = [index for index, line in enumerate(paragraphs) if len(line) >= _SHORTEST_PARAGRAPH and line != headline]
    last = prose[:LEAD_PARAGRAPHS][-1] if prose else LEAD_PARAGRAPHS - 1
    document = Document(
        title=headline,
        body="\n\n".join(paragraphs),
        lead_end=len("\n\n".join(paragraphs[: last + 1])),
        language=row["language"],
        country=row["country"],
    )
    return Labelled(id=row["id"], document=document, labels=row["labels"])


def score(matcher: Matcher, labelled: Iterable[Labelled]) -> Report:
    """Match every article and compare with its labels; a matched rule without a label in the article counts neither way."""
    counts: dict[str, dict[str, list[int]]] = {}
    misses: dict[str, list[Mistake]] = {}
    alarms: dict[str, list[Mistake]] = {}
    for article in labelled:
        held = matcher.held(article.document)
        alarmed = any(rule in held and not expected for rule, expected in article.labels.items())
        receipts = {match.rule: match for match in matcher.match(article.document).matches} if alarmed else {}
        language = article.document.language or "und"
        for rule, expected in article.labels.items():
            tally = counts.setdefault(rule, {}).setdefault(language, [0, 0, 0, 0])
            tally[0] += 1
            tally[1] += expected
            tally[2] += expected and rule in held
            tally[3] += not expected and rule in held
            if expected != (rule in held):
                match = None if expected else receipts[rule]
                mistake = Mistake(id=article.id, language=language, title=article.document.title, match=match)
                (misses if expected else alarms).setdefault(rule, []).append(mistake)
    return Report(
        rules=tuple(
            RuleScore(
                rule=rule,
                overall=_tally([sum(column) for column in zip(*languages.values(), strict=True)]),
                languages={language: _tally(row) for language, row in sorted(languages.items())},
                misses=tuple(misses.get(rule, ())),
                false_alarms=tuple(alarms.get(rule, ())),
            )
            for rule, languages in sorted(counts.items())
        )
    )


def _tally(row: list[int]) -> Tally:
    articles, positives, found, false_alarms = row
    return Tally(articles=articles, positives=positives, found=found, false_alarms=false_alarms)


def _rule_json(rule: RuleScore) -> dict[str, Any]:
    languages = [
        {"language": language, "articles": tally.articles, "positives": tally.positives, **_ratios(tally)}
        for language, tally in rule.languages.items()
    ]
    return {"rule": rule.rule, **_ratios(rule.overall), "languages": languages}


def _ratios(tally: Tally) -> dict[str, float | None]:
    return {"precision": tally.precision, "recall": tally.recall, "f1": tally.f1}
