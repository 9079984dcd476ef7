"""The robots.txt of each host whose pages were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """A host's robots.txt; its `body` is empty where there is none. It is asked for again from `until` on."""

    url: str
    body: bytes
    until: datetime


class RobotsRows(Protocol):
    """The robots.txt of each host whose pages were asked for."""

    def get(self, url: str) -> RobotsFile | None: ...

    def put(self, file: RobotsFile) -> None:
        """Keep it in the place of what was at its address before."""

    def forget(self, before: datetime) -> int:
        """Drop those that should have been asked for again by then; how many there were."""
