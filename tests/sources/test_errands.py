"""The further addresses of a poll, judged without a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.fetching.outcome import Failed, Fetched, NotModified, Outcome, Throttled
from monitor.sources.entry import Entry, Listing
from monitor.sources.errands import MOST_PAGES, after_errand, begin_filling, begin_parts, further, sitemaps_in, within_gap
from monitor.sources.source import Source
from monitor.sources.state import Errand, SourceState

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
SOURCE = Source(id="news", name="News", url="https://news.example/index.xml", kind="sitemap", interval_s=3_600)
FRESH = SourceState(source_id="news", next_poll_at=NOW)
INDEX = Listing(entries=(), follow=("https://news.example/a.xml", "https://news.example/b.xml"))
FAILED = Failed(kind="status", detail="HTTP 404 Not Found", status=404)


def fetched(body: bytes = b"x", url: str = "https://news.example/robots.txt", **headers: str) -> Fetched:
    return Fetched(url=url, status=200, body=body, fetched_at=NOW, headers=headers)


def run(state: SourceState, outcome: Outcome, listing: Listing | None = None, new: int = 0) -> SourceState:
    return after_errand(SOURCE, state, outcome, listing, new, (), NOW, 0.0)


def test_the_sitemaps_of_an_index_are_due_at_once_and_only_the_last_ends_the_poll() -> None:
    state = begin_parts(FRESH, replace(FRESH, last_success_at=NOW), INDEX, NOW)
    assert [errand.url for errand in state.errands] == list(INDEX.follow)
    assert (state.next_poll_at, state.last_success_at) == (NOW, None)
    state = run(state, fetched(etag='"1"'), Listing(entries=(Entry(keys=("1",)),)), 1)
    assert (state.next_poll_at, state.last_success_at, state.last_change_at) == (NOW, None, NOW)
    state = run(state, fetched(etag='"2"'), Listing(entries=()))
    assert (state.errands, state.last_success_at, state.listed) == ((), NOW, 1)
    assert state.next_poll_at == NOW + timedelta(hours=1)


def test_a_part_is_asked_for_conditionally_the_next_time() -> None:
    state = begin_parts(FRESH, FRESH, INDEX, NOW)
    state = run(run(state, fetched(etag='"1"'), Listing(entries=(Entry(keys=("1",)),))), NotModified(fetched_at=NOW))
    again = begin_parts(state, state, INDEX, NOW)
    assert [(errand.etag, errand.listed) for errand in again.errands] == [('"1"', 1), (None, 0)]


def test_a_part_that_cannot_be_had_costs_the_others_nothing() -> None:
    state = run(run(begin_parts(FRESH, FRESH, INDEX, NOW), FAILED), fetched(), Listing(entries=()))
    assert (state.failures, state.last_error, state.last_success_at) == (0, None, NOW)
    assert state.parts[0].error == "https://news.example/a.xml: HTTP 404 Not Found"


def test_a_poll_of_which_no_part_can_be_had_has_failed() -> None:
    state = run(run(begin_parts(FRESH, FRESH, INDEX, NOW), FAILED), FAILED)
    assert (state.failures, state.trouble) == (1, "dead")
    assert "HTTP 404" in (state.last_error or "")


def test_a_server_that_asks_for_less_ends_the_poll() -> None:
    state = run(begin_parts(FRESH, FRESH, INDEX, NOW), Throttled(status=429, retry_after_s=14_400))
    assert (state.errands, state.failures) == ((), 1)
    assert state.next_poll_at == NOW + timedelta(hours=4)
    filling = replace(FRESH, errands=(Errand(url="https://news.example/robots.txt", purpose="robots"),))
    state = run(filling, Throttled(status=429, retry_after_s=14_400))
    assert (state.errands, state.failures, state.next_poll_at) == ((), 0, NOW + timedelta(hours=4))


def test_a_gap_is_looked_into_on_the_next_page_or_else_by_the_sitemaps_of_the_site() -> None:
    paged = begin_filling(SOURCE, FRESH, Listing(entries=(), next_url="https://news.example/feed?paged=2"), NOW)
    assert paged.errands == (Errand(url="https://news.example/feed?paged=2", purpose="page"),)
    bare = begin_filling(SOURCE, FRESH, Listing(entries=()), NOW)
    assert bare.errands == (Errand(url="https://news.example/robots.txt", purpose="robots"),)


def test_the_sitemaps_of_a_robots_file_come_news_first() -> None:
    body = b"User-agent: *\nSitemap: https://news.example/all.xml\nsitemap:/news.xml \nSitemap: ftp://x/y\nDisallow: /a\n"
    assert sitemaps_in(fetched(body)) == ("https://news.example/news.xml", "https://news.example/all.xml")


PAGE = Errand(url="https://news.example/feed?paged=2", purpose="page")
MORE = Listing(entries=(Entry(keys=("1",)),), next_url="https://news.example/feed?paged=3")


@pytest.mark.parametrize(
    ("errand", "listing", "joined", "walked", "urls"),
    [
        (PAGE, MORE, False, 1, ["https://news.example/feed?paged=3"]),
        (PAGE, MORE, True, 1, []),
        (PAGE, MORE, False, MOST_PAGES, []),
        (PAGE, Listing(entries=(), next_url="https://news.example/3"), False, 1, []),
        (PAGE, None, False, 1, []),
        (replace(PAGE, purpose="sitemap"), INDEX, False, 1, ["https://news.example/a.xml"]),
    ],
    ids=["all new: one more", "known items: joined", "five pages are enough", "an empty page", "no answer", "an index"],
)
def test_how_far_a_gap_is_followed(errand, listing, joined, walked, urls) -> None:
    assert [each.url for each in further(errand, listing, (), joined, walked)] == urls


def test_of_a_sitemap_only_what_is_dated_within_the_gap_may_have_been_missed() -> None:
    old, recent, undated = (
        Entry(keys=("1",), published_at=NOW - timedelta(days=3)),
        Entry(keys=("2",), updated_at=NOW - timedelta(hours=3)),
        Entry(keys=("3",)),
    )
    assert within_gap((old, recent, undated), NOW - timedelta(hours=4)) == (recent,)
    assert within_gap((recent,), None) == ()
