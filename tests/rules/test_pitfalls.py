"""The pitfalls of each script, one by one: two ways to write the same words find each other, and spans are those of the original text."""

import unicodedata

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.match import Document
from monitor.rules.rule import Rule, Vocabulary
from monitor.text import fold, utf16_offsets


def hits(when: str, body: str, *, title: str = "", language: str | None = None) -> list[str]:
    """The words that a query finds; the query is one term of a vocabulary in `language` if one is given."""
    vocabularies = [] if language is None else [Vocabulary(name="v", title="V", terms={language: (when,)})]
    rules = compile_rules([Rule(id="r", title="R", when=when if language is None else "@v")], vocabularies)
    document = Document(title=title, body=body)
    return [getattr(document, hit.field)[hit.start : hit.end] for match in rules.match(document).matches for hit in match.hits]


NFD = unicodedata.normalize("NFD", "buôn người")

SAME = [
    pytest.param("1", "vi", "buôn người", f"đường dây {NFD}, kẻ", NFD, id="1 decomposed Vietnamese"),
    pytest.param("2", "ta", "பொருள்", "ப\u0bc6\u0bbeருள் வந்தது", "ப\u0bc6\u0bbeருள்", id="2 Tamil vowel in two halves"),
    pytest.param("3", "ta", "கடத்தல்", "ஒரு கடத்தல் வழக்கு", "கடத்தல்", id="3 marks are word characters"),
    pytest.param("4", "km", "ជួញដូរមនុស្ស", "ករណីជួញដូរ\u200bមនុស្ស\u200bនៅ", "ជួញដូរ\u200bមនុស្ស", id="4 zero-width spaces in Khmer"),
    pytest.param("4", "en", "trafficking", "drug traf\u00adficking ring", "traf\u00adficking", id="4 soft hyphen"),
    pytest.param("4", "ta", "பொருள்", "பொ\u200cருள் வந்தது", "பொ\u200cருள்", id="4 zero-width non-joiner in Tamil"),
    pytest.param("5", "th", "น้ำมันเถื่อน", "ลอบขนน\u0e49\u0e4d\u0e32มันเถื่อน", "น\u0e49\u0e4d\u0e32มันเถื่อน", id="5 am as tone, nikhahit, aa"),
    pytest.param("5", "th", "น้ำมันเถื่อน", "ลอบขนน\u0e4d\u0e49\u0e32มันเถื่อน", "น\u0e4d\u0e49\u0e32มันเถื่อน", id="5 am as nikhahit, tone, aa"),
    pytest.param("5", "lo", "ນ້ຳມັນເຖື່ອນ", "ລັກນ\u0ec9\u0ecd\u0eb2ມັນເຖື່ອນ", "ນ\u0ec9\u0ecd\u0eb2ມັນເຖື່ອນ", id="5 Lao am in its parts"),
    pytest.param("6", "th", "ที่ชายแดน", "จับท\u0e48\u0e35ชายแดน", "ท\u0e48\u0e35ชายแดน", id="6 tone before vowel"),
    pytest.param("6", "th", "แก๊งค้ามนุษย์", "จับเเก๊งค้ามนุษย์", "เเก๊งค้ามนุษย์", id="6 two e for ae"),
    pytest.param("7", "km", "ស្ត្រីវ័យ", "ជួយស\u17d2\u179a\u17d2\u178f\u17b8វ័យ", "ស\u17d2\u179a\u17d2\u178f\u17b8វ័យ", id="7 subscript ro first"),
    pytest.param("7", "km", "កើតហេតុ", "ក\u17c1\u17b8តហេតុ", "ក\u17c1\u17b8តហេតុ", id="7 oe in its halves"),
    pytest.param("7", "km", "សម្តេច", "សម្ដេច", "សម្ដេច", id="7 subscripts that look alike"),
    pytest.param("8", "lo", "ໜັງສືຜ່ານແດນ", "ປອມຫນັງສືຜ່ານແດນ", "ຫນັງສືຜ່ານແດນ", id="8 ho no"),
    pytest.param("8", "lo", "ທີ່ຊາຍແດນ", "ຈັບທ\u0ec8\u0eb5ຊາຍແດນ", "ທ\u0ec8\u0eb5ຊາຍແດນ", id="8 tone before vowel"),
    pytest.param("9", "my", "ဖွဲ့စည်းပုံ", "ဖ\u103d\u1032\u1037စည်\u1038ပုံ", "ဖ\u103d\u1032\u1037စည်\u1038ပုံ", id="9 marks in order"),
    pytest.param("9", "my", "မြွှာပူးများ", "မ\u103e\u103d\u103cာပူးများ", "မ\u103e\u103d\u103cာပူးများ", id="9 medials out of order"),
    pytest.param("9", "my", "နှင့်အတူ", "န\u103eင\u103a\u1037အတူ", "န\u103eင\u103a\u1037အတူ", id="9 asat before dot"),
    pytest.param("9", "my", "ဝန်ကြီးဌာန", "\u1040န်ကြီးဌာန", "\u1040န်ကြီးဌာန", id="9 zero for wa"),
    pytest.param("10", "my", "ရွှေကြိုက်တယ်", "သူ ေ႐ႊႀကိဳက္တယ္", "ေ႐ႊႀကိဳက္တယ္", id="10 Zawgyi"),
    pytest.param("11", "en", "transnational", "a trans\u2011national ring", "trans\u2011national", id="11 non-breaking hyphen"),
    pytest.param("11", "en", "transnational", "a trans-national ring", "trans-national", id="11 hyphen in the text"),
    pytest.param("11", "en", "trans-national", "a transnational ring", "transnational", id="11 hyphen in the term"),
    pytest.param("11", "en", "trans-national", "a trans national ring", "trans national", id="11 a space for the hyphen"),
    pytest.param("11", "en", "trans-national", "a trans\u2013national ring", "trans\u2013national", id="11 dash"),
    pytest.param("11", "en", "cross-border crime", "a cross-border crime-wave", "cross-border crime", id="11 several hyphens"),
    pytest.param("12", "ms", "Ma'ruf Amin", "Naib Presiden Ma’ruf Amin", "Ma’ruf Amin", id="12 apostrophes"),
    pytest.param("12", "en", "Myanmar", "Myanmar’s border", "Myanmar", id="12 possessive"),
    pytest.param("12", "en", "Myanmar", "so-called ‘Myanmar’ route", "Myanmar", id="12 quoted"),
    pytest.param("13", "en", "ASEAN 123", "（ＡＳＥＡＮ　１２３）", "ＡＳＥＡＮ　１２３", id="13 full width"),
    pytest.param("14", "en", "finance", "terror ﬁnance case", "ﬁnance", id="14 ligature"),
    pytest.param("14", "en", "Strasse", "in der Straße dort", "Straße", id="14 sharp s"),
    pytest.param("14", "en", "Istanbul", "from İstanbul to", "İstanbul", id="14 capital i with dot"),
    pytest.param("15", "zh-Hans", "东盟诈骗", "破獲東盟詐騙案", "東盟詐騙", id="15 traditional"),
    pytest.param("15", "zh-Hant", "東盟詐騙", "破获东盟诈骗案", "东盟诈骗", id="15 simplified"),
    pytest.param("15", "zh-Hans", "利益", "\uf9dd益", "\uf9dd益", id="15 compatibility ideograph"),
    pytest.param("17", "en", "transnational crime", "on transnational crimes.", "transnational crimes", id="17 plural"),
    pytest.param("18", "en", "drug trafficking", "drug\u00a0\n trafficking", "drug\u00a0\n trafficking", id="18 white space"),
    pytest.param("19", "th", "มาตรา 45", "ตามมาตรา ๔๕", "มาตรา ๔๕", id="19 Thai digits"),
    pytest.param("19", "km", "មាត្រា 43", "តាមមាត្រា ៤៣", "មាត្រា ៤៣", id="19 Khmer digits"),
    pytest.param("19", "vi", "ma thủy", "một ma thuỷ khác", "ma thuỷ", id="19 tone placement"),
    pytest.param("19", "vi", "HÒA", "vùng hoà hợp", "hoà", id="19 tone placement and case"),
]  # fmt: skip


