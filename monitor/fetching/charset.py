"""Bytes of a page into text: what the server says, what the page says, and whether the bytes bear it out.

A declaration is believed if the bytes agree with it. UTF-8 proves itself; the label Latin-1 proves nothing, since servers put it on
everything. All else is judged by how the text would read, and the result says that it was guessed. UTF-8 that was encoded twice is
repaired (`mojibake`).
"""
# ruff: noqa: E501  the tables are read more easily row by row

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from resiliparse.parse.encoding import detect_encoding

from monitor.fetching.mojibake import may_be_mojibake, mended
from monitor.fetching.outcome import Fetched

# What pages call an encoding, and the superset that browsers really use for it (WHATWG Encoding, 4.2).
_ALIASES = {
    "windows-874": "cp874", "tis-620": "cp874", "tis620": "cp874", "iso-8859-11": "cp874", "iso8859-11": "cp874", "dos-874": "cp874", "x-windows-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "chinese": "gb18030", "csgb2312": "gb18030", "euc-cn": "gb18030", "cp936": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs", "cp950": "big5hkscs",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "windows-1252": "cp1252",
    "iso-8859-9": "cp1254", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "utf8": "utf-8", "unicode": "utf-8", "utf-8-sig": "utf-8", "x-unicode20utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "windows-1258": "cp1258", "x-cp1258": "cp1258",
}  # fmt: skip
_NOT_TEXT = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})
_WEAK = frozenset({"cp1252", "cp1254", "iso8859-15"})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EXPECTED = {"th": "cp874", "zh-Hans": "gb18030", "zh-Hant": "big5hkscs", "zh": "gb18030", "vi": "cp1258"}
_META = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_UTF8_PIECE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_MISPLACED_THAI = re.compile(
    "(?<![\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|[\u0e40-\u0e44](?![\u0e01-\u0e2e])"
)
_SAMPLE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """`text` without BOM; `charset` is the Python codec used. `guessed` is set if the bytes fit no declaration, if some of them did not
    fit, or if the text was, or may have been, encoded twice."""

    text: str
    charset: str
    guessed: bool

    @property
    def flags(self) -> tuple[str, ...]:
        """Remarks on the text for its readers, in words: that its encoding was guessed, if it was."""
        return (f"encoding guessed: {self.charset}",) if self.guessed else ()


def decode_answer(fetched: Fetched, language: str | None = None, *, most_bytes: int | None = None) -> Decoded:
    """The text of an answer, or of its first `most_bytes`; see `decode`."""
    return decode(fetched.body[:most_bytes], fetched.headers.get("content-type"), language)


def decode(body: bytes, content_type: str | None = None, language: str | None = None) -> Decoded:
    """The text of a page. `content_type` is the header's value; `language` (BCP 47) is that of the site and counts only in a guess.

    Never raises. Bytes that fit nothing become U+FFFD, and then `guessed` is true.
    """
    decoded = _decode(body, content_type, language)
    if decoded.charset != "utf-8" or not may_be_mojibake(decoded.text, body):
        return decoded
    text, doubtful = mended(decoded.text)
    return Decoded(text=text.removeprefix("\ufeff"), charset="utf-8", guessed=decoded.guessed or doubtful)


def _decode(body: bytes, content_type: str | None, language: str | None) -> Decoded:
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return _as(body[len(bom) :], charset, guessed=False)
    wide = _wide(body)
    if wide:
        return _as(body, wide, guessed=True)
    declared = _declared(body, content_type)
    if body.isascii():
        charset = next((c for c in declared if c.startswith(("iso2022", "hz"))), "ascii")
        return _as(body, charset, guessed=False)
    if utf8 := _utf8(body, declared):
        return utf8
    for charset in declared:
        if charset in _WEAK and _is_vietnamese(body):
            return _as(body, "cp1258", guessed=True)
        if charset != "utf-8" and _fits(body, charset):
            return _as(body, charset, guessed=False)
    return _as(body, _guess(body, declared, language), guessed=True)


