"""The page behind a verdict link. It asks before anything is recorded, because mail scanners open every link in a mail."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.alerts import words
from monitor.alerts.alert import Notice
from monitor.alerts.feedback import Verdict

_STYLE = (
    "body{margin:0;background:#f1f3f5;color:#1c2024;font:16px/1.55 -apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif}"
    "main{box-sizing:border-box;max-width:560px;width:calc(100% - 16px);margin:16px auto;padding:20px;"
    "background:#fff;border:1px solid #dde1e5;border-radius:8px}"
    "h1{margin:0 0 12px;font-size:21px}.soft{color:#5b6470;font-size:14px}"
    "button{padding:10px 16px;border:0;border-radius:6px;background:#0b57d0;color:#fff;font:inherit;font-weight:bold}"
    "@media(prefers-color-scheme:dark){body{background:#14171a;color:#e8eaed}"
    "main{background:#1f2428;border-color:#363d44}.soft{color:#a3acb5}}"
)
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of these pages: nothing but their own style, nothing loaded, nothing run."""


_AS_SAID: dict[Verdict, str] = {"relevant": "relevant", "noise": "noise", "duplicate": "a duplicate"}


def asking(notice: Notice, verdict: Verdict) -> str:
    """The page that asks whether to record `verdict`."""
    return _page(f"Is this alert {_AS_SAID[verdict]}?", notice, verdict)


def thanks(notice: Notice, verdict: Verdict) -> str:
    """The page that says that it was recorded."""
    return _page(f"Recorded: {verdict}", notice, said="Thank you. It counts for the rule and for the words that it matched.")


def unknown() -> str:
    """The page for an address that is not a valid link."""
    return _page("This link is not valid", said="It was cut short, or the alert is no longer kept.")


def _page(title: str, notice: Notice | None = None, verdict: Verdict | None = None, said: str = "") -> str:
    shown = {
        "headline": words.one_line(notice.headline or "") if notice else "",
        "source": words.one_line(notice.source_name) if notice else "",
        "rule": words.one_line(notice.rule_title) if notice else "",
    }
    return (
        _environment()
        .get_template("verdict.html")
        .render(title=title, verdict=verdict and _AS_SAID[verdict], words=said, style=_STYLE, **shown)
    )


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("monitor.alerts"), autoescape=True, undefined=StrictUndefined)
