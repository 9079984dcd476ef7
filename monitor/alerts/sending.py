"""What came of one attempt to send, for each recipient where there are several."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Every recipient of this attempt now has the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Not delivered, or not to everybody; trying again may help. The recipients in `accepted` have the message all the same.
    `retry_after_s` is the wait that the other side asked for.

    `unclear` is set when the whole message was handed over and no answer came: the other side may have it (RFC 1047).
    """

    reason: str
    accepted: tuple[str, ...] = ()
    retry_after_s: float | None = None
    unclear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Refused for good (SMTP 5xx, HTTP 410 and the like): a person has to look. The recipients in `accepted` have the message all the
    same.

    `gone` is set when the other side says that it wants no more messages at all (HTTP 410): the channel must be closed.
    """

    reason: str
    accepted: tuple[str, ...] = ()
    gone: bool = False


Sending = Sent | Deferred | Rejected
