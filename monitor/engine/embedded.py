"""The engine of one process: APScheduler's tick finds what is due, threads run it.

A lane is what must run one at a time: a host (its polls and its pages) or a channel. Lanes are rows like all else, claimed as workers on
many machines do it (`engine.claims`), only that here a claim needs no job: it is handed to a thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor as SchedulerThreads
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.engine.claims import LEASE, RENEWALS, WEDGED_S, UnderWay, is_sending, rest_s, work
from monitor.engine.run_step import Event
from monitor.errors import StoreError
from monitor.ports import Claim, Due
from monitor.steps.check_sources import check_sources
from monitor.steps.context import Context
from monitor.steps.heartbeat import GAP, resume
from monitor.steps.prune import prune

TICK_S = 1
_SEND_THREADS = 64
_SLOW_S = 3.0
"""A step at a host that takes longer waits for its server, and no longer counts: servers that hang hold up nobody else."""
_MOST_SLOW = 96

log = logging.getLogger("monitor")


class Every(IntervalTrigger):  # type: ignore[misc]
    """APScheduler's interval, whose next run is that long from now. Its own would be made up for one by one, be it only in a list, when
    the machine has slept for half a year or its clock was that slow."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        if previous_fire_time is not None:
            return now + self.interval  # type: ignore[no-any-return]
        return super().get_next_fire_time(previous_fire_time, now)  # type: ignore[no-any-return]


class Scheduler(BackgroundScheduler):  # type: ignore[misc]
    """APScheduler's, which waits for a time of day. Where the clock is set back by hours it would wait for hours."""

    def _process_jobs(self) -> float | None:
        now = datetime.now(self.timezone)  # noqa: TID251  the clock that APScheduler goes by
        for job in self.get_jobs():
            if job.next_run_time - now > job.trigger.interval:
                job.modify(next_run_time=now)
        return super()._process_jobs()  # type: ignore[no-any-return]


