"""A day and a half of many sites, played on a moved clock against the real engine and judged from the servers' log.

The names of the tests are those of the criteria of a good client (RFC 9110, 9111, 9309). Every site is a name on one loopback server.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.adapters.http import HttpFetch
from monitor.app import open_app
from monitor.articles.article import Unreadable
from monitor.engine.embedded import EmbeddedEngine
from monitor.fetching.addresses import networks
from monitor.fetching.outcome import Fetched
from monitor.settings.settings import Settings
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.listing import list_entries
from monitor.sources.source import Source
from monitor.store.database import RowStore
from monitor.store.tables import lane
from monitor.stories.sketched import Sketched, from_entry

START = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
HALF_A_DAY = 14.5 * HOUR
PLAYED = 30 * HOUR
INTERVAL = HOUR


class InProcess:
    """Lists documents where it stands, for these are all harmless; what their pages say does not matter here."""

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        return list_entries(source, fetched)

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
        return Unreadable(reason="of no interest here")

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
        return from_entry(source, entry, now)


class MovedClock:
    """Stands where the test has moved it; both of its hands."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - START).total_seconds()

    def move(self, to: datetime) -> None:
        self._now = max(to, self._now)


@dataclass(frozen=True)
class Ask:
    """One request as the server saw it."""

    host: str
    path: str
    at: datetime
    headers: dict[str, str]
    number: int  # of the requests for this path of this host, from 0
    method: str = "GET"

    @property
    def hours(self) -> float:
        return (self.at - START) / HOUR


@dataclass(frozen=True)
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int = 0  # so many bytes of the body are not sent


Site = Callable[[Ask], Answer]
SITES: dict[str, Site] = {}
KINDS: dict[str, str] = {}
SAME_HOST: dict[str, list[str]] = {}  # further sources of a host: their paths


def site(name: str, kind: str = "feed") -> Callable[[Site], Site]:
    def register(function: Site) -> Site:
        SITES[f"{name}.example"] = function
        KINDS[f"{name}.example"] = kind
        return function

    return register


def item(
    number: int, host: str = "", guid: str | None = None, link: str | None = None, title: str | None = None, date: str = ""
) -> str:
    link = f"http://{host}/story/{number}-the-ministers-of-ten-countries-meet" if link is None else link
    guid = f"tag:{number}" if guid is None else guid
    parts = [f"<title>{title or f'Ministers meet for the {number}th time'}</title>"]
    parts += [f"<link>{link}</link>"] if link else []
    parts += [f"<guid isPermaLink='false'>{guid}</guid>"] if guid else []
    return f"<item>{''.join(parts)}{date}</item>"


def rss(*items: str, head: str = "") -> bytes:
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Site</title>{head}{''.join(items)}</channel></rss>".encode()
    )


def feed(ask: Ask, every_h: float = 3, head: str = "", **headers: str) -> Answer:
    """Five items at first, and one more every few hours."""
    newest = 5 + int(ask.hours / every_h)
    items = [item(number, ask.host) for number in range(newest, newest - 5, -1)]
    return Answer(headers={name.replace("_", "-"): value for name, value in headers.items()}, body=rss(*items, head=head))


def conditional(ask: Ask, answer: Answer) -> Answer:
    """304 to whom sends back the answer's validators as they were, strings being compared."""
    etag, date = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    sent_etag, sent_date = ask.headers.get("if-none-match"), ask.headers.get("if-modified-since")
    same = sent_etag == etag if etag else bool(date) and sent_date == date
    return Answer(304, {name: value for name, value in answer.headers.items() if name != "Last-Modified"}) if same else answer


ETAGS = {"etag-strong": '"abc"', "etag-weak": 'W/"a,b"', "etag-unquoted": "abc-123"}
for _name, _etag in ETAGS.items():
    site(_name)(lambda ask, etag=_etag: conditional(ask, feed(ask, 99, ETag=etag)))
DATES = {"date": "Sun, 01 Mar 2026 10:00:00 GMT", "date-rfc850": "Sunday, 01-Mar-26 10:00:00 GMT"}
for _name, _date in DATES.items():
    site(_name)(lambda ask, date=_date: conditional(ask, feed(ask, 99, Last_Modified=date)))


