"""The engine of one process: APScheduler's tick finds what is due, threads run it.

A lane is what must run one at a time: a host (its polls and its pages) or a channel. Lanes live in memory; all else is rows.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from apscheduler.executors.pool import ThreadPoolExecutor as SchedulerThreads
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.engine.run_step import Event, run_step
from monitor.ports import Due
from monitor.steps.context import Context
from monitor.steps.prune import prune

TICK_S = 1
WEDGED_S = 900.0
BROKEN_REST_S = 60.0

log = logging.getLogger("monitor")


class EmbeddedEngine:
    """Runs due steps until it is stopped.

    `host_gap_s` is the rest between two requests to a host. `on_event` hears of every step that ended, from the thread it ran in.
    `on_progress` is called after each sweep that reached the store while no step is wedged: what a watchdog may trust.
    """

    def __init__(
        self,
        context: Context,
        *,
        host_gap_s: float,
        fetch_threads: int = 32,
        send_threads: int = 64,
        on_event: Callable[[Event], None],
        on_progress: Callable[[], object],
    ) -> None:
        self.context = context
        self._host_gap_s = host_gap_s
        self._on_event = on_event
        self._on_progress = on_progress
        self._fetching = ThreadPoolExecutor(fetch_threads, thread_name_prefix="fetch")
        self._sending = ThreadPoolExecutor(send_threads, thread_name_prefix="send")
        self._free = {"deliver": send_threads, "fetch": fetch_threads}
        self._lanes = threading.Condition()
        self._running: dict[str, float] = {}  # lane -> when its step began, monotonic
        self._resting: dict[str, float] = {}  # lane -> until when, monotonic
        self._sweeping = threading.Lock()
        self._stopping = False
        self._scheduler = BackgroundScheduler(executors={"default": SchedulerThreads(2)}, timezone="UTC")

    def start(self) -> None:
        """Begin to sweep, once a second and after each step."""
        jobs = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self._tick, "interval", seconds=TICK_S, id="sweep", **jobs)
        self._scheduler.add_job(self._prune, "interval", hours=1, id="prune", **jobs)
        self._scheduler.start()
        self._sweep()

    def stop(self, grace_s: float) -> bool:
        """Begin no further step and wait for the running ones; whether all of them ended in time. The rows of the others stay due.

        May be called again, to wait longer.
        """
        with self._lanes:
            self._stopping = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        with self._lanes:
            ended = self._lanes.wait_for(lambda: not self._running, timeout=grace_s)
        self._fetching.shutdown(wait=ended, cancel_futures=True)
        self._sending.shutdown(wait=ended, cancel_futures=True)
        return ended

    def _tick(self) -> None:
        self._sweep()
        now = self.context.clock.monotonic()
        with self._lanes:
            wedged = [lane for lane, since in self._running.items() if now - since > WEDGED_S]
        if wedged:
            log.error("no progress for %.0f minutes in %s", WEDGED_S / 60, ", ".join(sorted(wedged)))
        else:
            self._on_progress()

    def _prune(self) -> None:
        log.info("prune: %s", prune(self.context).reason)

    def _sweep(self) -> None:
        """Hand every due row whose lane is free to its step."""
        with self._sweeping:
            context = self.context
            now = context.clock.monotonic()
            with self._lanes:
                if self._stopping:
                    return
                self._resting = {lane: until for lane, until in self._resting.items() if until > now}
                busy = frozenset(self._running) | frozenset(self._resting)
            with context.store.reading() as tx:
                found = tx.due(context.clock.now(), busy)
            for due in found:
                self._submit(context, due)

    def _submit(self, context: Context, due: Due) -> None:
        pool = "deliver" if _is_sending(due) else "fetch"
        with self._lanes:
            if self._stopping or due.lane in self._running or self._free[pool] == 0:
                return
            self._free[pool] -= 1
            self._running[due.lane] = context.clock.monotonic()
        (self._sending if pool == "deliver" else self._fetching).submit(self._work, context, due, pool)

    def _work(self, context: Context, due: Due, pool: str) -> None:
        event = run_step(context, due)
        rest_s = _rest_s(event, self._host_gap_s)
        with self._lanes:
            self._free[pool] += 1
            del self._running[due.lane]
            if rest_s:
                self._resting[due.lane] = context.clock.monotonic() + rest_s
            self._lanes.notify_all()
        self._on_event(event)
        self._sweep()


def _is_sending(due: Due) -> bool:
    return due.step in ("deliver", "digest", "heartbeat")


def _rest_s(event: Event, host_gap_s: float) -> float:
    """How long a lane rests after a step. One that found nothing to do on a due row must not be asked again at once."""
    if event.broken:
        return BROKEN_REST_S
    if event.done.result == "left":
        return float(TICK_S)
    return 0.0 if _is_sending(event.due) else max(host_gap_s, event.done.rest_s)
