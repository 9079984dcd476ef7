"""What polls cost, beside lemon24/reader in the same run.

    pip install reader sgmllib3k
    python -m benchmarks.polling [--feeds 200] [--known 1000000] [--due 100000] [--sources 10000]

Each feed has a loopback address of its own on one server in a process of its own: RSS of 30 entries, some 34 kB. Each client runs in
a process of its own with a store on disk; its times are CPU (user and system) of that process and, for monitor, of its two workers,
scheduling and SQLite included. Both poll with sixteen threads, but where the servers are far away, which answer after 50 ms: there each
polls as it comes, reader with one worker and monitor with the 32 threads of its engine. Reading pages is no part of it: monitor's steps
of that kind do not run. Where there is a C compiler all is done once more with a disk on which a sync takes 5 ms.
The memory is that of `monitor run` with the shipped rules and its desk, without its workers; what it shares with them counts by halves.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import ipaddress
import multiprocessing
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from benchmarks.figure import Figure
from benchmarks.slow_disk import SYNC_S, is_to_be_had, slow_disk
from monitor.adapters.clock import SystemClock
from monitor.app import open_app
from monitor.engine.run_step import run_step
from monitor.fetching.outcome import Fetched
from monitor.settings.settings import Settings
from monitor.settings.shipped import init
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.store.database import open_store

THREADS = 16
DEFAULT_THREADS = {"monitor": 32, "reader": 1}
FAR_S = 0.05
PHASES = ("first poll", "304", "one new entry", "same body, no validators", "304 from afar")


@lru_cache(512)
def feed(number: int, version: int) -> bytes:
    """RSS with 30 entries of some 1,100 bytes each; each version has one more at its top and one less at its end."""
    items = "".join(
        f"<item><title>Officers of unit {n} seize boat {number}-{n} in the strait</title><link>https://bench.example/2024/06/{number}-{n}</link>"
        f"<guid>{number}-{n}</guid><pubDate>Sat, 01 Jun 2024 {n % 24:02}:00:00 +0700</pubDate><dc:creator>Reporter {n}</dc:creator>"
        f"<description><![CDATA[<p>{'They said on Saturday that the boat had been seen before. ' * 15}</p>]]></description></item>"
        for n in range(version + 30, version, -1)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Bench {number}</title><lastBuildDate>{version}</lastBuildDate>{items}</channel></rss>"
    ).encode()


FIRST = ipaddress.IPv4Address("127.1.0.1")


def addresses(count: int) -> list[str]:
    """So many addresses of 127.0.0.0/8."""
    return [str(FIRST + number) for number in range(count)]


def serve(pipe: Connection) -> None:
    """`/v1/feed` says 304 to whom knows its version; `/plain/feed` has no validators. Each connection ends with its answer.

    Sends its port, then takes (version, seconds until an answer) whenever they are to change.
    """
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        number = int(ipaddress.IPv4Address(writer.get_extra_info("sockname")[0])) - int(FIRST)
        plain = b" /plain" in head.split(b"\r\n")[0]
        version = 0 if plain else state.version
        if state.away_s:
            await asyncio.sleep(state.away_s)
        etag = f'"{version}"'.encode()
        if not plain and b"if-none-match: " + etag in head.lower():
            writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\nConnection: close\r\n\r\n")
        else:
            body = feed(number, version)
            tag = b"" if plain else b"ETag: " + etag + b"\r\n"
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n" + tag)
            writer.write(b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    state = Serving()
    server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=512)
    pipe.send(server.sockets[0].getsockname()[1])
    while True:
        state.version, state.away_s = await asyncio.to_thread(pipe.recv)
        pipe.send(True)


@dataclass
class Serving:
    """Which version of its feeds a server has, and how long it takes to answer."""

    version: int = 0
    away_s: float = 0.0


class Cpu:
    """CPU seconds of this process and the children that it has now, since the last look."""

    def __init__(self) -> None:
        self._processes = (psutil.Process(), *psutil.Process().children(recursive=True))  # to look for them costs CPU itself
        self._before = self._now()

    def _now(self) -> float:
        times = [each.cpu_times() for each in self._processes]
        return sum(each.user + each.system for each in times)

    def spent(self) -> float:
        before, self._before = self._before, self._now()
        return self._before - before


@dataclass
class Later:
    """The machine's clock, some hours ahead."""

    hours: int = 0

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(hours=self.hours)

    def monotonic(self) -> float:
        return SystemClock().monotonic()


