from __future__ import annotations

from datetime import date

import pytest

from monitor.stories.facts import ENOUGH, KEYS, Facts, facts, weight


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        pytest.param(
            "en", "They found 1,250 pills, 4.2 tonnes and six million dollars", {"1250", "4.2", "6000000"}, id="English"
        ),
        pytest.param(
            "en", "Forty-three people, twelve vans, three boats and two hundred phones", {"43", "12", "200"}, id="in words"
        ),
        pytest.param("id", "Rp2,5 miliar dan 1.250 butir, upah Rp75 juta", {"2500000000", "1250", "75000000"}, id="Indonesian"),
        pytest.param("ms", "RM18.4 juta dan 1,250 biji, 5.6 tan", {"18400000", "1250", "5.6"}, id="Malay"),
        pytest.param("vi", "240.000 viên, 1,2 tấn, 3 tỷ đồng", {"240000", "1.2", "3000000000"}, id="Vietnamese"),
        pytest.param("tl", "P6.3 milyon at 154 pasaporte", {"6300000", "154"}, id="Filipino"),
        pytest.param("th", "ยาบ้า 6 ล้านเม็ด มูลค่า ๓๐๐ ล้านบาท ค่าจ้าง 80,000 บาท", {"6000000", "300000000", "80000"}, id="Thai"),
        pytest.param("lo", "ຢາບ້າ 7.4 ລ້ານເມັດ ແລະ ໑໒໐ ກິໂລ", {"7400000", "120"}, id="Lao"),
        pytest.param("km", "ប្រាក់ ៤៧.៥០០ ដុល្លារ និង ២ លានរៀល", {"47500", "2000000"}, id="Khmer"),
        pytest.param("my", "ဆေးပြား ၇.၄ သန်း၊ အိတ် ၁၈၅ လုံး", {"7400000", "185"}, id="Burmese"),
        pytest.param(
            "zh-Hans", "六百万元，救出一百二十六人，4万7500美元，3.8万", {"6000000", "126", "47500", "38000"}, id="Chinese"
        ),
        pytest.param("ta", "RM18.4 மில்லியன், 236 மூட்டைகள், 5 லட்சம்", {"18400000", "236", "500000"}, id="Tamil"),
    ],
)
def test_a_number_is_the_same_in_every_language(language: str, text: str, numbers: set[str]) -> None:
    assert facts(f"\n{text}", language, None).numbers == numbers


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On 12/11/2025 at 14:30, in 2025, on 2025-11-12, one of 9 men called 081234567"),
        ("th", "เมื่อวันที่ 24/11/2568 เวลา 09.45 น. ปี 2568"),
        ("id", "Rabu (12/11/2025) pukul 08.30 WIB"),
        ("zh-Hans", "2025年11月12日下午3点"),
    ],
)
def test_dates_times_years_telephones_and_small_numbers_say_nothing(language: str, text: str) -> None:
    assert facts(f"\n{text}", language, None).numbers == frozenset()


def test_the_day_of_publication_says_nothing() -> None:
    text = "Headline\nOn November 24 police held 25 men and 38 women."
    assert facts(text, "en", date(2025, 11, 25)).numbers == {"38"}


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        pytest.param(
            "en", "Police Say Nothing\nThe chief, Keo Sothea, met FBI agents. Then he left.", {"sothea", "fbi"}, id="English"
        ),
        pytest.param(
            "vi",
            "Tin Mới\nViên tướng Keo Sothea gặp Đặng Thành ở Bavet.",
            {"sothea", "dang", "thanh", "bavet"},
            id="Vietnamese",
        ),
        pytest.param("th", "ข่าว\nตำรวจพบแอป BitKub และ USDT ในเครื่อง", {"bitkub", "usdt"}, id="Thai"),
        pytest.param("en", "Headline\nThe ASEAN ministers met in Jakarta on Tuesday.", set(), id="names that everyone uses"),
    ],
)
def test_names_are_what_is_written_as_one(language: str, text: str, names: set[str]) -> None:
    assert facts(text, language, None).names == names


def test_round_numbers_weigh_little_and_precise_ones_much() -> None:
    assert [weight(number) for number in ("50", "300", "6000000", "43", "1.2", "318", "47500")] == [
        0.5,
        0.5,
        1.0,
        1.0,
        1.0,
        2.0,
        2.0,
    ]


def test_a_shortened_translation_still_shares_a_key() -> None:
    whole = Facts(numbers=frozenset("143 26 318 95 47500 19 44".split()), names=frozenset({"bavet", "sothea", "keo"}))
    short = Facts(numbers=frozenset("143 318 26".split()))
    assert set(whole.keys) & set(short.keys)
    assert len(whole.keys) <= KEYS
    assert all(-(1 << 63) <= key < 1 << 63 for key in whole.keys)


def test_what_is_not_enough_has_no_key() -> None:
    assert Facts(numbers=frozenset({"48", "50"}), names=frozenset({"bokeo"})).keys == ()
    assert sum(map(weight, ("48", "50"))) < ENOUGH