@pytest.mark.parametrize("number, language, term, body, words", SAME)
def test_two_ways_to_write_it_find_each_other(number: str, language: str, term: str, body: str, words: str) -> None:
    assert hits(term, body, language=language) == [words]


def test_3_marks_belong_to_the_word_so_a_term_does_not_end_before_one() -> None:
    assert hits("கடத்தல", "ஒரு கடத்தல் வழக்கு", language="ta") == []


def test_11_a_compound_still_holds_its_words() -> None:
    assert hits("Myanmar", "the Thai-Myanmar border") == ["Myanmar"]
    assert hits('"Myanmar transnational"', "Thai-Myanmar trans-national") == ["Myanmar trans-national"]
    assert hits("crossborder", "cross - border, cross- border") == []


def test_11_words_on_both_sides_of_a_hyphen_are_found_once() -> None:
    assert hits("~ansna", "trans-national and transnational") == ["ans-na", "ansna"]
    assert hits("trans-national", "trans-national") == ["trans-national"]


def test_12_other_contractions_do_not_make_a_word() -> None:
    assert hits("Ma", "Ma’ruf Amin spoke", language="ms") == []


def test_14_folding_one_character_to_two_shifts_nothing_behind_it() -> None:
    assert hits("scam", "Straße, ﬁn, İ, ŉ: a scam") == ["scam"]


