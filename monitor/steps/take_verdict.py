"""A reader has followed a verdict link: what to answer, and what to record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.alerts.feedback import Feedback, read_token
from monitor.alerts.verdict_page import POLICY, asking, thanks, unknown
from monitor.ports import Clock, Store

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: dict(_HEADERS))


def take_verdict(store: Store, clock: Clock, method: str, token: str) -> Answer:
    """Answer `method` on `/verdict/TOKEN`: GET and HEAD ask and record nothing, POST records. There is no login: the token is the
    permission to give one verdict on one alert. Giving it twice is the same as giving it once."""
    with store.reading() as tx:
        key = tx.feedback.signing_key()
        said = read_token(key, token) if key else None
        stored = tx.alerts.get(said[0]) if said else None
    if said is None or stored is None:
        return _answer(404, unknown())
    alert_id, channel_id, verdict = said
    if method == "POST":
        given = Feedback(alert_id=alert_id, channel_id=channel_id, verdict=verdict, given_at=clock.now())
        with store.writing() as tx:
            tx.feedback.give(given)
        return _answer(200, thanks(stored.notice, verdict))
    if method in ("GET", "HEAD"):
        return _answer(200, asking(stored.notice, verdict))
    return Answer(status=405, body=b"", headers={**_HEADERS, "Allow": "GET, HEAD, POST"})


def _answer(status: int, page: str) -> Answer:
    return Answer(status=status, body=page.encode())
