"""Where a list of alerts goes on: the alert after which, as one word."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from monitor.alerts.alert import Alert

_CURSOR = re.compile(r"(\d{1,17})-([\w-]{1,64})", re.ASCII)
_START = datetime(1970, 1, 1, tzinfo=UTC)


def cursor_of(alert: Alert) -> str:
    """The word for this place."""
    return f"{(alert.raised_at - _START) // timedelta(microseconds=1)}-{alert.id}"


def place(cursor: str) -> tuple[datetime, str] | None:
    """The place that a word stands for; None if it is none of ours."""
    found = _CURSOR.fullmatch(cursor)
    return None if found is None else (_START + timedelta(microseconds=int(found[1])), found[2])
