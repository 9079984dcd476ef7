"""What a rule would have raised: alerts by day, source and language, and the stories that a change of rules gains and loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One article under two sets of rules: the rules that matched it `before` and `after` the change."""

    story: str
    day: date
    source: str
    language: str | None
    headline: str
    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A story that one of the two sets of rules alerts and the other does not, by its first article."""

    story: str
    day: date
    source: str
    headline: str


@dataclass(slots=True, kw_only=True)
class RuleBacktest:
    """One rule over all articles: its alerts (first matches in a story) after the change, and the stories it gained and lost by it."""

    rule: str
    by_day: Counter[date] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)
    by_language: Counter[str] = field(default_factory=Counter)
    gained: list[Difference] = field(default_factory=list)
    lost: list[Difference] = field(default_factory=list)

    @property
    def alerts(self) -> int:
        return sum(self.by_day.values())


def backtest(judged: Iterable[Judged], rules: Iterable[str]) -> Mapping[str, RuleBacktest]:
    """The backtest of each of `rules` over articles that come in the order in which they were read."""
    results = {rule: RuleBacktest(rule=rule) for rule in rules}
    before: dict[tuple[str, str], Difference] = {}
    after: dict[tuple[str, str], Difference] = {}
    for article in judged:
        told = Difference(story=article.story, day=article.day, source=article.source, headline=article.headline)
        for rule in article.before & results.keys():
            before.setdefault((rule, article.story), told)
        for rule in article.after & results.keys():
            if (rule, article.story) not in after:
                after[rule, article.story] = told
                results[rule].by_day[article.day] += 1
                results[rule].by_source[article.source] += 1
                results[rule].by_language[article.language or "unknown"] += 1
    for (rule, story), told in after.items():
        if (rule, story) not in before:
            results[rule].gained.append(told)
    for (rule, story), told in before.items():
        if (rule, story) not in after:
            results[rule].lost.append(told)
    return results