def test_16_an_affixed_word_is_another_term() -> None:
    assert hits("seludup", "Mereka menyeludup dan diseludup", language="ms") == []
    assert hits("menyeludup OR diseludup", "Mereka menyeludup dan diseludup") == ["menyeludup", "diseludup"]


def test_17_an_exact_term_and_other_languages_take_no_plural() -> None:
    assert hits("=scam", "two scams") == []
    assert hits("kapal", "kapals", language="id") == []
    assert hits("scam", "two scams, box") == ["scams"]


def test_19_diacritics_count() -> None:
    assert hits("ma túy", "ma tuy", language="vi") == []


def test_20_offsets_are_code_points_and_utf16_ones_can_be_had() -> None:
    body = "😀😀 a scam"
    rules = compile_rules([Rule(id="r", title="R", when="scam")], [])
    (hit,) = rules.match(Document(title="", body=body)).matches[0].hits
    assert (hit.start, hit.end) == (5, 9)
    assert utf16_offsets(body, (hit.start, hit.end)) == [7, 11]


def test_21_a_phrase_does_not_cross_from_title_to_body_and_not_counts_its_field() -> None:
    assert hits('"drug trafficking"', "trafficking ring", title="A drug") == []
    assert hits("drug NEAR/5 trafficking", "trafficking ring", title="A drug") == []
    assert hits("title:(drug AND NOT film)", "a film", title="A drug") == ["drug"]


def test_21_no_text_can_pretend_to_be_the_border_between_title_and_body() -> None:
    assert hits("title:scam", "x", title="a \x01 scam") == ["scam"]
    assert hits("title:scam", "a \x01 scam", title="x") == []


def test_22_overlapping_terms_are_all_found() -> None:
    assert hits("การค้ามนุษย์ OR ค้ามนุษย์", "คดีการค้ามนุษย์") == ["การค้ามนุษย์", "ค้ามนุษย์"]


def test_22_one_term_in_many_rules_is_found_for_all_of_them() -> None:
    rules = compile_rules([Rule(id=f"r{number}", title="R", when="scam") for number in range(50)], [])
    assert len(rules.match(Document(title="", body="a scam")).matches) == 50


@pytest.mark.parametrize("text", ["scam\ufe0f", "s\u200bcam", "ｓｃａｍ", "SCAM", "ѕcam"])
def test_lookalikes_of_other_scripts_stay_what_they_are(text: str) -> None:
    assert bool(hits("scam", f"a {text} b")) == (text != "ѕcam")


def test_a_variation_selector_belongs_to_the_span() -> None:
    assert hits("scam", "a scam\ufe0f b") == ["scam\ufe0f"]


def test_zawgyi_is_told_from_unicode_and_from_other_languages_of_the_script() -> None:
    assert fold("ရဲတပ်ဖွဲ့က ယောက်ျားများကို ဖမ်းဆီးခဲ့သည်").text.startswith("ရဲတပ်ဖွဲ့က")
    assert fold("ၵူၼ်းမိူင်း").text == "ၵူၼ်းမိူင်း"
