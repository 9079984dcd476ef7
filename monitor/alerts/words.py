"""Makes text from outside fit to be shown to people: one line, no control characters, nothing that pretends to be something else."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, tzinfo
from itertools import pairwise

from monitor.urls import host_of

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# With embeddings, overrides and isolates a headline could have itself, and the host next to it, displayed in another order.
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_LANGUAGES = {
    "ar": "Arabic", "ceb": "Cebuano", "de": "German", "en": "English", "es": "Spanish", "fil": "Filipino", "fr": "French",
    "hi": "Hindi", "id": "Indonesian", "ja": "Japanese", "jv": "Javanese", "km": "Khmer", "ko": "Korean", "lo": "Lao", "ms": "Malay",
    "my": "Burmese", "nl": "Dutch", "pt": "Portuguese", "ru": "Russian", "ta": "Tamil", "tet": "Tetum", "th": "Thai", "tl": "Tagalog",
    "vi": "Vietnamese", "zh": "Chinese", "zh-hans": "Chinese (simplified)", "zh-hant": "Chinese (traditional)",
}  # fmt: skip


def clean(text: str) -> str:
    """`text` in one line without control characters. Each code point is replaced by one, so that offsets stay valid."""
    return re.sub(r"\s", " ", _BIDI.sub("\u200b", _CONTROL.sub("\ufffd", text)))


def one_line(text: str) -> str:
    """`text` in one line, without anything that cannot be shown."""
    return " ".join(clean(text).replace("\u200b", "").replace("\ufffd", " ").split())


def lines(text: str) -> str:
    """`text` with `one_line` applied to each of its lines."""
    return "\n".join(one_line(line) for line in text.splitlines())


def heading(text: str, limit: int) -> str:
    """`text` for a mail header, at most `limit` characters long."""
    # Anything that looks like an encoded word (RFC 2047) would be decoded on its way into the header, line breaks included.
    return shorten(one_line(text).replace("=?", "= ?"), limit)


def shorten(text: str, limit: int) -> str:
    """`text` cut to `limit` characters, but never between a letter and its marks."""
    if len(text) <= limit:
        return text
    at = limit - 1
    while at > 0 and (unicodedata.category(text[at]).startswith("M") or "\u200d" in text[at - 1 : at + 1]):
        at -= 1
    return text[:at].rstrip() + "…"


def pieces(text: str, marks: tuple[tuple[int, int], ...]) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it is marked. Marks may overlap or reach beyond the ends."""
    shown = clean(text)
    inside = [False] * len(shown)
    for start, end in marks:
        for at in range(max(0, start), min(end, len(shown))):
            inside[at] = True
    edges = [at for at in range(len(shown)) if at == 0 or inside[at] != inside[at - 1]]
    return [(shown[start:end], inside[start]) for start, end in pairwise([*edges, len(shown)])]


def host(link: str) -> str:
    """The host that a browser will go to. An international name is shown both as it looks and in its ASCII form."""
    name = host_of(link)
    if name.isascii():
        return name
    try:
        return f"{name} ({name.encode('idna').decode()})"
    except UnicodeError:
        return f"{name} (not a valid name)"


def language(tag: str | None) -> str:
    """The English name of a language tag, or the tag itself if its name is not known here."""
    if not tag:
        return ""
    return _LANGUAGES.get(tag.lower()) or _LANGUAGES.get(tag.lower().partition("-")[0]) or one_line(tag)


def day(when: datetime, timezone: tzinfo) -> str:
    """`3 May 2025`, whatever the locale of the machine."""
    local = when.astimezone(timezone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def time(when: datetime, timezone: tzinfo) -> str:
    """`3 May 2025, 14:05 UTC+07:00`."""
    local = when.astimezone(timezone)
    offset = f"{local:%z}"
    zone = "UTC" if offset in ("+0000", "-0000") else f"UTC{offset[:3]}:{offset[3:5]}"
    return f"{day(when, timezone)}, {local:%H:%M} {zone}"


def span(since: datetime, until: datetime, timezone: tzinfo) -> str:
    """`3 May 2025, 14:05 to 16:30 UTC+07:00`; the day and zone are given once if they are the same."""
    first, last = time(since, timezone), time(until, timezone)
    if first == last:
        return first
    date, zone = day(since, timezone), last.rpartition(" ")[2]
    if date != day(until, timezone) or not first.endswith(zone):
        return f"{first} to {last}"
    return f"{first.removesuffix(f' {zone}')} to {last.removeprefix(f'{date}, ')}"


def clock(when: datetime, timezone: tzinfo) -> str:
    """`3 May, 14:05`, for places where the full date and zone are given nearby."""
    local = when.astimezone(timezone)
    return f"{local.day} {_MONTHS[local.month - 1]}, {local:%H:%M}"
