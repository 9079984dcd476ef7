"""What every store promises of messages, conditions, verdicts and evidence, whichever database is under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.alert import Alert, Delivery
from monitor.alerts.feedback import Feedback
from monitor.alerts.message import Condition, Digest, Message, Note, Update
from monitor.alerts.raising import deliver_to
from monitor.alerts.sample import samples
from monitor.fetching.outcome import Fetched
from monitor.ports import ClosedChannel, StoredResponse, Timer
from monitor.store.database import RowStore

NOW = datetime(2026, 11, 24, 9, 30, 15, 123456, tzinfo=UTC)
(NOTICE, BARE) = samples("alert")
HOUR = timedelta(hours=1)


def say(
    store: RowStore, name: str, message: Message, *channels: str, at: datetime = NOW, alert_id: str | None = None
) -> list[str]:
    deliveries = deliver_to(name, channels, at)
    with store.writing() as tx:
        tx.alerts.say(name, message, deliveries, now=at, alert_id=alert_id)
    return [each.id for each in deliveries]


def get(store: RowStore, delivery_id: str) -> Delivery:
    with store.reading() as tx:
        found = tx.alerts.delivery(delivery_id)
    assert found is not None
    return found[0]


def change(store: RowStore, delivery_id: str, **fields: object) -> None:
    changed = replace(get(store, delivery_id), **fields)  # type: ignore[arg-type]
    with store.writing() as tx:
        tx.alerts.save(changed)


@pytest.mark.parametrize("kind", ["alert", "update", "digest", "note"])
def test_a_message_comes_back_as_it_went_in(store: RowStore, kind: str) -> None:
    for number, message in enumerate(samples(kind)):
        (delivery_id,) = say(store, f"{kind}-{number}", message, "desk")
        with store.reading() as tx:
            found = tx.alerts.delivery(delivery_id)
        assert found is not None
        assert found[1] == message


def test_what_is_said_already_stays_as_it_was_and_gets_no_second_delivery(store: RowStore) -> None:
    (delivery_id,) = say(store, "m", Note(subject="first", text="", at=NOW), "desk")
    change(store, delivery_id, state="sent", next_attempt_at=None, sent_at=NOW)
    say(store, "m", Note(subject="second", text="", at=NOW), "desk", "spare")
    with store.reading() as tx:
        found = tx.alerts.delivery(delivery_id)
        assert tx.alerts.counts_by_channel() == {"desk": {"sent": 1}, "spare": {"pending": 1}}
    assert found is not None
    assert isinstance(found[1], Note)
    assert (found[0].state, found[1].subject) == ("sent", "first")


def test_what_went_into_a_digest_shares_its_fate(store: RowStore) -> None:
    members = [say(store, f"a-{number}", NOTICE, "desk")[0] for number in range(3)]
    for each in members:
        change(store, each, state="held", next_attempt_at=NOW + HOUR, held_why="night")
    with store.reading() as tx:
        assert [each.step for each in tx.all_due(NOW)] == []
        assert [(each.step, each.key, each.lane) for each in tx.all_due(NOW + HOUR)] == [("digest", "desk", "channel:desk")]
        held = tx.alerts.held("desk", NOW + HOUR, 2)
        assert len(held) == 2
        assert tx.alerts.held("desk", NOW, 9) == tx.alerts.held("other", NOW + HOUR, 9) == []
    (digest,) = say(store, "digest", samples("digest")[0], "desk")
    for each in members[:2]:
        change(store, each, next_attempt_at=None, digest_id=digest)
    change(store, digest, attempts=1, last_error="451")
    assert [get(store, each).state for each in members] == ["held"] * 3
    change(store, digest, state="dead", next_attempt_at=None, last_error="550")
    assert [(get(store, each).state, get(store, each).last_error) for each in members[:2]] == [("dead", "550")] * 2
    with store.writing() as tx:
        assert tx.alerts.retry_dead(NOW, ["a-0"]) == 1
    assert [get(store, each).state for each in (digest, *members)] == ["pending", "held", "held", "held"]
    change(store, digest, state="sent", next_attempt_at=None, sent_at=NOW, last_error=None)
    assert [(get(store, each).state, get(store, each).sent_at) for each in members[:2]] == [("sent", NOW)] * 2
    assert get(store, members[2]).state == "held", "what was not in it waits for the next"
    with store.reading() as tx:
        assert tx.alerts.sent_since("desk", NOW - HOUR) == 0, "what came together did not come one by one"


def test_late_is_what_nobody_has_or_may_have(store: RowStore) -> None:
    names = ["plain", "unclear", "partly", "note", "young", "sent"]
    ids = {
        name: say(
            store,
            name,
            Note(subject="", text="", at=NOW) if name == "note" else NOTICE,
            "desk",
            at=NOW + HOUR * (name == "young"),
        )[0]
        for name in names
    }
    change(store, ids["unclear"], unclear=True)
    change(store, ids["partly"], accepted=("a@desk.example",))
    change(store, ids["sent"], state="sent", next_attempt_at=None, sent_at=NOW)
    with store.reading() as tx:
        assert [each.message_id for each in tx.alerts.late("desk", NOW + HOUR)] == ["plain"]
        assert tx.alerts.sent_since("desk", NOW - HOUR) == 1
        assert tx.alerts.sent_since("desk", NOW) == 0


def test_a_condition_and_a_closed_channel_are_kept_until_they_are_over(store: RowStore) -> None:
    silent = Condition(key="source:post", subject="silent", text="HTTP 500", since=NOW)
    closed = ClosedChannel(channel_id="hook", target="t", reason="410", closed_at=NOW)
    with store.writing() as tx:
        tx.operator.set_condition(silent)
        tx.operator.close_channel(closed)
        tx.operator.close_channel(closed)
    with store.writing() as tx:
        assert tx.operator.conditions() == [silent] == [tx.operator.condition("source:post")]
        assert tx.operator.closed_channels() == {"hook": closed}
        tx.operator.set_condition(replace(silent, over_at=NOW + HOUR))
        assert (tx.operator.open_channel("hook"), tx.operator.open_channel("hook")) == (True, False)
    with store.reading() as tx:
        assert tx.operator.conditions() == []
        assert [each.key for each in tx.operator.conditions(NOW)] == ["source:post"]
        assert tx.operator.conditions(NOW + 2 * HOUR) == []


def test_a_timer_is_due_at_its_time_and_can_be_switched_off(store: RowStore) -> None:
    with store.writing() as tx:
        tx.operator.set_timer(Timer(name="heartbeat", last_at=None, next_at=NOW))
        tx.operator.set_timer(Timer(name="heartbeat", last_at=NOW, next_at=NOW + HOUR))
    with store.writing() as tx:
        assert tx.operator.timer("heartbeat") == Timer(name="heartbeat", last_at=NOW, next_at=NOW + HOUR)
        assert tx.all_due(NOW) == []
        assert [(each.step, each.key) for each in tx.all_due(NOW + HOUR)] == [("heartbeat", "heartbeat")]
        tx.operator.set_timer(Timer(name="heartbeat", last_at=NOW, next_at=None))
        assert tx.all_due(NOW + 9 * HOUR) == []


def test_a_verdict_takes_the_place_of_an_earlier_one_and_knows_what_the_alert_said(store: RowStore) -> None:
    alert = Alert(id="a-1", story_id="s", rule_id="sample", article_id="x", severity="high", raised_at=NOW)
    with store.writing() as tx:
        tx.stories.open("s", NOW)
        tx.alerts.add(alert, NOTICE, ())
        assert tx.feedback.signing_key() is None
        assert tx.feedback.signing_key(b"one") == tx.feedback.signing_key(b"two") == b"one"
        for verdict in ("relevant", "noise"):
            tx.feedback.give(Feedback(alert_id="a-1", channel_id="desk", verdict=verdict, given_at=NOW))
    with store.reading() as tx:
        ((feedback, notice),) = tx.feedback.all()
        assert [each.alert for each in tx.alerts.of_story("s")] == [alert]
    assert (feedback.verdict, notice) == ("noise", NOTICE)


def test_what_an_article_was_read_from_is_kept_byte_for_byte(store: RowStore) -> None:
    fetched = Fetched(
        url="https://www.post.example/1", status=203, headers={"x-th": "ตำรวจ"}, body=bytes(range(256)) * 99, fetched_at=NOW
    )
    first = StoredResponse.of("https://post.example/1", fetched)
    third = StoredResponse.of(first.asked_url, replace(fetched, body=b"corrected"))
    with store.writing() as tx:
        tx.articles.keep_response("0123456789abcdef", 1, first)
        tx.articles.keep_response("0123456789abcdef", 3, third)
    with store.reading() as tx:
        kept = [tx.articles.response("0123456789abcdef", version) for version in (1, 2, 3)]
        assert kept == [first, None, third], "what each version was read from"
        assert kept[0] is not None
        assert kept[0].fetched == fetched
        assert tx.articles.response("another", 1) is None


def test_a_tally_counts_what_was_done_since_then(store: RowStore) -> None:
    (old,) = say(store, "old", NOTICE, "desk")
    (new,) = say(store, "new", NOTICE, "desk")
    say(store, "waiting", NOTICE, "desk")
    change(store, old, state="sent", next_attempt_at=None, sent_at=NOW - HOUR)
    change(store, new, state="sent", next_attempt_at=None, sent_at=NOW)
    with store.reading() as tx:
        tally = tx.operator.tally(NOW)
    assert (tally.sent, tally.waiting, tally.held, tally.dead, tally.articles, tally.alerts) == (1, 1, 0, 0, 0, 0)


def test_the_samples_are_of_every_kind() -> None:
    assert {type(message) for kind in ("update", "digest", "note") for message in samples(kind)} == {Update, Digest, Note}
    assert NOTICE != BARE
