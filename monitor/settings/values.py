"""The values that people write in YAML: durations, sizes, codes, addresses. Each check says what to write instead of a bad one."""

from __future__ import annotations

import difflib
import ipaddress
import re
import zoneinfo
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import soupsieve
from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from monitor.settings.codes import COUNTRIES, LANGUAGES, TAKEN_FOR_COUNTRY, TAKEN_FOR_LANGUAGE
from monitor.urls import is_web

_UNIT_S = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?=\d)(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,9}s)?")
_SIZE = re.compile(r"(\d{1,6})(KB|MB|GB)")
_SIZE_BYTES = {"KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000}
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_VOCABULARY = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)?")
_ADDRESS = re.compile(r"[^\s@<>\",;:()\[\]]+@[^\s@<>\",;:()\[\]]+")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_PASSWORD_HASH = re.compile(r"\$argon2id\$v=19\$m=\d{1,8},t=\d{1,3},p=\d{1,3}\$[A-Za-z0-9+/]{11,88}\$[A-Za-z0-9+/]{11,88}")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?")


def wrong(message: str, write: str | None = None, *, show: bool = True) -> PydanticCustomError:
    """An error that `complaints.py` turns into a Problem. With `show` False the Problem does not repeat what was written."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "write": write, "show": show})


def nearest(word: str, among: Iterable[str]) -> str | None:
    """The one of `among` that was probably meant, if any is similar."""
    close = difflib.get_close_matches(word, list(among), n=1, cutoff=0.6)
    return close[0] if close else None


def is_duration(text: str) -> bool:
    """Whether `text` is a length of time as people write it here: `30s`, `1h30m`, `7d`."""
    return _DURATION.fullmatch(text) is not None


def seconds(duration: str) -> float:
    """`1h30m` -> 5400.0, for a valid duration (`is_duration`)."""
    return float(sum(int(number) * _UNIT_S[unit] for number, unit in re.findall(r"(\d+)([wdhms])", duration)))


def size_bytes(size: str) -> int:
    """`20MB` -> 20000000, for a text that has passed `Size`."""
    number, unit = size[:-2], size[-2:]
    return int(number) * _SIZE_BYTES[unit]


def between(low: str, high: str) -> Callable[[Any], str]:
    """A check for durations from `low` to `high`, both included."""

    def check(value: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise wrong("a duration needs its unit", f"{value:g}s, or with m, h, d, w")
        if not isinstance(value, str) or not _DURATION.fullmatch(value):
            raise wrong("not a duration", "a number with its unit, such as 30s, 15m, 1h30m, 7d")
        if not seconds(low) <= seconds(value) <= seconds(high):
            raise wrong(f"outside {low} to {high}", f"a duration from {low} to {high}")
        return value

    return check


_AS_DURATION = WithJsonSchema(
    {"type": "string", "pattern": "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$", "examples": ["15m", "1h30m"]}
)

Interval = Annotated[str, BeforeValidator(between("1s", "4w")), _AS_DURATION]
Timeout = Annotated[str, BeforeValidator(between("1s", "10m")), _AS_DURATION]
Gap = Annotated[str, BeforeValidator(between("0s", "10m")), _AS_DURATION]
Window = Annotated[str, BeforeValidator(between("0s", "520w")), _AS_DURATION]


def _retention(value: Any) -> str:
    return "forever" if value == "forever" else between("1d", "5200w")(value)


Retention = Annotated[
    str,
    BeforeValidator(_retention),
    WithJsonSchema({"type": "string", "pattern": "^(forever|([0-9]+w)?([0-9]+d)?)$", "examples": ["730d"]}),
]


def _sizes(low: str, high: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        match = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if not match:
            raise wrong("not a size", "a number with its unit, such as 500KB, 20MB")
        if not size_bytes(low) <= size_bytes(match[0]) <= size_bytes(high):
            raise wrong(f"outside {low} to {high}", f"a size from {low} to {high}")
        return match[0]

    return check


def _as_size(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": "^[0-9]+(KB|MB|GB)$", "examples": [example]})


Size = Annotated[str, BeforeValidator(_sizes("1KB", "1GB")), _as_size("20MB")]
DiskSize = Annotated[str, BeforeValidator(_sizes("1MB", "100000GB")), _as_size("10GB")]


def _line(value: str) -> str:
    if not value.strip():
        raise wrong("empty text", "some text, or leave the line out")
    if _BREAKS.search(value):
        raise wrong("a line break or control character", "one line of text")
    if len(value) > 1000:
        raise wrong("longer than 1000 characters", "less")
    return value.strip()


def _name(value: str) -> str:
    if not _ID.fullmatch(value):
        made = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:64].strip("-")
        raise wrong("not a name: small letters a-z, digits and hyphens, at most 64", made or "a name such as bangkok-post")
    return value


def is_name(text: str) -> bool:
    """Whether `text` can be an id or the name of a user."""
    return _ID.fullmatch(text) is not None


def vocabulary_name_problem(name: str) -> str | None:
    """What to write instead of an invalid vocabulary name; None for a valid one."""
    if _VOCABULARY.fullmatch(name):
        return None
    parts = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in name.split("/")][:2]
    return "/".join(parts) if all(parts) else "group/name, such as crime/drug-trafficking"


def _web(value: str) -> str:
    if not is_web(value):
        if re.fullmatch(r"[\w.-]+\.\w{2,}(/\S*)?", value):
            raise wrong("not a web address", f"https://{value}")
        raise wrong("not a web address", "an address that begins with https:// or http:// and has no spaces")
    if "@" in value.split("://", 1)[1].split("/", 1)[0]:
        raise wrong("a user or password in an address", "the address without it", show=False)
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        upper = value.upper()
        known = upper if upper in COUNTRIES else TAKEN_FOR_COUNTRY.get(upper)
        raise wrong("not a country code", known or "two capitals by ISO 3166-1, or ASEAN, INT, EU")
    return value


def language_problem(value: str) -> str | None:
    """What to write instead of an invalid language tag (BCP 47); None for a valid one."""
    match = _LANGUAGE.fullmatch(value)
    if match and (len(match[1]) == 3 or match[1] in LANGUAGES):
        return None
    lower = value.lower().replace("_", "-")
    if lower in TAKEN_FOR_LANGUAGE:
        return TAKEN_FOR_LANGUAGE[lower]
    primary = re.split(r"[-_]", lower)[0]
    return primary if primary in LANGUAGES else "a language tag such as th, en, zh-Hans; mul for several"


def _language(value: str) -> str:
    if write := language_problem(value):
        raise wrong("not a language tag", write)
    return value


def _timezone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        zones = zoneinfo.available_timezones()
        by_city = [zone for zone in sorted(zones) if zone.rpartition("/")[2].lower() == value.rpartition("/")[2].lower()]
        raise wrong(
            "not a time zone", by_city[0] if by_city else nearest(value, zones) or "a name such as Asia/Bangkok"
        ) from None
    return value


def _clock_time(value: str) -> str:
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", value):
        raise wrong("not a time of day", "hours and minutes, such as 08:00")
    return value


def _digest(value: str) -> str:
    if value == "hourly":
        return value
    try:
        return _clock_time(value)
    except PydanticCustomError:
        raise wrong("not a time for digests", "hourly, or a time of day such as 08:00") from None


def _quiet(value: str) -> str:
    start, dash, end = value.replace("\u2013", "-").replace(" ", "").partition("-")
    try:
        if not dash or _clock_time(start) == _clock_time(end):
            raise wrong("", None)
    except PydanticCustomError:
        raise wrong("not quiet hours", "from and to, such as 22:00-06:00") from None
    return f"{start}-{end}"


def _selector(value: str) -> str:
    try:
        soupsieve.compile(value)
    except soupsieve.SelectorSyntaxError as error:
        raise wrong(f"not a CSS selector: {str(error).splitlines()[0]}", "a selector such as `article h2 a`") from None
    return value


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise wrong("not a mail address", "an address such as desk@example.org")
    return value


def _sender(value: str) -> str:
    named = re.fullmatch(r"([^<>@\"]*)<([^<>]+)>", value)
    if not _ADDRESS.fullmatch(named[2] if named else value):
        raise wrong("not a sender", "an address, alone or as `Monitor <monitor@example.org>` in quotes")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.:-]+", value):
        raise wrong("not a host name", "a name or IP address alone; the port has its own key")
    return value


def _contact(value: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", value) or re.search(r"[()\\]", value):
        raise wrong("not a contact", "a mail address or a web address, without spaces and brackets")
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        try:
            write = str(ipaddress.ip_network(value, strict=False))
        except ValueError:
            write = "a network such as 10.1.2.0/24"
        raise wrong("not a network", write) from None


def _password_hash(value: str) -> str:
    if not _PASSWORD_HASH.fullmatch(value):
        raise wrong("not the hash of a password", "in quotes, the line that `monitor password` prints", show=False)
    return value


def _header(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise wrong("not the name of a header", "a name such as X-Forwarded-User")
    return value


def _query(value: str) -> str:
    if not value.strip():
        raise wrong("an empty query", "a query, such as smuggling AND police")
    return value


Line = Annotated[str, AfterValidator(_line)]
Name = Annotated[str, AfterValidator(_name)]
Web = Annotated[Line, AfterValidator(_web)]
Country = Annotated[str, AfterValidator(_country)]
Language = Annotated[str, AfterValidator(_language)]
Timezone = Annotated[str, AfterValidator(_timezone)]
ClockTime = Annotated[str, AfterValidator(_clock_time)]
DigestTime = Annotated[str, AfterValidator(_digest)]
QuietHours = Annotated[str, AfterValidator(_quiet)]
Selector = Annotated[Line, AfterValidator(_selector)]
Address = Annotated[Line, AfterValidator(_address)]
Sender = Annotated[Line, AfterValidator(_sender)]
Host = Annotated[str, AfterValidator(_host)]
Contact = Annotated[str, AfterValidator(_contact)]
Network = Annotated[str, AfterValidator(_network)]
PasswordHash = Annotated[str, AfterValidator(_password_hash)]
HeaderName = Annotated[str, AfterValidator(_header)]
QueryText = Annotated[str, AfterValidator(_query)]
