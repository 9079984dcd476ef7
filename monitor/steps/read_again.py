"""Entry -> a new version of its article, if the page has changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.articles.versions import is_new_version
from monitor.fetching.conditional import validators
from monitor.fetching.outcome import Fetched, Request, host_rest_s
from monitor.ports import ListedEntry, StoredArticle, StoredResponse
from monitor.sources.source import Source
from monitor.steps.context import Context, Done
from monitor.steps.file_article import prepare
from monitor.steps.read_entry import ACCEPT, AGAIN_AFTER_S
from monitor.steps.revise_article import revise_article
from monitor.stories.sketched import Sketched


def read_again(context: Context, key: str) -> Done:
    """Look at the page of a known article again. If it cannot be fetched or read now, nothing changes until the next look."""
    now = context.clock.now()
    with context.store.reading() as tx:
        listed = tx.entries.get(int(key))
        stored = tx.articles.get(listed.article_id) if listed and listed.article_id else None
        response = tx.articles.response(stored.id, 1) if stored and stored.revised_at is None else None
    if listed is None or listed.again_at is None or listed.again_at > now:
        return Done(result="left", reason="not due")
    source = context.sources.get(listed.source_id)
    if source is None or stored is None or listed.entry.url is None:
        return _left(context, listed, "its source is no longer watched, or the article is no longer kept")
    outcome = context.fetch(_request(listed.entry.url, response))
    reading = context.parse.read_page(source, outcome, listed.entry) if isinstance(outcome, Fetched) else None
    if isinstance(outcome, Fetched) and isinstance(reading, Sketched) and is_new_version(stored.article, reading.article):
        return _revised(context, source, listed, stored, reading, outcome)
    return _left(context, listed, "unchanged", rest_s=host_rest_s(outcome))


def again_at(readings: int, now: datetime) -> datetime | None:
    """When to look at the page of a matching article next, after `readings` looks since the first; None if never again."""
    return now + timedelta(seconds=AGAIN_AFTER_S[readings]) if readings < len(AGAIN_AFTER_S) else None


def _request(url: str, response: StoredResponse | None) -> Request:
    """A conditional request, if the answer that the first version was read from is still the latest."""
    etag, last_modified = validators(response.headers) if response else (None, None)
    return Request(url=url, etag=etag, last_modified=last_modified, accept=ACCEPT, check_robots=True)


def _revised(
    context: Context, source: Source, listed: ListedEntry, stored: StoredArticle, text: Sketched, fetched: Fetched
) -> Done:
    prepared = prepare(context.rules, source, text, listed.entry.url)
    response = StoredResponse.of(listed.entry.url or fetched.url, fetched)
    now = context.clock.now()
    with context.store.writing() as tx:
        current = tx.entries.get(listed.id)
        if current is None or current.again_at != listed.again_at:
            return Done(result="left", reason="looked at by someone else in the meantime")
        revised = revise_article(tx, context.rules, stored, prepared, response, now, channels=context.channels)
        tx.entries.read_again(listed.id, again_at(listed.readings + 1, now) if prepared.verdict.matches else None)
    return Done(
        result="ok",
        reason="; ".join((f"version {revised.version}", *revised.changes)),
        facts={
            "source": source.id,
            "url": listed.entry.url,
            "article": stored.id,
            "story": stored.story_id,
            "alerts": revised.alerts,
        },
    )


def _left(context: Context, listed: ListedEntry, reason: str, rest_s: float = 0.0) -> Done:
    """Record that there was nothing new, and when to look again: only if the article matched and its source is still watched."""
    with context.store.writing() as tx:
        current = tx.entries.get(listed.id)
        stored = tx.articles.get(listed.article_id) if listed.article_id else None
        if current is not None and current.again_at == listed.again_at:
            matched = stored is not None and bool(stored.matches) and listed.source_id in context.sources
            tx.entries.read_again(listed.id, again_at(listed.readings + 1, context.clock.now()) if matched else None)
    facts = {"source": listed.source_id, "url": listed.entry.url, "article": listed.article_id}
    return Done(result="ok", reason=reason, facts=facts, rest_s=rest_s)
