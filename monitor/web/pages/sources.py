"""Sources: whether each is well, its rhythm, and how considerately it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from markupsafe import Markup
from starlette.responses import Response

from monitor.ports import Transaction
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.steps.check_sources import PREFIX, look_over
from monitor.web.behind import behind
from monitor.web.charts import bars, sparkline
from monitor.web.safety.entrance import person
from monitor.web.templating import page

router = APIRouter(include_in_schema=False, dependencies=[Depends(person)])

Health = Literal["failing", "gone", "new", "quiet", "well", "off"]
RHYTHM_DAYS = 14
_ORDER: tuple[Health, ...] = ("failing", "gone", "quiet", "new", "well", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A source as the page shows it; `said` is what is the matter with it, in plain words."""

    source: Source
    state: SourceState | None
    health: Health
    said: str | None
    outcomes: Mapping[str, int]
    rhythm: Markup


@router.get("/sources")
def sources(request: Request) -> Response:
    """All sources, those that need a look first."""
    here = behind(request)
    now = here.clock.now()
    first = now.date() - timedelta(days=RHYTHM_DAYS - 1)
    ids = [source.id for source in here.settings.sources]
    with here.store.reading() as tx:
        states = {state.source_id: state for state in tx.sources.all()}
        outcomes = {each.source_id: each.outcomes for each in tx.sources.counts()}
        rhythms = tx.entries.per_day(ids, datetime.combine(first, time.min, tzinfo=now.tzinfo))
        conditions = [each for each in tx.operator.conditions() if not each.key.startswith(PREFIX)]
        gaps = tx.sources.gaps(now - timedelta(days=RHYTHM_DAYS))
        told = {source.id: health(source, states.get(source.id), tx, now) for source in here.settings.sources}
    rows = [
        Row(
            source=source,
            state=states.get(source.id),
            health=told[source.id][0],
            said=told[source.id][1],
            outcomes=outcomes.get(source.id, {}),
            rhythm=_rhythm(source, rhythms.get(source.id, {}), first, now.date()),
        )
        for source in here.settings.sources
    ]
    rows.sort(key=lambda row: (_ORDER.index(row.health), row.source.name.lower()))
    tally = {name: sum(row.health == name for row in rows) for name in _ORDER}
    return page(request, "sources.html", rows=rows, tally=tally, conditions=conditions, gaps=gaps, rhythm_days=RHYTHM_DAYS)


@router.get("/sources/{source_id}")
def source(request: Request, source_id: str) -> Response:
    """A source, and what came of the last entries that it listed."""
    here = behind(request)
    found = next((each for each in here.settings.sources if each.id == source_id), None)
    if found is None:
        raise HTTPException(404, "No source of this id is configured.")
    with here.store.reading() as tx:
        state = tx.sources.get(source_id)
        entries = tx.entries.of_source(source_id, 60)
        word, ailment = health(found, state, tx, here.clock.now())
    return page(request, "source.html", source=found, state=state, health=word, ailment=ailment, entries=entries)


def health(source: Source, state: SourceState | None, tx: Transaction, now: datetime) -> tuple[Health, str | None]:
    """How a source does, and in plain words what is the matter with it: `new` was never polled, `quiet` answers and has no news."""
    if not source.enabled:
        return "off", source.note
    if state is None or state.last_poll_at is None:
        return "new", None
    ailment = look_over(tx, source, state, now)
    if ailment is not None:
        return ("gone" if ailment.cause == "gone" else "quiet" if ailment.cause == "quiet" else "failing"), ailment.text
    return ("failing", state.last_error) if state.failures else ("well", None)


def _rhythm(source: Source, per_day: Mapping[date, int], first: date, last: date) -> Markup:
    title = f"Entries a day of {source.name}, {RHYTHM_DAYS} days, {sum(per_day.values())} in all"
    return sparkline(title, bars(per_day, first, last))
