from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from monitor.stories.join import WINDOW, Candidate, Joined, Opened, decide
from monitor.stories.shingles import sketch

NOON = datetime(2025, 5, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def article(article_id, text, *, story=None, site=None, hours=0.0, published=None):
    return Candidate(
        article_id=article_id,
        story_id=story,
        site=site or f"{article_id}.example",
        published_at=published,
        seen_at=NOON + hours * HOUR,
        sketch=sketch(text),
    )


@pytest.fixture
def texts(writer):
    """A long text, an edited copy, its first third, and another text altogether."""
    hand = writer("en")
    words = hand.words()
    edited = hand.edited(words, 0.1)
    return {
        "original": hand.text(words),
        "edited": hand.text(edited),
        "third": hand.text(words[:115]),
        "other": hand.text(hand.words()),
    }


@pytest.mark.parametrize(("copy", "because"), [("edited", "with an earlier article"), ("third", "the shorter text")])
def test_a_copy_joins_the_story_of_its_original_and_says_why(texts, copy, because):
    outcome = decide(article("b", texts[copy], hours=1), [article("a", texts["original"], story="S")])
    assert isinstance(outcome, Joined)
    assert (outcome.story_id, outcome.article_id) == ("S", "a")
    assert because in outcome.reason
    assert 0.2 < outcome.similarity < 1


def test_another_happening_opens_a_story_named_after_its_first_article(texts):
    outcome = decide(article("b", texts["other"]), [article("a", texts["original"], story="S")])
    assert outcome == Opened(story_id="b", reason=outcome.reason)
    assert "the nearest of 1 candidates" in outcome.reason


def test_without_candidates_a_story_is_opened(texts):
    assert decide(article("b", texts["other"]), []) == Opened(
        story_id="b", reason="no article of the last 14 days shares a passage with it"
    )


def test_of_several_copies_the_earliest_seen_decides_in_whatever_order_they_come(texts):
    new = article("n", texts["original"], hours=9)
    candidates = [
        article("late", texts["edited"], story="LATE", hours=3),
        article("b-early", texts["edited"], story="SECOND", hours=1),
        article("a-early", texts["edited"], story="FIRST", hours=1),
        article("other", texts["other"], story="OTHER"),
    ]
    assert {decide(new, order).story_id for order in permutations(candidates)} == {"FIRST"}


def test_a_much_nearer_copy_goes_before_an_earlier_one(texts, writer):
    """Bulletins of one form resemble each other more than they should; a reprint belongs to the bulletin that it reprints."""
    hand = writer("en")
    form, first, second = hand.words(250), hand.words(100), hand.words(100)
    bulletins = [
        article("one", hand.text(form + first), story="ONE", site="police.example"),
        article("two", hand.text(form + second), story="TWO", site="police.example", hours=1),
    ]
    reprint = article("reprint", hand.text(form + second), site="paper.example", hours=2)
    assert decide(reprint, bulletins).story_id == "TWO"


def test_bulletins_of_one_form_on_one_site_are_stories_of_their_own_and_a_corrected_one_is_not(writer):
    hand = writer("en")
    form, first, second = hand.words(250), hand.words(100), hand.words(100)
    one = article("one", hand.text(form + first), story="ONE", site="police.example")
    two = article("two", hand.text(form + second), site="police.example", hours=1)
    corrected = article("three", hand.text(form + hand.edited(first, 0.1)), site="police.example", hours=1)
    outcome = decide(two, [one])
    assert isinstance(outcome, Opened)
    assert "its own site, which tells something else" in outcome.reason
    assert decide(corrected, [one]).story_id == "ONE"
    reprint = article("reprint", hand.text(form + first), story="ONE", site="paper.example", hours=0.5)
    assert isinstance(decide(two, [one, reprint]), Opened), "not by way of another site either"
    other = article("zero", hand.text(form + hand.words(100)), story="ONE", site="police.example", hours=-1)
    assert decide(corrected, [one, other]).story_id == "ONE", "one version is enough"


def test_an_article_that_has_grown_on_its_site_is_the_same_story(texts):
    first = article("first", texts["third"], story="S", site="paper.example")
    assert decide(article("full", texts["original"], site="paper.example", hours=2), [first]).story_id == "S"


@pytest.mark.parametrize(
    ("headline", "site", "hours", "joins"),
    [
        pytest.param(
            "Three held in Bangkok call-centre raid", "b.example", 2, True, id="the same headline elsewhere, the same day"
        ),
        pytest.param("Three held in Bangkok call-centre raid", "a.example", 2, False, id="the same headline on the same site"),
        pytest.param(
            "Three held in Bangkok call-centre raid", "b.example", 30, False, id="the same headline elsewhere, the day after"
        ),
        pytest.param("Three held in Manila call-centre raid", "b.example", 2, False, id="nearly the same headline"),
        pytest.param("Morning briefing", "b.example", 2, False, id="another headline"),
    ],
)
def test_a_headline_without_text_is_grouped_only_with_the_very_same_one(headline, site, hours, joins):
    old = article("a", "Three held in Bangkok call-centre raid", story="S", site="a.example")
    outcome = decide(article("b", headline, site=site, hours=hours), [old])
    assert isinstance(outcome, Joined if joins else Opened)


def test_a_headline_does_not_join_the_article_that_contains_it(texts):
    long = article("a", texts["original"], story="S")
    assert isinstance(decide(article("b", texts["original"][:60], hours=1), [long]), Opened)


def test_articles_without_text_never_group():
    assert isinstance(decide(article("b", ""), [article("a", "", story="S")]), Opened)


@pytest.mark.parametrize(
    ("old", "new", "joins"),
    [
        pytest.param((None, 0), (None, 13), True, id="seen 13 days apart"),
        pytest.param((None, 0), (None, 15), False, id="seen 15 days apart"),
        pytest.param((0, 0), (15, 0), False, id="published 15 days apart, seen together"),
        pytest.param((0, 0), (1, 20), True, id="published a day apart, the second seen late"),
        pytest.param((-400, 0), (None, 1), True, id="one without a date, seen a day apart"),
    ],
)
def test_only_what_is_near_in_time_is_one_story(texts, old, new, joins):
    def dated(article_id, text, days, **more):
        published, seen = days
        return article(
            article_id, text, published=None if published is None else NOON + timedelta(days=published), hours=24 * seen, **more
        )

    outcome = decide(dated("b", texts["edited"], new), [dated("a", texts["original"], old, story="S")])
    assert isinstance(outcome, Joined if joins else Opened)


def test_the_window_can_be_given(texts):
    old, new = article("a", texts["original"], story="S"), article("b", texts["edited"], hours=3)
    assert isinstance(decide(new, [old], window=2 * HOUR), Opened)
    assert timedelta(days=14) == WINDOW


def test_the_article_itself_and_one_without_a_story_are_no_candidates(texts):
    new = article("b", texts["original"])
    assert isinstance(decide(new, [article("b", texts["original"], story="S"), article("c", texts["original"])]), Opened)
