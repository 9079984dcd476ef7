"""The engine of many workers: Procrastinate's jobs, in the store's own PostgreSQL. No other file knows Procrastinate.

A row is claimed and its job is queued in one transaction (`sweep`), and a job is no more than the nudge to work on that claim. So it
does no harm if jobs come late, twice, or not at all: the claim is good for one worker, and when its lease is over the row is found due
again. Jobs carry keys only, wait for nothing and lock nothing; what lies in the future is a column of a row, never a job.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
import math
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job, Status
from procrastinate.schema import SchemaManager
from procrastinate.types import JSONDict
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool

from monitor.engine.claims import LEASE, RENEWALS, WEDGED_S, UnderWay, is_sending, rest_s, work
from monitor.engine.run_step import STEPS, Event
from monitor.errors import StoreUnreachable
from monitor.ports import Claim, Due
from monitor.steps.check_sources import check_sources
from monitor.steps.context import Context
from monitor.steps.prune import prune
from monitor.store.database import RowStore
from monitor.store.transaction import RowTransaction

RUN, SWEEP, RESCUE, TIDY, CHECK = "run_step", "sweep", "rescue", "tidy", "check_sources"
"""Names of tasks, and with them what jobs of an older or a newer version mean: never change one."""
QUEUE = "monitor"
MOST_QUEUED = 500
"""Jobs that wait at once: rows beyond stay unclaimed until there is room. What goes to a channel, one at a time, always has room."""
FIRST, SENDING, OTHERS = 10, 5, 0
"""Priorities: no alert waits behind pages."""
NUDGE_GAP_S = 0.25
UNKNOWN_REST = timedelta(seconds=10)
POLL_S = 1.0
AGAIN_S = 5.0
KEPT_HOURS = 24
_SOON = "SET synchronous_commit = off"

log = logging.getLogger("monitor")


class ClusterEngine:
    """One worker of many, on a PostgreSQL store that they share. `threads` steps run at a time.

    After `lease` without a sign of life from a worker the others do what it was about; one that is alive gives several in that time.
    `on_event` hears of every step that ended here, from the thread it ran in. `on_progress` is called every few seconds in which the store
    was reached and no step here is wedged: what a watchdog may trust.
    """

    def __init__(
        self,
        context: Context,
        store: RowStore,
        *,
        host_gap_s: float,
        threads: int = 64,
        lease: timedelta = LEASE,
        on_event: Callable[[Event], None],
        on_progress: Callable[[], object],
    ) -> None:
        """The store has to be in PostgreSQL."""
        assert store.conninfo is not None
        self.context = context
        self._store = store
        self._host_gap_s = host_gap_s
        self._threads = threads
        self._lease = lease
        self._on_event = on_event
        self._on_progress = on_progress
        self._under_way = UnderWay()
        self._ended: list[tuple[Claim, datetime]] = []  # with the time until when its lane rests
        self._over = False  # no step ends any more
        self._stopping = threading.Event()
        self._app = self._tasks(store.conninfo)
        self._queueing = procrastinate.App(
            connector=procrastinate.SyncPsycopgConnector()
        )  # the app of a worker cannot: it is async
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: Worker | None = None
        self._working = threading.Thread(target=self._work_until_stopped, name="procrastinate", daemon=True)
        self._keeping = threading.Thread(target=self._keep, name="leases", daemon=True)
        self._returning = threading.Thread(target=self._give_back_until_stopped, name="lanes", daemon=True)

    def start(self) -> None:
        """Begin to work. The tables of the queue are made if they are not there."""
        prepare(self._store)
        self.sweep()
        self._working.start()
        self._keeping.start()
        self._returning.start()

    def stop(self, grace_s: float) -> bool:
        """Begin no further job and wait for the running ones; whether all of them ended in time. May be called again, to wait longer.

        What is queued waits for the other workers, or for the next start.
        """
        self._stopping.set()
        loop, worker = self._loop, self._worker
        if loop is not None and worker is not None:
            with suppress(RuntimeError):  # the loop has ended in this moment
                loop.call_soon_threadsafe(worker.stop)
        deadline = time.monotonic() + grace_s
        self._working.join(grace_s)
        self._returning.join(max(0.0, deadline - time.monotonic()))
        return not self._working.is_alive() and not self._returning.is_alive()

    def sweep(self) -> int:
        """Claim what is due in lanes that are free and queue a job for each, in one transaction; how many."""
        with self._store.claiming() as tx:
            return self._sweep(tx)

    def _sweep(self, tx: RowTransaction) -> int:
        if not tx.lanes.alone():
            return 0
        now = self.context.clock.now()
        found = tx.due(now)
        if not found:
            return 0
        room = max(0, MOST_QUEUED - _waiting(tx.driver_connection))
        sending, rest = [each for each in found if is_sending(each)], [each for each in found if not is_sending(each)]
        claims = tx.lanes.claim([*sending, *rest[:room]], now=now, until=now + self._lease)
        self._queue(tx.driver_connection, claims)
        return len(claims)

    def _queue(self, connection: psycopg.Connection, claims: Iterable[Claim]) -> None:
        """Put a job for each claim into the queue, in the transaction that `connection` is in."""
        jobs: dict[int, list[JSONDict]] = {SENDING: [], OTHERS: []}
        for each in claims:
            keys: JSONDict = {"step": each.due.step, "key": each.due.key, "lane": each.due.lane, "token": each.token}
            jobs[SENDING if is_sending(each.due) else OTHERS].append(keys)
        for priority, of_it in jobs.items():
            if of_it:
                task = self._queueing.configure_task(RUN, queue=QUEUE, connection=connection, priority=priority)
                task.batch_defer(*of_it)

    def nudge(self, tx: RowTransaction) -> None:
        """Look at once for what is due after a step, unless there is enough to do; where that does not come about, the next sweep does."""
        if _waiting(tx.driver_connection) < self._threads:
            self._sweep(tx)

    def run_job(self, claim: Claim) -> None:
        """Work on a claim that a job brought, unless it is good no more."""
        context = self.context
        try:
            mine = self._take(context, claim)
        except StoreUnreachable as error:
            log.error("%s %s: %s", claim.due.step, claim.due.key, error)
            return
        if mine is None:
            return
        self._under_way.begin(mine, context.clock.monotonic())
        try:
            event = work(context, mine)
            with self._under_way.changed:
                self._ended.append((mine, context.clock.now() + timedelta(seconds=rest_s(context, event, self._host_gap_s))))
        finally:
            self._under_way.end(mine)
        self._on_event(event)

    def _take(self, context: Context, claim: Claim) -> Claim | None:
        now = context.clock.now()
        with self._store.claiming(once=True) as tx:
            if claim.due.step not in STEPS:
                log.warning("a job for `%s`, which this version does not know, is left to a newer worker", claim.due.step)
                tx.lanes.release([(claim, now + UNKNOWN_REST)])
                return None
            return tx.lanes.take_over(claim, now + self._lease)

    def _give_back_until_stopped(self) -> None:
        """Free the lanes of steps that ended, and look in the same transaction for what is due next: at once, but under load for many
        steps at a time. Where the store cannot be reached the leases run out.
        """
        changed, given_back = self._under_way.changed, -math.inf
        while True:
            with changed:
                changed.wait_for(lambda: self._ended or self._over)
                changed.wait_for(lambda: self._over, timeout=given_back + NUDGE_GAP_S - time.monotonic())
                ended, self._ended = self._ended, []
            if not ended:
                return
            given_back = time.monotonic()
            try:
                with self._store.claiming() as tx:
                    tx.lanes.release(ended)
                    if not self._stopping.is_set():
                        self.nudge(tx)
            except StoreUnreachable as error:
                lanes = ", ".join(sorted(claim.due.lane for claim, _ in ended))
                log.error("%s: free again in %s: %s", lanes, self._lease, error)

    def _tasks(self, conninfo: str) -> procrastinate.App:
        connector = procrastinate.PsycopgConnector(
            conninfo=conninfo, pool_factory=_pool, configure=_one_by_one, min_size=1, max_size=4, timeout=10.0
        )
        app = procrastinate.App(connector=connector)

        @app.task(name=RUN, queue=QUEUE)
        def run_step(step: str, key: str, lane: str, token: str) -> None:
            self.run_job(_claim(step, key, lane, token))

        @app.periodic(cron="* * * * * *")
        @app.task(name=SWEEP, queue=QUEUE, priority=FIRST)
        def sweep(timestamp: int) -> None:  # noqa: ARG001  Procrastinate hands it over
            with suppress(StoreUnreachable):
                self.sweep()

        @app.periodic(cron="* * * * * */5")
        @app.task(name=RESCUE, queue=QUEUE, priority=FIRST)
        async def rescue(timestamp: int) -> None:  # noqa: ARG001
            await rescue_jobs(app, stalled_s=self._lease.total_seconds() / 2)

        @app.periodic(cron="7 * * * *")
        @app.task(name=TIDY, queue=QUEUE)
        async def tidy(timestamp: int) -> None:  # noqa: ARG001
            await app.job_manager.delete_old_jobs(KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True)
            await asyncio.to_thread(self._tidy)

        @app.periodic(cron="*/10 * * * *")
        @app.task(name=CHECK, queue=QUEUE)
        def look_after(timestamp: int) -> None:  # noqa: ARG001
            with suppress(StoreUnreachable):
                log.info("check_sources: %s", check_sources(self.context).reason)

        return app

    def _tidy(self) -> None:
        with suppress(StoreUnreachable):
            log.info("prune: %s", prune(self.context).reason)

    def _work_until_stopped(self) -> None:
        try:
            asyncio.run(self._be_worker())
        finally:
            with self._under_way.changed:
                self._over = True
                self._under_way.changed.notify_all()

    async def _be_worker(self) -> None:
        """Be a Procrastinate worker; where the database ends that, be one again as soon as it lets us."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(self._threads, thread_name_prefix="step"))
        while not self._stopping.is_set():
            try:
                async with self._app.open_async():
                    self._worker = Worker(
                        self._app,
                        queues=[QUEUE],
                        concurrency=self._threads,
                        fetch_job_polling_interval=POLL_S,
                        delete_jobs="successful",
                        install_signal_handlers=False,
                        update_heartbeat_interval=self._lease.total_seconds() / 6,
                        stalled_worker_timeout=self._lease.total_seconds() / 2,
                    )
                    if not self._stopping.is_set():
                        await self._worker.run()  # type: ignore[no-untyped-call]
            except (ProcrastinateException, psycopg.Error, OSError) as error:
                log.error("the queue cannot be reached: %s", error.__cause__ or error)
            if not self._stopping.is_set():
                await asyncio.to_thread(self._stopping.wait, AGAIN_S)

    def _keep(self) -> None:
        """Keep up the claims whose steps run here and those whose jobs wait, and tell of progress.

        A claim whose job got lost is kept up by nobody.
        """
        while self._working.is_alive():
            context = self.context
            try:
                with self._store.claiming() as tx:
                    now = context.clock.now()
                    self._under_way.renew(tx, now, context.clock.monotonic(), self._lease)
                    if tx.lanes.alone():
                        tx.lanes.renew(_queued(tx.driver_connection), now + self._lease)
                wedged = self._under_way.wedged(context.clock.monotonic())
                if wedged:
                    lanes = ", ".join(sorted(claim.due.lane for claim in wedged))
                    log.error("no progress for %.0f minutes in %s", WEDGED_S / 60, lanes)
                else:
                    self._on_progress()
            except StoreUnreachable as error:
                log.error("%s", error)
            self._working.join(self._lease.total_seconds() / RENEWALS)


