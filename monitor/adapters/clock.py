"""The clock of the machine, and one that is set by hand."""

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
    """A clock that stands still until it is set, for replaying recordings (`ports.Clock`)."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The time it was last set to."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since 1970 on this clock."""
        return self._now.timestamp()

    def set(self, now: datetime) -> None:
        """Set the clock to `now`. It is never set back: an earlier time is ignored."""
        self._now = max(self._now, now)
