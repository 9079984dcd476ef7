"""How the desk does with a large archive and many readers, in ratios that hold between machines.

    python -m benchmarks.web [--articles 100000] [--clients 50]

1. The Stories page and a search, with that many articles in the store against an empty store: mean of repeated requests on loopback.
2. How late the daemon's polls are, without and with that many clients that read pages as fast as they get them.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from argon2 import PasswordHasher

from benchmarks.figure import Figure
from monitor.adapters.clock import SystemClock
from monitor.alerts.channel import Secret
from monitor.articles.article import Article
from monitor.engine.embedded import EmbeddedEngine
from monitor.fetching.outcome import NotModified
from monitor.ports import StoredArticle
from monitor.rules.document import document
from monitor.settings.load import load
from monitor.settings.settings import Settings, WebSettings
from monitor.settings.shipped import init
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.steps.context import Context
from monitor.store.database import RowStore, open_store
from monitor.stories.sketched import sketched
from monitor.web.behind import Archive
from monitor.web.desk import desk
from monitor.web.serving import listen, serving

WORDS = (
    "harbour ledger monsoon rubber bridge clinic orchard ferry market village lantern quarry temple canal budget school engine copper "
    "timber signal council river garden road hotel island forest valley tower museum radio pepper bicycle storm ticket window carpet"
).split()
SEARCH = 'heroin AND "border police"'
CLOCK = SystemClock()


def figures(articles: int = 100_000, clients: int = 50, requests: int = 60, seconds: float = 30.0) -> list[Figure]:
    """The ratios, measured now."""
    pages = {"Stories": "/stories", "search": f"/stories?show=all&q={quote(SEARCH)}"}
    bounds = {"Stories": "<= 3", "search": "<= 10"}
    means: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        settings = configured(Path(scratch))
        for name, number in (("empty", 0), ("full", articles)):
            with closing(open_store(f"sqlite:///{scratch}/{name}.db")) as store:
                fill(store, settings, number)
                with served(settings, store) as (port, cookie):
                    means[name] = {page: mean_ms(port, cookie, path, requests) for page, path in pages.items()}
                if name == "full":
                    alone, crowded = (lateness(settings, store, readers, seconds) for readers in (0, clients))
    return [
        Figure(
            name=f"desk: {page}, {articles:,} articles",
            ratio=means["full"][page] / means["empty"][page],
            baseline="the same with an empty store, wall",
            bound=bounds[page],
            detail=f"{means['full'][page]:.1f} ms, empty {means['empty'][page]:.1f}",
        )
        for page in pages
    ] + [
        Figure(
            name=f"desk: polls while {clients} clients read",
            ratio=len(crowded) / len(alone),
            baseline="polls done in the same time while nobody reads",
            bound=">= 0.9",
            detail=f"late by {_late(crowded)}, while nobody reads {_late(alone)}",
        )
    ]


def _late(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} s (median), {statistics.quantiles(seconds, n=20)[18]:.2f} s (95 of 100)"


def main() -> None:
    """Print the figures."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--articles", type=int, default=100_000)
    words.add_argument("--clients", type=int, default=50)
    words.add_argument("--requests", type=int, default=60)
    words.add_argument("--seconds", type=float, default=30.0)
    for each in figures(**vars(words.parse_args())):
        print(f"{each.name:42} {each.ratio:6.2f}  x {each.baseline:46} {each.bound or '':8} {each.detail}")


def configured(folder: Path) -> Settings:
    """The shipped configuration, with one user."""
    init(folder / "config")
    settings = load(folder / "config", {"HOME": str(folder)})
    line = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("benchmark")
    return replace(settings, web=WebSettings(port=0, users={"bench": Secret(line)}))


def fill(store: RowStore, settings: Settings, number: int) -> None:
    """Articles of a year, one in fifty of them about heroin and matched, one in five hundred found by the search."""
    chance = random.Random(7)
    rules = settings.rule_set
    now = CLOCK.now()
    done = 0
    while done < number:
        with store.writing() as tx:
            for _ in range(min(2000, number - done)):
                crime = done % 50 == 0
                found = done % 500 == 0
                lead = "Police in Thailand seized heroin from a drug trafficking ring. " if crime else ""
                lead += "The border police said so. " if found else ""
                text = lead + " ".join(chance.choices(WORDS, k=120))
                at = now - timedelta(minutes=5 * (number - done))
                article = Article(
                    headline="Heroin seized" if crime else text[:60],
                    paragraphs=(text,),
                    url=f"https://site.example/{done}",
                    language="en",
                    published_at=at,
                )
                source = settings.sources[done % len(settings.sources)]
                verdict = rules.match(document(article, source)) if crime else None
                stored = StoredArticle(
                    id=f"{done:016x}",
                    number=0,
                    source_id=source.id,
                    source_name=source.name,
                    country=source.country,
                    article=article,
                    facets=verdict.facets if verdict else (),
                    matches=verdict.matches if verdict else (),
                    read_at=at,
                    story_id=f"{done:016x}",
                )
                tx.stories.open(stored.story_id, at)
                tx.articles.add(stored, sketched(article), [article.url or ""])
                done += 1


