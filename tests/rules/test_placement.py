"""Terms put at random into text of their script, written in every way that is to be read as the same: found where they stand, all of them,
and never inside other words."""

import random
import unicodedata
from collections.abc import Callable

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.match import Document
from monitor.rules.rule import Rule, Vocabulary
from monitor.text import begins_cluster

# Words to fill the text with, and terms that stand in none of them.
TEXTS: dict[str, tuple[str, str, list[str]]] = {
    "en": (
        " ",
        "police said on Monday that the men were held at border post with cash",
        ["drug trafficking", "Interpol", "scam"],
    ),
    "vi": (
        " ",
        "công an cho biết hôm qua các đối tượng đã bị bắt tại cửa khẩu",
        ["ma túy", "mua bán người", "lừa đảo"],
    ),
    "id": (
        " ",
        "polisi mengatakan para pelaku ditangkap di pelabuhan bersama uang",
        ["perdagangan orang", "sabu", "narkoba"],
    ),
    "tl": (
        " ",
        "ayon sa ulat nahuli ang mga suspek sa pantalan kasama ang pera at telepono",
        ["droga", "bentahan ng tao", "iligal"],
    ),
    "ta": (" ", "காவல்துறை நேற்று எல்லையில் மூவரை கைது செய்தது என்று அதிகாரி கூறினார்", ["போதைப்பொருள்", "ஆட்கடத்தல் கும்பல்", "கொள்ளை"]),
    "th": ("", "ตำรวจ แถลง ว่า ผู้ต้องหา ถูก จับ ที่ ด่าน ชายแดน พร้อม เงินสด และ โทรศัพท์", ["ค้ามนุษย์", "น้ำมันเถื่อน", "แก๊งคอลเซ็นเตอร์"]),
    "lo": ("", "ເຈົ້າໜ້າທີ່ ກ່າວ ວ່າ ຜູ້ຕ້ອງຫາ ຖືກ ຈັບ ຢູ່ ດ່ານ ຊາຍແດນ ພ້ອມ ເງິນສົດ", ["ຢາເສບຕິດ", "ຄ້າມະນຸດ", "ຕຳຫຼວດອາຊຽນ"]),
    "km": ("", "នគរបាល បាន ឃាត់ខ្លួន ជនសង្ស័យ នៅ ច្រក ព្រំដែន ជាមួយ ប្រាក់ និង ទូរស័ព្ទ", ["ជួញដូរមនុស្ស", "គ្រឿងញៀន", "ស្ត្រីវ័យក្មេង"]),
    "my": ("", "ရဲတပ်ဖွဲ့ က ပြောကြား ရာ တွင် သံသယရှိသူ များ ကို နယ်စပ် ဂိတ် ၌ ဖမ်းဆီး ခဲ့ သည်", ["လူကုန်ကူးမှု", "မူးယစ်ဆေးဝါး", "မြန်မာနိုင်ငံ"]),
    "zh-Hans": ("", "警方 表示 昨天 在 边境 口岸 抓获 三名 男子 并 查获 现金 与 手机", ["贩毒", "电信诈骗", "人口贩运"]),
}
UNSEEN = "\u200b\u200c\u200d\u2060\u00ad"


def as_is(term: str, _: random.Random) -> str:
    return term


def decomposed(term: str, _: random.Random) -> str:
    return unicodedata.normalize("NFD", term)


def with_unseen(term: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(term))
    return term[:at] + chance.choice(UNSEEN) + term[at:]


def capitals(term: str, _: random.Random) -> str:
    return term.upper()


def wide(term: str, _: random.Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in term)


def broken_line(term: str, chance: random.Random) -> str:
    return term.replace(" ", chance.choice(["\n", "\u00a0", " \u200b ", "  ", "-", "\u2011"]))


def hyphenated(term: str, chance: random.Random) -> str:
    if not term.isascii():
        return term
    at = chance.randrange(1, len(term))
    return term if " " in (term[at - 1], term[at]) else term[:at] + chance.choice("-\u2010\u2011") + term[at:]


def marks_shuffled(term: str, _: random.Random) -> str:
    """As typed by people who put the tone before the vowel, and am in two parts."""
    term = term.replace("\u0e33", "\u0e4d\u0e32").replace("\u0eb3", "\u0ecd\u0eb2")
    vowels = "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0eb1\u0eb4\u0eb5\u0eb6\u0eb7\u0eb8\u0eb9"
    letters = list(term)
    for at in range(len(letters) - 1):
        if letters[at] in vowels and letters[at + 1] in "\u0e48\u0e49\u0e4a\u0ec8\u0ec9":
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