async def rescue_jobs(app: procrastinate.App, *, stalled_s: float) -> None:
    """Bring back jobs whose worker is gone, and end those that no worker can still be about, each for itself.

    A job that had not begun is done by another worker now; one that had finds its claim gone, and its row is due when the lease is over.
    """
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=stalled_s):
        if not await _tried(manager.retry_job(job)):
            await _tried(manager.finish_job(job, Status.FAILED, delete_job=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the only question that sees jobs stuck under a worker that lives
        wedged = await manager.get_stalled_jobs(nb_seconds=int(WEDGED_S))
    for job in wedged:
        log.error("job %s was under way for %.0f minutes and is given up", _called(job), WEDGED_S / 60)
        await _tried(manager.finish_job(job, Status.FAILED, delete_job=True))


async def _tried(asked: Any) -> bool:
    try:
        await asked
    except ProcrastinateException as error:
        log.warning("the queue: %s", error.__cause__ or error)
        return False
    return True


def _called(job: Job) -> str:
    return f"{job.task_name} {job.task_kwargs.get('step', '')} {job.task_kwargs.get('key', '')}"


def _pool(*, check: Any, **settings: Any) -> AsyncConnectionPool:  # noqa: ARG001  Procrastinate's, which asks before each use
    """A pool that lends connections as they are: a worker finds out anyway, and begins anew."""
    return AsyncConnectionPool(**settings)


async def _one_by_one(connection: psycopg.AsyncConnection) -> None:
    """Let each question be a transaction by itself that waits for no disk: what a power cut undoes of a job `rescue` sets right."""
    await connection.set_autocommit(True)
    await connection.execute(_SOON)


def _waiting(connection: psycopg.Connection) -> int:
    """How many jobs wait."""
    query = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s"
    ((number,),) = connection.execute(query, (RUN,)).fetchall()
    return int(number)


def _queued(connection: psycopg.Connection) -> list[Claim]:
    """What the jobs that wait are about."""
    rows = connection.execute("SELECT args FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s", (RUN,)).fetchall()
    return [_claim(**args) for (args,) in rows]


def _claim(step: str, key: str, lane: str, token: str) -> Claim:
    return Claim(due=Due(step=step, key=key, lane=lane), token=token)  # type: ignore[arg-type]  # whoever takes it over looks


def prepare(store: RowStore) -> None:
    """Make the queue's tables, or bring them up to what the installed Procrastinate needs."""
    with store.writing() as tx:
        connection = tx.driver_connection
        installed = importlib.metadata.version("procrastinate")
        query = "SELECT to_regclass('procrastinate_jobs')::text, obj_description(to_regclass('procrastinate_jobs'))"
        ((table, there),) = connection.execute(query).fetchall()
        if there == installed or (there and _numbers(there) > _numbers(installed)):
            return
        if table is None:
            connection.execute(SchemaManager.get_schema())
        elif there:
            for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
                if _numbers(path.name.partition("_")[0]) > _numbers(there):
                    connection.execute(path.read_text(encoding="utf-8"))
        connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{installed}'")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())
