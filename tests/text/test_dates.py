"""Dates as the region writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.dates import find_named_day, parse_date

NOW = datetime(2025, 11, 12, 3, 0, tzinfo=UTC)
TENTH = datetime(2025, 11, 10, tzinfo=UTC)


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2025, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "text, timezone, language, expected",
    [
        pytest.param("2025-11-10T08:00:00+07:00", None, None, at(1), id="iso with an offset"),
        pytest.param("2025-11-10T08:00:00.123Z", None, None, at(8), id="iso in utc"),
        pytest.param("2025-11-10 08:00", "Asia/Bangkok", None, at(1), id="no zone takes that of the source"),
        pytest.param("2025-11-10T08:00:00+9999", "Asia/Bangkok", None, at(1), id="an impossible offset counts as none"),
        pytest.param("20251110080000", "Asia/Bangkok", None, at(1), id="digits without separators"),
        pytest.param("20251110T080000+0900", None, None, at(23, 0, 9), id="digits without separators, with an offset"),
        pytest.param("Mon, 10 Nov 2025 08:00:00 GMT", None, None, at(8), id="rfc 2822"),
        pytest.param("Updated: Nov. 10, 2025 at 5 p.m.", "Asia/Singapore", None, at(9), id="american with a label"),
        pytest.param("10 Nov 2025 3:00 PM PST", "Asia/Manila", None, at(7), id="PST in Manila is Philippine time"),
        pytest.param("Senin, 10 Nov 2025 14:30 WIB", None, "id", at(7, 30), id="Indonesian with its zone"),
        pytest.param("10 Nopember 2025", None, "id", TENTH, id="Indonesian old spelling"),
        pytest.param("Isnin, 10 November 2025", None, "ms", TENTH, id="Malay"),
        pytest.param("10 Ogos 2025", None, "ms", datetime(2025, 8, 10, tzinfo=UTC), id="Malay August"),
        pytest.param("วันจันทร์ที่ ๑๐ พฤศจิกายน ๒๕๖๘ 14.30 น.", "Asia/Bangkok", "th", at(7, 30), id="Thai digits and Buddhist year"),
        pytest.param("10 พ.ย. 68", None, "th", TENTH, id="Thai short month and two digits of a Buddhist year"),
        pytest.param("10 พ.ย.68", None, None, TENTH, id="Thai month without a language"),
        pytest.param("10/11/2568", None, "th", TENTH, id="Buddhist year in digits"),
        pytest.param("10/11/68", None, "th", TENTH, id="two digits in Thai"),
        pytest.param("10 พฤศจิกายน 2025", None, "th", TENTH, id="Thai month with a western year"),
        pytest.param("ວັນທີ 10 ພະຈິກ 2025", None, "lo", TENTH, id="Lao"),
        pytest.param("ວັນທີ ໑໐ ພະຈິກ ໒໐໒໕", None, "lo", TENTH, id="Lao digits"),
        pytest.param("ថ្ងៃទី១០ ខែវិច្ឆិកា ឆ្នាំ២០២៥", None, "km", TENTH, id="Khmer"),
        pytest.param("១០-១១-២០២៥", None, "km", TENTH, id="Khmer in digits"),
        pytest.param("၂၀၂၅ ခုနှစ် နိုဝင်ဘာလ ၁၀ ရက်", None, "my", TENTH, id="Burmese"),
        pytest.param("နိုဝင်ဘာ ၁၀၊ ၂၀၂၅", None, "my", TENTH, id="Burmese month first"),
        pytest.param("Thứ Hai, 10/11/2025, 14:30 (GMT+7)", None, "vi", at(7, 30), id="Vietnamese in digits"),
        pytest.param("ngày 10 tháng 11 năm 2025", None, "vi", TENTH, id="Vietnamese in words"),
        pytest.param("நவம்பர் 10, 2025", None, "ta", TENTH, id="Tamil"),
        pytest.param("ika-10 ng Nobyembre 2025", None, "tl", TENTH, id="Filipino"),
        pytest.param("11/10/2025", "Asia/Manila", "en", TENTH, id="month first in the Philippines"),
        pytest.param("10/11/2025", "Asia/Singapore", "en", TENTH, id="day first elsewhere"),
        pytest.param("Mon, 11/10/2025 - 08:00", "Asia/Bangkok", "en", at(1), id="the weekday tells that the month comes first"),
        pytest.param("Monday 10/11/2025", "Asia/Manila", "en", TENTH, id="the weekday tells that the day comes first"),
        pytest.param("Sun, 10/11/2025", "Asia/Bangkok", "en", TENTH, id="a wrong weekday tells nothing"),
        pytest.param("2025年11月10日 08:30", "Asia/Shanghai", "zh-Hans", at(0, 30), id="Chinese"),
        pytest.param(
            "发布时间：25-11-10 08:30", "Asia/Shanghai", "zh-Hans", at(0, 30), id="Chinese, two digits of the year first"
        ),
        pytest.param("二〇二五年十一月十日", None, "zh-Hans", TENTH, id="Chinese numerals"),
        pytest.param("民國114年11月10日", None, "zh-Hant", TENTH, id="year of the Republic of China"),
        pytest.param("10 Novembru 2025", None, "tet", TENTH, id="Tetum"),
        pytest.param("a statement today (10th), saying", None, "en", TENTH, id="today with the day in brackets"),
        pytest.param("hari ini (10/11)", None, "ms", TENTH, id="today with day and month, Malay"),
        pytest.param("今天（10日）", None, "zh-Hans", TENTH, id="today with the day, Chinese"),
        pytest.param("（曼谷10日讯）", None, "zh-Hans", TENTH, id="the day alone in the line of a wire"),
        pytest.param("HÀ NỘI, 10/11 –", None, "vi", TENTH, id="day and month in a dateline"),
        pytest.param("3 hours ago", None, "en", at(0, 0, 12), id="hours ago"),
        pytest.param("5 jam lalu", None, "id", at(22, 0, 11), id="hours ago, Indonesian"),
        pytest.param("2 giờ trước", None, "vi", at(1, 0, 12), id="hours ago, Vietnamese"),
        pytest.param("发布于3小时前", None, "zh-Hans", at(0, 0, 12), id="hours ago, Chinese"),
        pytest.param("an hour ago", None, "en", at(2, 0, 12), id="an hour ago"),
        pytest.param("2h ago", None, "en", at(1, 0, 12), id="hours ago, one letter"),
        pytest.param("10 พฤศจิกายน 2568 เวลา 8 นาฬิกา 30 นาที", "Asia/Bangkok", "th", at(1, 30), id="a time in words, Thai"),
        pytest.param("၂၀၂၅ နိုဝင်ဘာ ၁၀ ရက်၊ နေ့လယ် ၂ နာရီ", "Asia/Yangon", "my", at(7, 30), id="a time in words, Burmese"),
        pytest.param(
            "10/11/2025 03:15 CH", "Asia/Ho_Chi_Minh", "vi", at(8, 15), id="afternoon as Vietnamese sites abbreviate it"
        ),
        pytest.param("10 Tháng mười một, 2025", None, "vi", TENTH, id="Vietnamese month in words"),
        pytest.param("Nob. 10, 2025, 7:30 n.g.", "Asia/Manila", "tl", at(11, 30), id="Filipino abbreviations"),
        pytest.param(
            "10:30 sa gabi, 10 Nob 2025", "Asia/Manila", "tl", at(14, 30), id="a Filipino word is no Vietnamese half of the day"
        ),
        pytest.param("10 நவம்பர் 2025, 05:30 பிற்பகல்", "Asia/Kolkata", "ta", at(12), id="afternoon in Tamil"),
        pytest.param("114/11/10", "Asia/Taipei", "zh-Hant", TENTH, id="year of the Republic of China in digits"),
        pytest.param("yesterday 14:30", "Asia/Manila", "en", at(6, 30, 11), id="yesterday with a time"),
        pytest.param("10 November 2025, 3:30 petang", "Asia/Kuala_Lumpur", "ms", at(7, 30), id="afternoon in Malay"),
        pytest.param("2025年11月10日 下午3:30", "Asia/Taipei", "zh-Hant", at(7, 30), id="afternoon in Chinese"),
        pytest.param("Nov 10", None, "en", TENTH, id="without a year, the last one"),
        pytest.param("2025-11-12T05:00:00Z", None, None, NOW, id="two hours ahead is now"),
    ],
)
def test_a_date_is_read_as_people_of_the_region_mean_it(text, timezone, language, expected):
    assert parse_date(text, NOW, timezone, language) == expected


@pytest.mark.parametrize(
    "text",
    ["2025", "November 2025", "พ.ศ. 2568", "32 Nov 2025", "10 Nov 9999", "0001-01-01T00:00:00Z", "2025-11-20", "2025-13-40", "31/02/2025", "", "Monday", "43rd conference", "page 1/2", "won 3/2 on Monday", "114/11/10", "RM3.50 million"],  # noqa: E501
)  # fmt: skip
def test_what_names_no_possible_day_is_no_date(text):
    assert parse_date(text, NOW) is None


@pytest.mark.parametrize(
    "text, day",
    [
        ("Police today (10th) rescued 40 people.", 10),
        ("The minister said on Friday (7) that the border would stay shut.", 7),
        ("Lima lelaki ditahan hari ini (10 November), kata polis.", 10),
        ("Lima orang ditangkap, Jumat (7/11/2025) malam.", 7),
        ("Lima ang naaresto ngayong araw (Nob. 10).", 10),
        ("วันนี้ (10 พ.ย. 68) ตำรวจแถลงข่าว", 10),
        ("ယနေ့ (နိုဝင်ဘာ ၁၀ ရက်) ဖမ်းဆီးခဲ့သည်။", 10),
        ("警方今天（10日）表示，已逮捕五人。", 10),
        ("警方昨（9）日表示，已逮捕五人。", 9),
        ("He is 27 (28 in May) and came today with Friday (his dog).", None),
    ],
)
def test_running_text_means_a_day_by_its_name_and_what_stands_in_brackets(text, day):
    assert find_named_day(text, NOW) == (datetime(2025, 11, day, tzinfo=UTC) if day else None)


def test_without_the_moment_of_reading_a_date_must_name_its_year():
    assert parse_date("10 November", None) is None
    assert parse_date("today (10th)", None) is None
    assert parse_date("10 November 2025", None) == TENTH


@given(st.text(max_size=600), st.sampled_from([None, "Asia/Bangkok", "No/Where"]), st.sampled_from([None, "th", "tl", "vi"]))
def test_any_text_gives_a_moment_between_1990_and_now_or_nothing(text, timezone, language):
    found = parse_date(text, NOW, timezone, language)
    assert found is None or datetime(1989, 12, 30, tzinfo=UTC) <= found <= NOW
