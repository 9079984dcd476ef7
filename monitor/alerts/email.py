"""An alert as a mail: text and HTML, the same bytes on every attempt."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, tzinfo
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.alerts.alert import Delivery, Notice
from monitor.alerts.channel import EmailChannel
from monitor.urls import host_of, is_web

SUBJECT_LIMIT = 200
RECEIPTS_SHOWN = 20

# 7bit: a message in any script goes through a server without 8BITMIME, and the bytes do not depend on what a server offers.
_POLICY = SMTP.clone(cte_type="7bit")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Embeddings, overrides and isolates let a headline show itself, and the host beside it, in another order than it is read.
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_FIELDS = {"title": "in the headline", "body": "in the text", "url": "in the address", "source": "in the name of the source"}
_LANGUAGES = {
    "ar": "Arabic", "ceb": "Cebuano", "de": "German", "en": "English", "es": "Spanish", "fil": "Filipino", "fr": "French",
    "hi": "Hindi", "id": "Indonesian", "ja": "Japanese", "jv": "Javanese", "km": "Khmer", "ko": "Korean", "lo": "Lao", "ms": "Malay",
    "my": "Burmese", "pt": "Portuguese", "ru": "Russian", "ta": "Tamil", "tet": "Tetum", "th": "Thai", "tl": "Tagalog",
    "vi": "Vietnamese", "zh": "Chinese", "zh-hans": "Chinese (simplified)", "zh-hant": "Chinese (traditional)",
}  # fmt: skip


def compose(channel: EmailChannel, delivery: Delivery, notice: Notice, timezone: tzinfo = UTC) -> EmailMessage:
    """The whole message to all of the channel's recipients, multipart/alternative, with dates shown in `timezone`.

    Message-ID, Date and boundary come from the delivery alone, so a second attempt is the same message to whoever has the first.
    Whatever a page put into a headline or name, the headers stay one line each and the HTML stays text.
    """
    message = EmailMessage(policy=_POLICY)
    domain = _domain(channel.sender)
    message["Subject"] = subject(notice)
    message["From"] = channel.sender
    message["To"] = ", ".join(channel.to)
    message["Date"] = format_datetime(delivery.created_at)
    message["Message-ID"] = f"<{delivery.id}@{domain}>"
    message["List-Id"] = f"<{re.sub('[^a-z0-9-]+', '-', notice.rule_id.lower()).strip('-') or 'rule'}.alerts.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if notice.severity == "high":
        message["Importance"] = "high"
    shown = _shown(notice, timezone)
    message.set_content(_templates().get_template("alert.txt").render(shown))
    message.add_alternative(_templates().get_template("alert.html").render(shown), subtype="html")
    message.set_boundary(f"=_{delivery.id}")
    return message


def subject(notice: Notice) -> str:
    """`[rule] headline – source` in one line of at most 200 characters; a long headline gives way, the source does not."""
    rule, source = _heading(notice.rule_title, 60), _heading(notice.source_name, 60)
    room = SUBJECT_LIMIT - len(f"[{rule}]  – {source}")
    return f"[{rule}] {_heading(notice.headline or '', room) or '(no headline)'} – {source}"


def _heading(text: str, limit: int) -> str:
    # What looks like an encoded word (RFC 2047) would be decoded on its way into the header, line breaks and all.
    return _shorten(_one_line(text).replace("=?", "= ?"), limit)


def _shown(notice: Notice, timezone: tzinfo) -> dict[str, object]:
    """The words of the templates, every one of them cleaned."""
    receipts = [
        {
            "words": _one_line(each.words),
            "where": _FIELDS.get(each.field, each.field),
            "times": len(each.spans),
            "vocabulary": _one_line(each.vocabulary or ""),
            "language": _language(each.language),
        }
        for each in notice.receipt
    ]
    link = notice.url if notice.url and is_web(notice.url) else None
    return {
        "rule": _one_line(notice.rule_title),
        "severity": notice.severity,
        "headline": _pieces(notice.headline or "", notice.headline_marks),
        "lang": notice.language or "",
        "source": _one_line(notice.source_name),
        "country": _one_line(notice.country or ""),
        "language": _language(notice.language),
        "published": notice.published_at and _date(notice.published_at, timezone),
        "raised": _date(notice.raised_at, timezone),
        "link": link,
        "host": _host(link) if link else "",
        "unlinked": None if link else _one_line(notice.url or ""),
        "snippets": [_pieces(each.text, each.marks) for each in notice.snippets],
        "receipts": receipts[:RECEIPTS_SHOWN],
        "more_receipts": len(receipts[RECEIPTS_SHOWN:]),
        "facets": [_one_line(each) for each in notice.facets],
        "also_carried_by": [_one_line(each) for each in notice.also_carried_by],
        "alert_id": notice.alert_id,
        "rule_id": _one_line(notice.rule_id),
        "rule_version": _one_line(notice.rule_version),
    }


def _pieces(text: str, marks: tuple[tuple[int, int], ...]) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it is marked. Marks may overlap or reach over the ends."""
    clean = _clean(text)
    inside = [False] * len(clean)
    for start, end in marks:
        for at in range(max(0, start), min(end, len(clean))):
            inside[at] = True
    edges = [at for at in range(len(clean)) if at == 0 or inside[at] != inside[at - 1]]
    return [(clean[start:end], inside[start]) for start, end in pairwise([*edges, len(clean)])]


def _clean(text: str) -> str:
    """`text` in one line without control characters, code point for code point, so that offsets in it stay true."""
    return re.sub(r"\s", " ", _BIDI.sub("\u200b", _CONTROL.sub("\ufffd", text)))


def _one_line(text: str) -> str:
    return " ".join(_clean(text).replace("\u200b", "").replace("\ufffd", " ").split())


def _shorten(text: str, limit: int) -> str:
    """`text` cut to `limit` characters, never between a letter and the marks on it."""
    if len(text) <= limit:
        return text
    at = limit - 1
    while at > 0 and (unicodedata.category(text[at]).startswith("M") or "\u200d" in text[at - 1 : at + 1]):
        at -= 1
    return text[:at].rstrip() + "…"


def _host(link: str) -> str:
    """The host a browser will go to; one in another script is shown as it looks and as it is."""
    host = host_of(link)
    if host.isascii():
        return host
    try:
        return f"{host} ({host.encode('idna').decode()})"
    except UnicodeError:
        return f"{host} (not a valid name)"


def _domain(sender: str) -> str:
    """The domain of the sender's address; the fallback is a name that can never exist (RFC 2606)."""
    local, _, domain = parseaddr(sender)[1].rpartition("@")
    return domain.lower() if local and re.fullmatch(r"[A-Za-z0-9.-]+", domain) else "monitor.invalid"


def _language(tag: str | None) -> str:
    if not tag:
        return ""
    return _LANGUAGES.get(tag.lower()) or _LANGUAGES.get(tag.lower().partition("-")[0]) or _one_line(tag)


def _date(when: datetime, timezone: tzinfo) -> str:
    """`3 May 2025, 14:05 UTC+07:00`, whatever the locale of the machine."""
    local = when.astimezone(timezone)
    offset = f"{local:%z}"
    zone = "UTC" if offset in ("+0000", "-0000") else f"UTC{offset[:3]}:{offset[3:5]}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {zone}"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.alerts"),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
