"""What the distributed form costs over the one-process form, and what bounds it.

    python -m benchmarks.cluster [PART …] [--saved DIR]

Starts a PostgreSQL of its own (that of the tests, but with fsync on), or uses the server that MONITOR_TEST_POSTGRES names. Pages come from
memory, so no network is measured. Rates of two things are taken in turns in one run; on a machine that does other work trust the ratios,
and of those that need two idle cores only what `load` was low for.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import procrastinate
import psutil
from sqlalchemy import create_engine, text

from benchmarks.figure import Figure
from benchmarks.pages import page, saved
from monitor.adapters.clock import SystemClock
from monitor.adapters.workers import Workers
from monitor.alerts.channel import Secret, WebhookChannel
from monitor.alerts.sending import Sent
from monitor.articles.article import Article
from monitor.engine.cluster import ClusterEngine, prepare
from monitor.engine.embedded import EmbeddedEngine
from monitor.engine.run_step import run_step
from monitor.fetching.outcome import Fetched, NotModified, Outcome, Request
from monitor.rules.compile import compile_rules
from monitor.rules.rule import Rule
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.steps.file_article import file_article
from monitor.steps.file_article import prepare as prepare_article
from monitor.store.database import RowStore, open_store
from monitor.stories.sketched import sketched

ROOT = Path(__file__).parents[1]
HOSTS = 100
CACHE = "512MB"
"""Of PostgreSQL: the rows of a million sources have to fit in, as they do on a server that is to hold so many."""
_WORDS = (
    "harbour ledger monsoon rubber bridge clinic orchard ferry market village lantern quarry temple canal budget school engine border rice "
    "copper timber signal council river garden road hotel island forest valley tower museum radio pepper bicycle storm ticket window "
    "carpet mirror needle paper basket candle hammer ladder marble onion pillow saddle officers police arrested seized suspects court"
).split()
_WORDS += [f"{one}{other}" for one in _WORDS for other in _WORDS]  # few words would make copies of pages that are none
_OFTEN = list(accumulate(1 / (rank + 10) for rank in range(len(_WORDS))))


def _paragraph(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, cum_weights=_OFTEN, k=60)).capitalize() + "."


class Web:
    """Hosts in memory. A feed is never modified; of ten pages one is about crime. All pages are made before anything is measured, or
    taken from a folder, over and over."""

    def __init__(self, pages: int, folder: Path | None = None) -> None:
        if folder is None:
            self._bodies = [page(number, matching=number % 10 == 0) for number in range(pages)]
        else:
            self._bodies = saved(folder)

    def fetch(self, request: Request) -> Outcome:
        """The page that the address names."""
        now = SystemClock().now()
        if request.url.endswith("/feed"):
            return NotModified(fetched_at=now)
        body = self._bodies[int(request.url.rpartition("/")[2]) % len(self._bodies)]
        headers = {"content-type": "text/html; charset=utf-8"}
        return Fetched(url=request.url, status=200, headers=headers, body=body, fetched_at=now)


def sources(number: int) -> list[Source]:
    """So many, each on a host of its own."""
    return [
        Source(id=f"s{n}", name=f"S{n}", url=f"https://s{n}.example/feed", kind="feed", language="en") for n in range(number)
    ]


def context(store: RowStore, parse: Any, web: Web, number: int = HOSTS) -> Context:
    """The world a step meets here: pages in memory, and a webhook that takes everything."""
    return Context(
        store=store,
        clock=SystemClock(),
        chance=lambda: 0.0,
        fetch=web.fetch,
        crawl_delay_s=lambda _url: None,
        parse=parse,
        mailer=None,  # type: ignore[arg-type]  # there is no mail channel
        poster=lambda *_words: Sent(),
        chat=None,  # type: ignore[arg-type]
        rules=compile_rules([Rule(id="crime", title="Crime", when="trafficking OR (court AND seized)", alert=("hook",))], []),
        sources={source.id: source for source in sources(number)},
        channels={
            "hook": WebhookChannel(
                id="hook", url="https://h.example/", secret=Secret("whsec_" + "YmVuY2htYXJrLW9mLXdvcmtlcnMtMQ==")
            )
        },
        first_poll_window_s=1e9,
    )


def to_read(store: RowStore, number: int) -> None:
    """Entries that are due, spread over all hosts; the sources themselves are not due."""
    now = SystemClock().now()
    with store.writing() as tx:
        tx.sources.watch(sources(HOSTS), now + timedelta(days=1))
        for n in range(number):
            host = f"s{n % HOSTS}.example"
            entry = Entry(keys=(str(n),), url=f"https://{host}/{n}", title=f"Case {n}")
            tx.entries.add(f"s{n % HOSTS}", [(entry, host, None)], now=now, first_poll=False)


class Server:
    """A PostgreSQL, its databases and the CPU time it has used."""

    def __init__(self) -> None:
        named = os.environ.get("MONITOR_TEST_POSTGRES")
        self._own = None
        if named is None:
            spec = importlib.util.spec_from_file_location("conftest", ROOT / "tests" / "conftest.py")
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules["conftest"] = module
            spec.loader.exec_module(module)
            module._OPTIONS = module._OPTIONS.replace("32MB", CACHE)
            self._own = module.PostgresServer(durable=True)
        self._engine = create_engine(named or self._own.url, isolation_level="AUTOCOMMIT")

    def database(self) -> str:
        """The address of a new database."""
        name = f"bench_{uuid.uuid4().hex}"
        with self._engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return str(self._engine.url.set(database=name).render_as_string(hide_password=False))

    def cpu_s(self) -> float:
        """User and system time of all its processes, those that have ended included; 0 for a server that is not ours."""
        if self._own is None:
            return 0.0
        main = self._main()
        times = main.cpu_times()
        total = times.user + times.system + times.children_user + times.children_system
        for child in main.children():
            try:
                of_child = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += of_child.user + of_child.system
        return float(total)

    @contextmanager
    def confined(self, cores: int) -> Iterator[None]:
        """Let all its processes, those to come included, run on so many cores only. A server that is not ours stays as it is."""
        all_cores = sorted(os.sched_getaffinity(0))
        self._keep_to(all_cores[:cores])
        try:
            yield
        finally:
            self._keep_to(all_cores)

    def _keep_to(self, cores: list[int]) -> None:
        if self._own is None:
            return
        main = self._main()
        for process in (main, *main.children()):  # the main one first: it hands its cores on
            with suppress(psutil.NoSuchProcess):
                process.cpu_affinity(cores)

    def _main(self) -> psutil.Process:
        assert self._own is not None
        return psutil.Process(int((self._own._data / "postmaster.pid").read_text().split()[0]))

    def close(self) -> None:
        """End it."""
        self._engine.dispose()
        if self._own is not None:
            self._own.close()


@contextmanager
def opened(url: str) -> Iterator[RowStore]:
    """A store, closed at the end."""
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


class Counter:
    """Steps that ended."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.ended = wanted, 0
        self.done = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, event: Any) -> None:
        if event.done.result != "left":
            with self._lock:
                self.ended += 1
            if self.ended >= self.wanted:
                self.done.set()


