"""A page without items: what is new on it is news, what moved or went is not."""

from __future__ import annotations

import base64

import pytest

from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Listing, Unlisted
from monitor.sources.links import behind
from monitor.sources.listing import list_entries
from monitor.sources.source import Selectors, Source
from monitor.sources.watch import news_of

NOTICES = """<html><head><title>Wanted persons</title></head><body><nav>Home Contact</nav><div id=now>12:{minute}</div>
<main><p>Police look for the owner of a grey boat.</p>{more}</main><footer>All rights</footer></body></html>"""
NEW = "<p>ASEANAPOL asks for word of two men last seen at the pier.</p>"


@pytest.fixture
def look(now):
    def at(body: str, seen: bytes = b"", **selectors: str) -> tuple[Listing, bytes]:
        source = Source(id="w", name="W", url="https://news.example/wanted", kind="watch", selectors=Selectors(**selectors))
        listing = list_entries(source, Fetched(url=source.url, status=200, body=body.encode(), fetched_at=now))
        assert isinstance(listing, Listing), listing
        news = news_of(listing, seen)
        return news.listing, news.seen

    return at


def test_at_the_first_look_nothing_is_news(look):
    listing, seen = look(NOTICES.format(minute=1, more=""))
    assert listing.entries == ()
    assert seen


def test_a_new_paragraph_is_an_entry_with_the_title_of_the_page_and_no_other_text(look):
    _, seen = look(NOTICES.format(minute=1, more=""), text="main")
    listing, _ = look(NOTICES.format(minute=2, more=NEW), seen, text="main")
    (entry,) = listing.entries
    assert (entry.title, entry.url) == ("Wanted persons", None)
    assert entry.content == "ASEANAPOL asks for word of two men last seen at the pier."


def test_what_is_moved_taken_away_or_removed_by_the_selector_is_no_news(look):
    _, seen = look(NOTICES.format(minute=1, more=NEW), remove="#now")
    assert look(NOTICES.format(minute=2, more=""), seen, remove="#now")[0].entries == ()
    turned = NOTICES.replace("<main>", "<main>" + NEW).format(minute=3, more="")
    assert look(turned, seen, remove="#now")[0].entries == ()


def test_without_a_selector_everything_outside_the_navigation_counts(look):
    _, seen = look(NOTICES.format(minute=1, more=""))
    listing, _ = look(NOTICES.format(minute=2, more=""), seen)
    assert [entry.content for entry in listing.entries] == ["12:2"]


CLOCKS = """<p>{day} November 2024, {hour}:05</p><p>วันที่ {day} พฤศจิกายน 2567</p><table><tr><td>Visitors today</td><td>{visits}</td></tr>
<tr><td>USD</td><td>35.{visits}</td></tr></table><p>Updated {hour} minutes ago</p>"""


def test_what_only_counts_is_news_once_and_never_again(look):
    looked = [CLOCKS.format(day=day, hour=day + 9, visits=100 + 7 * day) for day in range(1, 30)]
    _, seen = look(NOTICES.format(minute=1, more=""), text="main")
    told = []
    for day, clocks in enumerate(looked):
        listing, seen = look(NOTICES.format(minute=1, more=clocks + (NEW if day > 20 else "")), seen, text="main")
        told += [(day, entry.content) for entry in listing.entries]
    assert [day for day, _ in told] == [0, 21]
    assert told[1][1] == "ASEANAPOL asks for word of two men last seen at the pier."


def test_numbers_in_a_list_of_like_lines_and_in_long_lines_are_news_each_time(look):
    def rows(last: int) -> str:
        rewards = (
            f"<p>The reward for word of the two men who were last seen at the pier at night is now {last},000 dollars.</p>"
        )
        return "".join(f"<p>Notice {n} of 2024</p>" for n in range(last - 3, last)) + rewards

    seen = b""
    told = []
    for last in range(10, 14):
        listing, seen = look(NOTICES.format(minute=1, more=rows(last)), seen)
        told += [entry.content.split("\n\n") for entry in listing.entries]
    assert [len(lines) for lines in told] == [2, 2, 2]
    assert [lines[0] for lines in told] == ["Notice 10 of 2024", "Notice 11 of 2024", "Notice 12 of 2024"]


