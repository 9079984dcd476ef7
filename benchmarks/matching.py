"""How fast the matcher is: against the bare scan for the same terms, as rules grow, and on the worst texts.

    python benchmarks/matching.py [--rules 1000,10000,30000] [--articles 400] [--json FILE]

Last it tells how many articles a second `rules score` and `rules backtest` judge by the shipped rules once their text is at hand; the
articles are those of fixtures/labelled.

Everything else is synthetic and the same in every run: words of invented syllables in the scripts of the region, with the frequencies
of real words; articles and rules made of them. All times are process CPU time, the best of several rounds in which the measured things
take turns, so that a busy machine slows all of them alike: trust the ratios. The bare scan is `ahocorasick_rs` over the text of all
terms, on text that is already folded; the matcher has to fold, scan, evaluate and find the way back to the original offsets.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import ahocorasick_rs
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.adapters.memory import spare_memory
from monitor.rules.backtest import Judged, backtest
from monitor.rules.compile import compile_rules
from monitor.rules.match import Document
from monitor.rules.parse import parse
from monitor.rules.rule import Rule
from monitor.rules.score import read_labelled, score
from monitor.settings import load
from monitor.text import fold

ROOT = Path(__file__).resolve().parents[1]

# language: share of the articles, consonants, vowels and endings of its syllables, what stands between words
LANGUAGES: dict[str, tuple[int, str, str, str]] = {
    "en": (45, "b c d f g h l m n p r s t w br st tr pl sh", "a e i o u ea ou an er in on ing ack", " "),
    "id": (14, "b d g j k l m n p r s t ng ny", "a e i o u an ang ar it", " "),
    "vi": (10, "b c d đ g kh l m n ng nh ph t th tr v x", "a ă â ê i ô ơ ư á à ả ạ ấ ế ệ ồ ộ anh ông iết", " "),
    "th": (13, "กขคงจชซดตถทธนบปผพภมยรลวสหอ", "- า ี ิ ุ ู ่า ้า ำ ัน าย", ""),
    "zh": (9, "".join(map(chr, range(0x4E00, 0x5C00, 5))), "-", ""),
    "my": (5, "ကခဂငစဆညတထဒနပဖဗမယရလဝသဟအ", "- ာ ိ ီ ု ူ ေ င် န်", ""),
    "km": (5, "កខគងចឆជញដតថទនបផពមយរលវសហអ", "- ា ិ ី ុ ូ េ ោ ្រា", "\u200b"),
    "lo": (3, "ກຂຄງຈສຊຍດຕຖທນບປຜຝພມຢຣລວຫອຮ", "- າ ີ ິ ຸ ູ ່າ ້າ ຳ", ""),
    "ta": (3, "கஙசஞடணதநபமயரலவழளறன", "- ா ி ீ ு ூ ை ் ொ", " "),
}
SPACED = {"en", "id", "vi", "ta"}


class Language:
    """Invented words of one language, the frequent ones first."""

    def __init__(self, name: str) -> None:
        self.name = name
        _, consonants, vowels, self.between = LANGUAGES[name]
        self.chance = random.Random(f"words {name}")
        self.onsets = consonants.split() if " " in consonants else list(consonants)
        self.rimes = ["" if rime == "-" else rime for rime in vowels.split()]
        self.words = list(dict.fromkeys(self.word() for _ in range(9000)))
        total = 0.0
        self.weights = [total := total + 1 / (rank + 3) for rank in range(len(self.words))]

    def word(self) -> str:
        count = self.chance.choice((1, 2) if self.name in ("zh", "vi") else (2, 2, 3))
        return "".join(self.chance.choice(self.onsets) + self.chance.choice(self.rimes) for _ in range(count))

    def sentence(self, chance: random.Random) -> str:
        words = chance.choices(self.words, cum_weights=self.weights, k=chance.randint(8, 26))
        half = len(words) // 2
        comma, stop = ("，", "。") if self.name == "zh" else (", ", ". ") if self.name in SPACED else (" ", " ")
        text = self.between.join(words[:half]) + comma + self.between.join(words[half:]) + stop
        return text[0].upper() + text[1:]

    def term(self, chance: random.Random) -> str:
        if chance.random() < 0.2:
            return chance.choice(self.words[len(self.words) // 3 :])
        joint = self.between if self.name in SPACED else ""
        return joint.join((chance.choice(self.words[100:]), self.word()))


def corpus(count: int) -> tuple[list[Document], list[str], list[str]]:
    """Articles, the terms that stand in some of them, and other terms."""
    languages = {name: Language(name) for name in LANGUAGES}
    names, shares = list(LANGUAGES), [row[0] for row in LANGUAGES.values()]
    chance = random.Random("articles")
    hot = {name: [language.term(chance) for _ in range(24)] for name, language in languages.items()}
    documents = []
    for _ in range(count):
        name = chance.choices(names, shares)[0]
        language, size, body = languages[name], int(2000 * 5 ** chance.random()), [""]
        while sum(len(sentence.encode()) for sentence in body) < size:
            body.append(language.sentence(chance))
        for _ in range(chance.randint(4, 16) if chance.random() < 0.1 else int(chance.random() < 0.25)):
            at = chance.randrange(len(body))
            body[at] = f"{body[at].rstrip()} {chance.choice(hot[name])} "
        documents.append(Document(title=language.sentence(chance).strip(), body="".join(body)))
    cold = [languages[chance.choices(names, shares)[0]].term(chance) for _ in range(120_000)]
    long_enough = [term for term in dict.fromkeys(cold) if len(term) > (4 if term[0] < "\u2e80" else 1)]
    return documents, [term for terms in hot.values() for term in terms], long_enough


def queries(count: int, hot: Sequence[str], cold: Sequence[str]) -> list[str]:
    """Rules in the shapes that analysts write."""
    chance = random.Random("rules")
    pool = cold[: max(400, 4 * count)]

    def some(least: int, most: int, share: float = 0.02) -> str:
        picked = [
            chance.choice(hot) if chance.random() < share else chance.choice(pool) for _ in range(chance.randint(least, most))
        ]
        return "(" + " OR ".join(f'"{term}"' for term in picked) + ")"

    shapes: list[Callable[[], str]] = [
        lambda: some(3, 8),
        lambda: f"{some(8, 24, 1)} AND {some(2, 6)}",
        lambda: f"{some(8, 24, 1)} AND {some(2, 5)} AND NOT {some(1, 3, 0.3)}",
        lambda: f"{some(1, 2, 0.5)} NEAR/{chance.choice((3, 5, 10))} {some(1, 2)}",
        lambda: f"title:{some(3, 8, 0.1)}",
    ]
    return [shape() for shape in chance.choices(shapes, (30, 35, 15, 10, 10), k=count)]


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def in_turns(works: Sequence[Callable[[], object]], rounds: int = 5) -> list[float]:
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            best[place] = min(best[place], cpu(work))
    return best


def patterns(texts: Sequence[str]) -> list[str]:
    """The terms of the queries as a bare scan looks for them."""
    terms = dict.fromkeys(term for text in texts for term in text.split('"')[1::2])
    folded = [fold(term).text for term in terms]
    return list(dict.fromkeys(f" {term} " if term[0] < "\u0e00" else term for term in folded))


def measure(count: int, documents: Sequence[Document], hot: Sequence[str], cold: Sequence[str]) -> dict[str, float]:
    texts = queries(count, hot, cold)
    rules = [Rule(id=f"{number:05}", title="", when=text) for number, text in enumerate(texts)]
    compile_rules([], [])  # the tables of the process, made once
    spare_memory()
    before = psutil.Process().memory_info().rss
    rule_set = compile_rules(rules, [])
    spare_memory()  # as the daemon does when it has loaded its rules
    memory = psutil.Process().memory_info().rss - before
    parsing = min(cpu(lambda: [parse(text) for text in texts]) for _ in range(2))
    compiling = min(cpu(lambda: compile_rules(rules, [])) for _ in range(2))
    terms = patterns(texts)
    scan = ahocorasick_rs.AhoCorasick(terms, store_patterns=False)
    plain = [fold(f" {document.title} \x01 {document.body} ").text for document in documents]
    gc.collect()
    gc.freeze()

    def receipts() -> None:
        for document in documents:
            rule_set.match(document)

    def spans() -> None:
        for document in documents:
            found = rule_set.find(document)
            for each in rule_set.holding(found):
                found.spans(each.when)

    def bare() -> None:
        for text in plain:
            scan.find_matches_as_indexes(text, overlapping=True)

    floor, with_spans, with_receipts = (each / len(documents) * 1e6 for each in in_turns([bare, spans, receipts]))
    gc.unfreeze()
    matched = sum(len(rule_set.match(document).matches) for document in documents) / len(documents)
    return {
        "rules": count,
        "terms": len(terms),
        "matches_per_article": round(matched, 2),
        "scan_us": round(floor, 1),
        "spans_us": round(with_spans, 1),
        "receipts_us": round(with_receipts, 1),
        "spans_to_scan": round(with_spans / floor, 2),
        "receipts_to_scan": round(with_receipts / floor, 2),
        "parse_s": round(parsing, 2),
        "compile_without_parse_s": round(compiling - parsing, 2),
        "memory_mb": round(memory / 1e6, 1),
    }


def growth() -> list[dict[str, float | str]]:
    """The same kinds of text at 25 and 200 kB: microseconds for a kB must stay the same."""
    whens = ["scam NEAR/5 laos", "ATLEAST/3 scam", "scam AND laos", "transnational", "ค้ามนุษย์ NEAR/5 ลาว"]
    rule_set = compile_rules([Rule(id=str(number), title="", when=when) for number, when in enumerate(whens)], [])
    rows: list[dict[str, float | str]] = []
    for name, piece in {
        "one hit in 20 characters": "a scam here, laos so ",
        "a hyphen in 15 characters": "trans-national ",
        "hits in Thai": "ค้ามนุษย์ในลาวที่ ",
        "no hit": "nothing to be seen in this ",
    }.items():
        small, large = (Document(title="", body=piece * (size // len(piece.encode()))) for size in (25_000, 200_000))
        times = in_turns([partial(rule_set.match, small), partial(rule_set.match, large)])
        rows.append(
            {"text": name, "us_per_kB_at_25": round(times[0] * 1e6 / 25, 1), "us_per_kB_at_200": round(times[1] * 1e6 / 200, 1)}
        )
    return rows


def judging() -> dict[str, int]:
    """Articles a second of CPU that are scored, and that go through a backtest of all rules against themselves."""
    settings = load(ROOT / "config", os.environ)
    rule_set = compile_rules(settings.rules, settings.vocabularies)
    lines = [
        line for file in sorted((ROOT / "fixtures/labelled").glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]
    labelled = [read_labelled(json.loads(line)) for line in lines]

    def judged(number: int, document: Document) -> Judged:
        held = rule_set.held(document)
        return Judged(
            story=str(number // 3),
            day=datetime.date(2026, 1, 1 + number % 28),
            source="bench",
            language=document.language,
            headline=document.title,
            before=held,
            after=held,
        )

    works: list[Callable[[], object]] = [
        lambda: score(rule_set, labelled),
        lambda: backtest((judged(number, each.document) for number, each in enumerate(labelled)), rule_set.rules),
    ]
    return {
        name: round(len(labelled) / seconds)
        for name, seconds in zip(("scored_per_s", "backtested_per_s"), in_turns(works), strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rules", default="1000,10000,30000", help="numbers of rules, joined by commas")
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    chosen = parser.parse_args()
    documents, hot, cold = corpus(chosen.articles)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "articles": len(documents)}
    machine["bytes_per_article"] = sum(len(each.body.encode()) for each in documents) // len(documents)
    print("  ".join(f"{name} {value}" for name, value in machine.items()))
    rows: list[dict[str, float]] = []
    for count in map(int, chosen.rules.split(",")):
        row = measure(count, documents, hot, cold)
        row["growth"] = round(row["spans_us"] / rows[-1]["spans_us"], 2) if rows else 1.0
        if not rows:
            print("  ".join(row))
        print("  ".join(f"{value:>{len(name)}}" for name, value in row.items()), flush=True)
        rows.append(row)
    linear = growth()
    for line in linear:
        print("  ".join(f"{name} {value}" for name, value in line.items()))
    speed = judging()
    print("  ".join(f"{name} {value}" for name, value in speed.items()))
    if chosen.json:
        told = {"machine": machine, "matching": rows, "growth": linear, "judging": speed}
        chosen.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
