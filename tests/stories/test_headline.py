from __future__ import annotations

import pytest

from monitor.stories.headline import keys, outlet

ONE = "Police chiefs agree on a shared list of wanted traffickers"


@pytest.mark.parametrize(
    "same",
    [
        f"{ONE} - The Border Star",
        f"{ONE} | Border Star Online",
        f"{ONE} – Reuters",
        f"{ONE} - Al-Monitor",
        "POLICE CHIEFS AGREE ON A ‘SHARED’ LIST OF WANTED TRAFFICKERS",
        "Police chiefs agree  on a shared list of wanted traffickers.",
    ],
)
def test_case_points_and_the_outlet_make_no_difference(same: str) -> None:
    assert keys(ONE) & keys(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ONE, "Police chiefs agree on a shared list of stolen vehicles"),
        (f"{ONE} - The Border Star", "Ministers of the region agree on nothing at all - The Border Star"),
        ("ตำรวจอาเซียนประชุมแลกเปลี่ยนข้อมูลค้ามนุษย์", "ตำรวจอาเซียนประชุมแลกเปลี่ยนข้อมูลยาเสพติด"),
    ],
)
def test_other_words_are_another_headline(one: str, other: str) -> None:
    assert not keys(one) & keys(other)


@pytest.mark.parametrize(
    "short", ["", "Evening briefing", "Three held in drug raid - The Border Star Online", "ตำรวจจับยา", "警方捣毁窝点", "\ud800"]
)
def test_too_few_words_are_no_key(short: str) -> None:
    assert not keys(short) & keys(short.partition(" - ")[0])


@pytest.mark.parametrize(
    "telling",
    ["柬埔寨警方捣毁诈骗园区救出八人", "ตำรวจไทยทลายแก๊งคอลเซ็นเตอร์ชายแดนสระแก้ว", "ប៉ូលីសបានសង្គ្រោះជនបរទេសប៉ែតសិបនាក់ពីប៉ោយប៉ែត"],
)
def test_scripts_without_spaces_have_keys(telling: str) -> None:
    assert keys(telling) & keys(f"{telling} - 金边日报")


@pytest.mark.parametrize(
    ("headline", "whose"),
    [
        (f"{ONE} - The Border Star", "the border star"),
        (f"{ONE} | Reuters", "reuters"),
        (ONE, None),
        ("Anti-scam unit begins work", None),
    ],
)
def test_the_outlet_is_what_stands_behind_the_last_dash(headline: str, whose: str | None) -> None:
    assert outlet(headline) == whose
