"""Servers that mean harm, or behave as if they did, polled beside a good one that must not notice. None of them is allowed to reach the
canary, a server on an address that the configuration does not open."""
# ruff: noqa: E501  the servers are read more easily line by line

from __future__ import annotations

import gzip
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from monitor.app import open_app
from monitor.engine.once import poll_once
from monitor.ports import ListedEntry
from monitor.settings.settings import Settings
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.store.database import open_store

Play = bytes | Callable[[socket.socket], None]
CANARY = "127.0.0.1"


def answer(body: str | bytes, *headers: str, status: str = "200 OK") -> bytes:
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers))
    return head.encode("utf-8") + b"\r\n" + content


def rss(*items: str, head: str = "") -> str:
    return (
        f"<rss version='2.0'><channel><title>T</title>{head}{''.join(f'<item>{each}</item>' for each in items)}</channel></rss>"
    )


def for_ever(head: bytes, piece: bytes) -> Play:
    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return send


def to(location: str) -> bytes:
    return answer("", f"Location: {location}", "Set-Cookie: seen=1", status="302 Found")


STORY = "<title>Ministers meet</title><link>/story/1-ministers-of-ten-countries-meet</link>"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LINK = "<h2><a href='/story/1-ministers-of-ten-countries-meet'>Ministers of ten countries meet once more</a></h2>"
PORT = "{prt}"  # of the servers, which all have the same; as long as it

FEEDS: dict[str, tuple[Play, str | None]] = {
    "trailers without end": (for_ever(CHUNKED + b"0\r\n", b"X: y\r\n"), "no complete answer"),
    "interim answers without end": (for_ever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), "interim answers"),
    "a header without end": (for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65_536), "header line|too long|LineTooLong"),
    "a negative chunk": (CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", "negative"),
    "half characters": (answer('{"items":[{"id":"\\ud800","title":"Ministers \\udfff meet","url":"/story/1-\\ud800"}]}'), None),
    "a negative length": (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + rss(STORY).encode(), None),
    "a length beyond all bounds": (b"HTTP/1.1 200 OK\r\nContent-Length: 1" + b"0" * 30 + b"\r\n\r\n<rss>", "too few|beyond|large|end"),
    "another protocol": (answer("", "Upgrade: h2c", status="101 Switching Protocols"), "HTTP 101"),
    "a loop that sets cookies": (to("/feed"), "more than 5 redirects"),
    "userinfo before the canary": (to(f"http://news.example@{CANARY}:{PORT}/"), "loopback"),
    "the canary without a scheme": (to(f"//{CANARY}:{PORT}/"), "loopback"),
    "the canary in IPv6": (to(f"http://[::ffff:{CANARY}]:{PORT}/"), "loopback"),
    "the canary in wide digits": (to(f"http://１２７.０.０.１:{PORT}/"), "loopback|resolve"),
    "the canary behind a backslash": (to(f"http://news.example\\@{CANARY}:{PORT}/"), "loopback|not an http"),
    "a file of this machine": (to("file:///etc/passwd"), "not an http"),
    "metadata of a cloud": (to("http://169.254.169.254/latest/meta-data/"), "link-local"),
    "JSON in JSON": (answer('{"items":' + "[" * 200_000), "not a feed"),
    "a charset that is a compression": (answer(rss(STORY), "Content-Type: text/xml; charset=zlib_codec"), None),
    "a guid of blanks": (answer(rss(STORY + f"<guid>{' ' * 300_000}</guid>")), None),
    "an id of a megabyte": (answer(rss(STORY + f"<guid>{'i' * 1_000_000}</guid>")), None),
    "too many items": (answer(rss(*(["<title>x</title>"] * 60_000))), None),
    "days that never were": (answer(rss(*(f"{STORY}<pubDate>{date}</pubDate>" for date in ("31 Dec 9999", "-1", "0000-00-00"))), "Expires: Fri, 31 Dec 9999 23:59:59 GMT", "Age: -1"), None),
    "a validator of kilobytes": (answer(rss(STORY), f'ETag: "{"e" * 5_000}"'), None),
    "links that are none": (answer(rss(*(f"<title>{n}</title><link>{link}</link>" for n, link in enumerate(("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://x/" + "l" * 100_000, f"http://{CANARY}:{PORT}/x"))))), None),
    "NUL in everything": (answer(rss("<title>Mini\0sters</title><link>/story/1-ministers-of-ten\0-countries-meet</link>")), None),
}  # fmt: skip
OTHERS: dict[str, tuple[str, Play, str | None]] = {
    "a million laughs": ("sitemap", answer(f"<!DOCTYPE u [<!ENTITY l0 'ha'>{LAUGHS}]><urlset><url><loc>/x&l9;</loc></url></urlset>"), "sitemap"),
    "a bomb in a sitemap": ("sitemap", answer(gzip.compress(b"<urlset>" + b" " * 60_000_000, 1)), "sitemap"),
    "an index of itself": ("sitemap", answer("<sitemapindex><sitemap><loc>/feed</loc></sitemap></sitemapindex>"), None),
    "a page of a hundred thousand boxes": ("page", answer("<div>" * 100_000 + LINK), ""),
}  # fmt: skip
ROBOTS: dict[str, Play] = {
    "rules without end": for_ever(CHUNKED, b"10000\r\n" + b"Disallow: /x*y\n" * 4369 + b"\n\r\n"),
    "a rule of wildcards": answer("User-agent: *\nDisallow: /" + "*e" * 60 + "*!\n"),
}
GOOD = "a good one"


