"""What both engines promise, however steps get to run: the same story in both, even if every third nudge is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor.adapters.clock import SystemClock
from monitor.alerts.channel import Secret, WebhookChannel
from monitor.alerts.sending import Sent
from monitor.articles.article import Article, Unreadable
from monitor.computing import waiting
from monitor.engine.cluster import ClusterEngine
from monitor.engine.embedded import EmbeddedEngine
from monitor.engine.run_step import Event
from monitor.fetching.outcome import Fetched, Outcome, Request
from monitor.ports import Due
from monitor.rules.compile import compile_rules
from monitor.rules.rule import Rule
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.store.database import RowStore, open_store
from monitor.stories.sketched import Sketched, from_entry, sketched

WAIT_S = 30.0
HOSTS = tuple(f"site{number}.example" for number in range(4))
TOPICS = ("harbour seizure of drums", "airport arrest of couriers", "casino raid on lenders")
_WORDS = "ledger monsoon rubber bridge clinic orchard ferry market village lantern quarry temple canal budget".split()


@dataclass
class World:
    """Sites that list one page about each topic, the same text on all of them; and a receiver of alerts. Notes who was asked while whom."""

    under_way: list[str] = field(default_factory=list)
    most_at_once: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    slow: dict[str, threading.Event] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def fetch(self, request: Request) -> Outcome:
        host = request.url.split("/")[2]
        with self.changed:
            self.under_way.append(host)
            self.most_at_once[host] = max(self.most_at_once.get(host, 0), self.under_way.count(host))
            self.changed.notify_all()
        if host in self.slow:
            with waiting():
                self.slow[host].wait(WAIT_S)
        with self.changed:
            self.under_way.remove(host)
            self.asked.append(request.url)
            self.changed.notify_all()
        return Fetched(url=request.url, status=200, body=request.url.encode(), fetched_at=SystemClock().now())

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        host = source.url.split("/")[2]
        return Listing(entries=tuple(Entry(keys=(f"{host}-{n}",), url=f"https://{host}/{n}", title=f"{n}") for n in range(3)))

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
        number = int(fetched.url.rpartition("/")[2])
        text = " ".join(_WORDS[(at * (number + 3)) % len(_WORDS)] for at in range(80))
        said = f"A syndicate. {TOPICS[number]}. {text}"
        return sketched(Article(headline=f"Syndicate: {TOPICS[number]}", paragraphs=(said,), url=fetched.url))

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
        return from_entry(source, entry, now)

    def post(self, url: str, headers: dict[str, str], body: bytes, timeout_s: float) -> Sent:
        with self.changed:
            self.sent.append(headers["webhook-id"])
            self.changed.notify_all()
        return Sent()

    def wait_for(self, reached: Callable[[], bool]) -> bool:
        with self.changed:
            return self.changed.wait_for(reached, timeout=WAIT_S)


@pytest.fixture
def world() -> World:
    return World()


class LosingEmbedded(EmbeddedEngine):
    """Loses the nudges of which `lost` says so."""

    lost: Callable[[], bool]

    def nudge(self) -> None:
        if not self.lost():
            super().nudge()


class LosingCluster(ClusterEngine):
    """Loses the nudges of which `lost` says so."""

    lost: Callable[[], bool]

    def nudge(self, tx) -> None:
        if not self.lost():
            super().nudge(tx)


@pytest.fixture(params=["embedded", "cluster"])
def engines(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> Iterator[SimpleNamespace]:
    """`start()` starts an engine (in a cluster: one more worker) over the store."""
    clustered = request.param == "cluster"
    url = request.getfixturevalue("postgres")() if clustered else f"sqlite:///{tmp_path}/monitor.db"
    store = open_store(url)
    sources = [Source(id=host.split(".")[0], name=host, url=f"https://{host}/feed", kind="feed") for host in HOSTS]
    with store.writing() as tx:
        tx.sources.watch(sources, SystemClock().now())
    context = Context(
        store=store,
        clock=SystemClock(),
        chance=lambda: 0.0,
        fetch=world.fetch,
        crawl_delay_s=lambda _url: None,
        parse=world,
        mailer=None,  # type: ignore[arg-type]  # there is no mail channel
        poster=world.post,
        chat=None,  # type: ignore[arg-type]
        rules=compile_rules([Rule(id="syndicate", title="Syndicates", when="syndicate", alert=("hook",))], []),
        sources={source.id: source for source in sources},
        channels={
            "hook": WebhookChannel(
                id="hook", url="https://hook.example/", secret=Secret("whsec_" + "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5")
            )
        },
        first_poll_window_s=172_800.0,
    )
    with ExitStack() as running:

        def start(
            *, host_gap_s: float = 0.0, events: list[Event] | None = None, lost: Callable[[], bool] = lambda: False
        ) -> EmbeddedEngine | ClusterEngine:
            heard = events if events is not None else []
            told = {"host_gap_s": host_gap_s, "on_event": heard.append, "on_progress": lambda: None}
            engine: LosingEmbedded | LosingCluster
            if clustered:
                own = open_store(url)
                running.callback(own.close)
                engine = LosingCluster(replace(context, store=own), own, threads=16, **told)
            else:
                engine = LosingEmbedded(context, **told)
            engine.lost = lost
            running.callback(lambda: engine.stop(WAIT_S))
            engine.start()
            return engine

        yield SimpleNamespace(start=start, store=store, clustered=clustered, context=context)
    store.close()


def counted(store: RowStore) -> tuple[dict[str, int], dict[str, int]]:
    with store.reading() as tx:
        return dict(tx.articles.counts()), dict(tx.alerts.counts())


TOLD = ({"articles": 12, "matched": 12, "stories": 3}, {"sent": 3})


def test_the_story_is_the_same_in_both(engines: SimpleNamespace, world: World) -> None:
    engine = engines.start()
    assert world.wait_for(lambda: len(world.sent) == 3 and len(world.asked) == 16), (world.asked, world.sent)
    assert engine.stop(WAIT_S)
    assert counted(engines.store) == TOLD
    assert len(set(world.sent)) == 3
    assert world.most_at_once == dict.fromkeys(HOSTS, 1)


def test_with_every_third_nudge_lost_sweeps_bring_all_of_it_home(engines: SimpleNamespace, world: World) -> None:
    nudges = 0

    def lost() -> bool:
        nonlocal nudges
        nudges += 1
        return nudges % 3 == 0

    engine = engines.start(lost=lost)
    assert world.wait_for(lambda: len(world.sent) == 3 and len(world.asked) == 16), (world.asked, world.sent)
    assert engine.stop(WAIT_S)
    assert nudges >= 3
    assert counted(engines.store) == TOLD


def test_of_several_workers_one_asks_a_host_at_a_time_and_the_host_rests_in_between(
    engines: SimpleNamespace, world: World
) -> None:
    began = SystemClock().monotonic()
    started = [engines.start(host_gap_s=0.4) for _ in range(3 if engines.clustered else 1)]
    assert world.wait_for(lambda: len(world.asked) == 16)
    took_s = SystemClock().monotonic() - began
    assert all(engine.stop(WAIT_S) for engine in started)
    assert world.most_at_once == dict.fromkeys(HOSTS, 1)
    assert took_s > 3 * 0.4, "four requests to each host, three rests between them"
    assert counted(engines.store)[0] == TOLD[0]


def test_a_slow_host_delays_no_other(engines: SimpleNamespace, world: World) -> None:
    world.slow[HOSTS[0]] = threading.Event()
    engine = engines.start()
    try:
        assert world.wait_for(lambda: len(world.asked) == 12 and len(world.sent) == 3)
        assert not [url for url in world.asked if HOSTS[0] in url]
    finally:
        world.slow[HOSTS[0]].set()
    assert world.wait_for(lambda: len(world.asked) == 16)
    assert engine.stop(WAIT_S)


def test_stopping_waits_for_what_is_under_way_and_the_next_engine_goes_on(engines: SimpleNamespace, world: World) -> None:
    for host in HOSTS:
        world.slow[host] = threading.Event()
    engine = engines.start()
    assert world.wait_for(lambda: len(world.under_way) == 4)
    assert not engine.stop(0.01), "it says that something is still under way"
    for host in HOSTS:
        world.slow[host].set()
    assert engine.stop(WAIT_S)
    assert len(world.asked) == 4
    with engines.store.reading() as tx:
        assert len({state.last_success_at for state in tx.sources.all()} - {None}) == 4, "what was under way is kept"
    engines.start()
    assert world.wait_for(lambda: len(world.asked) == 16)


def test_a_step_whose_claim_was_lost_keeps_nothing(engines: SimpleNamespace, world: World) -> None:
    world.slow[HOSTS[0]] = threading.Event()
    events: list[Event] = []
    engine = engines.start(events=events)
    assert world.wait_for(lambda: HOSTS[0] in world.under_way)
    late = SystemClock().now() + timedelta(hours=1)
    with engines.store.writing() as tx:
        (taken,) = tx.lanes.claim(
            [Due(step="poll_source", key="site0", lane=HOSTS[0])], now=late, until=late + timedelta(hours=1)
        )
    world.slow[HOSTS[0]].set()
    assert world.wait_for(lambda: len(world.asked) >= 13)
    assert engine.stop(WAIT_S)
    with engines.store.claiming() as tx:
        state = tx.sources.get("site0")
        assert tx.lanes.holds(taken), "whoever came too late does not free the lane of another"
    assert state is not None
    assert state.last_poll_at is None
    (left,) = [event for event in events if event.due.lane == HOSTS[0]]
    assert (left.done.result, left.broken) == ("left", False)
    assert "another worker has taken over" in left.done.reason
