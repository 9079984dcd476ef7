"""An item stays the same item: the rows C90 to C99 of the polling criteria."""

from __future__ import annotations

import pytest

from monitor.sources.identity import Marks, keys

FRONTS = ("https://news.example/feed", "https://news.example/")


def mark(
    guid: str | None = "g1", link: str | None = "https://news.example/1", title: str | None = "Raid", text: str | None = None
) -> Marks:
    return Marks(guid=guid, link=link, title=title, text=text)


def is_known(before: Marks, after: Marks) -> bool:
    """Whether the later item shares a key with the earlier one, each alone in its document."""
    ((earlier,), (later,)) = keys([before], FRONTS), keys([after], FRONTS)
    return bool(set(earlier) & set(later))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (mark(), mark(link="https://news.example/1?utm_source=x&fbclid=y#top")),
        (mark(), mark(guid="g2")),
        (mark(), mark(title="Raid, updated")),
        (mark(), mark(link="https://news.example/moved")),
        (mark(guid="http://news.example/?p=1"), mark(guid="https://www.news.example/?p=1", link="https://news.example/elsewhere")),
        (mark(guid=None), mark(guid=None, link="http://www.news.example/1/")),
        (mark(guid=None, link=None, text="Same words"), mark(guid=None, link=None, text="Same words")),
        (mark(guid="g1", link=None), mark(guid="g2", link=None)),
        (mark(guid="g1", link="https://news.example/"), mark(guid="g2", link="https://news.example/")),
    ],
    ids=[
        "tracking", "guid churns", "title edited", "link moved", "guid to https and www", "link to http and www", "neither guid nor link",
        "guid churns without a link", "guid churns and all link to the front page",
    ],
)  # fmt: skip
def test_the_same_item_is_known_again(before, after):
    assert is_known(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (mark(), mark(guid="g2", link="https://news.example/2")),
        (mark(guid=None, link=None, text="One"), mark(guid=None, link=None, text="Two")),
        (mark(guid=None, link="https://news.example/?id=1"), mark(guid=None, link="https://news.example/?id=2")),
        (mark(guid="https://news.example/feed", link=None), mark(guid="https://news.example/feed", link=None, title="Other")),
        (mark(guid=None, link="https://news.example/"), mark(guid=None, link="https://news.example/", title="Other")),
    ],
    ids=["guid and link", "text", "query", "guid is the feed", "link is the front page"],
)
def test_another_item_is_new(before, after):
    assert not is_known(before, after)


def test_one_guid_on_all_items_says_nothing():
    items = [mark(guid="same", link=f"https://news.example/{n}", title=f"Raid {n}") for n in range(18)]
    found = keys(items, FRONTS)
    assert len({key for ladder in found for key in ladder}) == 18
    assert all(ladder[0].startswith("url:") for ladder in found)


def test_one_link_on_all_items_says_nothing():
    items = [mark(guid=None, link="https://news.example/app?x=1", title=f"Raid {n}") for n in range(5)]
    found = keys(items, FRONTS)
    assert len({key for ladder in found for key in ladder}) == 5
    assert all(ladder[0].startswith("text:") for ladder in found)


@pytest.mark.parametrize("link", ["/", "https://news.example/#!/news/{}", "https://news.example/feed"])
def test_items_that_link_to_a_front_page_are_read_for_themselves(listed, link):
    """The first of them would be read as the front page, and all others be known by its address."""
    items = "".join(
        f"<item><title>Raid {n}</title><link>{link.format(n)}</link><description>Text {n}</description></item>" for n in "12"
    )
    entries = listed(f"<rss><channel>{items}</channel></rss>").entries
    assert [(entry.title, entry.url) for entry in entries] == [("Raid 1", None), ("Raid 2", None)]


def test_an_item_listed_twice_is_one(listed):
    item = "<item><title>Raid</title><guid>1</guid><link>/1</link></item>"
    listing = listed(f"<rss><channel>{item}{item}<item/></channel></rss>")
    assert len(listing.entries) == 1


def test_the_same_address_has_the_same_key_in_every_source():
    ((_, feed),) = keys([mark()], FRONTS)
    ((page,),) = keys([Marks(link="http://news.example/1")], ("https://other.example/",))
    assert feed == page