@dataclass
class Polled:
    states: dict[str, SourceState]
    entries: dict[str, list[ListedEntry]]
    requests: dict[str, list[str]]
    reached_the_canary: list[str]
    counted: dict[str, int]


def plays() -> dict[str, tuple[str, Play]]:
    """Every source by its name: its kind and what its server plays."""
    found = {name: ("feed", play) for name, (play, _) in FEEDS.items()} | {name: each[:2] for name, each in OTHERS.items()}
    found |= {name: ("page", answer(f"<html><body>{LINK}</body></html>")) for name in ROBOTS}
    return found | {GOOD: ("feed", answer(rss(STORY), 'ETag: "good"'))}


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Polled:
    names = {f"127.1.0.{number}": name for number, name in enumerate(plays(), 1)}
    requests: dict[str, list[str]] = {}

    def serve(connection: socket.socket, port: int) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            path = connection.recv(65_536).split(b" ")[1].decode()
            name = names.get(connection.getsockname()[0], "canary")
            requests.setdefault(name, []).append(path)
            play: Play = answer("not here", status="404 Not Found")
            if path == "/robots.txt" and name in ROBOTS:
                play = ROBOTS[name]
            elif path.startswith("/feed") and name in plays():
                play = plays()[name][1]
            if isinstance(play, bytes):
                connection.sendall(play.replace(PORT.encode(), str(port).encode()))
            else:
                play(connection)

    listener = socket.create_server(("", 0), backlog=128)
    port = listener.getsockname()[1]

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0], port), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    folder = tmp_path_factory.mktemp("hostile")
    sources = [
        Source(id=name.replace(" ", "-"), name=name, url=f"http://{address}:{port}/feed", kind=plays()[name][0])  # type: ignore[arg-type]
        for address, name in names.items()
    ]
    settings = Settings(
        directory=Path(folder), state_directory=Path(folder), store=f"sqlite:///{folder}/monitor.db", user_agent="monitor/1",
        workers=1, fetch_timeout_s=3, fetch_max_bytes=5_000_000, allow_networks=("127.1.0.0/16",), sources=tuple(sources),
    )  # fmt: skip
    with open_app(settings) as app:
        app.watch()
        poll_once(app.context, host_gap_s=0, on_event=lambda _event: None)
        poll_once(app.context, host_gap_s=0, on_event=lambda _event: None)  # the parts of an index
        with app.store.reading() as tx:
            states = {state.source_id: state for state in tx.sources.all()}
            entries = {source.id: tx.entries.of_source(source.id, 1_000) for source in sources}
    listener.close()
    store = open_store(settings.store)
    with store.reading() as tx:
        counted = {traffic.host.partition(":")[0]: traffic.requests for traffic in tx.sources.traffic(date.min)}
    store.close()
    named = {source.id: source.name for source in sources}
    return Polled(
        {named[key]: state for key, state in states.items()},
        {named[key]: found for key, found in entries.items()},
        requests,
        requests.get("canary", []),
        {name: counted.get(address, 0) for address, name in names.items()},
    )


EXPECTED = {name: each[-1] for name, each in (FEEDS | OTHERS).items()} | dict.fromkeys(ROBOTS)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_is_listed_or_fails_by_a_name_and_its_row_says_when_it_is_tried_again(polled: Polled, name: str) -> None:
    state, expected = polled.states[name], EXPECTED[name]
    assert state.next_poll_at is not None
    assert state.last_poll_at is not None
    if expected is None:
        assert state.last_error is None
    elif expected:
        assert re.search(expected, state.last_error or "nothing is wrong", re.IGNORECASE), state.last_error


def test_the_good_one_has_not_noticed(polled: Polled) -> None:
    assert polled.states[GOOD].failures == 0
    assert polled.states[GOOD].etag == '"good"'
    assert [listed.entry.title for listed in polled.entries[GOOD]] == ["Ministers meet"]


def test_what_it_was_asked_is_counted_to_the_last_request(polled: Polled) -> None:
    assert polled.counted[GOOD] == len(polled.requests[GOOD])


def test_nothing_has_reached_the_canary(polled: Polled) -> None:
    assert polled.reached_the_canary == []


def test_no_entry_has_an_address_that_is_none(polled: Polled) -> None:
    links = [listed.entry.url or "" for found in polled.entries.values() for listed in found]
    assert not [link for link in links if link and (not link.startswith("http") or len(link) > 2_000 or "\0" in link)]


def test_the_newest_of_too_many_items_are_kept_and_an_index_of_itself_ends(polled: Polled) -> None:
    assert polled.states["too many items"].listed <= 500
    assert len(polled.requests["an index of itself"]) <= 2
