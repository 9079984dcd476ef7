"""Replaying a recording: what it costs over and above reading the pages, how it uses two cores, and how its memory grows.

    python -m benchmarks.replay [--pages 800] [--memory-pages 20000] [--rounds 3] [--saved DIR]

Pages are those of benchmarks/pages.py, 5 of 100 matching the shipped rules, or the saved ones `DIR/*.html`, over and over. Costs are the
difference between replaying many pages and replaying a few, so that starting processes and compiling rules does not count. CPU is that of
all processes, user and system. A replay of one process has a second one, which files what the first reads: left alone it uses two cores,
so that it is compared with two processes both as it is and held to one core.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import trafilatura

from benchmarks.figure import Figure
from benchmarks.pages import bare, made, saved, url, write
from monitor.adapters.clock import SystemClock
from monitor.articles.page import read_page
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Source

CONFIG = Path(__file__).parents[1] / "config"
SOURCE = Source(id="bench", name="Bench", url="https://bench.example/", kind="page")
ROUNDS = 3
START = 20
FEW = 500
CACHES = 80_000_000  # bytes: 64 MB of the store's, 16 MB of the index of the recording; full after some 20,000 pages


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one replay: seconds of wall time and CPU, and bytes of the largest process."""

    wall_s: float
    cpu_s: float
    memory: int


def replay(path: Path, *options: str, cores: int = 2) -> Cost:
    """`monitor replay` over a file, in a process of its own that has so many cores at most."""
    one = ["--one", "--cores", str(cores)]
    command = [sys.executable, "-m", "benchmarks.replay", *one, "replay", str(path), "--config", str(CONFIG), *options]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=CONFIG.parent).stderr.split()
    return Cost(float(told[-3]), float(told[-2]), int(told[-1]))


def one(words: list[str]) -> None:
    """Run `monitor WORDS`, after `--cores N` on so many only, and tell its cost on standard error."""
    if words[0] == "--cores":
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(words[1])])
        words = words[2:]
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "monitor", *words], stdout=subprocess.DEVNULL, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, file=sys.stderr)


def per_page(small: Path, large: Path, pages: int, rounds: int, *options: str, cores: int = 2) -> tuple[float, float]:
    """Milliseconds of wall time and CPU for a page: the best of several rounds in which both sizes take turns."""
    pairs = [(replay(small, *options, cores=cores), replay(large, *options, cores=cores)) for _ in range(rounds)]
    walls, cpus = (
        min(getattr(pair[1], name) for pair in pairs) - min(getattr(pair[0], name) for pair in pairs)
        for name in ("wall_s", "cpu_s")
    )
    return walls / pages * 1000, cpus / pages * 1000


def cpu_ms(read: Callable[[int], object], count: int) -> float:
    """CPU of this process for one page, the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for number in range(count):
            read(number)
        best = min(best, time.process_time() - started)
    return best / count * 1000


def figures(pages: int = 800, memory_pages: int = 20_000, rounds: int = ROUNDS, others: Sequence[bytes] = ()) -> list[Figure]:
    """The ratios, measured now; `others` are pages to take in place of those made here."""

    def body_of(number: int) -> bytes:
        return others[number % len(others)] if others else made(number)

    bodies = [body_of(number) for number in range(len(others) or 100)]
    now = SystemClock().now()
    fetched = [
        Fetched(url=url(number), status=200, body=body, fetched_at=now, headers={"content-type": "text/html; charset=utf-8"})
        for number, body in enumerate(bodies)
    ]
    entry = Entry(keys=("bench",))
    read_page(SOURCE, fetched[0], entry)
    alone = cpu_ms(lambda number: trafilatura.extract(bodies[number], with_metadata=True), len(bodies))
    reading = cpu_ms(lambda number: read_page(SOURCE, fetched[number], entry), len(bodies))
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as scratch:
        folder = Path(scratch)
        small = write(folder / "small.warc.gz", range(START), body_of)
        large = write(folder / "large.warc.gz", range(START + pages), body_of)
        wall_1, cpu_1 = per_page(small, large, pages, rounds, "--processes", "1")
        wall_alone, _ = per_page(small, large, pages, rounds, "--processes", "1", cores=1)
        wall_2, _ = per_page(small, large, pages, rounds, "--processes", "2")
        wall_few, cpu_few = per_page(small, large, pages, rounds, "--processes", "1", "--matches-only")
        few = write(folder / "few.warc.gz", range(FEW), bare)
        many = write(folder / "many.warc.gz", range(memory_pages), bare)
        memory_few, memory_many = (replay(path, "--processes", "2").memory for path in (few, many))
    cores = min(2, len(os.sched_getaffinity(0)))
    return [
        Figure(
            name="replay: everything but reading the page",
            ratio=(cpu_1 - reading) / alone,
            baseline="trafilatura with metadata, CPU",
            bound="<= 0.15",
            detail=f"{cpu_1:.2f} ms a page, of which reading {reading:.2f}; trafilatura alone {alone:.2f}",
        ),
        Figure(
            name="replay: all of it",
            ratio=cpu_1 / alone,
            baseline="trafilatura with metadata, CPU",
            detail=f"{cpu_1:.2f} ms a page; trafilatura alone {alone:.2f}",
        ),
        Figure(
            name="replay: two processes",
            ratio=wall_1 / wall_2,
            baseline="one process and the writer, wall time",
            bound=">= 1.8",
            detail=f"{wall_1:.2f} and {wall_2:.2f} ms a page, both on {cores} cores, load {os.getloadavg()[0]:.1f}",
        ),
        Figure(
            name="replay: two processes on two cores",
            ratio=wall_alone / wall_2,
            baseline="one process on one core, wall time",
            bound=">= 1.8",
            detail=f"{wall_alone:.2f} and {wall_2:.2f} ms a page: what the second core gives",
        ),
        Figure(
            name="replay: --matches-only" + ("" if others else ", 5 % match"),
            ratio=cpu_1 / cpu_few,
            baseline="the full read, CPU",
            bound=">= 5",
            detail=f"{cpu_1:.2f} and {cpu_few:.2f} ms CPU a page; wall time {wall_1 / wall_few:.1f} times as fast",
        ),
        Figure(
            name=f"replay: memory, {memory_pages} pages",
            ratio=memory_many / (memory_few + CACHES),
            baseline=f"{FEW} pages and full caches",
            bound="<= 1.15",
            detail=f"{memory_few / 1e6:.0f} and {memory_many / 1e6:.0f} MB in the largest process, caches of {CACHES / 1e6:.0f}",
        ),
    ]


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=800)
    parser.add_argument("--memory-pages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--saved", type=Path)
    chosen = parser.parse_args()
    for each in figures(chosen.pages, chosen.memory_pages, chosen.rounds, saved(chosen.saved) if chosen.saved else ()):
        print(f"{each.name:42} {each.ratio:6.2f}  x {each.baseline:34} {each.bound or '':8} {each.detail}")


if __name__ == "__main__":
    main()