def embedded_rate(pages: int, parse: Any, web: Web, folder: Path) -> float:
    """Pages a second, read and filed by the one-process engine on SQLite."""
    with opened(f"sqlite:///{folder}/{uuid.uuid4().hex}.db") as store:
        to_read(store, pages)
        counter = Counter(pages)
        engine = EmbeddedEngine(context(store, parse, web), host_gap_s=0.0, on_event=counter, on_progress=lambda: None)
        began = time.perf_counter()
        engine.start()
        assert counter.done.wait(600)
        took = time.perf_counter() - began
        engine.stop(30)
    return pages / took


def cluster_rate(pages: int, parse: Any, web: Web, server: Server) -> tuple[float, float, float, float]:
    """Pages a second, read and filed by one worker on PostgreSQL; and CPU ms a page of the process that reads, the worker, the server."""
    with opened(server.database()) as store:
        to_read(store, pages)
        counter = Counter(pages)
        engine = ClusterEngine(
            context(store, parse, web), store, host_gap_s=0.0, threads=32, on_event=counter, on_progress=lambda: None
        )
        prepare(store)
        began, used = time.perf_counter(), (_readers_s(), time.process_time(), server.cpu_s())
        engine.start()
        assert counter.done.wait(600)
        took = time.perf_counter() - began
        reader, ours, its = (
            1000 * (now - before) / pages
            for now, before in zip((_readers_s(), time.process_time(), server.cpu_s()), used, strict=True)
        )
        engine.stop(30)
    return pages / took, reader, ours, its


