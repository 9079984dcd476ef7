"""Due rows, and the lanes in which only one runs at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

StepName = Literal["poll_source", "read_entry", "read_again", "deliver", "digest", "heartbeat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A row whose time has come: which step to run with which key. In each lane only one step runs at a time."""

    step: StepName
    key: str
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A due row whose lane is held by the owner of `token`: nobody else works in that lane until the lease ends."""

    due: Due
    token: str


class LaneRows(Protocol):
    """Which process works in which lane. A lane is free from the time in its row on."""

    def claim(self, found: Sequence[Due], *, now: datetime, until: datetime) -> list[Claim]:
        """Hold the lanes of these rows until then, each under a new token. Returns the claims for those that nobody else holds."""

    def holds(self, claim: Claim) -> bool:
        """Whether the claim is still valid; if so, it stays valid until this transaction ends."""

    def take_over(self, claim: Claim, until: datetime) -> Claim | None:
        """Put the claim under a new token, so that the old one can no longer be used; None if the claim is no longer valid."""

    def renew(self, claims: Sequence[Claim], until: datetime) -> frozenset[Claim]:
        """Hold the lanes until then. Returns the claims that are still valid."""

    def release(self, ended: Sequence[tuple[Claim, datetime]]) -> int:
        """Give the lanes back, each to rest until the time given. Returns how many of the claims were still valid."""

    def clear(self, now: datetime) -> int:
        """Free all lanes that are held, when their holders are known to be gone. Returns how many there were."""

    def wake(self, now: datetime) -> int:
        """End the rest of all lanes that nobody holds. Returns how many there were."""

    def forget(self, before: datetime) -> int:
        """Delete the rows of lanes that have been free since then. Returns how many there were."""
