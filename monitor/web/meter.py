"""What only the daemon knows of itself, kept for Prometheus."""

from __future__ import annotations

import threading

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from monitor.engine.run_step import Event
from monitor.ports import Clock


class Meter:
    """What only the daemon knows: how its steps end, and when it last swept the store. Safe to be told from any thread."""

    def __init__(self, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        self._lock = threading.Lock()
        self._swept = clock.monotonic()
        self._most_s = 0.0
        self._steps = Counter("monitor_steps", "Steps that ended, by result.", ["step", "result"], registry=self.registry)
        self._seconds = Histogram(
            "monitor_step_seconds",
            "How long steps took.",
            ["step"],
            buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60),
            registry=self.registry,
        )
        self._longest = Gauge("monitor_loop_gap_max_seconds", "Longest time between two sweeps.", registry=self.registry)
        gap = Gauge("monitor_loop_gap_seconds", "Time since the last sweep.", registry=self.registry)
        gap.set_function(self.gap_s)

    def ended(self, event: Event) -> None:
        """A step has ended."""
        self._steps.labels(event.due.step, "broken" if event.broken else event.done.result).inc()
        self._seconds.labels(event.due.step).observe(event.duration_s)

    def progressed(self) -> None:
        """The store has been swept."""
        with self._lock:
            gap_s = self._clock.monotonic() - self._swept
            self._swept += gap_s
            self._most_s = max(self._most_s, gap_s)
            self._longest.set(self._most_s)

    def gap_s(self) -> float:
        """Seconds since the last sweep."""
        with self._lock:
            return self._clock.monotonic() - self._swept
