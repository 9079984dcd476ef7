"""Crimes × countries: where what is reported, over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from monitor.ports import Wanted
from monitor.web.behind import behind
from monitor.web.charts import bars, sparkline
from monitor.web.pages.stories import choices
from monitor.web.safety.entrance import person
from monitor.web.templating import page

router = APIRouter(include_in_schema=False, dependencies=[Depends(person)])

SPANS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "a year"}
SHADES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Stories of one crime and one country: in the span, and in the span before it. `shade` is 0 for none up to SHADES for the most."""

    count: int
    before: int
    shade: int


@router.get("/matrix")
def matrix(request: Request, days: int = 30, back: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
    """The stories of a span of days, and the change against the span before. `back` counts spans into the past."""
    here = behind(request)
    days = days if days in SPANS else 30
    last = here.clock.now().date() - timedelta(days=days * back)
    first = last - timedelta(days=days - 1)
    offered = choices(here.settings)
    crimes, countries = [name for name, _ in offered["crime"]], [name for name, _ in offered["country"]]
    now = Wanted(matched=True, first_day=first, last_day=last)
    before = Wanted(matched=True, first_day=first - timedelta(days=days), last_day=first - timedelta(days=1))
    with here.store.reading() as tx:
        counts, earlier = tx.articles.pairs(now, crimes, countries), tx.articles.pairs(before, crimes, countries)
        trends = {
            crime: sparkline(
                f"Articles about {title}",
                bars(tx.articles.per_day(Wanted(matched=True, facets=(crime,), first_day=first, last_day=last)), first, last),
            )
            for crime, title in offered["crime"]
        }
    return page(
        request,
        "matrix.html",
        days=days,
        back=back,
        spans=SPANS,
        first=first,
        last=last,
        crimes=offered["crime"],
        countries=offered["country"],
        cells=cells(counts, earlier),
        trends=trends,
        shades=range(1, SHADES + 1),
    )


def cells(counts: Mapping[tuple[str, str], int], earlier: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], Cell]:
    """The cells in which there is or was a story. Shades are even steps of the root: one story is seen beside a hundred."""
    most = max(counts.values(), default=0)
    return {
        pair: Cell(
            count=counts.get(pair, 0),
            before=earlier.get(pair, 0),
            shade=-(-SHADES * int(1000 * counts.get(pair, 0) ** 0.5) // int(1000 * most**0.5)) if most else 0,
        )
        for pair in {*counts, *earlier}
    }
