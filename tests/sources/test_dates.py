from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources.dates import safe_date, zone_of

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
BANGKOK = ZoneInfo("Asia/Bangkok")
TEN = datetime(2024, 5, 4, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sat, 04 May 2024 17:00:00 +0700", "Sat, 04 May 2024 10:00:00 GMT", "Sat, 4 May 2024 17:00 ICT", "04 May 24 10:00:00 Z",
        "Sat, 04 May 2024 17:00:00 WIB", "Sat, 04 May 2024 18:00:00 MYT", "2024-05-04T17:00:00+07:00", "2024-05-04T10:00:00Z",
        "2024-05-04T10:00:00.000Z", "2024-05-04 17:00:00", "2024-05-04 17:00:00 +0700", "2024-05-04T17:00:00+0700", "2024/05/04 17:00",
        "Sat May  4 17:00:00 2024", "Sab, 04 Mei 2024 17:00:00 +0700", "Sabtu, 4 Mei 2024 17:00:00", "4 พ.ค. 2567 17:00",
        "Sat, 04 May 2567 17:00:00 +0700", "2567-05-04T17:00:00+07:00", "Sat, 04 May 2024 17:00:00", "20240504T170000",
        "Sat, 04 May 2024 17:00:00 +9999", "  Sat,  04 May\n2024 17:00:00 +0700 ",
        "Sat, 04 May 2024 17:00:00 +07:00", "Sat May 04 2024 17:00:00 GMT+0700 (Indochina Time)", "Sat, 04 May 2024 05:00:00 PM +0700",
        "Saturday, May 4, 2024 - 5:00pm", "May 4, 2024, 5 p.m.", "04/05/2024 17:00", "Sat, 4th May 2024 10:00:00 GMT",
        "Sat May 4 10:00:00 UTC 2024", "2024-05-04 10:00:00 UTC", "2024年5月4日 17:00", "4 พฤษภาคม 2567 17:00 น.",
    ],
)  # fmt: skip
def test_one_moment_in_many_spellings(text):
    assert safe_date(text, BANGKOK, NOW) == TEN


@pytest.mark.parametrize(
    "text",
    [
        None, "", "yesterday", "Sat, 32 Foo 2024", "0000-00-00T00:00:00Z", "0001-01-01", "1970-01-01T00:00:00Z", "1989-12-31",
        "9999-12-31T23:59:59Z", "2024-06-03", "2024", "2024-05", "2024-02-30", "Sat, 04 May 2024 25:00:00 GMT", "1717236000",
        "2024-05-04T17:00:00+99:99", "0" * 100_000, "2024-05-04" * 20, "9" * 30 + "-01-01",
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_cannot_be_true_is_no_date(text):
    assert safe_date(text, UTC, NOW) is None


def test_a_leap_day_of_the_buddhist_era_exists():
    assert safe_date("2567-02-29", UTC, NOW) == datetime(2024, 2, 29, tzinfo=UTC)


def test_a_day_begins_where_the_source_is():
    midnight = datetime(2024, 5, 3, 17, 0, tzinfo=UTC)
    assert [safe_date(text, BANGKOK, NOW) for text in ("2024-05-04", "4 May 2024", "04.05.2024")] == [midnight] * 3


def test_what_lies_a_little_ahead_is_now():
    assert safe_date("2024-06-01T20:00:00Z", UTC, NOW) == NOW


def test_a_source_without_a_time_zone_writes_utc():
    assert zone_of(None) is UTC
    assert safe_date("2024-05-04 10:00", zone_of(None), NOW) == TEN


@given(st.text(max_size=60) | st.text(alphabet="0123456789-:+TZ. ,MaynSt/", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_possible_date_or_none(text):
    found = safe_date(text, BANGKOK, NOW)
    assert found is None or datetime(1990, 1, 1, tzinfo=UTC) - timedelta(days=1) <= found <= NOW
