from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from monitor.alerts.raising import alert_id, delivery_id, raise_alert
from monitor.rules.rule import Rule

NOW = datetime(2025, 5, 3, 7, tzinfo=UTC)
RULE = Rule(id="aseanapol", title="ASEANAPOL", when='"aseanapol"', severity="high", alert=("desk", "ops", "desk"))


def test_an_alert_goes_once_to_each_channel_of_its_rule_and_is_due_at_once():
    alert, deliveries = raise_alert(story_id="S", article_id="a", rule=RULE, now=NOW)
    assert (alert.story_id, alert.rule_id, alert.article_id, alert.severity, alert.raised_at) == (
        "S",
        "aseanapol",
        "a",
        "high",
        NOW,
    )
    assert [each.channel_id for each in deliveries] == ["desk", "ops"]
    assert {(each.message_id, each.state, each.attempts, each.next_attempt_at, each.created_at) for each in deliveries} == {
        (alert.id, "pending", 0, NOW, NOW)
    }


def test_raising_again_later_from_another_article_of_the_story_gives_the_same_ids():
    first = raise_alert(story_id="S", article_id="a", rule=RULE, now=NOW)
    again = raise_alert(story_id="S", article_id="b", rule=RULE, now=NOW + timedelta(hours=3))
    assert first[0].id == again[0].id == alert_id("S", "aseanapol")
    assert [each.id for each in first[1]] == [each.id for each in again[1]]


def test_a_rule_without_channels_raises_an_alert_that_goes_nowhere():
    alert, deliveries = raise_alert(story_id="S", article_id="a", rule=Rule(id="r", title="R", when='"x"'), now=NOW)
    assert alert.rule_id == "r"
    assert deliveries == ()


@pytest.mark.parametrize("derive", [alert_id, delivery_id])
def test_ids_are_version_5_uuids_and_differ_wherever_a_part_differs(derive):
    pairs = [("a", "b"), ("b", "a"), ("ab", ""), ("a", "c"), ("", "ab"), ("a b", "c"), ("a", "b c")]
    ids = [derive(*pair) for pair in pairs]
    assert len(set(ids)) == len(pairs)
    assert {UUID(each).version for each in ids} == {5}


def test_ids_are_frozen():
    """A receiver tells repeats by them, also across an upgrade."""
    assert alert_id("5a0f3c1188aa77de", "aseanapol") == "7d5d39e2-0f93-52c8-923e-0fcdafff811e"
    assert delivery_id(alert_id("5a0f3c1188aa77de", "aseanapol"), "desk") == "0a2421b4-7983-5eeb-9971-60d268dd77e5"
