"""Polls of more than one request, and possible gaps: recorded, filled where there is something to fill them from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.fetching.outcome import Failed, Fetched
from monitor.ports import Gap, RobotsFile
from monitor.sources.entry import Entry, Listing
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.steps.context import Context, Done
from monitor.steps.poll_source import poll_source
from monitor.store.database import RowStore

NEWS = Source(id="news", name="News", url="https://news.example/index.xml", kind="sitemap", country="TH")


def entry(number: int, **fields: object) -> Entry:
    return Entry(keys=(f"key-{number}",), url=f"https://post.example/{number}", title=f"Item {number}", **fields)  # type: ignore[arg-type]


def answer(here, url: str, listing: Listing | None = None, body: bytes | None = None) -> None:
    here.answers[url] = Fetched(
        url=url, status=200, body=repr(listing).encode() if body is None else body, fetched_at=here.clock.now()
    )
    if listing is not None:
        here.by_url[url] = listing


def state_of(store: RowStore, source: str) -> SourceState:
    with store.reading() as tx:
        state = tx.sources.get(source)
    assert state is not None
    return state


def gaps(store: RowStore, here) -> list[Gap]:
    with store.reading() as tx:
        return tx.sources.gaps(here.clock.now() - timedelta(days=1))


def poll_to_the_end(context: Context, source: str) -> list[Done]:
    """All steps of a poll that is due: one request each."""
    done = []
    while (step := poll_source(context, source)).result != "left":
        done.append(step)
    return done


def titles(store: RowStore, source: str) -> set[str | None]:
    with store.reading() as tx:
        return {row.entry.title for row in tx.entries.of_source(source, 50)}


def test_the_sitemaps_of_an_index_are_fetched_one_a_step_and_their_entries_merged(
    context: Context, here, store: RowStore
) -> None:
    context = replace(context, sources={**context.sources, "news": NEWS})
    with store.writing() as tx:
        tx.sources.watch([*context.sources.values()], here.clock.now())
    a, b = "https://news.example/a.xml", "https://maps.example/b.xml"
    answer(here, NEWS.url, Listing(entries=(), follow=(a, b)))
    answer(here, a, Listing(entries=(entry(1),)))
    answer(here, b, Listing(entries=(entry(2, published_at=here.clock.now() - timedelta(days=9)), entry(1))))
    done = poll_to_the_end(context, "news")
    assert [request.url for request in here.asked] == [NEWS.url, a, b]
    assert [step.facts["new"] for step in done] == [0, 1, 1]
    assert titles(store, "news") == {"Item 1", "Item 2"}
    with store.reading() as tx:
        assert {row.outcome for row in tx.entries.of_source("news", 9)} == {None, "recorded"}  # all of it is a first poll
    state = state_of(store, "news")
    assert (state.errands, state.last_success_at) == ((), here.clock.now())
    assert gaps(store, here) == []


def test_between_two_requests_of_a_poll_the_row_is_in_the_lane_of_the_next_host(
    context: Context, here, store: RowStore
) -> None:
    context = replace(context, sources={**context.sources, "news": NEWS})
    with store.writing() as tx:
        tx.sources.watch([NEWS], here.clock.now())
    answer(here, NEWS.url, Listing(entries=(), follow=("https://maps.example/b.xml",)))
    poll_source(context, "news")
    with store.reading() as tx:
        assert [due.lane for due in tx.all_due(here.clock.now())] == ["maps.example"]
    with store.writing() as tx:  # a restart in between
        tx.sources.watch([NEWS], here.clock.now())
        assert [due.lane for due in tx.all_due(here.clock.now())] == ["maps.example"]


def polled_once(context: Context, here, *entries: Entry, next_url: str | None = None) -> None:
    """The first poll of `post`, two hours ago."""
    answer(here, "https://post.example/feed", Listing(entries=entries, next_url=next_url))
    poll_to_the_end(context, "post")
    here.later(7200)


def test_a_poll_that_shares_no_item_with_the_last_is_a_possible_gap_and_filled_from_further_pages(
    context: Context, here, store: RowStore
) -> None:
    second, third = "https://post.example/feed?paged=2", "https://post.example/feed?paged=3"
    polled_once(context, here, entry(1))
    answer(here, "https://post.example/feed", Listing(entries=(entry(9), entry(8)), next_url=second))
    answer(here, second, Listing(entries=(entry(7), entry(6)), next_url=third))
    answer(here, third, Listing(entries=(entry(5), entry(1)), next_url="https://post.example/feed?paged=4"))
    poll_to_the_end(context, "post")
    (gap,) = gaps(store, here)
    assert (gap.source_id, gap.listed, gap.filled, gap.walked) == ("post", 2, 3, 2)
    assert gap.how == "filled: a further page of the list leads back to what was known"
    assert gap.since == here.clock.now() - timedelta(hours=2)
    assert titles(store, "post") == {f"Item {number}" for number in (1, 5, 6, 7, 8, 9)}
    state = state_of(store, "post")
    assert state.next_poll_at is not None
    assert state.next_poll_at > here.clock.now()


def test_a_gap_of_a_list_without_pages_is_filled_from_the_news_sitemap(context: Context, here, store: RowStore) -> None:
    polled_once(context, here, entry(1))
    answer(here, "https://post.example/feed", Listing(entries=(entry(9),)))
    answer(here, "https://post.example/robots.txt", body=b"Sitemap: https://post.example/news.xml\n")
    missed, old = (
        entry(5, published_at=here.clock.now() - timedelta(hours=1)),
        entry(2, published_at=here.clock.now() - timedelta(days=5)),
    )
    answer(here, "https://post.example/news.xml", Listing(entries=(entry(9), missed, old)))
    poll_to_the_end(context, "post")
    (gap,) = gaps(store, here)
    assert (gap.filled, gap.how) == (1, "filled in part from a sitemap")
    assert titles(store, "post") == {"Item 1", "Item 5", "Item 9"}


def test_a_robots_txt_that_is_known_is_not_asked_for_its_sitemaps(context: Context, here, store: RowStore) -> None:
    polled_once(context, here, entry(1))
    answer(here, "https://post.example/feed", Listing(entries=(entry(9),)))
    rules = RobotsFile(
        url="https://post.example/robots.txt",
        body=b"Sitemap: https://post.example/news.xml\n",
        until=here.clock.now() + timedelta(days=1),
    )
    with store.writing() as tx:
        tx.robots.put(rules)
    answer(here, "https://post.example/news.xml", Listing(entries=(entry(5, published_at=here.clock.now()),)))
    poll_to_the_end(context, "post")
    assert titles(store, "post") == {"Item 1", "Item 5", "Item 9"}


def test_a_gap_that_nothing_fills_is_still_recorded_and_costs_the_source_nothing(
    context: Context, here, store: RowStore
) -> None:
    polled_once(context, here, entry(1))
    answer(here, "https://post.example/feed", Listing(entries=(entry(9),)))
    here.answers["https://post.example/robots.txt"] = Failed(kind="status", detail="HTTP 404", status=404)
    poll_to_the_end(context, "post")
    (gap,) = gaps(store, here)
    assert (gap.filled, gap.how) == (0, "nothing was found to fill it: no further page, no sitemap with newer items")
    assert state_of(store, "post").failures == 0


def test_one_known_item_is_enough_to_know_that_nothing_was_missed(context: Context, here, store: RowStore) -> None:
    polled_once(context, here, entry(1), entry(2))
    answer(here, "https://post.example/feed", Listing(entries=(entry(9), entry(8), entry(2))))
    poll_to_the_end(context, "post")
    assert gaps(store, here) == []


def test_items_that_changed_in_place_are_no_gap(context: Context, here, store: RowStore) -> None:
    polled_once(context, here, entry(1))
    answer(here, "https://post.example/feed", Listing(entries=(replace(entry(1), title="Edited"),)))
    poll_to_the_end(context, "post")
    assert gaps(store, here) == []


def test_of_a_watched_page_each_new_paragraph_is_an_entry_and_the_first_look_none(
    context: Context, here, store: RowStore
) -> None:
    page = Source(id="post", name="Post", url="https://post.example/feed", kind="watch")
    context = replace(context, sources={"post": page})
    for number, text in enumerate(("One.", "One.\n\nTwo.", "Two.\n\nOne.", "Two.\n\nThree.")):
        answer(here, page.url, Listing(entries=(Entry(keys=(), title="Notices", content=text),)), body=str(number).encode())
        poll_to_the_end(context, "post")
        here.later(9000)
    with store.reading() as tx:
        rows = tx.entries.of_source("post", 9)
    assert sorted((row.entry.content, row.outcome) for row in rows) == [("Three.", None), ("Two.", None)]
    assert gaps(store, here) == []


def test_a_sitemap_that_drops_what_is_two_days_old_has_no_gap_and_one_that_drops_news_has(
    context: Context, here, store: RowStore
) -> None:
    context = replace(context, sources={"post": replace(NEWS, id="post", url="https://post.example/feed")})
    polled_once(context, here, entry(1))
    here.later(40 * 3600)
    answer(here, "https://post.example/feed", Listing(entries=(entry(2),)))
    poll_to_the_end(context, "post")
    assert gaps(store, here) == []
    here.later(3 * 3600)
    answer(here, "https://post.example/feed", Listing(entries=(entry(3),)))
    poll_to_the_end(context, "post")
    assert len(gaps(store, here)) == 1
    here.later(3 * 86_400)
    answer(here, "https://post.example/feed", Listing(entries=(entry(4),)))
    poll_to_the_end(context, "post")
    assert len(gaps(store, here)) == 1, "for longer than it names its news nobody looked (the other gap is not of this day)"


def test_a_sitemap_that_was_broken_and_empty_has_a_gap_and_one_that_was_rightly_empty_has_none(
    context: Context, here, store: RowStore
) -> None:
    context = replace(context, sources={"post": replace(NEWS, id="post", url="https://post.example/feed")})
    polled_once(context, here, entry(1))
    for number, hours in ((2, 1), (3, 40)):
        changed_at = state_of(store, "post").last_change_at
        answer(here, "https://post.example/feed", Listing(entries=()))
        for _ in range(20):
            here.later(9000)
            poll_to_the_end(context, "post")
        published = here.clock.now() - timedelta(hours=hours)
        here.later(9000)
        answer(here, "https://post.example/feed", Listing(entries=(entry(number, published_at=published),)))
        poll_to_the_end(context, "post")
        assert [gap.since for gap in gaps(store, here)] == ([changed_at] if number == 3 else [])


def test_a_list_that_was_broken_and_empty_has_a_gap_since_then(context: Context, here, store: RowStore) -> None:
    polled_once(context, here, entry(1), entry(2), entry(3))
    answer(here, "https://post.example/feed", Listing(entries=()))
    poll_to_the_end(context, "post")
    emptied_at = here.clock.now()
    for _ in range(3):
        here.later(9000)
        poll_to_the_end(context, "post")
    answer(here, "https://post.example/feed", Listing(entries=(entry(9), entry(8))))
    here.later(9000)
    poll_to_the_end(context, "post")
    (gap,) = gaps(store, here)
    assert gap.since == emptied_at


def test_an_index_of_sitemaps_changes_when_one_of_them_brings_news(context: Context, here, store: RowStore) -> None:
    context = replace(context, sources={"post": replace(NEWS, id="post", url="https://post.example/feed")})
    part = "https://post.example/a.xml"
    answer(here, "https://post.example/feed", Listing(entries=(), follow=(part,)))
    changed_at = []
    for numbers in ((1,), (1,), (1, 2)):
        answer(here, part, Listing(entries=tuple(map(entry, numbers))))
        poll_to_the_end(context, "post")
        changed_at.append(state_of(store, "post").last_change_at)
        here.later(7200)
    assert [at == changed_at[0] for at in changed_at] == [True, True, False]


def test_the_part_of_an_index_that_could_not_be_had_for_weeks_has_a_gap(context: Context, here, store: RowStore) -> None:
    context = replace(context, sources={"post": replace(NEWS, id="post", url="https://post.example/feed")})
    news, old = "https://post.example/news.xml", "https://post.example/old.xml"
    answer(here, "https://post.example/feed", Listing(entries=(), follow=(news, old)))
    answer(here, news, Listing(entries=(entry(1),)))
    answer(here, old, Listing(entries=(entry(2),)))
    for hour in range(9):
        if hour == 1:
            here.answers[news] = Failed(kind="status", detail="HTTP 404", status=404)
        if hour == 8:
            answer(here, news, Listing(entries=(entry(5, published_at=here.clock.now() - timedelta(days=1)),)))
        poll_to_the_end(context, "post")
        here.later(9 * 3600)
    assert [gap.how for gap in gaps(store, here)] == ["a sitemap has no older page"]
