"""When to poll a source next, with which validators and at which address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from monitor.fetching.conditional import fresh_for_s, validators
from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Outcome, Refused, Request, Throttled
from monitor.sources.entry import Entry, Hints, Listing, Unlisted
from monitor.sources.source import Kind, Source
from monitor.sources.state import SourceState, Trouble

_LONGEST_WAIT_S = 86_400.0
_LONGEST_PAUSE_S = 7 * _LONGEST_WAIT_S
_JITTER = 0.1
_FIRST_JITTER = 0.75  # sources that were added or started together are not to be polled together for ever
# Some servers answer 304 for ever: after so many of them an unconditional request, at most one a day, shows it.
_AUDIT_AFTER = 10
_AUDIT_EVERY = timedelta(days=1)
_AUDIT_FROZEN_EVERY = timedelta(hours=6)
_OLD_NEWS = timedelta(hours=6)
_SLOWEST_PACE = 1.5  # with the jitter still less than two intervals, within which news should be seen
_PACE_STEP = 1.25
_MOSTLY_SEEN, _HARDLY_SEEN = 2 / 3, 1 / 3
_CONFIRMATIONS = 2
_LAST_ONES = 2
_GIVE_MOVE_UP_AFTER = 5
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ACCEPT: dict[Kind, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, */*;q=0.5",
    "sitemap": "application/xml, text/xml, */*;q=0.5",
    "watch": "text/html, application/xhtml+xml, */*;q=0.5",
}


def request_for(source: Source, state: SourceState, now: datetime) -> Request:
    """The request of the next poll: to the address that is valid now, conditional unless it is time to see a whole body again."""
    every = _AUDIT_FROZEN_EVERY if state.frozen else _AUDIT_EVERY
    audit = state.unchanged >= (1 if state.frozen else _AUDIT_AFTER) and (
        state.whole_at is None or now - state.whole_at >= every
    )
    return Request(
        url=state.url or source.url,
        etag=None if audit else state.etag,
        last_modified=None if audit else state.last_modified,
        accept=_ACCEPT[source.kind],
        check_robots=source.kind in ("page", "watch"),
    )


def body_digest(body: bytes) -> str:
    """32 hex digits that name a body."""
    return hashlib.sha256(body).hexdigest()[:32]


def is_same_body(state: SourceState, fetched: Fetched) -> bool:
    """Whether the server sent the body that was listed last, which need not be parsed again."""
    return state.body_digest == body_digest(fetched.body)


def doubted(state: SourceState, after: SourceState, request: Request, outcome: Outcome, new: Sequence[Entry]) -> SourceState:
    """`after` with what this answer tells about the server's 304s. If only dates speak against them, which may themselves be wrong, they
    are put to the test: the validators that are known to be out of date are sent once more, and `unchanged` counts from 0. A 304 to them
    is the proof."""
    frozen = is_frozen(state, request, outcome, new)
    if not frozen or not isinstance(outcome, Fetched):
        return after if after.frozen == frozen else replace(after, frozen=frozen)
    proven = state.frozen or _has_same_validators(state, outcome)
    after = replace(after, frozen=True, unchanged=state.unchanged if proven else 0)
    return after if _is_conditional(request) else replace(after, etag=state.etag, last_modified=state.last_modified)


def is_frozen(state: SourceState, request: Request, outcome: Outcome, new: Sequence[Entry]) -> bool:
    """Whether the server's 304s are to be doubted after this answer. A conditional request clears them if it brings news; as long as
    nothing is proven, any body will do."""
    if not isinstance(outcome, Fetched):
        return state.frozen
    if _is_conditional(request):
        return state.hides_news and not new
    return state.frozen or (bool(new) and _is_untrue(state, outcome, new))


def _is_conditional(request: Request) -> bool:
    return request.etag is not None or request.last_modified is not None


def _has_same_validators(state: SourceState, fetched: Fetched) -> bool:
    return validators(fetched.headers) == (state.etag, state.last_modified)


def _is_untrue(state: SourceState, fetched: Fetched, new: Sequence[Entry]) -> bool:
    """Whether a whole body, asked for without the validators that there are, shows that the 304s before it were untrue: it has `new`
    entries under the same validators, or some that were published long before the last 304."""
    if (state.etag is None and state.last_modified is None) or state.last_poll_at is None:
        return False
    if _has_same_validators(state, fetched):
        return True
    return any(entry.published_at is not None and entry.published_at < state.last_poll_at - _OLD_NEWS for entry in new)


def after_poll(
    source: Source,
    state: SourceState,
    outcome: Outcome,
    listing: Listing | Unlisted | None,
    new_count: int,
    now: datetime,
    jitter: float,
    *,
    listed: int | None = None,
) -> SourceState:
    """What is known after a poll. `listing` is what the body was, None if there was none or it was the same as last time. `new_count` is
    how many of its entries were new; `listed` is how many items the body had, if not all of them are in the listing. `jitter` is a random
    number in [0, 1): it spreads the polls over a tenth of the interval, and the second poll of a source over three quarters of it.

    The next poll is due after max(interval * pace, min(hint, a day)) plus jitter, but not in an hour or on a day that the feed asks to be
    skipped. The pace slows down to 1.5 while more than two thirds of what whole bodies bring was known, and quickens again when less
    than a third was. After failures the interval doubles, up to a day; a Retry-After of up to a week is always kept. A second 410 in a
    row ends polling. A permanent redirect that is met twice with a good answer moves the source; five failures there move it back.
    """
    state = replace(state, last_poll_at=now)
    match outcome:
        case Fetched():
            if isinstance(listing, Unlisted):
                return failed(source, state, listing.reason, listing.cause, now, jitter)
            count = len(listing.entries) if listing is not None and listed is None else listed
            return succeeded(source, _fetched(source, state, outcome, listing, new_count, count, now), now, jitter)
        case NotModified():
            return succeeded(source, _not_modified(state, outcome), now, jitter)
        case Throttled():
            return throttled(source, state, outcome, now, jitter)
        case Gone():
            return _gone(source, state, now, jitter)
        case Refused(reason=reason):
            return failed(source, state, reason, "blocked", now, jitter)
        case Failed(detail=detail):
            return failed(source, state, detail, _trouble(outcome), now, jitter)
        case _:
            assert_never(outcome)


def _trouble(failed: Failed) -> Trouble:
    if failed.kind in ("dns", "connect", "timeout"):
        return "unreachable"
    return "blocked" if failed.refused else "dead"


def _fetched(
    source: Source,
    state: SourceState,
    fetched: Fetched,
    listing: Listing | None,
    new_count: int,
    listed: int | None,
    now: datetime,
) -> SourceState:
    etag, last_modified = validators(fetched.headers)
    digest = body_digest(fetched.body) if listing is not None else state.body_digest
    if listing is not None and listing.cut:  # ask for all of it next time; if it comes again as it was, it counts as whole
        etag = last_modified = None
    if (
        listing is not None and listing.follow
    ):  # an index stays the same while what it names changes, so it is read at every poll
        etag = last_modified = digest = None
    changed = listing is not None and (new_count > 0 or state.last_change_at is None)
    emptied = state.trouble == "empty" if listed is None else listed == 0 and _has_emptied(source, state)
    if listing is not None and listing.follow:
        emptied = False
    return replace(
        _moved(state, fetched.moved_to),
        etag=etag,
        last_modified=last_modified,
        body_digest=digest,
        listed=state.listed if listed is None or emptied else listed,  # so that after a failure it is still one that had items
        pace=_pace(state, etag is not None or last_modified is not None, new_count, listed),
        trouble="empty" if emptied else None,
        fresh_s=fresh_for_s(fetched.headers),
        hints=listing.hints if listing is not None else state.hints,
        last_change_at=now if changed else state.last_change_at,
        whole_at=now,
        unchanged=0,
    )


def _has_emptied(source: Source, state: SourceState) -> bool:
    """Whether it is a fault that a list has no items. A sitemap names the news of two days, a search those of some days: both run empty
    when nothing happens, a search item by item."""
    return state.trouble == "empty" or (source.kind != "sitemap" and state.listed > _LAST_ONES)


def _pace(state: SourceState, conditional: bool, new_count: int, listed: int | None) -> float:
    """The factor by which the interval is stretched, after a whole body. (A 304 costs next to nothing and leaves it as it is.) A body that
    is the same again slows the pace, unless it has validators: then it was asked for as a whole on purpose."""
    if listed is None:
        seen_share = _HARDLY_SEEN if conditional else 1.0
    elif listed == 0:
        return state.pace
    else:
        seen_share = 1 - new_count / listed
    if seen_share > _MOSTLY_SEEN:
        return min(state.pace * _PACE_STEP, _SLOWEST_PACE)
    return max(state.pace / _PACE_STEP, 1.0) if seen_share < _HARDLY_SEEN else state.pace


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
        trouble="empty" if state.trouble == "empty" else None,
    )


def _moved(state: SourceState, moved_to: str | None) -> SourceState:
    if moved_to is None:
        return replace(state, moving_to=None, moves=0) if state.moves else state
    moves = state.moves + 1 if moved_to == state.moving_to else 1
    if moves < _CONFIRMATIONS:
        return replace(state, moving_to=moved_to, moves=moves)
    return replace(state, url=moved_to, moving_to=None, moves=0)


def succeeded(source: Source, state: SourceState, now: datetime, jitter: float) -> SourceState:
    """The state with the next poll at its usual time."""
    due = _due(source, state, now, jitter, spread=_JITTER if state.last_success_at else _FIRST_JITTER)
    since = (state.trouble_since or now) if state.trouble else None
    return replace(state, next_poll_at=due, last_success_at=now, failures=0, gones=0, last_error=None, trouble_since=since)


def paused(source: Source, state: SourceState, now: datetime, jitter: float, at_least_s: float) -> SourceState:
    """The state after a poll that succeeded and whose server then asked to be left alone for so long."""
    state = succeeded(source, state, now, jitter)
    return replace(state, next_poll_at=_due(source, state, now, jitter, min(at_least_s, _LONGEST_PAUSE_S)))


def throttled(source: Source, state: SourceState, answer: Throttled, now: datetime, jitter: float) -> SourceState:
    """The state after a server asked for less, or said that it is out of service (503)."""
    said = "the server is out of service" if answer.status == 503 else "the server asks for fewer requests"
    wait = "" if answer.retry_after_s is None else f", Retry-After {answer.retry_after_s:g} s"
    trouble: Trouble = "dead" if answer.status == 503 else "blocked"
    at_least_s = min(answer.retry_after_s or 0.0, _LONGEST_PAUSE_S)
    return failed(source, state, f"{said} (HTTP {answer.status}{wait})", trouble, now, jitter, at_least_s)


def failed(
    source: Source, state: SourceState, reason: str, trouble: Trouble, now: datetime, jitter: float, at_least_s: float = 0.0
) -> SourceState:
    """The state with one more failure, its `reason`, and the next poll later for it."""
    failures = state.failures + 1
    if state.trouble == "empty":  # to hear that nothing has changed since would not tell that it is so still
        state = replace(state, etag=None, last_modified=None, body_digest=None)
    if state.url is not None and failures >= _GIVE_MOVE_UP_AFTER:
        state = _moved_back(state)
    doubling_s = min(source.interval_s * 2.0 ** min(failures, 20), _LONGEST_WAIT_S)
    due = _due(source, state, now, jitter, max(doubling_s, at_least_s))
    return replace(
        state,
        next_poll_at=due,
        failures=failures,
        gones=0,
        moving_to=None,
        moves=0,
        last_error=reason,
        trouble=trouble,
        trouble_since=state.trouble_since or now,
        errands=(),
    )


def _gone(source: Source, state: SourceState, now: datetime, jitter: float) -> SourceState:
    gones = state.gones + 1
    if gones < _CONFIRMATIONS:
        reason = "HTTP 410, gone for good; asking once more before that is believed"
        return replace(failed(source, state, reason, "dead", now, jitter), gones=gones)
    if state.url is not None:
        reason = f"HTTP 410 at {state.url}, where the source had moved to; trying the configured address again"
        return failed(source, _moved_back(state), reason, "dead", now, jitter)
    reason = "HTTP 410, gone for good, said twice: polling has ended. Give the source a new address or disable it"
    return replace(failed(source, state, reason, "dead", now, jitter), next_poll_at=None, gones=gones, gone=True)


def _moved_back(state: SourceState) -> SourceState:
    return replace(state, url=None, etag=None, last_modified=None, body_digest=None, seen=b"")


def _due(
    source: Source, state: SourceState, now: datetime, jitter: float, at_least_s: float = 0.0, spread: float = _JITTER
) -> datetime:
    hint_s = min(max(state.hints.every_s or 0.0, state.fresh_s or 0.0), _LONGEST_WAIT_S)
    usual_s = source.interval_s * state.pace * (1 + spread * jitter)
    wait_s = max(usual_s, max(hint_s, at_least_s) * (1 + _JITTER * jitter))
    return _outside(state.hints, now + timedelta(seconds=wait_s))


def _outside(hints: Hints, due: datetime) -> datetime:
    """The first moment from `due` on that is in none of the hours (GMT), and on none of the days, that the feed asks to be skipped."""
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return due
    for _ in range(8 * 24):
        if due.hour not in hints.skip_hours and _DAYS[due.weekday()] not in hints.skip_days:
            return due
        due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return due
