"""Feeds that any reader can subscribe to: ours can."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from monitor.articles.article import Article
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Listing
from monitor.sources.listing import list_entries
from monitor.sources.source import Source


@pytest.fixture
def listed(filled, basic):
    """What our own reader finds in a feed of the desk."""

    def listed(path: str) -> Listing:
        answer = filled.client.get(path, headers=basic)
        assert answer.status_code == 200, answer.text
        url = f"http://127.0.0.1:8765{path}"
        fetched = Fetched(url=url, status=200, headers=dict(answer.headers), body=answer.content, fetched_at=filled.clock.now())
        listing = list_entries(Source(id="desk", name="Desk", url=url, kind="feed"), fetched)
        assert isinstance(listing, Listing), listing
        return listing

    return listed


@pytest.mark.parametrize("form", ["atom", "json"])
def test_a_reader_finds_every_alert_with_its_receipt(listed, form: str) -> None:
    entries = listed(f"/feeds/all.{form}").entries
    assert [entry.title for entry in entries] == [
        "Bắt đường dây ma túy ở Hà Nội",
        "ตำรวจเชียงรายยึดยาบ้าหกล้านเม็ด",
        "Court hears human trafficking case",
        "Heroin hidden in mango crates",
    ]
    assert all(entry.url and "/stories/" in entry.url for entry in entries)
    content = entries[3].content or entries[3].summary
    assert content is not None
    assert "Heroin lay beneath" in content
    assert content.count("(Drug trafficking)") == 1, "once, though headline and text have it"


def test_the_words_that_matched_are_marked(filled, basic) -> None:
    for item in filled.client.get("/feeds/drugs.json", headers=basic).json()["items"]:
        assert "<mark>" in item["content_html"]


@pytest.mark.parametrize("form", ["atom", "json"])
def test_a_rule_has_a_feed_of_its_own(listed, filled, basic, form: str) -> None:
    (entry,) = listed(f"/feeds/people.{form}").entries
    assert entry.title == "Court hears human trafficking case"
    assert filled.client.get(f"/feeds/nobody.{form}", headers=basic).status_code == 404
    assert filled.client.get("/feeds/people.rss", headers=basic).status_code == 422


def test_ids_are_those_of_the_alerts_in_both_forms(filled, basic) -> None:
    with filled.store.reading() as tx:
        ids = [f"urn:uuid:{each.alert.id}" for each in tx.alerts.newest(9)]
    atom = ElementTree.fromstring(filled.client.get("/feeds/all.atom", headers=basic).content)
    assert [each.text for each in atom.findall("{*}entry/{*}id")] == ids
    assert [item["id"] for item in filled.client.get("/feeds/all.json", headers=basic).json()["items"]] == ids


def test_what_rfc_4287_asks_for_is_there(filled, basic) -> None:
    answer = filled.client.get("/feeds/all.atom", headers=basic)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    atom = ElementTree.fromstring(answer.content)
    for element in (atom, *atom.findall("{*}entry")):
        for name in ("id", "title", "updated", "author/{*}name"):
            assert (element.findtext(f"{{*}}{name}") or "").strip(), name
    assert atom.find("{*}link[@rel='self']").get("href") == "http://127.0.0.1:8765/feeds/all.atom"


def test_an_empty_feed_is_a_feed(empty, basic) -> None:
    atom = ElementTree.fromstring(empty.client.get("/feeds/all.atom", headers=basic).content)
    assert atom.findtext("{*}updated")
    assert empty.client.get("/feeds/all.json", headers=basic).json()["items"] == []


def test_a_json_feed_says_its_version_and_the_words_that_matched(filled, basic) -> None:
    answer = filled.client.get("/feeds/people.json", headers=basic)
    assert answer.headers["content-type"] == "application/feed+json"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["external_url"] == "https://post.example/1"
    assert "human trafficking" in [each["words"] for each in feed["items"][0]["_monitor"]["receipt"]]


def test_the_list_of_feeds_names_them_where_people_reach_them(make_desk, basic) -> None:
    desk = make_desk(public_url="https://desk.police.example/")
    opml = ElementTree.fromstring(desk.client.get("/feeds.opml", headers=basic).content)
    assert [each.get("xmlUrl") for each in opml.iter("outline")] == [
        f"https://desk.police.example/feeds/{name}.atom" for name in ("all", "drugs", "people")
    ]


def test_hostile_text_is_text_in_a_feed(empty, basic) -> None:
    source = Source(id="post", name="A <b>& B", url="https://post.example/feed", kind="feed")
    article = Article(
        headline="</title><script>alert(1)</script> heroin",
        paragraphs=("]]> heroin <img src=x onerror=alert(2)>",),
        url="https://post.example/x",
    )
    empty.publish(source, article)
    atom = ElementTree.fromstring(empty.client.get("/feeds/all.atom", headers=basic).content)
    assert atom.findtext("{*}entry/{*}title") == article.headline
    content = atom.findtext("{*}entry/{*}content") or ""
    assert "<img" not in content
    assert "&lt;img src=x onerror=alert(2)&gt;" in content