def monitor(pipe: Connection, urls: Sequence[str], plain: Sequence[str]) -> None:
    """Answers each phase with (CPU seconds, wall seconds, RSS in MB)."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Later()
        sources = [
            Source(id=f"s{number}", name="s", url=url, kind="feed", interval_s=60.0)
            for number, url in enumerate((*urls, *plain))
        ]
        settings = Settings(
            directory=Path(folder),
            state_directory=Path(folder),
            store=f"sqlite:///{folder}/monitor.db",
            user_agent="monitor-benchmark/1.0",
            allow_networks=("127.0.0.0/8",),
            host_gap_s=0.0,  # a phase follows the other at once
            sources=tuple(sources),
        )
        with (
            open_app(settings, clock=clock) as app,
            ThreadPoolExecutor(THREADS) as sixteen,
            ThreadPoolExecutor(DEFAULT_THREADS["monitor"]) as many,
        ):

            def poll(chosen: Sequence[Source], threads: ThreadPoolExecutor) -> None:
                with app.store.writing() as tx:
                    tx.sources.watch(list(chosen), clock.now())
                with app.store.reading() as tx:
                    due = [each for each in tx.all_due(clock.now()) if each.step == "poll_source"]
                assert len(due) == len(chosen)
                assert all(event.done.result == "ok" for event in threads.map(lambda each: run_step(app.context, each), due))
                clock.hours += 1

            body = Fetched(url=urls[0], status=200, body=feed(0, 0), fetched_at=clock.now())
            for _ in range(settings.workers):
                app.parse.list_entries(sources[0], body)  # the workers take turns, and have loaded their libraries then
            feeds, without = sources[: len(urls)], sources[len(urls) :]
            _answer(pipe, lambda: poll(feeds, sixteen), lambda: poll(without, sixteen), lambda: poll(feeds, many))


def reader(pipe: Connection, urls: Sequence[str], plain: Sequence[str]) -> None:
    """The same with `update_feeds` of lemon24/reader."""
    from reader import make_reader

    with tempfile.TemporaryDirectory() as folder:
        one, other = make_reader(f"{folder}/one.db"), make_reader(f"{folder}/other.db")
        for url in urls:
            one.add_feed(url)
        for url in plain:
            other.add_feed(url)
        _answer(
            pipe,
            lambda: one.update_feeds(scheduled=False, workers=THREADS),
            lambda: other.update_feeds(scheduled=False, workers=THREADS),
            lambda: one.update_feeds(scheduled=False, workers=DEFAULT_THREADS["reader"]),
        )


def _answer(
    pipe: Connection, with_validators: Callable[[], None], without: Callable[[], None], afar: Callable[[], None]
) -> None:
    cpu = Cpu()
    while (phase := pipe.recv()) is not None:
        work = without if "no validators" in phase else afar if "afar" in phase else with_validators
        if "no validators" in phase:
            work()
        cpu.spent()
        started = time.perf_counter()
        work()
        wall = time.perf_counter() - started
        pipe.send((cpu.spent(), wall, psutil.Process().memory_info().rss / 1e6))


@dataclass(frozen=True)
class Cost:
    """Of one phase: CPU milliseconds a feed, feeds a second, MB resident in the parent."""

    cpu_ms: float
    speed: float
    rss_mb: float

    def __str__(self) -> str:
        return f"{self.cpu_ms:6.2f} ms {self.speed:6.0f}/s {self.rss_mb:4.0f} MB"


@contextmanager
def serving() -> Iterator[tuple[Connection, int]]:
    """A pipe to the server, which takes the version of its feeds, and its port."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    yield ours, ours.recv()
    server.terminate()


def compare(count: int) -> dict[str, tuple[Cost, Cost]]:
    """What each phase costs monitor, and reader; the best of three rounds, the first poll of one."""
    with serving() as (server, port):
        return _compare(count, server, port)


