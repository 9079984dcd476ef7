"""The regular look at all sources: the operator is told once if one brings nothing although it should, and once when it recovers."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.alerts.message import Condition
from monitor.ports import Transaction
from monitor.sources.health import JUDGED_BY, SILENT, Ailment, ailment_of, answers, may_be_quiet, pages_of
from monitor.sources.rhythm import MEMORY
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.steps.context import Context, Done
from monitor.steps.network import OFFLINE
from monitor.steps.operator import notify_operator, recovered

PREFIX = "source:"
_SILENT, _PAGES = ":silent", ":pages"
_MOMENTS = 300
_A_MONTH = timedelta(days=30)
_COMES_AND_GOES = timedelta(days=2)
_OF_LATE = timedelta(hours=3)  # more than it takes until an entry is given up
_SET_BACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    """What has changed since the last look: new ailments and ended conditions by key, conditions of sources that are no longer watched,
    and the sources that were polled while the clock ran ahead."""

    fallen: dict[str, Ailment]
    back: dict[str, Condition]
    forgotten: list[Condition]
    ahead: list[str]


def look_over(tx: Transaction, source: Source, state: SourceState, now: datetime) -> Ailment | None:
    """What is wrong with one source or, if nothing is, with the pages that it lists; None if all is well."""
    return _of_source(tx, source, state, now) or _of_pages(tx, source, state, now)


def _of_source(tx: Transaction, source: Source, state: SourceState, now: datetime) -> Ailment | None:
    if state.last_change_at is None or not may_be_quiet(state, now):
        return ailment_of(source, state, (), now)
    return ailment_of(source, state, tx.entries.moments(source.id, _MOMENTS, state.last_change_at - MEMORY), now)


def _of_pages(tx: Transaction, source: Source, state: SourceState, now: datetime, held: Container[str] = ()) -> Ailment | None:
    """What is wrong with the pages of a source. If it has listed nothing lately, nothing can have changed, and they are not looked at."""
    ailing = f"{PREFIX}{source.id}{_PAGES}" in held
    news = state.last_change_at is not None and now - state.last_change_at < _OF_LATE
    if source.kind == "watch" or not (news or ailing):
        return None
    return pages_of(source, tx.entries.read_lately(source.id, JUDGED_BY), ailing=ailing)


def check_sources(context: Context) -> Done:
    """Look at every source's row, and tell the operator what has changed. While our own network is down, nothing is said about sources.

    That a source fails, that it is silent, and that its pages cannot be read are three separate conditions: a silent source may begin to
    fail, and still be silent when it answers again. A condition ends only when the source is known to be well, so not while the source
    cannot be asked. If a failure ended within the last month and comes back, it is told only after it has lasted for two days.

    A source that was polled while the clock ran ahead is made due now, and no host rests until the time that the clock showed then.
    """
    now = context.clock.now()
    with context.store.reading() as tx:
        recent = {each.key: each for each in tx.operator.conditions(now - _A_MONTH)}
        held = {key: each for key, each in recent.items() if each.over_at is None}
        if OFFLINE in held:
            return Done(result="left", reason="the network is away")
        states = {state.source_id: state for state in tx.sources.all() if state.source_id in context.sources}
        offline_until = recent[OFFLINE].over_at if OFFLINE in recent else None
        ailments = {
            name: None if _fails_for_us(state, offline_until) else _of_source(tx, context.sources[name], state, now)
            for name, state in states.items()
        }
        pages = {name: _of_pages(tx, context.sources[name], state, now, held) for name, state in states.items()}
    found = {_key(name, ailment): ailment for name, ailment in (*ailments.items(), *pages.items()) if ailment is not None}
    old = {key: known for key, known in held.items() if key.startswith(PREFIX) and key not in found}
    changes = _Changes(
        fallen={
            key: ailment
            for key, ailment in found.items()
            if key not in recent or (key not in held and not _may_pass(states[_name(key)], now))
        },
        back={key: known for key, known in old.items() if (name := _name(key)) in states and answers(states[name], now)},
        forgotten=[known for key, known in old.items() if _name(key) not in states],
        ahead=[name for name, state in states.items() if _was_polled_ahead(state, now)],
    )
    if changes.fallen or changes.back or changes.forgotten or changes.ahead:
        with context.store.writing() as tx:
            _take(context, tx, changes, now)
    ill = sum(found is not None for found in ailments.values())
    return Done(
        result="ok",
        reason=f"{ill} of {len(ailments)} sources bring nothing that should",
        facts={"fallen": tuple(map(_name, changes.fallen)), "back": tuple(map(_name, changes.back))},
    )


def _take(context: Context, tx: Transaction, changes: _Changes, now: datetime) -> None:
    """Record the changes, and tell the operator of them."""
    for name in changes.ahead:
        tx.sources.poll_now(name, now)
    if changes.ahead:
        tx.lanes.wake(now)
    for key, ailment in changes.fallen.items():
        notify_operator(context, tx, key=key, subject=ailment.subject, text=ailment.text, now=now)
    for key, known in changes.back.items():
        title = context.sources[_name(key)].name
        text = f"It is over: {known.subject}, told {known.since:%Y-%m-%d %H:%M} UTC."
        recovered(context, tx, key=key, subject=f"{title} is back", text=text, now=now)
    for known in changes.forgotten:  # silently: nobody waits for news of a source that is not watched
        tx.operator.set_condition(replace(known, over_at=now))


def _fails_for_us(state: SourceState, offline_until: datetime | None) -> bool:
    """Whether the source was unreachable only because our own network was down, and has not been asked since."""
    if offline_until is None or state.last_poll_at is None:
        return False
    return state.trouble == "unreachable" and state.last_poll_at < offline_until


def _may_pass(state: SourceState, now: datetime) -> bool:
    """Whether the trouble is too recent to be told, for a source whose troubles come and go."""
    return state.trouble_since is not None and now - state.trouble_since < _COMES_AND_GOES


def _was_polled_ahead(state: SourceState, now: datetime) -> bool:
    """Whether it was polled while the clock ran ahead; it would not be polled again before that time comes."""
    if state.last_poll_at is None or state.next_poll_at is None:
        return False
    return state.last_poll_at - now > _SET_BACK and state.next_poll_at > now


def _key(name: str, ailment: Ailment) -> str:
    return f"{PREFIX}{name}{_SILENT if ailment.cause in SILENT else _PAGES if ailment.cause == 'no pages' else ''}"


def _name(key: str) -> str:
    return key.removeprefix(PREFIX).removesuffix(_SILENT).removesuffix(_PAGES)