def test_what_comes_and_goes_is_news_once(look):
    cookies = "<p>We use cookies to make this site better for you.</p>"
    _, seen = look(NOTICES.format(minute=1, more=""))
    told = []
    for turn in range(8):
        listing, seen = look(NOTICES.format(minute=1, more=cookies if turn % 2 else ""), seen)
        told += [turn] * len(listing.entries)
    assert told == [1]


def test_a_page_that_stands_in_one_form_is_read_and_a_form_on_it_is_not(look):
    page = "<form id=aspnetForm><main><p>Police look for the owner of a boat.</p>{}</main><form><p>Search</p></form></form>"
    _, seen = look(page.format(""))
    listing, _ = look(page.format(NEW), seen)
    assert [entry.content for entry in listing.entries] == ["ASEANAPOL asks for word of two men last seen at the pier."]


def test_a_page_with_a_login_form_in_a_corner_and_its_guards_script_is_no_login_page_and_no_bot_check(look):
    notice = "<p>" + "Police ask for word of a boat that left the pier at night. " * 10 + "</p>"
    corners = "<form><input type=password></form><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    _, seen = look(NOTICES.format(minute=1, more=notice + corners))
    assert look(NOTICES.format(minute=1, more=notice + corners + NEW), seen)[0].entries
    guards = "<script>a.src='/cdn-cgi/challenge-platform/h/g/scripts/jsd/x.js'</script><script src='/_Incapsula_Resource?SWJIYLWA=7'>"
    assert look(f"<p>Wanted: two men.</p>{guards}</script>")[1]


@pytest.mark.parametrize(
    ("body", "selectors", "cause"),
    [
        ("<form><input type=password></form>", {}, "login page"),
        ("<script>window.gokuProps = {}</script><h1>JavaScript is disabled</h1>", {}, "blocked"),
        ("<title>Sucuri WebSite Firewall - Access Denied</title>Access denied", {}, "blocked"),
        ("<script>window._cf_chl_opt={}</script>One moment", {}, "blocked"),
        ("<html><body><script>1</script></body></html>", {}, "empty"),
        ("<p>Text</p>", {"text": ".gone"}, "selector rot"),
    ],
)
def test_a_page_that_shows_nothing_says_why(now, body, selectors, cause):
    source = Source(id="w", name="W", url="https://news.example/w", kind="watch", selectors=Selectors(**selectors))
    found = list_entries(source, Fetched(url=source.url, status=200, body=body.encode(), fetched_at=now))
    assert isinstance(found, Unlisted)
    assert found.cause == cause


TARGET = "https://news.example/2024/06/01/story?id=1"
TOKEN = (
    base64.urlsafe_b64encode(b"\x08\x13\x22" + bytes([len(TARGET)]) + TARGET.encode() + b"\xd2\x01\x00").decode().rstrip("=")
)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (f"https://news.google.com/rss/articles/{TOKEN}?oc=5", TARGET),
        (f"https://www.google.com/url?rct=j&sa=t&url={TARGET}&ct=ga", TARGET),
        (f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url={TARGET}", TARGET),
        ("https://news.google.com/rss/articles/CBMiAAAAAAAAAAAAAAAAAAAAAAAA?oc=5", None),
        ("https://www.google.com/url?url=javascript:alert(1)", None),
        ("https://news.example/url?url=https://elsewhere.example/", None),
    ],
    ids=["Google News", "Google Alerts", "Bing News", "hidden", "no web address", "any other site"],
)
def test_the_link_behind_the_redirector_of_a_search_service_is_the_article(url, target):
    assert behind(url) == (target or url)
