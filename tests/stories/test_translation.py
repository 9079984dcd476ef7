from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.stories.facts import Facts
from monitor.stories.join import QUIET, Candidate, Joined, Opened, decide
from monitor.stories.shingles import sketch

NOON = datetime(2025, 5, 3, 12, tzinfo=UTC)
FACTS = Facts(numbers=frozenset({"143", "26", "318", "95"}), names=frozenset({"sothea", "bavet"}))
FACETS = frozenset({"crime/cybercrime", "country/kh"})
WIRE = Candidate(
    article_id="wire",
    story_id="S",
    story_at=NOON,
    site="a.example",
    seen_at=NOON,
    sketch=sketch("one text"),
    language="en",
    facts=FACTS,
    facets=FACETS,
)
NEW = replace(
    WIRE, article_id="new", story_id=None, story_at=None, site="b.example", seen_at=NOON + timedelta(hours=5), language="th",
    sketch=sketch("another text altogether"),
)  # fmt: skip


def test_the_same_facts_in_another_language_are_the_same_story_and_the_reason_names_them() -> None:
    outcome = decide(NEW, [], translations=[WIRE])
    assert isinstance(outcome, Joined)
    assert (outcome.story_id, outcome.article_id) == ("S", "wire")
    assert "143" in outcome.reason
    assert "318" in outcome.reason


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"language": "en"}, id="in the same language"),
        pytest.param({"language": None}, id="in no known language"),
        pytest.param({"facets": frozenset({"crime/cybercrime", "country/th"})}, id="in another country"),
        pytest.param({"facets": frozenset({"aside/sport", "country/kh"})}, id="about something else"),
        pytest.param({"facts": Facts(numbers=frozenset({"143", "31", "212", "64", "87"}))}, id="one number in common"),
        pytest.param({"facts": Facts(numbers=frozenset({"26", "95", "11"}))}, id="numbers that any two may share"),
        pytest.param({"seen_at": NOON + timedelta(days=3)}, id="days later"),
    ],
)
def test_what_is_not_sure_is_a_story_of_its_own(change: dict[str, object]) -> None:
    weaker = replace(WIRE, facts=replace(FACTS, numbers=frozenset({"143", "26", "95"})))
    assert isinstance(decide(replace(NEW, facts=weaker.facts), [], translations=[weaker]), Joined)
    assert isinstance(decide(replace(NEW, **{"facts": weaker.facts, **change}), [], translations=[weaker]), Opened)  # type: ignore[arg-type]


def test_two_countries_named_in_both_need_only_one_in_common() -> None:
    both = replace(NEW, facets=FACETS | {"country/th"})
    assert isinstance(decide(both, [], translations=[WIRE]), Joined)


def test_a_copy_goes_before_a_translation_and_shows_that_both_are_one_story() -> None:
    text = "รถบรรทุกมันสำปะหลังถูกตรวจพบใกล้ด่านชายแดนในคืนวันอังคาร " * 6
    copy = replace(WIRE, article_id="copy", story_id="T", language="th", sketch=sketch(text), facts=Facts(), site="c.example")
    outcome = decide(replace(NEW, sketch=sketch(text)), [copy], translations=[WIRE])
    assert isinstance(outcome, Joined)
    assert (outcome.story_id, outcome.also) == ("T", ("S",))


def test_a_text_that_is_nearly_all_of_two_stories_shows_that_they_are_one(writer) -> None:
    hand = writer("en")
    words = hand.words()
    text = hand.text(words)

    def told(article_id: str, story: str, said: str, hours: int) -> Candidate:
        return Candidate(
            article_id=article_id,
            story_id=story,
            site=f"{article_id}.example",
            seen_at=NOON + timedelta(hours=hours),
            sketch=sketch(said),
        )

    new = Candidate(article_id="n", site="n.example", seen_at=NOON + timedelta(hours=9), sketch=sketch(text))
    outcome = decide(new, [told("b", "B", hand.text(hand.edited(words, 0.05)), 2), told("a", "A", text, 1)])
    assert isinstance(outcome, Joined)
    assert (outcome.story_id, outcome.also) == ("A", ("B",))
    less = decide(
        new, [told("b", "B", hand.text(hand.edited(words, 0.25)), 2), told("a", "A", hand.text(hand.edited(words, 0.2)), 1)]
    )
    assert isinstance(less, Joined)
    assert less.also == (), "two stories that only resemble each other stay two"


def test_a_closed_story_is_not_joined_by_a_copy() -> None:
    text = "A text that is long enough to be told apart by its letters, told once and then told again, word for word. " * 3
    old = replace(WIRE, sketch=sketch(text))
    in_time = replace(NEW, sketch=sketch(text), facts=Facts(), seen_at=NOON + QUIET)
    late = replace(in_time, seen_at=NOON + QUIET + timedelta(seconds=1))
    assert isinstance(decide(in_time, [old]), Joined)
    assert isinstance(decide(late, [old]), Opened)
    assert isinstance(decide(late, [replace(old, story_at=NOON + timedelta(days=3))]), Joined), "it went on in the meantime"
