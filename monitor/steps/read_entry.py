"""Entry -> Article, filed with its matches, story, alerts and deliveries in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.articles.article import Article, Unreadable
from monitor.articles.page import from_entry
from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Refused, Request, Throttled
from monitor.ports import ListedEntry
from monitor.sources.source import Source
from monitor.steps.context import Context, Done
from monitor.steps.file_article import Filed, file_article, prepare
from monitor.steps.poll_source import throttled_s
from monitor.urls import identity

RETRY_AFTER_S = (60.0, 600.0, 3600.0)
"""Waits before a page is asked for again; after the last, what the source itself said of it has to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Later:
    """The page could not be had; asking again may help."""

    reason: str
    after_s: float
    rest_s: float = 0.0


def read_entry(context: Context, key: str) -> Done:
    """Read the entry's page and file what it says. An entry whose page cannot be had becomes an article of what its source says of it."""
    entry_id = int(key)
    with context.store.reading() as tx:
        listed = tx.entries.get(entry_id)
        known = tx.articles.known_as([identity(listed.entry.url)]) if listed and listed.entry.url else None
    if listed is None or listed.outcome is not None or listed.next_read_at is None or listed.next_read_at > context.clock.now():
        return Done(result="left", reason="read already, or not due")
    source = context.sources.get(listed.source_id)
    if source is None:
        return _finish(context, listed, "failed", "its source is no longer watched")
    if known is not None:
        return _finish(context, listed, "known", f"already read as {known}", known)

    article = _read(context, source, listed)
    if isinstance(article, _Later):
        at = context.clock.now() + timedelta(seconds=article.after_s)
        with context.store.writing() as tx:
            tx.entries.retry(entry_id, at=at, reason=article.reason)
        facts = {"source": source.id, "url": listed.entry.url, "again_at": at}
        return Done(result="failed", reason=article.reason, facts=facts, rest_s=article.rest_s)
    if isinstance(article, Unreadable):
        return _finish(context, listed, "unreadable", article.reason)
    return _file(context, source, listed, article)


def _file(context: Context, source: Source, listed: ListedEntry, article: Article) -> Done:
    prepared = prepare(context.rules, source, article, listed.entry.url)
    now = context.clock.now()
    with context.store.writing() as tx:
        current = tx.entries.get(listed.id)
        if current is None or current.outcome is not None:
            return Done(result="left", reason="read already")
        filed = file_article(
            tx,
            context.rules,
            prepared,
            now,
            alerting=not _old_at_first_poll(listed, article, context.first_poll_window_s),
            channels=context.channels,
        )
        reason = ("read" if filed.new else f"already read as {filed.article_id}") + "".join(
            f", {flag}" for flag in article.flags
        )
        tx.entries.finish(listed.id, "article" if filed.new else "known", reason, filed.article_id)
    pause_s = context.crawl_delay_s(listed.entry.url) if listed.entry.url else None
    return Done(result="ok", reason=reason, facts=_facts(source, article, filed), rest_s=pause_s or 0.0)


def _read(context: Context, source: Source, listed: ListedEntry) -> Article | Unreadable | _Later:
    """The article behind the entry; from the page where it can be had, else from what the source carries of it."""
    if listed.entry.url is None:
        return from_entry(source, listed.entry, context.clock.now())
    outcome = context.fetch(
        Request(url=listed.entry.url, accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.1", check_robots=True)
    )
    wait_s = RETRY_AFTER_S[listed.attempts] if listed.attempts < len(RETRY_AFTER_S) else None
    match outcome:
        case Fetched():
            article = context.parse.read_page(source, outcome, listed.entry)
            if isinstance(article, Article):
                return article
            reason = article.reason
        case Throttled() if wait_s is not None:
            rest_s = throttled_s(outcome)
            reason = f"the server asks for less (HTTP {outcome.status})"
            return _Later(reason=reason, after_s=max(wait_s, rest_s), rest_s=rest_s)
        case Failed() if wait_s is not None:
            return _Later(reason=outcome.detail, after_s=wait_s)
        case Throttled():
            reason = f"the server asks for less (HTTP {outcome.status})"
        case Failed():
            reason = outcome.detail
        case Refused():
            reason = outcome.reason
        case Gone():
            reason = "the page is gone (HTTP 410)"
        case NotModified():
            reason = "the server answered 304 to a request without validators"
    substitute = from_entry(source, listed.entry, context.clock.now())
    if isinstance(substitute, Unreadable):
        return Unreadable(reason=f"{reason}; {substitute.reason}")
    return substitute


def _old_at_first_poll(listed: ListedEntry, article: Article, window_s: float) -> bool:
    """Index pages list no dates: only the page itself tells that an item was old when its source was first polled."""
    if not listed.first_poll or article.published_at is None:
        return False
    return article.published_at < listed.listed_at - timedelta(seconds=window_s)


def _finish(context: Context, listed: ListedEntry, outcome: str, reason: str, article_id: str | None = None) -> Done:
    with context.store.writing() as tx:
        tx.entries.finish(listed.id, outcome, reason, article_id)  # type: ignore[arg-type]  # the callers' literals
    facts = {"source": listed.source_id, "url": listed.entry.url}
    return Done(result="ok" if outcome == "known" else "failed", reason=reason, facts=facts)


def _facts(source: Source, article: Article, filed: Filed) -> dict[str, object]:
    return {
        "source": source.id,
        "url": article.url,
        "article": filed.article_id,
        "story": filed.story_id,
        "opened": filed.opened,
        "rules": filed.rules,
        "alerts": filed.alerts,
    }
