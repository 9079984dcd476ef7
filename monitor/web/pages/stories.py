"""The stories, newest first, and a story with all that is known of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from functools import lru_cache, partial
from itertools import pairwise
from typing import Annotated, Any, cast

from cachetools import LRUCache
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from monitor.alerts.words import language
from monitor.ports import StoredArticle, Transaction, Version
from monitor.rules.compile import RuleErrors
from monitor.rules.document import document
from monitor.rules.match import Match
from monitor.settings.settings import Settings
from monitor.web import search
from monitor.web.behind import behind
from monitor.web.charts import bars, chart
from monitor.web.complaint import Complaint, complaint_of
from monitor.web.pages.asked import Asked, asked
from monitor.web.passages import shown
from monitor.web.safety.entrance import person
from monitor.web.templating import fragment, link, page

router = APIRouter(include_in_schema=False, dependencies=[Depends(person)])

_PAGE = 20
_CHART_DAYS = 30
_LEAST_DAYS = 7


@router.get("/")
def home() -> Response:
    """The desk opens with the stories."""
    return RedirectResponse("/stories", status_code=303)


@router.get("/stories")
def stories(
    request: Request,
    what: Annotated[Asked, Depends(asked)],
    after: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    count: bool = False,
) -> Response:
    """A page of stories, with their counts over time."""
    here = behind(request)
    complaints: list[Complaint | str] = list(what.complaints)
    query = None
    if what.query:
        try:
            query = queries(request).query(what.query, here.settings.vocabularies)
        except RuleErrors as errors:
            complaints.append(complaint_of(errors.errors[0], what.query))
    budget = partial(search.Budget, search.EXAMINED, here.clock)
    found, drawing, counted_to = search.Page(found=()), None, None
    with here.store.reading() as tx:
        if not complaints:
            found = search.stories(tx, what.wanted, query, budget(), after=after, limit=_PAGE)
        if not complaints and after is None and (query is None or count):
            drawing, counted_to = _chart(tx, what, query, budget(), here.clock.now().date())
        counts = tx.articles.counts() if not found.found else {}
        rows = _rows(request, tx, found.found, query)
    return page(
        request,
        "stories.html",
        asked=what,
        after=after,
        rows=rows,
        page=found,
        chart=drawing,
        counted_to=counted_to,
        complaints=complaints,
        counts=counts,
        choices=choices(here.settings),
        today=here.clock.now().date(),
        week_ago=here.clock.now().date() - timedelta(days=6),
        month_ago=here.clock.now().date() - timedelta(days=29),
    )


@router.get("/stories/{story_id}")
def story(request: Request, story_id: str) -> Response:
    """A story: its articles in the order in which they came, the receipts, and the alerts about it."""
    here = behind(request)
    with here.store.reading() as tx:
        articles = tx.articles.of_story(story_id)
        alerts = tx.alerts.of_story(story_id)
        versions = {each.id: tx.articles.versions(each.id) for each in articles if each.revised_at is not None}
    if not articles:
        raise HTTPException(404, "There is no story with this id. Articles are deleted when `retention` says so.")
    if articles[0].story_id != story_id:
        return RedirectResponse(f"/stories/{articles[0].story_id}", status_code=303)  # it was joined to another
    lead = next((each for each in articles if each.matches), articles[0])
    facets = sorted({facet for each in articles for facet in each.facets})
    return page(
        request,
        "story.html",
        story_id=story_id,
        lead=lead,
        articles=[(each, _marks(each)) for each in articles],
        alerts=alerts,
        changes={each.id: _changes(versions[each.id], each) for each in articles if each.id in versions},
        facets=facets,
        receipts=[(match, _words(lead, match)) for match in lead.matches],
    )


class Rows:
    """The rows of the list as they were shown last, each by all that it shows: the stamp of its article, how far its story has spread, the
    query. Most rows of a page stood on the page before; only new ones are read from the store, cut into passages and drawn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settings: Settings | None = None
        self._drawn: LRUCache[object, Markup] = LRUCache(1000)

    def known(self, settings: Settings, keys: Sequence[object]) -> list[Markup | None]:
        """The rows that are remembered; other settings have other titles and another zone."""
        with self._lock:
            if settings is not self._settings:
                self._settings = settings
                self._drawn.clear()
            return [self._drawn.get(key) for key in keys]

    def keep(self, settings: Settings, drawn: Mapping[object, Markup]) -> None:
        """Remember these."""
        with self._lock:
            if settings is self._settings:
                self._drawn.update(drawn)


def _rows(request: Request, tx: Transaction, found: Sequence[search.Found], query: search.Query | None) -> list[Markup]:
    settings, remembered = behind(request).settings, cast(Rows, request.app.state.rows)
    keys: list[object] = [(each.stamp, each.outline.articles, each.outline.sources, query and query.text) for each in found]
    known = remembered.known(settings, keys)
    unknown = [(key, each) for key, each, row in zip(keys, found, known, strict=True) if row is None]
    stored = search.articles(tx, [each for _, each in unknown])
    drawn = {key: _row(settings, each, article) for (key, each), article in zip(unknown, stored, strict=True)}
    remembered.keep(settings, drawn)
    return [row or drawn[key] for key, row in zip(keys, known, strict=True)]


