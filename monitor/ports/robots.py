"""The robots.txt of each host from which pages were requested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """A host's robots.txt. `body` is empty if the host has none. From `until` on it is to be fetched again."""

    url: str
    body: bytes
    until: datetime


class RobotsRows(Protocol):
    """The robots.txt of each host from which pages were requested."""

    def get(self, url: str) -> RobotsFile | None: ...

    def put(self, file: RobotsFile) -> None:
        """Store it, replacing the one from the same address."""

    def forget(self, before: datetime) -> int:
        """Delete those that should have been fetched again before then. Returns how many there were."""
