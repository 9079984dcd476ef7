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
        "Sat May 04 17:00:00 +0700 2024", "Sat May 4 10:00:00 UTC 2024",
        "2024-05-04 10:00:00 UTC", "2024年5月4日 17:00", "4 พฤษภาคม 2567 17:00 น.",
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


@pytest.mark.parametrize(
    "text",
    [
        "Sat, 04 May 2024 17:00:00 Asia/Bangkok", "2024-05-04T17:00:00 Asia/Jakarta", "2024-05-04T17:00:00+07:00[Asia/Bangkok]",
        "2024-05-04 18:00:00 [Asia/Manila]", "Sat, 04 May 2024 12:00 Europe/Paris", "Sat, 04 May 2024 17:00 Nowhere/Land",
        "04/May/2024 17:00", "Sabtu, 04 Mei 2024 17:00 Asia/Jakarta",
    ],
)  # fmt: skip
def test_a_zone_may_be_called_by_its_name(text):
    assert safe_date(text, BANGKOK, NOW) == TEN


@pytest.mark.parametrize(
    "text",
    [
        "Sab, 04 Mei 2024 17:00:00 +0700", "Sabtu, 4 Mei 2024 18:00:00 +0800", "4 Mei 2024 5:00 ptg", "T7, 04 Th5 2024 17:00:00 +0700",
        "Thứ Bảy, 04 Tháng 5 2024 17:00:00 +0700", "04 Thg5 2024 17:00", "ส., 04 พ.ค. 2567 17:00:00 +0700", "ส., 04 พ.ค. 67 17:00:00 +0700",
        "Sab, 04 Mayo 2024 18:00:00 +0800", "Sabado, Mayo 4, 2024 6:00 PM +0800", "週六, 04 5月 2024 17:00:00 +0700",
        "sam., 04 mai 2024 12:00:00 +0200", "samedi 4 mai 2024 12:00 CEST", "Sa, 04 Mai 2024 12:00:00 MESZ",
        "Samstag, 4. Mai 2024 12:00 MESZ",
        "sáb, 04 maio 2024 07:00:00 -0300", "sábado, 4 de mayo de 2024 12:00 CEST", "sab, 04 mag 2024 12:00:00 +0200",
    ],
)  # fmt: skip
def test_one_moment_in_many_languages(text):
    assert safe_date(text, BANGKOK, NOW) == TEN


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("mar., 05 janv. 2024", 1), ("mar 05 févr. 2024", 2), ("Di, 05 Mär 2024", 3), ("5 avril 2024", 4), ("5 juin 2023", 6),
        ("5 juil. 2023", 7), ("5 aou\u0302t 2023", 8), ("mar, 05 ago 2023", 8), ("ter, 05 set 2023", 9), ("qui, 05 out 2023", 10),
        ("အင်္ဂါ, 05 ဇန် 2024", 1), ("စနေ, 05 အောက် 2023", 10), ("Sen, 05 Sép 2023", 9),
        ("mar, 05 dic 2023", 12), ("Di, 05 Dez 2023", 12), ("mar. 5 déc. 2023", 12),
    ],
)  # fmt: skip
def test_months_are_read_where_their_names_are_days_or_words_elsewhere(text, month):
    found = safe_date(text, UTC, NOW)
    assert found is not None
    assert (found.month, found.day) == (month, 5)


@pytest.mark.parametrize(
    ("text", "zone", "hour"),
    [
        ("Sat, 04 May 2024 18:00:00 CST", "Asia/Taipei", 10),
        ("Sat, 04 May 2024 18:00:00 PST", "Asia/Manila", 10),
        ("Saturday, 04 May 24 06:00:00 EDT", "Asia/Manila", 10),
        ("Sat, 04 May 2024 24:05:00 +0000", "Asia/Manila", 0),
    ],
)
def test_what_a_clock_says_is_meant_where_it_stands(text, zone, hour):
    found = safe_date(text, ZoneInfo(zone), NOW)
    assert found is not None
    assert (found.day, found.hour) == (4, hour)


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