@site("both")
def _both(ask: Ask) -> Answer:
    answer = feed(ask, ETag=f'"{int(ask.hours / 3)}"', Last_Modified=DATES["date"])
    return conditional(ask, answer)


@site("after-500")
def _after_500(ask: Ask) -> Answer:
    return Answer(500) if ask.number in (2, 3) else conditional(ask, feed(ask, 99, ETag='"keep"'))


@site("cut-off")
def _cut_off(ask: Ask) -> Answer:
    if ask.number in (1, 2, 3):
        return replace(feed(ask, 1, ETag='"never whole"'), cut=40)
    return conditional(ask, feed(ask, 99, ETag='"whole"'))


@site("bare-304")
def _bare_304(ask: Ask) -> Answer:
    return Answer(304) if ask.headers.get("if-none-match") == '"a"' else feed(ask, 99, ETag='"a"')


@site("no-validators")
def _no_validators(ask: Ask) -> Answer:
    return feed(ask)


@site("stuck")
def _stuck(ask: Ask) -> Answer:
    return Answer(304) if "if-none-match" in ask.headers else feed(ask, 1, ETag='"for ever"')


CACHED = {
    "max-age": {"Cache_Control": "max-age=21600"},
    "year": {"Cache_Control": "max-age=31536000"},
    "no-cache": {"Cache_Control": "no-cache"},
}
for _name, _headers in CACHED.items():
    site(_name)(lambda ask, headers=_headers: feed(ask, **headers))


@site("max-age-304")
def _max_age_304(ask: Ask) -> Answer:
    return conditional(ask, feed(ask, 99, ETag='"a"', Cache_Control="max-age=21600"))


@site("expires")
def _expires(ask: Ask) -> Answer:
    slow = ask.at - 3 * HOUR
    return feed(ask, Date=format_datetime(slow, usegmt=True), Expires=format_datetime(slow + 6 * HOUR, usegmt=True))


@site("ttl")
def _ttl(ask: Ask) -> Answer:
    return feed(ask, head="<ttl>360</ttl>")


@site("update-period")
def _update_period(ask: Ask) -> Answer:
    return feed(
        ask,
        head="<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily</sy:updatePeriod><sy:updateFrequency xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>2</sy:updateFrequency>",
    )


@site("skip-hours")
def _skip_hours(ask: Ask) -> Answer:
    return feed(ask, head=f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(6, 12))}</skipHours>")


WAITS = {"wait-429": (429, 4), "wait-503": (503, 4), "wait-429-long": (429, 18)}
for _name, (_status, _hours) in WAITS.items():
    site(_name)(
        lambda ask, status=_status, hours=_hours: (
            Answer(status, {"Retry-After": str(hours * 3600)}) if ask.number == 1 else feed(ask)
        )
    )


@site("wait-date")
def _wait_date(ask: Ask) -> Answer:
    until = format_datetime(ask.at + 4 * HOUR, usegmt=True)
    return Answer(503, {"Retry-After": until, "Date": format_datetime(ask.at, usegmt=True)}) if ask.number == 1 else feed(ask)


FAILING = {"bare-429": Answer(429), "always-500": Answer(500), "always-404": Answer(404), "dropped": Answer(0)}
for _name, _answer in FAILING.items():
    site(_name)(lambda ask, answer=_answer: answer if ask.number else feed(ask))


@site("gone")
def _gone(ask: Ask) -> Answer:
    return feed(ask) if ask.number < 3 else Answer(410)


@site("html-for-a-while")
def _html_for_a_while(ask: Ask) -> Answer:
    return (
        Answer(headers={"Content-Type": "text/html"}, body=b"<html><title>Maintenance</title>")
        if 3 < ask.hours < 8
        else feed(ask)
    )


@site("captive-portal")
def _captive_portal(ask: Ask) -> Answer:
    if ask.path == "/login":
        return Answer(headers={"Content-Type": "text/html"}, body=b"<html><title>Log in to the hotel</title>")
    return Answer(301, {"Location": "/login"}) if 3 < ask.hours < 8 else feed(ask)


MOVES = {"moved-301": 301, "moved-308": 308, "moved-302": 302, "moved-307": 307}
for _name, _status in MOVES.items():
    site(_name)(
        lambda ask, status=_status: (
            Answer(status, {"Location": "/new"}) if ask.path == "/feed" else conditional(ask, feed(ask, 99, ETag='"n"'))
        )
    )


