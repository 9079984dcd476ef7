"""Facts: what a translation leaves unchanged, namely the numbers that a text states and its names in Latin script.

Numbers are compared by value, however a language writes them: `1.200` in Indonesian and `1,200` in English, `6 ล้าน`, `六百万`, `600万`,
`six million`, `៦លាន`. Numbers that any two texts of the same day may share are left out: those up to ten, years, times, dates, the day of
publication.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations

import xxhash

from monitor.stories.signed import signed
from monitor.text.digits import western_digits

KEYS = 10
_NUMBER_KEYS = 7
_MOST = 12
_MOST_NAMES = 8
_SAMPLE = 600
_DECIMAL_COMMA = frozenset({"id", "vi", "pt", "tet"})
_EITHER = frozenset({"km", "lo"})  # languages that use either mark between thousands

# The patterns begin with a character class, which the engine searches for fast, so most of a text is skipped quickly.
_DATE = re.compile(
    r"[\d一二三四五六七八九十〇零](?:(?<=\d)(?:\d{0,3}[-/]\d{1,2}(?:[-/]\d{1,4})?|\d?\.\d{1,2}\.\d{4}"
    r"|\d?[:.]\d{2}(?=\s*(?:น\.|WIB|WITA|WIT|[ap]\.?m\b))|\d?:\d{2})"
    r"|[\d一二三四五六七八九十〇零]*\s*[年月日号號点點时時](?!间))"
)
_SCALES = {
    10: "十",
    100: "hundred ร้อย ຮ້ອຍ រយ 百",
    1_000: "thousand ribu nghìn ngàn libo libong พัน ພັນ ពាន់ ထောင် ஆயிரம் 千",
    10_000: "หมื่น ໝື່ນ ម៉ឺន သောင်း 万 萬",
    100_000: "lakh แสน ແສນ សែន သိန်း லட்சம் 十万",
    1_000_000: "million mil mn juta triệu milyon milyong ล้าน ລ້ານ លាន သန်း மில்லியன் 百万",
    10_000_000: "crore สิบล้าน ကုဋေ கோடி 千万",
    100_000_000: "ร้อยล้าน 亿 億",
    1_000_000_000: "billion bn bilion miliar milyar tỷ tỉ bilyon พันล้าน ຕື້ 十亿",
    10_000_000_000: "หมื่นล้าน",
    100_000_000_000: "แสนล้าน",
    1_000_000_000_000: "trillion trilion triliun ล้านล้าน 万亿",
}
_SCALE_OF = {word: scale for scale, words in _SCALES.items() for word in words.split()}
_SCALE = "|".join(
    re.escape(word) + (r"\b" if word.isascii() or word[-1] in "ỷỉnệu" else "")
    for word in sorted(_SCALE_OF, key=len, reverse=True)
)
_NUMBER = re.compile(rf"(\d\d*(?:[.,]\d+)*)(?:[\s-]?({_SCALE}))?", re.IGNORECASE)

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUE_OF = {word: value for value, word in enumerate(_UNITS, 1)} | {word: 10 * value for value, word in enumerate(_TENS, 2)}
_WORDS = re.compile(
    rf"\b(?=[efnost])(?:({'|'.join(_TENS)})(?:[-\s]({'|'.join(_UNITS[:9])}))?\b(?:\s(hundred|thousand|million|billion)\b)?"
    rf"|\b({'|'.join(sorted(_UNITS, key=len, reverse=True))})\b(?:\s(hundred|thousand|million|billion)\b)?)"
)
_HAN = re.compile("[一二两兩三四五六七八九十百千零〇]{1,9}[万萬亿億]?")
_HAN_DIGIT = {
    char: value
    for value, chars in enumerate(("零〇", "一", "二两兩", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}

_MIXED = re.compile(r"(\d{1,4})[万萬](\d{4})(?!\d)")


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


_CAPITALS = "".join(letter for letter in map(chr, range(0x2C00)) if letter.isupper() and "A" <= _bare(letter).upper() <= "Z")
_NAME = re.compile(rf"[{_CAPITALS}](?<![^\W\d_].)(?<![^\W\d_]['’].)[^\W\d_]*(?:['’][^\W\d_]+)*")
_BEGINNING = re.compile(r"(?:^|[.!?:;\n“”\"'‘’(–—-])\s*$")
_COMMON = frozenset(
    "asean aseanapol interpol police polri telegram facebook whatsapp tiktok january february march april june july august september "
    "october november december januari februari mei juni agustus oktober desember mac julai ogos disember monday tuesday wednesday "
    "thursday friday saturday sunday senin selasa rabu kamis jumat sabtu minggu isnin khamis jumaat ahad thailand indonesia malaysia "
    "singapore singapura vietnam viet myanmar cambodia kamboja laos philippines filipina pilipinas brunei timor leste china jakarta "
    "manila bangkok hanoi kuala lumpur phnom penh yangon vientiane minh indonesian malaysian photo foto image reuters bernama antara "
    "vnexpress south southeast asia asian".split()
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`numbers` are values written as text (`87`, `1.2`, `6000000`); `names` are case-folded and without accents."""

    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """At most 10 signed 64-bit numbers by which candidates are looked up. Each stands for a set of facts that is worth comparing if
        two texts share it: numbers that together weigh `ENOUGH`, or a number and two names. The heaviest sets are chosen, and among
        equals those with the smallest hash, so that two texts choose the same."""
        numbers = sorted(sorted(self.numbers, key=_hash)[:_MOST])
        names = sorted(sorted(self.names, key=_hash)[:_MOST_NAMES])
        sets: list[tuple[str, ...]] = [pair for pair in combinations(numbers, 2) if weight(pair[0]) + weight(pair[1]) >= ENOUGH]
        light = [number for number in numbers if weight(number) < ENOUGH - 1]
        sets += [three for three in combinations(light, 3) if sum(map(weight, three)) >= ENOUGH]
        telling = [number for number in numbers if weight(number) >= 1]
        named = [(number, *pair) for number in telling for pair in combinations(names, 2)]
        weighed = sorted((-min(2 * len(each), sum(map(weight, each))), _hash("\n".join(each))) for each in sets)
        chosen = [digest for _, digest in weighed[:_NUMBER_KEYS]]
        chosen += sorted(_hash("\n".join(each)) for each in named)[: KEYS - len(chosen)]
        return tuple(map(signed, chosen))


