"""Bytes into text: right, or known to be a guess."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetching.charset import Decoded, charset_of, decode

THAI = "เจ้าหน้าที่ตำรวจจากสี่ประเทศเข้าตรวจค้นโกดังใกล้ชายแดนก่อนรุ่งสาง และยึดยาบ้าได้สองตันซึ่งซุกซ่อนอยู่ในกระสอบชา"
SIMPLIFIED = "四国警方日前在边境地区联合行动，捣毁一处制毒工厂，查获原料三吨，逮捕嫌疑人十七名，警方发言人在新闻发布会上说。"
TRADITIONAL = "四國警方日前在邊境地區聯合行動，搗毀一處製毒工廠，查獲原料三噸，逮捕嫌疑人十七名，警方發言人在記者會上說。"
ENGLISH = "The café owner’s £5,000 was taken, said señor Gómez."


def page(text: str, charset: str | None = None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    "text, codec, header, meta, guessed",
    [
        pytest.param(THAI, "utf-8", "text/html; charset=utf-8", None, False, id="UTF-8 as declared"),
        pytest.param(THAI, "utf-8", "text/html; charset=iso-8859-1", None, False, id="UTF-8 that the server calls Latin-1"),
        pytest.param(THAI, "utf-8", "text/html; charset=windows-874", "tis-620", False, id="UTF-8 that everyone calls Thai"),
        pytest.param(THAI, "utf-8", None, None, False, id="UTF-8 undeclared"),
        pytest.param(THAI, "cp874", "text/html; charset=windows-874", None, False, id="windows-874 in the header"),
        pytest.param(THAI, "cp874", "text/html", "windows-874", False, id="windows-874 in the page"),
        pytest.param(THAI, "cp874", None, "TIS-620", False, id="TIS-620 in the page"),
        pytest.param(
            THAI, "cp874", "text/html; charset=ISO-8859-1", "tis-620", False, id="the page knows better than a Latin-1 server"
        ),
        pytest.param(THAI, "cp874", "text/html; charset=ISO-8859-1", None, True, id="Thai that is called Latin-1"),
        pytest.param(THAI, "cp874", "text/html; charset=utf-8", None, True, id="Thai that is called UTF-8"),
        pytest.param(THAI, "cp874", None, None, True, id="Thai undeclared"),
        pytest.param(SIMPLIFIED, "gb18030", "text/html; charset=gb2312", None, False, id="GB2312 means GB18030"),
        pytest.param(SIMPLIFIED, "gb18030", None, "gbk", False, id="GBK in the page"),
        pytest.param(SIMPLIFIED, "gb18030", None, None, True, id="GBK undeclared"),
        pytest.param(SIMPLIFIED, "gb18030", "text/html; charset=big5", None, True, id="GBK that is called Big5"),
        pytest.param(TRADITIONAL, "big5", "text/html; charset=Big5", None, False, id="Big5"),
        pytest.param(TRADITIONAL, "big5", None, None, True, id="Big5 undeclared"),
        pytest.param(TRADITIONAL, "big5", "text/html; charset=gb2312", None, True, id="Big5 that is called GB2312"),
        pytest.param(ENGLISH, "cp1252", "text/html; charset=ISO-8859-1", None, False, id="Latin-1 means windows-1252"),
        pytest.param(ENGLISH, "cp1252", None, None, True, id="windows-1252 undeclared"),
        pytest.param(ENGLISH, "cp1252", "text/html; charset=windows-874", None, True, id="windows-1252 that is called Thai"),
        pytest.param(THAI, "utf-16-le", "text/html", None, True, id="UTF-16 without a mark"),
        pytest.param(THAI, "utf-16-be", "text/html", "utf-16", True, id="big-endian UTF-16 without a mark"),
        pytest.param("plain text", "ascii", "text/html; charset=nobody-knows", "x", False, id="ASCII needs no declaration"),
    ],
)
def test_a_page_is_decoded_whatever_it_is_called(text, codec, header, meta, guessed):
    content = page(text, meta)
    decoded = decode(content.encode(codec), header)
    assert decoded.text == content
    assert decoded.guessed is guessed


@pytest.mark.parametrize(
    "mark, codec", [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
)
def test_a_byte_order_mark_decides_and_is_taken_off(mark, codec):
    decoded = decode(mark + page(THAI).encode(codec), "text/html; charset=windows-1252")
    assert (decoded.text, decoded.guessed) == (page(THAI), False)


def test_bytes_that_fit_nothing_are_marked_and_flagged():
    decoded = decode(page(THAI).encode() + b"\xff\xfe broken \xc3 " + page(THAI).encode(), "text/html; charset=utf-8")
    assert "\ufffd" in decoded.text
    assert decoded.guessed
    assert THAI in decoded.text


def test_a_page_that_was_cut_inside_a_character_is_not_doubted():
    decoded = decode(page(THAI).encode().removesuffix(b"</p></body></html>") + "ก".encode()[:2], None)
    assert not decoded.guessed
    assert not decoded.text.endswith("\ufffd")


@pytest.mark.parametrize(
    "header, codec",
    [
        ("text/html; charset=TIS-620", "cp874"),
        ('text/html; charset="gb2312"', "gb18030"),
        ("text/html;charset=utf8", "utf-8"),
        ("text/html; charset=base64", None),
        ("text/html; charset=zlib_codec", None),
        ("text/html; charset=unicode_escape", None),
        ("text/html; charset=undefined", None),
        ("text/html; charset=utf-7", None),
        ("text/html; charset=klingon", None),
        ("text/html", None),
        (None, None),
    ],
)
def test_a_name_is_the_codec_that_browsers_use_for_it(header, codec):
    assert charset_of(header) == codec


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "text/html; charset=gbk", "text/html; charset=tis-620", "text/html; charset=utf-16"]),
)
def test_any_bytes_become_text(body, header):
    assert isinstance(decode(body, header).text, str)


TWICE = [
    THAI, SIMPLIFIED, "Thủ tướng chỉ đạo truy quét tội phạm ma túy", "Công an", "ប៉ូលិសចាប់ខ្លួនជនសង្ស័យ", "ရဲတပ်ဖွဲ့က ဖမ်းဆီးရမိ", "ຕຳຫຼວດຈັບຜູ້ຄ້າຢາ",
    "It’s over", "Five\u00a0held: “armed”", "señor Peña of Dasmariñas", "Polícia detém cinco; não há vítimas", "Raid 🚨 at dawn",
]  # fmt: skip


def again(text: str, taken_for: str) -> str:
    """What UTF-8 is to a program that takes it for this; bytes that mean nothing there stay what they are."""
    none = {
        "latin-1": b"",
        "cp1252": b"\x81\x8d\x8f\x90\x9d",
        "cp874": bytes({*range(0x81, 0xA0)} - {0x85, *range(0x91, 0x98)}),
    }
    return "".join(bytes([byte]).decode("latin-1" if byte in none[taken_for] else taken_for) for byte in text.encode())


class TestTwice:
    @pytest.mark.parametrize("taken_for", ["latin-1", "cp1252"])
    @pytest.mark.parametrize("text", TWICE)
    def test_what_was_encoded_twice_is_read_as_it_was_meant_and_flagged(self, text, taken_for):
        assert decode(again(page(text, "utf-8"), taken_for).encode()) == Decoded(
            text=page(text, "utf-8"), charset="utf-8", guessed=True
        )

    @pytest.mark.parametrize("text", [THAI, "ตำรวจ “จับ” 5 คน…", f"ASEANAPOL: {THAI}"])
    def test_thai_that_was_taken_for_windows_874_is_read_as_it_was_meant_and_flagged(self, text):
        decoded = decode(page(again(text, "cp874"), "utf-8").encode())
        assert (decoded.text, decoded.guessed) == (page(text, "utf-8"), True)
        assert THAI in decode(page(f"泰國：{again(THAI, 'cp874')}", "utf-8").encode()).text

    def test_one_text_among_others_is_mended_alone(self):
        right = "“Voilà…” «né…» ตำรวจ"
        body = page(f"{right}</p><p>{again(THAI, 'cp1252')}</p><p>{right}").encode()
        assert decode(body, "text/html; charset=utf-8").text == page(f"{right}</p><p>{THAI}</p><p>{right}")

    @pytest.mark.parametrize(
        "text",
        [
            "“Voilà…” il est «né…» à l’«été»", "«está»… «IRMû", "“CÀ PHÊ” và…” là”", "10 × 10 cm, 20° – 30°", "façade…”, naïve® CAFÉ™",
            "var from = 'àáâãäåèéêëìíîï·/_,:;'", *TWICE,
        ],
    )  # fmt: skip
    def test_right_text_is_left_alone_and_not_flagged(self, text):
        assert decode(page(text).encode(), "text/html; charset=utf-8") == Decoded(
            text=page(text), charset="utf-8", guessed=False
        )

    @pytest.mark.parametrize(("taken_for", "lost"), [("latin-1", ""), ("cp1252", ""), ("cp1252", "?"), ("cp1252", "\ufffd")])
    @pytest.mark.parametrize("text", [THAI, "ប៉ូលិសចាប់ខ្លួនជនសង្ស័យ", "ရဲတပ်ဖွဲ့က ဖမ်းဆီးရမိ", "Hung thủ"])
    def test_what_lost_bytes_on_the_way_is_flagged(self, text, taken_for, lost):
        body = page("".join(lost if "\x80" <= c <= "\x9f" else c for c in again(text, taken_for))).encode()
        assert decode(body, "text/html; charset=utf-8").guessed

    @pytest.mark.parametrize("lost", ["", "?", "\ufffd"])
    def test_so_is_thai_that_lost_bytes_to_windows_874(self, lost):
        body = page("".join(lost if "\x80" <= c <= "\x9f" else c for c in again(THAI, "cp874"))).encode()
        assert decode(body, "text/html; charset=utf-8").guessed
