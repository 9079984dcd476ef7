"""The clock of the machine, and one that stands where a recording says."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The time of this machine (`ports.Clock`)."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)  # noqa: TID251  the one place that asks the machine

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return time.monotonic()


class SetClock:
    """A clock that stands still until it is set: replay's (`ports.Clock`)."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Where it was set last."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since 1970 on this clock."""
        return self._now.timestamp()

    def set(self, now: datetime) -> None:
        """Stand at `now`; a clock is never set back, an earlier time is ignored."""
        self._now = max(self._now, now)
