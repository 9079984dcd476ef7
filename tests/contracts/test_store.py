"""What every store promises (`ports.Store`), whichever database is under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.alert import Alert, Delivery, Marked, Notice, Receipt
from monitor.articles.article import Article, Removed
from monitor.ports import Gap, RobotsFile, Silence, StoredArticle, Traffic
from monitor.rules.match import Hit, Match
from monitor.sources.entry import Entry, Hints
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.store.database import RowStore
from monitor.stories.shingles import sketch
from monitor.stories.sketched import sketched

NOW = datetime(2026, 11, 24, 9, 30, 15, 123456, tzinfo=UTC)
POST = Source(id="post", name="Post", url="https://post.example/feed", kind="feed")
TIMES = Source(id="times", name="Times", url="https://times.example/feed", kind="feed")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def listed(store: RowStore, *entries: Entry, source: Source = POST) -> list[int]:
    with store.writing() as tx:
        new = tx.entries.unknown(source.id, entries)
        return tx.entries.add(source.id, [(entry, "post.example", None) for entry in new], now=NOW, first_poll=False)


@pytest.fixture(autouse=True)
def _watched(store: RowStore) -> None:
    with store.writing() as tx:
        tx.sources.watch([POST, TIMES], NOW)


def test_a_new_source_is_due_at_once_and_keeps_all_that_polling_taught(store: RowStore) -> None:
    state = SourceState(
        source_id="post",
        next_poll_at=later(900),
        url="https://new.example/feed",
        moving_to="https://newer.example/feed",
        moves=1,
        etag='W/"a,b"',
        last_modified="Tue, 24 Nov 2026 09:00:00 GMT",
        body_digest="ab" * 16,
        hints=Hints(every_s=3600.5, skip_hours=frozenset({1, 2}), skip_days=frozenset({"Sunday"})),
        gones=1,
        fresh_s=60.0,
        last_poll_at=NOW,
        last_success_at=later(-1),
        last_change_at=later(-2),
        whole_at=later(-3),
        failures=2,
        unchanged=7,
        gone=False,
        last_error="the server did not answer",
    )
    with store.writing() as tx:
        assert tx.sources.get("post") == SourceState(source_id="post", next_poll_at=NOW)
        tx.sources.save(state, "new.example")
    with store.reading() as tx:
        assert tx.sources.get("post") == state
        assert tx.sources.get("nobody") is None


def test_a_host_with_and_without_www_is_one_lane(store: RowStore) -> None:
    with store.writing() as tx:
        tx.sources.watch([POST, replace(TIMES, url="https://www.post.example/times")], NOW)
        assert [each.lane for each in tx.due(NOW)] == ["post.example"]


def test_a_source_is_advanced_by_one_of_two_who_polled_it(store: RowStore) -> None:
    with store.writing() as tx:
        before = tx.sources.get("post")
        assert before is not None
        after = replace(before, next_poll_at=later(900), hints=Hints(skip_hours=frozenset({3})), seen=b"12345678")
        assert tx.sources.advance(before, after, "post.example")
        assert not tx.sources.advance(before, replace(after, etag='"other"'), "post.example")
    with store.reading() as tx:
        assert tx.sources.get("post") == after


def test_a_source_that_is_no_longer_watched_is_not_polled_and_not_forgotten(store: RowStore) -> None:
    with store.writing() as tx:
        tx.sources.save(SourceState(source_id="post", next_poll_at=NOW, etag='"1"'), "post.example")
        tx.sources.watch([TIMES], NOW)
    with store.writing() as tx:
        assert [due.key for due in tx.due(later(1))] == ["times"]
        tx.sources.watch([POST, TIMES], NOW)
        known = tx.sources.get("post")
    assert known is not None
    assert known.etag == '"1"'


def test_an_entry_is_known_by_any_of_its_keys(store: RowStore) -> None:
    first = Entry(keys=("guid-1", "link-1"), url="https://post.example/1", title="One")
    (entry_id,) = listed(store, first)
    moved = Entry(keys=("guid-1", "link-2"), url="https://post.example/2", title="One")
    with store.writing() as tx:
        assert tx.entries.unknown("post", [moved]) == []
        tx.entries.remember("post", [moved])
    with store.reading() as tx:
        renamed = Entry(keys=("guid-9", "link-2"))
        assert tx.entries.unknown("post", [renamed]) == []
        assert tx.entries.unknown("times", [first]) == [first], "identity is a matter of one source"
        row = tx.entries.get(entry_id)
    assert row is not None
    assert (row.entry.url, row.entry.title, row.first_poll, row.outcome) == ("https://post.example/1", "One", False, None)


def test_gaps_are_opened_filled_and_closed(store: RowStore) -> None:
    gap = Gap(source_id="post", found_at=NOW, since=later(-3600), listed=10)
    with store.writing() as tx:
        tx.sources.note_gap(replace(gap, how="nothing to fill it"))
        assert tx.sources.open_gap("post") is None
        tx.sources.note_gap(gap)
        assert tx.sources.open_gap("post") == gap
        tx.sources.fill_gap("post", 3, None)
        tx.sources.fill_gap("post", 2, "filled")
        assert tx.sources.open_gap("post") is None
    with store.reading() as tx:
        newest, oldest = tx.sources.gaps(later(-60))
        assert tx.sources.gaps(later(60)) == []
    assert (newest.filled, newest.walked, newest.how) == (5, 2, "filled")
    assert (oldest.filled, oldest.walked) == (0, 0)


def test_traffic_is_added_up_by_host_and_day(store: RowStore) -> None:
    busy = Traffic(host="post.example", day=NOW.date(), requests=3, not_modified=2, bytes=5_000_000_000)
    with store.writing() as tx:
        tx.sources.add_traffic([busy, replace(busy, host="times.example", requests=9)])
        tx.sources.add_traffic([busy, replace(busy, day=NOW.date() - timedelta(days=30))])
    with store.reading() as tx:
        found = tx.sources.traffic(NOW.date())
    assert [(each.host, each.requests, each.bytes) for each in found] == [
        ("times.example", 9, 5_000_000_000),
        ("post.example", 6, 10_000_000_000),
    ]


def test_a_robots_txt_is_kept_until_a_newer_one_comes_or_it_is_forgotten(store: RowStore) -> None:
    old = RobotsFile(url="https://post.example/robots.txt", body=b"User-agent: *\nDisallow: /\n", until=NOW)
    with store.writing() as tx:
        tx.robots.put(old)
        tx.robots.put(replace(old, url="https://times.example/robots.txt", until=later(60)))
    with store.writing() as tx:
        assert tx.robots.get(old.url) == old
        tx.robots.put(replace(old, body=b"", until=later(1)))
        assert tx.robots.get(old.url) == replace(old, body=b"", until=later(1))
        assert tx.robots.forget(later(60)) == 1
        assert tx.robots.get(old.url) is None


def test_what_is_heard_of_the_sources_as_a_whole(store: RowStore) -> None:
    lost = SourceState(
        source_id="post", next_poll_at=later(9000), last_poll_at=later(60), trouble="unreachable", trouble_since=later(30)
    )
    with store.writing() as tx:
        assert tx.sources.silence() == Silence(heard_at=None, begun_at=None, unreachable=0, lanes=2)
        tx.sources.save(lost, "post.example")
        assert tx.sources.silence() == Silence(heard_at=None, begun_at=later(30), unreachable=1, lanes=2)
        tx.sources.save(SourceState(source_id="times", next_poll_at=NOW, last_poll_at=NOW, trouble="dead"), "times.example")
        assert tx.sources.silence() == Silence(heard_at=NOW, begun_at=later(30), unreachable=1, lanes=2)
        tx.sources.poll_unreachable(later(45), later(90))
        assert tx.sources.get("post") == lost
        tx.sources.poll_unreachable(NOW, later(90))
        assert tx.sources.get("post") == replace(lost, next_poll_at=later(90))


def test_the_moments_of_a_source_are_when_its_news_came(store: RowStore) -> None:
    with store.writing() as tx:
        for key, published, first in (("1", later(-9000), True), ("2", None, True), ("3", later(-9000), False)):
            tx.entries.add("post", [(Entry(keys=(key,), published_at=published), "", "old")], now=NOW, first_poll=first)
    with store.reading() as tx:
        assert sorted(tx.entries.moments("post", 9, NOW)) == [later(-9000), NOW]
        assert len(tx.entries.moments("post", 1, later(60))) == 1


def test_the_moments_of_a_busy_source_reach_back_for_as_long_as_is_asked(store: RowStore) -> None:
    with store.writing() as tx:
        for minute in (-60, -40, -20):
            for key in "abc":
                tx.entries.add("post", [(Entry(keys=(f"{minute}{key}",)), "", "old")], now=later(minute), first_poll=False)
    with store.reading() as tx:
        assert set(tx.entries.moments("post", 2, later(-40))) == {later(-20), later(-40)}


def test_of_two_entries_that_share_a_key_in_one_listing_the_first_counts(store: RowStore) -> None:
    one, two = Entry(keys=("a", "b"), title="one"), Entry(keys=("b", "c"), title="two")
    with store.reading() as tx:
        assert tx.entries.unknown("post", [one, two]) == [one]


def test_every_entry_ends_in_one_outcome_with_a_reason(store: RowStore) -> None:
    waiting, read = listed(store, Entry(keys=("1",), content="text"), Entry(keys=("2",), content="text"))
    with store.writing() as tx:
        tx.entries.add("post", [(Entry(keys=("3",)), "", "too old")], now=NOW, first_poll=True)
        tx.entries.retry(waiting, at=later(60), reason="HTTP 500")
        tx.entries.finish(read, "article", "read", "0123456789abcdef")
    with store.reading() as tx:
        (counts,) = tx.sources.counts()
        again, done = tx.entries.get(waiting), tx.entries.get(read)
        assert tx.entries.due(NOW, 10) == []
        assert tx.entries.due(later(60), 10) == [waiting]
        assert tx.entries.next_read_at() == later(60)
        assert len(tx.entries.of_source("post", 10)) == 3
        assert tx.entries.read_lately("post", 10) == [("article", "read")]
    assert dict(counts.outcomes) == {"waiting": 1, "article": 1, "recorded": 1}
    assert again is not None
    assert (again.attempts, again.reason, again.entry.content) == (1, "HTTP 500", "text")
    assert done is not None
    assert (done.outcome, done.article_id, done.next_read_at, done.entry.content) == ("article", "0123456789abcdef", None, None)


def test_one_due_row_for_each_free_lane_and_deliveries_go_first(store: RowStore) -> None:
    ids = listed(store, Entry(keys=("1",)), Entry(keys=("2",)))
    file(store, ARTICLE)
    with store.reading() as tx:
        due = {each.lane: (each.step, each.key) for each in tx.due(later(1))}
        assert due == {
            "channel:desk": ("deliver", "d-1"),
            "post.example": ("read_entry", str(ids[0])),
            "times.example": ("poll_source", "times"),
        }
        assert len(tx.all_due(later(1))) == 5
        assert tx.next_due_at() == NOW
        assert tx.due(later(-1)) == []


def test_a_row_whose_step_broke_is_put_off_with_what_broke_it(store: RowStore) -> None:
    (entry_id,) = listed(store, Entry(keys=("1",)))
    file(store, ARTICLE)
    with store.writing() as tx:
        for due in tx.all_due(NOW):
            tx.postpone(due, at=later(300), reason="KeyError: 'x'")
    with store.reading() as tx:
        assert tx.all_due(later(299)) == []
        assert len(tx.all_due(later(300))) == 4
        row, delivery = tx.entries.get(entry_id), tx.alerts.delivery("d-1")
    assert row is not None
    assert row.reason == "KeyError: 'x'"
    assert delivery is not None
    assert delivery[0].last_error == "KeyError: 'x'"


ARTICLE = StoredArticle(
    id="0123456789abcdef",
    number=0,
    source_id="post",
    source_name="Post",
    country="TH",
    article=Article(
        headline="ตำรวจอาเซียน 😀",
        paragraphs=("One.", "Two."),
        url="https://post.example/1",
        site="Post",
        authors=("A. Writer",),
        dateline="BANGKOK",
        published_at=NOW,
        modified_at=later(5),
        language="th",
        removed=(Removed(text="Share it", reason="share"),),
        flags=("rescued",),
    ),
    facets=("crime/cyber",),
    matches=(
        Match(
            rule="aseanapol",
            rule_version="v1",
            clauses=("@asean/police",),
            hits=(Hit(term="ตำรวจอาเซียน", field="title", start=0, end=12, vocabulary="asean/police", language="th"),),
            points=5,
        ),
    ),
    read_at=NOW,
    story_id="0123456789abcdef",
)
NOTICE = Notice(
    alert_id="a-1",
    rule_id="aseanapol",
    rule_title="ASEANAPOL",
    rule_version="v1",
    severity="high",
    story_id="0123456789abcdef",
    article_id="0123456789abcdef",
    headline="ตำรวจอาเซียน 😀",
    headline_marks=((0, 12),),
    url="https://post.example/1",
    source_id="post",
    source_name="Post",
    language="th",
    country="TH",
    published_at=NOW,
    raised_at=NOW,
    snippets=(Marked(text="One.", marks=((0, 3),)),),
    receipt=(Receipt(words="ตำรวจอาเซียน", field="title", vocabulary="asean/police", language="th", spans=((0, 12),)),),
    facets=("crime/cyber",),
    also_carried_by=("Times",),
)
DELIVERY = Delivery(id="d-1", message_id="a-1", channel_id="desk", next_attempt_at=NOW, created_at=NOW)


def file(store: RowStore, stored: StoredArticle) -> int:
    alert = Alert(
        id="a-1",
        story_id=stored.story_id,
        rule_id="aseanapol",
        article_id=stored.id,
        severity="high",
        raised_at=NOW,
    )
    with store.writing() as tx:
        number = tx.articles.add(stored, sketched(stored.article), ["post.example/1"])
        tx.stories.open(stored.story_id, NOW)
        tx.alerts.add(alert, NOTICE, [DELIVERY])
    return number


def test_an_article_comes_back_as_it_went_in(store: RowStore) -> None:
    number = file(store, ARTICLE)
    with store.reading() as tx:
        back = tx.articles.get(ARTICLE.id)
        assert back == StoredArticle(**{**{name: getattr(ARTICLE, name) for name in ARTICLE.__slots__}, "number": number})
        assert tx.articles.newest(5) == tx.articles.newest(5, rule="aseanapol") == list(tx.articles.in_order()) == [back]
        assert tx.articles.newest(5, rule="other") == tx.articles.newest(5, before=number) == []
        assert tx.articles.of_story(ARTICLE.story_id) == [back]
        assert dict(tx.articles.counts()) == {"articles": 1, "matched": 1, "stories": 1}


def test_an_article_is_known_by_every_address_that_led_to_it(store: RowStore) -> None:
    file(store, ARTICLE)
    with store.writing() as tx:
        tx.articles.also_at(ARTICLE.id, ["post.example/1", "other.example/x"])
    with store.reading() as tx:
        assert tx.articles.known_as(["nowhere", "other.example/x"]) == ARTICLE.id
        assert tx.articles.known_as(["nowhere"]) is None


def test_candidates_share_a_band_and_are_not_older_than_asked(store: RowStore) -> None:
    file(store, ARTICLE)
    text = sketched(ARTICLE.article)
    with store.reading() as tx:
        (candidate,) = tx.articles.candidates(text.bands, later(-1))
        assert tx.articles.candidates(text.bands, later(1)) == []
        assert tx.articles.candidates(sketch("nothing like it at all, in any word").bands, later(-1)) == []
    assert (candidate.article_id, candidate.story_id, candidate.sketch) == (ARTICLE.id, ARTICLE.story_id, text.sketch)
    with store.writing() as tx:
        assert tx.articles.forget_bands(later(1)) == 32
        assert tx.articles.candidates(text.bands, later(-1)) == []


def test_an_alert_and_what_its_messages_say_come_back_as_they_went_in(store: RowStore) -> None:
    file(store, ARTICLE)
    with store.writing() as tx:
        assert tx.alerts.raised(ARTICLE.story_id) == {"aseanapol"}
        assert tx.alerts.delivery("d-1") == (DELIVERY, NOTICE)
        sent = Delivery(
            id="d-1",
            message_id="a-1",
            channel_id="desk",
            state="sent",
            attempts=2,
            accepted=("a@desk.example",),
            last_error="HTTP 500",
            created_at=NOW,
            sent_at=later(5),
        )
        tx.alerts.save(sent)
    with store.reading() as tx:
        (stored,) = tx.alerts.newest(5)
        assert tx.alerts.get("a-1") == stored
        assert stored.deliveries == (sent,)
        assert tx.alerts.newest(5, state="dead") == []
        assert dict(tx.alerts.counts()) == {"sent": 1}


def test_a_dead_delivery_is_due_again_when_a_person_says_so(store: RowStore) -> None:
    file(store, ARTICLE)
    with store.writing() as tx:
        tx.alerts.save(
            Delivery(id="d-1", message_id="a-1", channel_id="desk", state="dead", attempts=10, last_error="550", created_at=NOW)
        )
        assert tx.alerts.retry_dead(later(9), ["another"]) == 0
        assert tx.alerts.retry_dead(later(9), ["a-1"]) == 1
        found = tx.alerts.delivery("d-1")
    assert found is not None
    assert (found[0].state, found[0].attempts, found[0].next_attempt_at) == ("pending", 0, later(9))


def test_old_articles_go_with_all_that_hangs_on_them_but_nothing_that_waits_to_be_sent(store: RowStore) -> None:
    file(store, ARTICLE)
    with store.writing() as tx:
        assert tx.articles.delete_before(later(1)) == 0, "its delivery is pending"
        tx.alerts.save(Delivery(id="d-1", message_id="a-1", channel_id="desk", state="sent", created_at=NOW, sent_at=NOW))
        assert tx.articles.delete_before(later(1)) == 1
    with store.reading() as tx:
        assert dict(tx.articles.counts()) == {"articles": 0, "matched": 0, "stories": 0}
        assert tx.alerts.newest(5) == []
        assert tx.articles.known_as(["post.example/1"]) == ARTICLE.id, "it is not read again"


def test_a_transaction_that_breaks_leaves_nothing_behind(store: RowStore) -> None:
    class Broken(Exception):
        pass

    def break_off() -> None:
        with store.writing() as tx:
            tx.entries.add("post", [(Entry(keys=("1",)), "", None)], now=NOW, first_poll=False)
            raise Broken

    with pytest.raises(Broken):
        break_off()
    with store.reading() as tx:
        assert tx.entries.of_source("post", 5) == []
