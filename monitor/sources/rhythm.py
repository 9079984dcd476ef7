"""A source's own rhythm: on which weekdays it brings news, and how long its usual pauses are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from heapq import nlargest
from itertools import pairwise

_DAY = timedelta(days=1)
MEMORY = timedelta(weeks=8)
"""What is older tells little about a source that brings news every day."""
_USUAL_SHARE = 0.25
_ON_USUAL_DAYS = 0.75
_FEWEST_PAUSES = 5
_ENOUGH_PAUSES = 20
_OUTLIER = 3  # a pause so many times as long as any other was an outage, ours or theirs, or a holiday, and no habit
_BEYOND_LONGEST = 1.5
_HOLIDAYS = 2 * _DAY
_OFFICE_WEEK = 0.95  # of the weekdays: with a night they make a whole week
_OFFICE_DAYS = (4, 5)
_WEEKEND = timedelta(hours=54)  # by which a weekend is longer than a night
_BUSY = 4  # times a day
_KNOWN_AFTER = timedelta(weeks=2)
_HALF_DAY = timedelta(hours=12)
_UNKNOWN = timedelta(days=30)
_EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """`days` are the weekdays (0 is Monday) that count. `pause` is the longest usual pause and `patience` how long a pause may be, both
    without the time of other weekdays. If too little is known, `pause` is None and `patience` thirty days or twice the longest pause."""

    days: frozenset[int]
    pause: timedelta | None
    patience: timedelta


def rhythm_of(moments: Sequence[datetime], zone: tzinfo) -> Rhythm:
    """The rhythm of a source that brought news at these moments, in any order. The last eight weeks count, and at least twenty pauses.

    A source may be silent for half as long again as its longest usual pause. If that is more, it has this time on top of that pause: two
    days, for holidays; a week if it has the weekdays of an office, which closes for holidays; a weekend while its weekdays are not known;
    half a day if it brings news many times every day.
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
    """The time from `start` to `end`, without that on weekdays other than `days`."""
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
    """The weekdays with news in at least a quarter of the weeks; all of them if that cannot be told, or if much news comes on others."""
    dates = {at.astimezone(zone).date() for at in moments}
    span = timedelta(days=(max(dates) - min(dates)).days + 1)
    if span < _KNOWN_AFTER:
        return _EVERY_DAY
    weeks = span / timedelta(weeks=1)
    usual = frozenset(day for day in range(7) if sum(date.weekday() == day for date in dates) >= _USUAL_SHARE * weeks)
    on_them = sum(date.weekday() in usual for date in dates)
    return usual if on_them >= _ON_USUAL_DAYS * len(dates) else _EVERY_DAY
