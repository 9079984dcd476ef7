"""No spelling, no redirect and no name server brings a request to an address that is not public."""

from __future__ import annotations

import socket

import pytest
import requests

from monitor.adapters.guard import AddressRefused, Deadline, guarded_session
from monitor.fetching.addresses import networks
from monitor.fetching.outcome import Failed, Fetched, Refused, Request

SPELLINGS = [
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.000.000.001",
    "0", "0.0.0.0", "127.255.255.254", "localhost", "localhost.", "LOCALHOST", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "ⓛocalhost",
    "user@127.0.0.1", "user:pass@127.0.0.1", "192.0.2.1%2f@127.0.0.1", "192.0.2.1@127.0.0.1", "127.0.0.1%20", "%31%32%37.0.0.1",
    "127.0.0.1%00.example", "0x7f.0x0.0x0.0x1", "0177.0.0.01", "127.0.0.1#@192.0.2.1", "127.0.0.1?@192.0.2.1", "127.0.0.1/@192.0.2.1",
]  # fmt: skip


@pytest.fixture
def canary(new_site):
    """A server on every address of this machine that nobody may reach; connections are what is counted."""
    return new_site(host="0.0.0.0")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_loopback_is_refused_in_every_spelling(new_fetch, canary, spelling):
    host, mark, rest = spelling.partition("#")
    if not mark:
        host, mark, rest = spelling.partition("?")
    if not mark:
        host, mark, rest = spelling.partition("/")
    for url in (f"http://{host}:{canary.port}{mark}{rest}", f"http://{spelling}:{canary.port}/"):
        outcome = new_fetch(allow_networks=(), deadline_s=5)(Request(url=url))
        assert isinstance(outcome, Refused) or (isinstance(outcome, Failed) and outcome.kind in ("dns", "protocol"))
    assert canary.connections == 0


@pytest.mark.parametrize("spelling", ["127.0.0.2", "127.2", "2130706434", "[::1]", "0"])
def test_a_redirect_to_an_address_that_is_not_public_is_refused_at_that_hop(new_fetch, site, answer, canary, spelling):
    site.answers["/"] = answer(status="302 Found", Location="/next")
    site.answers["/next"] = answer(status="301 Moved", Location=f"http://{spelling}:{canary.port}/")

    def resolve(host: str, port: int):
        if host == "public.example":
            return [(socket.AF_INET, ("127.0.0.1", port))]
        return [(family, address) for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

    fetch = new_fetch(allow_networks=networks(["127.0.0.1/32"]), resolve=resolve)
    outcome = fetch(Request(url=f"http://public.example:{site.port}/"))
    assert isinstance(outcome, Refused)
    assert site.paths() == ["/", "/next"]
    assert canary.connections == 0


def test_most_spellings_would_reach_loopback_if_it_were_open(new_fetch, canary):
    fetch = new_fetch(allow_networks=networks(["0.0.0.0/0", "::/0"]), deadline_s=5)
    for spelling in SPELLINGS[:12]:
        fetch(Request(url=f"http://{spelling}:{canary.port}/"))
    assert canary.connections >= 8


def test_the_refusal_names_host_address_and_reason(new_fetch):
    outcome = new_fetch(allow_networks=())(Request(url="http://169.254.169.254/latest/meta-data/"))
    assert outcome == Refused(reason="169.254.169.254: 169.254.169.254 is not a public address (link-local)")


def test_a_name_that_turns_from_public_to_private_is_looked_up_once_and_judged_by_what_it_is_now(
    new_fetch, site, answer, canary
):
    """DNS rebinding: there is no second look-up between the judgement and the connection."""
    answers = [("127.0.0.1", site.port), ("127.0.0.2", canary.port), ("127.0.0.2", canary.port)]
    asked: list[str] = []

    def resolve(host: str, port: int):
        asked.append(host)
        return [(socket.AF_INET, answers[len(asked) - 1])]

    fetch = new_fetch(allow_networks=networks(["127.0.0.1/32"]), resolve=resolve)
    site.answers["/"] = answer(b"public")
    assert isinstance(fetch(Request(url="http://rebinding.example/")), Fetched)
    assert asked == ["rebinding.example"]
    assert isinstance(fetch(Request(url="http://rebinding.example/")), Refused)
    assert (len(asked), canary.connections) == (2, 0)


def test_of_a_public_and_a_private_address_only_the_public_one_is_tried(new_fetch, canary):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    def resolve(host: str, _: int):
        return [(socket.AF_INET, ("127.0.0.2", canary.port)), (socket.AF_INET, ("127.0.0.1", port))]

    outcome = new_fetch(allow_networks=networks(["127.0.0.1/32"]), resolve=resolve)(Request(url="http://mixed.example/"))
    assert isinstance(outcome, Failed)
    assert (outcome.kind, canary.connections) == ("connect", 0)


def test_the_next_address_is_tried_when_the_first_does_not_answer(new_fetch, site, answer):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    def resolve(host: str, _: int):
        return [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET, ("127.0.0.1", site.port))]

    site.answers["/"] = answer(b"second")
    assert isinstance(new_fetch(resolve=resolve)(Request(url="http://two.example/")), Fetched)


