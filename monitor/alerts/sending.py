"""What came of one attempt to send, per recipient where there are several."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Every recipient that was asked for has it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Not (wholly) delivered, trying again may help. `accepted` have it all the same; `retry_after_s` is what the other side asked for.

    `unclear` is set when the whole message was handed over and no answer came: the other side may have it (RFC 1047).
    """

    reason: str
    accepted: tuple[str, ...] = ()
    retry_after_s: float | None = None
    unclear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Refused for good (SMTP 5xx, HTTP 410 and the like): a person has to look. `accepted` have it all the same.

    `gone` is set when the channel itself says that it wants nothing any more (HTTP 410): it is to be switched off.
    """

    reason: str
    accepted: tuple[str, ...] = ()
    gone: bool = False


Sending = Sent | Deferred | Rejected