def _readers_s() -> float:
    """CPU seconds of the processes that read for this one."""
    times = [child.cpu_times() for child in psutil.Process().children()]
    return sum(each.user + each.system for each in times)


def one_worker(url: str, core: int, pages: int, folder: Path | None) -> None:
    """A worker in a process of its own, with the process that reads for it on one core, until it is told to end."""
    os.sched_setaffinity(0, {core})
    with opened(url) as store, Workers(count=1) as parse:
        web = Web(pages, folder)
        engine = ClusterEngine(
            context(store, parse, web),
            store,
            host_gap_s=0.0,
            threads=8,
            on_event=lambda _: None,
            on_progress=lambda: None,
        )
        warm = web.fetch(Request(url="https://s0.example/1", accept="*/*"))
        parse.read_page(sources(1)[0], warm, Entry(keys=("1",)))  # type: ignore[arg-type]
        print("ready", flush=True)
        sys.stdin.readline()
        engine.start()
        sys.stdin.readline()
        engine.stop(60)


def workers_rate(number: int, pages: int, folder: Path | None, server: Server) -> tuple[float, float]:
    """Pages a second, read by so many workers, each on a core of its own; and how many cores the server took beside them."""
    url = server.database()
    with opened(url) as store:
        to_read(store, pages)
        prepare(store)
        command = [sys.executable, "-m", "benchmarks.cluster", "--worker", url, str(pages)]
        where = [] if folder is None else [str(folder)]
        started = [
            subprocess.Popen([*command, str(core), *where], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            for core in sorted(os.sched_getaffinity(0))[:number]
        ]
        for each in started:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        began, its = time.perf_counter(), server.cpu_s()
        for each in started:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        while True:
            with store.reading() as tx:
                if tx.entries.next_read_at() is None:
                    break
            time.sleep(0.05)
        took, its = time.perf_counter() - began, server.cpu_s() - its
        for each in started:
            each.communicate("end\n")
    return pages / took, its / took


def poll_costs(number: int, server: Server) -> tuple[float, float, float]:
    """CPU ms a poll (ours, and the server's) of steps alone, and what the engine adds to both together a job."""
    used: list[tuple[float, float]] = []
    for engined in (False, True):
        with opened(server.database()) as store:
            prepare(store)
            here = context(store, None, Web(0), number)
            with store.writing() as tx:
                tx.sources.watch(sources(number), SystemClock().now())
            ours, its = time.process_time(), server.cpu_s()
            if engined:
                counter = Counter(number)
                engine = ClusterEngine(here, store, host_gap_s=0.0, threads=8, on_event=counter, on_progress=lambda: None)
                engine.start()
                assert counter.done.wait(600)
                engine.stop(30)
            else:
                with store.reading() as tx:
                    found = tx.all_due(SystemClock().now())
                for due in found:
                    assert run_step(here, due).done.result == "ok"
            used.append((time.process_time() - ours, server.cpu_s() - its))
    (alone, its_alone), (engine_ours, engine_its) = used
    ms = 1000 / number
    return alone * ms, its_alone * ms, (engine_ours + engine_its - alone - its_alone) * ms


def bare_job_ms(number: int, server: Server) -> float:
    """CPU ms, ours and the server's, of a Procrastinate job that does nothing."""
    with opened(server.database()) as store:
        prepare(store)
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=store.conninfo))

        @app.task(name="nothing")
        def nothing() -> None:
            pass

        async def run() -> None:
            async with app.open_async():
                await nothing.batch_defer_async(*[{}] * number)
                await app.run_worker_async(wait=False, concurrency=8, delete_jobs="successful", install_signal_handlers=False)

        ours, its = time.process_time(), server.cpu_s()
        asyncio.run(run())
        return 1000 * (time.process_time() - ours + server.cpu_s() - its) / number


