"""Chats through Apprise, to its JSON service on a real server."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from monitor.adapters.apprise import AppriseChat
from monitor.alerts.channel import AppriseChannel, Secret
from monitor.alerts.sending import Deferred, Rejected, Sent

HERE = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def journal() -> Iterator[list[logging.LogRecord]]:
    """What reaches the root of logging, where the daemon's journal is."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = records.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield records
    logging.getLogger().removeHandler(handler)


def chat(url: str) -> AppriseChannel:
    address = url.replace("http://", "json://").replace("/services/canary-path", "/canary-token")
    return AppriseChannel(id="chat", url=Secret(address + "?rto=0.5&cto=0.5"))


def test_what_is_said_arrives_with_its_title(receiver) -> None:
    server = receiver((200, {}))
    assert AppriseChat(HERE)(chat(server.url), "[Drugs] ตำรวจ – Post", "What matched:\n  - heroin <b>&") == Sent()
    (request,) = server.requests
    body = json.loads(request.body)
    assert (body["title"], body["message"]) == ("[Drugs] ตำรวจ – Post", "What matched:\n  - heroin <b>&")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param((500, {}), "answered 500 Internal Server Error", id="trouble"),
        pytest.param((401, {}), "answered 401 Unauthorized", id="a token that is not good"),
        pytest.param(
            (302, {"Location": "http://127.0.0.1:1/elsewhere"}), "answered 302 Found", id="a redirect is not followed"
        ),
        pytest.param("CUT", "cannot be reached, or gave no answer in time", id="a cut connection"),
        pytest.param("SILENCE", "cannot be reached, or gave no answer in time", id="silence"),
    ],
)
def test_what_does_not_arrive_is_deferred_with_a_reason_that_holds_no_token(receiver, does, answer, why: str, journal) -> None:
    server = receiver(getattr(does, answer) if isinstance(answer, str) else answer)
    sending = AppriseChat(HERE)(chat(server.url), "title", "text")
    assert sending == Deferred(reason=f"channel chat (JSON): {why}")
    assert [each for each in journal if each.name == "apprise" or "canary" in each.getMessage()] == []


def test_a_server_that_is_not_there_is_deferred(receiver) -> None:
    server = receiver()
    server.close()
    assert isinstance(AppriseChat(HERE)(chat(server.url), "title", "text"), Deferred)


def test_an_address_that_apprise_cannot_read_is_rejected_without_showing_it() -> None:
    sending = AppriseChat()(AppriseChannel(id="chat", url=Secret("nonsense://canary-token")), "title", "text")
    assert isinstance(sending, Rejected)
    assert "canary" not in sending.reason


def test_what_is_far_too_long_is_cut_and_says_so(receiver) -> None:
    server = receiver((200, {}))
    assert AppriseChat(HERE)(chat(server.url), "t" * 1000, "x" * 500_000) == Sent()
    said = [json.loads(each.body) for each in server.requests]
    assert 1 < len(said) <= 4
    assert "(cut: `monitor alerts` shows all of it)" in said[-1]["message"]


def test_a_server_in_ones_own_network_is_not_connected_to_unless_it_is_allowed(receiver) -> None:
    server = receiver((200, {}))
    sending = AppriseChat()(chat(server.url), "title", "text")
    assert isinstance(sending, Deferred)
    assert sending.reason == (
        "channel chat (JSON): 127.0.0.1 is not a public address (loopback); the network of a server of your own goes into "
        "fetch.allow_networks in monitor.yaml"
    )
    assert server.requests == []


def test_a_name_that_leads_into_ones_own_network_is_judged_by_where_it_leads(receiver, monkeypatch) -> None:
    server = receiver((200, {}))
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: look_up("127.0.0.1", *rest, **more))
    sending = AppriseChat()(chat(server.url.replace("127.0.0.1", "chat.example")), "title", "text")
    assert isinstance(sending, Deferred)
    assert "127.0.0.1 is not a public address" in sending.reason
    assert server.requests == []


def test_services_that_do_not_speak_http_are_held_to_it_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        url = f"mailto://user:canary@127.0.0.1:{server.getsockname()[1]}?to=a@b.example&from=c@d.example"
        sending = AppriseChat(timeout_s=5)(AppriseChannel(id="chat", url=Secret(url)), "title", "text")
        assert isinstance(sending, Deferred)
        assert "127.0.0.1 is not a public address" in sending.reason
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_server_that_never_ends_its_answer_is_left_in_the_end(receiver, does) -> None:
    server = receiver(does.DRIP)
    sending = AppriseChat(HERE, timeout_s=0.5)(chat(server.url), "title", "text")
    assert sending == Deferred(reason="channel chat (JSON): no answer within 0.5 s")
