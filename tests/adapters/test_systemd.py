import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.adapters.systemd import Notifier, notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(2)
        yield listener


def told(listener: socket.socket) -> list[str]:
    return listener.recv(4096).decode().split("\n")


def test_ready_stopping_and_status_are_said_in_the_managers_words(manager: socket.socket) -> None:
    ours = Notifier(address=manager.getsockname())
    assert ours.ready("watching 12 sources")
    assert told(manager) == ["READY=1", "STATUS=watching 12 sources"]
    assert ours.stopping()
    assert told(manager) == ["STOPPING=1"]
    assert ours.status("3 sources are late")
    assert told(manager) == ["STATUS=3 sources are late"]


def test_a_reload_carries_the_monotonic_time_in_microseconds(manager: socket.socket) -> None:
    before = time.monotonic_ns() // 1000
    assert Notifier(address=manager.getsockname()).reloading()
    reloading, stamp = told(manager)
    assert reloading == "RELOADING=1"
    assert before <= int(stamp.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000


def test_the_watchdog_is_fed_only_where_the_manager_watches(manager: socket.socket) -> None:
    assert not Notifier(address=manager.getsockname()).alive()
    assert Notifier(address=manager.getsockname(), watchdog_s=60).alive()
    assert told(manager) == ["WATCHDOG=1"]


def test_a_status_cannot_smuggle_a_second_word(manager: socket.socket) -> None:
    Notifier(address=manager.getsockname()).status("feed title\nWATCHDOG=trigger\r\nREADY=1\x1b[31m")
    assert told(manager) == ["STATUS=feed title WATCHDOG=trigger READY=1 [31m"]


def test_an_abstract_socket_is_reached() -> None:
    name = f"monitor-test-{time.monotonic_ns()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name)
        listener.settimeout(2)
        assert Notifier(address="@" + name).ready()
        assert told(listener) == ["READY=1"]


def test_a_manager_that_is_gone_costs_nothing(tmp_path: Path) -> None:
    assert not Notifier(address=str(tmp_path / "nobody")).ready()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, Notifier(), id="outside a service"),
        pytest.param({"NOTIFY_SOCKET": "vsock:2:1234"}, Notifier(), id="a socket of a kind we do not speak"),
        pytest.param({"NOTIFY_SOCKET": "/run/n"}, Notifier(address="/run/n"), id="no watchdog"),
        pytest.param(
            {"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"},
            Notifier(address="/run/n", watchdog_s=60.0),
            id="a watchdog for us",
        ),
        pytest.param(
            {"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"},
            Notifier(address="/run/n"),
            id="a watchdog for another process",
        ),
        pytest.param(
            {"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "soon"}, Notifier(address="@n"), id="a watchdog without a number"
        ),
    ],
)
def test_the_environment_names_the_manager(environment: dict[str, str], expected: Notifier) -> None:
    assert notifier(environment, pid=7) == expected
