"""Dates as people write them in the region, understood with regard to when and where they are read.

Understood: ISO 8601, RFC 2822, day-month-year in words of sixteen languages and in digits of every script, Buddhist years (Thai, Lao
and Khmer; also two digits after a Thai month), years of the Republic of China, `today (10th)`, `2 hours ago`. Refused: a year or a
month alone, days that do not exist, anything before 1990 or more than a day ahead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.text.digits import western_digits
from monitor.text.months import AGO, MONTHS, TODAY, WEEKDAYS, YESTERDAY, ZONES

_EARLIEST = 1990
_SCAN = 400  # characters: a date line is short, and of a longer text only the beginning is searched
_AHEAD = timedelta(hours=26)  # local time that is labelled as UTC lies at most so far ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A date in a text: the moment in UTC, where it stands, and whether the text named the year and a time of day."""

    at: datetime
    start: int
    end: int
    has_year: bool
    has_time: bool


def parse_date(text: str, now: datetime | None, timezone: str | None = None, language: str | None = None) -> datetime | None:
    """The first date in `text` as aware UTC, or None.

    `now` is the moment of reading: without it a date must name its year. `timezone` (IANA) holds for a time of day that names no zone.
    A date without a time of day is midnight UTC of that day, so that it is the same day wherever it is shown in the region.
    A moment up to 26 hours ahead is taken for `now` (local time labelled UTC); one further ahead is no date.
    """
    found = find_date(text, now, timezone, language)
    return found.at if found else None


def find_date(text: str, now: datetime | None, timezone: str | None = None, language: str | None = None) -> Found | None:
    """As `parse_date`, with the place in the text."""
    if not any(c.isdecimal() for c in text[:_SCAN]) and now is None:
        return None
    flat = western_digits(text[:_SCAN]).lower()
    if len(flat) != len(text[:_SCAN]):  # a few letters grow when lowered, and then places would be wrong
        flat = western_digits(text[:_SCAN])
    zone = _zone(timezone)
    return _stated(flat, now, zone, language) or _relative(flat, now, zone)