@site("loop")
def _loop(ask: Ask) -> Answer:
    return Answer(302, {"Location": f"/feed?{ask.number}"})


@site("many")
def _many(ask: Ask) -> Answer:
    return feed(ask, 99, Cache_Control="max-age=43200")


SAME_HOST["many.example"] = [f"/feed/{number}" for number in range(20)]


@site("enough")
def _enough(ask: Ask) -> Answer:
    return Answer(429, {"Retry-After": "14400"}) if 5 < ask.hours < 7 else feed(ask, 99)


SAME_HOST["enough.example"] = [f"/feed/{number}" for number in range(10)]


def eight(ask: Ask, change: Callable[[int, Ask], str]) -> Answer:
    """Eight stories that stay the same, whatever is changed about them at each request."""
    return Answer(body=rss(*(change(number, ask) for number in range(8))))


@site("tracking")
def _tracking(ask: Ask) -> Answer:
    return eight(
        ask,
        lambda n, a: item(
            n,
            a.host,
            guid="",
            link=f"http://{a.host}/story/{n}-ministers-of-ten-countries?utm_source=rss&amp;utm_term={a.number}",
        ),
    )


@site("guid-churn")
def _guid_churn(ask: Ask) -> Answer:
    return eight(ask, lambda n, a: item(n, a.host, guid=f"{a.number}-{n}"))


@site("re-dated")
def _re_dated(ask: Ask) -> Answer:
    return eight(ask, lambda n, a: item(n, a.host, date=f"<pubDate>{format_datetime(a.at)}</pubDate>"))


@site("title-edited")
def _title_edited(ask: Ask) -> Answer:
    return eight(ask, lambda n, a: item(n, a.host, title=f"Ministers meet for the {n}th time, update {a.number}"))


@site("link-moved")
def _link_moved(ask: Ask) -> Answer:
    return eight(
        ask,
        lambda n, a: item(n, a.host, link=f"http://{a.host}/{'old' if a.number < 3 else 'new'}/{n}-ministers-of-ten-countries"),
    )


@site("back-again")
def _back_again(ask: Ask) -> Answer:
    shown = [number for number in range(8) if (number + ask.number) % 2]
    return Answer(body=rss(*(item(number, ask.host) for number in shown)))


@site("http-https")
def _http_https(ask: Ask) -> Answer:
    def moved(n: int, a: Ask) -> str:
        place = f"https://www.{a.host}" if a.number >= 3 else f"http://{a.host}"
        url = f"{place}/story/{n}-ministers-of-ten-countries"
        return item(n, guid=url, link=url)

    return eight(ask, moved)


@site("one-guid")
def _one_guid(ask: Ask) -> Answer:
    newest = 8 + int(ask.hours / 3)
    return Answer(body=rss(*(item(number, ask.host, guid="same") for number in range(newest, newest - 8, -1))))


@site("no-marks")
def _no_marks(ask: Ask) -> Answer:
    newest = 8 + int(ask.hours / 3)
    return Answer(body=rss(*(item(number, guid="", link="") for number in range(newest, newest - 8, -1))))


SHARED = "http://shared.example/story/{}-ministers-of-ten-countries"
for _name in ("twin-a", "twin-b"):
    site(_name)(lambda ask: eight(ask, lambda n, a: item(n, guid=f"{a.host}-{n}", link=SHARED.format(n))))
site("shared")(lambda ask: Answer(404))


@site("huge")
def _huge(ask: Ask) -> Answer:
    newest = 3_000 + int(ask.hours / 3)
    slowly = {"Cache-Control": "max-age=21000"}  # its parsing takes longer than all else here
    return Answer(headers=slowly, body=rss(*(item(number, ask.host) for number in range(newest, newest - 3_000, -1))))


