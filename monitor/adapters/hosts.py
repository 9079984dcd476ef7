"""One request at a time to a host, even where several sources are redirected to the same host."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor.computing import waiting

if TYPE_CHECKING:
    from monitor.ports import Clock

_LONGEST_GAP_S = 10.0
_LONGEST_WAIT_S = 15.0
"""After waiting this long a request goes out beside the others: a source must not fail because many are redirected to the same host."""


class HostTurns:
    """Gives threads their turns at hosts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._rest = threading.Event()
        self._busy: set[str] = set()
        self._left_at: dict[str, float] = {}  # the latest comes last
        self._rests_until: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, *, gap_s: float, patience_s: float) -> Iterator[None]:
        """A turn at a host, held until the end of the block. It begins `gap_s` seconds (at most ten) after the previous turn there."""
        latest = time.monotonic() + min(patience_s, _LONGEST_WAIT_S)
        with self._changed:
            alone = self._takes(host)
        if not alone:
            with waiting(), self._changed:
                while not (alone := self._takes(host)) and (wait_s := latest - time.monotonic()) > 0:
                    self._changed.wait(wait_s)
        try:
            rest_s = self._left_at.get(host, -_LONGEST_GAP_S) + min(gap_s, _LONGEST_GAP_S) - self._clock.monotonic()
            if rest_s > 0:
                with waiting():
                    self._rest.wait(min(rest_s, patience_s))
            yield
        finally:
            if alone:
                with self._changed:
                    self._leave(host)

    def rest(self, host: str, seconds: float) -> None:
        """Remember that the host wants to be left alone for `seconds`, whichever source is redirected to it."""
        now = self._clock.monotonic()
        with self._changed:
            self._rests_until = {other: until for other, until in self._rests_until.items() if until > now}
            self._rests_until[host] = now + seconds

    def rests_s(self, host: str) -> float | None:
        """How much longer the host wants to be left alone; None if it does not."""
        until = self._rests_until.get(host)
        now = self._clock.monotonic()
        return None if until is None or until <= now else until - now

    def _takes(self, host: str) -> bool:
        if host in self._busy:
            return False
        self._busy.add(host)
        return True

    def _leave(self, host: str) -> None:
        now = self._clock.monotonic()
        self._busy.discard(host)
        self._left_at.pop(host, None)
        self._left_at[host] = now
        while (oldest := next(iter(self._left_at))) != host and self._left_at[oldest] + _LONGEST_GAP_S < now:
            del self._left_at[oldest]
        self._changed.notify_all()
