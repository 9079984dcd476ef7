"""Entry -> Article, filed with its matches, story, alerts and deliveries in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.articles.article import Article, Unreadable
from monitor.errors import ClaimLost
from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Refused, Request, Throttled, host_rest_s
from monitor.ports import EntryOutcome, Fetch, ListedEntry, Parse, StoredResponse, Transaction
from monitor.rules.compile import RuleSet
from monitor.sources.health import no_page
from monitor.sources.identity import page_key
from monitor.sources.source import Source
from monitor.steps.context import Context, Done
from monitor.steps.file_article import Filed, Prepared, file_article, prepare
from monitor.stories.sketched import Sketched
from monitor.urls import identity

AGAIN_AFTER_S = (3 * 3600.0, 24 * 3600.0)
"""How long after its first reading, and then after the second, the page of a matching article is looked at again. It is looked at, too,
whenever its source lists it differently."""
RETRY_AFTER_S = (60.0, 600.0, 3600.0)
"""The waits before a page is requested again; a refused page is requested only once more, after the last of them. After that, what the
source itself says about the article has to suffice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The page could not be fetched; trying again may help."""

    reason: str
    after_s: float
    rest_s: float = 0.0


ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
"""The Accept header for the page of an article."""

Reading = Prepared | Unreadable | Later


def read_entry(context: Context, key: str) -> Done:
    """Read the entry's page and file the article. If the page cannot be fetched, the article is made of what the source says about it.

    Raises ClaimLost, and stores nothing, if the entry has been read by another process in the meantime.
    """
    listed = to_read(context, int(key))
    if isinstance(listed, Done):
        return listed
    source = context.sources[listed.source_id]
    now = context.clock.now()
    reading = read(source, listed, fetch=context.fetch, parse=context.parse, rules=context.rules, now=now)
    return keep(context, source, listed, reading)


def to_read(context: Context, entry_id: int) -> ListedEntry | Done:
    """The entry's row if it is to be read now, or else what was done about it. If its page is shared with other items and has been read
    already, the entry comes without the page: what the source says about it may still be news."""
    with context.store.reading(once=True) as tx:
        listed = tx.entries.get(entry_id)
    if listed is None or listed.outcome is not None or listed.next_read_at is None or listed.next_read_at > context.clock.now():
        return Done(result="left", reason="read already, or not due")
    if listed.source_id not in context.sources:
        return _finish(context, listed, "failed", "its source is no longer watched")
    if listed.entry.url is not None:
        with context.store.reading(once=True) as tx:
            known = tx.articles.known_as([identity(listed.entry.url)])
        if known is not None:
            with context.store.reading(once=True) as tx:
                shares = _shares_its_page(tx, listed)
            if not shares:
                return _finish(context, listed, "known", f"already read as {known}", known)
            return _without_page(listed)
    return listed


def read(source: Source, listed: ListedEntry, *, fetch: Fetch, parse: Parse, rules: RuleSet, now: datetime) -> Reading:
    """The article behind the entry, matched against the rules. This needs no store, so that it can be done in any process."""
    text, fetched, why_no_page = _read(source, listed, fetch, parse, now)
    if not isinstance(text, Sketched):
        return text
    prepared = replace(prepare(rules, source, text, listed.entry.url), no_page=why_no_page)
    if fetched is None or listed.entry.url is None or not prepared.verdict.matches:
        return prepared
    return replace(prepared, response=StoredResponse.of(listed.entry.url, fetched))


def keep(context: Context, source: Source, listed: ListedEntry, reading: Reading) -> Done:
    """Store what was read."""
    if isinstance(reading, Later):
        at = context.clock.now() + timedelta(seconds=reading.after_s)
        with context.store.writing() as tx:
            tx.entries.retry(listed.id, at=at, reason=reading.reason)
        facts = {"source": source.id, "url": listed.entry.url, "again_at": at}
        return Done(result="failed", reason=reading.reason, facts=facts, rest_s=reading.rest_s)
    if isinstance(reading, Unreadable):
        return _finish(context, listed, "unreadable", reading.reason)
    return _file(context, source, listed, reading)


def _file(context: Context, source: Source, listed: ListedEntry, prepared: Prepared) -> Done:
    article, now = prepared.article, context.clock.now()
    with context.store.writing() as tx:
        filed = file_article(
            tx,
            context.rules,
            prepared,
            now,
            alerting=not _old_at_first_poll(listed, article, context.first_poll_window_s),
            channels=context.channels,
        )
        flags = (no_page(prepared.no_page),) if prepared.no_page else article.flags
        reason = ", ".join(("read" if filed.new else f"already read as {filed.article_id}", *flags))
        outcome: EntryOutcome = "article" if filed.new else "known"
        again_at = now + timedelta(seconds=AGAIN_AFTER_S[0]) if filed.rules and listed.entry.url is not None else None
        shares = not filed.new and _shares_its_page(tx, listed)
        if not shares and not tx.entries.finish(listed.id, outcome, reason, filed.article_id, again_at):
            raise ClaimLost(f"{listed.id}: read by someone else in the meantime")
    if shares:
        alone = _without_page(listed)
        return keep(
            context, source, alone, read(source, alone, fetch=context.fetch, parse=context.parse, rules=context.rules, now=now)
        )
    return Done(result="ok", reason=reason, facts=_facts(source, article, filed))


def _shares_its_page(tx: Transaction, listed: ListedEntry) -> bool:
    """Whether other items of the list have the same page, as in bulletins, whose items are places on one page."""
    return listed.entry.url is not None and not tx.entries.known_by(listed.id, page_key(listed.entry.url))


def _without_page(listed: ListedEntry) -> ListedEntry:
    return replace(listed, entry=replace(listed.entry, url=None))


def _read(
    source: Source, listed: ListedEntry, fetch: Fetch, parse: Parse, now: datetime
) -> tuple[Sketched | Unreadable | Later, Fetched | None, str | None]:
    """The article behind the entry, from its page if that can be fetched, else from what the source says about it; then the answer from
    which it was read, if any; and why the page was not used, if it was not."""
    if listed.entry.url is None:
        return parse.from_entry(source, listed.entry, now), None, None
    outcome = fetch(Request(url=listed.entry.url, accept=ACCEPT, check_robots=True))
    waits_s = RETRY_AFTER_S[-1:] if isinstance(outcome, Failed) and outcome.refused else RETRY_AFTER_S
    wait_s = waits_s[listed.attempts] if listed.attempts < len(waits_s) else None
    match outcome:
        case Fetched():
            text = parse.read_page(source, outcome, listed.entry)
            if isinstance(text, Sketched):
                return text, outcome, None
            reason = text.reason
        case Throttled() if wait_s is not None:
            rest_s = host_rest_s(outcome)
            reason = f"the server asks for less (HTTP {outcome.status})"
            return Later(reason=reason, after_s=max(wait_s, rest_s), rest_s=rest_s), None, None
        case Failed() if wait_s is not None:
            return Later(reason=outcome.detail, after_s=wait_s), None, None
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
    substitute = parse.from_entry(source, listed.entry, now)
    if isinstance(substitute, Unreadable):
        return Unreadable(reason=f"{reason}; {substitute.reason}"), None, reason
    return substitute, None, reason


def _old_at_first_poll(listed: ListedEntry, article: Article, window_s: float) -> bool:
    """Whether the article was already old when its source was first polled. Index pages list no dates, so only its page shows that."""
    if not listed.first_poll or article.published_at is None:
        return False
    return article.published_at < listed.listed_at - timedelta(seconds=window_s)


def _finish(context: Context, listed: ListedEntry, outcome: EntryOutcome, reason: str, article_id: str | None = None) -> Done:
    with context.store.writing() as tx:
        tx.entries.finish(listed.id, outcome, reason, article_id)
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
