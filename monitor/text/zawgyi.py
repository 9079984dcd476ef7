"""Burmese in the Zawgyi font encoding: recognised and converted.

Zawgyi uses the Burmese block for glyphs in the order they are drawn: the vowel e and the medial ra stand before their consonant, stacked
consonants and kinzi have code points of their own, and the codes of asat and of the medials are shifted by one.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CONSONANT = "\u1000-\u1021\u1025\u1027\u1029\u103f\u104e"
_RA = "\u103b\u107e-\u1084"

# What Unicode text of the Burmese language never has: e or a shifted ra at the start of a syllable, asat where a virama would need a
# consonant after it, the glyph codes.
_ONLY_ZAWGYI = re.compile(
    f"(?:^|[^{_CONSONANT}\u103b-\u103e\u1039\u1060-\u1097])\u1031[{_CONSONANT}{_RA}\u1090]"
    f"|(?:^|[^{_CONSONANT}\u103c-\u103e])\u103b[{_CONSONANT}]"
    f"|\u1039(?![{_CONSONANT}])|[\u1033\u1034\u105a\u1064\u106a\u106b\u107d-\u1084\u1086-\u108e\u1094-\u1096]"
)
# What Zawgyi text never has: asat (its code is the medial ya there) before a consonant's end of syllable, e after a medial.
_ONLY_UNICODE = re.compile(f"[{_CONSONANT}]\u103a(?:[\u1037\u1038\u104a\u104b ]|\u1039|$)|[\u103b-\u103e]\u1031|\u103e\u1031?")
_MYANMAR = re.compile("[\u1000-\u109f]")
_LOOK_AT = 300  # characters: looking at whole articles costs six times as much and gives the same answer


def may_be_zawgyi(codes: NDArray[Any]) -> bool:
    """False if a quick look shows that the code points are not Zawgyi: none is one of its glyphs, every e and medial ya stands behind a
    consonant or medial, every virama before a consonant. It costs a tenth of `looks_like_zawgyi`."""
    if ((codes >= 0x105A) & (codes < 0x1098)).any() or codes[0] in (0x1031, 0x103B):
        return True
    behind = codes[:-1][(codes[1:] == 0x1031) | (codes[1:] == 0x103B)]
    after = codes[1:][codes[:-1] == 0x1039]
    return not ((_is_consonant(behind) | ((behind >= 0x1039) & (behind < 0x103F))).all() and _is_consonant(after).all())


def _is_consonant(codes: NDArray[Any]) -> NDArray[np.bool_]:
    consonants: NDArray[np.bool_] = ((codes >= 0x1000) & (codes < 0x102B)) | (codes == 0x103F)
    return consonants


def looks_like_zawgyi(text: str) -> bool:
    """Whether the Burmese in `text` is Zawgyi, judged by the first 300 characters from its first Burmese one."""
    first = _MYANMAR.search(text)
    if first is None:
        return False
    sample = text[first.start() : first.start() + _LOOK_AT]
    against = len(_ONLY_UNICODE.findall(sample))
    return len(_ONLY_ZAWGYI.findall(sample)) > against


# Zawgyi code -> Unicode text. Stacked consonants are a virama and the consonant.
_STACKED = {
    0x1060: 0x1000, 0x1061: 0x1001, 0x1062: 0x1002, 0x1063: 0x1003, 0x1065: 0x1005, 0x1066: 0x1006, 0x1067: 0x1006,
    0x1068: 0x1007, 0x1069: 0x1008, 0x106C: 0x100B, 0x106D: 0x100C, 0x1070: 0x100F, 0x1071: 0x1010, 0x1072: 0x1010,
    0x1073: 0x1011, 0x1074: 0x1011, 0x1075: 0x1012, 0x1076: 0x1013, 0x1077: 0x1014, 0x1078: 0x1015, 0x1079: 0x1016,
    0x107A: 0x1017, 0x107B: 0x1018, 0x1093: 0x1018, 0x107C: 0x1019, 0x1085: 0x101C,
}  # fmt: skip
_GLYPHS = {
    **{code: f"\u1039{chr(consonant)}" for code, consonant in _STACKED.items()},
    0x1033: "\u102f", 0x1034: "\u1030", 0x1039: "\u103a", 0x103A: "\u103b", 0x107D: "\u103b", 0x103C: "\u103d",
    0x103D: "\u103e", 0x1087: "\u103e", 0x105A: "\u102b\u103a", 0x1086: "\u103f", 0x106A: "\u1009", 0x106B: "\u100a",
    0x106E: "\u100d\u1039\u100d", 0x106F: "\u100d\u1039\u100e", 0x1088: "\u103e\u102f", 0x1089: "\u103e\u1030",
    0x108A: "\u103d\u103e", 0x108E: "\u102d\u1036", 0x108F: "\u1014", 0x1090: "\u101b", 0x1091: "\u100f\u1039\u100d",
    0x1092: "\u100b\u1039\u100c", 0x1094: "\u1037", 0x1095: "\u1037", 0x1096: "\u1039\u1010\u103d",
    0x1097: "\u100b\u1039\u100b", 0x104E: "\u104e\u1004\u103a\u1038", 0x108B: "\u102d", 0x108C: "\u102e", 0x108D: "\u1036",
    0x1064: "",
}  # fmt: skip
_KINZI = "\u1004\u103a\u1039"

# A syllable as it is drawn: e and ra, the consonant, the rest.
_SYLLABLE = re.compile(
    f"([\u1031{_RA}]*)"
    "([\u1000-\u1021\u1025\u1027\u1029\u1040\u104e\u106a\u106b\u106e\u106f\u1086\u108f-\u1092\u1097])"
    f"([\u102b-\u1030\u1032-\u103a\u103c\u103d\u105a\u1060-\u1069\u106c\u106d\u1070-\u107d\u1085\u1087-\u108e\u1093-\u1096]*)"
)


def zawgyi_to_unicode(text: str) -> tuple[str, list[int]]:
    """The text in Unicode, and for each character of it where in `text` its syllable begins.

    Marks come out in the order they were drawn in; `fold` orders them.
    """
    pieces: list[str] = []
    starts: list[int] = []
    at = 0

    def add(piece: str, start: int) -> None:
        pieces.append(piece)
        starts.extend([start] * len(piece))

    for syllable in _SYLLABLE.finditer(text):
        for place in range(at, syllable.start()):
            add(_GLYPHS.get(ord(text[place]), text[place]), place)
        add(_syllable(*syllable.groups()), syllable.start())
        at = syllable.end()
    for place in range(at, len(text)):
        add(_GLYPHS.get(ord(text[place]), text[place]), place)
    return "".join(pieces), starts


def _syllable(before: str, consonant: str, after: str) -> str:
    marks = before.translate(_RA_TO_UNICODE) + after.translate(_MARKS_TO_UNICODE)
    head = consonant
    if consonant == "\u1025" and "\u1039" in after:
        head = "\u1009"
    elif consonant == "\u1040" and (before or after):
        head = "\u101d"
    kinzi = _KINZI if any(mark in "\u1064\u108b\u108c\u108d" for mark in after) else ""
    # e is written last here: a stacked consonant has to follow its base at once, and `fold` orders the rest by weight
    return kinzi + head.translate(_MARKS_TO_UNICODE) + marks.replace("\u1031", "") + "\u1031" * marks.count("\u1031")


_RA_TO_UNICODE = dict.fromkeys((4155, *range(4222, 4229)), "ြ")
_MARKS_TO_UNICODE = {**_GLYPHS, **_RA_TO_UNICODE}
