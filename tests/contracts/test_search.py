"""Searching the archive: what the index leaves out, the matcher would not have matched either, in every script and on every database."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest

from monitor.articles.article import Article
from monitor.ports import StoredArticle
from monitor.rules.compile import compile_rules
from monitor.rules.document import document
from monitor.rules.narrowing import narrow, words_of
from monitor.rules.parse import parse
from monitor.rules.rule import Rule, Vocabulary
from monitor.store.database import RowStore
from monitor.stories.sketched import sketched

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEXTS = {
    "en": "Officers broke up a trans-national ring; three smugglers' boats were towed to the Thai\u2011Myanmar border.",
    "en2": "The transnational court heard of smuggling and of Laos’s rivers.",
    "th": "ตำรวจยึดยาบ้าหกล้านเม็ดริมแม่น้ำโขงและจับกุมเครือข่ายค้ามนุษย์",
    "lo": "ຕຳຫຼວດຈັບກຸມຜູ້ຄ້າຢາເສບຕິດຢູ່ຊາຍແດນ",
    "km": "នគរបាល\u200bចាប់\u200bខ្លួន\u200bអ្នក\u200bជួញដូរ\u200bមនុស្ស",
    "my": "ရဲတပ်ဖွဲ့က မူးယစ်ဆေးဝါး သယ်ဆောင်သူများကို ဖမ်းဆီးခဲ့သည်",
    "vi": unicodedata.normalize("NFD", "Công an bắt giữ đường dây buôn bán ma túy xuyên biên giới"),
    "zh": "警方在東盟邊境搗毀電信詐騙園區，救出一百人",
    "ta": "போதைப்பொருள் கடத்தல் கும்பல் கைது செய்யப்பட்டது",
    "other": "The mango festival ended with fireworks over the harbour.",
}
CRIME = Vocabulary(
    name="crime/all",
    title="All",
    terms={"en": ("smuggl*", "ring"), "th": ("ค้ามนุษย์",), "zh-Hans": ("电信诈骗",), "vi": ("ma túy",), "km": ("ជួញដូរមនុស្ស",)},
)


@pytest.fixture
def archive(store: RowStore) -> RowStore:
    with store.writing() as tx:
        for number, (name, text) in enumerate(TEXTS.items()):
            stored = StoredArticle(
                id=f"{number:016x}",
                number=0,
                source_id="post",
                source_name="Post",
                country="TH",
                article=Article(
                    headline=name, paragraphs=(text,), language=name, dateline="VIENTIANE" if name == "en2" else None
                ),
                facets=(),
                matches=(),
                read_at=NOW + timedelta(days=number),
                story_id=f"{number:016x}",
            )
            tx.articles.add(stored, sketched(stored.article), [name])
    return store


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("transnational", {"en", "en2"}),
        ('"trans-national"', {"en", "en2"}),
        ("smuggler", {"en"}),
        ("smuggl*", {"en", "en2"}),
        ("laos", {"en2"}),
        ("myanmar", {"en"}),
        ("ยาบ้า", {"th"}),
        ("ยา", set()),
        ("~ยา", {"th"}),
        ("ຢາເສບຕິດ", {"lo"}),
        ("ជួញដូរមនុស្ស", {"km"}),
        ("မူးယစ်ဆေးဝါး", {"my"}),
        ('"မူး ယစ်ဆေး ဝါး"', {"my"}),
        ("ဆေးဝါးသယ်ဆောင်သူ", {"my"}),
        ("lead:vientiane AND smuggling", {"en2"}),
        ('"ma túy"', {"vi"}),
        ("诈骗", {"zh"}),
        ("詐騙", {"zh"}),
        ("盟", {"zh"}),
        ("கடத்தல்", {"ta"}),
        ("@crime/*", {"en", "en2", "th", "km", "vi", "zh"}),
        ("@crime/* AND NOT country:la", {"en", "en2", "th", "km", "vi", "zh"}),
        ("@crime/all AND (transnational OR 园区)", {"en", "en2", "zh"}),
        ("smuggl* NEAR/3 boats", {"en"}),
        ("ATLEAST/2 smuggl*", set()),
        ("title:other OR body:mango", {"other"}),
        ("source:post AND mango", {"other"}),
        ("lang:th", {"th"}),
        ("ring OR ~ango", {"en", "other"}),
    ],
)
def test_a_search_finds_what_the_matcher_matches(archive: RowStore, query: str, found: set[str]) -> None:
    rules = compile_rules([Rule(id="query", title=query, when=query)], [CRIME])
    with archive.reading() as tx:
        everything = list(tx.articles.in_order())
        left = list(tx.articles.narrowed(narrow(parse(query), rules.vocabularies)))
    matching = {each.article.headline for each in left if rules.match(document(each.article, each.source)).matches}
    without_index = {each.article.headline for each in everything if rules.match(document(each.article, each.source)).matches}
    assert matching == without_index == found


@pytest.mark.parametrize(
    ("query", "most"),
    [("transnational", 2), ("ยาบ้า", 1), ("诈骗", 1), ("@crime/*", 6), ("mango AND @crime/*", 0), ('"ma túy"', 1)],
)
def test_the_index_leaves_little_to_the_matcher(archive: RowStore, query: str, most: int) -> None:
    with archive.reading() as tx:
        assert len(list(tx.articles.narrowed(narrow(parse(query), {CRIME.name: CRIME})))) <= most


def test_the_newest_come_first_and_the_old_can_be_left_out(archive: RowStore) -> None:
    with archive.reading() as tx:
        newest = [each.article.headline for each in tx.articles.narrowed(narrow(parse("lang:en"), {}))]
        since = [each.article.headline for each in tx.articles.narrowed(narrow(parse("lang:en"), {}), NOW + timedelta(days=8))]
    assert newest == list(reversed(TEXTS))
    assert since == ["other", "ta"]


def test_a_text_is_filed_under_pairs_where_words_are_not_spaced_and_under_what_a_hyphen_joins() -> None:
    assert words_of("Trans-national 诈骗案") == {"trans", "national", "transnational", "诈骗", "骗案", "案"}
