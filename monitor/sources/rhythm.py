"""A source's own rhythm: on which weekdays it brings news, and how long its usual pauses are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

_DAY = timedelta(days=1)
_WEEKS = 8
_USUAL_SHARE = 0.25
_FEWEST_PAUSES = 5
_BEYOND_LONGEST = 1.5
_HOLIDAYS = 2 * _DAY  # an office that rests on some weekdays rests on holidays, too
_HALF_DAY = timedelta(hours=12)
_UNKNOWN = timedelta(days=30)
_EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """`days` are the weekdays (0 is Monday) that count; `pause` is the longest one so far and `patience` how long a pause may be, both
    without the other days; `pause` is None where too little is known, and thirty days are waited."""

    days: frozenset[int]
    pause: timedelta | None
    patience: timedelta


def rhythm_of(moments: Sequence[datetime], zone: tzinfo) -> Rhythm:
    """The rhythm of a source that brought news at these moments, in any order; the last eight weeks and five pauses count, at least.

    A source that has usual weekdays is given two of them for holidays, beyond one and a half times its longest pause; one that brings news
    on any day, half a day.
    """
    ordered = sorted(set(moments))
    if not ordered:
        return Rhythm(days=_EVERY_DAY, pause=None, patience=_UNKNOWN)
    begin = ordered[-1] - timedelta(weeks=_WEEKS)
    recent = [at for number, at in enumerate(ordered) if at >= begin or len(ordered) - number <= _FEWEST_PAUSES + 1]
    days = _usual_days(recent, zone)
    pauses = [between(one, other, days, zone) for one, other in pairwise(recent)]
    pauses = [pause for pause in pauses if pause > timedelta(minutes=1)]  # what one poll brought is one moment
    if len(pauses) < _FEWEST_PAUSES:
        return Rhythm(days=days, pause=None, patience=_UNKNOWN)
    slack = _HALF_DAY if days == _EVERY_DAY else _HOLIDAYS
    return Rhythm(days=days, pause=max(pauses), patience=_BEYOND_LONGEST * max(pauses) + slack)


def between(start: datetime, end: datetime, days: frozenset[int], zone: tzinfo) -> timedelta:
    """The time from `start` to `end` without what lies on other weekdays than `days`."""
    if end <= start:
        return timedelta(0)
    whole, total = end - start, timedelta(0)
    weeks = whole // (7 * _DAY)
    start += weeks * 7 * _DAY
    local, until = start.astimezone(zone), end.astimezone(zone)
    while local < until:
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
        if local.weekday() in days:
            total += min(midnight, until) - local
        local = midnight
    return total + weeks * len(days) * _DAY


def _usual_days(moments: Sequence[datetime], zone: tzinfo) -> frozenset[int]:
    """The weekdays with news in a quarter of the weeks or more; all of them where that cannot be told."""
    dates = {at.astimezone(zone).date() for at in moments}
    weeks = ((max(dates) - min(dates)).days + 1) / 7
    if weeks < 2:
        return _EVERY_DAY
    usual = frozenset(day for day in range(7) if sum(date.weekday() == day for date in dates) >= _USUAL_SHARE * weeks)
    return usual or _EVERY_DAY
