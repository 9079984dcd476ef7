"""Articles made up letter by letter, so that unrelated ones share what a language's own words make them share and no more."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

_COMMON = {
    "en": [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "that",
        "for",
        "on",
        "with",
        "said",
        "was",
        "by",
        "police",
        "from",
        "at",
        "as",
        "been",
    ],
    "th": ["ที่", "และ", "ของ", "ใน", "ได้", "เป็น", "ให้", "ว่า", "กับ", "จาก", "มี", "ตำรวจ", "ไป", "มา", "คน", "ถูก", "โดย", "ซึ่ง"],
    "zh": [
        "的",
        "了",
        "在",
        "是",
        "和",
        "有人",
        "被",
        "警方",
        "对",
        "与",
        "中",
        "从",
        "为",
        "这个",
        "一个",
        "表示",
        "进行",
        "以及",
    ],
}
_JOINT = {"en": " ", "th": "", "zh": ""}


def _word(chance: random.Random, language: str) -> str:
    if language == "zh":
        return "".join(chr(0x4E00 + chance.randrange(2500)) for _ in range(2))
    consonants, vowels, ends = (
        ("กขคจชดตทนบปพมยรลวสหอ", "าีูโแ", "กงดนบมว") if language == "th" else ("bdfgklmnprstvw", "aeiou", "lnrst")
    )
    syllables = (chance.choice(consonants) + chance.choice(vowels) for _ in range(chance.randint(1, 3)))
    return "".join(syllables) + chance.choice(ends)


class Writer:
    """Writes articles in one language, each as a list of words."""

    def __init__(self, language: str) -> None:
        self._chance = random.Random(f"stories {language}")
        self._joint = _JOINT[language]
        self._common = _COMMON[language]
        self._rare = [_word(self._chance, language) for _ in range(3000)]

    def words(self, count: int = 350) -> list[str]:
        return [self._chance.choice(self._common if self._chance.random() < 0.35 else self._rare) for _ in range(count)]

    def text(self, words: list[str]) -> str:
        return self._joint.join(words)

    def edited(self, words: list[str], share: float) -> list[str]:
        """The same article with `share` of its words changed, three in a row as an editor does."""
        changed = list(words)
        for at in range(0, len(words), 3):
            if self._chance.random() < share:
                changed[at : at + 3] = (self._chance.choice(self._rare) for _ in words[at : at + 3])
        return changed


@pytest.fixture
def writer() -> Callable[[str], Writer]:
    return Writer
