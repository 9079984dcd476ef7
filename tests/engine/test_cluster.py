"""What the cluster engine makes of Procrastinate: each fact about it that decided the design, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import procrastinate
import psycopg
import pytest
from procrastinate.schema import SchemaManager

from monitor.adapters.clock import SystemClock
from monitor.computing import waiting
from monitor.engine import cluster
from monitor.engine.cluster import RUN, ClusterEngine, prepare, rescue_jobs
from monitor.engine.run_step import Event
from monitor.fetching.outcome import NotModified, Outcome, Request
from monitor.ports import Claim, Due
from monitor.rules.compile import compile_rules
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.store.database import RowStore, open_store

WAIT_S = 20.0
HOSTS = 12


class Web:
    """Hosts that say `not modified`; with a `gate` as soon as it is open."""

    def __init__(self) -> None:
        self.gate: threading.Event | None = None
        self.under_way = 0
        self.most = 0
        self.asked: list[str] = []
        self.changed = threading.Condition()

    def fetch(self, request: Request) -> Outcome:
        with self.changed:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            self.changed.notify_all()
        if self.gate is not None:
            with waiting():
                self.gate.wait(WAIT_S)
        with self.changed:
            self.under_way -= 1
            self.asked.append(request.url)
            self.changed.notify_all()
        return NotModified(fetched_at=SystemClock().now())

    def wait_for(self, reached) -> bool:
        with self.changed:
            return self.changed.wait_for(reached, timeout=WAIT_S)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def store(postgres) -> Iterator[RowStore]:
    opened = open_store(postgres())
    yield opened
    opened.close()


@pytest.fixture
def made(store: RowStore, web: Web) -> Iterator[SimpleNamespace]:
    """An engine that has not started, over `HOSTS` sources that are due, and what it tells."""
    sources = [Source(id=f"s{n}", name=f"S{n}", url=f"https://s{n}.example/feed", kind="feed") for n in range(HOSTS)]
    with store.writing() as tx:
        tx.sources.watch(sources, SystemClock().now())
    context = Context(
        store=store,
        clock=SystemClock(),
        chance=lambda: 0.0,
        fetch=web.fetch,
        crawl_delay_s=lambda _url: None,
        parse=None,  # type: ignore[arg-type]  # nothing is fetched that could be parsed
        mailer=None,  # type: ignore[arg-type]
        poster=None,  # type: ignore[arg-type]
        chat=None,  # type: ignore[arg-type]
        rules=compile_rules([], []),
        sources={source.id: source for source in sources},
        channels={},
        first_poll_window_s=172_800.0,
    )
    events: list[Event] = []

    def heard(event: Event) -> None:
        with web.changed:
            events.append(event)
            web.changed.notify_all()

    engine = ClusterEngine(context, store, host_gap_s=0.0, threads=32, on_event=heard, on_progress=lambda: None)
    prepare(store)
    yield SimpleNamespace(engine=engine, events=events, context=context)
    if web.gate is not None:
        web.gate.set()
    if engine._working.ident is not None:
        assert engine.stop(WAIT_S)


@pytest.fixture
def ask(store: RowStore) -> Iterator[Any]:
    """`ask("SELECT …")` of the database, beside the store."""
    with psycopg.connect(store.conninfo or "", autocommit=True) as connection:

        def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
            answer = connection.execute(query, values or None)
            return answer.fetchall() if answer.description else []

        yield ask


def claim_of(row: tuple[dict[str, str]]) -> Claim:
    args = row[0]
    return Claim(due=Due(step=args["step"], key=args["key"], lane=args["lane"]), token=args["token"])  # type: ignore[arg-type]


def test_a_claim_and_its_job_are_there_together_or_not_at_all(made: SimpleNamespace, store: RowStore, ask) -> None:
    class Stop(Exception):
        pass

    def break_off() -> None:
        with store.claiming() as tx:
            assert made.engine._sweep(tx) == HOSTS
            raise Stop

    with pytest.raises(Stop):
        break_off()
    assert ask("SELECT count(*) FROM procrastinate_jobs") == [(0,)]
    assert ask("SELECT count(*) FROM lane") == [(0,)]
    assert made.engine.sweep() == HOSTS
    assert ask("SELECT count(*) FROM procrastinate_jobs JOIN lane ON token = args->>'token'") == [(HOSTS,)]
    assert made.engine.sweep() == 0, "what is claimed is not claimed again"


def test_jobs_carry_keys_and_lock_nothing_and_wait_for_nothing(made: SimpleNamespace, ask) -> None:
    made.engine.sweep()
    for args, lock, queueing_lock, scheduled_at, task in ask(
        "SELECT args, lock, queueing_lock, scheduled_at, task_name FROM procrastinate_jobs"
    ):
        assert args.keys() == {"step", "key", "lane", "token"}
        assert (lock, queueing_lock, scheduled_at, task) == (None, None, None, RUN)
    for task in made.engine._app.tasks.values():
        assert (task.retry_strategy, task.lock, task.queueing_lock) == (None, None, None), "the row is tried again, not the job"


def test_one_looks_for_due_rows_at_a_time(made: SimpleNamespace, store: RowStore) -> None:
    with store.claiming() as tx:
        assert tx.lanes.alone()
        assert made.engine.sweep() == 0
    assert made.engine.sweep() == HOSTS


def test_no_more_jobs_wait_than_there_is_room_for(made: SimpleNamespace, ask) -> None:
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    with psycopg.connect(made.engine._store.conninfo) as connection:
        job = {"step": "poll_source", "key": "x", "lane": "x.example", "token": "x"}
        app.configure_task(RUN, queue="monitor", connection=connection).batch_defer(*[job] * (cluster.MOST_QUEUED - 5))
    assert made.engine.sweep() == 5
    assert made.engine.sweep() == 0


def test_what_is_to_be_sent_overtakes_a_full_queue_of_pages(made: SimpleNamespace, monkeypatch, ask) -> None:
    monkeypatch.setattr(cluster, "MOST_QUEUED", 5)
    assert made.engine.sweep() == 5
    ask("INSERT INTO timer (name, next_at) VALUES ('heartbeat', now())")
    assert made.engine.sweep() == 1
    ((first,),) = ask("SELECT args->>'step' FROM procrastinate_fetch_job_v2(NULL, NULL)")
    assert first == "heartbeat"


def test_a_queued_job_wakes_a_worker_that_would_not_look_for_an_hour(made: SimpleNamespace, web: Web, monkeypatch, ask) -> None:
    monkeypatch.setattr(cluster, "POLL_S", 3600.0)
    made.engine.start()
    assert web.wait_for(lambda: len(made.events) == HOSTS)
    ask("UPDATE source SET next_poll_at = now()")
    assert web.wait_for(lambda: len(web.asked) == 2 * HOSTS), "neither sweeps nor what they queue would have been begun"


def test_tasks_keep_their_names_as_a_rolling_upgrade_needs_them(made: SimpleNamespace) -> None:
    """A job of a name that a worker does not know has failed for good."""
    ours = {name for name in made.engine._app.tasks if not name.startswith(("builtin", "procrastinate."))}
    assert ours == {"run_step", "sweep", "rescue", "tidy", "check_sources"}


def test_a_step_that_broke_is_no_job_that_failed(made: SimpleNamespace, web: Web, monkeypatch, ask) -> None:
    def break_off(_request: Request) -> Outcome:
        raise RuntimeError("a bug")

    made.engine.context = replace(made.context, fetch=break_off)
    made.engine.start()
    assert web.wait_for(lambda: len(made.events) == HOSTS)
    assert made.engine.stop(WAIT_S)
    assert all(event.broken for event in made.events)
    assert ask("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", RUN) == [(0,)]
    assert ask("SELECT count(*) FROM source WHERE next_poll_at > now()") == [(HOSTS,)], "the row waits, not a job"


def test_old_jobs_that_failed_are_tidied_away(made: SimpleNamespace, ask) -> None:
    made.engine.sweep()
    first = "(SELECT min(id) FROM procrastinate_jobs WHERE status = 'todo')"
    for status, hours_ago in (("failed", 25), ("aborted", 25), ("failed", 1)):
        ((job,),) = ask(f"UPDATE procrastinate_jobs SET status = %s WHERE id = {first} RETURNING id", status)
        ask("UPDATE procrastinate_events SET at = now() - make_interval(hours => %s) WHERE job_id = %s", hours_ago, job)

    async def tidy() -> None:
        async with made.engine._app.open_async():
            await made.engine._app.tasks["tidy"](timestamp=0)

    asyncio.run(tidy())
    left = dict(ask("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status"))
    assert left == {"todo": HOSTS - 3, "failed": 1}


def test_a_job_that_comes_twice_or_late_does_nothing(made: SimpleNamespace, web: Web, ask) -> None:
    made.engine.sweep()
    claim = claim_of(ask("SELECT args FROM procrastinate_jobs ORDER BY id LIMIT 1")[0])
    made.engine.run_job(claim)
    made.engine.run_job(claim)
    assert len(web.asked) == len(made.events) == 1


def test_a_job_of_a_version_to_come_is_left_to_it(made: SimpleNamespace, store: RowStore) -> None:
    now = SystemClock().now()
    with store.claiming() as tx:
        (claim,) = tx.lanes.claim([Due(step="fly", key="1", lane="sky")], now=now, until=now + timedelta(hours=1))  # type: ignore[arg-type]
    made.engine.run_job(claim)
    with store.claiming() as tx:
        assert not tx.lanes.holds(claim)
        assert len(tx.lanes.claim([claim.due], now=now + timedelta(minutes=1), until=now)) == 1, "its lane is free again"
    assert made.events == []


def test_many_steps_run_at_a_time_whatever_asyncio_thinks_enough(made: SimpleNamespace, web: Web) -> None:
    web.gate = threading.Event()
    made.engine.start()
    assert web.wait_for(lambda: web.under_way == HOSTS)
    web.gate.set()
    assert web.wait_for(lambda: len(web.asked) == HOSTS)


def test_jobs_that_are_done_leave_nothing_behind(made: SimpleNamespace, web: Web, ask) -> None:
    made.engine.start()
    assert web.wait_for(lambda: len(web.asked) == HOSTS)
    assert made.engine.stop(WAIT_S)
    assert ask("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", RUN) == [(0,)]
    assert ask("SELECT count(*) FROM procrastinate_workers") == [(0,)]


def test_a_reload_is_seen_by_the_next_step(made: SimpleNamespace, web: Web, ask) -> None:
    made.engine.sweep()
    made.engine.context = replace(made.context, sources={})
    made.engine.run_job(claim_of(ask("SELECT args FROM procrastinate_jobs ORDER BY id LIMIT 1")[0]))
    assert [event.done.reason for event in made.events] == ["not watched, or not due"]
    assert web.asked == []


def rescue(store: RowStore, stalled_s: float = 30.0) -> None:
    async def run() -> None:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=store.conninfo))
        async with app.open_async():
            await rescue_jobs(app, stalled_s=stalled_s)

    asyncio.run(run())


def begun_by_one_that_died(ask, ago_s: int) -> int:
    """The first job, as it is when the worker that began it stopped giving signs of life so long ago."""
    ((number,),) = ask(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id", ago_s
    )
    ((job,),) = ask("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", number)
    return int(job)


def test_a_job_whose_worker_died_before_it_began_is_done_by_another(
    made: SimpleNamespace, store: RowStore, web: Web, ask
) -> None:
    made.engine.sweep()
    job = begun_by_one_that_died(ask, 60)
    rescue(store)
    ((status, args),) = ask("SELECT status::text, args FROM procrastinate_jobs WHERE id = %s", job)
    assert status == "todo"
    made.engine.run_job(claim_of((args,)))
    assert len(web.asked) == 1


def test_a_job_whose_worker_lives_is_left_to_it(made: SimpleNamespace, store: RowStore, ask) -> None:
    made.engine.sweep()
    job = begun_by_one_that_died(ask, 10)
    rescue(store)
    assert ask("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job) == [("doing",)]


def test_a_job_stuck_under_a_worker_that_lives_is_ended(made: SimpleNamespace, store: RowStore, ask) -> None:
    made.engine.sweep()
    job = begun_by_one_that_died(ask, 0)
    ask("UPDATE procrastinate_events SET at = now() - interval '901 seconds' WHERE job_id = %s", job)
    rescue(store)
    assert ask("SELECT count(*) FROM procrastinate_jobs WHERE id = %s", job) == [(0,)]
    assert ask("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'") == [(HOSTS - 1,)]


def test_one_job_that_cannot_be_rescued_costs_no_other(made: SimpleNamespace, store: RowStore, ask) -> None:
    made.engine.sweep()
    bad, good = begun_by_one_that_died(ask, 60), begun_by_one_that_died(ask, 60)
    twin = "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) VALUES ('monitor', 'x', 'twin')"
    ask(twin)
    ask("UPDATE procrastinate_jobs SET queueing_lock = 'twin' WHERE id = %s", bad)
    rescue(store)
    assert ask("SELECT count(*) FROM procrastinate_jobs WHERE id = %s", bad) == [(0,)], "it clashes with its twin and is ended"
    assert ask("SELECT status::text FROM procrastinate_jobs WHERE id = %s", good) == [("todo",)]


def test_claims_whose_jobs_wait_are_kept_up_and_those_whose_jobs_got_lost_run_out(
    made: SimpleNamespace, store: RowStore, ask
) -> None:
    made.engine.sweep()
    ((lost,),) = ask(
        "DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs) RETURNING args->>'key'"
    )
    late = SystemClock().now() + timedelta(seconds=61)
    with store.claiming() as tx:
        tx.lanes.renew(cluster._queued(tx.driver_connection), late + timedelta(seconds=60))
        assert [due.key for due in tx.due(late)] == [lost]


def test_the_queue_is_made_once(store: RowStore, ask) -> None:
    prepare(store)
    prepare(store)
    assert ask("SELECT obj_description('procrastinate_jobs'::regclass)") == [(version("procrastinate"),)]
    ask("COMMENT ON TABLE procrastinate_jobs IS '99.0.0'")
    prepare(store)
    assert ask("SELECT obj_description('procrastinate_jobs'::regclass)") == [("99.0.0",)], "a newer version made it: it is kept"


def test_the_queue_of_an_older_version_is_brought_up_to_what_is_installed(store: RowStore, ask) -> None:
    for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        if path.name < "03.03":
            ask(path.read_text())
    ask("COMMENT ON TABLE procrastinate_jobs IS '3.2.9'")
    new = "SELECT count(*) FROM pg_proc WHERE proname = 'procrastinate_retry_job_v2'"
    assert ask(new) == [(0,)]
    prepare(store)
    assert ask(new) == [(1,)]
    assert ask("SELECT obj_description('procrastinate_jobs'::regclass)") == [(version("procrastinate"),)]
