"""The embedded engine: lanes, threads, and the end of it all. The steps are real, their world is scripted."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.clock import SystemClock
from monitor.articles.article import Article, Unreadable
from monitor.computing import waiting
from monitor.engine.embedded import EmbeddedEngine, Every
from monitor.engine.run_step import Event, run_step
from monitor.fetching.outcome import Failed, Fetched, Outcome, Request
from monitor.ports import Due
from monitor.rules.compile import compile_rules
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.store.database import RowStore, open_store
from monitor.stories.sketched import Sketched, from_entry, sketched

WAIT_S = 20.0


class Ahead(SystemClock):
    """The machine's clock, some seconds ahead."""

    ahead_s = 0.0
    asleep = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.asleep

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


class Web:
    """Answers by host; a host in `slow` answers when it is told to. Notes who was asked while whom."""

    def __init__(self) -> None:
        self.slow: dict[str, threading.Event] = {}
        self.broken: set[str] = set()
        self.under_way: list[str] = []
        self.most_at_once: dict[str, int] = {}
        self.changed = threading.Condition()
        self.answered: list[str] = []

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
            self.answered.append(request.url)
            self.changed.notify_all()
        if host in self.broken:
            raise KeyError("a bug")
        return Fetched(url=request.url, status=200, body=request.url.encode(), fetched_at=SystemClock().now())

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        host = source.url.split("/")[2]
        return Listing(entries=tuple(Entry(keys=(f"{host}-{n}",), url=f"https://{host}/{n}", title=f"{n}") for n in range(4)))

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
        return from_entry(source, entry, now)

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
        return sketched(
            Article(headline=f"{fetched.url}", paragraphs=(f"All about {fetched.url} and nothing else.",), url=fetched.url)
        )

    def wait_for(self, reached) -> bool:
        with self.changed:
            return self.changed.wait_for(reached, timeout=WAIT_S)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RowStore]:
    opened = open_store(f"sqlite:///{tmp_path}/monitor.db")
    yield opened
    opened.close()


def started(
    web: Web,
    store: RowStore,
    *hosts: str,
    host_gap_s: float = 0.0,
    crawl_delays_s: Mapping[str, float] | None = None,
    events: list[Event] | None = None,
    clock: SystemClock | None = None,
) -> EmbeddedEngine:
    sources = [Source(id=host.split(".")[0], name=host, url=f"https://{host}/feed", kind="feed") for host in hosts]
    with store.writing() as tx:
        tx.sources.watch(sources, SystemClock().now())

    def nothing_to_send(*_words: object) -> object:
        raise AssertionError("no rule, no alert")

    context = Context(
        store=store,
        clock=clock or SystemClock(),
        chance=lambda: 0.0,
        fetch=web.fetch,
        crawl_delay_s=(crawl_delays_s or {}).get,
        parse=web,
        mailer=nothing_to_send,  # type: ignore[arg-type]
        poster=nothing_to_send,  # type: ignore[arg-type]
        rules=compile_rules([], []),
        sources={source.id: source for source in sources},
        chat=None,
        channels={},
        first_poll_window_s=172_800.0,
    )
    heard = events if events is not None else []
    engine = EmbeddedEngine(context, host_gap_s=host_gap_s, on_event=heard.append, on_progress=lambda: None)
    engine.start()
    return engine


def articles(store: RowStore) -> int:
    with store.reading() as tx:
        return tx.articles.counts()["articles"]


def test_a_source_and_its_pages_are_read_one_request_at_a_time(web: Web, store: RowStore) -> None:
    engine = started(web, store, "one.example", "two.example")
    assert web.wait_for(lambda: len(web.answered) == 10)
    assert engine.stop(WAIT_S)
    assert articles(store) == 8
    assert web.most_at_once == {"one.example": 1, "two.example": 1}


def test_a_slow_host_delays_no_other(web: Web, store: RowStore) -> None:
    web.slow["slow.example"] = threading.Event()
    engine = started(web, store, "slow.example", "quick.example")
    assert web.wait_for(lambda: sum("quick" in url for url in web.answered) == 5)
    assert not any("slow" in url for url in web.answered)
    web.slow["slow.example"].set()
    assert web.wait_for(lambda: len(web.answered) == 10)
    assert engine.stop(WAIT_S)
    assert articles(store) == 8


def test_what_was_written_is_on_disk_a_tick_later(web: Web, store: RowStore) -> None:
    engine = started(web, store, "one.example")
    assert web.wait_for(lambda: len(web.answered) == 5)
    assert engine.stop(WAIT_S)
    assert not store._flushed
    engine._tick()
    assert store._flushed


def test_servers_that_hang_take_no_threads_from_the_others(web: Web, store: RowStore) -> None:
    hanging = [f"slow{number}.example" for number in range(40)]
    web.slow = dict.fromkeys(hanging, threading.Event())
    clock = Ahead()
    engine = started(web, store, *hanging, clock=clock)
    assert web.wait_for(lambda: len(web.under_way) == 32)
    engine._tick()
    assert len(web.under_way) == 32, "there are threads for no more"
    clock.ahead_s = 4.0
    engine._tick()
    assert web.wait_for(lambda: len(web.under_way) == 40), "the first ones only wait for their servers"
    web.slow["slow0.example"].set()
    assert engine.stop(WAIT_S)