FORMATS = {
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>tag:1</id><title>Ministers meet again</title>"
    "<link href='http://atom.example/story/1-ministers-of-ten-countries'/></entry></feed>",
    "json": '{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","title":"Ministers meet again",'
    '"url":"http://json.example/story/1-ministers-of-ten-countries"}]}',
    "rdf": "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    "<channel><title>T</title></channel><item rdf:about='1'><title>Ministers meet again</title>"
    "<link>http://rdf.example/story/1-ministers-of-ten-countries</link></item></rdf:RDF>",
    "broken": "<rss version='2.0'><channel><item><title>Ministers & guests meet</title>"
    "<link>http://broken.example/story/1-ministers-of-ten-countries</link></item><item><title>cut",
}
for _name, _text in FORMATS.items():
    site(_name)(lambda ask, text=_text: Answer(headers={"Content-Type": "text/html"}, body=text.encode()))


@site("cp1251")
def _cp1251(ask: Ask) -> Answer:
    title = item(1, ask.host, title="Полиция задержала пятерых")
    document = f"<?xml version='1.0' encoding='windows-1251'?><rss version='2.0'><channel>{title}</channel></rss>"
    return Answer(body=document.encode("cp1251"))


@site("deflate")
def _deflate(ask: Ask) -> Answer:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return Answer(headers={"Content-Encoding": "deflate"}, body=engine.compress(rss(item(1, ask.host))) + engine.flush())


ROBOTS = {
    "robots": b"\xef\xbb\xbfUser-agent: *\nDisallow: /story/1-\nDisallow: /st%6Fry/2-\nCrawl-delay: 5\n",
    "robots-404": None,
    "robots-500": None,
}
for _name in ROBOTS:
    site(_name)(feed)


@site("page", kind="page")
def _page(ask: Ask) -> Answer:
    newest = 8 + int(ask.hours / 3)
    stories = "".join(
        f"<h2><a href='/story/{n}-ministers-of-ten-countries-meet'>Ministers of ten countries meet for the {n}th time</a></h2>"
        for n in range(newest, newest - 8, -1)
    )
    menu = "".join(
        f"<li><a href='/section/{name}'>All about {name} in the region today</a></li>" for name in ("sport", "money", "travel")
    )
    return Answer(
        headers={"Content-Type": "text/html"},
        body=f"<html><body><nav><ul>{menu}</ul></nav><main>{stories}</main></body></html>".encode(),
    )


@site("index", kind="sitemap")
def _index(ask: Ask) -> Answer:
    if ask.path == "/feed":
        parts = "".join(f"<sitemap><loc>http://{ask.host}/{name}.xml</loc></sitemap>" for name in ("news", "pages"))
        return Answer(body=f"<sitemapindex>{parts}</sitemapindex>".encode())
    count = 3 + int(ask.hours / 3) if ask.path == "/news.xml" else 2
    urls = "".join(
        f"<url><loc>http://{ask.host}/story/{ask.path[1:3]}{n}-ministers-of-ten-countries-meet</loc></url>"
        for n in range(count)
    )
    return conditional(ask, Answer(headers={"ETag": f'"{ask.path}-{count}"'}, body=f"<urlset>{urls}</urlset>".encode()))


@dataclass
class Played:
    """What the servers saw."""

    log: list[Ask]
    most_at_once: dict[str, int]
    titles: dict[str, list[str | None]]  # of the entries of two sources, in the store

    def of(self, name: str, path: str = "/feed") -> list[Ask]:
        return [ask for ask in self.log if ask.host == f"{name}.example" and ask.path.partition("?")[0] == path]

    def gaps_h(self, name: str, path: str = "/feed") -> list[float]:
        asks = self.of(name, path)
        return [(later.at - ask.at) / HOUR for ask, later in pairwise(asks)]


