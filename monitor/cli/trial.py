"""One source alone: asked, listed and judged as the daemon would, and nothing kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import click

from monitor.adapters.clock import SystemClock
from monitor.adapters.workers import Workers
from monitor.app import fetcher
from monitor.articles.article import Article, Unreadable
from monitor.cli.printing import when
from monitor.fetching.conditional import fresh_for_s, validators
from monitor.fetching.outcome import Fetched, Outcome, Request
from monitor.ports import Parse
from monitor.rules.document import document
from monitor.settings.settings import Settings
from monitor.sources.discovery import LeftOut
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.errands import read_as
from monitor.sources.offers import kind_of
from monitor.sources.schedule import after_poll, request_for
from monitor.sources.source import Source
from monitor.sources.state import Errand, SourceState
from monitor.sources.triage import Triage, triage
from monitor.sources.watch import news_of
from monitor.steps.find_source import said_of
from monitor.steps.keep_entries import MOST_UNDATED
from monitor.store.database import open_store
from monitor.stories.sketched import Sketched
from monitor.urls import host_of

_SHOWN = 25
_SHOWN_LEFT_OUT = 5
_FIRST_LOOK = Triage(read=False, reason="the first look at this page: what stands there is known from then on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it. `decided` has for each entry whether it would be read, and why; `known` says whether its source has listed it
    before; `read` are articles behind the first of them with the rules that they match; `left_out` are links that are no entries."""

    source: Source
    request: Request
    outcome: Outcome
    listing: Listing | Unlisted | None
    decided: tuple[tuple[Entry, Triage], ...]
    known: frozenset[tuple[str, ...]]
    read: tuple[tuple[Entry, Article | Unreadable, tuple[str, ...]], ...]
    left_out: tuple[LeftOut, ...]
    after: SourceState


def try_source(settings: Settings, source: Source | None, url: str, *, pages: int) -> Trial:
    """Poll `source`, or whatever is at `url`, once and unconditionally."""
    clock = SystemClock()
    fetch = fetcher(settings, clock)
    guessed = source or Source(id="tried", name=host_of(url), url=url, kind="feed")
    store = open_store(settings.store_url())
    with store.reading() as tx:
        state = tx.sources.get(guessed.id) if source else None
    state = replace(
        state or SourceState(source_id=guessed.id, next_poll_at=clock.now()), etag=None, last_modified=None, gone=False
    )
    request = request_for(guessed, state, clock.now())
    with Workers(1) as workers:
        outcome = fetch(request)
        listing: Listing | Unlisted | None = None
        left_out: tuple[LeftOut, ...] = ()
        if isinstance(outcome, Fetched):
            guessed = guessed if source else replace(guessed, kind=kind_of(outcome))
            listing = _listed(guessed, outcome, fetch, workers)
            if guessed.kind == "watch" and state.seen and isinstance(listing, Listing):
                listing = news_of(listing, state.seen).listing
            left_out = _left_out(guessed, outcome, listing)
        now = clock.now()
        entries = listing.entries if isinstance(listing, Listing) else ()
        with store.reading() as tx:
            unknown = tx.entries.unknown(guessed.id, entries) if source else entries
            new = {entry.keys for entry in unknown}
        first_look = guessed.kind == "watch" and not state.seen
        decided = tuple((entry, _FIRST_LOOK) for entry in entries) if first_look else _decided(settings, state, entries, now)
        read = tuple(_read(settings, guessed, entry, fetch, workers) for entry in entries[:pages])
        after = after_poll(guessed, state, outcome, listing, 0 if first_look else len(new), now, 0.0)
    store.close()
    fetch.close()
    known = frozenset(entry.keys for entry in entries if entry.keys not in new)
    return Trial(
        source=guessed,
        request=request,
        outcome=outcome,
        listing=listing,
        decided=decided,
        known=known,
        read=read,
        after=after,
        left_out=left_out,
    )


def _decided(
    settings: Settings, state: SourceState, entries: Sequence[Entry], now: datetime
) -> tuple[tuple[Entry, Triage], ...]:
    """Each entry with what a poll would decide about it."""
    decide = partial(
        triage,
        first_poll=state.last_success_at is None,
        window_s=settings.first_poll_window_s,
        most_undated=MOST_UNDATED,
        now=now,
    )
    return tuple((entry, decide(entry, position=position)) for position, entry in enumerate(entries))


