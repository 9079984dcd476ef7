"""A long outage of our own network, played with a clock that only the test moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.alerts.channel import WebhookChannel
from monitor.fetching.outcome import Failed, Fetched, Outcome
from monitor.sources.entry import Entry, Listing
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.steps.network import OFFLINE
from monitor.steps.poll_source import poll_source
from monitor.store.database import RowStore

SOURCES = {
    name: Source(id=name, name=name.title(), url=f"https://{name}.example/feed", kind="feed")
    for name in ("ant", "bee", "cow", "dog")
}
NO_NETWORK: Outcome = Failed(kind="dns", detail="the name cannot be resolved")


@pytest.fixture
def watching(context: Context, here, store: RowStore) -> Context:
    with store.writing() as tx:
        tx.sources.watch(list(SOURCES.values()), here.clock.now())
    hook = context.channels["hook"]
    assert isinstance(hook, WebhookChannel)
    return replace(context, sources=SOURCES, operator="hook")


def answer_all(here, *dead: str) -> None:
    for source in SOURCES.values():
        here.serve(source, Entry(keys=(f"{source.id}-1",), title="One"))
        if source.id in dead:
            here.answers[source.url] = NO_NETWORK


def live(context: Context, here, span: timedelta) -> dict[str, list[datetime]]:
    """Poll whatever is due, in steps of five minutes; when each source was asked."""
    end = here.clock.now() + span
    asked: dict[str, list[datetime]] = {name: [] for name in SOURCES}
    while here.clock.now() < end:
        for name in SOURCES:
            if poll_source(context, name).result != "left":
                asked[name].append(here.clock.now())
        here.later(300)
    return asked


def holds(store: RowStore) -> bool:
    with store.reading() as tx:
        condition = tx.operator.condition(OFFLINE)
    return condition is not None and condition.over_at is None


def told(store: RowStore) -> int:
    with store.reading() as tx:
        return sum(tx.alerts.counts().values())


def test_in_a_long_outage_every_source_is_tried_once_an_hour_and_all_at_once_when_one_answers(watching, here, store) -> None:
    answer_all(here)
    live(watching, here, timedelta(hours=1))
    answer_all(here, *SOURCES)
    asked = live(watching, here, timedelta(days=3))
    assert holds(store)
    assert told(store) == 1
    for times in asked.values():
        last_day = [at for at in times if at > here.clock.now() - timedelta(days=1)]
        assert 18 <= len(last_day) <= 24
    answer_all(here)
    back = live(watching, here, timedelta(hours=1, minutes=15))
    assert not holds(store)
    assert told(store) == 2
    firsts = [min(times) for times in back.values()]
    assert max(firsts) - min(firsts) <= timedelta(minutes=5)


def test_one_dead_host_among_good_ones_is_its_own_trouble(watching, here, store) -> None:
    answer_all(here, "bee")
    asked = live(watching, here, timedelta(days=4))
    assert not holds(store)
    assert len(asked["bee"]) < 12
    assert len(asked["ant"]) > 200


def test_a_host_that_was_dead_before_the_outage_is_not_asked_more_often_after_it(watching, here, store) -> None:
    answer_all(here, "bee")
    live(watching, here, timedelta(days=3))
    answer_all(here, *SOURCES)
    live(watching, here, timedelta(hours=4))
    assert holds(store)
    answer_all(here, "bee")
    asked = live(watching, here, timedelta(hours=8))
    assert not holds(store)
    assert len(asked["bee"]) <= 2


def test_a_server_error_is_an_answer(watching, here, store) -> None:
    answer_all(here, "ant", "bee", "cow")
    here.answers[SOURCES["dog"].url] = Failed(kind="status", detail="HTTP 500", status=500)
    live(watching, here, timedelta(minutes=50))
    assert not holds(store)


def test_a_machine_that_never_had_a_network_is_told_so(watching, here, store) -> None:
    answer_all(here, *SOURCES)
    live(watching, here, timedelta(hours=2))
    assert holds(store)
    assert isinstance(here.answers[SOURCES["ant"].url], Failed)
    here.answers[SOURCES["ant"].url] = Fetched(url=SOURCES["ant"].url, status=200, body=b"x", fetched_at=here.clock.now())
    here.listings["ant"] = Listing(entries=())
    live(watching, here, timedelta(hours=2))
    assert not holds(store)
