"""The rules in force, what they did, and a scratch pad that tries a draft on the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from starlette.responses import Response

from monitor.alerts.feedback import Precision, by_rule, by_term
from monitor.ports import Wanted
from monitor.rules.compile import RuleError
from monitor.rules.rule import Rule
from monitor.web.behind import behind
from monitor.web.charts import bars, chart, sparkline
from monitor.web.complaint import complaint_of
from monitor.web.passages import shown
from monitor.web.safety.entrance import person
from monitor.web.search import Budget
from monitor.web.templating import page
from monitor.web.trial import EXAMINED, Bad, score_of, try_draft

router = APIRouter(include_in_schema=False, dependencies=[Depends(person)])

DAYS = 30
_NOISE_TERMS = 5
_SPANS = (7, 30, 90, 365)
Text = Annotated[str, Query(max_length=20_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A rule as the page shows it: `matched` articles and their rhythm in the last DAYS days, all `alerts`, and its precision."""

    rule: Rule
    matched: int
    rhythm: Markup
    alerts: int
    precision: Precision | None
    noise: tuple[Precision, ...]


@router.get("/rules")
def rules(request: Request) -> Response:
    """All rules."""
    here = behind(request)
    today = here.clock.now().date()
    first = today - timedelta(days=DAYS - 1)
    with here.store.reading() as tx:
        per_day = {rule.id: tx.articles.per_day(Wanted(rule=rule.id, first_day=first)) for rule in here.settings.rules}
        raised, judged = tx.alerts.of_rules(), tx.feedback.all()
    precision = {each.name: each for each in by_rule(judged)}
    rows = []
    for rule in here.settings.rules:
        terms = by_term((feedback, notice) for feedback, notice in judged if notice.rule_id == rule.id)
        matched = sum(per_day[rule.id].values())
        rows.append(
            Row(
                rule=rule,
                matched=matched,
                rhythm=sparkline(
                    f"Articles a day that {rule.title} matched, {matched} in all", bars(per_day[rule.id], first, today)
                ),
                alerts=raised.get(rule.id, 0),
                precision=precision.get(rule.id),
                noise=tuple(each for each in terms if each.noise > each.relevant)[:_NOISE_TERMS],
            )
        )
    return page(request, "rules.html", rows=rows, days=DAYS, vocabularies=here.settings.vocabularies)


@router.get("/rules/try")
def draft(
    request: Request,
    rule: Annotated[str, Query(max_length=200)] = "",
    when: Text | None = None,
    unless: Text = "",
    score: Text = "",
    threshold: Annotated[str, Query(max_length=10)] = "",
    days: int = DAYS,
    part: bool = False,
) -> Response:
    """The scratch pad. With `part` only what came of the draft, for the script that asks while someone types."""
    here = behind(request)
    in_force = next((each for each in here.settings.rules if each.id == rule), None)
    if when is None and in_force is not None:
        typed = _typed(in_force)
    else:
        typed = {"when": when or "", "unless": unless, "score": score, "threshold": threshold}
    days = days if days in _SPANS else DAYS
    result = _tried(request, typed, days, in_force.id if in_force else None) if typed["when"].strip() else {}
    words: dict[str, Any] = {"typed": typed, "rule": in_force, "days": days, "spans": _SPANS, **_EMPTY, **result}
    return page(request, "trial.html" if part else "try.html", rules=here.settings.rules, **words)


_EMPTY: dict[str, Any] = {"complaints": [], "trial": None, "chart": None, "found": []}


def _typed(rule: Rule) -> dict[str, str]:
    return {
        "when": rule.when,
        "unless": rule.unless or "",
        "score": "\n".join(f"{points} {' '.join(query.split())}" for query, points in rule.score.items()),
        "threshold": str(rule.threshold or ""),
    }


def _tried(request: Request, typed: dict[str, str], days: int, against: str | None) -> dict[str, Any]:
    here = behind(request)
    score = score_of(typed["score"])
    threshold = typed["threshold"].strip()
    if isinstance(score, RuleError):
        return {"complaints": [complaint_of(score, score.found or "")]}
    if threshold and not threshold.isdecimal():
        return {"complaints": [f"{threshold} is not a number of points."]}
    rule = Rule(
        id="draft",
        title="Draft",
        when=typed["when"],
        unless=typed["unless"].strip() or None,
        score=score,
        threshold=int(threshold) if threshold else None,
    )
    today = here.clock.now().date()
    first = today - timedelta(days=days - 1)
    with here.store.reading() as tx:
        trial = try_draft(tx, rule, here.settings.vocabularies, first, Budget(EXAMINED, here.clock), against=against)
    if isinstance(trial, Bad):
        texts = {"when": typed["when"], "unless": typed["unless"]}
        return {"complaints": [complaint_of(each, texts.get(each.query or "", each.query or "")) for each in trial.errors]}
    found = [{"stored": stored, "match": match, "shown": shown(stored, match)} for stored, match in trial.shown]
    drawn = bars(trial.per_day, first, today)
    return {"trial": trial, "chart": chart(f"Alerts a day, {trial.stories} in all", drawn), "found": found}