def serve(clock: MovedClock, log: list[Ask], most_at_once: dict[str, int]) -> ThreadingHTTPServer:
    lock = threading.Lock()
    under_way: Counter[str] = Counter()
    asked: Counter[tuple[str, str]] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers["Host"].lower()
            plain = host.removeprefix("www.")
            with lock:
                number = asked[host, self.path]
                asked[host, self.path] += 1
                headers = {name.lower(): value for name, value in self.headers.items()}
                ask = Ask(host, self.path, clock.now(), headers, number, self.command)
                log.append(ask)
                under_way[host] += 1
                most_at_once[host] = max(most_at_once.get(host, 0), under_way[host])
            if plain == "many.example":
                threading.Event().wait(0.005)
            answer = self._answer(ask, plain)
            with lock:
                under_way[host] -= 1
            self._send(answer)

        do_HEAD = do_POST = do_GET  # noqa: N815  the names that http.server looks for

        def _answer(self, ask: Ask, plain: str) -> Answer:
            if ask.path == "/robots.txt":
                text = ROBOTS.get(plain.removesuffix(".example"))
                return Answer(500) if plain == "robots-500.example" else Answer(body=text) if text else Answer(404)
            if "/story/" in ask.path or "/old/" in ask.path or "/new/" in ask.path:
                text = f"The story at {ask.host}{ask.path} is told here in some words that no other page has. " * 6
                page = f"<html><title>Story {ask.path}</title><article><h1>Story {ask.path}</h1><p>{text}</p></article></html>"
                return Answer(headers={"Content-Type": "text/html"}, body=page.encode())
            return SITES[plain](ask)

        def _send(self, answer: Answer) -> None:
            if answer.status == 0:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(answer.body[: len(answer.body) - answer.cut])
            if answer.cut:
                self.close_connection = True

        def log_message(self, *_words: object) -> None: ...

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_words: object) -> None: ...

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


LONG = {"etag-strong", "bare-304", "stuck", "year", "wait-429-long", *FAILING, "gone", "robots", "update-period", "cut-off"}
"""The sites for which half a day is too short."""


def sources() -> list[Source]:
    found = []
    for host, kind in KINDS.items():
        if host == "shared.example":
            continue
        for number, path in enumerate(SAME_HOST.get(host, ["/feed"])):
            name = f"{host.removesuffix('.example')}-{number}"
            found.append(
                Source(id=name, name=name, url=f"http://{host}{path}", kind=kind, interval_s=INTERVAL.total_seconds())  # type: ignore[arg-type]
            )
    return found


def rests(store: RowStore) -> dict[str, datetime]:
    """Until when each lane is left alone."""
    with store._reader.connect() as connection:
        return {row.name: row.until for row in connection.execute(select(lane.c.name, lane.c.until))}


def play(engine: EmbeddedEngine, clock: MovedClock, until: datetime) -> None:
    """Let the engine do whatever is due, and move the clock to when something is due again."""
    store = engine.context.store
    while clock.now() < until:
        engine._sweep()
        with engine._under_way.changed:
            assert engine._under_way.changed.wait_for(lambda: not engine._under_way, timeout=60)
        with store.reading() as tx:
            due = tx.next_due_at()
            waiting = {each.lane for each in tx.all_due(clock.now())}
        if not waiting:
            clock.move(min(due or until, until))
        else:  # their hosts are left alone, or there are more of them than threads
            rested = rests(store)
            soon = clock.now() + timedelta(minutes=3)  # others may be due before the last of them has rested
            clock.move(min(until, soon, *(rested.get(name, clock.now()) for name in waiting)))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    shm = Path("/dev/shm")  # two thousand small transactions, and no power cut to be feared
    directory = Path(tempfile.mkdtemp(dir=shm)) if shm.is_dir() else tmp_path_factory.mktemp("behaviour")
    clock, log, most = MovedClock(), [], {}
    server = serve(clock, log, most)
    here = (socket.AF_INET, ("127.0.0.1", server.server_address[1]))
    fetch = HttpFetch(
        "asean-monitor/1.0 (+desk@monitor.test)",
        clock,
        allow_networks=networks(["127.0.0.0/8"]),
        resolve=lambda _host, _port: [here],
    )
    settings = Settings(
        directory=directory,
        state_directory=directory,
        store=f"sqlite:///{directory}/monitor.db",
        user_agent="asean-monitor/1.0 (+desk@monitor.test)",
        sources=tuple(sources()),
    )
    for until in (6 * HOUR, HALF_A_DAY, PLAYED):  # the program is started again in between, five minutes later
        if until == PLAYED:
            settings = replace(settings, sources=tuple(each for each in settings.sources if each.id.removesuffix("-0") in LONG))
        with open_app(settings, clock=clock, parse=InProcess()) as app:
            app.watch()
            context = replace(app.context, fetch=fetch, crawl_delay_s=fetch.crawl_delay_s)
            engine = EmbeddedEngine(
                context, host_gap_s=1.0, fetch_threads=8, on_event=lambda _event: None, on_progress=lambda: None
            )
            play(engine, clock, START + until)
            assert engine.stop(30)
            with app.store.reading() as tx:
                titles = {
                    name: [listed.entry.title for listed in tx.entries.of_source(f"{name}-0", 100)]
                    for name in ("no-marks", "cp1251")
                }
        clock.move(clock.now() + timedelta(minutes=5))
    shutil.rmtree(directory)
    fetch.close()
    server.shutdown()
    server.server_close()
    return Played(sorted(log, key=lambda ask: ask.at), most, titles)


