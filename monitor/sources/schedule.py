"""When to poll a source next, with which validators, at which address; and what of a first poll is read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from monitor.fetching.conditional import fresh_for_s, validators
from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Outcome, Refused, Request, Throttled
from monitor.sources.entry import Entry, Hints, Listing, Unlisted
from monitor.sources.source import Kind, Source

_LONGEST_WAIT_S = 86_400.0
_LONGEST_PAUSE_S = 7 * _LONGEST_WAIT_S
_JITTER = 0.1
_AUDIT_AFTER = 20  # servers exist that answer 304 for ever; an unconditional request shows it, at most one a day
_CONFIRMATIONS = 2
_GIVE_MOVE_UP_AFTER = 5
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ACCEPT: dict[Kind, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, */*;q=0.5",
    "sitemap": "application/xml, text/xml, */*;q=0.5",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the polls of one source have taught. A new source is due at once: `SourceState(source_id=…, next_poll_at=now)`.

    `url` is where the source has moved to for good, None while it is where the configuration says; `moving_to` has been
    announced `moves` times in a row. `etag` and `last_modified` go out as they came in. `body_digest` names the last body that was
    listed. `hints` are what the document asks for, `fresh_s` what the server's cache headers do. `failures` counts failed polls in a
    row, `gones` 410s in a row, `unchanged` 304s in a row; `whole_at` is when a whole body last came. `next_poll_at` is None once the
    source is `gone` (410, confirmed). `last_error` says in words why the last poll failed, None if it did not.
    """

    source_id: str
    next_poll_at: datetime | None
    url: str | None = None
    moving_to: str | None = None
    moves: int = 0
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    hints: Hints = field(default_factory=Hints)
    fresh_s: float | None = None
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_change_at: datetime | None = None
    whole_at: datetime | None = None
    failures: int = 0
    gones: int = 0
    unchanged: int = 0
    gone: bool = False
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Whether a listed entry is read, and why or why not."""

    read: bool
    reason: str


def request_for(source: Source, state: SourceState, now: datetime) -> Request:
    """The request of the next poll: at the address that holds, conditional unless it is time to see a whole body again."""
    audit = state.unchanged >= _AUDIT_AFTER and (state.whole_at is None or now - state.whole_at >= timedelta(days=1))
    return Request(
        url=state.url or source.url,
        etag=None if audit else state.etag,
        last_modified=None if audit else state.last_modified,
        accept=_ACCEPT[source.kind],
        check_robots=source.kind == "page",
    )


def body_digest(body: bytes) -> str:
    """32 hex digits that name a body."""
    return hashlib.sha256(body).hexdigest()[:32]


def is_same_body(state: SourceState, fetched: Fetched) -> bool:
    """Whether the server sent again what was listed already, so that nobody needs to parse it."""
    return state.body_digest == body_digest(fetched.body)


def after_poll(
    source: Source,
    state: SourceState,
    outcome: Outcome,
    listing: Listing | Unlisted | None,
    new_count: int,
    now: datetime,
    jitter: float,
) -> SourceState:
    """What is known after a poll. `listing` is what the body was, None if there was none or it was the same as last time; `new_count`
    is how many of its entries were new; `jitter` is a random number of [0, 1) that spreads the polls over a tenth of the interval.

    The next poll is at max(the source's interval, min(hint, a day)) plus jitter, not in an hour or on a day that the feed asks to
    be skipped; after failures at intervals doubling to a day; never before a Retry-After of up to a week is over. A second 410
    in a row ends polling. A permanent redirect that is met twice with a good answer moves the source, five failures there move it back.
    """
    state = replace(state, last_poll_at=now)
    match outcome:
        case Fetched():
            if isinstance(listing, Unlisted):
                return _failed(source, state, listing.reason, now, jitter)
            return _succeeded(source, _fetched(state, outcome, listing, new_count, now), now, jitter)
        case NotModified():
            return _succeeded(source, _not_modified(state, outcome), now, jitter)
        case Throttled(status=status, retry_after_s=wait):
            reason = f"the server asks for fewer requests (HTTP {status}" + (
                f", Retry-After {wait:g} s)" if wait is not None else ")"
            )
            return _failed(source, state, reason, now, jitter, at_least_s=min(wait or 0.0, _LONGEST_PAUSE_S))
        case Gone():
            return _gone(source, state, now, jitter)
        case Refused(reason=reason):
            return _failed(source, state, reason, now, jitter)
        case Failed(detail=detail):
            return _failed(source, state, detail, now, jitter)
        case _:
            assert_never(outcome)


def triage(entry: Entry, *, first_poll: bool, position: int, window_s: float, most_undated: int, now: datetime) -> Triage:
    """Whether a new entry is read. The first poll of a source lists its past: what is dated before the window, or undated and behind
    the first `most_undated` of the list (`position` counts from 0), is recorded and never alerted. Later everything new is read."""
    if entry.url is None and not entry.content and not entry.summary and not entry.title:
        return Triage(read=False, reason="neither an address nor any text")
    if not first_poll:
        return Triage(read=True, reason="new")
    dated = entry.published_at or entry.updated_at
    if dated is None:
        if position < most_undated:
            return Triage(read=True, reason=f"undated, among the first {most_undated} of the first poll")
        return Triage(read=False, reason=f"undated, listed behind the first {most_undated} when the source was first polled")
    if (now - dated).total_seconds() > window_s:
        return Triage(
            read=False, reason=f"published {dated:%Y-%m-%d}, before the window of the first poll ({window_s / 3600:g} h)"
        )
    return Triage(read=True, reason="within the window of the first poll")


def _fetched(state: SourceState, fetched: Fetched, listing: Listing | None, new_count: int, now: datetime) -> SourceState:
    etag, last_modified = validators(fetched.headers)
    digest = body_digest(fetched.body) if listing is not None else state.body_digest
    if listing is not None and listing.follow:  # an index says the same while what it names changes: it is read at every poll
        etag = last_modified = digest = None
    changed = listing is not None and (new_count > 0 or state.body_digest is None)
    return replace(
        _moved(state, fetched.moved_to),
        etag=etag,
        last_modified=last_modified,
        body_digest=digest,
        fresh_s=fresh_for_s(fetched.headers),
        hints=listing.hints if listing is not None else state.hints,
        last_change_at=now if changed else state.last_change_at,
        whole_at=now,
        unchanged=0,
    )


def _not_modified(state: SourceState, answer: NotModified) -> SourceState:
    """A 304 may bring new validators and a new freshness; what it leaves out stays as it was (RFC 9111, 3.2)."""
    etag, last_modified = validators(answer.headers)
    fresh_s = fresh_for_s(answer.headers)
    return replace(
        _moved(state, answer.moved_to),
        etag=etag or state.etag,
        last_modified=last_modified or state.last_modified,
        fresh_s=state.fresh_s if fresh_s is None else fresh_s,
        unchanged=state.unchanged + 1,
    )


def _moved(state: SourceState, moved_to: str | None) -> SourceState:
    if moved_to is None:
        return replace(state, moving_to=None, moves=0)
    moves = state.moves + 1 if moved_to == state.moving_to else 1
    if moves < _CONFIRMATIONS:
        return replace(state, moving_to=moved_to, moves=moves)
    return replace(state, url=moved_to, moving_to=None, moves=0)


def _succeeded(source: Source, state: SourceState, now: datetime, jitter: float) -> SourceState:
    due = _due(source, state, now, jitter)
    return replace(state, next_poll_at=due, last_success_at=now, failures=0, gones=0, last_error=None)


def _failed(
    source: Source, state: SourceState, reason: str, now: datetime, jitter: float, at_least_s: float = 0.0
) -> SourceState:
    failures = state.failures + 1
    if state.url is not None and failures >= _GIVE_MOVE_UP_AFTER:
        state = _moved_back(state)
    doubling_s = min(source.interval_s * 2.0 ** min(failures, 20), _LONGEST_WAIT_S)
    due = _due(source, state, now, jitter, max(doubling_s, at_least_s))
    return replace(state, next_poll_at=due, failures=failures, gones=0, moving_to=None, moves=0, last_error=reason)


def _gone(source: Source, state: SourceState, now: datetime, jitter: float) -> SourceState:
    gones = state.gones + 1
    if gones < _CONFIRMATIONS:
        reason = "HTTP 410, gone for good; asking once more before that is believed"
        return replace(_failed(source, state, reason, now, jitter), gones=gones)
    if state.url is not None:
        reason = f"HTTP 410 at {state.url}, where the source had moved to; trying the configured address again"
        return _failed(source, _moved_back(state), reason, now, jitter)
    reason = "HTTP 410, gone for good, said twice: polling has ended. Give the source a new address or disable it"
    return replace(_failed(source, state, reason, now, jitter), next_poll_at=None, gones=gones, gone=True)


def _moved_back(state: SourceState) -> SourceState:
    return replace(state, url=None, etag=None, last_modified=None, body_digest=None)


def _due(source: Source, state: SourceState, now: datetime, jitter: float, at_least_s: float = 0.0) -> datetime:
    hint_s = min(max(state.hints.every_s or 0.0, state.fresh_s or 0.0), _LONGEST_WAIT_S)
    wait_s = max(source.interval_s, hint_s, at_least_s)
    return _outside(state.hints, now + timedelta(seconds=wait_s * (1 + _JITTER * jitter)))


def _outside(hints: Hints, due: datetime) -> datetime:
    """The first moment from `due` on that lies in no hour (GMT) and on no day that the feed asks to be skipped."""
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return due
    for _ in range(8 * 24):
        if due.hour not in hints.skip_hours and _DAYS[due.weekday()] not in hints.skip_days:
            return due
        due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return due
