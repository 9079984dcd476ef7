"""Due rows, and the lanes in which one works at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

StepName = Literal["poll_source", "read_entry", "read_again", "deliver", "digest", "heartbeat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A row whose time has come: which step takes which key. What shares a lane runs one at a time."""

    step: StepName
    key: str
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A due row, and its lane held for whoever has the token: no one else works in that lane until the lease is over."""

    due: Due
    token: str


class LaneRows(Protocol):
    """Who works in which lane, over all processes. A lane is free when the time has come that its row names."""

    def claim(self, found: Sequence[Due], *, now: datetime, until: datetime) -> list[Claim]:
        """Hold the lanes of these rows until then, each under a new token; what came of those that are held by no one else."""

    def holds(self, claim: Claim) -> bool:
        """Whether the claim is still good; if so, it is until this transaction has ended."""

    def take_over(self, claim: Claim, until: datetime) -> Claim | None:
        """The claim under a new token, so that whoever else has the old one cannot use it; None if it is no longer good."""

    def renew(self, claims: Sequence[Claim], until: datetime) -> frozenset[Claim]:
        """Hold them until then; those that are still good."""

    def release(self, ended: Sequence[tuple[Claim, datetime]]) -> int:
        """Give the lanes back, each to rest until its time; how many of the claims were still good."""

    def clear(self, now: datetime) -> int:
        """Free all lanes that are held: whoever held them is gone. How many there were."""

    def wake(self, now: datetime) -> int:
        """End the rest of all lanes that nobody holds; how many there were."""

    def forget(self, before: datetime) -> int:
        """Drop the rows of lanes that have been free since then; how many there were."""