def test_a_name_cannot_send_us_to_a_thousand_machines(new_fetch, site, answer):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    addresses = [(socket.AF_INET, ("127.0.0.1", port))] * 20 + [(socket.AF_INET, ("127.0.0.1", site.port))]
    site.answers["/"] = answer(b"the last of many")
    outcome = new_fetch(resolve=lambda _host, _port: addresses)(Request(url="http://many.example/"))
    assert outcome == Failed(kind="connect", detail="many.example refuses connections")
    assert site.connections == 0


@pytest.mark.parametrize(("scheme", "port"), [("http", 80), ("https", 443)])
def test_an_ipv6_address_without_a_port_is_reached_at_the_port_of_its_scheme(new_fetch, scheme, port):
    asked = []

    def resolve(host: str, at: int):
        asked.append((host, at))
        return [(socket.AF_INET6, (host, at, 0, 0))]

    outcome = new_fetch(allow_networks=(), resolve=resolve)(Request(url=f"{scheme}://[fd00::1]/"))
    assert outcome == Refused(reason="[fd00::1]: fd00::1 is not a public address (private)")
    assert asked == [("fd00::1", port)]


class TestGuardedSession:
    def test_it_refuses_what_is_not_public(self, canary):
        with guarded_session() as session, pytest.raises(AddressRefused, match="loopback"):
            session.post(f"http://127.0.0.1:{canary.port}/hook", data=b"{}", timeout=1)
        assert canary.connections == 0

    def test_a_refusal_is_a_connection_error_for_those_who_do_not_look_closer(self):
        assert issubclass(AddressRefused, requests.ConnectionError)

    def test_it_follows_no_redirect_and_keeps_no_cookie(self, site, answer):
        site.answers["/"] = answer(status="307 Temporary Redirect", Location="/other", Set_Cookie="a=b")
        with guarded_session(networks(["127.0.0.0/8"])) as session:
            response = session.get(site.url(), timeout=1)
        assert (response.status_code, site.paths(), len(session.cookies)) == (307, ["/"], 0)

    def test_it_speaks_http_and_https_only(self):
        with guarded_session() as session, pytest.raises(requests.exceptions.InvalidSchema):
            session.get("ftp://192.0.2.1/")

    def test_a_deadline_holds_for_it_as_well(self, site):
        site.answers["/"] = lambda connection: site.stopped.wait(5)
        with guarded_session(networks(["127.0.0.0/8"])) as session, Deadline(0.1) as deadline:
            with pytest.raises(requests.ConnectionError):
                session.get(site.url())
            assert deadline.passed
        site.stopped.set()
