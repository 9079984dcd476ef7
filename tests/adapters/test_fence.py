"""What a fence lets pass, told by the interpreter and not by a library."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_network
from threading import Thread

import pytest

from monitor.adapters.fence import Fence, FenceRefused
from monitor.adapters.guard import Deadline


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()


def connect(address: tuple[str, int]) -> None:
    socket.create_connection(address, timeout=2).close()


def datagram(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(b"x", address)


def datagram_in_pieces(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendmsg([b"x", b"y"], [], 0, address)


def local(_: tuple[str, int]) -> None:
    with socket.socket(socket.AF_UNIX) as out:
        out.connect("/run/any.socket")


@pytest.mark.parametrize("leave", [connect, datagram, datagram_in_pieces, local])
def test_nothing_leaves_for_an_address_that_is_not_public(server, leave: Callable[[tuple[str, int]], None]) -> None:
    with Deadline(5) as deadline, Fence((), deadline) as fence:
        with pytest.raises(FenceRefused):
            leave(server)
        assert fence.refused is not None


@pytest.mark.parametrize("leave", [connect, datagram, datagram_in_pieces])
def test_what_is_allowed_passes_and_so_does_everything_outside_the_fence(server, leave) -> None:
    with Deadline(5) as deadline, Fence([ip_network("127.0.0.0/8")], deadline) as fence:
        leave(server)
        assert fence.refused is None
    leave(server)


def test_other_threads_are_not_inside(server) -> None:
    raised: list[Exception] = []

    def elsewhere() -> None:
        try:
            connect(server)
        except OSError as error:
            raised.append(error)

    with Deadline(5) as deadline, Fence((), deadline):
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert raised == []
