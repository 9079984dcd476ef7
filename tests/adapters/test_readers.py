"""Real processes: a task may hang, eat memory or kill its process, and costs only itself."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from multiprocessing import resource_tracker, spawn

import pytest

from monitor.adapters.readers import GivenUp, Readers

_equipment: list[str] = []


def equip(name: str) -> None:
    _equipment.append(name)


def equipped(number: int) -> tuple[int, list[str]]:
    return number, _equipment


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    threading.Event().wait()


def eat() -> int:
    return len(bytearray(2 << 30))


def fail() -> None:
    raise KeyError("a bug")


def echo(data: bytes) -> bytes:
    return data


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(2, equip=(equip, ("desk",)), time_limit_s=1.5, memory_limit_bytes=1 << 29) as here:
        yield here


def test_results_are_had_in_any_order_from_processes_that_were_equipped(readers: Readers) -> None:
    tickets = [readers.submit(equipped, number) for number in range(20)]
    assert [readers.result(ticket) for ticket in reversed(tickets)] == [(number, ["desk"]) for number in reversed(range(20))]


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        pytest.param(die, "crash", id="kills its process"),
        pytest.param(hang, "took more than 1.5 s", id="hangs"),
        pytest.param(eat, "took more than 512 MiB", id="eats memory"),
        pytest.param(fail, "KeyError", id="meets a bug"),
    ],
)
def test_a_task_that_ends_badly_costs_only_itself(readers: Readers, task: object, reason: str) -> None:
    before = [readers.submit(equipped, number) for number in range(3)]
    bad = readers.submit(task)  # type: ignore[arg-type]
    after = [readers.submit(equipped, number) for number in range(3, 6)]
    given_up = readers.result(bad)
    assert isinstance(given_up, GivenUp)
    assert reason in given_up.reason
    assert [readers.result(ticket)[0] for ticket in (*before, *after)] == list(range(6))


def test_large_tasks_with_large_results_do_not_block_each_other(readers: Readers) -> None:
    data = os.urandom(1_000_000)
    tickets = [readers.submit(echo, data) for _ in range(6)]
    assert all(readers.result(ticket) == data for ticket in tickets)


def test_a_reader_that_is_still_starting_is_deaf_to_ctrl_c(capfd: pytest.CaptureFixture[str]) -> None:
    with Readers(1) as readers:
        first = readers._seats[0].reader.process
        os.kill(first.pid, signal.SIGINT)
        assert readers.result(readers.submit(abs, -1)) == 1
        assert readers._seats[0].reader.process is first
    assert capfd.readouterr().err == ""


def test_a_process_that_dies_at_birth_is_told_whatever_it_was_to_be_equipped_with() -> None:
    resource_tracker.ensure_running()  # a process of its own, and one that is to live
    spawn.set_executable("/bin/false")
    try:
        with Readers(1, equip=(equip, ("x" * 1_000_000,))) as here, pytest.raises(RuntimeError, match="does not start"):
            here.result(here.submit(equipped, 1))
    finally:
        spawn.set_executable(sys.executable)
