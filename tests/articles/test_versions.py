from __future__ import annotations

import pytest

from monitor.articles.article import Article
from monitor.articles.corrections import notices
from monitor.articles.versions import difference, is_new_version

BEFORE = Article(headline="Pier closed", paragraphs=("The pier is closed.", "Nine boats wait."))


@pytest.mark.parametrize(
    ("after", "new"),
    [
        pytest.param(BEFORE, False, id="the same"),
        pytest.param(
            Article(headline="Pier  CLOSED", paragraphs=("The pier is closed", "Nine boats wait.")), False, id="typography"
        ),
        pytest.param(Article(headline="Pier open", paragraphs=BEFORE.paragraphs), True, id="another headline"),
        pytest.param(Article(headline="Pier closed", paragraphs=("The pier is closed.", "Ten boats wait.")), True, id="a word"),
        pytest.param(Article(headline="Pier closed", paragraphs=("The pier is closed.",)), True, id="a paragraph less"),
        pytest.param(
            Article(headline="Pier closed", paragraphs=("The pier is closed.",), flags=("paywall",)),
            False,
            id="behind a wall now",
        ),
    ],
)
def test_a_page_is_a_new_version_if_it_says_something_else(after: Article, new: bool) -> None:
    assert is_new_version(BEFORE, after) is new


def test_a_paragraph_that_was_changed_stands_before_what_it_became() -> None:
    before = ("Two boats were held in the port on Monday.", "Their owner had left.", "The judge will hear it in May.")
    after = ("Nine boats were held in the port on Monday.", "A storm is near.", "The judge will hear it in June.")
    assert [(line.what, line.text) for line in difference(before, after)] == [
        ("gone", before[0]),
        ("new", after[0]),
        ("gone", before[1]),
        ("new", after[1]),
        ("gone", before[2]),
        ("new", after[2]),
    ]


def test_versions_are_compared_by_paragraphs_what_is_gone_first() -> None:
    lines = difference(("Same.", "Nine boats."), ("Same.", "Ten boats.", "A storm is near."))
    assert [(line.what, line.text) for line in lines] == [
        ("both", "Same."),
        ("gone", "Nine boats."),
        ("new", "Ten boats."),
        ("new", "A storm is near."),
    ]


@pytest.mark.parametrize(
    "notice",
    [
        pytest.param("Correction: the boat was registered in another port.", id="English"),
        pytest.param("(Corrects the number of boats in paragraph 2)", id="an agency"),
        pytest.param("Correction, November 28, 2026: The boats were nine.", id="with a date"),
        pytest.param("This version corrects the number of boats.", id="the version"),
        pytest.param("An earlier version of this article said that nine boats were held.", id="at the end"),
        pytest.param("This story has been corrected to show the right port.", id="was corrected"),
        pytest.param("Ralat: jumlah kapal yang benar adalah sembilan.", id="Indonesian"),
        pytest.param("Pembetulan: bilangan bot yang betul ialah sembilan.", id="Malay"),
        pytest.param("Đính chính: số tàu đúng là chín chiếc.", id="Vietnamese"),
        pytest.param("Pagwawasto: siyam na bangka ang nahuli.", id="Filipino"),
        pytest.param("แก้ไขข่าว: จำนวนเรือที่ถูกต้องคือเก้าลำ", id="Thai"),
        pytest.param("ແກ້ໄຂຂ່າວ: ຈຳນວນເຮືອທີ່ຖືກຕ້ອງແມ່ນເກົ້າລຳ", id="Lao"),
        pytest.param("ការកែតម្រូវ៖ ចំនួនទូកត្រឹមត្រូវគឺប្រាំបួន", id="Khmer"),
        pytest.param("ပြင်ဆင်ချက်။ လှေအရေအတွက်မှာ ကိုးစင်းဖြစ်သည်။", id="Burmese"),
        pytest.param("更正：扣押的船只应为九艘。", id="Chinese"),
        pytest.param("திருத்தம்: ஒன்பது படகுகள் என்பதே சரி.", id="Tamil"),
    ],
)
def test_a_notice_of_a_correction_is_seen_in_every_language(notice: str) -> None:
    assert notices(["Nine boats wait at the pier.", notice]) == (notice,)


@pytest.mark.parametrize(
    "text",
    [
        "The corrections department said that nine inmates were moved.",
        "Correction officers found 20 phones in the prison.",
        "Correcting the record, the minister said that nobody had died.",
        "Clarification of the law is needed, the judge said.",
        "Klarifikasi dari kepolisian masih ditunggu keluarga korban.",
        "Pembetulan jalan raya akan dimulakan pada bulan depan.",
        "Đính chính thông tin sai là trách nhiệm của báo chí, ông nói.",
        "แก้ไขข้อมูลทะเบียนราษฎร์โดยมิชอบ เจ้าหน้าที่สามคนถูกจับ",
        "更正户口资料的官员被控收贿。",
        "ការកែតម្រូវច្បាប់នេះនឹងត្រូវអនុម័តនៅខែក្រោយ",
        "Polisi mengoreksi jumlah korban menjadi sembilan.",
        "ตำรวจแก้ไขปัญหาจราจรหน้าท่าเรือ",
        "警方更正了死者的姓名，调查仍在继续。",
    ],
)
def test_news_about_corrections_is_no_notice(text: str) -> None:
    assert notices([text]) == ()
