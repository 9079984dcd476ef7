"""The operator hears of a silent source once, and of its recovery once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.fetching.outcome import Failed, Gone, NotModified, Outcome
from monitor.ports import Due
from monitor.rules.compile import compile_rules
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.steps.check_sources import check_sources
from monitor.steps.context import Context
from monitor.steps.poll_source import poll_source
from monitor.steps.read_entry import RETRY_AFTER_S, read_entry
from monitor.store.database import RowStore

HOUR = timedelta(hours=1)


@pytest.fixture
def told(context: Context) -> Context:
    post = replace(context.sources["post"], interval_s=3_600.0)
    return replace(context, sources={"post": post}, operator="hook")


def subjects(store: RowStore) -> list[str]:
    with store.reading() as tx:
        return [each.subject for each in tx.operator.conditions()]


def messages(store: RowStore) -> int:
    with store.reading() as tx:
        return sum(tx.alerts.counts().values())


def live(context: Context, here, hours: int, publish: bool = False) -> None:
    """Hours go by; the source is polled when it is due, and looked at every hour."""
    for _ in range(hours):
        if publish:
            number = int(here.clock.now().timestamp())
            here.serve(context.sources["post"], Entry(keys=(str(number),)), Entry(keys=(str(number - 3_600),)))
        poll_source(context, "post")
        check_sources(context)
        here.later(3_600)


@pytest.mark.parametrize(
    ("answer", "listing", "words"),
    [
        (Failed(kind="status", detail="HTTP 500", status=500), None, "gives no usable answer (dead)"),
        (Failed(kind="status", detail="HTTP 403 Forbidden", status=403), None, "keeps us out (blocked)"),
        (Gone(), None, "is gone (gone)"),
        (None, Unlisted(reason="a login page", cause="login page"), "asks for a login (login page)"),
        (None, Unlisted(reason="none of the 12 links", cause="selector rot"), "has changed its page (selector rot)"),
        (None, Listing(entries=()), "lists nothing any more (empty)"),
        (NotModified, None, "has gone quiet (quiet)"),
    ],
    ids=["dead", "blocked", "gone", "login page", "selector rot", "empty", "quiet"],
)
def test_each_silence_is_told_once_by_its_name_and_its_end_once(
    told: Context, here, store: RowStore, answer, listing, words
) -> None:
    live(told, here, 48, publish=True)
    assert (subjects(store), messages(store)) == ([], 0)
    url = told.sources["post"].url
    if listing is not None:
        here.serve(told.sources["post"], Entry(keys=("other body",)))
        here.listings["post"] = listing
    else:
        here.answers[url] = NotModified(fetched_at=here.clock.now()) if answer is NotModified else answer
    live(told, here, 60)
    assert subjects(store) == [f"Post {words}"]
    assert messages(store) == 1
    if isinstance(answer, Gone):
        with store.writing() as tx:
            tx.sources.poll_now("post", here.clock.now())
    live(told, here, 30, publish=True)
    assert (subjects(store), messages(store)) == ([], 2)


def test_a_server_whose_304s_are_untrue_is_found_out_by_a_whole_look(told: Context, here, store: RowStore) -> None:
    post = told.sources["post"]
    here.serve(post, Entry(keys=("1",)))
    whole = here.answers[post.url]
    here.answers[post.url] = replace(whole, headers={"etag": '"same"'})
    poll_source(told, "post")
    for hour in range(30):
        here.later(3_600)
        news = [Entry(keys=(str(number),)) for number in range(hour + 2)]
        here.serve(post, *news)
        body = replace(here.answers[post.url], headers={"etag": '"same"'})

        def fetch(request, body=body):
            here.asked.append(request)
            return body if request.etag is None else NotModified(fetched_at=here.clock.now())

        poll_source(replace(told, fetch=fetch), "post")
        check_sources(told)
    assert subjects(store) == ["Post hides its news (frozen)"]
    assert 2 <= sum(request.etag is None for request in here.asked) <= 4


def test_a_source_that_is_no_longer_watched_is_forgotten_without_a_word(told: Context, here, store: RowStore) -> None:
    here.answers[told.sources["post"].url] = Failed(kind="status", detail="HTTP 404", status=404)
    live(told, here, 24)
    assert messages(store) == 1
    check_sources(replace(told, sources={}))
    assert (subjects(store), messages(store)) == ([], 1)


def test_while_our_own_network_is_away_no_source_is_blamed(told: Context, here, store: RowStore) -> None:
    live(told, here, 24, publish=True)
    here.answers[told.sources["post"].url] = Failed(kind="dns", detail="the name cannot be resolved")
    with store.writing() as tx:
        tx.sources.watch(list(told.sources.values()), here.clock.now())
    live(told, here, 24)
    assert [subject.partition(":")[0] for subject in subjects(store)] == ["Nothing can be reached"]
    with store.writing() as tx:  # another source has answered
        tx.operator.set_condition(replace(tx.operator.conditions()[0], over_at=here.clock.now()))
    check_sources(told)
    assert subjects(store) == [], "this one has not been asked again yet"


def test_a_silent_source_that_fails_is_told_as_both_and_each_end_once(told: Context, here, store: RowStore) -> None:
    live(told, here, 48, publish=True)
    url = told.sources["post"].url
    here.answers[url] = NotModified(fetched_at=here.clock.now())
    live(told, here, 60)
    assert subjects(store) == ["Post has gone quiet (quiet)"]
    here.answers[url] = Failed(kind="status", detail="HTTP 500", status=500)
    live(told, here, 3)
    assert messages(store) == 1, "one failure is no recovery"
    live(told, here, 24)
    assert sorted(subjects(store)) == ["Post gives no usable answer (dead)", "Post has gone quiet (quiet)"]
    here.answers[url] = NotModified(fetched_at=here.clock.now())
    live(told, here, 26)
    assert (subjects(store), messages(store)) == (["Post has gone quiet (quiet)"], 3)
    live(told, here, 3, publish=True)
    assert (subjects(store), messages(store)) == ([], 4)


def test_a_silent_source_that_is_asked_once_a_day_is_told_once(told: Context, here, store: RowStore) -> None:
    told = replace(told, sources={"post": replace(told.sources["post"], interval_s=86_400.0)})
    here.answers[told.sources["post"].url] = NotModified(fetched_at=here.clock.now())
    live(told, here, 1, publish=True)
    here.answers[told.sources["post"].url] = NotModified(fetched_at=here.clock.now())
    live(told, here, 40 * 24)
    assert (subjects(store), messages(store)) == (["Post has gone quiet (quiet)"], 1)


def test_a_news_sitemap_without_items_is_judged_by_its_rhythm(told: Context, here, store: RowStore) -> None:
    told = replace(told, sources={"post": replace(told.sources["post"], kind="sitemap")})
    live(told, here, 48, publish=True)
    here.serve(told.sources["post"])
    live(told, here, 24)
    assert messages(store) == 0
    live(told, here, 72)
    assert subjects(store) == ["Post lists nothing any more (empty)"]


def test_what_was_polled_by_a_clock_that_ran_ahead_is_polled_now(told: Context, here, store: RowStore) -> None:
    live(told, here, 1, publish=True)
    now = here.clock.now()
    with store.writing() as tx:
        state = tx.sources.get("post")
        tx.sources.save(replace(state, last_poll_at=now + 900 * HOUR, next_poll_at=now + 901 * HOUR), "post.example")
        claims = tx.lanes.claim([Due(step="poll_source", key="post", lane="post.example")], now=now, until=now + HOUR)
        tx.lanes.release([(claim, now + 900 * HOUR) for claim in claims])
    check_sources(told)
    with store.reading() as tx:
        assert tx.sources.get("post").next_poll_at == now
        assert "post.example" in {each.lane for each in tx.due(now)}, "its host does not rest until that clock's time has come"


def test_trouble_that_comes_and_goes_is_told_again_only_if_it_lasts(told: Context, here, store: RowStore) -> None:
    live(told, here, 30, publish=True)
    for _ in range(4):
        here.answers[told.sources["post"].url] = Failed(kind="status", detail="HTTP 500", status=500)
        live(told, here, 16)
        live(told, here, 40, publish=True)
    assert (subjects(store), messages(store)) == ([], 2)
    here.answers[told.sources["post"].url] = Failed(kind="status", detail="HTTP 500", status=500)
    live(told, here, 60)
    assert (subjects(store), messages(store)) == (["Post gives no usable answer (dead)"], 3)


def news(context: Context, here, numbers: range, page: Outcome | None) -> list[str]:
    """Entries listed at once, each read; their pages answer so, or can be read. What the rows say of them."""
    post = context.sources["post"]
    entries = [Entry(keys=(f"{number}",), url=f"https://post.example/{number}", title=f"Item {number}") for number in numbers]
    for entry in entries:
        here.publish(entry.url, entry.title, f"All that there is to say of {entry.title}.")
        if page is not None:
            here.answers[entry.url] = page
    listed = here.listings.get("post")
    here.serve(post, *entries, *(listed.entries if listed else ()))
    here.later(3_601)
    poll_source(context, "post")
    for wait_s in (*RETRY_AFTER_S, 0.0):
        with context.store.reading() as tx:
            due = tx.entries.due(here.clock.now(), 100)
        for number in due:
            read_entry(context, str(number))
        here.later(wait_s + 1)
    check_sources(context)
    with context.store.reading() as tx:
        return [each.reason or "" for each in tx.entries.of_source("post", len(numbers))]


def test_a_source_whose_pages_can_no_longer_be_read_is_told_once_and_again_when_they_can(
    told: Context, here, store: RowStore
) -> None:
    told = replace(told, rules=compile_rules([], []))
    barred = Failed(kind="status", detail="HTTP 403 Forbidden", status=403)
    news(told, here, range(12), None)
    assert news(told, here, range(100, 109), barred) == ["read, feed-only (HTTP 403 Forbidden)"] * 9
    assert subjects(store) == [], "nine may be chance"
    news(told, here, range(200, 203), barred)
    assert subjects(store) == ["Post shows its list but not its pages (no pages)"]
    news(told, here, range(300, 304), None)
    assert (len(subjects(store)), messages(store)) == (1, 1), "four of ten are not most"
    news(told, here, range(400, 402), None)
    assert (subjects(store), messages(store)) == ([], 2)


def test_entries_without_an_address_have_no_page_to_miss(told: Context, here, store: RowStore) -> None:
    told = replace(told, rules=compile_rules([], []))
    here.serve(told.sources["post"], *(Entry(keys=(f"{number}",), title=f"Item {number} of a list") for number in range(12)))
    poll_source(told, "post")
    with store.reading() as tx:
        due = tx.entries.due(here.clock.now(), 100)
    assert [read_entry(told, str(number)).reason for number in due] == ["read, feed-only"] * 12
    check_sources(told)
    assert subjects(store) == []
