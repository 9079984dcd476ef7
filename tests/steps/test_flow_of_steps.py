"""Each step does one thing with its row, can be run twice, and says what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts.sending import Deferred, Rejected
from monitor.articles.article import Article, Unreadable
from monitor.errors import ClaimLost
from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Outcome, Refused, Request, Throttled
from monitor.ports import ListedEntry, StoredAlert
from monitor.sources.entry import Entry, Unlisted
from monitor.sources.identity import page_key
from monitor.sources.source import Source
from monitor.steps.context import Context, Done
from monitor.steps.deliver import deliver
from monitor.steps.import_article import import_article
from monitor.steps.poll_source import poll_source
from monitor.steps.prune import prune
from monitor.steps.read_entry import read_entry
from monitor.steps.rescan import rescan
from monitor.store.database import RowStore

PAGE = "https://post.example/1"
WORDS = (
    "Officers from ten countries met in the capital and agreed on a plan for the coming year.",
    "The plan names joint patrols, a shared list of suspects and a common form for requests.",
    "A second meeting is to be held in spring, when the results of the first will be compared.",
)


def entry(number: int = 1, **fields: object) -> Entry:
    given = {"keys": (f"key-{number}",), "url": f"https://post.example/{number}", "title": f"Item {number}"}
    return Entry(**{**given, **fields})  # type: ignore[arg-type]


def only(store: RowStore, source: str = "post") -> ListedEntry:
    with store.reading() as tx:
        (row,) = tx.entries.of_source(source, 10)
    return row


def alerts(store: RowStore) -> list[StoredAlert]:
    with store.reading() as tx:
        return tx.alerts.newest(10)


def read(context: Context, here, url: str = PAGE, source: str = "post") -> Done:
    poll_source(context, source)
    with context.store.reading() as tx:
        waiting = [each.id for each in tx.entries.of_source(source, 10) if each.outcome is None and each.entry.url == url]
    return read_entry(context, str(waiting[0]))


def test_a_poll_keeps_a_row_for_every_new_entry_and_says_when_it_will_look_again(
    context: Context, here, store: RowStore
) -> None:
    here.serve(context.sources["post"], entry(2), entry(1))
    done = poll_source(context, "post")
    assert (done.result, done.facts["listed"], done.facts["new"]) == ("ok", 2, 2)
    with store.reading() as tx:
        assert [each.entry.title for each in sorted(tx.entries.of_source("post", 9), key=lambda each: each.id)] == [
            "Item 1",
            "Item 2",
        ]
        state = tx.sources.get("post")
    assert state is not None
    assert state.next_poll_at is not None
    assert state.next_poll_at > here.clock.now()


def test_a_poll_that_is_not_due_asks_nobody(context: Context, here) -> None:
    here.serve(context.sources["post"], entry())
    poll_source(context, "post")
    asked = len(here.asked)
    assert poll_source(context, "post").result == "left"
    assert len(here.asked) == asked


def test_what_is_old_at_the_first_poll_is_recorded_with_the_reason_and_not_read(
    context: Context, here, store: RowStore
) -> None:
    here.serve(context.sources["post"], entry(published_at=here.clock.now() - timedelta(days=9)))
    assert poll_source(context, "post").facts["recorded"] == 1
    row = only(store)
    assert (row.outcome, row.next_read_at) == ("recorded", None)
    assert "first poll" in (row.reason or "")


def test_what_is_old_at_a_later_poll_is_read_as_new(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"])
    poll_source(context, "post")
    here.later(7200)
    here.serve(context.sources["post"], entry(published_at=here.clock.now() - timedelta(days=9)))
    poll_source(context, "post")
    assert only(store).outcome is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Failed(kind="timeout", detail="no answer within 45 s"), "no answer within 45 s"),
        (Refused(reason="10.0.0.1 is not a public address"), "not a public address"),
        (Throttled(status=429, retry_after_s=7200), "429"),
        (Gone(), "410"),
    ],
)
def test_a_poll_that_fails_says_why_and_comes_back_later(context: Context, here, store: RowStore, answer, reason: str) -> None:
    here.answers["https://post.example/feed"] = answer
    done = poll_source(context, "post")
    assert done.result == "failed"
    assert reason in done.reason
    with store.reading() as tx:
        state = tx.sources.get("post")
    assert state is not None
    assert state.last_error == done.reason
    assert state.failures == 1
    assert state.next_poll_at is not None
    assert state.next_poll_at > here.clock.now() + timedelta(seconds=900)


def test_of_a_poll_that_comes_too_late_nothing_is_kept(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], entry(1))

    def fetch(request):
        with store.writing() as tx:
            tx.sources.poll_now("post", here.clock.now() - timedelta(seconds=1))
        return context.fetch(request)

    with pytest.raises(ClaimLost, match="by someone else"):
        poll_source(replace(context, fetch=fetch), "post")
    with store.reading() as tx:
        assert tx.entries.of_source("post", 10) == []


def test_a_server_that_asks_for_less_is_left_alone_as_a_host(context: Context, here) -> None:
    here.answers["https://post.example/feed"] = Throttled(status=429, retry_after_s=600)
    assert poll_source(context, "post").rest_s == 600


def test_what_is_no_feed_keeps_the_old_state(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], entry())
    poll_source(context, "post")
    here.later(7200)
    here.serve(context.sources["post"])
    here.listings["post"] = Unlisted(reason="not a feed: a page in HTML")
    done = poll_source(context, "post")
    assert (done.result, done.reason) == ("failed", "not a feed: a page in HTML")
    assert only(store).entry.title == "Item 1"


def test_304_and_the_same_body_again_are_not_parsed(context: Context, here) -> None:
    here.serve(context.sources["post"], entry())
    poll_source(context, "post")
    del here.listings["post"]
    here.later(7200)
    assert poll_source(context, "post").reason == "the same as last time"
    here.later(7200)
    here.answers["https://post.example/feed"] = NotModified(fetched_at=here.clock.now())
    assert poll_source(context, "post").reason == "not modified"


def test_an_article_its_matches_story_alert_and_deliveries_are_kept_in_one_go(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], entry())
    here.publish(PAGE, "ASEANAPOL plans for the year", *WORDS)
    done = read(context, here)
    assert done.result == "ok"
    assert done.facts["rules"] == ("aseanapol",)
    row = only(store)
    assert (row.outcome, row.article_id) == ("article", done.facts["article"])
    (alert,) = alerts(store)
    assert (alert.alert.story_id, alert.alert.rule_id) == (done.facts["story"], "aseanapol")
    assert alert.notice.headline == "ASEANAPOL plans for the year"
    assert alert.notice.headline_marks == ((0, 9),)
    assert [(each.channel_id, each.state) for each in alert.deliveries] == [("hook", "pending")]
    assert read_entry(context, str(row.id)).result == "left", "a second run finds its work done"


def test_nothing_is_filed_of_a_page_that_someone_else_was_through_with_first(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], entry())
    here.publish(PAGE, "ASEANAPOL plans for the year", *WORDS)
    poll_source(context, "post")
    row = only(store)

    def slow(request: Request) -> Outcome:
        with store.writing() as tx:
            assert tx.entries.finish(row.id, "failed", "by someone else")
        return here.fetch(request)

    with pytest.raises(ClaimLost):
        read_entry(replace(context, fetch=slow), str(row.id))
    assert only(store).reason == "by someone else"
    assert alerts(store) == []
    with store.reading() as tx:
        assert tx.articles.counts()["articles"] == 0


def test_a_channel_that_is_switched_off_gets_no_delivery_and_the_alert_is_kept(context: Context, here, store: RowStore) -> None:
    context = replace(context, channels={})
    here.serve(context.sources["post"], entry())
    here.publish(PAGE, "Heroin seized", *WORDS)
    read(context, here)
    (alert,) = alerts(store)
    assert alert.deliveries == ()


def test_the_same_story_on_another_site_raises_no_second_alert(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], entry())
    here.publish(PAGE, "ASEANAPOL plans for the year", *WORDS)
    copy = "https://times.example/a"
    here.serve(context.sources["times"], entry(url=copy))
    here.publish(copy, "ASEANAPOL sets out plans for year", *WORDS)
    first, second = read(context, here), read(context, here, copy, "times")
    assert second.facts["story"] == first.facts["story"]
    assert (first.facts["opened"], second.facts["opened"]) == (True, False)
    assert second.facts["alerts"] == ()
    assert len(alerts(store)) == 1


def test_what_a_person_split_stays_split_when_another_copy_comes_and_is_not_alerted_again(
    context: Context, here, store: RowStore
) -> None:
    def publish(site: str) -> str:
        source = Source(id=site, name=site, url=f"https://{site}.example/", kind="page")
        copy = Article(headline="ASEANAPOL meets", paragraphs=WORDS, url=f"https://{site}.example/1", language="en")
        return str(import_article(context, source, copy, alerting=True).facts["article"])

    first, second = publish("post"), publish("times")
    with store.writing() as tx:
        assert tx.stories.split(second, here.later(60)) == second
    third = publish("star")
    with store.reading() as tx:
        stories = {tx.articles.get(each).story_id for each in (first, second, third)}  # type: ignore[union-attr]
    assert len(stories) == 2
    assert len(alerts(store)) == 1


def test_another_rule_in_the_same_story_raises_its_own_alert(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], entry())
    here.publish(PAGE, "ASEANAPOL plans for the year", *WORDS)
    copy = "https://times.example/a"
    here.serve(context.sources["times"], entry(url=copy))
    here.publish(copy, "ASEANAPOL plans for the year", *WORDS, "Heroin is named first among the aims.")
    read(context, here)
    read(context, here, copy, "times")
    assert {each.alert.rule_id for each in alerts(store)} == {"aseanapol", "drugs"}
    assert len({each.alert.story_id for each in alerts(store)}) == 1
    (drugs,) = [each for each in alerts(store) if each.alert.rule_id == "drugs"]
    assert drugs.notice.also_carried_by == ("Post",)


def test_one_page_listed_by_two_sources_is_one_article(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], entry())
    here.serve(context.sources["times"], entry(url=PAGE + "?utm_source=feed", keys=(page_key(PAGE),)))
    here.publish(PAGE, "ASEANAPOL plans for the year", *WORDS)
    read(context, here)
    asked = len(here.asked)
    done = read(context, here, PAGE + "?utm_source=feed", "times")
    assert done.reason.startswith("already read")
    assert only(store, "times").outcome == "known"
    assert len(here.asked) == asked + 1, "the feed was asked for, the page was not"


def test_of_items_that_share_one_page_none_is_missed(context: Context, here, store: RowStore) -> None:
    here.serve(
        context.sources["post"],
        entry(1, url=PAGE, keys=("text:1",), title="Bulletin", summary="The road is closed."),
        entry(2, url=PAGE, keys=("text:2",), title="ASEANAPOL", summary="ASEANAPOL sends officers to the border."),
    )
    here.publish(PAGE, "Bulletin", "The road to the market is closed for repairs until the end of the week, the ministry says.")
    poll_source(context, "post")
    with store.reading() as tx:
        rows = tx.entries.of_source("post", 10)
    done = [read_entry(context, str(row.id)) for row in sorted(rows, key=lambda row: row.entry.title != "Bulletin")]
    assert [each.facts["rules"] for each in done] == [(), ("aseanapol",)]
    assert len(alerts(store)) == 1
    here.later(7200)
    here.serve(
        context.sources["post"], entry(3, url=PAGE, keys=("text:3",), title="Heroin", summary="Heroin was seized in the port.")
    )
    assert read(context, here).facts["rules"] == ("drugs",), "what comes weeks later, when the page has long been read"


def test_an_undated_item_of_a_first_poll_that_turns_out_to_be_old_is_kept_and_not_alerted(
    context: Context, here, store: RowStore
) -> None:
    here.serve(context.sources["post"], entry())
    here.publish(PAGE, "ASEANAPOL plans for the year", *WORDS, published_at=here.clock.now() - timedelta(days=30))
    done = read(context, here)
    assert done.facts["rules"] == ("aseanapol",)
    assert alerts(store) == []


@pytest.mark.parametrize(("status", "after_s"), [(404, [60, 600, 3600]), (403, [3600])])
def test_a_page_that_cannot_be_had_is_asked_for_again_and_then_replaced_by_what_the_feed_says(
    context: Context, here, store: RowStore, status: int, after_s: list[int]
) -> None:
    here.serve(context.sources["post"], entry(title="ASEANAPOL plans", summary="Officers met in the capital."))
    here.answers[PAGE] = Failed(kind="status", detail=f"HTTP {status}", status=status)
    waits = []
    done = read(context, here)
    while done.result == "failed":
        row = only(store)
        assert row.next_read_at is not None
        waits.append((row.next_read_at - here.clock.now()).total_seconds())
        assert read_entry(context, str(row.id)).result == "left", "not before its time"
        here.later(waits[-1])
        done = read_entry(context, str(row.id))
    assert waits == after_s
    assert (done.result, done.facts["rules"]) == ("ok", ("aseanapol",))
    assert "feed-only" in done.reason
    assert len(alerts(store)) == 1


def test_a_page_without_an_article_ends_with_its_reason(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], Entry(keys=("1",), url=PAGE))
    here.answers[PAGE] = Fetched(url=PAGE, status=200, body=b"", fetched_at=here.clock.now())
    here.pages[PAGE] = Unreadable(reason="a login page")
    done = read(context, here)
    assert done.result == "failed"
    row = only(store)
    assert row.outcome == "unreadable"
    assert (row.reason or "").startswith("a login page")


def test_an_entry_whose_source_is_no_longer_watched_is_closed(context: Context, here, store: RowStore) -> None:
    here.serve(context.sources["post"], entry())
    poll_source(context, "post")
    done = read_entry(replace(context, sources={}), str(only(store).id))
    assert done.result == "failed"
    assert only(store).outcome == "failed"


def raised(context: Context, here) -> str:
    here.serve(context.sources["post"], entry())
    here.publish(PAGE, "ASEANAPOL plans for the year", *WORDS)
    read(context, here)
    (alert,) = alerts(context.store)  # type: ignore[arg-type]
    return alert.deliveries[0].id


def test_a_delivery_is_sent_once_and_marked_at_once(context: Context, here, store: RowStore) -> None:
    key = raised(context, here)
    assert deliver(context, key).result == "ok"
    assert deliver(context, key).result == "left"
    assert [each[0] for each in here.posted] == [key]
    assert alerts(store)[0].deliveries[0].state == "sent"


def test_a_delivery_that_is_deferred_is_tried_again_with_the_same_id_and_the_same_words(
    context: Context, here, store: RowStore
) -> None:
    key = raised(context, here)
    here.sendings = [Deferred(reason="HTTP 503"), Deferred(reason="HTTP 503")]
    assert deliver(context, key).result == "failed"
    assert deliver(context, key).result == "left", "not before its time"
    for wait_s in (6, 331):
        here.later(wait_s)
        deliver(context, key)
    assert alerts(store)[0].deliveries[0].state == "sent"
    assert len(here.posted) == 3
    assert len(set(here.posted)) == 1


def test_a_delivery_that_is_refused_for_good_is_dead_and_says_why(context: Context, here, store: RowStore) -> None:
    key = raised(context, here)
    here.sendings = [Rejected(reason="HTTP 410: the receiver is gone")]
    deliver(context, key)
    (delivery,) = alerts(store)[0].deliveries
    assert (delivery.state, delivery.last_error) == ("dead", "HTTP 410: the receiver is gone")
    with store.reading() as tx:
        assert tx.all_due(here.later(10**7)) == [] or all(due.step != "deliver" for due in tx.all_due(here.clock.now()))


def test_a_delivery_to_a_channel_that_is_gone_from_the_configuration_is_dead_and_says_so(
    context: Context, here, store: RowStore
) -> None:
    key = raised(context, here)
    deliver(replace(context, channels={}), key)
    (delivery,) = alerts(store)[0].deliveries
    assert delivery.state == "dead"
    assert "hook" in (delivery.last_error or "")


FILES = Source(id="files", name="Files", url="https://files.invalid/", kind="page")


def test_importing_twice_is_importing_once_and_alerts_only_if_told_to(context: Context, store: RowStore) -> None:
    article = Article(headline="ASEANAPOL plans for the year", paragraphs=WORDS)
    assert import_article(context, FILES, article, alerting=False).result == "ok"
    assert import_article(context, FILES, article, alerting=False).result == "left"
    assert alerts(store) == []
    other = Article(headline="Heroin in a lorry", paragraphs=("A lorry was stopped at the bridge with heroin under its load.",))
    assert import_article(context, FILES, other, alerting=True).facts["alerts"] != ()


def test_a_rescan_puts_new_receipts_in_the_place_of_the_old(context: Context, store: RowStore) -> None:
    import_article(context, FILES, Article(headline="Heroin in a lorry", paragraphs=("On the bridge.",)), alerting=False)
    from monitor.rules.compile import compile_rules
    from monitor.rules.rule import Rule

    changed = replace(context, rules=compile_rules([Rule(id="lorries", title="Lorries", when="lorry")], []))
    with store.reading() as tx:
        stored = list(tx.articles.in_order())
    assert rescan(changed, stored).facts["changed"] == 1
    with store.reading() as tx:
        (again,) = tx.articles.in_order()
    assert [match.rule for match in again.matches] == ["lorries"]
    assert rescan(changed, [again]).facts["changed"] == 0
    assert alerts(store) == []


def test_pruning_deletes_only_what_is_older_than_asked(context: Context, here, store: RowStore) -> None:
    import_article(context, FILES, Article(headline="Heroin in a lorry", paragraphs=("On the bridge.",)), alerting=False)
    here.later(40 * 86_400)
    assert "0 old articles" in prune(context).reason
    assert "1 old articles" in prune(replace(context, retention_s=30 * 86_400.0)).reason