class EmbeddedEngine:
    """Runs due steps until it is stopped. No other process may work on its store.

    `host_gap_s` is the rest between two requests to a host. At hosts `fetch_threads` steps run at a time, and beside them those whose
    servers keep them waiting. `on_event` hears of every step that ended, from the thread it ran in.
    `on_progress` is called after each sweep that reached the store while no step is wedged: what a watchdog may trust.
    """

    def __init__(
        self,
        context: Context,
        *,
        host_gap_s: float,
        fetch_threads: int = 32,
        on_event: Callable[[Event], None],
        on_progress: Callable[[], object],
    ) -> None:
        self.context = context
        self._host_gap_s = host_gap_s
        self._on_event = on_event
        self._on_progress = on_progress
        self._fetching = ThreadPoolExecutor(fetch_threads + _MOST_SLOW, thread_name_prefix="fetch")
        self._sending = ThreadPoolExecutor(_SEND_THREADS, thread_name_prefix="send")
        self._most = max(fetch_threads, _SEND_THREADS)
        self._free = {True: _SEND_THREADS, False: fetch_threads}  # by whether it is sending
        self._under_way = UnderWay()
        self._ended: list[tuple[Claim, float]] = []  # with the rest that its lane needs; given back by the next sweep
        self._renewed = 0.0
        self._swept_at = context.clock.now()
        self._sweeping = threading.Lock()
        self._sweep_waits = False
        self._stopping = False
        self._scheduler = Scheduler(executors={"default": SchedulerThreads(2)}, timezone="UTC")

    def start(self) -> None:
        """Begin to sweep, once a second and after each step. What an engine before held is free: it is gone."""
        with self.context.store.claiming() as tx:
            tx.lanes.clear(self.context.clock.now())
        jobs = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self._tick, Every(seconds=TICK_S), id="sweep", **jobs)
        self._scheduler.add_job(self._prune, Every(hours=1), id="prune", **jobs)
        self._scheduler.add_job(self._check_sources, Every(minutes=10), id="check_sources", **jobs)
        self._scheduler.start()
        self._sweep()

    def stop(self, grace_s: float) -> bool:
        """Begin no further step and wait for the running ones; whether all of them ended in time. The rows of the others stay due.

        May be called again, to wait longer.
        """
        with self._under_way.changed:
            self._stopping = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        with self._under_way.changed:
            ended = self._under_way.changed.wait_for(lambda: not self._under_way, timeout=grace_s)
        self._give_back()
        self._fetching.shutdown(wait=ended, cancel_futures=True)
        self._sending.shutdown(wait=ended, cancel_futures=True)
        return ended

    def _tick(self) -> None:
        try:
            self._sweep()
            self.context.store.flush()
        except StoreError as error:
            log.error("%s", error)
            return
        wedged = self._under_way.wedged(self.context.clock.monotonic())
        if wedged:
            lanes = ", ".join(sorted(claim.due.lane for claim in wedged))
            log.error("no progress for %.0f minutes in %s", WEDGED_S / 60, lanes)
        else:
            self._on_progress()

    def _prune(self) -> None:
        try:
            log.info("prune: %s", prune(self.context).reason)
        except StoreError as error:
            log.error("%s", error)

    def _check_sources(self) -> None:
        try:
            log.info("check_sources: %s", check_sources(self.context).reason)
        except StoreError as error:
            log.error("%s", error)

    def _sweep(self) -> None:
        """Hand every due row whose lane is free to its step. Of several who want to at once one does, for all of them."""
        with self._under_way.changed:
            if self._sweep_waits:
                return
            self._sweep_waits = True
        with self._sweeping:
            with self._under_way.changed:
                self._sweep_waits = False
                if self._stopping and not self._ended:
                    return
                ended, self._ended = self._ended, []
            try:
                self._tell_pause()
                claims = self._claim(ended)
                self._swept_at = self.context.clock.now()
            except BaseException:
                with self._under_way.changed:
                    self._ended += ended
                raise
            for claim in claims:
                self._submit(claim)

    def _tell_pause(self) -> None:
        """A machine that slept, or a disk that was full, is told of as a program that did not run: before a poll is made that hides it.
        And where the clock was set back the heartbeat must not wait for its old time."""
        if abs(self.context.clock.now() - self._swept_at) > GAP:
            resume(self.context)

    def _claim(self, ended: list[tuple[Claim, float]]) -> list[Claim]:
        """Give back the lanes of `ended`, and claim others. With nothing to do nothing is written."""
        context = self.context
        now, monotonic = context.clock.now(), context.clock.monotonic()
        renewing = bool(self._under_way) and monotonic - self._renewed > LEASE.total_seconds() / RENEWALS
        if not ended and not renewing:
            with context.store.reading() as tx:
                if not self._within_reach(tx.due(now, lanes=self._most)):
                    return []
        with context.store.claiming() as tx:
            tx.lanes.release([(claim, now + timedelta(seconds=its_rest_s)) for claim, its_rest_s in ended])
            if renewing:
                self._under_way.renew(tx, now, monotonic)
                self._renewed = monotonic
            return tx.lanes.claim(self._within_reach(tx.due(now, lanes=self._most)), now=now, until=now + LEASE)

    def _give_back(self) -> None:
        """Free the lanes that no thread was handed; if that fails, the next engine does it."""
        try:
            self._sweep()
        except StoreError as error:
            log.error("%s", error)

    def _within_reach(self, found: list[Due]) -> list[Due]:
        """Those for which a thread is free, none once the engine is to stop."""
        with self._under_way.changed:
            if self._stopping:
                return []
            free = dict(self._free)
            free[False] += min(self._under_way.slow(self.context.clock.monotonic(), _SLOW_S), _MOST_SLOW)
        chosen = []
        for due in found:
            if free[is_sending(due)] > 0:
                free[is_sending(due)] -= 1
                chosen.append(due)
        return chosen

    def _submit(self, claim: Claim) -> None:
        sending = is_sending(claim.due)
        # Held to the end: `stop` must not shut the threads down between the look and the hand-over.
        with self._under_way.changed:
            if self._stopping:
                self._ended.append((claim, 0.0))
                return
            self._free[sending] -= 1
            self._under_way.begin(claim, self.context.clock.monotonic())
            (self._sending if sending else self._fetching).submit(self._work, self.context, claim, sending)

    def _work(self, context: Context, claim: Claim, sending: bool) -> None:
        event = work(context, claim)
        with self._under_way.changed:
            self._free[sending] += 1
            self._ended.append((claim, rest_s(context, event, self._host_gap_s)))
        self._on_event(event)
        try:
            self.nudge()
        except StoreError as error:
            log.error("%s", error)
        finally:
            self._under_way.end(claim)

    def nudge(self) -> None:
        """Look at once for what is due after a step; where that does not come about, the next tick does."""
        self._sweep()
