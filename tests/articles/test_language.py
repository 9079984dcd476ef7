"""Which language a text is in."""

from __future__ import annotations

import pytest

from monitor.articles.language import detect

TEXTS = {
    "en": "Police arrested nine suspects after a raid on a compound where workers were forced to run online scams.",
    "th": "ตำรวจจับกุมผู้ต้องสงสัยเก้ารายหลังบุกค้นอาคารที่ใช้หลอกลวงประชาชนทางออนไลน์",
    "lo": "ຕຳຫຼວດຈັບຜູ້ຖືກສົງໄສເກົ້າຄົນ ຫຼັງຈາກບຸກກວດຄົ້ນຕຶກທີ່ໃຊ້ຫຼອກລວງປະຊາຊົນທາງອອນລາຍ",
    "km": "នគរបាលបានឃាត់ខ្លួនជនសង្ស័យប្រាំបួននាក់ ក្រោយពីចុះឆែកឆេរអគារឆបោកតាមអនឡាញ",
    "my": "ရဲတပ်ဖွဲ့က အွန်လိုင်းလိမ်လည်မှုလုပ်ငန်းကို ဝင်ရောက်စီးနင်းပြီး သံသယရှိသူ ကိုးဦးကို ဖမ်းဆီးခဲ့သည်",
    "vi": "Công an đã bắt giữ chín nghi phạm sau khi khám xét tòa nhà được dùng để lừa đảo trực tuyến.",
    "id": "Polisi menangkap sembilan tersangka setelah menggerebek gedung yang dipakai untuk penipuan daring, kata Kapolres pada Senin.",
    "ms": "Polis menahan sembilan suspek selepas menyerbu sebuah bangunan yang digunakan untuk penipuan dalam talian pada Isnin.",
    "tl": "Inaresto ng mga pulis ang siyam na suspek matapos salakayin ang gusaling ginagamit sa panloloko sa internet.",
    "zh-Hans": "警方突击检查一栋用于网络诈骗的大楼，逮捕了九名嫌疑人，并缴获大批电脑。",
    "zh-Hant": "警方突擊檢查一棟用於網路詐騙的大樓，逮捕了九名嫌疑人，並繳獲大批電腦。",
    "ta": "இணைய மோசடி நடத்தப்பட்ட கட்டிடத்தில் சோதனை நடத்திய காவல்துறை ஒன்பது பேரைக் கைது செய்தது.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_one_sentence_tells_the_language(language):
    assert detect(TEXTS[language]) == language


@pytest.mark.parametrize("language", ["th", "lo", "km", "my", "ta", "zh-Hans"])
def test_no_hint_speaks_against_the_script(language):
    assert detect(TEXTS[language], hint="en") == language


def test_foreign_names_do_not_change_the_language():
    assert detect(f"ASEANAPOL INTERPOL UNODC. {TEXTS['th']}") == "th"
    assert detect(f"{TEXTS['en']} The operation was named สายฟ้า.") == "en"


def test_a_hint_decides_what_the_text_leaves_open():
    assert detect("Jalan Besar 12", hint="ms") == "ms"
    assert detect("中文", hint="zh-Hant") == "zh-Hant"


@pytest.mark.parametrize("text", ["", "  \n", "12 345 !!", "…"])
def test_a_text_without_letters_has_no_language(text):
    assert detect(text) is None


def test_without_pycld2_the_other_library_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.articles.language.pycld2", None)
    assert (
        detect("The minister said on Monday that the bridge over the river would be closed for repairs until the spring.")
        == "en"
    )
    assert (
        detect("Menteri mengatakan jembatan di atas sungai itu akan ditutup untuk perbaikan hingga tahun depan karena rusak.")
        == "id"
    )