@contextmanager
def served(settings: Settings, store: RowStore) -> Iterator[tuple[int, str]]:
    """The desk on a free port, and the cookie of a session."""
    archive = Archive(settings=settings, store=store, clock=CLOCK, rules=settings.rule_set)
    with closing(listen(settings.web)) as listening, serving(desk(archive), listening):
        port = listening.getsockname()[1]
        yield port, logged_in(port)


def logged_in(port: int) -> str:
    """The cookie of a new session."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as client:
        client.request("GET", "/login")
        answer = client.getresponse()
        token = answer.read().decode().partition('name="token" value="')[2].partition('"')[0]
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        form = f"name=bench&password=benchmark&token={quote(token)}"
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        client.request("POST", "/login", form, headers)
        answer = client.getresponse()
        answer.read()
        assert answer.status == 303, answer.status
        return str(answer.headers["Set-Cookie"].partition(";")[0])


def mean_ms(port: int, cookie: str, path: str, requests: int) -> float:
    """The mean time of an answer, over requests that follow each other: some machines' clocks are coarser than one answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as client:
        for number in range(requests + 5):
            if number == 5:
                begun = time.perf_counter()
            client.request("GET", path, headers={"Cookie": cookie})
            answer = client.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
        return 1000 * (time.perf_counter() - begun) / requests


def lateness(settings: Settings, store: RowStore, clients: int, seconds: float) -> list[float]:
    """How late each poll of a hundred sources, due every two seconds, began, while clients read."""
    late: list[float] = []
    sources = {
        f"bench-{number}": Source(
            id=f"bench-{number}", name="B", url=f"https://b{number}.example/", kind="feed", interval_s=2.0
        )
        for number in range(100)
    }

    def fetch(request: object) -> NotModified:
        name = str(request.url).removeprefix("https://b").partition(".")[0]  # type: ignore[attr-defined]
        with store.reading() as tx:
            state = tx.sources.get(f"bench-{name}")
        if state is not None and state.next_poll_at is not None:
            late.append((CLOCK.now() - state.next_poll_at).total_seconds())
        return NotModified(fetched_at=CLOCK.now())

    with store.writing() as tx:
        tx.sources.watch(list(sources.values()), CLOCK.now())
        for number, name in enumerate(sources):
            tx.sources.save(
                SourceState(source_id=name, next_poll_at=CLOCK.now() + timedelta(seconds=2 + number / 50)), f"b{number}.example"
            )
    context = bench_context(settings, store, sources, fetch)
    engine = EmbeddedEngine(context, host_gap_s=0.0, on_event=lambda _: None, on_progress=lambda: None)
    stop = threading.Event()
    with served(settings, store) as (port, cookie):
        readers = [threading.Thread(target=read, args=(port, cookie, stop)) for _ in range(clients)]
        for each in readers:
            each.start()
        engine.start()
        stop.wait(seconds)
        stop.set()
        engine.stop(10)
        for each in readers:
            each.join()
    return late


def bench_context(settings: Settings, store: RowStore, sources: dict[str, Source], fetch: object) -> Context:
    """A context whose web answers at once that nothing has changed."""
    nothing = object()
    values = {
        "store": store, "clock": CLOCK, "chance": lambda: 0.5, "fetch": fetch, "crawl_delay_s": lambda _: None, "parse": nothing,
        "mailer": nothing, "poster": nothing, "chat": nothing, "rules": settings.rule_set, "sources": sources, "channels": {},
        "first_poll_window_s": 0.0,
    }  # fmt: skip
    return Context(**{name: value for name, value in values.items() if name in Context.__slots__})  # type: ignore[arg-type]


def read(port: int, cookie: str, stop: threading.Event) -> None:
    """A client that reads one page after the other."""
    chance = random.Random(port)
    while not stop.is_set():
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as client:
            for _ in range(20):
                if stop.is_set():
                    return
                path = chance.choice(["/stories", f"/stories?q={quote(SEARCH)}", "/alerts", "/sources", "/matrix", "/rules"])
                client.request("GET", path, headers={"Cookie": cookie})
                client.getresponse().read()


if __name__ == "__main__":
    main()