NO_FACTS = Facts()

ENOUGH = 3.0
"""The shared weight from which two texts are worth comparing."""


def weight(number: str) -> float:
    """How much it means that two texts state the same number: little if it is round, more the more digits it has."""
    digits = number.replace(".", "").strip("0")
    if len(digits) <= 1:
        return 1.0 if len(number) >= 6 else 0.5
    return 1.0 if len(digits) == 2 else 2.0


def facts(text: str, language: str | None, published: date | None) -> Facts:
    """The facts of a text (headline and body). How numbers are written depends on its `language` (BCP 47)."""
    base = (language or "").partition("-")[0]
    plain = _DATE.sub(" ", western_digits(text))
    if base == "zh":
        plain = _MIXED.sub(lambda found: str(int(found[1]) * 10_000 + int(found[2])), plain)
    found = set(_written_in_digits(plain, base))
    if base == "en":
        found.update(_written_in_words(plain))
    if base == "zh":
        found.update(_written_in_han(plain))
    days = {(published + timedelta(days=days)).day for days in range(-3, 2)} if published else set()
    numbers = frozenset(_text(value) for value in found if _says_something(value, days))
    told = Facts(numbers=numbers, names=frozenset(_names(text)))
    told.keys  # noqa: B018  computed (and cached) now, where pages are read, and not later by the writer
    return told


def _written_in_digits(text: str, language: str) -> Iterator[float]:
    point, comma = (",", ".") if language in _DECIMAL_COMMA else (".", ",")
    for found in _NUMBER.finditer(text):
        digits, scale = found.groups()
        whole, _, part = digits.partition(point)
        groups = whole.split(comma)
        if language in _EITHER and len(part) == 3:
            groups, part = [*groups, part], ""
        if digits[0] == "0" and len(groups[0]) > 1:
            continue  # a telephone number
        if any(len(group) != 3 for group in groups[1:]) or point in part or comma in part:
            continue  # a list, a version
        value = float("".join(groups) + (f".{part}" if part else ""))
        if scale is None and len(groups) == 1 and not part and _is_year(value):
            continue
        yield value * _SCALE_OF[scale.lower()] if scale else value


def _written_in_words(text: str) -> Iterator[float]:
    for found in _WORDS.finditer(text.lower()):
        tens, unit, scale, alone, other = found.groups()
        value = _VALUE_OF[tens or alone] + (_VALUE_OF[unit] if unit else 0)
        yield float(value * _SCALE_OF.get(scale or other or "", 1))


def _written_in_han(text: str) -> Iterator[float]:
    for found in _HAN.findall(text):
        total, digit = 0, 0
        scale = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}.get(found[-1], 1)
        for char in found.rstrip("万萬亿億"):
            if char in _HAN_DIGIT:
                digit = _HAN_DIGIT[char]
            else:
                total += (digit or 1) * {"十": 10, "百": 100, "千": 1_000}[char]
                digit = 0
        yield float((total + digit) * scale)


def _is_year(value: float) -> bool:
    return 1900 <= value <= 2100 or 2440 <= value <= 2640


def _says_something(value: float, days: set[int]) -> bool:
    return (value > 10 or value != int(value)) and value not in days


def _text(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}".rstrip("0")


def _names(text: str) -> Iterator[str]:
    """Words written like names: capitalised inside a sentence, all in capitals, or in Latin script within text of another script."""
    letters = "".join(filter(str.isalpha, text[:_SAMPLE]))
    others = 0 if letters.isascii() else sum(map("\u024f".__lt__, letters))
    latin = 2 * others < len(letters)
    _, _, body = text.partition("\n")
    for found in _NAME.finditer(body if latin else text):
        word = found[0]
        if len(word) < 3:
            continue
        if (
            latin
            and not word.isupper()
            and (len(word) < 4 or _BEGINNING.search(body, max(0, found.start() - 3), found.start()))
        ):
            continue
        if (name := _bare(word).casefold()) not in _COMMON:
            yield name


def _hash(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"), seed=7)
