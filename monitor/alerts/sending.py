"""What came of one attempt to send, per recipient where there are several."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Every recipient that was asked for has it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Not (wholly) delivered, trying again may help. `accepted` have it all the same; `retry_after_s` is what the other side asked for."""

    reason: str
    accepted: tuple[str, ...] = ()
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Refused for good (SMTP 5xx, HTTP 410 and the like): a person has to look. `accepted` have it all the same."""

    reason: str
    accepted: tuple[str, ...] = ()


Sending = Sent | Deferred | Rejected
