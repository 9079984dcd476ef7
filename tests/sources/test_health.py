"""What is said of sources that bring nothing, judged by their own rhythm."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from monitor.sources.health import ailment_of, may_be_quiet, no_page, pages_of
from monitor.sources.rhythm import between, rhythm_of
from monitor.sources.source import Source
from monitor.sources.state import Errand, SourceState

MONDAY = datetime(2024, 6, 3, 0, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SOURCE = Source(id="post", name="The Post", url="https://post.example/feed", kind="feed", interval_s=900)
WELL = SourceState(source_id="post", next_poll_at=MONDAY, listed=20)


def busy(days: int = 28) -> list[datetime]:
    """Two items an hour from seven to eleven at night, on every day up to Sunday."""
    return [MONDAY - number * DAY + hour * HOUR / 2 for number in range(1, days + 1) for hour in range(14, 46)]


def office(weeks: int = 8) -> list[datetime]:
    """Three items on each working day."""
    days = [MONDAY - number * DAY for number in range(1, weeks * 7 + 1)]
    return [day + hour * HOUR for day in days if day.weekday() < 5 for hour in (3, 6, 9)]


def weekly(weeks: int = 12) -> list[datetime]:
    """One item every Thursday."""
    return [MONDAY - 4 * DAY - number * 7 * DAY + 2 * HOUR for number in range(weeks)]


def sparse(items: int = 12) -> list[datetime]:
    """One item every five to twenty days, on any weekday."""
    chance, at, found = random.Random(7), MONDAY - DAY, []
    for _ in range(items):
        found.append(at)
        at -= timedelta(days=chance.uniform(5, 20))
    return found


RHYTHMS = {"busy": busy, "office": office, "weekly": weekly, "sparse": sparse}


def silent(moments: list[datetime], now: datetime) -> str | None:
    """The cause that is told when the source answers and nothing new has come since the last of the moments."""
    state = replace(WELL, last_success_at=now, last_change_at=max(moments))
    found = ailment_of(SOURCE, state, moments, now)
    return found.cause if found else None


@pytest.mark.parametrize(
    ("rhythm", "well_for", "quiet_after"),
    [
        ("busy", timedelta(hours=23), timedelta(hours=48)),
        ("office", timedelta(days=5), timedelta(days=8)),
        ("weekly", timedelta(days=13), timedelta(days=36)),
        ("sparse", timedelta(days=20), timedelta(days=33)),
    ],
)
def test_each_is_given_the_time_that_its_own_rhythm_asks_for(rhythm: str, well_for: timedelta, quiet_after: timedelta) -> None:
    moments = RHYTHMS[rhythm]()
    last = max(moments)
    hours = [number * HOUR for number in range(24 * 60)]
    first = next(span for span in hours if silent(moments, last + span) == "quiet")
    assert well_for < first <= quiet_after


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_none_of_its_usual_pauses_is_ever_told(rhythm: str) -> None:
    moments = sorted(RHYTHMS[rhythm]())
    for number in range(len(moments) // 2, len(moments)):
        assert silent(moments[:number], moments[number] - timedelta(minutes=1)) is None


def test_a_long_weekend_of_an_office_is_no_news() -> None:
    friday = max(office())
    assert friday.weekday() == 4
    assert silent(office(), friday + 5 * DAY) is None, "Monday and Tuesday are holidays"


def test_little_is_known_of_a_new_source_so_that_it_is_given_a_month() -> None:
    moments = [MONDAY, MONDAY - DAY, MONDAY - 2 * DAY]
    assert silent(moments, MONDAY + 29 * DAY) is None
    assert silent(moments, MONDAY + 31 * DAY) == "quiet"
    assert silent([], MONDAY) is None if not moments else True


def test_as_long_as_its_weekdays_are_not_known_a_weekend_is_no_news() -> None:
    friday = max(office(weeks=1))
    assert silent(office(weeks=1), friday + 2.7 * DAY) is None
    assert silent(office(weeks=1), friday + 5 * DAY) == "quiet"


def test_an_office_that_closes_for_a_week_is_no_news() -> None:
    friday = max(office())
    assert silent(office(), friday + 6.9 * DAY) is None
    assert silent(office(), friday + 8 * DAY) == "quiet"


def test_silence_is_what_the_last_look_has_seen() -> None:
    last = max(busy())
    state = replace(WELL, last_success_at=last + 0.8 * DAY, next_poll_at=last + 2 * DAY, last_change_at=last)
    assert ailment_of(SOURCE, state, busy(), last + 1.8 * DAY) is None


def test_what_comes_in_bursts_is_judged_by_more_than_the_last_one() -> None:
    burst = [MONDAY - number * DAY for number in range(8)]
    moments = [at - 180 * DAY for at in burst] + burst
    assert silent(moments, MONDAY + 170 * DAY) is None


def test_a_pause_that_is_far_longer_than_any_other_was_an_outage_and_no_habit() -> None:
    away = [at for at in busy() if not MONDAY - 20 * DAY < at < MONDAY - 13 * DAY]
    assert silent(away, max(away) + 3 * DAY) == "quiet"


def test_chance_makes_no_weekday_usual() -> None:
    thursdays = [MONDAY - 4 * DAY - number * 21 * DAY for number in range(4)]
    others = [MONDAY - number * DAY for number in (13, 20, 29, 33, 43, 51, 57, 64)]
    assert len(rhythm_of(thursdays + others, UTC).days) == 7


def test_few_pauses_tell_at_least_how_long_they_were() -> None:
    assert silent([MONDAY, MONDAY - 40 * DAY], MONDAY + 79 * DAY) is None
    assert silent([MONDAY, MONDAY - 40 * DAY], MONDAY + 81 * DAY) == "quiet"


def test_a_watched_page_that_hardly_ever_changes_is_as_it_should_be() -> None:
    notice = replace(SOURCE, kind="watch")
    state = replace(WELL, last_success_at=MONDAY, next_poll_at=MONDAY + HOUR, last_change_at=MONDAY - 300 * DAY)
    assert ailment_of(notice, state, [MONDAY - 300 * DAY], MONDAY) is None
    assert ailment_of(SOURCE, state, [MONDAY - 300 * DAY], MONDAY) is not None


@pytest.mark.parametrize(("listed", "cause"), [(0, "empty"), (12, "quiet")])
def test_what_has_brought_nothing_since_its_first_poll_is_told_after_a_month(listed: int, cause: str) -> None:
    state = replace(WELL, listed=listed, last_change_at=MONDAY)
    for days, told in ((29, None), (31, cause)):
        now = MONDAY + days * DAY
        found = ailment_of(SOURCE, replace(state, last_success_at=now), [], now)
        assert (found.cause if found else None) == told


def test_of_a_silent_sitemap_it_is_said_which_part_cannot_be_had() -> None:
    lost = Errand(url="https://post.example/news.xml", purpose="part", error="https://post.example/news.xml: HTTP 404")
    now = max(busy()) + 3 * DAY
    found = ailment_of(SOURCE, replace(WELL, parts=(lost,), last_success_at=now, last_change_at=max(busy())), busy(), now)
    assert found is not None
    assert "https://post.example/news.xml: HTTP 404" in found.text


def test_weekdays_are_those_of_the_source() -> None:
    bangkok = ZoneInfo("Asia/Bangkok")
    assert rhythm_of(office(), bangkok).days == frozenset(range(5))
    late_sunday_in_utc = datetime(2024, 6, 2, 20, 0, tzinfo=UTC)  # Monday morning in Bangkok
    assert between(late_sunday_in_utc, late_sunday_in_utc + HOUR, frozenset({0}), bangkok) == HOUR
    assert between(late_sunday_in_utc, late_sunday_in_utc + HOUR, frozenset({0}), UTC) == timedelta(0)


@pytest.mark.parametrize("days", [frozenset(range(7)), frozenset(range(5)), frozenset({3})], ids=len)
def test_time_is_counted_without_the_other_days(days: frozenset[int]) -> None:
    assert between(MONDAY, MONDAY + 21 * DAY, days, UTC) == 3 * len(days) * DAY
    assert between(MONDAY + HOUR, MONDAY, days, UTC) == timedelta(0)
    parts = [MONDAY + number * 5 * HOUR for number in range(40)]
    summed = sum((between(one, other, days, UTC) for one, other in pairwise(parts)), timedelta(0))
    assert summed == between(parts[0], parts[-1], days, UTC)


TROUBLED = replace(
    WELL, failures=4, trouble_since=MONDAY, last_error="post.example: HTTP 403 Forbidden", last_success_at=MONDAY
)


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (replace(TROUBLED, trouble="dead"), "dead"),
        (replace(TROUBLED, trouble="unreachable"), "dead"),
        (replace(TROUBLED, trouble="blocked"), "blocked"),
        (replace(TROUBLED, trouble="login page"), "login page"),
        (replace(TROUBLED, trouble="not a feed"), "not a feed"),
        (replace(TROUBLED, trouble="selector rot"), "selector rot"),
        (replace(TROUBLED, trouble="empty", failures=0, last_error=None), "empty"),
        (replace(WELL, frozen=True, unchanged=1, whole_at=MONDAY), "frozen"),
        (replace(WELL, frozen=True, unchanged=0, whole_at=MONDAY), None),
        (replace(WELL, gone=True, next_poll_at=None, last_error="HTTP 410"), "gone"),
        (replace(TROUBLED, trouble="dead", failures=2), None),
        (replace(TROUBLED, trouble="blocked", failures=1, trouble_since=MONDAY - 3 * DAY), "blocked"),
        (WELL, None),
    ],
)
def test_causes_are_told_apart(state: SourceState, cause: str | None) -> None:
    found = ailment_of(SOURCE, state, busy(), MONDAY + 7 * HOUR)
    assert (found.cause if found else None) == cause
    if found:
        assert found.subject.startswith("The Post ")
        assert found.subject.endswith(f"({cause})")
        assert found.text.endswith(".")
        assert state.last_error is None or state.last_error in found.text


def test_what_has_failed_for_a_short_time_is_not_told() -> None:
    assert ailment_of(SOURCE, replace(TROUBLED, trouble="dead"), busy(), MONDAY + 5 * HOUR) is None


def test_what_has_failed_once_before_a_week_without_the_program_is_not_told() -> None:
    failing = replace(TROUBLED, trouble="dead", last_poll_at=MONDAY + HOUR, next_poll_at=MONDAY + 2 * HOUR)
    assert ailment_of(SOURCE, failing, busy(), MONDAY + 7 * DAY) is None
    assert ailment_of(SOURCE, replace(failing, next_poll_at=MONDAY + 8 * DAY), busy(), MONDAY + 7 * DAY) is not None


def test_only_a_source_that_answers_can_be_quiet() -> None:
    now = MONDAY + 40 * DAY
    answering = replace(WELL, last_success_at=now - HOUR, last_change_at=MONDAY)
    assert may_be_quiet(answering, now)
    assert not may_be_quiet(replace(answering, failures=1), now)
    assert not may_be_quiet(replace(answering, last_success_at=now - 2 * DAY), now), "the program did not run"
    rare = replace(answering, last_success_at=now - 1.2 * DAY, next_poll_at=now + HOUR)
    assert may_be_quiet(rare, now), "it is asked once in one and a half days"
    assert not may_be_quiet(replace(answering, last_change_at=now - HOUR), now)


def test_pages_that_cannot_be_read_are_told_with_the_last_reason() -> None:
    became = [
        ("unreadable", "the page is a PDF document; the feed carries no text"),
        *[("article", f"read, {no_page('HTTP 403')}")] * 9,
    ]
    ailment = pages_of(SOURCE, became, ailing=False)
    assert ailment is not None
    assert (ailment.cause, "10 could not be read" in ailment.text) == ("no pages", True)
    assert "the last one: the page is a PDF document" in ailment.text


@pytest.mark.parametrize(("read", "ailing", "told"), [(0, False, True), (1, False, False), (4, True, True), (5, True, False)])
def test_a_few_pages_that_can_be_read_end_nothing_and_begin_nothing(read: int, ailing: bool, told: bool) -> None:
    became = [("article", "read, paywall")] * read + [("article", f"read, {no_page('HTTP 403')}")] * (10 - read)
    assert (pages_of(SOURCE, became, ailing=ailing) is not None) is told


def test_too_few_articles_say_nothing_of_its_pages() -> None:
    assert pages_of(SOURCE, [("unreadable", "HTTP 404")] * 9, ailing=False) is None
