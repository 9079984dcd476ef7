"""HttpFetch against a real server that misbehaves."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import weakref
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest

from monitor.adapters import http
from monitor.fetching.outcome import LARGE_BYTES, Failed, Fetched, Gone, NotModified, Refused, Request, Throttled


def endless(head: bytes, piece: bytes, pause_s: float, stopped) -> Callable[[socket.socket], None]:
    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while not stopped.wait(pause_s):
            connection.sendall(piece)

    return send


def gzip(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    return engine.compress(data) + engine.flush()


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def test_a_body_comes_back_with_its_headers_in_lower_case_and_the_time_it_was_fetched(site, fetch, answer, still_clock):
    site.answers["/feed"] = answer(b"<rss/>", Content_Type="text/xml", ETag='W/"a,b"')
    assert fetch(Request(url=site.url("/feed#top"))) == Fetched(
        url=site.url("/feed"),
        status=200,
        headers={"content-length": "6", "content-type": "text/xml", "etag": 'W/"a,b"'},
        body=b"<rss/>",
        fetched_at=still_clock.at,
    )


def test_a_request_says_who_we_are_and_nothing_that_we_were_not_asked_for(site, fetch, answer):
    site.answers["/"] = answer(b"x", Set_Cookie="id=1; Path=/")
    fetch(Request(url=site.url(), accept="application/rss+xml"))
    fetch(Request(url=site.url()))
    assert site.headers(0) == {
        "host": f"127.0.0.1:{site.port}",
        "user-agent": "monitor/1.0 (+https://monitor.example/about)",
        "accept": "application/rss+xml",
        "accept-encoding": "gzip, deflate, br",
    }
    assert "cookie" not in site.headers(1)


@pytest.mark.parametrize("etag", ['"strong"', 'W/"weak, with comma"', "unquoted"])
@pytest.mark.parametrize("date", ["Sat, 01 Jun 2024 10:00:00 GMT", "Saturday, 01-Jun-24 10:00:00 GMT"])
def test_validators_go_out_as_they_came_in(site, fetch, answer, etag, date):
    site.answers["/"] = answer(status="304 Not Modified", ETag=etag)
    outcome = fetch(Request(url=site.url(), etag=etag, last_modified=date))
    assert isinstance(outcome, NotModified)
    assert (site.headers()["if-none-match"], site.headers()["if-modified-since"]) == (etag, date)


def test_a_304_that_nobody_asked_for_is_no_answer(site, fetch, answer):
    site.answers["/"] = answer(status="304 Not Modified")
    assert fetch(Request(url=site.url())) == Failed(
        kind="protocol", detail="HTTP 304 to a request that was not conditional", status=304
    )


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip(b"police " * 1000)),
        ("x-gzip", gzip(b"police " * 1000)),
        ("gzip", gzip(b"police " * 500) + gzip(b"police " * 500)),
        ("gzip", gzip(b"police " * 1000) + b"junk"),
        ("deflate", zlib.compress(b"police " * 1000)),
        ("deflate", raw_deflate(b"police " * 1000)),
        ("br", brotli.compress(b"police " * 1000)),
        ("gzip, br", brotli.compress(gzip(b"police " * 1000))),
        ("identity", b"police " * 1000),
    ],
    ids=["gzip", "x-gzip", "two members", "junk behind", "zlib", "raw deflate", "brotli", "brotli over gzip", "identity"],
)
def test_content_codings_are_undone(site, fetch, answer, coding, body):
    site.answers["/"] = answer(body, Content_Encoding=coding)
    outcome = fetch(Request(url=site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"police " * 1000


@pytest.mark.parametrize(
    ("coding", "body", "kind"),
    [
        ("zstd", b"(\xb5/\xfd", "encoding"),
        ("gzip, gzip, gzip", b"x", "encoding"),
        ("gzip", b"<rss/> and no gzip at all", "encoding"),
        ("br", b"<rss/> and no brotli at all", "encoding"),
        ("deflate", b"<rss/> and no deflate at all", "encoding"),
        ("gzip", gzip(b"police " * 1000)[:-9], "truncated"),
        ("br", brotli.compress(b"police " * 1000)[:-4], "truncated"),
        ("gzip", gzip(b"\0" * 50_000_000), "too-large"),
        ("br", brotli.compress(b"\0" * 50_000_000, quality=5), "too-large"),
        ("gzip, gzip", gzip(gzip(b"\0" * 50_000_000)), "too-large"),
    ],
    ids=["not asked for", "chain", "not gzip", "not brotli", "not deflate",
         "cut gzip", "cut brotli", "gzip bomb", "brotli bomb", "bomb in bomb"],
)  # fmt: skip
def test_a_coding_that_lies_or_explodes_fails_by_its_name(site, new_fetch, answer, coding, body, kind):
    site.answers["/"] = answer(body, Content_Encoding=coding)
    outcome = new_fetch(max_bytes=1_000_000)(Request(url=site.url()))
    assert isinstance(outcome, Failed)
    assert outcome.kind == kind


def test_an_endless_body_ends_at_the_limit_of_bytes(site, new_fetch):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    site.answers["/"] = endless(head, b"10000\r\n" + b"x" * 65_536 + b"\r\n", 0, site.stopped)
    outcome = new_fetch(max_bytes=500_000)(Request(url=site.url()))
    assert outcome == Failed(kind="too-large", detail="the body is larger than 500000 bytes")


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b""),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\3", b"\0\0\0\xff\xff"),
    ],
    ids=["silence", "status line", "headers", "endless 100", "body", "chunks", "chunk extension", "gzip of nothing"],
)
def test_what_drips_ends_at_the_deadline_wherever_it_drips(site, new_fetch, head, piece):
    site.answers["/"] = endless(head, piece, 0.02, site.stopped)
    outcome = new_fetch(deadline_s=0.25)(Request(url=site.url()))
    assert outcome == Failed(kind="timeout", detail="no complete answer within 0.25 s")


def test_a_tls_handshake_that_drips_ends_at_the_deadline(new_fetch):
    def handshake(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while not listener_done.wait(0.02):
            connection.sendall(b"\0")

    listener_done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                handshake(connection)

        server = threading.Thread(target=serve)
        server.start()
        outcome = new_fetch(deadline_s=0.25)(Request(url=f"https://127.0.0.1:{listener.getsockname()[1]}/"))
        listener_done.set()
        server.join()
    assert outcome == Failed(kind="timeout", detail="no complete answer within 0.25 s")


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: \"new\"\r\n\r\nhalf", "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello", "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", "protocol"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * 30 + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Len", "truncated"),
        (b"", "reset"),
        (b"police\r\n\r\n", "protocol"),
        (b"HTTP/1.1 2000000 OK\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + (b"Set-Cookie: " + b"y" * 60_000 + b"\r\n") * 7 + b"\r\n", "protocol"),
        (b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\nx", "status"),
    ],
    ids=[
        "short body", "chunks without end", "cut chunk", "negative chunk", "30 interim answers", "two lengths",
        "cut headers", "nothing", "no HTTP", "odd status", "101 headers",
        "long header", "400 kB of cookies", "part",
    ],
)  # fmt: skip
def test_a_broken_answer_is_a_failure_and_never_a_body(site, fetch, sent, kind):
    site.answers["/"] = sent
    outcome = fetch(Request(url=site.url()))
    assert isinstance(outcome, Failed)
    assert outcome.kind == kind, outcome


def test_an_odd_header_is_passed_over_without_a_word(site, fetch, caplog):
    site.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\x1b[31m nonsense\r\n\r\nhello"
    assert isinstance(fetch(Request(url=site.url())), Fetched)
    assert caplog.records == []


@pytest.mark.parametrize("first", [b"100 Continue", b"102 Processing", b"103 Early Hints\r\nLink: </a.css>; rel=preload"])
def test_what_comes_before_the_answer_is_not_taken_for_it(site, fetch, first):
    site.answers["/"] = b"HTTP/1.1 " + first + b"\r\n\r\n" + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    outcome = fetch(Request(url=site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"hello"
    assert "link" not in outcome.headers


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ],
    ids=["length", "chunked", "gzip of nothing", "204"],
)
def test_a_body_that_is_said_to_be_empty_is_whole(site, fetch, sent):
    site.answers["/"] = sent
    outcome = fetch(Request(url=site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b""


def test_bytes_of_a_coding_that_say_nothing_end_at_the_limit_too(site, new_fetch):
    empty_block = b"\x00\x00\x00\xff\xff"
    site.answers["/"] = endless(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n\x78\x9c", empty_block * 13_000, 0, site.stopped
    )
    outcome = new_fetch(max_bytes=100_000)(Request(url=site.url()))
    assert outcome == Failed(kind="too-large", detail="the body is larger than 100000 bytes")


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]
)
def test_the_bytes_that_a_host_sent_are_counted(site, fetch, framing):
    site.answers["/"] = b"HTTP/1.1 200 OK\r\n" + framing
    fetch(Request(url=site.url()))
    (counted,) = fetch.traffic(0)
    assert (counted.requests, counted.bytes) == (1, 5)


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        ("410 Gone", {}, Gone()),
        ("429 Too Many Requests", {}, Throttled(status=429)),
        ("429 Too Many Requests", {"Retry_After": "14400"}, Throttled(status=429, retry_after_s=14_400)),
        ("503 Unavailable", {"Retry_After": "Sat, 01 Jun 2024 13:00:00 GMT"}, Throttled(status=503, retry_after_s=3_600)),
        ("503 Unavailable", {"Retry_After": "99999999999"}, Throttled(status=503, retry_after_s=604_800)),
        ("503 Unavailable", {"Retry_After": "soon"}, Throttled(status=503)),
        ("403 Forbidden", {"Retry_After": "60"}, Throttled(status=403, retry_after_s=60)),
        ("403 Forbidden", {}, Failed(kind="status", detail="HTTP 403 Forbidden", status=403)),
        ("404 Not Found", {}, Failed(kind="status", detail="HTTP 404 Not Found", status=404)),
        ("500 Oops", {}, Failed(kind="status", detail="HTTP 500 Internal Server Error", status=500)),
        ("299 Odd", {}, None),
        ("302 Found", {}, Failed(kind="status", detail="HTTP 302 Found", status=302)),
        ("999 Denied", {}, Failed(kind="status", detail="HTTP 999", status=999)),
    ],
)  # fmt: skip
def test_every_status_has_its_outcome(site, fetch, answer, status, headers, outcome):
    site.answers["/"] = answer(b"body", status=status, **headers)
    found = fetch(Request(url=site.url()))
    assert isinstance(found, Fetched) if outcome is None else found == outcome


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"<rss>" + b"x" * 500, "does not answer in HTTP, but with '<rss>" + "x" * 55 + "'"),
        (b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a=b\r\n" * 101 + b"\r\n", "sent a head that is not accepted: got more than 100 headers"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "sent a chunk whose length cannot be read"),
        (b"HTTP/2.0 200 OK\r\n\r\n", "answers in another version of HTTP: HTTP/2.0"),
    ],
    ids=["no HTTP", "too many headers", "chunk without length", "HTTP/2"],
)  # fmt: skip
def test_what_is_no_answer_is_told_in_words_and_not_in_python(site, fetch, sent, said):
    site.answers["/"] = sent
    assert fetch(Request(url=site.url())) == Failed(kind="protocol", detail=f"127.0.0.1:{site.port} {said}")


class TestRedirects:
    def test_five_are_followed_and_validators_go_with_them(self, site, fetch, answer):
        for hop in range(5):
            site.answers[f"/{hop}"] = answer(status="302 Found", Location=f"{hop + 1}")
        site.answers["/5"] = answer(b"found")
        outcome = fetch(Request(url=site.url("/0"), etag='"x"'))
        assert isinstance(outcome, Fetched)
        assert (outcome.url, outcome.body, outcome.moved_to) == (site.url("/5"), b"found", None)
        assert all(site.headers(number)["if-none-match"] == '"x"' for number in range(6))

    def test_a_loop_ends_after_five(self, site, fetch, answer):
        site.answers["/"] = answer(status="302 Found", Location="/")
        outcome = fetch(Request(url=site.url()))
        assert isinstance(outcome, Failed)
        assert outcome.kind == "redirects"
        assert len(site.requests) == 6

    @pytest.mark.parametrize(
        ("statuses", "moved"),
        [([301, 308], True), ([301], True), ([301, 302], False), ([307, 308], False), ([303], False)],
        ids=str,
    )
    def test_moved_to_is_set_when_every_hop_was_permanent(self, site, fetch, answer, statuses, moved):
        for hop, status in enumerate(statuses):
            site.answers[f"/{hop}"] = answer(status=f"{status} Moved", Location=site.url(f"/{hop + 1}"))
        site.answers[f"/{len(statuses)}"] = answer(b"here")
        outcome = fetch(Request(url=site.url("/0")))
        assert isinstance(outcome, Fetched)
        assert outcome.moved_to == (site.url(f"/{len(statuses)}") if moved else None)

    @pytest.mark.parametrize(
        "location",
        ["file:///etc/passwd", "ftp://127.0.0.1/", "data:text/xml,<rss/>", "gopher://127.0.0.1/", "jar:http://x!/", "javascript:1",
         "http://a b@/", "http://[::1", "http://127.0.0.1\\@192.0.2.1/"],
    )  # fmt: skip
    def test_to_anything_but_http_is_refused(self, site, fetch, answer, location):
        site.answers["/"] = answer(status="302 Found", Location=location)
        assert isinstance(fetch(Request(url=site.url())), Refused)
        assert len(site.requests) == 1

    def test_the_body_of_a_redirect_is_not_read(self, site, new_fetch):
        head = b"HTTP/1.1 302 Found\r\nLocation: /found\r\nTransfer-Encoding: chunked\r\n\r\n"
        site.answers["/"] = endless(head, b"10000\r\n" + b"x" * 65_536 + b"\r\n", 0, site.stopped)
        site.answers["/found"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        outcome = new_fetch(deadline_s=3)(Request(url=site.url()))
        assert isinstance(outcome, Fetched)
        assert outcome.body == b"ok"

    def test_a_location_in_utf_8_is_understood(self, site, fetch, answer):
        site.answers["/"] = answer(status="302 Found", Location="/ข่าว ใหม่".encode().decode("latin-1"))
        site.answers["/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7%20%E0%B9%83%E0%B8%AB%E0%B8%A1%E0%B9%88"] = answer(b"ok")
        assert isinstance(fetch(Request(url=site.url())), Fetched)


def test_where_several_are_redirected_to_one_host_it_gets_one_request_at_a_time(site, new_site, new_fetch, answer):
    at_once, most = 0, 0

    def busy(connection: socket.socket) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        site.stopped.wait(0.05)
        at_once -= 1
        connection.sendall(answer(b"here"))

    site.answers["/found"] = busy
    others = [new_site() for _ in range(4)]
    for other in others:
        other.answers["/"] = answer(status="302 Found", Location=site.url("/found"))
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(new_fetch(), [Request(url=other.url()) for other in others]))
    assert all(isinstance(outcome, Fetched) for outcome in found)
    assert (len(site.requests), most) == (4, 1)


def test_a_host_that_wants_to_be_left_alone_is_so_wherever_the_redirect_came_from(site, new_site, fetch, answer, still_clock):
    elsewhere = new_site()
    elsewhere.answers["/"] = answer(status="302 Found", Location=site.url("/feed"))
    site.answers["/feed"] = answer(status="429 Too Many Requests", Retry_After="600")
    assert fetch(Request(url=elsewhere.url())) == Throttled(status=429, retry_after_s=600)
    still_clock.move(500)
    assert fetch(Request(url=site.url("/other"))) == Throttled(status=429, retry_after_s=100)
    assert len(site.requests) == 1
    still_clock.move(100)
    site.answers["/feed"] = answer(b"here")
    assert isinstance(fetch(Request(url=elsewhere.url())), Fetched)


def test_a_connection_is_used_again_for_the_next_request_to_the_host(site, fetch, answer):
    site.keep_alive = True
    site.answers["/a"] = answer(b"x")
    site.answers["/b"] = answer(b"not here", status="404 Not Found")
    site.answers["/c"] = answer(status="301 Moved", Location="/a")
    for path in ("/a", "/b", "/c", "/a"):
        fetch(Request(url=site.url(path)))
    assert (len(site.requests), site.connections) == (5, 1)


def test_proxies_and_passwords_of_the_environment_are_not_taken(site, fetch, answer, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NETRC", str(netrc))
    site.answers["/"] = answer(b"direct")
    assert isinstance(fetch(Request(url=site.url())), Fetched)
    assert "authorization" not in site.headers()


class TestFailuresNameTheirCause:
    def test_nobody_listens(self, fetch):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        assert fetch(Request(url=f"http://127.0.0.1:{port}/")) == Failed(
            kind="connect", detail=f"127.0.0.1:{port} refuses connections"
        )

    def test_no_such_name(self, new_fetch):
        def resolve(host: str, port: int):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        outcome = new_fetch(resolve=resolve)(Request(url="http://nowhere.example/"))
        assert outcome == Failed(kind="dns", detail="the name nowhere.example cannot be resolved")

    def test_silence(self, site, new_fetch):
        site.answers["/"] = endless(b"", b"", 0.05, site.stopped)
        outcome = new_fetch(read_timeout_s=0.1)(Request(url=site.url()))
        assert outcome == Failed(kind="timeout", detail=f"127.0.0.1:{site.port} fell silent")

    def test_a_certificate_that_nobody_vouches_for(self, new_site, fetch, certificate):
        _, context = certificate("IP:127.0.0.1")
        outcome = fetch(Request(url=new_site(tls=context).url()))
        assert isinstance(outcome, Failed)
        assert (outcome.kind, "self-signed certificate" in outcome.detail.replace("self signed", "self-signed")) == (
            "tls",
            True,
        )

    def test_a_certificate_of_someone_else(self, new_site, new_fetch, certificate):
        path, context = certificate("DNS:other.example")
        outcome = new_fetch(ca_bundle=str(path))(Request(url=new_site(tls=context).url()))
        assert isinstance(outcome, Failed)
        assert (outcome.kind, "127.0.0.1" in outcome.detail) == ("tls", True)

    def test_a_trusted_certificate_is_no_failure(self, new_site, new_fetch, certificate, answer):
        path, context = certificate("IP:127.0.0.1")
        secure = new_site(tls=context)
        secure.answers["/"] = answer(b"secret")
        assert isinstance(new_fetch(ca_bundle=str(path))(Request(url=secure.url())), Fetched)

    def test_a_plain_server_behind_an_https_address(self, site, fetch):
        outcome = fetch(Request(url=site.url().replace("http:", "https:")))
        assert isinstance(outcome, Failed)
        assert outcome.kind == "tls"

    @pytest.mark.parametrize(
        "url", ["", "feed.xml", "//host/x", "ftp://host/", "http://", "http://a b/", "http://x:99999/", "http://[1"]
    )
    def test_an_address_that_is_none(self, fetch, url):
        assert isinstance(fetch(Request(url=url)), Refused)

    @pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "-", "xn--\u0e01", "\u2488.example"])
    def test_a_name_that_cannot_be_one(self, new_fetch, host):
        def resolve(host: str, port: int):
            host.encode("idna")
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        outcome = new_fetch(resolve=resolve)(Request(url=f"http://{host}/"))
        assert isinstance(outcome, Failed)
        assert outcome.kind in ("dns", "protocol")


def test_large_bodies_are_held_by_two_threads_at_a_time_and_small_ones_wait_for_none(site, new_fetch, answer):
    site.answers |= {"/large": answer(b"x" * 2 * LARGE_BYTES), "/small": answer(b"x")}
    fetch = new_fetch(max_bytes=3 * LARGE_BYTES, deadline_s=1)
    large, small = Request(url=site.url("/large")), Request(url=site.url("/small"))
    held = []
    for _ in range(2):
        other = threading.Thread(target=lambda: held.append(fetch(large)))
        other.start()
        other.join()
    refused = fetch(large)
    assert isinstance(refused, Failed)
    assert refused.kind == "timeout"
    assert isinstance(fetch(small), Fetched)
    held.pop()
    mine = [fetch(large) for _ in range(3)]  # one thread does not wait for itself
    assert [type(each) for each in mine] == [Fetched] * 3


def test_a_large_body_that_drips_gives_its_turn_back_long_before_its_time_is_up(site, new_fetch, answer, monkeypatch):
    monkeypatch.setattr(http, "_LARGE_PAUSE_S", 0.2)
    large = b"x" * (LARGE_BYTES + 1)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(large), large)
    site.answers |= {"/drips": endless(head, b"1\r\nx\r\n", 0.02, site.stopped), "/large": answer(large)}
    fetch = new_fetch(deadline_s=600)
    for _ in range(3):
        assert fetch(Request(url=site.url("/drips"))) == Failed(
            kind="timeout", detail=f"after {LARGE_BYTES} bytes the body came so slowly that it held up others"
        )
    assert isinstance(fetch(Request(url=site.url("/large"))), Fetched)


def test_a_large_body_that_cannot_be_used_is_not_held(site, new_fetch, answer):
    site.answers |= {"/bomb": answer(b"x" * 3 * LARGE_BYTES), "/large": answer(b"x" * 2 * LARGE_BYTES)}
    fetch = new_fetch(max_bytes=2 * LARGE_BYTES, deadline_s=5)
    assert [fetch(Request(url=site.url("/bomb"))).kind for _ in range(3)] == ["too-large"] * 3
    assert isinstance(fetch(Request(url=site.url("/large"))), Fetched)


def test_an_answer_is_let_go_at_once_also_if_its_request_had_to_be_sent_twice(site, fetch, answer):
    site.keep_alive = True
    plays = [socket.socket.close, lambda connection: connection.sendall(answer(b"x"))]
    site.answers |= {"/first": answer(b"x"), "/": lambda connection: plays.pop(0)(connection)}
    fetch(Request(url=site.url("/first")))
    gc.disable()
    try:
        held = fetch(Request(url=site.url()))
        assert isinstance(held, Fetched)
        gone = weakref.ref(held)
        del held
        assert gone() is None
    finally:
        gc.enable()
    assert site.connections == 2