@pytest.mark.parametrize("name", ETAGS)
def test_c01_to_c03_an_etag_goes_back_as_it_came(played: Played, name: str) -> None:
    sent = [ask.headers.get("if-none-match") for ask in played.of(name)]
    plain = [number for number, value in enumerate(sent) if value is None]
    assert set(sent) == {None, ETAGS[name]}
    assert plain[0] == 0
    assert len(plain) <= 2, "the first poll, and one whole look in more than a day"


@pytest.mark.parametrize("name", DATES)
def test_c04_and_c05_a_date_goes_back_as_it_came(played: Played, name: str) -> None:
    sent = [ask.headers.get("if-modified-since") for ask in played.of(name)]
    assert set(sent) == {None, DATES[name]}
    assert sent.count(None) <= 2


def test_c06_and_c13_both_go_back_and_a_new_etag_is_kept_though_the_date_stays(played: Played) -> None:
    asks = played.of("both")
    for before, ask in pairwise(asks):
        assert ask.headers["if-none-match"] == f'"{int(before.hours / 3)}"'
        assert ask.headers["if-modified-since"] == DATES["date"]


def test_c07_validators_survive_a_server_error(played: Played) -> None:
    assert [ask.headers.get("if-none-match") for ask in played.of("after-500")][:6] == [None, *['"keep"'] * 5]


def test_c08_validators_of_a_body_that_was_cut_off_are_not_kept(played: Played) -> None:
    sent = [ask.headers.get("if-none-match") for ask in played.of("cut-off")]
    assert sent[:5] == [None, *['"whole"'] * 4]
    assert '"never whole"' not in sent


def test_c09_a_304_without_an_etag_keeps_the_old_one(played: Played) -> None:
    assert [ask.headers.get("if-none-match") for ask in played.of("bare-304")][1:9] == ['"a"'] * 8


def test_c10_none_is_invented(played: Played) -> None:
    assert not any({"if-none-match", "if-modified-since"} & ask.headers.keys() for ask in played.of("no-validators"))


def test_c11_polls_of_what_has_not_changed_cost_a_304(played: Played) -> None:
    asks = played.of("etag-strong")[1:]
    assert sum("if-none-match" in ask.headers for ask in asks) / len(asks) > 0.94


def test_c12_a_server_stuck_on_304_is_looked_at_whole_a_few_times_in_thirty_hours(played: Played) -> None:
    plain = [ask.hours for ask in played.of("stuck") if "if-none-match" not in ask.headers]
    assert 2 <= len(plain) <= 4


def test_c20_to_c27_a_request_says_who_we_are_and_nothing_else(played: Played) -> None:
    assert {ask.headers["user-agent"] for ask in played.log} == {"asean-monitor/1.0 (+desk@monitor.test)"}
    assert {ask.method for ask in played.log} == {"GET"}
    assert not any({"cookie", "referer"} & ask.headers.keys() for ask in played.log)
    assert not any("favicon" in ask.path for ask in played.log)
    assert {ask.path for ask in played.log if ask.host == "no-validators.example" and "story" not in ask.path} <= {
        "/feed",
        "/robots.txt",
    }
    assert all("br" in ask.headers["accept-encoding"] and "gzip" in ask.headers["accept-encoding"] for ask in played.log)


PLAIN = [*ETAGS, *DATES, "no-validators", "no-cache", "tracking", "guid-churn", "atom", "page"]


@pytest.mark.parametrize("name", PLAIN)
def test_c30_to_c32_and_c36_never_nearer_than_the_interval_not_even_after_a_restart(played: Played, name: str) -> None:
    assert min(played.gaps_h(name)) >= 1
    assert len([ask for ask in played.of(name) if ask.hours < 0.9]) == 1