@lru_cache(maxsize=64)
def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _names(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    month = rf"(?P<month>{_names(list(MONTHS))})(?![a-z\u00e0-\u024f\u1e00-\u1eff])\.?လ?"
    day = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|hb|er|º)?(?!\d)"
    year = r"(?P<year>\d{4}|\d{2})(?!\d)"
    gap = r"[\s,./\-–()၊]{0,3}"
    era = r"(?:(?:พ\.ศ\.|ค\.ศ\.|ພ\.ສ\.|ຄ\.ສ\.|ព\.ស\.|គ\.ស\.|年|ပီ|ປີ|ឆ្នាំ|năm|tahun|year|de|of|ng|ခုနှစ်)\s*)?"
    words = (
        ("ymd", rf"(?<!\d)(?P<year>\d{{4}})\s*(?:ခုနှစ်|年|ປີ|-|/|\.|,)?\s*၊?\s*{month}{gap}{day}"),
        ("dmy", rf"{day}{gap}(?:de |ng |haribulan |ខែ|ເດືອນ|เดือน|tháng )?\s*{month}{gap}{era}{year}"),
        ("mdy", rf"(?<![^\W\d_]){month}{gap}{day}{gap}(?:ရက်)?{gap}{era}(?P<year>\d{{4}})(?!\d)"),
        ("md", rf"(?<![^\W\d_]){month}\s{{0,2}}{day}(?![\s,]*\d)"),
        ("dm", rf"{day}[\s\-]{{0,2}}(?:ng |ខែ|ເດືອນ|เดือน)?{month}(?![\s,]*\d)"),
    )
    digits = (
        ("cjk", r"(?P<roc>民國|民国)?\s*(?P<year>\d{2,4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号號]?"),
        ("iso", r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"),
        ("compact", r"(?<!\d)(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?=t?\d{6}(?!\d)|$)"),
        ("ynums", r"(?<![\d/.])(?P<year>\d{4}|1\d\d)[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?!\d)"),
        ("vi", r"(?P<day>\d{1,2})\s+(?:tháng|thg?\.?)\s*(?P<month>\d{1,2})(?:\s*[,/]?\s*(?:năm\s+)?(?P<year>\d{4}))"),
        ("label", r"(?P<day>\d{1,2})\s*(?:ខែ|ເດືອນ|เดือน)\s*(?P<month>\d{1,2})\s*(?:ឆ្នាំ|ປີ|ปี|พ\.ศ\.)?\s*(?P<year>\d{4})"),
        (
            "nums",
            r"(?<![\d.])(?P<day>\d{1,2})\s?(?P<sep>[/.\-])\s?(?P<month>\d{1,2})\s?(?P=sep)\s?(?P<year>\d{4}|\d{2})(?![\d%])",
        ),
        ("dateline", r"(?<=,\s)(?P<day>\d{1,2})/(?P<month>\d{1,2})(?=\s*[(–—\-:])"),
        ("cjkmd", r"(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号號]"),
    )
    return tuple(
        (name, re.compile(pattern)) for name, pattern in (*digits[:5], *words[:3], *digits[5:7], *words[3:], *digits[7:])
    )


_CLOCK = re.compile(
    r"(?<![\d.])(?P<hour>\d{1,2})[:.h时時点點](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?(?!\d)\s*"
    r"(?P<half>[ap]\.?m\b\.?|(?:sa|ch)\b(?!\s[^\W\d]))?\s*(?:น\.|ໂມງ)?\s*\(?(?P<zone>z\b|(?:gmt|utc)?\s?[+\-−]\d{1,2}:?\d{0,2}(?!\d)|[a-z]{3,4}\b)?"
)
_CLOCK_COMPACT = re.compile(r"\At?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?!\d)(?P<zone>z\b|[+\-]\d{4}(?!\d))?")
_CLOCK_HALF = re.compile(r"(?<![\d.])(?P<hour>\d{1,2})\s?(?P<half>[ap]\.?m\b)")
_CLOCK_WORDS = re.compile(r"(?<![\d.])(?P<hour>\d{1,2})\s*(?:นาฬิกา|နာရီ(?!က))(?:\s*(?P<minute>\d{1,2})\s*(?:นาที|မိနစ်))?")
_AFTERNOON = re.compile(
    r"petang|\bptg\b|malam|sore|chiều|tối|下午|晚上|(?:ng|sa) (?:hapon|gabi)|\bn\.[gh]\.|บ่าย|ຕອນແລງ|រសៀល|ល្ងាច|ညနေ|နေ့လယ်|မွန်းလွဲ|மாலை|பிற்பகல்"
)
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_BEFORE = re.compile(rf"\b({'|'.join(_ENGLISH_DAYS)})[a-z]{{0,6}}\.?,?\s*$")
# What these mean at home, they mean nowhere else: Philippine and China Standard Time, not those of America.
_LOCAL_NAMES = {"pst": ("Asia/Manila",), "cst": ("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Macau")}
_CJK_NUMERAL = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0}
_CJK_DATE = re.compile(r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号號]")


def _cjk_number(text: str) -> int:
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_CJK_NUMERAL[c]) for c in text))
    return (_CJK_NUMERAL.get(tens, 1) if tens else 1) * 10 + (_CJK_NUMERAL.get(ones, 0) if ones else 0)


def _stated(text: str, now: datetime | None, zone: tzinfo, language: str | None) -> Found | None:
    if "年" in text and (match := _CJK_DATE.search(text)):
        year, month, day = (_cjk_number(part) for part in match.groups())
        return _with_clock(text, match.span(), _day(year, month, day), True, now, zone)
    best: Found | None = None
    for name, form in _forms():
        for match in form.finditer(text):
            if best and match.start() >= best.start:
                break
            the_day, has_year = _read_day(name, match, now, zone, language)
            found = _with_clock(text, match.span(), the_day, has_year, now, zone)
            if found:
                best = found
                break
        if best and best.has_year and name in ("iso", "compact"):
            break
    return best


