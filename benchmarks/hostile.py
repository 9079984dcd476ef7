"""What twelve hostile first polls at once take of memory.

    python -m benchmarks.hostile

Two servers each of: a page of nested boxes, a feed of 200,000 items, a bomb of gzip, tags without end, a bomb of entities, a title of
20 MB. The memory (PSS) is that of `monitor run` with the shipped rules, its desk and its two workers, together.
"""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import subprocess
import sys
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from benchmarks.figure import Figure
from benchmarks.polling import addresses, configure

SOURCES = 12
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BODIES: tuple[tuple[str, bytes, bytes], ...] = (
    ("page", b"", (b"<div><a href='/2026/11/x-y-z-w-1'>one two three four five</a>" * 160_000)[:9_900_000]),
    ("feed", b"", b"<rss><channel>" + (b"<item><title>a & b</title><link>x</link></item>" * 220_000)[:9_880_000]),
    ("feed", b"Content-Encoding: gzip\r\n", gzip.compress(b"<rss><channel>" + b" " * 200_000_000, 6)),
    ("feed", b"", b"<rss><channel><item><title>" + b"<b>" * 5_000_000),
    (
        "feed",
        b"",
        f"<!DOCTYPE r [<!ENTITY l0 'x'>{LAUGHS}]><rss><channel><item><title>&l9;</title></item></channel></rss>".encode(),
    ),
    ("feed", b"", b"<rss version='2.0'><channel><item><title>" + b"word " * 3_900_000 + b"</title></item></channel></rss>"),
)


def serve(pipe: Connection) -> None:
    """Each address plays one of the bodies."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            number = addresses(SOURCES).index(writer.get_extra_info("sockname")[0])
            _, header, body = BODIES[number % len(BODIES)]
            writer.write(b"HTTP/1.1 200 OK\r\n" + header + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body))
            for at in range(0, len(body), 65_536):
                writer.write(body[at : at + 65_536])
                await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def together_mb() -> float:
    """The most that the daemon and its processes take at any moment until each source was polled once, in MB."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        configure(
            directory,
            port,
            (
                f"{{id: h{number}, name: H {number}, url: 'http://{address}:{port}/', kind: {BODIES[number % 6][0]}, interval: 1h}}"
                for number, address in enumerate(addresses(SOURCES))
            ),
        )
        said = directory / "said"
        with said.open("w") as out:
            command = [sys.executable, "-m", "monitor", "run", "--config", folder]
            daemon = psutil.Popen(command, stderr=out, stdout=subprocess.DEVNULL)
            most = 0.0
            while len(_polled(said.read_text())) < SOURCES:
                most = max(most, _pss(daemon))
                with suppress(psutil.TimeoutExpired):
                    daemon.wait(0.05)
                    raise RuntimeError(said.read_text())
            daemon.terminate()
            daemon.wait()
    server.terminate()
    return most / 1e6


def _polled(said: str) -> set[str]:
    return {source.split()[0] for line in said.splitlines() if (source := line.partition(" poll_source ")[2])}


def _pss(daemon: psutil.Process) -> float:
    total = 0
    with suppress(psutil.Error):
        for process in (daemon, *daemon.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
    return float(total)


def figures() -> list[Figure]:
    """For `python -m benchmarks`."""
    taken = together_mb()
    return [
        Figure(
            name="polling: memory of 12 hostile first polls",
            ratio=taken / 400,
            baseline="400 MB, daemon and workers together",
            bound="<= 1",
            detail=f"{taken:.0f} MB",
        )
    ]


if __name__ == "__main__":
    print(figures()[0].detail)
