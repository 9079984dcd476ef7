"""When a source is polled next: the criteria of a good client, played against a clock that only the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Outcome, Refused, Request, Throttled
from monitor.sources.entry import CUT, Entry, Hints, Listing, Unlisted
from monitor.sources.schedule import after_poll, doubted, is_frozen, is_same_body, request_for
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.sources.triage import triage

START = datetime(2024, 6, 3, 0, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
SOURCE = Source(id="news", name="News", url="https://news.example/feed", kind="feed", interval_s=3_600)
LISTING = Listing(entries=())
FAILED = Failed(kind="reset", detail="news.example broke the connection off")


def fetched(body: bytes = b"<rss/>", moved_to: str | None = None, **headers: str) -> Fetched:
    return Fetched(
        url=SOURCE.url,
        status=200,
        body=body,
        fetched_at=START,
        moved_to=moved_to,
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


def not_modified(moved_to: str | None = None, **headers: str) -> NotModified:
    return NotModified(fetched_at=START, moved_to=moved_to, headers={k.replace("_", "-"): v for k, v in headers.items()})


def poll(
    state: SourceState,
    outcome: Outcome,
    listing: Listing | Unlisted | None = LISTING,
    new: int = 0,
    jitter: float = 0.0,
    source: Source = SOURCE,
) -> SourceState:
    """The state after a poll at the moment when it is due."""
    assert state.next_poll_at is not None
    shown = listing if isinstance(outcome, Fetched) else None
    return after_poll(source, state, outcome, shown, new, state.next_poll_at, jitter)


def wait(state: SourceState) -> timedelta:
    assert state.next_poll_at is not None
    assert state.last_poll_at is not None
    return state.next_poll_at - state.last_poll_at


@pytest.fixture
def fresh() -> SourceState:
    return SourceState(source_id="news", next_poll_at=START)


def after(state: SourceState, *outcomes: Outcome) -> SourceState:
    for outcome in outcomes:
        state = poll(state, outcome)
    return state


class TestValidators:
    def test_they_are_sent_as_they_came_and_a_304_that_has_none_keeps_them(self, fresh):
        state = after(fresh, fetched(etag='W/"a,b"', last_modified="x"), not_modified(), not_modified(etag='"new"'))
        assert (state.etag, state.last_modified) == ('"new"', "x")
        request = request_for(SOURCE, state, START)
        assert (request.url, request.etag, request.last_modified, request.check_robots) == (SOURCE.url, '"new"', "x", False)

    def test_those_of_half_a_body_are_not_sent_unless_it_comes_again_as_it_was(self, fresh):
        state = poll(fresh, fetched(b"<rss><item/>", etag='"half"', last_modified="x"), Listing(entries=(), flags=(CUT,)))
        assert (state.etag, state.last_modified) == (None, None)
        again = fetched(b"<rss><item/>", etag='"half"')
        assert is_same_body(state, again)
        assert poll(state, again, None).etag == '"half"'

    def test_a_200_replaces_both(self, fresh):
        state = after(fresh, fetched(etag='"a"', last_modified="x"), fetched(last_modified="y"))
        assert (state.etag, state.last_modified) == (None, "y")

    @pytest.mark.parametrize(
        "outcome",
        [
            FAILED,
            Failed(kind="status", detail="HTTP 500", status=500),
            Failed(kind="truncated", detail="short"),
            Throttled(status=429),
            Gone(),
        ],
        ids=lambda outcome: type(outcome).__name__ + getattr(outcome, "kind", ""),
    )
    def test_they_survive_a_failure(self, fresh, outcome):
        assert after(fresh, fetched(etag='"a"'), outcome).etag == '"a"'

    def test_those_of_something_that_is_no_feed_are_not_taken(self, fresh):
        state = poll(after(fresh, fetched(etag='"feed"')), fetched(b"<html>", etag='"portal"'), Unlisted(reason="an HTML page"))
        assert (state.etag, state.last_error, state.failures) == ('"feed"', "an HTML page", 1)
        assert not is_same_body(state, fetched(b"<html>"))

    def test_an_index_of_sitemaps_is_read_at_every_poll(self, fresh):
        state = poll(fresh, fetched(etag='"index"'), Listing(entries=(), follow=("https://news.example/news.xml",)))
        assert request_for(SOURCE, state, START).etag is None
        assert not is_same_body(state, fetched())

    def test_none_are_invented(self, fresh):
        assert request_for(SOURCE, after(fresh, fetched()), START).etag is None

    def test_a_server_stuck_on_304_is_asked_for_everything_once_a_day_at_most(self, fresh):
        state = after(fresh, fetched(etag='"a"'))
        plain = []
        for _ in range(72):
            assert state.next_poll_at is not None
            request = request_for(SOURCE, state, state.next_poll_at)
            if request.etag is None:
                plain.append(state.next_poll_at)
                state = poll(state, fetched(etag='"a"'), None)
            else:
                state = poll(state, not_modified())
        assert plain == [START + timedelta(hours=24), START + timedelta(hours=48), START + timedelta(hours=72)]

    def test_a_page_asks_for_robots_and_html(self, fresh):
        request = request_for(replace(SOURCE, kind="page"), fresh, START)
        assert (request.check_robots, request.accept.split(",")[0]) == (True, "text/html")

    def test_a_304_is_found_untrue_when_a_whole_body_has_news_under_the_same_validators(self, fresh):
        state = after(fresh, fetched(etag='"a"'), not_modified())
        news = [Entry(keys=("1",))]
        asked_whole, conditional = Request(url=SOURCE.url), Request(url=SOURCE.url, etag='"a"')
        assert is_frozen(state, asked_whole, fetched(b"2", etag='"a"'), news)
        assert not is_frozen(state, asked_whole, fetched(b"2", etag='"b"'), news)
        assert not is_frozen(state, asked_whole, fetched(b"2", etag='"a"'), [])
        old = Entry(keys=("1",), published_at=START - timedelta(days=1))
        assert is_frozen(state, asked_whole, fetched(b"2", etag='"b"'), [old])
        assert not is_frozen(replace(state, frozen=True), conditional, fetched(b"2", etag='"a"'), news)
        assert is_frozen(replace(state, frozen=True), conditional, not_modified(), [])

    def test_old_dates_alone_prove_nothing_until_validators_known_to_be_old_bring_a_304(self, fresh):
        state = replace(after(fresh, fetched(etag='"a"'), not_modified()), unchanged=12)
        old = [Entry(keys=("1",), published_at=START - timedelta(days=1))]
        whole, conditional = Request(url=SOURCE.url), Request(url=SOURCE.url, etag='"a"')

        def answered(state: SourceState, request: Request, outcome: Outcome, new: list[Entry]) -> SourceState:
            return doubted(state, poll(state, outcome, new=len(new)), request, outcome, new)

        doubtful = answered(state, whole, fetched(b"2", etag='"b"'), old)
        assert (doubtful.frozen, doubtful.hides_news, doubtful.etag) == (True, False, '"a"')
        honest = answered(doubtful, conditional, fetched(b"2", etag='"b"'), [])
        assert (honest.frozen, honest.etag) == (False, '"b"')
        proven = answered(doubtful, conditional, not_modified(), [])
        assert proven.hides_news
        assert answered(proven, whole, fetched(b"3", etag='"c"'), []).hides_news, "a whole look says nothing of 304s"
        silent = answered(proven, conditional, fetched(b"2", etag='"b"'), [])
        assert (silent.hides_news, silent.etag) == (True, '"b"'), "nor does a body without news of a server that was found out"
        assert not answered(proven, conditional, fetched(b"3", etag='"c"'), [Entry(keys=("2",))]).frozen
        assert answered(state, whole, fetched(b"2", etag='"a"'), old).hides_news, "news under the same name"

    def test_a_server_whose_304s_are_untrue_is_asked_for_everything_four_times_a_day(self, fresh):
        state = replace(after(fresh, fetched(etag='"a"'), not_modified()), frozen=True)
        assert request_for(SOURCE, state, START + 5 * HOUR).etag == '"a"'
        assert request_for(SOURCE, state, START + 6 * HOUR).etag is None


class TestShareSeen:
    """The interval follows the share of items that were seen before, and stays within once and one and a half times."""

    def paces(self, state: SourceState, *polls: tuple[int, int]) -> list[float]:
        found = []
        for number, (listed, new) in enumerate(polls):
            now = state.next_poll_at or START
            body = fetched(str(number).encode())
            state = after_poll(SOURCE, state, body, LISTING, new, now, 0.0, listed=listed)
            found.append(round(wait(state) / HOUR, 2))
        return found

    def test_mostly_seen_is_looked_at_later_up_to_a_bound(self, fresh):
        assert self.paces(fresh, (30, 30), (30, 1), (30, 0), (30, 9)) == [1.0, 1.25, 1.5, 1.5]

    def test_hardly_seen_is_looked_at_sooner_down_to_the_interval(self, fresh):
        slow = replace(fresh, pace=1.5)
        assert self.paces(slow, (30, 25), (30, 30), (30, 21)) == [1.2, 1.0, 1.0]

    def test_in_between_the_pace_stays(self, fresh):
        assert self.paces(replace(fresh, pace=1.25), (30, 15), (30, 11)) == [1.25, 1.25]

    def test_a_304_says_nothing_about_the_pace(self, fresh):
        assert wait(after(fresh, fetched(etag='"a"'), not_modified(), not_modified())) == HOUR

    def test_a_body_that_comes_again_for_want_of_validators_does(self, fresh):
        assert wait(poll(after(fresh, fetched()), fetched(), None)) == 1.25 * HOUR
        assert wait(poll(after(fresh, fetched(etag='"a"')), fetched(etag='"a"'), None)) == HOUR


class TestTrouble:
    @pytest.mark.parametrize(
        ("outcome", "listing", "trouble"),
        [
            (Failed(kind="dns", detail="x"), None, "unreachable"),
            (Failed(kind="connect", detail="x"), None, "unreachable"),
            (Failed(kind="tls", detail="x"), None, "dead"),
            (Failed(kind="status", detail="x", status=404), None, "dead"),
            (Failed(kind="status", detail="x", status=403), None, "blocked"),
            (Throttled(status=429), None, "blocked"),
            (Throttled(status=503), None, "dead"),
            (Refused(reason="robots.txt"), None, "blocked"),
            (Gone(), None, "dead"),
            (fetched(), Unlisted(reason="x", cause="login page"), "login page"),
            (fetched(), Unlisted(reason="x", cause="selector rot"), "selector rot"),
        ],
    )
    def test_each_has_its_name_and_a_beginning(self, fresh, outcome, listing, trouble):
        state = poll(fresh, outcome, listing)
        assert (state.trouble, state.trouble_since) == (trouble, START)
        later = replace(poll(state, outcome, listing), next_poll_at=START + 9 * HOUR)
        assert later.trouble_since == START
        well = poll(later, fetched())
        assert (well.trouble, well.trouble_since) == (None, None)

    def test_a_list_that_had_items_and_has_none_is_empty(self, fresh):
        full = after_poll(SOURCE, fresh, fetched(), LISTING, 3, START, 0.0, listed=3)
        emptied = poll(full, fetched(b"none"))
        assert (emptied.trouble, emptied.last_error, emptied.failures) == ("empty", None, 0)
        assert poll(emptied, fetched(b"still none")).trouble == "empty"
        assert poll(emptied, not_modified()).trouble == "empty"
        failed = poll(emptied, Failed(kind="status", detail="HTTP 500", status=500))
        assert not is_same_body(failed, fetched(b"none")), "it is looked at as a whole"
        assert poll(failed, fetched(b"none")).trouble == "empty"

    def test_a_list_of_the_last_days_may_run_empty(self, fresh):
        last_one = after_poll(SOURCE, fresh, fetched(), LISTING, 1, START, 0.0, listed=1)
        assert poll(last_one, fetched(b"none")).trouble is None
        sitemap = replace(SOURCE, kind="sitemap")
        full = after_poll(sitemap, fresh, fetched(), LISTING, 30, START, 0.0, listed=30)
        assert poll(full, fetched(b"none"), source=sitemap).trouble is None
        assert poll(fresh, fetched(b"none")).trouble is None


class TestPace:
    def test_a_poll_follows_after_the_interval_plus_at_most_a_tenth(self, fresh):
        assert wait(poll(fresh, fetched())) == HOUR
        again = poll(fresh, fetched())
        assert HOUR < wait(poll(again, fetched(), jitter=0.999)) < 1.1 * HOUR

    def test_what_was_added_together_is_not_polled_together_for_ever_after(self, fresh):
        assert 1.7 * HOUR < wait(poll(fresh, fetched(), jitter=0.999)) < 1.75 * HOUR

    @pytest.mark.parametrize(
        ("headers", "hours"),
        [
            ({"cache_control": "max-age=21600"}, 6),
            ({"cache_control": "max-age=31536000"}, 24),
            ({"cache_control": "max-age=60"}, 1),
            ({"cache_control": "no-cache, max-age=21600"}, 1),
            ({"expires": "Mon, 03 Jun 2024 03:00:00 GMT", "date": "Sun, 02 Jun 2024 21:00:00 GMT"}, 6),
            ({}, 1),
        ],
    )
    def test_a_longer_freshness_is_waited_for_up_to_a_day(self, fresh, headers, hours):
        assert wait(after(fresh, fetched(**headers))) == hours * HOUR
        assert wait(after(fresh, fetched(etag='"a"'), not_modified(**headers))) == hours * HOUR

    def test_a_304_that_says_nothing_of_freshness_keeps_it(self, fresh):
        assert wait(after(fresh, fetched(cache_control="max-age=21600"), not_modified())) == 6 * HOUR

    def test_what_the_feed_asks_for_holds_on_a_304_and_when_the_body_is_the_same(self, fresh):
        state = poll(fresh, fetched(), Listing(entries=(), hints=Hints(every_s=21_600)))
        assert wait(state) == 6 * HOUR
        assert wait(poll(state, not_modified())) == 6 * HOUR
        assert wait(poll(state, fetched(), None)) == 6 * HOUR

    @pytest.mark.parametrize(
        ("hints", "due"),
        [
            (Hints(skip_hours=frozenset({1, 2, 3})), START + 4 * HOUR),
            (Hints(skip_hours=frozenset({5})), START + HOUR),
            (Hints(skip_days=frozenset({"Monday", "Tuesday"})), START + timedelta(days=2)),
            (Hints(skip_hours=frozenset({0}), skip_days=frozenset({"Monday"})), START + timedelta(days=1, hours=1)),
            (Hints(skip_hours=frozenset(range(24))), START + HOUR),
        ],
        ids=["hours", "other hours", "days", "both", "all hours mean none"],
    )
    def test_hours_and_days_that_the_feed_wants_skipped_are_skipped(self, fresh, hints, due):
        assert poll(fresh, fetched(), Listing(entries=(), hints=hints)).next_poll_at == due

    def test_success_and_change_are_remembered_apart(self, fresh):
        state = poll(fresh, fetched(), new=2)
        assert (state.last_success_at, state.last_change_at) == (START, START)
        state = poll(poll(state, fetched(b"<rss />"), new=0), not_modified())
        assert (state.last_success_at, state.last_change_at, state.unchanged) == (START + 2 * HOUR, START, 1)

    def test_the_same_body_is_recognised(self, fresh):
        state = poll(fresh, fetched(b"<rss>1"))
        assert is_same_body(state, fetched(b"<rss>1"))
        assert not is_same_body(state, fetched(b"<rss>2"))


class TestFailures:
    @pytest.mark.parametrize(
        "outcome",
        [FAILED, Refused(reason="loopback"), Throttled(status=429), Failed(kind="status", detail="HTTP 404", status=404)],
        ids=repr,
    )
    def test_waits_double_to_a_day_and_the_reason_is_kept(self, fresh, outcome):
        state, waits = fresh, []
        for _ in range(7):
            state = poll(state, outcome)
            waits.append(wait(state) / HOUR)
        assert waits == [2, 4, 8, 16, 24, 24, 24]
        assert state.failures == 7
        assert state.last_error
        recovered = poll(state, fetched())
        assert (recovered.failures, recovered.last_error, wait(recovered)) == (0, None, HOUR)

    def test_the_four_hundredth_failure_is_no_overflow(self, fresh):
        state = replace(fresh, failures=400)
        assert wait(poll(state, FAILED)) == 24 * HOUR

    @pytest.mark.parametrize(
        ("seconds", "hours"), [(4 * 3_600, 4), (18 * 3_600, 18), (60, 2), (0, 2), (7 * 86_400, 168), (9e9, 168)]
    )
    def test_a_retry_after_is_kept_up_to_a_week(self, fresh, seconds, hours):
        state = poll(fresh, Throttled(status=503, retry_after_s=seconds))
        assert wait(state) == hours * HOUR
        assert state.last_error is not None
        assert "HTTP 503" in state.last_error

    def test_a_feed_that_was_an_html_page_for_a_while_is_polled_on(self, fresh):
        state = after(fresh, fetched())
        for _ in range(3):
            state = poll(state, fetched(b"<html>"), Unlisted(reason="an HTML page"))
        assert not state.gone
        assert wait(state) == 8 * HOUR

    def test_what_is_gone_twice_in_a_row_is_not_asked_again(self, fresh):
        once = poll(fresh, Gone())
        assert (once.gone, once.next_poll_at is None) == (False, False)
        twice = poll(once, Gone())
        assert (twice.gone, twice.next_poll_at) == (True, None)
        assert (
            twice.last_error
            == "HTTP 410, gone for good, said twice: polling has ended. Give the source a new address or disable it"
        )

    @pytest.mark.parametrize("between", [fetched(), FAILED], ids=["good", "failed"])
    def test_gone_twice_but_not_in_a_row_is_not_gone(self, fresh, between):
        assert not after(fresh, Gone(), between, Gone()).gone


class TestMoves:
    NEW = "https://new.example/feed"

    def test_a_permanent_redirect_met_twice_moves_the_source(self, fresh):
        once = poll(fresh, fetched(moved_to=self.NEW))
        assert request_for(SOURCE, once, START).url == SOURCE.url
        twice = poll(once, fetched(b"<rss>2", moved_to=self.NEW))
        assert request_for(SOURCE, twice, START).url == self.NEW
        assert poll(twice, fetched()).url == self.NEW

    def test_a_304_from_there_confirms_it_as_well(self, fresh):
        assert after(fresh, fetched(moved_to=self.NEW), not_modified(moved_to=self.NEW)).url == self.NEW

    @pytest.mark.parametrize(
        "between", [fetched(), fetched(moved_to="https://other.example/"), FAILED], ids=["here", "elsewhere", "failed"]
    )
    def test_what_comes_between_starts_the_count_again(self, fresh, between):
        assert after(fresh, fetched(moved_to=self.NEW), between, fetched(moved_to=self.NEW)).url is None

    def test_a_captive_portal_moves_nothing(self, fresh):
        state = fresh
        for _ in range(5):
            state = poll(state, fetched(b"<html>", moved_to="https://portal.example/login"), Unlisted(reason="an HTML page"))
        assert (state.url, state.moving_to) == (None, None)

    def test_an_address_that_fails_five_times_is_given_up_for_the_configured_one(self, fresh):
        moved = replace(fresh, url=self.NEW, etag='"new"', body_digest="x")
        four = after(moved, *[FAILED] * 4)
        assert request_for(SOURCE, four, START).url == self.NEW
        five = poll(four, FAILED)
        assert request_for(SOURCE, five, START) == replace(request_for(SOURCE, fresh, START), etag=None)
        assert five.body_digest is None

    def test_gone_at_the_new_address_is_not_gone_at_the_configured_one(self, fresh):
        state = after(replace(fresh, url=self.NEW), Gone(), Gone())
        assert (state.gone, state.url, state.next_poll_at is None) == (False, None, False)


class TestTriage:
    @staticmethod
    def verdict(entry: Entry, *, first_poll: bool = True, position: int = 0) -> tuple[bool, str]:
        found = triage(entry, first_poll=first_poll, position=position, window_s=86_400, most_undated=10, now=START)
        return found.read, found.reason

    def entry(self, hours: float | None) -> Entry:
        return Entry(keys=("k",), url="https://news.example/1", published_at=None if hours is None else START - hours * HOUR)

    def test_the_first_poll_reads_what_is_recent_and_records_the_past(self):
        assert self.verdict(self.entry(23)) == (True, "within the window of the first poll")
        assert self.verdict(self.entry(25)) == (False, "published 2024-06-01, before the window of the first poll (24 h)")

    def test_of_undated_entries_the_first_poll_reads_the_first_ones(self):
        assert self.verdict(self.entry(None), position=9) == (True, "undated, among the first 10 of the first poll")
        assert self.verdict(self.entry(None), position=10) == (
            False,
            "undated, listed behind the first 10 when the source was first polled",
        )

    def test_later_everything_new_is_read(self):
        assert self.verdict(self.entry(999), first_poll=False) == (True, "new")
        assert self.verdict(self.entry(None), first_poll=False, position=400) == (True, "new")

    def test_an_entry_that_says_nothing_is_not_read(self):
        assert self.verdict(Entry(keys=("k",)), first_poll=False) == (False, "neither an address nor any text")

    def test_the_date_of_an_update_stands_in_for_one_of_publication(self):
        assert self.verdict(replace(self.entry(None), updated_at=START - 48 * HOUR)) == (
            False,
            "published 2024-06-01, before the window of the first poll (24 h)",
        )


def days(outcomes: Callable[[int], Outcome], count: int) -> Iterator[Request]:
    """The requests that a server would see, answering the n-th with `outcomes(n)`, for so many days."""
    state = SourceState(source_id="news", next_poll_at=START)
    number = 0
    while state.next_poll_at is not None and state.next_poll_at < START + timedelta(days=count):
        yield request_for(SOURCE, state, state.next_poll_at)
        state = poll(state, outcomes(number), jitter=(number * 0.37) % 1)
        number += 1


@pytest.mark.parametrize(
    ("outcomes", "fewest", "most"),
    [
        (lambda _: fetched(etag='"a"'), 22, 25),
        (lambda _: FAILED, 1, 5),
        (lambda _: Gone(), 2, 2),
        (lambda n: FAILED if n % 2 else fetched(), 14, 18),
    ],
    ids=["good", "always failing", "gone", "failing every other time"],
)  # fmt: skip
def test_a_server_sees_so_many_requests_in_a_day(outcomes, fewest, most):
    assert fewest <= len(list(days(outcomes, 1))) <= most
