from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.fetching.conditional import fresh_for_s, http_date, request_headers, retry_after_s, validators
from monitor.fetching.outcome import Request

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=3600"}, 3_600),
        ({"cache-control": 'public, Max-Age="60"'}, 60),
        ({"cache-control": "s-maxage=5"}, None),
        ({"cache-control": "max-age=3600", "age": "600"}, 3_000),
        ({"cache-control": "max-age=60", "age": "600"}, 0),
        ({"cache-control": "no-cache, max-age=60"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=never"}, None),
        ({"cache-control": 'no-cache="Set-Cookie, X", max-age=60'}, 60),
        ({"cache-control": "public; max-age=60; must-revalidate"}, 60),
        ({"cache-control": 'odd="no-cache, max-age=5", max-age=60'}, 60),
        ({"cache-control": "max-age=" + "9" * 500, "age": "600"}, 2**31 - 600),
        (
            {
                "cache-control": "max-age=60",
                "expires": "Sat, 01 Jun 2024 18:00:00 GMT",
                "date": "Sat, 01 Jun 2024 12:00:00 GMT",
            },
            60,
        ),
        ({"expires": "Sat, 01 Jun 2024 15:00:00 GMT", "date": "Sat, 01 Jun 2024 09:00:00 GMT"}, 21_600),
        ({"expires": "Sat, 01 Jun 2024 08:00:00 GMT", "date": "Sat, 01 Jun 2024 09:00:00 GMT"}, 0),
        ({"expires": "0", "date": "Sat, 01 Jun 2024 09:00:00 GMT"}, 0),
        ({"expires": "Sat, 01 Jun 2024 15:00:00 GMT"}, None),
    ],
)
def test_freshness_is_what_the_server_says_by_its_own_clock(headers, seconds):
    assert fresh_for_s(headers) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        ("99999999", 604_800),
        ("Sat, 01 Jun 2024 16:00:00 GMT", 14_400),
        ("Saturday, 01-Jun-24 16:00:00 GMT", 14_400),
        ("Sat Jun  1 16:00:00 2024", 14_400),
        ("Wed, 01 Jan 2053 16:00:00 GMT", 604_800),
        ("Sat, 01 Jun 2024 11:00:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("tomorrow", None),
        ("", None),
        ("9" * 500, 604_800),
    ],
)
def test_retry_after_is_read_in_both_forms_and_clamped(value, seconds):
    assert retry_after_s({"retry-after": value}, NOW) == seconds


def test_a_date_to_retry_after_is_read_against_the_servers_clock():
    headers = {"retry-after": "Sat, 01 Jun 2024 13:00:00 GMT", "date": "Sat, 01 Jun 2024 12:50:00 GMT"}
    assert retry_after_s(headers, NOW + timedelta(hours=5)) == 600


@pytest.mark.parametrize(
    "value", [None, "", "x", "Sat, 99 Jun 2024 16:00:00 GMT", "Sat, 01 Jun 99999 16:00:00 GMT", "1" * 5_000]
)
def test_what_is_no_date_is_none(value):
    assert http_date(value) is None


def test_validators_are_opaque():
    assert validators({"etag": 'W/"a, b"', "last-modified": "Saturday, 01-Jun-24 10:00:00 GMT"}) == (
        'W/"a, b"',
        "Saturday, 01-Jun-24 10:00:00 GMT",
    )
    utf8 = '"ข่าว"'.encode().decode("latin-1")  # as http.client reads it
    assert validators({"etag": utf8, "last-modified": "\xe9t\xe9"}) == (utf8, "\xe9t\xe9")
    assert validators({"etag": "\xa0x", "last-modified": "a\x7fb"}) == (None, None)
    assert validators({"etag": "x" * 2_000, "last-modified": "a\x00b"}) == (None, None)
    assert request_headers(Request(url="http://x/", etag='W/"a, b"')) == {"If-None-Match": 'W/"a, b"'}
    assert request_headers(Request(url="http://x/")) == {}