WRITTEN: list[Callable[[str, random.Random], str]] = [
    as_is,
    decomposed,
    with_unseen,
    capitals,
    wide,
    broken_line,
    hyphenated,
    marks_shuffled,
]


@pytest.mark.parametrize("write", WRITTEN, ids=lambda write: write.__name__)
@pytest.mark.parametrize("language", TEXTS)
def test_every_term_is_found_exactly_where_it_was_put(language: str, write: Callable[[str, random.Random], str]) -> None:
    joint, filler, terms = TEXTS[language]
    rules = compile_rules(
        [Rule(id="r", title="R", when="@v")], [Vocabulary(name="v", title="V", terms={language: tuple(terms)})]
    )
    chance = random.Random(f"{language} {write.__name__}")
    for _ in range(12):
        body = ""
        placed = []
        for word in chance.choices(filler.split(), k=30):
            body += word + (joint or chance.choice(["", "", " ", "\u200b"]))
            if chance.random() < 0.15:
                term = write(chance.choice(terms), chance)
                body += " " * (not joint and chance.random() < 0.5)
                placed.append((len(body), len(body) + len(term)))
                body += term + chance.choice([" ", ", ", ". ", joint or " "])
        matches = rules.match(Document(title=filler[:20], body=body)).matches
        assert [(hit.start, hit.end) for match in matches for hit in match.hits] == placed


@pytest.mark.parametrize("language", [language for language, (joint, _, _) in TEXTS.items() if joint])
def test_no_term_is_found_inside_another_word(language: str) -> None:
    _, filler, terms = TEXTS[language]
    rules = compile_rules(
        [Rule(id="r", title="R", when="@v")], [Vocabulary(name="v", title="V", terms={language: tuple(terms)})]
    )
    chance = random.Random(language)
    words = filler.split()
    letters = "".join(words)
    for term in terms:
        for _ in range(40):
            before = chance.choice([char for char in letters if char.isalpha()])
            after = chance.choice([char for char in letters if char.isalpha() and char not in "se"])
            body = " ".join(
                [*chance.choices(words, k=5), chance.choice([before + term, term + after, before + term + after]), *words[:3]]
            )
            assert rules.match(Document(title="", body=body)).matches == ()


def test_burmese_terms_are_found_with_spaces_between_any_of_their_letters() -> None:
    _, filler, terms = TEXTS["my"]
    chance = random.Random("spaces")

    def spaced(word: str) -> str:
        return "".join(
            char + chance.choice(["", " ", "\u00a0"]) * begins_cluster(word, at) for at, char in enumerate(word, 1)
        ).strip()

    for _ in range(20):
        term = chance.choice(terms)
        vocabulary = Vocabulary(name="v", title="V", terms={"my": (spaced(term),)})
        rules = compile_rules([Rule(id="r", title="R", when="@v")], [vocabulary])
        body = "".join(spaced(word) + chance.choice(["", " ", "၊ ", "။"]) for word in chance.choices(filler.split(), k=12))
        written = spaced(term)
        start = len(body)
        body += f"{written}{spaced('ဖြစ်သည်')}"
        (match,) = rules.match(Document(title="", body=body)).matches
        assert [(hit.start, hit.end) for hit in match.hits] == [(start, start + len(written))]


def to_zawgyi(text: str) -> str:
    """Unicode Burmese as a Zawgyi keyboard types it; enough for the words of this test."""
    text = text.replace("န်မ", "န္မ").replace("\u103b", "\u107d_").replace("\u103a", "\u1039").replace("\u107d_", "\u103a")
    syllables: list[str] = []
    for char in text:
        if char == "\u1031" or char == "\u103c":
            at = len(syllables) - 1
            while at > 0 and not ("\u1000" <= syllables[at] <= "\u1021"):
                at -= 1
            syllables.insert(at, "\u1031" if char == "\u1031" else "\u103b")
        else:
            syllables.append({"\u103d": "\u103c", "\u103e": "\u103d"}.get(char, char))
    return "".join(syllables)


def test_burmese_terms_are_found_in_zawgyi() -> None:
    _, filler, terms = TEXTS["my"]
    rules = compile_rules([Rule(id="r", title="R", when="@v")], [Vocabulary(name="v", title="V", terms={"my": tuple(terms)})])
    chance = random.Random("zawgyi")
    for _ in range(40):
        body = " ".join(to_zawgyi(word) for word in chance.choices(filler.split(), k=12)) + " \u1031က\u1039 "
        term = to_zawgyi(chance.choice(terms))
        start = len(body)
        body += f"{term} {to_zawgyi('ဖြစ်သည်')}"
        (match,) = rules.match(Document(title="", body=body)).matches
        assert [(hit.start, hit.end) for hit in match.hits] == [(start, start + len(term))]