def charset_of(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type header as a Python codec; None if it has none, or an unknown one."""
    match = re.search(r"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", content_type or "", re.IGNORECASE)
    return _codec(match[1]) if match else None


def _codec(name: str) -> str | None:
    name = name.strip().lower()
    try:
        charset = codecs.lookup(_ALIASES.get(name, name)).name
        b" ".decode(charset, "replace")
    except (LookupError, UnicodeError):  # unknown, or one of Python's codecs that make no text, such as zlib
        return None
    return None if charset in _NOT_TEXT else charset


def _declared(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """Codecs that are declared, most trusted first: header, then page; Latin-1 last, wherever it was said."""
    said = [charset_of(content_type)]
    for match in _META.finditer(body[:8192]):
        name = (match[1] or match[2]).decode("ascii", "replace")
        charset = _codec(name)
        # A page that can be searched for its own declaration is not UTF-16 (WHATWG HTML, 13.2.3.2).
        said.append("utf-8" if charset and charset.startswith(("utf-16", "utf-32")) else charset)
    known = dict.fromkeys(charset for charset in said if charset)
    return tuple(sorted(known, key=lambda charset: charset in _WEAK))


def _as(body: bytes, charset: str, *, guessed: bool) -> Decoded:
    text = body.decode(charset, "replace").removeprefix("\ufeff")
    return Decoded(text=text, charset=charset, guessed=guessed or ("\ufffd" in text and charset != "utf-8"))


def _wide(body: bytes) -> str | None:
    """UTF-16 without a BOM: markup has a NUL in every other byte."""
    head = body[:128]
    if len(head) < 16 or head.count(0) < len(head) // 4:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _utf8(body: bytes, declared: tuple[str, ...]) -> Decoded | None:
    """The text if the bytes are UTF-8, whatever is declared; a few bad bytes become U+FFFD."""
    try:
        text = body.decode("utf-8")
        if "utf-8" in declared or set(declared) <= _WEAK or len(_UTF8_PIECE.findall(body[: _SAMPLE * 2])) >= 4:
            return Decoded(text=text, charset="utf-8", guessed=False)
    except UnicodeDecodeError:
        text, pieces = body.decode("utf-8", "replace"), len(_UTF8_PIECE.findall(body))
        bad = text.count("\ufffd")
        if bad <= 1 and pieces >= 4 and text.endswith("\ufffd"):
            return Decoded(text=text[:-1], charset="utf-8", guessed=False)
        if bad * 10 <= pieces:
            return Decoded(text=text, charset="utf-8", guessed=True)
    return None


def _fits(body: bytes, charset: str) -> bool:
    """Whether the bytes probably are text in this codec."""
    text = body[: _SAMPLE * 2].decode(charset, "replace")
    bad = text.count("\ufffd")
    high = sum(c > "\x7f" for c in text)
    if bad > 1 + high // 100:
        return False
    return _likely(text, charset) > 0.5


def _is_vietnamese(body: bytes) -> bool:
    """Windows-1258 writes tones as separate marks after a vowel, where Latin-1 has letters that seldom follow one."""
    tones = re.findall(rb"(.)[\xcc\xd2\xde\xec\xf2]", body[:_SAMPLE], re.DOTALL)
    after_vowel = sum(before in b"aeiouyAEIOUY\xe2\xe3\xea\xf4\xf5\xfd\xc2\xc3\xca\xd4\xd5\xdd" for before in tones)
    return len(tones) >= 5 and after_vowel >= 0.9 * len(tones)


def _likely(text: str, charset: str) -> float:
    """How well `text`, decoded with `charset`, reads as what that codec is used for: 0 to 1."""
    high = [c for c in text[:_SAMPLE] if c > "\x7f"]
    if not high:
        return 1.0
    bad = sum(c == "\ufffd" or "\x80" <= c <= "\x9f" or "\ue000" <= c <= "\uf8ff" for c in high) / len(high)
    if charset == "cp874":
        return _likely_thai(text) - 3 * bad
    if charset in ("gb18030", "big5hkscs", "big5"):
        return _likely_chinese(high, charset) - 3 * bad
    if charset in ("cp1252", "cp1254", "cp1258", "iso8859-15"):
        # Western letters come singly between plain ones; in a text of another script they come in long runs.
        runs = re.findall(r"[\x80-\u02ff\u0300-\u036f]+", text[:_SAMPLE])
        long_runs = sum(len(run) for run in runs if len(run) >= (4 if charset == "cp1258" else 3))
        return 1.0 - long_runs / len(high) - 3 * bad
    return 0.8 - 3 * bad


def _likely_thai(text: str) -> float:
    """Share of Thai marks and leading vowels that stand where they can."""
    thai = re.findall("[\u0e01-\u0e5b]", text[:_SAMPLE])
    other = sum(c > "\x7f" and not "\u0e01" <= c <= "\u0e5b" and c not in "\xa0‘’“”•–—…€" for c in text[:_SAMPLE])
    if not thai:
        return 0.0
    if len(thai) < 2 * len(
        re.findall("[\u0e01-\u0e5b]+", text)
    ):  # single letters between plain ones: another language's accents
        return 0.0
    marks = len(re.findall("[\u0e31\u0e34-\u0e3a\u0e40-\u0e44\u0e47-\u0e4e]", text)) or 1
    wrong = len(_MISPLACED_THAI.findall(text))
    consonants = len(re.findall("[\u0e01-\u0e2e]", text))
    return max(0.0, 1.0 - 2.5 * wrong / marks - other / len(thai) - (0.5 if consonants < 0.4 * len(thai) else 0.0))


def _likely_chinese(high: list[str], charset: str) -> float:
    """Share of characters from the first level of the standard, which holds what texts are made of."""
    han = [c for c in high if "\u3400" <= c <= "\u9fff"]
    if not han:
        return 0.0
    low, top = (0xB0, 0xD7) if charset == "gb18030" else (0xA4, 0xC6)
    encoded = [c.encode(charset, "ignore") for c in han]
    common = sum(len(two) == 2 and low <= two[0] <= top for two in encoded) / len(han)
    strange = sum(
        not ("\u3000" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" or "\u2010" <= c <= "\u203f")
        for c in high
    )
    return common - strange / len(high)


def _guess(body: bytes, declared: tuple[str, ...], language: str | None) -> str:
    sample = body[: _SAMPLE * 2]
    expected = _EXPECTED.get(language or "") or _EXPECTED.get((language or "").split("-")[0])
    scores: dict[str, float] = {}
    for charset in dict.fromkeys(("cp1252", "cp874", "gb18030", "big5hkscs", "cp1258", *declared)):
        text = sample.decode(charset, "replace")
        bonus = 0.15 * (charset in declared) + 0.15 * (charset == expected)
        scores[charset] = _likely(text, charset) + bonus - (0.05 if charset == "cp1258" and expected != "cp1258" else 0.0)
    detected = _codec(detect_encoding(sample) or "")
    if detected:
        scores[detected] = scores.get(detected, _likely(sample.decode(detected, "replace"), detected)) + 0.1
    return max(scores, key=lambda charset: scores[charset])
