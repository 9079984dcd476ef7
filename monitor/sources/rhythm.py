"""A source's own rhythm: on which weekdays it brings news, and how long its usual pauses are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from heapq import nlargest
from itertools import pairwise

_DAY = timedelta(days=1)
MEMORY = timedelta(weeks=8)
"""What is older says little about a source that brings news every day."""
_USUAL_SHARE = 0.25
_ON_USUAL_DAYS = 0.75
_FEWEST_PAUSES = 5
_ENOUGH_PAUSES = 20
_OUTLIER = 3  # a pause so many times as long as any other was an outage, ours or theirs, or a holiday: no habit
_BEYOND_LONGEST = 1.5
_HOLIDAYS = 2 * _DAY
_OFFICE_WEEK = 0.95  # with a night that is a whole one
_OFFICE_DAYS = (4, 5)
_WEEKEND = timedelta(hours=54)  # by so much it is longer than a night
_BUSY = 4  # times a day
_KNOWN_AFTER = timedelta(weeks=2)
_HALF_DAY = timedelta(hours=12)
_UNKNOWN = timedelta(days=30)
_EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """`days` are the weekdays (0 is Monday) that count; `pause` is the longest usual one and `patience` how long a pause may be, both
    without the other days; `pause` is None where too little is known, and thirty days are waited, or twice as long as ever before."""

    days: frozenset[int]
    pause: timedelta | None
    patience: timedelta


def rhythm_of(moments: Sequence[datetime], zone: tzinfo) -> Rhythm:
    """The rhythm of a source that brought news at these moments, in any order; the last eight weeks and twenty pauses count, at least.

    Beyond its longest usual pause a source is given half of it again, or where that is more, two days for holidays: a week if it has the
    weekdays of an office, which closes then; a weekend as long as its weekdays are not known; half a day if it brings news many
    times on every day.
    """
    ordered = sorted({at.replace(minute=0, second=0, microsecond=0) for at in moments})  # what one hour brought is one moment
    if not ordered:
        return Rhythm(days=_EVERY_DAY, pause=None, patience=_UNKNOWN)
    begin = ordered[-1] - MEMORY
    recent = [at for number, at in enumerate(ordered) if at >= begin or len(ordered) - number <= _ENOUGH_PAUSES + 1]
    days = _usual_days(recent, zone)
    pauses = _pauses(recent, days, zone)
    if len(pauses) < _FEWEST_PAUSES:
        longest = max(_pauses(recent, _EVERY_DAY, zone), default=timedelta(0))
        return Rhythm(days=_EVERY_DAY, pause=None, patience=max(_UNKNOWN, 2 * longest))
    longest = max(pauses)
    if len(pauses) > _ENOUGH_PAUSES:
        longest = min(longest, _OUTLIER * nlargest(2, pauses)[1])
    slack = _slack(days, len(pauses), recent[-1] - recent[0])
    return Rhythm(days=days, pause=longest, patience=max(_BEYOND_LONGEST * longest, longest + slack))


def _slack(days: frozenset[int], pauses: int, span: timedelta) -> timedelta:
    if span < _KNOWN_AFTER:
        return _WEEKEND
    if days == _EVERY_DAY:
        return _HALF_DAY if pauses >= _BUSY * (span / _DAY) else _HOLIDAYS
    return _OFFICE_WEEK * len(days) * _DAY if len(days) in _OFFICE_DAYS else _HOLIDAYS


def _pauses(moments: Sequence[datetime], days: frozenset[int], zone: tzinfo) -> list[timedelta]:
    pauses = (between(one, other, days, zone) for one, other in pairwise(moments))
    return [pause for pause in pauses if pause]


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
    """The weekdays with news in a quarter of the weeks or more; all where that cannot be told, or where news come on others, too."""
    dates = {at.astimezone(zone).date() for at in moments}
    span = timedelta(days=(max(dates) - min(dates)).days + 1)
    if span < _KNOWN_AFTER:
        return _EVERY_DAY
    weeks = span / timedelta(weeks=1)
    usual = frozenset(day for day in range(7) if sum(date.weekday() == day for date in dates) >= _USUAL_SHARE * weeks)
    on_them = sum(date.weekday() in usual for date in dates)
    return usual if on_them >= _ON_USUAL_DAYS * len(dates) else _EVERY_DAY