def filing(number: int, store: RowStore, server: Server | None) -> tuple[float, float, float]:
    """Filing transactions a second from four threads (matched and sketched before), and CPU ms of ours and of the server's each."""
    here = context(store, None, Web(0))
    rules = here.rules
    prepared = []
    for n in range(number):
        chance = random.Random(n)
        paragraphs = tuple(_paragraph(chance) for _ in range(8))
        article = Article(
            headline=f"Case {n} in court", paragraphs=paragraphs, url=f"https://s{n % 50}.example/{n}", language="en"
        )
        prepared.append(prepare_article(rules, sources(1)[0], sketched(article)))
    rest, lock = iter(prepared), threading.Lock()

    def work() -> None:
        while True:
            with lock:
                each = next(rest, None)
            if each is None:
                return
            with store.writing() as tx:
                file_article(tx, rules, each, here.clock.now(), alerting=True, channels=here.channels)

    threads = [threading.Thread(target=work) for _ in range(4)]
    ours, its = time.process_time(), server.cpu_s() if server else 0.0
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    its = (server.cpu_s() if server else 0.0) - its
    return number / took, 1000 * (time.process_time() - ours) / number, 1000 * its / number


def look_up_ms(number: int, server: Server) -> tuple[float, int]:
    """How long it takes to find 300 due rows among so many sources, median; and how many bytes a source's row takes with its indexes."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    with opened(server.database()) as store:
        with store.writing() as tx:
            tx.sources.watch(sources(1), now)
            state = tx.sources.get("s0")
            assert state is not None
            tx.sources.save(replace(state, next_poll_at=now + timedelta(days=1), etag='"0123456789abcdef"'), "s0.example")
            connection = tx._connection
            columns = [column.name for column in connection.execute(text("SELECT * FROM source LIMIT 0")).cursor.description]  # type: ignore[union-attr]
            taken = {"source_id": "'x' || n", "lane": "'x' || n || '.example'"}
            taken["next_poll_at"] = f"CASE WHEN n % {number // 300} = 0 THEN :now ELSE :now + n * interval '1 second' END"
            chosen = ", ".join(taken.get(name, name) for name in columns)
            query = f"INSERT INTO source ({', '.join(columns)}) SELECT {chosen} FROM source, generate_series(1, :number) AS n"
            connection.execute(text(query), {"now": now, "number": number})
        with store.claiming() as tx:
            tx._connection.execute(text("ANALYZE"))
        taken_ms = []
        for _ in range(40):
            with store.reading() as tx:
                began = time.perf_counter()
                found = tx.due(now)
                taken_ms.append(1000 * (time.perf_counter() - began))
                assert len(found) >= 300
        with store.reading() as tx:
            size = tx._connection.execute(text("SELECT pg_total_relation_size('source')")).scalar_one()
    return statistics.median(taken_ms), int(size) // number


def sizes(store: RowStore, number: int) -> dict[str, int]:
    """Bytes that each of `number` rows takes in each table, indexes and all, when PostgreSQL has tidied up."""
    engine = create_engine(store.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM"))
    engine.dispose()
    with store.reading() as tx:
        tables = [row[0] for row in tx._connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))]
        found = {
            name: int(tx._connection.execute(text("SELECT pg_total_relation_size(:name)"), {"name": f'"{name}"'}).scalar_one())
            for name in tables
        }
    return {name: size // number for name, size in sorted(found.items(), key=lambda each: -each[1]) if size // number > 20}


def row_sizes(server: Server, number: int = 5000) -> list[Figure]:
    """What a listed entry and an alert to one channel take of the disk, indexes and all."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    with opened(server.database()) as store:
        here = context(store, None, Web(0))
        with store.writing() as tx:
            tx.sources.watch(sources(HOSTS), now)
            for n in range(number):
                chance, host = random.Random(n), f"s{n % HOSTS}.example"
                url, title, summary = f"https://{host}/news/2026/11/24/{n}", _paragraph(chance)[:80], _paragraph(chance)[:300]
                entry = Entry(keys=(url, f"guid-{n}"), url=url, title=title, summary=summary, published_at=now)
                (key,) = tx.entries.add(f"s{n % HOSTS}", [(entry, host, None)], now=now, first_poll=False)
                tx.entries.finish(key, "article", "read", f"{n:016x}")
        entries = sizes(store, number)
        alerts = 0
        for n in range(number // 10):
            article = Article(
                headline=f"Trafficking case {n}", paragraphs=(_paragraph(random.Random(n)),), url=f"https://s.example/{n}"
            )
            with store.writing() as tx:
                filed = file_article(
                    tx,
                    here.rules,
                    prepare_article(here.rules, sources(1)[0], sketched(article)),
                    now,
                    alerting=True,
                    channels=here.channels,
                )
            alerts += len(filed.alerts)
        told = sizes(store, alerts)
    parts = {"an entry": {name: entries[name] for name in ("entry", "entry_key")}}
    parts["an alert"] = {name: told[name] for name in ("alert", "message", "delivery")}
    return [
        Figure(
            name=f"cluster: bytes {what}",
            ratio=sum(of_it.values()) / 1000,
            baseline="1 kB",
            detail=", ".join(f"{name} {size}" for name, size in of_it.items()),
        )
        for what, of_it in parts.items()
    ]


def reading(server: Server, pages: int = 300, folder: Path | None = None) -> list[Figure]:
    """One worker beside the one-process engine, each with one process that reads; in turns."""
    with tempfile.TemporaryDirectory() as scratch, Workers(count=1) as parse:
        stores, web = Path(scratch), Web(pages, folder)
        cluster_rate(20, parse, web, server)  # what is loaded once
        embedded_rate(20, parse, web, stores)
        one, other = [], []
        for _ in range(2):
            one.append(embedded_rate(pages, parse, web, stores))
            other.append(cluster_rate(pages, parse, web, server))
    rate, reader, ours, its = max(other)
    return [
        Figure(
            name="cluster: read_entry, one worker",
            ratio=rate / max(one),
            baseline="embedded engine on SQLite, pages a second",
            bound=">= 0.7",
            detail=f"{rate:.0f} and {max(one):.0f} a second; CPU {reader:.1f} ms reading, {ours:.1f} worker, {its:.1f} server; {_load()}",
        )
    ]


def scaling(server: Server, pages: int = 300, folder: Path | None = None) -> list[Figure]:
    """Two workers, each on a core of its own, beside one on one core; in turns. PostgreSQL is on these two cores too: beside one worker
    it has the other core almost for itself, so that one worker is measured with its database on its own core as well."""
    one, one_core, two = [], [], []
    for _ in range(2):
        one.append(workers_rate(1, pages, folder, server))
        with server.confined(1):
            one_core.append(workers_rate(1, pages, folder, server))
        two.append(workers_rate(2, pages, folder, server))
    (alone, _), (all_on_one, _), (both, its) = max(one), max(one_core), max(two)
    return [
        Figure(
            name="cluster: two cores, all told",
            ratio=both / all_on_one,
            baseline="one core for worker and PostgreSQL, pages/s",
            bound=">= 1.7",
            detail=f"{both:.0f} and {all_on_one:.0f} a second: what the second core gives",
        ),
        Figure(
            name="cluster: two workers on two cores",
            ratio=both / alone,
            baseline="one worker on one, PostgreSQL on the other",
            bound=">= 1.7",
            detail=f"{both:.0f} and {alone:.0f} a second; PostgreSQL took {its:.2f} of the two cores; {_load()}",
        ),
    ]


def own_cost(server: Server, polls: int = 1000) -> list[Figure]:
    """What a job costs over and above its step."""
    bare_ms = bare_job_ms(polls, server)
    step_ms, server_ms, engine_ms = poll_costs(polls, server)
    return [
        Figure(
            name="cluster: the engine's own cost",
            ratio=engine_ms / 3.0,
            baseline="3 ms of CPU a job, worker and server",
            bound="<= 1",
            detail=f"{engine_ms:.2f} ms a job; the poll itself {step_ms:.2f} of ours and {server_ms:.2f} of the server's",
        ),
        Figure(
            name="cluster: claims, leases and sweeps",
            ratio=engine_ms / bare_ms,
            baseline="a job of Procrastinate that does nothing, CPU",
            detail=f"which took {bare_ms:.2f} ms here, {_load()}",
        ),
    ]


def filing_rate(server: Server, articles: int = 600) -> list[Figure]:
    """The one transaction that nothing runs beside, and what an article takes of the disk."""
    with tempfile.TemporaryDirectory() as scratch, opened(f"sqlite:///{scratch}/filing.db") as store:
        sqlite, _, _ = filing(articles, store, None)
    with opened(server.database()) as store:
        filed, ours_ms, its_ms = filing(articles, store, server)
        taken = sizes(store, articles)
    return [
        Figure(
            name="cluster: filing transactions",
            ratio=filed / 100,
            baseline="100 a second",
            bound=">= 1",
            detail=f"{filed:.0f} a second, SQLite {sqlite:.0f}; CPU {ours_ms:.1f} ms of ours, {its_ms:.1f} of the server; {_load()}",
        ),
        Figure(
            name="cluster: bytes an article",
            ratio=sum(taken.values()) / 15_000,
            baseline="15 kB",
            detail=", ".join(f"{name} {size}" for name, size in taken.items()),
        ),
    ]


def looking(server: Server, many: int = 1_000_000) -> list[Figure]:
    """The sweep's question, at few sources and at many, with as many of them due."""
    few_ms, _ = look_up_ms(10_000, server)
    many_ms, row = look_up_ms(many, server)
    return [
        Figure(
            name=f"cluster: due rows among {many:,}",
            ratio=many_ms / few_ms,
            baseline="among 10,000 sources",
            bound="<= 1.5",
            detail=f"{many_ms:.1f} and {few_ms:.1f} ms; {row} bytes a source",
        )
    ]


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


PARTS = (reading, scaling, own_cost, filing_rate, row_sizes, looking)


def figures() -> list[Figure]:
    """The ratios and rates of this benchmark."""
    server = Server()
    try:
        return [each for part in PARTS for each in part(server)]
    finally:
        server.close()


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--worker"]:
        one_worker(
            sys.argv[2], core=int(sys.argv[4]), pages=int(sys.argv[3]), folder=Path(sys.argv[5]) if sys.argv[5:] else None
        )
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", help=", ".join(part.__name__ for part in PARTS))
    parser.add_argument("--saved", type=Path, help="pages of real sites to read, for `reading` and `scaling`")
    asked = parser.parse_args()
    server = Server()
    try:
        for part in PARTS:
            if not asked.parts or part.__name__ in asked.parts:
                of_real_sites = {"folder": asked.saved} if asked.saved and part in (reading, scaling) else {}
                for each in part(server, **of_real_sites):
                    print(
                        f"{each.name:38} {each.ratio:6.2f}  x {each.baseline:42} {each.bound or '':8} {each.detail}", flush=True
                    )
    finally:
        server.close()


if __name__ == "__main__":
    main()