def _row(settings: Settings, found: search.Found, stored: StoredArticle) -> Markup:
    """A row, with the passages of the query, else of the first rule that matched."""
    match = found.match or next(iter(stored.matches), None)
    return fragment(settings, "row.html", stored=stored, outline=found.outline, shown=shown(stored, match))


@router.get("/articles/{article_id}")
def article(request: Request, article_id: str) -> Response:
    """Where an article stands in its story."""
    with behind(request).store.reading() as tx:
        stored = tx.articles.get(article_id)
    if stored is None:
        raise HTTPException(404, "There is no article with this id. Articles are deleted when `retention` says so.")
    return RedirectResponse(f"/stories/{stored.story_id}#{stored.id}", status_code=303)


def queries(request: Request) -> search.Queries:
    """The queries that this desk has compiled."""
    return cast(search.Queries, request.app.state.queries)


def choices(settings: Settings) -> dict[str, list[tuple[str, str]]]:
    """What each filter can be set to, with the words for it."""
    named = [(each.name, each.title) for each in settings.vocabularies]
    tags = {tag for each in settings.vocabularies for tag in each.terms} | {each.language for each in settings.sources}
    return {
        "rule": [(rule.id, rule.title) for rule in settings.rules],
        "crime": sorted((each for each in named if each[0].startswith("crime/")), key=lambda each: each[1]),
        "country": sorted((each for each in named if each[0].startswith("country/")), key=lambda each: each[1]),
        "language": sorted(((tag, language(tag)) for tag in tags if tag and tag != "mul"), key=lambda each: each[1]),
        "source": sorted(((source.id, source.name) for source in settings.sources), key=lambda each: each[1].lower()),
    }


def _chart(
    tx: Transaction, what: Asked, query: search.Query | None, budget: search.Budget, today: date
) -> tuple[object, StoredArticle | None]:
    last = what.wanted.last_day or today
    first = what.wanted.first_day or last - timedelta(days=_CHART_DAYS - 1)
    if first > last:
        return None, None
    within = replace(what.wanted, first_day=first, last_day=last)
    per_day, counted_to = (
        (tx.articles.per_day(within), None) if query is None else search.matches_per_day(tx, within, query, budget)
    )
    if what.wanted.first_day is None and per_day:
        first = max(first, min(min(per_day), last - timedelta(days=_LEAST_DAYS - 1)))  # a young archive is not drawn as empty
    return _drawn(tuple(what.words.items()), tuple(sorted(per_day.items())), first, last), counted_to


@lru_cache(maxsize=64)
def _drawn(words: tuple[tuple[str, str], ...], per_day: tuple[tuple[date, int], ...], first: date, last: date) -> Markup:
    drawn = tuple(
        replace(bar, href=link("/stories", dict(words), since=bar.first.isoformat(), until=bar.last.isoformat()))
        for bar in bars(dict(per_day), first, last)
    )
    return chart(f"Articles a day, {first:%-d %B} to {last:%-d %B %Y}", drawn)


def _marks(stored: StoredArticle) -> dict[str, Any]:
    """Headline and paragraphs of an article with what its rules matched."""
    hits = {(hit.field, hit.start, hit.end) for match in stored.matches for hit in match.hits}
    paragraphs, start = [], 0
    for text in stored.article.paragraphs:
        end = start + len(text)
        marks = [
            (max(a, start) - start, min(b, end) - start) for field, a, b in hits if field == "body" and a < end and b > start
        ]
        paragraphs.append((text, marks))
        start = end + 2
    return {"title": [(a, b) for field, a, b in hits if field == "title"], "paragraphs": paragraphs}


def _changes(versions: Sequence[Version], now: StoredArticle) -> list[dict[str, Any]]:
    """What each version but the first changed, by paragraphs that went and came, newest first."""
    said = [(each.read_at, (each.article.headline or "", *each.article.paragraphs)) for each in versions]
    said.append((now.revised_at or now.read_at, (now.article.headline or "", *now.article.paragraphs)))
    found = []
    for (_, before), (at, after) in pairwise(said):
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        steps = [step for step in matcher.get_opcodes() if step[0] != "equal"]
        found.append(
            {
                "at": at,
                "went": [text for _, a, b, _, _ in steps for text in before[a:b]],
                "came": [text for _, _, _, a, b in steps for text in after[a:b]],
            }
        )
    return found[::-1]


def _words(stored: StoredArticle, match: Match) -> list[dict[str, Any]]:
    """The receipt by words: each with its vocabulary, language, and how often it stands where."""
    seen = document(stored.article, stored.source)
    rows: dict[tuple[str, str | None], dict[str, Any]] = {}
    for hit in match.hits:
        words = " ".join(seen.text(hit.field)[hit.start : hit.end].split()) or hit.term
        row = rows.setdefault(
            (words.casefold(), hit.vocabulary),
            {"words": words, "term": hit.term, "vocabulary": hit.vocabulary, "language": hit.language, "where": {}},
        )
        row["where"][hit.field] = row["where"].get(hit.field, 0) + 1
    return sorted(rows.values(), key=lambda row: -sum(row["where"].values()))
