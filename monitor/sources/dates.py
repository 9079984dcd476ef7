"""Dates as feeds write them: RFC 822, ISO 8601 and what people write instead; those that cannot be true are not believed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.text.dates import find_date
from monitor.text.months import MONTHS_ALONE

_OLDEST_YEAR = 1990
_LONGEST_TEXT = 80
_FARTHEST_OFFSET_S = 14 * 3600
# The Buddhist era is 543 years ahead; Thai and Lao systems write it into RFC 822 and ISO dates alike.
_BUDDHIST = re.compile(r"(?<![\d+:])(2[45]\d\d)(?![\d:])")
_RFC822 = re.compile(
    r"(?:[^\W\d_]{2,12}, ?)?\d{1,2} [a-z]{3} \d{2,4} \d{1,2}:\d\d(?::\d\d)? (?:[+-]\d{4}|gmt|utc?|z|[em][sd]t|[cp]dt)",
    re.IGNORECASE,
)
# Its year comes last.
_UNIX = re.compile(r"([a-z]{3} \d{1,2}) (\d\d:\d\d:\d\d)((?: (?:[a-z]{3,4}|[+-]\d{4}))?) (\d{4})", re.IGNORECASE)
_WORD = re.compile(r"[^\s\d,./:+-]+")
_ZONE = re.compile(r" ?\[([\w/+-]+)\]$| ([A-Z]\w+/[\w/+-]+)$")
_WEEKDAY = re.compile(r"^[^\W\d_]+\.?,? (?=\d{1,2}\.? (?:de )?[^\W\d_]{3})")  # some are called like a month: `mar. 5 déc.`


def zone_of(name: str | None) -> tzinfo:
    """The time zone for dates that carry none; UTC where none is configured."""
    return ZoneInfo(name) if name else UTC


def safe_date(text: str | None, zone: tzinfo, now: datetime) -> datetime | None:
    """The date in `text` in aware UTC; if it has no offset and no zone, or an impossible one, it is read in `zone`.

    None if it cannot be read or cannot be true: before 1990, or more than a day ahead of `now`. What is less than a day ahead (mostly a
    wrong offset) becomes `now`. Understood are Buddhist years, the months and clocks of the region (`monitor.text.dates`), and more names
    of months, also of western Europe (`MONTHS_ALONE`).
    """
    if not text or len(text) > _LONGEST_TEXT:
        return None
    text = _BUDDHIST.sub(lambda year: str(int(year[1]) - 543), " ".join(text.split()), count=1)
    text = text.replace(" 24:", " 00:").replace("T24:", "T00:")  # Java's `kk` writes midnight so, on the day that it begins
    if "/" in text or text.endswith("]"):
        text, zone = _without_zone(text, zone)
    try:
        moment = _iso(text) or _rfc822(text) or _written(text, zone, now)
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


def _without_zone(text: str, zone: tzinfo) -> tuple[str, tzinfo]:
    """The date without the IANA name at its end, and the zone of that name; unchanged and `zone` if it has none."""
    named = _ZONE.search(text)
    if named is None:
        return text, zone
    try:
        return text[: named.start()], ZoneInfo(named[1] or named[2])
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the database, such as `America`
        return text, zone


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-?\d\d-?\d\d", text):
        return None
    try:
        return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", text))
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    fields = parsedate_tz(text) if _RFC822.fullmatch(text) else None
    if fields is None:
        return None
    offset_s = fields[9]
    offset = None if offset_s is None or abs(offset_s) > _FARTHEST_OFFSET_S else timezone(timedelta(seconds=offset_s))
    return datetime(*fields[:6], tzinfo=offset)


def _written(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """A date with its year, at the beginning of the day if it names no time; None if it names a time that cannot be read."""
    if re.match(r"[\d-]{8,10}T\d", text):  # ISO 8601, but impossible
        return None
    text = _WEEKDAY.sub("", unicodedata.normalize("NFC", text))
    text = _WORD.sub(lambda word: MONTHS_ALONE.get(word[0].lower(), word[0]), _UNIX.sub(r"\1 \4 \2\3", text))
    found = find_date(text, now, str(zone))
    if found is None or not found.has_year or (not found.has_time and ":" in text):
        return None
    return found.at if found.has_time else found.at.replace(tzinfo=None)
