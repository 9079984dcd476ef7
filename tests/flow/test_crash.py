"""The daemon is killed at random moments while news come in: no alert is lost, none is repeated under another id."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from monitor.store.database import open_store

KILLS = int(os.environ.get("MONITOR_KILLS", "8"))
SITES = ("alpha", "beta", "gamma")


def daemon(configuration: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "monitor", "run", "--config", str(configuration)],
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_told_twice(world, configuration: Path, tmp_path: Path) -> None:
    chance = random.Random(20261124)
    world.answer_wait_s = 0.06
    number, log = 0, tmp_path / "log"
    for _ in range(KILLS):
        process = daemon(configuration, log)
        for _ in range(chance.randint(1, 3)):
            number += 1
            world.publish(SITES[number % 3], number)
        try:
            process.wait(timeout=chance.uniform(0.5, 5.0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, log.read_text()
    process = daemon(configuration, log)
    stories = {f"ASEANAPOL officers in case {each} " for each in range(1, number + 1)}
    try:
        with world.arrived:
            complete = world.arrived.wait_for(
                lambda: all(any(each["headline"].startswith(story) for each in world.received) for story in stories), timeout=60
            )
    finally:
        process.send_signal(signal.SIGTERM)
        ended = process.wait(timeout=30)
    assert complete, log.read_text()
    assert ended == 0, log.read_text()
    ids: dict[str, set[str]] = {}
    for each in world.received:
        ids.setdefault(each["headline"], set()).add(each["id"])
    assert len(ids) == number, "nothing but the stories that were published"
    assert {headline: len(each) for headline, each in ids.items() if len(each) > 1} == {}
    assert len(world.received) - number <= KILLS * 8, "repeats are only what was in flight when the daemon died"
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    with store.reading() as tx:
        assert dict(tx.alerts.counts()) == {"sent": number}
    store.close()
