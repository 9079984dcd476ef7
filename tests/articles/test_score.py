"""How pages are scored."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.articles.article import Article, Unreadable
from monitor.articles.score import Expected, Score, compare, expected_from, overlap, summarise

TEXT = "one two three four five six seven eight"


@pytest.mark.parametrize(
    "got, precision, recall",
    [
        pytest.param(TEXT, 1, 1, id="the same"),
        pytest.param("One, two; THREE four - five six seven eight!", 1, 1, id="case and punctuation do not count"),
        pytest.param("one two three four five", 1, 2 / 5, id="half of it"),
        pytest.param(f"{TEXT} nine ten eleven twelve thirteen", 5 / 10, 1, id="as much again"),
        pytest.param(f"{TEXT}\n{TEXT}", 5 / 13, 1, id="twice"),
        pytest.param("", 0, 0, id="nothing"),
        pytest.param("other words altogether in here", 0, 0, id="something else"),
    ],
)
def test_precision_and_recall_are_of_runs_of_four_words(got, precision, recall):
    assert overlap(TEXT, got) == pytest.approx((precision, recall))


def test_scripts_without_spaces_are_compared_by_letters():
    precision, recall = overlap("警方逮捕九名嫌疑人", "警方逮捕九名")
    assert (precision, recall) == pytest.approx((1, 3 / 6))


def test_a_page_is_scored_in_every_field_that_is_expected():
    expected = Expected(text=TEXT, headline="Nine held", published=date(2025, 11, 10), authors=("Mira Santos",))
    got = Article(
        headline="NINE HELD", paragraphs=(TEXT,), published_at=datetime(2025, 11, 9, 23, tzinfo=UTC), authors=("Mira Santos",)
    )
    assert compare(expected, got) == Score(precision=1, recall=1, headline=True, published=True, authors=True)
    assert compare(expected, Unreadable(reason="empty")) == Score(
        precision=0, recall=0, headline=False, published="missing", authors=False
    )


def test_a_page_that_is_no_article_must_be_refused_for_the_right_reason():
    expected = Expected(unreadable="login")
    assert compare(expected, Unreadable(reason="the page asks for a login")).refused is True
    assert compare(expected, Unreadable(reason="the page is empty")).refused is False
    assert compare(expected, Article(headline=None, paragraphs=(TEXT,))).refused is False


def test_a_summary_averages_only_what_was_compared():
    summary = summarise(
        [Score(precision=1, recall=0.5, published=True), Score(precision=0.5, recall=0.5, published=False), Score(refused=True)]
    )
    assert (summary.pages, summary.precision, summary.recall, summary.headline) == (3, 0.75, 0.5, None)
    assert (summary.f1, summary.wrong_dates, summary.missing_dates, summary.refused) == (pytest.approx(0.6), 0.5, 0, 1)


@pytest.mark.parametrize(
    "data, expected",
    [
        ({"paragraphs": ["a", "b"], "headline": "h"}, Expected(text="a\nb", headline="h")),
        (
            {"articleBody": "a", "title": "t", "date": "2025-11-10T08:00:00Z", "author": "m"},
            Expected(text="a", headline="t", published=date(2025, 11, 10), authors=("m",)),
        ),
        ({"unreadable": "cookie"}, Expected(unreadable="cookie")),
    ],
)  # fmt: skip
def test_what_is_expected_is_read_from_either_kind_of_json(data, expected):
    assert expected_from(data) == expected


@pytest.mark.parametrize("data", [{"text": 5}, {"headline": ["x"]}, {"published": "soon"}])
def test_json_of_another_form_is_an_error(data):
    with pytest.raises(ValueError, match=r"must be a text|isoformat"):
        expected_from(data)
