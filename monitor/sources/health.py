"""What is wrong with a source that brings nothing: it is dead, blocked, empty, behind a login, changed, frozen, or merely quiet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.sources.dates import zone_of
from monitor.sources.rhythm import Rhythm, between, rhythm_of
from monitor.sources.source import Source
from monitor.sources.state import SourceState, Trouble

Cause = Literal["gone", "dead", "blocked", "empty", "login page", "not a feed", "selector rot", "frozen", "quiet", "no pages"]
SILENT: frozenset[Cause] = frozenset(("empty", "quiet"))
"""The causes that are possible although the source answers as it should."""

_PATIENCE = timedelta(hours=6)
_FEWEST_FAILURES = 3
_CERTAIN = timedelta(
    days=3
)  # after this, fewer failures are enough, since a source may be asked rarely (a Retry-After of a week)
_ANSWERS_WITHIN = timedelta(days=1)
_NO_PAGE = "feed-only ("
JUDGED_BY = 10
MAY_BE_QUIET = timedelta(days=1)

_SUBJECTS: dict[Trouble, tuple[Cause, str]] = {
    "dead": ("dead", "gives no usable answer"),
    "unreachable": ("dead", "cannot be reached"),
    "blocked": ("blocked", "keeps us out"),
    "empty": ("empty", "lists nothing any more"),
    "login page": ("login page", "asks for a login"),
    "not a feed": ("not a feed", "is not what it was"),
    "selector rot": ("selector rot", "has changed its page"),
}
_ADVICE: dict[Cause, str] = {
    "gone": "It is not polled any more. Give it another address in sources.yaml, or take it out.",
    "dead": "It is tried again at growing intervals, once a day at least. If it has moved, give it its new address in sources.yaml.",
    "blocked": "Nothing here gets round a refusal. Ask the publisher, poll it less often, or take it out; a longer `interval` may help.",
    "empty": "Look at it in a browser: it may have moved, or be broken on its side.",
    "login page": "It is for members now, or the address has moved behind a login. Look for another address, or take it out.",
    "not a feed": "Look at it in a browser: it may have moved. `monitor sources add` finds the feed of a site.",
    "selector rot": "The page was rebuilt. Write new `selectors: links` in sources.yaml; `monitor sources try` shows what they find.",
    "frozen": "Its server says `not modified` though there is news. It is read as a whole four times a day; tell the publisher.",
    "no pages": "Rules see only what its list says. Nothing here gets round a refusal: ask the publisher, or look for another source.",
    "quiet": "It answers as it should. If it publishes elsewhere now, give it its new address; if this is its way, there is nothing to do.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """What is wrong: in a word, in a line, and in a few sentences for the operator."""

    cause: Cause
    subject: str
    text: str


def answers(state: SourceState, now: datetime) -> bool:
    """Whether the last poll succeeded and is recent enough to say something about the source now."""
    if state.failures or state.trouble is not None or state.last_success_at is None:
        return False
    return now - state.last_success_at < _ANSWERS_WITHIN or (state.next_poll_at is not None and now <= state.next_poll_at)


def may_be_quiet(state: SourceState, now: datetime) -> bool:
    """Whether the source may have been silent for too long: it answers, but nothing new has come for a day. Only then does `ailment_of`
    need `moments`."""
    silent = state.last_change_at is not None and now - state.last_change_at > MAY_BE_QUIET
    return silent and not state.frozen and answers(state, now)


def ailment_of(source: Source, state: SourceState, moments: Sequence[datetime], now: datetime) -> Ailment | None:
    """What is wrong with the source; None if it is well or in trouble too recently to say. `moments` are when it brought news."""
    if state.gone:
        return _ailment("gone", f"{source.name} is gone", state.last_error or "HTTP 410.")
    if state.trouble is not None and state.trouble_since is not None:
        lasting = _known_until(state, now) - state.trouble_since
        certain = state.failures >= _FEWEST_FAILURES or state.trouble == "empty" or lasting >= _CERTAIN
        if lasting < _PATIENCE or not certain:
            return None
        cause, words = _SUBJECTS[state.trouble]
        said = state.last_error or "It answers, but its list has no items."
        return _ailment(cause, f"{source.name} {words}", f"Since {_time(state.trouble_since)}. {said.rstrip('.')}.")
    if state.hides_news:
        said = f"A whole look on {_time(state.whole_at)} found news that its conditional answers (HTTP 304) had denied."
        return _ailment("frozen", f"{source.name} hides its news", said)
    if not may_be_quiet(state, now):
        return None
    return _silence(source, state, moments, state.last_success_at or now)


def no_page(why: str) -> str:
    """The remark in an entry's row that its page could not be fetched; `pages_of` recognises it."""
    return f"{_NO_PAGE}{why})"