@pytest.mark.parametrize(
    ("name", "hours"), [("max-age", 6), ("max-age-304", 6), ("expires", 6), ("ttl", 6), ("update-period", 12)]
)
def test_c33_to_c39_hints_are_kept(played: Played, name: str, hours: float) -> None:
    assert min(played.gaps_h(name)) >= hours
    assert max(played.gaps_h(name)) <= 1.11 * hours


def test_c35_a_year_is_cut_to_a_day(played: Played) -> None:
    (gap,) = played.gaps_h("year")
    assert 24 <= gap <= 26.5


def test_c40_no_poll_in_an_hour_to_be_skipped(played: Played) -> None:
    asks = played.of("skip-hours")
    assert not [ask for ask in asks[1:] if 6 <= ask.at.hour < 12]
    assert [ask for ask in asks if ask.at.hour >= 12]


def test_c41_what_is_published_is_fetched_within_two_intervals(played: Played) -> None:
    seen = {ask.path: ask.hours for ask in played.log if ask.host == "no-validators.example" and "/story/" in ask.path}
    for number in range(6, 9):
        published = (number - 5) * 3
        assert seen[f"/story/{number}-the-ministers-of-ten-countries-meet"] - published <= 2


def test_c42_polls_are_spread(played: Played) -> None:
    places = Counter(int(ask.at.timestamp() % 3600 / 180) for name in PLAIN for ask in played.of(name) if ask.hours > 5)
    assert max(places.values()) < 0.15 * sum(places.values())


@pytest.mark.parametrize(("name", "hours"), [("wait-429", 4), ("wait-503", 4), ("wait-date", 4), ("wait-429-long", 18)])
def test_c50_to_c53_retry_after_is_kept(played: Played, name: str, hours: float) -> None:
    assert played.gaps_h(name)[1] >= hours
    assert len(played.of(name)) > 3


@pytest.mark.parametrize("name", FAILING)
def test_c54_to_c57_failures_are_backed_off_from(played: Played, name: str) -> None:
    gaps = [gap for gap in played.gaps_h(name) if gap]  # a connection that had been idle is tried anew at once
    assert len(gaps) <= 14
    assert all(gap >= 2 for gap in gaps[1:])
    assert gaps[-1] >= 4


def test_c58_410_ends_polling(played: Played) -> None:
    assert len(played.of("gone")) == 5


@pytest.mark.parametrize("name", ["html-for-a-while", "captive-portal"])
def test_c59_and_c64_a_page_in_the_place_of_a_feed_neither_ends_nor_moves_it(played: Played, name: str) -> None:
    assert len([ask for ask in played.of(name) if ask.hours > 8]) >= 1
    assert not [ask for ask in played.of(name, "/login") if ask.hours > 9]


@pytest.mark.parametrize("name", ["moved-301", "moved-308"])
def test_c60_and_c61_a_permanent_move_is_remembered_after_some_confirmations(played: Played, name: str) -> None:
    assert 2 <= len(played.of(name)) <= 5
    assert len(played.of(name, "/new")) > 8


@pytest.mark.parametrize("name", ["moved-302", "moved-307"])
def test_c62_c63_and_c65_a_temporary_one_is_not_and_validators_go_along(played: Played, name: str) -> None:
    assert len(played.of(name)) == len(played.of(name, "/new")) > 8
    assert all(ask.headers.get("if-none-match") == '"n"' for ask in played.of(name, "/new")[1:10])


def test_c66_a_redirect_loop_ends(played: Played) -> None:
    per_poll = Counter(ask.at for ask in played.of("loop"))
    assert max(per_poll.values()) <= 10


def test_c70_and_c71_one_request_at_a_time_on_a_host_and_a_second_between_two(played: Played) -> None:
    assert played.most_at_once["many.example"] == 1
    assert max(played.most_at_once.values()) == 1
    starts = sorted(ask.at for ask in played.log if ask.host == "many.example" and ask.path != "/robots.txt")
    assert min(later - at for at, later in pairwise(starts)) >= timedelta(seconds=1)
    assert len({ask.path for ask in played.log if ask.host == "many.example" and ask.path.startswith("/feed/")}) == 20


