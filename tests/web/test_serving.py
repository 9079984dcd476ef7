"""The desk on a real socket: where it listens, and clients that are slow or that hang up."""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import closing

import pytest

from monitor.errors import UsageError
from monitor.settings.settings import WebSettings
from monitor.web.desk import desk
from monitor.web.serving import listen, serving


def test_it_listens_on_this_machine_alone_unless_told_otherwise() -> None:
    with closing(listen(WebSettings(port=0))) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


def test_no_answer_waits_for_the_half_before_it_to_be_acknowledged() -> None:
    with closing(listen(WebSettings(port=0))) as listening, socket.create_connection(listening.getsockname()) as client:
        accepted, _ = listening.accept()
        with accepted, client:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_said_with_what_to_do(listening: socket.socket) -> None:
    with pytest.raises(UsageError, match=r"port \d+: Address already in use\. Give.*web: {port: …}.*--no-web"):
        listen(WebSettings(port=listening.getsockname()[1]))


def test_it_answers_and_tells_nothing_of_what_it_is_made_of(filled, listening: socket.socket) -> None:
    with serving(desk(filled.behind), listening), closing(http.client.HTTPConnection(*listening.getsockname())) as client:
        client.request("GET", "/health")
        answer = client.getresponse()
        assert (answer.status, answer.read()) == (200, b"ok\n")
        assert answer.getheader("server") is None
        client.request("HEAD", "/health")  # as monitors of uptime ask
        answer = client.getresponse()
        assert (answer.status, answer.getheader("content-length"), answer.read()) == (200, "3", b"")


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"", id="says nothing"),
        pytest.param(b"GET /stories HTTP/1.1\r\nHost: 127.0.0.1\r\nX-", id="stops within the headers"),
        pytest.param(
            b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nna",
            id="stops within the body",
        ),
    ],
)
def test_a_client_that_does_not_finish_its_request_is_hung_up_on(filled, listening: socket.socket, begun: bytes) -> None:
    with (
        serving(desk(filled.behind), listening, request_s=0.3),
        socket.create_connection(listening.getsockname(), timeout=10) as slow,
    ):
        slow.sendall(begun)
        while slow.recv(4096):  # what it may say before it hangs up
            pass
        with closing(http.client.HTTPConnection(*listening.getsockname(), timeout=10)) as other:
            other.request("GET", "/health")
            assert other.getresponse().status == 200


def test_a_connection_that_is_kept_open_serves_again(filled, listening: socket.socket) -> None:
    with (
        serving(desk(filled.behind), listening, request_s=5),
        closing(http.client.HTTPConnection(*listening.getsockname(), timeout=10)) as client,
    ):
        for _ in range(3):
            client.request("GET", "/login")
            answer = client.getresponse()
            assert answer.status == 200
            answer.read()


def test_many_clients_that_hold_their_connections_do_not_shut_others_out(filled, listening: socket.socket) -> None:
    with serving(desk(filled.behind), listening):
        idle = [socket.create_connection(listening.getsockname(), timeout=10) for _ in range(100)]
        with closing(http.client.HTTPConnection(*listening.getsockname(), timeout=10)) as client:
            client.request("GET", "/health")
            assert client.getresponse().status == 200
        for each in idle:
            each.close()


def test_its_thread_ends_with_it(filled, listening: socket.socket) -> None:
    with serving(desk(filled.behind), listening):
        assert "desk" in {thread.name for thread in threading.enumerate()}
    assert "desk" not in {thread.name for thread in threading.enumerate()}
