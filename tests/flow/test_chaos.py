"""Two workers on one PostgreSQL while news come in, and all that can go wrong with them: no alert is lost, none has two ids, and nobody
has to lend a hand but to start a killed process again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from monitor.adapters.clock import SystemClock
from monitor.cli.worker import worker as command
from monitor.errors import UsageError
from monitor.store.database import RowStore, open_store

ROUNDS = int(os.environ.get("MONITOR_KILLS", "2"))
LEASE_S = 4
SITES = ("alpha", "beta", "gamma")


class Cluster:
    """Two workers, a world and a server."""

    def __init__(self, world, server, configuration: Path, folder: Path) -> None:
        self.world, self.server = world, server
        self.chance = random.Random(20261124)
        self.number = 0
        self.log = folder / "log"
        main = configuration / "monitor.yaml"
        url = server.url.replace("+psycopg", "")
        main.write_text(main.read_text().replace("workers: 1\n", f"workers: 1\nstore: '{url}'\n"))
        self._command = [sys.executable, "-m", "monitor", "worker", "--threads", "8", "--lease", f"{LEASE_S}s"]
        self._command += ["--config", str(configuration)]
        world.answer_wait_s = 0.06
        self.workers = [self.start(), self.start()]

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(self._command, stdout=output, stderr=output, start_new_session=True)

    def some_news(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            self.number += 1
            self.world.publish(SITES[self.number % 3], self.number)

    def pass_time(self, least_s: float, most_s: float) -> None:
        threading.Event().wait(self.chance.uniform(least_s, most_s))

    def store(self) -> RowStore:
        return open_store(self.server.url)

    def arrived(self) -> bool:
        expected = {f"ASEANAPOL officers in case {number} " for number in range(1, self.number + 1)}
        with self.world.arrived:
            return self.world.arrived.wait_for(
                lambda: all(any(each["headline"].startswith(story) for each in self.world.received) for story in expected),
                timeout=90,
            )

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            worker.wait(timeout=40)


def kill(cluster: Cluster) -> None:
    """Of a worker's whole host: it and its parsing processes, at once. A supervisor starts it again."""
    number = cluster.chance.randrange(2)
    os.killpg(cluster.workers[number].pid, signal.SIGKILL)
    assert cluster.workers[number].wait() == -signal.SIGKILL, cluster.log.read_text()
    cluster.workers[number] = cluster.start()


def restart_the_server(cluster: Cluster) -> None:
    """As after a power cut."""
    cluster.server.crash()
    cluster.pass_time(0.0, 2.0)
    cluster.server.start()


def sever(cluster: Cluster) -> None:
    """Every connection to the database, wherever it is in its transaction."""
    with psycopg.connect(cluster.server.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'postgres'"
        )


def pause(cluster: Cluster) -> None:
    """A worker, for longer than its lease: when it wakes up, others have done what it was about."""
    worker = cluster.workers[cluster.chance.randrange(2)]
    os.killpg(worker.pid, signal.SIGSTOP)
    cluster.some_news()
    cluster.pass_time(LEASE_S + 1, LEASE_S + 3)
    os.killpg(worker.pid, signal.SIGCONT)


@pytest.fixture
def cluster(world, own_postgres, configuration: Path, tmp_path: Path) -> Iterator[Cluster]:
    here = Cluster(world, own_postgres, configuration, tmp_path)
    try:
        yield here
    finally:
        here.close()


@pytest.mark.parametrize("trouble", [kill, restart_the_server, sever, pause])
def test_nothing_is_lost_and_nothing_is_told_under_two_ids(cluster: Cluster, trouble: Callable[[Cluster], None]) -> None:
    cluster.some_news()
    assert cluster.arrived(), cluster.log.read_text()
    for _ in range(ROUNDS):
        cluster.some_news()
        cluster.pass_time(0.2, 2.0)
        trouble(cluster)
    assert cluster.arrived(), cluster.log.read_text()
    assert [worker.poll() for worker in cluster.workers] == [None, None], "no one had to start a worker again"
    cluster.close()
    stopped = {worker.returncode for worker in cluster.workers}
    assert stopped <= {0, -signal.SIGTERM}, cluster.log.read_text()  # the latter of one that was still starting
    ids: dict[str, set[str]] = {}
    for each in cluster.world.received:
        ids.setdefault(each["headline"], set()).add(each["id"])
    assert len(ids) == cluster.number, "nothing but the stories that were published"
    assert {headline: len(each) for headline, each in ids.items() if len(each) > 1} == {}
    assert len(cluster.world.received) - cluster.number <= ROUNDS * 2, "repeats are only what was being sent at that moment"
    store = cluster.store()
    late = SystemClock().now() + timedelta(seconds=LEASE_S)
    with store.reading() as tx:
        assert dict(tx.alerts.counts()) == {"sent": cluster.number}
        assert {due.lane for due in tx.all_due(late)} == {due.lane for due in tx.due(late)}, (
            "no lane is held for longer than a lease"
        )
    store.close()


def test_a_worker_needs_postgresql_and_says_so(configuration: Path) -> None:
    done = CliRunner().invoke(command, ["--config", str(configuration)])
    assert isinstance(done.exception, UsageError)
    assert "use `monitor run`" in str(done.exception)
