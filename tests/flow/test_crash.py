"""The daemon is killed while news come in, at random moments and at chosen system calls, on both databases, with a mailbox and a
webhook: no alert is lost, none is repeated under another id."""

from __future__ import annotations

import email
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.policy import default
from pathlib import Path

import pytest

from monitor.store.database import open_store

KILLS = int(os.environ.get("MONITOR_KILLS", "3"))
POINTS = int(os.environ.get("MONITOR_KILL_POINTS", "2"))
SITES = ("alpha", "beta", "gamma")
ANSWER_S = 0.06
_SENDING = 2  # one delivery under way in each of two channels


@dataclass
class Torture:
    """A daemon over a world, and what became of its alerts."""

    world: object
    mailbox: object
    configuration: Path
    store_url: str
    log: Path
    number: int = 0
    kills: int = 0
    repeats: int = field(default=0)

    def publish(self) -> None:
        self.number += 1
        self.world.publish(SITES[self.number % 3], self.number)

    def start(self, *before: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [*before, sys.executable, "-m", "monitor", "run", "--no-web", "--config", str(self.configuration)],
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill_after(self, seconds: float) -> None:
        """Start the daemon and kill all of it so long after it began to watch: that is when there is something to lose."""
        before = self.log.stat().st_size if self.log.exists() else 0
        process = self.start()
        watching = threading.Event()
        for _ in range(1200):
            if process.poll() is not None or b" watching " in self.log.read_bytes()[before:]:
                break
            watching.wait(0.05)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, self.log.read_text()
        self.kills += 1

    def kill_at(self, call: str, which: int) -> None:
        """Start the daemon, which the kernel kills as one of its threads enters the system call `call` for the time `which`. News come in
        until then, as fast as they are told: strace counts by threads, and those of a daemon that has nothing to do enter it seldom."""
        process = self.start(
            "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={which}"
        )
        for _ in range(1200):
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.25)
                break
            if len({each["headline"] for each in list(self.world.received)}) >= self.number - 1:
                self.publish()
        else:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail(f"in five minutes no thread entered {call} {which} times")
        assert process.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), self.log.read_text()
        self.kills += 1

    def received(self) -> dict[str, list[tuple[str, str]]]:
        """By channel, (headline, id) of everything that arrived."""
        mails = [email.message_from_bytes(each, policy=default) for each in list(self.mailbox.messages)]
        return {
            "hook": [(each["headline"], each["id"]) for each in list(self.world.received)],
            "desk": [
                (str(mail["Subject"]).removeprefix("[ASEANAPOL] ").rpartition(" – ")[0], mail["Message-ID"]) for mail in mails
            ],
        }

    def settle(self) -> None:
        """Let the daemon do what is left, stop it in order, and hold what arrived against what was published."""
        before = self.log.stat().st_size
        process = self.start()
        store = open_store(self.store_url)
        try:
            for _ in range(3000):
                with store.reading() as tx:
                    counts = dict(tx.alerts.counts())
                if counts == {"sent": 2 * self.number} and b" watching " in self.log.read_bytes()[before:]:
                    break
                with self.world.arrived:
                    self.world.arrived.wait(timeout=0.1)
        finally:
            store.close()
            process.send_signal(signal.SIGTERM)
            ended = process.wait(timeout=30)
        assert counts == {"sent": 2 * self.number}, self.log.read_text()
        assert ended == 0, self.log.read_text()
        assert b"alembic" not in self.log.read_bytes(), "what a library says of its plugins is no news"
        for channel, got in self.received().items():
            ids: dict[str, set[str]] = {}
            for headline, delivery in got:
                ids.setdefault(headline, set()).add(delivery)
            assert len(ids) == self.number, f"{channel}: lost, or more than was published\n{self.log.read_text()}"
            assert {headline: each for headline, each in ids.items() if len(each) > 1} == {}, f"{channel}: told under two ids"
            self.repeats += len(got) - len(ids)
        assert self.repeats <= self.kills * _SENDING, "repeats are only what was in flight when the daemon died"
        sys.stdout.write(
            f"{self.kills} kills, {2 * self.number} deliveries, 0 lost, {self.repeats} repeated under the same id\n"
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def torture(request: pytest.FixtureRequest, world, configuration: Path, tmp_path: Path, smtp_server: Callable, does) -> Torture:
    mailbox = smtp_server(end=does.SLOWLY("250 queued", ANSWER_S))
    world.answer_wait_s = ANSWER_S  # the answer comes late: kills fall between it and the mark
    url = f"sqlite:///{tmp_path}/monitor.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")()
        with (configuration / "monitor.yaml").open("a") as file:
            file.write(f"store: '{url}'\n")
    with (configuration / "channels.yaml").open("a") as file:
        file.write(
            f"- {{id: desk, kind: email, host: 127.0.0.1, port: {mailbox.port}, tls: none, from: m@desk.example, to: [d@desk.example], "
            "ceiling: 100000}\n"
        )
    (configuration / "rules" / "rules.yaml").write_text(
        "- {id: aseanapol, title: ASEANAPOL, when: '@asean/police', alert: [hook, desk]}\n"
    )
    return Torture(world=world, mailbox=mailbox, configuration=configuration, store_url=url, log=tmp_path / "log")


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_told_twice(torture: Torture) -> None:
    chance = random.Random(20261124)
    for _ in range(KILLS):
        for _ in range(chance.randint(1, 3)):
            torture.publish()
        torture.kill_after(chance.uniform(0.0, 1.5))
    torture.settle()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed here: no kill at a chosen system call")
def test_killed_at_every_sync_and_every_send_nothing_is_lost_and_nothing_is_told_twice(torture: Torture) -> None:
    """SQLite is killed as it enters fdatasync, PostgreSQL's client as it sends; the first sends open connections."""
    call, points = (
        ("fdatasync", range(1, POINTS + 1)) if "sqlite" in torture.store_url else ("sendto", range(2, 2 + 12 * POINTS, 12))
    )
    for which in points:
        torture.publish()
        torture.kill_at(call, which)
    torture.settle()