def _compare(count: int, server: Connection, port: int) -> dict[str, tuple[Cost, Cost]]:
    spawn = multiprocessing.get_context("spawn")
    urls = [f"http://{address}:{port}/v1/feed" for address in addresses(count)]
    plain = [f"http://{address}:{port}/plain/feed" for address in addresses(count)]
    clients = []
    for target in (monitor, reader):
        mine, its = spawn.Pipe()
        spawn.Process(target=target, args=(its, urls, plain)).start()
        clients.append(mine)
    found = {}
    served = Serving()
    for phase in PHASES:
        rounds: list[list[tuple[float, float, float]]] = [[], []]
        for _ in range(1 if phase in ("first poll", "304 from afar") else 3):  # by turns, so that a busy moment falls on both
            if phase in ("one new entry", "304 from afar"):
                served = Serving(served.version + 1, 0.0) if phase == "one new entry" else Serving(served.version, FAR_S)
                server.send((served.version, served.away_s))
                server.recv()
            for client, its_rounds in zip(clients, rounds, strict=True):
                client.send(phase)
                its_rounds.append(client.recv())
        one, other = (Cost(cpu / count * 1000, count / wall, rss) for cpu, wall, rss in map(min, rounds))
        found[phase] = one, other
    for client in clients:
        client.send(None)
    return found


def configure(folder: Path, port: int, sources: Iterable[str]) -> None:
    """Write the configuration of a daemon that has the shipped rules, these sources on loopback, and its desk beside their `port`."""
    init(folder)
    (folder / "monitor.yaml").write_text(
        f"contact: bench@localhost.localdomain\nstate: {folder}\nfetch: {{allow_networks: [127.0.0.0/8]}}\nweb: {{port: {port + 1}}}\n"
    )
    (folder / "sources.yaml").write_text("".join(f"- {source}\n" for source in sources))


def daemon_mb(sources: int, polls: int = 1_000) -> float:
    """The most that `monitor run` takes of memory (PSS, in MB) while it polls the first of so many sources."""
    with serving() as (_, port), tempfile.TemporaryDirectory() as folder:
        configure(
            Path(folder),
            port,
            (
                f"{{id: s{number}, name: Bench {number}, url: 'http://{address}:{port}/v1/feed', interval: 1m}}"
                for number, address in enumerate(addresses(sources))
            ),
        )
        command = [sys.executable, "-m", "monitor", "run", "--config", folder]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as daemon:
            assert daemon.stderr is not None
            most = polled = 0
            for line in daemon.stderr:
                polled += " poll_source " in line
                if polled % 50 == 0:
                    most = max(most, psutil.Process(daemon.pid).memory_full_info().pss)
                if polled == polls:
                    daemon.terminate()
                    polled += 1
    return most / 1e6


def look_ups(known: int, due: int) -> tuple[float, float, float]:
    """Milliseconds: to tell which of 30 entries are new among 10,000 known ones, and among `known`; to find a source of `due` that are."""
    found = {}
    for number in (10_000, known):
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{folder}/monitor.db")
            with store.writing() as tx:
                tx.sources.watch([_source(n) for n in range(100)], datetime(2024, 6, 1, tzinfo=UTC))
            _fill(f"{folder}/monitor.db", number)
            chance = random.Random(1)
            asked = []
            for _ in range(300):
                keys = [f"key-{chance.randrange(number)}" for _ in range(29)] + ["new"]
                name = f"s{chance.randrange(100)}"
                started = time.perf_counter()
                with store.reading() as tx:
                    tx.entries.unknown(name, [Entry(keys=(key,)) for key in keys])
                asked.append(time.perf_counter() - started)
            found[number] = statistics.median(asked) * 1000
            store.close()
    with tempfile.TemporaryDirectory() as folder:
        now = datetime(2024, 6, 1, tzinfo=UTC)
        store = open_store(f"sqlite:///{folder}/monitor.db")
        with store.writing() as tx:
            tx.sources.watch([_source(number) for number in range(due)], now)
        with store.reading() as tx:
            tx.due(now)
            started = time.perf_counter()
            listed = tx.due(now)
        took = time.perf_counter() - started
        store.close()
    return found[10_000], found[known], took / max(len(listed), 1) * 1000


def _source(number: int) -> Source:
    return replace(
        Source(id="s", name="s", url="https://x.example/", kind="feed"), id=f"s{number}", url=f"https://h{number}.example/feed"
    )


