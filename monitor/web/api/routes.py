"""The API, version 1. Its description is at /api/v1/openapi.json."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from starlette.responses import JSONResponse, Response

from monitor.alerts.feedback import by_rule
from monitor.ports import Wanted
from monitor.rules.compile import RuleErrors
from monitor.web import search
from monitor.web.api.shapes import (
    AlertOut,
    AlertsOut,
    DayOut,
    FullArticleOut,
    FullStoryOut,
    PairOut,
    RefusalOut,
    RetriedOut,
    RuleOut,
    SourceOut,
    StoriesOut,
    alert_out,
    full_article_out,
    source_out,
    story_out,
)
from monitor.web.behind import behind
from monitor.web.cursors import cursor_of, place
from monitor.web.pages.sources import health
from monitor.web.pages.stories import choices, queries
from monitor.web.safety.entrance import caller, reader

_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": RefusalOut, "description": "No name and password, or wrong ones."},
    429: {"model": RefusalOut, "description": "Too many wrong passwords; Retry-After says when the next is heard."},
}
_MISSING: dict[int | str, dict[str, Any]] = {404: {"model": RefusalOut, "description": "There is no such thing."}}
_BAD: dict[int | str, dict[str, Any]] = {
    400: {"model": RefusalOut, "description": "The query or the place in the list cannot be read; `detail` says why."}
}

router = APIRouter(prefix="/api/v1", dependencies=[Depends(reader)], responses=_REFUSALS)
writing = APIRouter(prefix="/api/v1", dependencies=[Depends(caller)], responses=_REFUSALS)

Id = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[\w-]+$")]
Name = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Number = Annotated[int | None, Query(ge=1, le=2**53, description="`next` of the page before.")]
Day = Annotated[date | None, Query(description="Published (undated: read) on this day or later, UTC.")]


@dataclass(frozen=True, slots=True)
class Filters:
    """What articles can be chosen by."""

    rule: Name = field(default=None)
    crime: Name = field(default=None)
    country: Name = field(default=None)
    language: Name = field(default=None)
    source: Name = field(default=None)
    since: Day = field(default=None)
    until: Annotated[date | None, Query(description="On this day or before.")] = field(default=None)
    show: Annotated[Literal["matched", "all"], Query(description="What a rule matched, or everything that was read.")] = field(
        default="matched"
    )

    def wanted(self) -> Wanted:
        """The same for the store."""
        return Wanted(
            matched=self.show == "matched",
            rule=self.rule,
            facets=tuple(filter(None, (self.crime, self.country))),
            source=self.source,
            language=self.language,
            first_day=self.since,
            last_day=self.until,
        )


Asked = Annotated[Filters, Depends()]


@router.get("/stories", responses=_BAD)
def list_stories(
    request: Request,
    filters: Asked,
    q: Annotated[str | None, Query(min_length=1, max_length=4000, description="A query in the language of the rules.")] = None,
    after: Number = None,
    limit: Limit = 30,
) -> StoriesOut:
    """Stories, newest first, each once: by its newest article that was asked for."""
    here = behind(request)
    query = None
    if q is not None and q.strip():
        try:
            query = queries(request).query(q.strip(), here.settings.vocabularies)
        except RuleErrors as errors:
            raise HTTPException(400, str(errors.errors[0])) from None
    with here.store.reading() as tx:
        page = search.stories(tx, filters.wanted(), query, search.Budget(search.EXAMINED, here.clock), after=after, limit=limit)
        articles = search.articles(tx, page.found)
    found = tuple(story_out(stored, each.outline, each.match) for stored, each in zip(articles, page.found, strict=True))
    return StoriesOut(stories=found, next=page.after, complete=page.examined_back_to is None)


@router.get("/stories/{story_id}", responses=_MISSING)
def get_story(request: Request, story_id: Id) -> FullStoryOut:
    """A story with its articles and alerts."""
    with behind(request).store.reading() as tx:
        articles, alerts = tx.articles.of_story(story_id), tx.alerts.of_story(story_id)
    if not articles:
        raise HTTPException(404, "no story has this id")
    return FullStoryOut(
        id=story_id,
        articles=tuple(full_article_out(each) for each in articles),
        alerts=tuple(alert_out(each) for each in alerts),
    )


@router.get("/articles/{article_id}", responses=_MISSING)
def get_article(request: Request, article_id: Id) -> FullArticleOut:
    """An article with its text and receipts."""
    with behind(request).store.reading() as tx:
        stored = tx.articles.get(article_id)
    if stored is None:
        raise HTTPException(404, "no article has this id")
    return full_article_out(stored)


@router.get("/alerts", responses=_BAD)
def list_alerts(
    request: Request,
    state: Annotated[
        Literal["pending", "held", "sent", "dead"] | None, Query(description="With a delivery in this state.")
    ] = None,
    rule: Name = None,
    after: Annotated[str | None, Query(min_length=1, max_length=100, description="`next` of the page before.")] = None,
    limit: Limit = 30,
) -> AlertsOut:
    """Alerts, newest first."""
    before = None if after is None else place(after)
    if after is not None and before is None:
        raise HTTPException(400, "`after` is not the `next` of a page")
    with behind(request).store.reading() as tx:
        found = tx.alerts.newest(limit + 1, state=state, rule=rule, before=before)
    following = cursor_of(found[limit - 1].alert) if len(found) > limit else None
    return AlertsOut(alerts=tuple(alert_out(each) for each in found[:limit]), next=following)


@router.get("/alerts/{alert_id}", responses=_MISSING)
def get_alert(request: Request, alert_id: Id) -> AlertOut:
    """An alert."""
    with behind(request).store.reading() as tx:
        stored = tx.alerts.get(alert_id)
    if stored is None:
        raise HTTPException(404, "no alert has this id")
    return alert_out(stored)


@writing.post("/alerts/{alert_id}/retry")
def retry_alert(request: Request, alert_id: Id) -> RetriedOut:
    """Send again what was given up of an alert. Name and password are needed with each call: no cookie will do."""
    here = behind(request)
    with here.store.writing() as tx:
        return RetriedOut(retried=tx.alerts.retry_dead(here.clock.now(), [alert_id]))


@router.get("/sources")
def list_sources(request: Request) -> list[SourceOut]:
    """All configured sources, those that are off included."""
    here = behind(request)
    with here.store.reading() as tx:
        states = {state.source_id: state for state in tx.sources.all()}
        outcomes = {each.source_id: each.outcomes for each in tx.sources.counts()}
        told = {source.id: health(source, states.get(source.id), tx, here.clock.now()) for source in here.settings.sources}
    return [
        source_out(source, states.get(source.id), *told[source.id], outcomes.get(source.id, {}))
        for source in here.settings.sources
    ]


@router.get("/rules")
def list_rules(request: Request) -> list[RuleOut]:
    """All rules."""
    here = behind(request)
    with here.store.reading() as tx:
        raised, judged = tx.alerts.of_rules(), tx.feedback.all()
    precision = {each.name: each.share for each in by_rule(judged)}
    return [
        RuleOut(
            id=rule.id,
            title=rule.title,
            severity=rule.severity,
            when=rule.when,
            unless=rule.unless,
            score=rule.score,
            threshold=rule.threshold,
            channels=rule.alert,
            alerts=raised.get(rule.id, 0),
            precision=precision.get(rule.id),
        )
        for rule in here.settings.rules
    ]


@router.get("/counts")
def count_articles(request: Request, filters: Asked) -> list[DayOut]:
    """Articles a day, oldest day first; days without any are left out."""
    with behind(request).store.reading() as tx:
        per_day = tx.articles.per_day(filters.wanted())
    return [DayOut(day=day, articles=number) for day, number in sorted(per_day.items())]


@router.get("/matrix")
def count_pairs(request: Request, since: Day = None, until: Day = None) -> list[PairOut]:
    """Stories by crime and country, of what a rule matched; by default of the last thirty days."""
    here = behind(request)
    last = until or here.clock.now().date()
    first = since or max(last, date(1, 1, 30)) - timedelta(days=29)
    offered = choices(here.settings)
    crimes, countries = [name for name, _ in offered["crime"]], [name for name, _ in offered["country"]]
    with here.store.reading() as tx:
        counts = tx.articles.pairs(Wanted(matched=True, first_day=first, last_day=last), crimes, countries)
    return [PairOut(crime=crime, country=country, stories=number) for (crime, country), number in sorted(counts.items())]


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    """The description of all of this, OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())