def _read_day(
    name: str, match: re.Match[str], now: datetime | None, zone: tzinfo, language: str | None
) -> tuple[date | None, bool]:
    parts = match.groupdict()
    raw_month = parts["month"]
    month = MONTHS.get(raw_month) or MONTHS.get(raw_month + ".") or (int(raw_month) if raw_month.isdigit() else 0)
    day = int(parts["day"])
    if not parts.get("year"):
        return _latest(month, day, now, zone), False
    year = _year(parts["year"], raw_month, language, roc=bool(parts.get("roc")))
    if name != "nums":
        return _day(year, month, day), True
    if len(parts["year"]) == 2 and (language or "").startswith("zh"):
        return _day(2000 + day, month, int(parts["year"])), True
    plain, swapped = _day(year, month, day), _day(year, day, month)
    american = (language or "").split("-")[0] == "tl" or str(zone) == "Asia/Manila"
    first, second = (swapped, plain) if american else (plain, swapped)
    if first and second and (named := _DAY_BEFORE.search(match.string, max(0, match.start() - 12), match.start())):
        weekday = _ENGLISH_DAYS.index(named[1])
        return (second if second.weekday() == weekday != first.weekday() else first), True
    if first and second and now and first > now.date() + timedelta(days=1) >= second:
        return second, True
    return first or second, True


def _year(text: str, month: str, language: str | None, *, roc: bool) -> int:
    year = int(text)
    if roc or (len(text) == 3 and language == "zh-Hant"):
        return year + 1911
    thai = (language or "").startswith("th") or any("\u0e00" <= c <= "\u0e7f" for c in month)
    if len(text) == 2:
        return year + 2500 - 543 if thai and year >= 43 else year + 2000
    return year - 543 if 2450 <= year <= 2700 else year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _EARLIEST <= year <= 2400 else None
    except ValueError:
        return None


def _latest(month: int, day: int, now: datetime | None, zone: tzinfo) -> date | None:
    """The last such day before `now`, if it is not longer ago than 300 days."""
    if now is None:
        return None
    today = now.astimezone(zone).date()
    days = (_day(today.year, month, day), _day(today.year - 1, month, day))
    return next((d for d in days if d and timedelta(days=-1) <= today - d <= timedelta(days=300)), None)


def _with_clock(
    text: str, span: tuple[int, int], day: date | None, has_year: bool, now: datetime | None, zone: tzinfo
) -> Found | None:
    if day is None:
        return None
    start, end = span
    clock, where = _clock(text[end : end + 40], zone, after=True), end
    if clock is None:
        where = max(0, start - 24)
        clock = _clock(text[where:start], zone, after=False)
    if clock is None:
        at = datetime.combine(day, time(), tzinfo=UTC)
    else:
        moment, offset, clock_span = clock
        try:
            at = datetime.combine(
                day, moment, tzinfo=zone if offset is None else timezone(timedelta(minutes=offset))
            ).astimezone(UTC)
        except OverflowError:
            return None
        start, end = min(start, where + clock_span[0]), max(end, where + clock_span[1])
    return _sane(at, Found(at=at, start=start, end=end, has_year=has_year, has_time=clock is not None), now)


def _sane(at: datetime, found: Found, now: datetime | None) -> Found | None:
    if now is None or at <= now:
        return found
    if at - now > _AHEAD:
        return None
    return Found(at=now, start=found.start, end=found.end, has_year=found.has_year, has_time=found.has_time)


def _clock(text: str, zone: tzinfo, *, after: bool) -> tuple[time, int | None, tuple[int, int]] | None:
    matches = [
        *_CLOCK.finditer(text),
        *_CLOCK_COMPACT.finditer(text),
        *_CLOCK_WORDS.finditer(text),
        *_CLOCK_HALF.finditer(text),
    ]
    if not matches:
        return None
    match = matches[0] if after else matches[-1]
    parts = match.groupdict()
    hour, minute, second = int(parts["hour"]), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    half = (parts.get("half") or "")[:1]
    if not half and hour < 12 and _AFTERNOON.search(text[max(0, match.start() - 8) : match.end() + 10]):
        hour += 12
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half in "pc" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    name = parts.get("zone")
    offset = None if str(zone) in _LOCAL_NAMES.get(name or "", ()) else _offset(name)
    span = match.span("zone") if offset is not None else (match.start(), match.end("half") if half else match.end("minute"))
    return time(hour, minute, second), offset, (match.start(), max(span[1], match.end("half") if half else 0))