def print_trial(trial: Trial) -> None:
    """Every decision in the order in which it was made."""
    source, outcome, listing = trial.source, trial.outcome, trial.listing
    click.echo(f"{source.id}: {source.kind}, at most every {source.interval_s / 60:g} min\nGET {trial.request.url}")
    click.echo(f"answer: {said_of(outcome)}" + (f", at {outcome.url}" if isinstance(outcome, Fetched) else ""))
    if isinstance(outcome, Fetched):
        etag, last_modified = validators(outcome.headers)
        fresh_s = fresh_for_s(outcome.headers)
        click.echo(f"validators: ETag {etag or 'none'}, Last-Modified {last_modified or 'none'}")
        click.echo(
            f"freshness: {'nothing said' if fresh_s is None else f'{fresh_s:.0f} s'}; type: {outcome.headers.get('content-type', 'none')}"
        )
        if outcome.moved_to:
            click.echo(f"moved for good to {outcome.moved_to}: remembered when it is met twice")
    if isinstance(listing, Unlisted):
        click.echo(f"not listed ({listing.cause}): {listing.reason}")
    if isinstance(listing, Listing):
        click.echo(
            f"list: {listing.title or 'no title'}, {len(listing.entries)} items"
            + "".join(f", {flag}" for flag in listing.flags)
        )
        hints = listing.hints
        if hints.every_s or hints.skip_hours or hints.skip_days:
            wishes = [f"a poll every {hints.every_s:.0f} s"] if hints.every_s else []
            wishes += [f"none in the hours {', '.join(map(str, sorted(hints.skip_hours)))} (GMT)"] if hints.skip_hours else []
            wishes += [f"none on {', '.join(sorted(hints.skip_days))}"] if hints.skip_days else []
            click.echo(f"it asks for: {'; '.join(wishes)}")
    for entry, verdict in trial.decided[:_SHOWN]:
        word = "known" if entry.keys in trial.known else "read" if verdict.read else "record"
        why = "listed before" if word == "known" else verdict.reason
        click.echo(f"  {word:7}{when(entry.published_at or entry.updated_at):17}  {entry.title or entry.url or '(no title)'}")
        known_by = f"known by {', '.join(key.partition(':')[0] for key in entry.keys)}; " if entry.keys else ""
        click.echo(f"         {why}; {known_by}{entry.url or 'no address'}")
    if len(trial.decided) > _SHOWN:
        click.echo(f"  and {len(trial.decided) - _SHOWN} more")
    _print_left_out(trial.left_out)
    for entry, article, rules in trial.read:
        click.echo(f"\n{entry.url or entry.title}")
        if isinstance(article, Unreadable):
            click.echo(f"  cannot be read: {article.reason}")
            continue
        flags = f"; {', '.join(article.flags)}" if article.flags else ""
        dated = when(article.published_at) or "no date"
        click.echo(f"  {article.headline}\n  {dated}, {article.language}, {len(article.body.split())} words{flags}")
        click.echo(f"  rules: {', '.join(rules) or 'none matches'}")
    click.echo(
        f"\nnext poll: {when(trial.after.next_poll_at) or 'never'}"
        + (f"; {trial.after.last_error}" if trial.after.last_error else "")
    )


def _print_left_out(left_out: Sequence[LeftOut]) -> None:
    """The links of an index page that are no entries, some for each reason."""
    reasons: dict[str, list[LeftOut]] = defaultdict(list)
    for left in left_out:
        reasons[left.reason].append(left)
    for reason, links in reasons.items():
        click.echo(f"  left out, {reason}: {len(links)}")
        for left in links[:_SHOWN_LEFT_OUT]:
            click.echo(f"         {left.title or '(no words)'}; {left.url}")


def trial_json(trial: Trial) -> dict[str, Any]:
    """A trial as scripts see it; the document itself is left out."""
    outcome = trial.outcome
    answer = (
        {"url": outcome.url, "status": outcome.status, "headers": dict(outcome.headers)} if isinstance(outcome, Fetched) else {}
    )
    return {
        "source": asdict(trial.source),
        "request": asdict(trial.request),
        "answer": {"kind": type(outcome).__name__, "said": said_of(outcome), **answer},
        "unlisted": trial.listing.reason if isinstance(trial.listing, Unlisted) else None,
        "flags": trial.listing.flags if isinstance(trial.listing, Listing) else (),
        "entries": [
            {**asdict(entry), "known": entry.keys in trial.known, "read": verdict.read, "reason": verdict.reason}
            for entry, verdict in trial.decided
        ],
        "left_out": [asdict(left) for left in trial.left_out],
        "articles": [{"url": entry.url, "rules": rules, **asdict(article)} for entry, article, rules in trial.read],
        "next_poll_at": trial.after.next_poll_at,
        "error": trial.after.last_error,
    }


def _left_out(source: Source, fetched: Fetched, listing: Listing | Unlisted) -> tuple[LeftOut, ...]:
    """The links of an index page that are no entries. None of a document that its reader gave up: nothing would end the reading here."""
    from monitor.sources.listing import left_out_of  # here: it loads every parser

    given_up = isinstance(listing, Unlisted) and listing.cause == "not a feed"
    return () if given_up else left_out_of(source, fetched)


def _listed(source: Source, fetched: Fetched, fetch: Any, parse: Parse) -> Listing | Unlisted:
    """The listing; of an index the entries of the sitemaps that it names."""
    listing = parse.list_entries(source, fetched)
    if not isinstance(listing, Listing):
        return listing
    entries = list(listing.entries)
    flags = listing.flags
    for url in listing.follow:
        answer = fetch(Request(url=url))
        part = (
            parse.list_entries(read_as(source, Errand(url=url, purpose="part")), answer)
            if isinstance(answer, Fetched)
            else None
        )
        if isinstance(part, Listing):
            entries += part.entries
        flags += (f"{url}: {len(part.entries) if isinstance(part, Listing) else said_of(answer)}",)
    return replace(listing, entries=tuple(entries), flags=flags)


def _read(
    settings: Settings, source: Source, entry: Entry, fetch: Any, parse: Parse
) -> tuple[Entry, Article | Unreadable, tuple[str, ...]]:
    read: Sketched | Unreadable
    if entry.url is None:
        read = parse.from_entry(source, entry, SystemClock().now())
    else:
        outcome = fetch(Request(url=entry.url, accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.1", check_robots=True))
        read = parse.read_page(source, outcome, entry) if isinstance(outcome, Fetched) else Unreadable(reason=said_of(outcome))
    if isinstance(read, Unreadable):
        return entry, read, ()
    matches = settings.rule_set.match(document(read.article, source)).matches
    return entry, read.article, tuple(match.rule for match in matches)
