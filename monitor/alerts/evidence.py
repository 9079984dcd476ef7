"""Everything that proves how an alert came about, as files."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor.alerts.alert import Alert, Delivery, Notice
from monitor.articles.article import Article
from monitor.articles.seed import metadata, render
from monitor.fetching.outcome import Fetched
from monitor.rules.rule import Rule

_WITHOUT_RESPONSE = (
    "The article was read from what its source itself carried (a feed), or came as a file: no page was fetched for it.\n"
)


def evidence(
    *,
    alert: Alert,
    notice: Notice,
    deliveries: tuple[Delivery, ...],
    article: Article,
    rule: Rule | None,
    asked_url: str | None,
    fetched: Fetched | None,
    warc: bytes | None,
    changed_since: bool,
) -> dict[str, bytes]:
    """The files by name. `article` is in the version that raised the alert, and `fetched` is the answer it was read from: None if no
    page was fetched, and then `warc` is None, too. `rule` is the rule as it raised the alert, None if it has changed since.
    `changed_since` says that the page has changed since."""
    files = {
        "article.txt": render(article).encode(),
        "article.json": _json(metadata(article)),
        "alert.json": _json({**asdict(alert), "receipt": asdict(notice), "deliveries": [asdict(each) for each in deliveries]}),
        "rule.json": _json(
            {"id": notice.rule_id, "version": notice.rule_version, "in_force": None if rule is None else asdict(rule)}
        ),
    }
    if fetched is not None:
        about = {
            "asked_url": asked_url,
            "url": fetched.url,
            "status": fetched.status,
            "fetched_at": fetched.fetched_at,
            "body_bytes": len(fetched.body),
            "body_sha256": hashlib.sha256(fetched.body).hexdigest(),
        }
        files["response.json"] = _json(about)
        files["response-headers.txt"] = "".join(f"{name}: {value}\r\n" for name, value in fetched.headers.items()).encode()
        files["response-body"] = fetched.body
    if warc is not None:
        files["response.warc.gz"] = warc
    files["README.txt"] = _readme(alert, notice, fetched, changed_since).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return {**files, "SHA256SUMS": sums.encode()}


def zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    """The files as one zip. Each is dated `at`, so that the same files always make the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _readme(alert: Alert, notice: Notice, fetched: Fetched | None, changed_since: bool) -> str:
    lines = [
        f"Evidence for alert {notice.alert_id}",
        f"raised {notice.raised_at.isoformat()} by rule {notice.rule_id}, version {notice.rule_version}",
        "",
        "article.txt            the article in the version that raised the alert; article.json: its address, dates, authors, flags",
        "alert.json             the alert, its receipt (each matched word and its places, in code points), and its deliveries",
        "rule.json              the rule; `in_force` is null if it has changed since the alert was raised",
    ]
    if fetched is None:
        lines += ["", _WITHOUT_RESPONSE.rstrip()]
    else:
        lines += [
            "response.json          what was asked for, what answered, when, and the digest of the body",
            "response-headers.txt   the headers of the answer; response-body: its body, decoded from its content encoding",
            "response.warc.gz       the same as a WARC record (ISO 28500), with its own digests; the request in it is the address only",
        ]
    lines.append("SHA256SUMS             digests of all files: sha256sum --check SHA256SUMS")
    if changed_since:
        lines += [
            "",
            f"The page was changed after the alert, which was raised by version {alert.article_version} of the article:",
            f"`monitor articles show {alert.article_id} --versions` shows how.",
        ]
    return "\n".join(lines) + "\n"


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n").encode("utf-8", "replace")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
