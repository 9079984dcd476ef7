"""The judgements of this room, each by itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from markupsafe import Markup

from monitor.rules.compile import RuleErrors
from monitor.rules.rule import Vocabulary
from monitor.web.charts import bars, chart, sparkline
from monitor.web.pages.matrix import cells
from monitor.web.safety.attempts import WINDOW, Attempts, limits_of
from monitor.web.search import Queries, draft_rules
from monitor.web.templating import link, marked

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = date(2026, 11, 24)
WORDS = (
    Vocabulary(name="crime/drugs", title="Drugs", terms={"en": ("heroin",)}),
    Vocabulary(name="sea", title="Sea", terms={"en": ("ship",)}),
)


def test_attempts_count_by_name_by_address_and_for_a_name_from_everywhere() -> None:
    attempts = Attempts()
    for number in range(50):
        attempts.failed(limits_of(f"10.0.0.{number}", "anna"), NOW)
    assert attempts.wait_s(limits_of("10.0.1.1", "anna"), NOW) == WINDOW.total_seconds()
    assert attempts.wait_s(limits_of("10.0.1.1", "ben"), NOW) == 0
    assert attempts.wait_s(limits_of("10.0.1.1", "anna"), NOW + WINDOW) == 0


def test_an_address_that_tries_many_names_waits() -> None:
    attempts = Attempts()
    for number in range(20):
        assert attempts.wait_s(limits_of("10.0.0.1", f"name{number}"), NOW) == 0
        attempts.failed(limits_of("10.0.0.1", f"name{number}"), NOW + timedelta(seconds=number))
    assert attempts.wait_s(limits_of("10.0.0.1", "anna"), NOW + timedelta(seconds=20)) == WINDOW.total_seconds() - 20


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("2001:db8::1", "2001:db8::ffff:2", True, id="a network of IPv6"),
        pytest.param("2001:db8::1", "2001:db8:0:1::1", False, id="its neighbour"),
        pytest.param("10.0.0.1", "10.0.0.2", False, id="IPv4"),
        pytest.param("unknown:x", "unknown:y", False, id="no address"),
    ],
)
def test_addresses_that_are_limited_together(one: str, other: str, same: bool) -> None:
    assert (limits_of(one, "anna") == limits_of(other, "anna")) == same


def test_the_memory_of_attempts_is_bounded() -> None:
    attempts = Attempts()
    for number in range(5_000):
        attempts.failed(limits_of(f"10.{number // 250}.{number % 250}.1", f"name{number}"), NOW)
    assert len(attempts._failed) == 10_000


@pytest.mark.parametrize(
    ("days", "count", "each"),
    [
        pytest.param(1, 1, 1, id="a day"),
        pytest.param(30, 30, 1, id="a month, by days"),
        pytest.param(92, 92, 1, id="a quarter, by days"),
        pytest.param(93, 47, 2, id="more, by two days"),
        pytest.param(3650, 92, 40, id="ten years"),
    ],
)
def test_bars_cover_the_days_and_nothing_twice(days: int, count: int, each: int) -> None:
    first = DAY - timedelta(days=days - 1)
    counts = {DAY - timedelta(days=days): 99, first: 3, DAY: 5, DAY + timedelta(days=1): 99}
    drawn = bars(counts, first, DAY)
    assert len(drawn) == count
    assert sum(bar.count for bar in drawn) == (8 if days > 1 else 5)
    assert (drawn[0].first, drawn[-1].last) == (first, DAY)
    assert (drawn[0].last - drawn[0].first).days + 1 == each


@pytest.mark.parametrize("draw", [chart, sparkline])
@pytest.mark.parametrize("counts", [{}, {DAY: 1}, {DAY: 1_000_000}])
def test_a_chart_is_shapes_and_words_alone(draw, counts: dict[date, int]) -> None:
    drawn = draw("Counts <b>", bars(counts, DAY - timedelta(days=6), DAY))
    assert isinstance(drawn, Markup)
    assert "Counts &lt;b&gt;" in drawn
    assert set(re.findall(r"<(\w+)", drawn)) <= {"svg", "g", "rect", "path", "text", "title"}
    assert not re.search(r"\b(?:style|on\w+|id)=", drawn)
    assert drawn.count("<title>") == 7


def test_shades_go_from_one_to_the_most() -> None:
    found = cells({("a", "x"): 1, ("a", "y"): 25, ("b", "x"): 100}, {("b", "y"): 3})
    assert {pair: (cell.count, cell.before, cell.shade) for pair, cell in found.items()} == {
        ("a", "x"): (1, 0, 1),
        ("a", "y"): (25, 0, 3),
        ("b", "x"): (100, 0, 5),
        ("b", "y"): (0, 3, 0),
    }
    assert cells({}, {("a", "x"): 1})["a", "x"].shade == 0


def test_overlapping_marks_become_one_and_text_is_escaped() -> None:
    assert marked("a <b> heroin", [(6, 12), (2, 8), (0, 1)]) == "<mark>a</mark> <mark>&lt;b&gt; heroin</mark>"


def test_an_address_keeps_what_was_asked_and_leaves_out_what_is_empty() -> None:
    assert link("/stories", {"q": "a&b=c", "rule": ""}, after=3, source=None) == "/stories?q=a%26b%3Dc&after=3"
    assert link("/stories") == "/stories"


def test_a_query_is_compiled_once_and_over_the_vocabularies_that_it_names() -> None:
    queries = Queries()
    query = queries.query("@crime/* AND ship", WORDS)
    assert queries.query("@crime/* AND ship", WORDS) is query
    assert set(query.rules.vocabularies) == {"crime/drugs"}
    assert queries.query("@crime/* AND ship", [*WORDS]) is not query, "other settings are compiled for themselves"


def test_a_vocabulary_misspelt_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(RuleErrors, match="write: @crime/drugs"):
        Queries().query("@crime/drug", WORDS)
    assert draft_rules([], WORDS).vocabularies == {}
