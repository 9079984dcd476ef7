"""Documents that hang, eat memory or kill their reader, each beside good ones."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psutil
import pytest

from monitor.adapters.workers import Workers
from monitor.articles.article import Unreadable
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source
from monitor.stories.sketched import Sketched, sketched

AT = datetime(2024, 6, 1, tzinfo=UTC)
FEED = Source(id="feed", name="Feed", url="https://news.example/feed", kind="feed")
PAGE = Source(id="page", name="Page", url="https://news.example/", kind="page")
GOOD = b"<rss version='2.0'><channel><item><title>Police seize boats</title><link>/1</link></item></channel></rss>"
# feedparser looks for e-mail addresses in authors with a pattern that takes quadratic time.
HANGING = b"<rss version='2.0'><channel><item><author>" + b"a" * 100_000 + b"</author></item></channel></rss>"
HUGE = b"<rss version='2.0'><channel><item><description>" + b"&lt;p&gt;x" * 2_000_000 + b"</description></item></channel></rss>"
ARTICLE = (
    "<html><head><title>Police seize boats</title></head><body><article><h1>Police seize boats</h1>"
    + "".join(f"<p>Officers of unit {n} said on Monday that boats had been found in the strait.</p>" for n in range(12))
    + "</article></body></html>"
).encode()
LONG = ARTICLE.replace(b"</article>", b"<p>Officers said that boats had been found.</p>" * 80_000 + b"</article>")


def fetched(body: bytes) -> Fetched:
    return Fetched(url="https://news.example/feed", status=200, body=body, fetched_at=AT)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2, time_limit_s=4, memory_limit_bytes=100 << 20) as workers:
        yield workers


def readers() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def test_feeds_and_pages_are_read_in_a_worker(workers):
    listing = workers.list_entries(FEED, fetched(GOOD))
    assert isinstance(listing, Listing)
    assert [entry.url for entry in listing.entries] == ["https://news.example/1"]
    article = workers.read_page(PAGE, fetched(ARTICLE), Entry(keys=("url:1",), url="https://news.example/1"))
    assert isinstance(article, Sketched)
    assert article == sketched(article.article)
    assert article.article.headline == "Police seize boats"


def test_a_document_that_hangs_is_given_up_and_delays_nobody(workers):
    outcomes: list[Listing | Unlisted] = []
    hanging = threading.Thread(target=lambda: outcomes.append(workers.list_entries(FEED, fetched(HANGING))))
    hanging.start()
    started = time.monotonic()
    beside = [workers.list_entries(FEED, fetched(GOOD)) for _ in range(20)]
    took_s = time.monotonic() - started
    assert all(isinstance(listing, Listing) for listing in beside)
    assert hanging.is_alive(), "twenty good documents took longer than the limit of the bad one"
    assert took_s < 4
    hanging.join()
    assert outcomes == [Unlisted(reason="the document took more than 4 s to read and was given up")]
    assert isinstance(workers.list_entries(FEED, fetched(GOOD)), Listing)


def test_large_documents_are_read_one_after_the_other_and_leave_a_reader_to_the_small_ones():
    body = HANGING.replace(b"</channel>", b"<!--" + b"x" * 2_000_000 + b"--></channel>")
    with Workers(2, time_limit_s=4) as workers:
        large = [threading.Thread(target=workers.list_entries, args=(FEED, fetched(body))) for _ in range(2)]
        for each in large:
            each.start()
        for _ in range(20):
            assert isinstance(workers.list_entries(FEED, fetched(GOOD)), Listing)
        assert all(each.is_alive() for each in large), "the small documents had to wait for the large ones"
    for each in large:
        each.join()


def test_a_document_that_eats_memory_is_given_up(workers):
    outcome = workers.list_entries(FEED, fetched(HUGE))
    assert outcome == Unlisted(reason="the document took more than 100 MiB to read and was given up")
    assert isinstance(workers.list_entries(FEED, fetched(GOOD)), Listing)


def test_a_small_document_that_grows_large_leaves_nothing_behind():
    before = readers()
    with Workers(1) as workers:
        workers.list_entries(FEED, fetched(GOOD))
        (reader,) = readers() - before
        small = psutil.Process(reader).memory_info().rss
        workers.list_entries(PAGE, fetched(b"<table><tr><td>" * 40_000))
        workers.list_entries(FEED, fetched(GOOD))  # is read once all is tidied up
        assert psutil.Process(reader).memory_info().rss < small + (30 << 20)


def test_a_page_whose_tree_does_not_fit_into_memory_is_given_up(workers):
    outcome = workers.read_page(PAGE, fetched(b"<h1>x</h1>" + b"<br>" * 1_250_000), Entry(keys=("url:1",)))
    assert outcome == Unreadable(reason="the document took more than 100 MiB to read and was given up")


def test_a_charset_is_known_however_little_memory_is_left():
    found = {}
    with Workers(count=1, memory_limit_bytes=0) as short_of_memory:
        for charset in ("gb18030", "big5", "shift_jis", "euc_kr", "iso2022_jp"):
            feed = f"<?xml version='1.0' encoding='{charset}'?><rss><channel><item><title>警察</title></item></channel></rss>"
            listing = short_of_memory.list_entries(FEED, fetched(feed.encode(charset)))
            found[charset] = listing.entries[0].title if isinstance(listing, Listing) else listing
    assert set(found.values()) == {"警察"}


@pytest.mark.parametrize(
    "read",
    [
        lambda workers: workers.list_entries(FEED, fetched(HANGING)),
        lambda workers: workers.read_page(PAGE, fetched(LONG), Entry(keys=("url:1",))),
    ],
    ids=["feed", "page"],
)
def test_a_reader_that_is_killed_at_work_costs_only_its_document(read):
    outcomes: list[Unlisted | Unreadable] = []
    before = readers()
    with Workers(1, time_limit_s=30) as workers:  # of two, one may still be loading its libraries and be the busier
        workers.list_entries(FEED, fetched(GOOD))
        hanging = threading.Thread(target=lambda: outcomes.append(read(workers)))
        hanging.start()
        os.kill(_busiest(readers() - before), 9)
        hanging.join()
        assert isinstance(outcomes[0], (Unlisted, Unreadable))
        assert outcomes[0].reason == "the document made its reader crash (exit code -9)"
        assert isinstance(workers.list_entries(FEED, fetched(GOOD)), Listing)


def test_idle_readers_that_are_killed_are_started_again(workers):
    workers.list_entries(FEED, fetched(GOOD))
    before = readers()
    for child in multiprocessing.active_children():
        child.kill()
        child.join()
    assert isinstance(workers.list_entries(FEED, fetched(GOOD)), Listing)
    assert readers().isdisjoint(before)


def test_closing_frees_whoever_waits_and_leaves_no_process():
    before = readers()
    workers = Workers(1, time_limit_s=30)
    outcomes: list[Listing | Unlisted] = []
    workers.list_entries(FEED, fetched(GOOD))
    hanging = threading.Thread(target=lambda: outcomes.append(workers.list_entries(FEED, fetched(HANGING))))
    hanging.start()
    _busiest(readers() - before)
    workers.close()
    workers.close()
    hanging.join()
    assert isinstance(outcomes[0], Unlisted)
    assert workers.list_entries(FEED, fetched(GOOD)) == Unlisted(reason="the readers have been stopped")
    assert not readers() - before


def _busiest(pids: set[int]) -> int:
    """The process that burns time while the others wait."""
    processes = [psutil.Process(pid) for pid in pids]
    idle = {process.pid: sum(process.cpu_times()[:2]) for process in processes}
    while True:
        for process in processes:
            if sum(process.cpu_times()[:2]) > idle[process.pid] + 0.1:
                return process.pid
