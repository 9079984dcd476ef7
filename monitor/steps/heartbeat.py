"""The daily sign of life: without it, a dead program would look like a quiet day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from monitor.alerts import words
from monitor.alerts.holding import next_time
from monitor.alerts.message import Condition
from monitor.ports import Gap, Tally, Timer, Transaction
from monitor.sources.health import answers
from monitor.sources.state import SourceState
from monitor.steps.context import Context, Done
from monitor.steps.operator import tell_operator

HEARTBEAT = "heartbeat"
SILENT = timedelta(days=1)
GAP = timedelta(minutes=10)
"""How long the whole program must have stood still for it to be worth telling: a restart is shorter."""
_SHOWN = 20


def heartbeat(context: Context, key: str) -> Done:
    """Tell the operator's channel what has been done since the last sign of life, and what is wrong."""
    now = context.clock.now()
    with context.store.writing() as tx:
        timer = tx.operator.timer(key)
        if timer is None or timer.next_at is None or timer.next_at > now:
            return Done(result="left", reason="not due")
        since = timer.last_at or now - SILENT
        states = [state for state in tx.sources.all() if state.source_id in context.sources]
        gaps = [gap for gap in tx.sources.gaps(since) if gap.source_id in context.sources]
        subject, text = _words(context, states, gaps, tx.operator.tally(since), tx.operator.conditions(since), since, now)
        tell_operator(context, tx, key=HEARTBEAT, subject=subject, text=text, now=now)
        tx.operator.set_timer(replace(timer, last_at=now, next_at=_next(context, now)))
    return Done(result="ok", reason="sign of life", facts={"channel": context.operator})


def resume(context: Context) -> None:
    """To be called when the program starts or has reloaded its configuration: sets the timer of the heartbeat, and tells the operator
    how long nothing was watched, if it was long."""
    now = context.clock.now()
    with context.store.writing() as tx:
        timer = tx.operator.timer(HEARTBEAT) or Timer(name=HEARTBEAT, last_at=None, next_at=None)
        missed = timer.next_at is not None and timer.next_at <= now
        if not (missed and _next(context, now)):
            tx.operator.set_timer(replace(timer, next_at=_next(context, now)))
        _tell_gap(context, tx, now)


def _next(context: Context, now: datetime) -> datetime | None:
    if context.heartbeat is None or context.operator is None:
        return None
    return next_time(context.heartbeat, now, context.timezone)


def _tell_gap(context: Context, tx: Transaction, now: datetime) -> None:
    since, due = tx.sources.polls()
    if since is None or due is None or now - max(due, since) < GAP:
        return
    subject = f"Nothing was watched for {_duration(now - since)}"
    from_to = f"from {words.time(since, context.timezone)} to {words.time(now, context.timezone)}"
    text = f"The program did not run or could not work {from_to}. What sources still list is read now, what they no longer list is missed."
    tx.operator.set_condition(Condition(key="program:gap", subject=subject, text=text, since=since, over_at=now))
    tell_operator(context, tx, key="program:gap", subject=subject, text=text, now=now)


def _words(
    context: Context,
    states: Sequence[SourceState],
    gaps: Sequence[Gap],
    tally: Tally,
    conditions: Sequence[Condition],
    since: datetime,
    now: datetime,
) -> tuple[str, str]:
    silent = [state for state in states if not (_answered_lately(state, now) or answers(state, now))]
    alive = len(states) - len(silent)
    waiting = f"{tally.waiting} waiting, {tally.held} held back, {tally.dead} given up"
    again = " (`monitor alerts --dead` tells why)" if tally.dead else ""
    lines = [
        f"Since {words.time(since, context.timezone)}:",
        "",
        f"Sources: {alive} of {len(states)} answered within a day, or when they were asked last.",
        f"Articles read: {tally.articles}, of which {tally.matched} matched a rule.",
        f"Alerts raised: {tally.alerts}. Messages sent: {tally.sent}; {waiting}{again}.",
        f"Possible gaps: {len(gaps) or 'none'}.",
    ]
    if silent:
        lines += ["", "Silent for a day or more:"]
        lines += [f"- {state.source_id}: {_silence(state, context.timezone)}" for state in silent[:_SHOWN]]
        lines += [f"- and {len(silent) - _SHOWN} more"] if len(silent) > _SHOWN else []
    if gaps:
        lines += ["", "In these times a source may have listed something that was not seen:"]
        for gap in gaps[:_SHOWN]:
            how = gap.how or "still looked for"
            span = words.span(gap.since, gap.found_at, context.timezone)
            lines.append(f"- {gap.source_id}, {span}: {gap.filled} more found, {how}")
        lines += [f"- and {len(gaps) - _SHOWN} more"] if len(gaps) > _SHOWN else []
    if conditions:
        lines += ["", "What else was wrong:"]
        for each in conditions[:_SHOWN]:
            over = f", over since {words.time(each.over_at, context.timezone)}" if each.over_at else ""
            lines.append(f"- {each.subject} ({words.time(each.since, context.timezone)}{over})")
        lines += [f"- and {len(conditions) - _SHOWN} more"] if len(conditions) > _SHOWN else []
    trouble = sum(each.over_at is None for each in conditions)
    well = "all is well" if not silent and not trouble and not tally.dead else "something needs a look"
    alerts = f"{tally.alerts} alert{'' if tally.alerts == 1 else 's'}"
    return f"{alive} of {len(states)} sources alive, {alerts}: {well}", "\n".join(lines)


def _answered_lately(state: SourceState, now: datetime) -> bool:
    return state.last_success_at is not None and now - state.last_success_at <= SILENT


def _silence(state: SourceState, timezone: tzinfo) -> str:
    """Why a source is silent, as far as it is known, and since when."""
    if state.last_success_at is not None:
        last = f"last answered {words.time(state.last_success_at, timezone)}"
    else:
        last = "never polled" if state.last_poll_at is None else "has not answered yet"
    return f"{state.last_error}; {last}" if state.last_error else last


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if number]
    return " ".join(parts[:2]) or "0 min"