def _fill(path: str, number: int) -> None:
    """So many entries with one key each, spread over a hundred sources."""
    from monitor.store.entries import _digest

    connection = sqlite3.connect(path)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(entry)")]
    values = {
        "authors": "[]",
        "listed_at": "2024-06-01 00:00:00.000000",
        "first_poll": 0,
        "attempts": 0,
        "lane": "x",
        "outcome": "recorded",
    }
    names = [name for name in columns if name in values or name in ("id", "source_id", "readings")]
    marks = ", ".join("?" for _ in names)
    rows = ([{**values, "id": n + 1, "source_id": f"s{n % 100}", "readings": 0}[name] for name in names] for n in range(number))
    connection.executemany(f"INSERT INTO entry ({', '.join(names)}) VALUES ({marks})", rows)
    keys = sorted((f"s{n % 100}", _digest(f"key-{n}"), n + 1) for n in range(number))
    connection.executemany("INSERT INTO entry_key (source_id, digest, entry_id) VALUES (?, ?, ?)", keys)
    connection.commit()
    connection.close()


def figures() -> list[Figure]:
    """For `python -m benchmarks`; without reader installed what is measured against ourselves alone."""
    few, many, found = look_ups(1_000_000, 100_000)
    told = [
        Figure(
            name="polling: new of 30 at 1 M known",
            ratio=many / few,
            baseline="at 10,000",
            bound="<= 1.5",
            detail=f"{many:.2f} ms",
        ),
        Figure(
            name="polling: a due source of 100,000",
            ratio=found / 0.1,
            baseline="0.1 ms",
            bound="<= 1",
            detail=f"{found:.4f} ms",
        ),
    ]
    taken = daemon_mb(10_000)
    told.append(
        Figure(
            name="polling: memory with 10,000 sources",
            ratio=taken / 160,
            baseline="160 MB, the desk included",
            bound="<= 1",
            detail=f"{taken:.0f} MB",
        )
    )
    if importlib.util.find_spec("reader") is None:
        return told
    bounds = dict(zip(PHASES, ("<= 0.8", "<= 0.7", "<= 0.2", "<= 0.7", "<= 0.7"), strict=True))
    if is_to_be_had():
        with slow_disk():
            told += [_speed(f"{phase}, a disk that takes 5 ms", *costs) for phase, costs in compare(200).items()]
    for phase, (ours, theirs) in compare(200).items():
        told.append(_speed(phase, ours, theirs))
        detail = f"{ours.cpu_ms:.2f} ms, {ours.speed:.0f} feeds/s; reader {theirs.cpu_ms:.2f} ms, {theirs.speed:.0f}"
        ratio = ours.cpu_ms / theirs.cpu_ms
        told.append(
            Figure(name=f"polling: {phase}", ratio=ratio, baseline="lemon24/reader, CPU", bound=bounds[phase], detail=detail)
        )
    return told


def _speed(phase: str, ours: Cost, theirs: Cost) -> Figure:
    return Figure(
        name=f"polling: {phase}, feeds a second",
        ratio=ours.speed / theirs.speed,
        baseline="lemon24/reader",
        bound=">= 3",
        detail=f"{ours.speed:.0f} and {theirs.speed:.0f} feeds/s",
    )


def main() -> None:
    """Print one line per figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--known", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=10_000)
    given = parser.parse_args()
    size = len(feed(0, 0)) / 1000
    print(f"{given.feeds} feeds of {size:.0f} kB, each on an address of its own; CPU a feed, feeds a second, resident")
    _print(compare(given.feeds))
    if is_to_be_had():
        print(f"the same with a disk on which a sync takes {SYNC_S * 1000:.0f} ms")
        with slow_disk():
            _print(compare(given.feeds))
    few, many, found = look_ups(given.known, given.due)
    print(f"which of 30 are new: {few:.3f} ms among 10,000 known, {many:.3f} ms among {given.known:,} ({many / few:.2f} x)")
    print(f"due among {given.due:,} sources: {found:.4f} ms a source found")
    print(f"the daemon while it polls {given.sources:,} sources: {daemon_mb(given.sources):.0f} MB")


def _print(costs: dict[str, tuple[Cost, Cost]]) -> None:
    for phase, (ours, theirs) in costs.items():
        ratios = f"CPU ratio {ours.cpu_ms / theirs.cpu_ms:.2f}, speed {ours.speed / theirs.speed:.1f} x"
        print(f"{phase:26}monitor {ours}   reader {theirs}   {ratios}")


if __name__ == "__main__":
    main()
