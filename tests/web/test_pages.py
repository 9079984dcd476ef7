"""What the pages show, and that each says what to do next when there is nothing to show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.articles.article import Article
from monitor.rules.match import Verdict
from monitor.sources.source import Source
from monitor.stories.facts import NO_FACTS
from monitor.stories.sketched import sketched
from monitor.web import search

POST = Source(id="post", name="Harbour Post", url="https://post.example/feed", kind="feed", language="en", country="SG")


def headlines(page: str) -> list[str]:
    found = re.findall(r"<h[23] lang[^>]*><a [^>]*>(.*?)</a></h[23]>", page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", each) for each in found]


def test_the_desk_opens_with_what_rules_matched_newest_first(inside) -> None:
    page = inside.page("/")
    assert headlines(page) == [
        "Bắt đường dây ma túy ở Hà Nội",
        "ตำรวจเชียงรายยึดยาบ้าหกล้านเม็ด",
        "Court hears human trafficking case",
        "Heroin hidden in mango crates",
    ]
    assert "ตำรวจ<mark>เชียงราย</mark>" in page or "<mark>ยาบ้า</mark>" in page
    assert "<mark>Heroin</mark> hidden" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("q=mango", ["Heroin hidden in mango crates"], id="a word, among what matched"),
        pytest.param(
            "q=mango&show=all", ["Mango festival ends with fireworks", "Heroin hidden in mango crates"], id="among all"
        ),
        pytest.param("q=@crime/* AND lang:th", ["ตำรวจเชียงรายยึดยาบ้าหกล้านเม็ด"], id="the language of the rules"),
        pytest.param("rule=people", ["Court hears human trafficking case"], id="a rule"),
        pytest.param(
            "crime=crime/drug-trafficking&country=country/vn",
            ["Bắt đường dây ma túy ở Hà Nội", "Heroin hidden in mango crates"],
            id="a crime in a country",
        ),
        pytest.param("language=vi", ["Bắt đường dây ma túy ở Hà Nội"], id="a language"),
        pytest.param("source=dao", ["ตำรวจเชียงรายยึดยาบ้าหกล้านเม็ด"], id="a source"),
        pytest.param("since=2026-11-25", [], id="a day that is still to come"),
        pytest.param("q=zebra", [], id="nothing"),
    ],
)
def test_stories_can_be_searched_and_filtered(inside, asked: str, found: list[str]) -> None:
    page = inside.page(f"/stories?{asked}")
    assert headlines(page) == found
    assert ("atches</h2>" in page) == (not found), "an empty page says so"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("(heroin", "", id="a bracket left open"),
        pytest.param("@crime/drug-traficking", "@crime/drug-trafficking", id="a vocabulary misspelt"),
        pytest.param("a AND b OR c", "AND and OR stand side by side", id="two readings"),
    ],
)
def test_a_query_that_cannot_be_read_is_pointed_at(inside, query: str, said: str) -> None:
    page = inside.client.get("/stories", params={"q": query})
    assert page.status_code == 200
    assert 'class="complaint"' in page.text
    assert 'class="bad"' in page.text
    assert said in page.text


@pytest.mark.parametrize("day", ["yesterday", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_a_day_that_is_none_is_said_and_not_searched(inside, day: str) -> None:
    for name in ("since", "until"):
        page = inside.page(f"/stories?{name}={day}")
        assert f"{day} is not a day" in page
        assert headlines(page) == []


def test_a_span_of_centuries_is_drawn(inside) -> None:
    assert 'class="chart"' in inside.page("/stories?since=1900-01-01&until=2199-12-31")


def test_counts_over_time_stand_in_the_page_and_lead_to_their_day(inside) -> None:
    page = inside.page("/stories")
    assert 'class="chart"' in page
    assert "24 Nov 2026: 4" in page
    assert "since=2026-11-24&amp;until=2026-11-24" in page
    assert "Count over time" in inside.page("/stories?q=heroin"), "a search is counted when that is asked for"
    assert "24 Nov 2026: 1" in inside.page("/stories?q=mango&count=1")


def test_pages_of_stories_go_on_where_the_last_ended_and_show_no_story_twice(empty) -> None:
    by_story = {}
    for number in range(70):
        text = " ".join(f"word{number * 31 + each}" for each in range(60))
        article = Article(
            headline=f"Heroin case {number}", paragraphs=(text,), url=f"https://post.example/{number}", language="en"
        )
        from_conftest = empty.publish(POST, article, at=empty.clock.now() + timedelta(minutes=number))
        by_story.setdefault(from_conftest, []).append(number)
    again = Article(
        headline="Heroin case 3",
        paragraphs=(" ".join(f"word{3 * 31 + each}" for each in range(60)),),
        url="https://dao.example/x",
    )
    joined = empty.publish(
        Source(id="dao", name="Dao", url="https://dao.example/", kind="feed"), again, at=empty.clock.now() + timedelta(hours=2)
    )
    assert by_story[joined] == [3], "a copy joins the story of the original"
    empty.log_in()
    for query in ("", "&q=heroin"):
        shown, address = [], f"/stories?show=all{query}"
        while address:
            page = empty.page(address)
            shown += headlines(page)
            older = re.search(r'<a class="button" href="([^"]*after=[^"]*)">Older', page)
            address = older[1].replace("&amp;", "&") if older else ""
        assert len(shown) == len(by_story) == 70
        assert shown[0] == "Heroin case 3", "at the place of its newest article"
        assert len(set(shown)) == 70


def test_a_row_that_was_shown_before_shows_what_has_changed_since(inside) -> None:
    assert inside.page("/stories") == inside.page("/stories"), "remembered"
    with inside.store.writing() as tx:
        (stored,) = [each for each in tx.articles.newest(9) if "Heroin" in (each.article.headline or "")]
        changed = replace(stored, article=replace(stored.article, headline="Heroin seen first"), revised_at=stored.read_at)
        tx.articles.revise(changed, sketched(changed.article), NO_FACTS)
    assert "<mark>Heroin</mark> seen first" in inside.page("/stories")
    with inside.store.writing() as tx:
        tx.articles.judged(stored.id, Verdict(matches=stored.matches, facets=("country/th",)))
    assert inside.page("/stories").count(">Viet Nam</a>") == 1
    with inside.store.writing() as tx:
        tx.articles.add(replace(stored, id="f" * 16, source_id="dao", matches=()), sketched(stored.article), ["f"])
    assert "2 articles, 2 sources" in inside.page("/stories")
    here = inside.behind
    object.__setattr__(here, "settings", replace(here.settings, timezone="Asia/Bangkok"))
    assert "24 Nov 2026 10:40" in inside.page("/stories")
    assert "24 Nov 2026 03:40" not in inside.page("/stories")


def test_a_story_shows_articles_receipt_and_alerts(inside) -> None:
    found = re.search(r'href="(/stories/\w{16})">Court', inside.page("/stories"))
    assert found is not None
    page = inside.page(found[1])
    assert "a <mark>human trafficking</mark> ring" in page
    assert '<td><mark lang="en">human trafficking</mark></td><td>Trafficking in persons</td>' in page
    assert "given up" in page
    assert "550 no such mailbox" in page
    assert 'href="https://post.example/1"' in page
    assert "noreferrer" in page


def test_what_a_changed_article_said_before_is_shown(inside) -> None:
    with inside.store.writing() as tx:
        (stored,) = [each for each in tx.articles.newest(9) if "Heroin" in (each.article.headline or "")]
        text = "Customs officers in Vietnam opened fifty crates."
        now = stored.read_at + timedelta(hours=1)
        changed = inside.changed(stored, paragraphs=(text, stored.article.paragraphs[1]), at=now)
        tx.articles.revise(changed, sketched(changed.article), NO_FACTS)
    page = inside.page(f"/stories/{stored.story_id}")
    assert "<del>Customs officers in Vietnam opened forty crates. Heroin lay beneath the fruit.</del>" in page
    assert f"<ins>{text}</ins>" in page


def test_names_that_run_from_right_to_left_keep_to_themselves_and_places_are_no_passages(empty) -> None:
    source = Source(id="post", name="خبر الصباح", url="https://sabah.example/feed", kind="feed")
    text = "Heroin from Vietnam was found by the quay."
    story = empty.publish(source, Article(headline=None, paragraphs=(text,), dateline="Hà Nội", url="https://sabah.example/1"))
    empty.log_in()
    assert empty.page("/stories").count('<p class="passage"') == 1
    for path in ("/stories", f"/stories/{story}", "/alerts", "/rules/try?when=heroin"):
        assert re.search(r'<(b|span) dir="auto">خبر الصباح<', empty.page(path)), path


def test_a_story_that_is_not_there_is_said(inside) -> None:
    assert "no story with this id" in inside.page("/stories/0000000000000000", 404)


def test_alerts_are_shown_by_state_and_sent_again(inside) -> None:
    assert headlines(inside.page("/alerts?state=dead")) == ["Court hears human trafficking case"]
    assert len(headlines(inside.page("/alerts"))) == 4
    token = inside.token("/alerts")
    answer = inside.client.post("/alerts/retry", data={"token": token})
    assert "1 delivery is due again" in answer.text
    assert "1 delivery is due again" not in inside.page("/alerts"), "it is said once"
    assert headlines(inside.page("/alerts?state=dead")) == []
    assert "Nothing was given up" in inside.client.post("/alerts/retry", data={"token": token}).text


def test_one_alert_can_be_sent_again_alone(inside) -> None:
    with inside.store.reading() as tx:
        (court,) = tx.alerts.newest(1, state="dead")
    answer = inside.client.post(f"/alerts/{court.alert.id}/retry", data={"token": inside.token("/alerts")})
    assert "due again" in answer.text
    with inside.store.reading() as tx:
        assert "dead" not in tx.alerts.counts()


def test_sources_that_need_a_look_come_first(inside) -> None:
    page = inside.page("/sources")
    names = re.findall(r'<a href="/sources/(\w+)" dir="auto">', page)
    assert names[0] == "hoa"
    assert names[-1] == "old"
    assert "HTTP 503, the server is not well" in page
    assert "Off: refuses programs." in page
    assert "Entries a day of Harbour Post, 14 days, 3 in all" in page


def test_a_source_shows_what_came_of_its_entries(inside) -> None:
    page = inside.page("/sources/post")
    assert "Mango festival ends with fireworks" in page
    assert page.count(">read</a>") == 3
    found = re.search(r'href="(/articles/\w{16})"', page)
    assert found is not None
    assert '<div class="text"' in inside.page(found[1]), "in its story"
    inside.page("/sources/nobody", 404)
    inside.page("/articles/0000000000000000", 404)
    assert inside.page("/sources/hoa").count("HTTP 503, the server is not well") == 1


def test_rules_show_what_they_did(inside) -> None:
    page = inside.page("/rules")
    assert "<b>3</b> articles in 30 days" in page
    assert '<b>3</b> <a href="/alerts?rule=drugs">' in page
    assert "/feeds/drugs.atom" in page
    assert "no verdicts yet" in page


def test_a_draft_is_tried_on_the_archive(inside) -> None:
    page = inside.client.get("/rules/try", params={"when": "mango", "rule": "drugs", "days": 7}).text
    assert "<b>2</b> alerts in 7 days, of 2 matching articles" in page
    assert '<b class="more">+1</b> gained' in page
    assert '<b class="less">−2</b> lost' in page
    assert "<mark>Mango</mark> festival" in page
    part = inside.client.get("/rules/try", params={"when": "mango", "part": "1"}).text
    assert "<html" not in part
    assert "<b>2</b> alerts" in part


def test_what_takes_too_long_is_looked_for_among_the_newest_and_goes_on_from_there(inside, monkeypatch) -> None:
    monkeypatch.setattr(search, "SECONDS", 0.0)
    assert "The newest 1 article that could match" in inside.page("/rules/try?when=heroin OR mango")
    shown, address = [], "/stories?show=all&q=heroin OR mango"
    while address:
        page = inside.page(address)
        shown += headlines(page)
        further = re.search(r'<a class="button" href="([^"]*after=[^"]*)">Look further back', page)
        address = further[1].replace("&amp;", "&") if further else ""
    assert shown == ["Mango festival ends with fireworks", "Heroin hidden in mango crates"]
    assert "counted back to" in inside.page("/stories?show=all&q=heroin OR mango&count=1")


def test_a_draft_begins_with_the_rule_in_force(inside) -> None:
    page = inside.page("/rules/try?rule=drugs")
    assert "2 title:heroin\n1 @country/*" in page
    assert "+0</b> gained" in page
    assert "−0</b> lost" in page


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        pytest.param({"when": "(mango"}, "bad", id="a query"),
        pytest.param({"when": "mango", "score": "three police"}, "points and a query", id="a score"),
        pytest.param({"when": "mango", "score": "3"}, "has no query", id="a score without a query"),
        pytest.param({"when": "mango", "score": "3 police", "threshold": "many"}, "not a number", id="a threshold"),
        pytest.param({"when": "mango", "score": "3 police", "threshold": "9"}, "never reached", id="a threshold too high"),
    ],
)
def test_a_draft_that_cannot_be_read_is_said(inside, draft: dict[str, str], said: str) -> None:
    page = inside.client.get("/rules/try", params=draft)
    assert page.status_code == 200
    assert said in page.text
    assert 'class="complaint"' in page.text


def test_the_matrix_counts_stories_by_crime_and_country(inside) -> None:
    page = inside.page("/matrix?days=7")
    assert 'aria-label="Drug trafficking, Viet Nam: 2"' in page
    assert 'aria-label="Trafficking in persons, Thailand: 1"' in page
    assert "crime=crime%2Fdrug-trafficking&amp;country=country%2Fvn&amp;since=2026-11-18&amp;until=2026-11-24" in page
    assert "Nothing in this span" in inside.page("/matrix?days=7&back=3")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/stories", "Nothing has been read yet"),
        ("/alerts", "No alert yet"),
        ("/matrix", "Nothing in this span"),
        ("/sources", "not polled yet"),
        ("/rules/try", "Nothing tried yet"),
    ],
)
def test_an_empty_desk_says_what_comes_next(empty, path: str, said: str) -> None:
    empty.log_in()
    assert said in empty.page(path)


def test_a_wrong_address_says_so_in_a_page(inside) -> None:
    assert "There is no page at this address" in inside.page("/nothing", 404)
    for after in ("x", "0", "1" + "0" * 30):
        assert "Not understood" in inside.page(f"/stories?after={after}", 422)
    inside.page("/alerts?after=x", 404)