def pages_of(source: Source, became: Sequence[tuple[str, str]], *, ailing: bool) -> Ailment | None:
    """What is wrong with the pages that a source lists, although its list can be fetched: none of the last `JUDGED_BY` could be read.
    `became` holds the outcome and reason of its articles, newest first. An `ailing` source is well again when half of them can be read."""
    whys = [_why_no_page(outcome, reason) for outcome, reason in became[:JUDGED_BY]]
    missing = [why for why in whys if why is not None]
    if len(missing) < (JUDGED_BY / 2 + 1 if ailing else JUDGED_BY):
        return None
    said = f"Of its last {len(whys)} articles {len(missing)} could not be read from their pages; the last one: {missing[0]}."
    return _ailment("no pages", f"{source.name} shows its list but not its pages", said)


def _why_no_page(outcome: str, reason: str) -> str | None:
    if outcome == "unreadable":
        return reason.rstrip(".")
    _, found, why = reason.partition(_NO_PAGE)
    return why.removesuffix(")").rstrip(".") if found else None


def _known_until(state: SourceState, now: datetime) -> datetime:
    """Until when the source is known to have failed: now, or its last poll if the next one is overdue, since the program did not run."""
    due = state.next_poll_at is not None and state.next_poll_at < now
    return state.last_poll_at if due and state.last_poll_at is not None else now


def _silence(source: Source, state: SourceState, moments: Sequence[datetime], seen_at: datetime) -> Ailment | None:
    """The ailment of a source that had been silent for longer than its rhythm allows when it was last polled; None if it had not. An empty
    list is judged in the same way, since a search or a news sitemap lists only the news of the last days. For a source that has brought
    nothing yet, silence counts from its first poll."""
    zone = zone_of(source.timezone)
    rhythm = rhythm_of(moments, zone)
    if rhythm.pause is None and source.kind == "watch":
        return None  # a notice that changes twice a year is as it should be
    last = max(moments, default=state.last_change_at or seen_at)
    silent = between(last, seen_at, rhythm.days, zone)
    if silent <= rhythm.patience:
        return None
    said = " ".join((_quiet(rhythm, last, silent), *(f"Not to be had: {part.error}." for part in state.parts if part.error)))
    if not state.listed:
        return _ailment("empty", f"{source.name} {_SUBJECTS['empty'][1]}", f"{said} Its list has no items.")
    return _ailment("quiet", f"{source.name} has gone quiet", said)


def _ailment(cause: Cause, subject: str, said: str) -> Ailment:
    return Ailment(cause=cause, subject=f"{subject} ({cause})", text=f"{said} {_ADVICE[cause]}")


def _quiet(rhythm: Rhythm, last: datetime, silent: timedelta) -> str:
    counted = "" if len(rhythm.days) == 7 else ", counted in the weekdays on which it usually has news"
    if rhythm.pause is None:
        return f"Nothing new since {_time(last)}, for {_span(silent)}{counted}; its rhythm is not known yet."
    return f"Nothing new since {_time(last)}, for {_span(silent)}{counted}; its longest pause before was {_span(rhythm.pause)}."


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "an unknown day"