def test_c72_a_429_pauses_the_whole_host(played: Played) -> None:
    asks = sorted(ask.at for ask in played.log if ask.host == "enough.example" and ask.path.startswith("/feed/"))
    hit = [at for at in asks if 5 < (at - START) / HOUR < 7]
    assert len(hit) == 1
    assert not [at for at in asks if hit[0] < at < hit[0] + 4 * HOUR]


ONCE = ["tracking", "guid-churn", "re-dated", "title-edited", "link-moved", "back-again", "http-https"]


@pytest.mark.parametrize("name", ONCE)
def test_c90_to_c96_a_story_is_the_same_story_whatever_is_changed_about_it(played: Played, name: str) -> None:
    fetched = Counter(
        ask.path.partition("?")[0]
        for ask in played.log
        if ask.host.removeprefix("www.") == f"{name}.example" and "ministers" in ask.path
    )
    assert len(fetched) == 8
    assert set(fetched.values()) == {1}


def test_c97_items_that_share_one_guid_are_all_read(played: Played) -> None:
    fetched = {ask.path for ask in played.log if ask.host == "one-guid.example" and "/story/" in ask.path}
    assert len(fetched) == 8 + 4


def test_c98_items_without_guid_and_link_are_all_kept(played: Played) -> None:
    assert sorted(played.titles["no-marks"]) == sorted(
        f"Ministers meet for the {number}th time" for number in range(1, 8 + 4 + 1)
    )


def test_c99_a_story_of_two_feeds_is_fetched_once(played: Played) -> None:
    fetched = Counter(ask.path for ask in played.log if ask.host == "shared.example" and "/story/" in ask.path)
    assert len(fetched) == 8
    assert set(fetched.values()) == {1}


def test_c100_after_a_first_poll_of_thousands_later_items_are_found(played: Played) -> None:
    fetched = Counter(ask.path for ask in played.log if ask.host == "huge.example" and "/story/" in ask.path)
    assert {f"/story/{number}-the-ministers-of-ten-countries-meet" for number in range(3_001, 3_004)} <= fetched.keys()
    assert set(fetched.values()) == {1}


@pytest.mark.parametrize("name", [*FORMATS, "cp1251", "deflate"])
def test_c110_to_c116_the_item_of_each_format_is_read(played: Played, name: str) -> None:
    assert [ask for ask in played.log if ask.host == f"{name}.example" and "/story/1-" in ask.path]
    assert played.titles["cp1251"] == ["Полиция задержала пятерых"]


def test_c120_robots_txt_is_read_first_once_a_day_and_kept(played: Played) -> None:
    asks = [ask for ask in played.log if ask.host == "robots.example" and ask.path != "/feed"]
    assert asks[0].path == "/robots.txt"
    assert len(played.of("robots", "/robots.txt")) <= 2
    stories = {ask.path.split("/")[2].partition("-")[0] for ask in asks if "/story/" in ask.path}
    assert {"3", "4", "5", "6"} <= stories
    assert not {"1", "2"} & stories
    times = [ask.at for ask in asks if "/story/" in ask.path]
    assert min(later - at for at, later in pairwise(times)) >= timedelta(seconds=5)


def test_c121_and_c122_without_robots_txt_pages_are_read_and_with_a_server_in_trouble_they_are_not(played: Played) -> None:
    assert [ask for ask in played.log if ask.host == "robots-404.example" and "/story/" in ask.path]
    assert not [ask for ask in played.log if ask.host == "robots-500.example" and "/story/" in ask.path]


def test_c123_the_articles_of_a_page_are_read_once_and_its_navigation_never(played: Played) -> None:
    fetched = Counter(ask.path for ask in played.log if ask.host == "page.example" and ask.path not in ("/feed", "/robots.txt"))
    assert len(fetched) == 8 + 4
    assert set(fetched.values()) == {1}
    assert not any("section" in path for path in fetched)


def test_the_sitemaps_of_an_index_are_asked_for_with_their_own_validators(played: Played) -> None:
    assert len(played.of("index")) == len(played.of("index", "/news.xml")) == len(played.of("index", "/pages.xml")) > 8
    assert all("if-none-match" in ask.headers for ask in played.of("index", "/pages.xml")[1:])
    fetched = Counter(ask.path for ask in played.log if ask.host == "index.example" and "/story/" in ask.path)
    assert len(fetched) == 2 + 3 + 4
    assert set(fetched.values()) == {1}