def test_a_bug_in_one_source_costs_no_other_and_is_put_off(web: Web, store: RowStore) -> None:
    web.broken.add("broken.example")
    events: list[Event] = []
    engine = started(web, store, "broken.example", "good.example", events=events)
    assert web.wait_for(lambda: sum("good" in url for url in web.answered) == 5)
    assert engine.stop(WAIT_S)
    (broken,) = [event for event in events if event.broken]
    assert broken.done.reason == "KeyError: 'a bug'"
    with store.reading() as tx:
        state = tx.sources.get("broken")
    assert state is not None
    assert state.last_error == "KeyError: 'a bug'"
    assert articles(store) == 4


def test_a_host_rests_between_two_requests(web: Web, store: RowStore) -> None:
    engine = started(web, store, "one.example", host_gap_s=3600.0)
    assert web.wait_for(lambda: len(web.answered) == 1)
    engine._tick()
    assert engine.stop(WAIT_S)
    assert web.answered == ["https://one.example/feed"]


def test_a_host_rests_as_long_as_its_robots_txt_asks_for_after_a_poll_too(web: Web, store: RowStore) -> None:
    engine = started(web, store, "slow.example", "two.example", crawl_delays_s={"slow.example": 60.0})
    assert web.wait_for(lambda: sum("two" in url for url in web.answered) == 5)
    engine._tick()
    assert engine.stop(WAIT_S)
    assert [url for url in web.answered if "slow" in url] == ["https://slow.example/feed"]


def test_stopping_waits_for_what_is_under_way_and_begins_nothing_more(web: Web, store: RowStore) -> None:
    web.slow["slow.example"] = threading.Event()
    engine = started(web, store, "slow.example")
    assert web.wait_for(lambda: web.under_way == ["slow.example"])
    assert not engine.stop(0.01), "it says that something is still under way"
    web.slow["slow.example"].set()
    assert engine.stop(WAIT_S)
    assert web.answered == ["https://slow.example/feed"]


def test_what_was_cut_off_is_done_by_the_next_engine(web: Web, store: RowStore) -> None:
    web.slow["one.example"] = threading.Event()
    engine = started(web, store, "one.example")
    assert web.wait_for(lambda: web.under_way == ["one.example"])
    engine.stop(0.01)
    web.slow["one.example"].set()
    engine.stop(WAIT_S)
    second = started(web, store, "one.example")
    assert web.wait_for(lambda: len(web.answered) >= 5)
    assert second.stop(WAIT_S)
    assert articles(store) == 4


def test_the_watchdog_hears_of_sweeps_only_while_no_step_is_wedged(web: Web, store: RowStore) -> None:
    web.slow["slow.example"] = threading.Event()
    engine = started(web, store, "slow.example")
    heard: list[int] = []
    engine._on_progress = lambda: heard.append(1)
    assert web.wait_for(lambda: web.under_way == ["slow.example"])
    engine._tick()
    assert heard
    under_way = engine._under_way
    with under_way.changed:
        under_way._since = {claim: since - 10_000.0 for claim, since in under_way._since.items()}
    heard.clear()
    engine._tick()
    assert not heard
    web.slow["slow.example"].set()
    engine.stop(WAIT_S)


def test_sweeps_go_on_when_the_clock_is_set_back(web: Web, store: RowStore) -> None:
    engine = started(web, store)
    swept = threading.Event()
    engine._on_progress = swept.set
    engine._scheduler.pause()
    for job in engine._scheduler.get_jobs():  # as a clock leaves them that was three hours ahead
        job.modify(next_run_time=engine.context.clock.now() + timedelta(hours=3))
    engine._scheduler.resume()
    assert swept.wait(WAIT_S)
    assert engine.stop(WAIT_S)


def test_a_machine_that_slept_is_told_of(web: Web, store: RowStore) -> None:
    clock = Ahead()
    engine = started(web, store, "one.example", clock=clock)
    assert web.wait_for(lambda: len(web.answered) == 5)
    clock.asleep = timedelta(hours=5)
    engine._tick()
    assert engine.stop(WAIT_S)
    with store.reading() as tx:
        assert [each.subject for each in tx.operator.conditions(clock.now() - clock.asleep)] == ["Nothing was watched for 5 h"]


def test_what_was_missed_while_the_machine_slept_is_one_run() -> None:
    then, now = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert Every(seconds=1).get_next_fire_time(then, now) == now + timedelta(seconds=1)


def test_a_step_that_breaks_on_a_store_that_breaks_still_ends(web: Web, store: RowStore) -> None:
    engine = started(web, store, "one.example")
    assert web.wait_for(lambda: len(web.answered) == 5)
    assert engine.stop(WAIT_S)
    store.close()

    class Full:
        def reading(self, **_how: bool) -> object:
            raise OSError("database or disk is full")

        writing = reading

    from dataclasses import replace

    event = run_step(replace(engine.context, store=Full()), Due(step="poll_source", key="one", lane=""))  # type: ignore[arg-type]
    assert event.broken
    assert "disk is full" in event.done.reason


def test_failures_are_events_not_exceptions(web: Web, store: RowStore) -> None:
    events: list[Event] = []
    web.fetch = lambda request: Failed(kind="dns", detail="the name cannot be resolved")  # type: ignore[method-assign]
    engine = started(web, store, "one.example", events=events)
    assert engine.stop(WAIT_S)
    assert [(event.done.result, event.broken) for event in events] == [("failed", False)]
