"""A draft of a rule, tried on the archive: what it would have alerted, and against the rule in force the stories gained and lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor.ports import StoredArticle, Transaction, Wanted
from monitor.rules.backtest import Difference, Judged, backtest
from monitor.rules.compile import RuleError, RuleErrors
from monitor.rules.document import document
from monitor.rules.match import Match
from monitor.rules.narrowing import narrow
from monitor.rules.parse import parse
from monitor.rules.rule import Rule, Vocabulary
from monitor.web.search import Budget, draft_rules

EXAMINED = 3000
"""Articles that a trial looks at. One that would have to look at more says so and looks at the newest."""
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a draft would have told. `shown` are the newest first articles of stories that it matches, with their receipts.

    `gained` and `lost` are stories against the rule in force of the same id, None for a rule that is new. `complete` is False where
    older articles of the time were not looked at any more.
    """

    stories: int
    articles: int
    per_day: Mapping[date, int]
    by_language: Mapping[str, int]
    shown: tuple[tuple[StoredArticle, Match], ...]
    gained: tuple[Difference, ...] | None
    lost: tuple[Difference, ...] | None
    examined: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """The draft cannot be read."""

    errors: tuple[RuleError, ...]


def score_of(lines: str) -> dict[str, int] | RuleError:
    """The score that someone typed: a number of points and a query on each line."""
    score: dict[str, int] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        points, _, query = line.partition(" ")
        try:
            score[query.strip()] = int(points)
        except ValueError:
            return RuleError(
                message="a line of the score is points and a query", rule="draft", query="score", found=line, write="3 police"
            )
        if not query.strip():
            return RuleError(
                message="a line of the score has no query", rule="draft", query="score", found=line, write=f"{points} police"
            )
    return score


def try_draft(
    tx: Transaction, draft: Rule, vocabularies: Sequence[Vocabulary], first_day: date, budget: Budget, *, against: str | None
) -> Trial | Bad:
    """Try `draft` on the articles since `first_day`, against what the rule `against` matched there."""
    try:
        rules = draft_rules([draft], vocabularies)
    except RuleErrors as errors:
        return Bad(errors=errors.errors)
    narrowing = narrow(parse(draft.when), rules.vocabularies)
    wanted = Wanted(first_day=first_day)
    found: dict[int, tuple[StoredArticle, Match | None]] = {}
    complete = True
    for stored in tx.articles.chosen(wanted, narrowing):
        match = next(iter(rules.match(document(stored.article, stored.source)).matches), None)
        if match is not None:
            found[stored.number] = stored, match
        if budget.spend():
            complete = False
            break
    matched = [(stored, match) for stored, match in found.values() if match is not None]
    if against is not None:
        _add_matched_before(tx, replace(wanted, rule=against), found)
    judged = [_judged(*found[number], against) for number in sorted(found)]
    result = backtest(judged, ["draft"])["draft"]
    first_of_story = {stored.story_id: (stored, match) for stored, match in sorted(matched, key=lambda each: -each[0].number)}
    return Trial(
        stories=result.alerts,
        articles=len(matched),
        per_day=result.by_day,
        by_language=Counter(result.by_language),
        shown=tuple(sorted(first_of_story.values(), key=lambda each: -each[0].number)[:SHOWN]),
        gained=None if against is None else tuple(result.gained),
        lost=None if against is None or not complete else tuple(result.lost),
        examined=budget.examined,
        complete=complete,
    )


def _add_matched_before(tx: Transaction, wanted: Wanted, found: dict[int, tuple[StoredArticle, Match | None]]) -> None:
    for number, stored in enumerate(tx.articles.chosen(wanted)):
        if number == EXAMINED:
            return
        found.setdefault(stored.number, (stored, None))


def _judged(stored: StoredArticle, match: Match | None, against: str | None) -> Judged:
    return Judged(
        story=stored.story_id,
        day=(stored.article.published_at or stored.read_at).date(),
        source=stored.source_id,
        language=stored.article.language,
        headline=stored.article.headline or stored.article.paragraphs[0][:80],
        before=frozenset({"draft"} if any(each.rule == against for each in stored.matches) else ()),
        after=frozenset({"draft"} if match is not None else ()),
    )
