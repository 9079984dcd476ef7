"""Notices in which a newsroom says that it was wrong, in the languages of the region."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What such a notice begins with. A colon or a dash has to follow soon, or a bracket to enclose it; otherwise it is a sentence of news.
_HEADINGS = (
    r"correct(?:ion|ed|s|ing)\b", r"clarif(?:ication|ied|ies)\b", r"editor['’]?s note\b.{0,80}\bcorrect", r"erratum\b",
    r"retract(?:ion|ed)\b",
    r"ralat\b", r"koreksi\b", r"klarifikasi\b", r"hak jawab\b", r"pembetulan\b", r"penjelasan\b.{0,40}\bralat",
    r"đính chính\b", r"cải chính\b", r"pagwawasto\b", r"pagtatama\b", r"paglilinaw\b",
    "แก้ไขข่าว", "แก้ข่าว", "แก้ไขข้อมูล", "ขออภัยในความผิดพลาด", "(?:ການ)?ແກ້ໄຂ(?:ຂ່າວ|ຂໍ້ມູນ)?", "ការកែតម្រូវ", "កែតម្រូវ", "កំណែតម្រូវ",
    "ပြင်ဆင်ချက်", "အမှားပြင်ဆင်", "更正", "勘误", "勘誤", "订正", "訂正", "澄清", "திருத்தம்", "பிழைதிருத்தம்",
)  # fmt: skip
_HEADED = rf"^\W*(?:update and )?(?:{'|'.join(_HEADINGS)})(?:[^:：៖—–]{{0,30}}?(?:[:：៖—–】]|\s-\s)|\W*$|။)"
_BRACKETED = rf"^\s*[(（\[【]\W*(?:{'|'.join(_HEADINGS)}).*[)）\]】]\W*$"
_THIS = r"\bth(?:is|e) (?:article|story|report)"
_ANYWHERE = (
    rf"\ban earlier version of {_THIS[2:]}\b",
    rf"{_THIS} (?:has been|was) (?:corrected|amended)\b",
    rf"{_THIS} (?:originally|incorrectly|mistakenly|wrongly|erroneously) (?:stated|said|reported)\b",
    rf"\b(?:we have|we) corrected {_THIS[2:]}\b",
    r"\bthis version corrects\b",
    r"\b(?:artikel|berita) ini telah (?:dikoreksi|diperbaiki|diralat|dibetulkan|dipinda)\b",
    r"\bversi (?:sebelumnya|terdahulu) (?:dari )?(?:artikel|berita) ini\b",
    r"\bphiên bản trước của bài (?:viết|báo)\b",
    r"\bbài (?:viết|báo) (?:này )?đã được (?:sửa|đính chính)\b",
    "ข่าวนี้ได้รับการแก้ไข",
    "ฉบับก่อนหน้าของข่าวนี้",
    "本文(?:此前|早前|之前)?(?:的?版本)?(?:有误|有誤|已更正|错误|錯誤)",
    "此前报道有误",
    "早前報道有誤",
)
_NOTICE = re.compile("|".join((_HEADED, _BRACKETED, *_ANYWHERE)), re.IGNORECASE)
_LONGEST = 600


def notices(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """The paragraphs that are notices of a correction."""
    return tuple(text for text in paragraphs if len(text) <= _LONGEST and _NOTICE.search(text))
