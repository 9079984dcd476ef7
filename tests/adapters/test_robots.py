"""Pages are fetched only where robots.txt lets us (RFC 9309)."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from monitor.fetching.outcome import Failed, Fetched, Refused, Request, Throttled
from monitor.store.database import open_store


@pytest.fixture
def page(site, answer):
    site.answers["/news/1"] = answer(b"<html>")
    site.answers["/private/1"] = answer(b"<html>")
    return Request(url=site.url("/news/1"), check_robots=True)


def test_the_rules_are_read_first_and_once_a_day(site, fetch, answer, page, still_clock):
    site.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private\nCrawl-delay: 0.01\n")
    assert isinstance(fetch(page), Fetched)
    assert fetch(Request(url=site.url("/private/1"), check_robots=True)) == Refused(
        reason=f"{site.url('/robots.txt')} does not allow this page"
    )
    still_clock.move(86_000)
    fetch(page)
    assert site.paths() == ["/robots.txt", "/news/1", "/news/1"]
    still_clock.move(500)
    fetch(page)
    assert site.paths()[3:] == ["/robots.txt", "/news/1"]
    assert fetch.crawl_delay_s(f"127.0.0.1:{site.port}") == 0.01


def test_the_rules_outlive_the_program_that_read_them(site, new_fetch, answer, page, still_clock):
    site.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private\nCrawl-delay: 0.01\n")
    with closing(open_store("sqlite://")) as store:
        new_fetch(store=store)(page)
        still_clock.move(86_000)
        again = new_fetch(store=store)
        assert isinstance(again(page), Fetched)
        assert isinstance(again(Request(url=site.url("/private/1"), check_robots=True)), Refused)
        assert again.crawl_delay_s(f"127.0.0.1:{site.port}") == 0.01
        assert site.paths() == ["/robots.txt", "/news/1", "/news/1"]
        still_clock.move(500)
        new_fetch(store=store)(page)
        assert site.paths()[3:] == ["/robots.txt", "/news/1"]


def test_the_host_rests_between_its_rules_and_its_page(site, new_fetch, answer, page):
    at = []
    for path in ("/robots.txt", "/news/1"):
        site.answers[path] = lambda connection: (at.append(time.monotonic()), connection.sendall(answer(b"")))
    new_fetch(host_gap_s=0.1)(page)
    assert at[1] - at[0] >= 0.1


def test_a_feed_is_fetched_without_asking(site, fetch, answer, page):
    site.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /\n")
    assert isinstance(fetch(Request(url=page.url)), Fetched)
    assert site.paths() == ["/news/1"]


@pytest.mark.parametrize("status", ["404 Not Found", "401 Unauthorized", "410 Gone", "403 Forbidden"])
def test_no_rules_allow_everything(site, fetch, answer, page, status):
    site.answers["/robots.txt"] = answer(status=status)
    assert isinstance(fetch(page), Fetched)
    assert fetch.crawl_delay_s(f"127.0.0.1:{site.port}") is None


@pytest.mark.parametrize("status", ["500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"])
def test_a_server_in_trouble_is_left_alone_for_an_hour(site, fetch, answer, page, still_clock, status):
    site.answers["/robots.txt"] = answer(status=status)
    assert isinstance(fetch(page), Failed | Throttled)
    outcome = fetch(page)
    assert isinstance(outcome, Failed)
    assert outcome.detail.startswith("robots.txt: HTTP")
    assert site.paths() == ["/robots.txt"]
    still_clock.move(3_700)
    site.answers["/robots.txt"] = answer(b"")
    assert isinstance(fetch(page), Fetched)


def test_a_server_that_is_asked_for_its_rules_too_often_is_left_alone_for_as_long_as_it_says(
    site, fetch, answer, page, still_clock
):
    site.answers["/robots.txt"] = answer(status="429 Too Many Requests", Retry_After="18000")
    assert fetch(page) == Throttled(status=429, retry_after_s=18_000)
    still_clock.move(17_000)
    assert isinstance(fetch(page), Failed)
    assert site.paths() == ["/robots.txt"]
    still_clock.move(1_100)
    site.answers["/robots.txt"] = answer(b"")
    assert isinstance(fetch(page), Fetched)


def test_known_rules_outlive_a_server_in_trouble(site, fetch, answer, page, still_clock):
    site.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private\n")
    fetch(page)
    still_clock.move(90_000)
    site.answers["/robots.txt"] = answer(status="500 Oops")
    assert isinstance(fetch(page), Fetched)
    assert isinstance(fetch(Request(url=site.url("/private/1"), check_robots=True)), Refused)


def test_a_redirected_robots_txt_is_followed(site, fetch, answer, page):
    site.answers["/robots.txt"] = answer(status="301 Moved", Location="/rules")
    site.answers["/rules"] = answer(b"User-agent: *\nDisallow: /news\n")
    assert isinstance(fetch(page), Refused)


def test_a_page_that_redirects_is_judged_again_where_it_leads(site, fetch, answer, page):
    site.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private\n")
    site.answers["/news/1"] = answer(status="302 Found", Location="/private/1")
    assert isinstance(fetch(page), Refused)
    assert "/private/1" not in site.paths()


def test_an_endless_robots_txt_is_cut_and_used(site, fetch, answer, page):
    site.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /news\n" + b"# more\n" * 100_000)
    assert isinstance(fetch(page), Refused)


def test_a_robots_txt_that_hangs_ends_with_the_deadline(site, new_fetch, page):
    site.answers["/robots.txt"] = lambda connection: site.stopped.wait(5)
    outcome = new_fetch(deadline_s=0.2)(page)
    site.stopped.set()
    assert isinstance(outcome, Failed)
    assert outcome.kind == "timeout"


def test_a_throttled_page_is_still_throttled(site, fetch, answer, page):
    site.answers["/news/1"] = answer(status="429 Too Many Requests", Retry_After="5")
    assert fetch(page) == Throttled(status=429, retry_after_s=5)
