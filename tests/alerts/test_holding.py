"""What goes out at once, what waits, until when, and what is said about it."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.channel import Only, Policy, Quiet
from monitor.alerts.holding import hold, next_time

BANGKOK, BERLIN, NEW_YORK = ZoneInfo("Asia/Bangkok"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NIGHT = Quiet(start=time(22), end=time(6))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("policy", "severity", "now", "sent", "until"),
    [
        pytest.param(Policy(), "normal", "2026-03-01T12:34", 9999, None, id="without a policy nothing waits"),
        pytest.param(Policy(digest="hourly"), "high", "2026-03-01T12:34", 0, "2026-03-01T13:00", id="an hourly digest takes everything"),
        pytest.param(Policy(digest=time(8)), "normal", "2026-03-01T07:59", 0, "2026-03-01T08:00", id="a daily digest comes today"),
        pytest.param(Policy(digest=time(8)), "normal", "2026-03-01T08:00", 0, "2026-03-02T08:00", id="or tomorrow"),
        pytest.param(
            Policy(digest=time(8), timezone=BANGKOK), "normal", "2026-03-01T12:00", 0, "2026-03-02T01:00", id="by the readers' clock"
        ),
        pytest.param(Policy(quiet=NIGHT), "normal", "2026-03-01T23:30", 0, "2026-03-02T06:00", id="at night it waits for morning"),
        pytest.param(Policy(quiet=NIGHT), "low", "2026-03-01T05:59", 0, "2026-03-01T06:00", id="after midnight, too"),
        pytest.param(Policy(quiet=NIGHT), "normal", "2026-03-01T06:00", 0, None, id="the end is no longer quiet"),
        pytest.param(Policy(quiet=NIGHT), "normal", "2026-03-01T21:59", 0, None, id="nor is the time before"),
        pytest.param(Policy(quiet=NIGHT), "high", "2026-03-01T23:30", 0, None, id="high severity breaks quiet hours"),
        pytest.param(
            Policy(quiet=NIGHT, timezone=BANGKOK), "normal", "2026-03-01T16:00", 0, "2026-03-01T23:00", id="night is where readers are"
        ),
        pytest.param(
            Policy(quiet=Quiet(start=time(12), end=time(13))), "normal", "2026-03-01T12:30", 0, "2026-03-01T13:00", id="a quiet noon"
        ),
        pytest.param(
            Policy(quiet=NIGHT, digest="hourly"), "normal", "2026-03-01T23:30", 0, "2026-03-02T06:00", id="no hourly digest at night"
        ),
        pytest.param(
            Policy(quiet=NIGHT, digest="hourly"), "high", "2026-03-01T23:30", 0, "2026-03-02T00:00", id="but for what is high"
        ),
        pytest.param(Policy(ceiling=3), "normal", "2026-03-01T12:34", 2, None, id="below the ceiling"),
        pytest.param(Policy(ceiling=3), "high", "2026-03-01T12:34", 3, "2026-03-01T13:00", id="the ceiling holds for all"),
        pytest.param(
            Policy(quiet=NIGHT, timezone=BERLIN), "normal", "2026-03-28T23:30", 0, "2026-03-29T04:00", id="the night that loses an hour"
        ),
        pytest.param(
            Policy(quiet=NIGHT, timezone=BERLIN), "normal", "2026-10-24T23:30", 0, "2026-10-25T05:00", id="the night that gains one"
        ),
    ],
)  # fmt: skip
def test_an_alert_waits_until(policy: Policy, severity: str, now: str, sent: int, until: str | None) -> None:
    held = hold(policy, severity=severity, now=utc(now), sent_last_hour=sent)
    assert (held and held.until) == (until and utc(until))


def test_what_waits_is_told_why() -> None:
    def why(policy: Policy) -> str:
        held = hold(policy, severity="normal", now=utc("2026-03-01T23:30"), sent_last_hour=7)
        assert held is not None
        return held.why

    assert why(Policy(digest="hourly")) == "This channel gets its alerts together, every hour."
    assert why(Policy(digest=time(8))) == "This channel gets its alerts together, once a day."
    assert why(Policy(quiet=NIGHT)) == "Held back during the quiet hours, 22:00 to 06:00."
    assert "More than 7 alerts within an hour" in why(Policy(ceiling=7))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-03-08T06:00", "2026-03-08T07:30", id="a time that the change of clocks leaves out"),
        pytest.param("2026-11-01T05:00", "2026-11-01T05:30", id="a time that comes twice is met the first time"),
    ],
)
def test_the_clock_on_the_wall_may_jump(now: str, expected: str) -> None:
    at = time(2, 30) if "03-08" in now else time(1, 30)
    assert next_time(at, utc(now), NEW_YORK) == utc(expected)


ALERT = {"rule": "scam", "severity": "high", "language": "zh-Hans", "country": "KH"}


@pytest.mark.parametrize(
    ("only", "takes"),
    [
        pytest.param(Only(), True, id="all by default"),
        pytest.param(Only(rules=frozenset({"scam", "drugs"})), True, id="one of its rules"),
        pytest.param(Only(rules=frozenset({"drugs"})), False, id="none of its rules"),
        pytest.param(Only(severities=frozenset({"high"})), True, id="its severity"),
        pytest.param(Only(severities=frozenset({"low", "normal"})), False, id="another severity"),
        pytest.param(Only(languages=frozenset({"zh"})), True, id="a language and all its scripts"),
        pytest.param(Only(languages=frozenset({"zh-Hant"})), False, id="another script of it"),
        pytest.param(Only(countries=frozenset({"KH", "TH"})), True, id="its country"),
        pytest.param(Only(countries=frozenset({"TH"})), False, id="another country"),
        pytest.param(Only(countries=frozenset({"KH"}), languages=frozenset({"en"})), False, id="all that is named has to fit"),
    ],
)
def test_a_channel_takes_only_what_it_is_to_take(only: Only, takes: bool) -> None:
    assert only.takes(**ALERT) is takes


def test_what_is_not_known_fits_no_wish() -> None:
    unknown = {**ALERT, "language": None, "country": None}
    assert Only().takes(**unknown)
    assert not Only(languages=frozenset({"en"})).takes(**unknown)
    assert not Only(countries=frozenset({"TH"})).takes(**unknown)