def _offset(zone: str | None) -> int | None:
    """Minutes east of Greenwich; None where nothing, or nothing possible, is said."""
    if not zone:
        return None
    zone = zone.replace(" ", "").replace("−", "-")
    if zone in ZONES:
        return ZONES[zone]
    match = re.fullmatch(r"(?:gmt|utc)?([+-])(\d{1,2}):?(\d{2})?", zone)
    if not match:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes > 14 * 60:
        return None
    return minutes if match[1] == "+" else -minutes


@lru_cache(maxsize=1)
def _relative_forms() -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple((re.compile(rf"((?<!\d)\d{{1,3}}|\ban?\b)\s*(?:{units})"), minutes) for minutes, units in AGO.items())


_PUBLISHED = re.compile(
    r"published|posted|diterbitkan|dipublikasikan|terbit|tayang|disiarkan|nailathala|đăng|เผยแพร่|ເຜີຍແຜ່|ផ្សាយ|发布|發布|发表|發表|刊登|வெளியிட",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(rf"(?P<today>{TODAY})|(?P<yesterday>{YESTERDAY})|(?:{_names(WEEKDAYS)}|今|昨)(?=\s*[(（])")
_IN_BRACKETS = re.compile(r"\s*[(（]\s*([^()（）]{1,30}?)\s*[)）]")
_BARE_DAY = re.compile(r"(?:tanggal |ngày )?(\d{1,2})(?:st|nd|rd|th|hb)?\s*(?:日|号|號)?(?:\s?[/.]\s?(\d{1,2}))?")
_WIRE_DAY = re.compile(r"(?<![\d月])(\d{1,2})日(?:综合|綜合|外電|專|专)?(?:讯|訊|电|電)")


def from_publication(text: str) -> str | None:
    """What a line says from the word on that marks the date of publication, before which another date may stand; None without one."""
    found = _PUBLISHED.search(text)
    return text[found.start() :] if found else None


def find_named_day(text: str, now: datetime, timezone: str | None = None) -> datetime | None:
    """The day that running text means by `today (10th)`, `Friday (27/11)` or `วันนี้ (28 พ.ย. 69)`, as `parse_date` gives it."""
    found = _named_day(western_digits(text).lower(), now, _zone(timezone))
    return found.at if found else None


def _named_day(text: str, now: datetime, zone: tzinfo) -> Found | None:
    for match in _NAMED_DAY.finditer(text):
        bracket = _IN_BRACKETS.match(text, match.end())
        if bracket is None:
            continue
        if bare := _BARE_DAY.fullmatch(bracket[1]):
            day = _last_day(int(bare[1]), int(bare[2] or 0), now.astimezone(zone).date())
        else:
            stated = _stated(bracket[1], now, zone, None)
            day = stated.at.date() if stated and not stated.has_time else None
        if found := _with_clock(text, (match.start(), bracket.end()), day, False, now, zone):
            return found
    return None


def _relative(text: str, now: datetime | None, zone: tzinfo) -> Found | None:
    if now is None:
        return None
    for form, minutes in _relative_forms():
        if match := form.search(text):
            at = now - timedelta(minutes=minutes * (int(match[1]) if match[1].isdigit() else 1))
            return Found(at=at, start=match.start(), end=match.end(), has_year=False, has_time=minutes < 1440)
    if found := _named_day(text, now, zone):
        return found
    today = now.astimezone(zone).date()
    if match := _WIRE_DAY.search(text):
        return _with_clock(text, match.span(), _last_day(int(match[1]), 0, today), False, now, zone)
    for match in _NAMED_DAY.finditer(text):
        if match["today"] or match["yesterday"]:
            day = today - timedelta(days=1 if match["yesterday"] else 0)
            return _with_clock(text, match.span(), day, False, now, zone)
    return None


def _last_day(day: int, month: int, today: date) -> date | None:
    """The last date up to `today` with that day (and month, unless 0)."""
    for back in range(366):
        candidate = today - timedelta(days=back)
        if candidate.day == day and month in (0, candidate.month):
            return candidate
    return None
