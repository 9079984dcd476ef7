"""Dates as feeds write them: RFC 822, ISO 8601 and their many relatives, believed only as far as they can be true."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

_OLDEST_YEAR = 1990
_LONGEST_TEXT = 80
_FARTHEST_OFFSET_S = 14 * 3600
# The Buddhist era is 543 years ahead; Thai and Lao systems write it into RFC 822 and ISO dates alike.
_BUDDHIST = re.compile(r"(?<![\d+:])(2[45]\d\d)(?![\d:])")
_ZONES = {
    "ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9, "MYT": 8, "SGT": 8, "PHT": 8, "PHST": 8, "BNT": 8, "HKT": 8, "MMT": 6.5, "TLT": 9,
    "IST": 5.5, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "CET": 1, "CEST": 2, "BST": 1, "MSK": 3,
}  # fmt: skip
_MONTHS = {
    "januari": "Jan", "februari": "Feb", "peb": "Feb", "mac": "Mar", "maret": "Mar", "mei": "May", "juni": "Jun", "juli": "Jul",
    "julai": "Jul", "ogos": "Aug", "ogo": "Aug", "agu": "Aug", "agt": "Aug", "agustus": "Aug", "sept": "Sep", "okt": "Oct",
    "oktober": "Oct", "nop": "Nov", "dis": "Dec", "disember": "Dec", "des": "Dec", "desember": "Dec",
    "ม.ค.": "Jan", "ก.พ.": "Feb", "มี.ค.": "Mar", "เม.ย.": "Apr", "พ.ค.": "May", "มิ.ย.": "Jun", "ก.ค.": "Jul", "ส.ค.": "Aug",
    "ก.ย.": "Sep", "ต.ค.": "Oct", "พ.ย.": "Nov", "ธ.ค.": "Dec",
}  # fmt: skip
_HAS_ZONE = re.compile(r"(?:[+-]\d\d:?\d\d|\b(?:GMT|UTC?|Z|[ECMP][SD]T))(?: \([^()]*\))?$", re.IGNORECASE)
_WORD = re.compile(r"[^\s\d,:+/-]+")
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d))?)?")


def zone_of(name: str | None) -> tzinfo:
    """The time zone for dates that carry none; UTC where none is configured."""
    return ZoneInfo(name) if name else UTC


def safe_date(text: str | None, zone: tzinfo, now: datetime) -> datetime | None:
    """What `text` says in aware UTC; a date without an offset, or with an impossible one, is read in `zone`.

    None if it cannot be read or cannot be true: before 1990, or more than a day ahead of `now`. What is less than a day ahead (a
    wrong offset, mostly) becomes `now`. Buddhist years are understood.
    """
    if not text or len(text) > _LONGEST_TEXT:
        return None
    text = _BUDDHIST.sub(lambda year: str(int(year[1]) - 543), " ".join(text.split()), count=1)
    try:
        moment = _iso(text) or _slashed(text) or _rfc822(text)
        if moment is None:
            return None
        offset = moment.utcoffset()
        if offset is None or abs(offset.total_seconds()) > _FARTHEST_OFFSET_S:
            moment = moment.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if moment.year < _OLDEST_YEAR or moment > now + timedelta(days=1):
        return None
    return min(moment, now)


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-?\d\d-?\d\d", text):
        return None
    try:
        return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", text))
    except ValueError:
        return None


def _slashed(text: str) -> datetime | None:
    if not (match := _SLASHED.match(text)):
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  the zone is the caller's


def _rfc822(text: str) -> datetime | None:
    *words, last = text.split(" ")
    hours = _ZONES.get(last.upper())
    if hours is not None:
        text = " ".join(words)
    text = _WORD.sub(lambda word: _MONTHS.get(word[0].lower(), word[0]), text)
    try:
        fields = parsedate_tz(text)
    except (ValueError, IndexError, TypeError):
        return None
    if fields is None:
        return None
    offset_s = (
        hours * 3600 if hours is not None else fields[9] if _HAS_ZONE.search(text) else None
    )  # 0 is what `email` has for none
    offset = None if offset_s is None or abs(offset_s) > _FARTHEST_OFFSET_S else timezone(timedelta(seconds=offset_s))
    return datetime(*fields[:6], tzinfo=offset)
