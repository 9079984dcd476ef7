"""What readers say an alert was worth: the signed links by which they say it, and what it shows about rules and terms."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import quote

from monitor.alerts.alert import Notice
from monitor.alerts.wording import VerdictLinks

Verdict = Literal["relevant", "noise", "duplicate"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
PATH = "/verdict/"
_SIGNATURE_CHARACTERS = 32  # 128 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What the readers of a channel say an alert was worth. A later verdict of theirs replaces an earlier one."""

    alert_id: str
    channel_id: str
    verdict: Verdict
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How many of the alerts raised by `name` (a rule, or a term with its vocabulary) got which verdict from readers."""

    name: str
    relevant: int
    noise: int
    duplicate: int

    @property
    def share(self) -> float | None:
        """relevant / (relevant + noise), from 0 to 1; None if there are neither. Duplicates are not the rule's fault and do not count."""
        judged = self.relevant + self.noise
        return self.relevant / judged if judged else None


def token(key: bytes, alert_id: str, channel_id: str, verdict: Verdict) -> str:
    """The part of a link by which a channel's readers can give `verdict`. It cannot be made without `key`."""
    said = f"{alert_id}~{channel_id}~{verdict}"
    return f"{said}~{_sign(key, said)}"


def read_token(key: bytes, text: str) -> tuple[str, str, Verdict] | None:
    """Alert, channel and verdict of a token; None if it was not made with `key`."""
    said, _, signature = text.rpartition("~")
    if not hmac.compare_digest(signature.encode(), _sign(key, said).encode()):
        return None
    alert_id, channel_id, verdict = said.split("~")
    return alert_id, channel_id, verdict  # type: ignore[return-value]  # only the three are ever signed


def verdict_links(public_url: str, key: bytes) -> VerdictLinks:
    """The addresses of the pages under `public_url` that ask whether an alert was relevant, noise or a duplicate."""
    base = public_url.rstrip("/") + PATH

    def links(alert_id: str, channel_id: str) -> Mapping[str, str]:
        return {verdict: base + quote(token(key, alert_id, channel_id, verdict), safe="~") for verdict in VERDICTS}

    return links


def by_rule(judged: Iterable[tuple[Feedback, Notice]]) -> list[Precision]:
    """The precision of each rule, the worst first."""
    return _precision((notice.rule_id, feedback.verdict) for feedback, notice in judged)


def by_term(judged: Iterable[tuple[Feedback, Notice]]) -> list[Precision]:
    """The precision of each term as it stood in the texts, the worst first: what a vocabulary would be better without."""
    named = []
    for feedback, notice in judged:
        terms = {
            f"{each.words.casefold()} ({each.vocabulary})" if each.vocabulary else each.words.casefold()
            for each in notice.receipt
        }
        named += [(term, feedback.verdict) for term in terms]
    return _precision(named)


def _precision(named: Iterable[tuple[str, Verdict]]) -> list[Precision]:
    counts: dict[str, Counter[str]] = {}
    for name, verdict in named:
        counts.setdefault(name, Counter())[verdict] += 1
    found = [Precision(name=name, **{verdict: tally[verdict] for verdict in VERDICTS}) for name, tally in counts.items()]
    return sorted(found, key=lambda each: (2.0 if each.share is None else each.share, -each.noise, each.name))


def _sign(key: bytes, said: str) -> str:
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:_SIGNATURE_CHARACTERS]
