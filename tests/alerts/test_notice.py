from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.notice import notice
from monitor.alerts.raising import raise_alert
from monitor.articles.article import Article
from monitor.rules.match import Hit, Match
from monitor.rules.rule import Rule
from monitor.sources.source import Source

NOW = datetime(2025, 5, 3, 7, tzinfo=UTC)
RULE = Rule(id="scam", title="Scam compounds", when='"scam"', severity="high")
SOURCE = Source(id="kt", name="Khmer Times", url="https://kt.example/feed", kind="feed", country="KH")
ALERT, _ = raise_alert(story_id="S", article_id="a", rule=RULE, now=NOW)


def told(headline, paragraphs, *terms, **more):
    """The notice for an article in which every occurrence of `terms` is a hit, as (term, vocabulary, language)."""
    article = Article(headline=headline, paragraphs=tuple(paragraphs), url="https://kt.example/1", language="en")
    hits = []
    for term, vocabulary, language in terms:
        for field, text in (("title", headline or ""), ("body", article.body)):
            at = text.lower().find(term)
            while at >= 0:
                hits.append(Hit(term=term, field=field, start=at, end=at + len(term), vocabulary=vocabulary, language=language))
                at = text.lower().find(term, at + 1)
    match = Match(rule="scam", rule_version="v1", clauses=(), hits=tuple(hits))
    return notice(alert=ALERT, rule=RULE, match=match, article=article, source=SOURCE, **more)


def marked(snippet):
    return [snippet.text[start:end] for start, end in snippet.marks]


SCAM = ("scam", "crime/online-scam", "en")
RAID = ("raid", None, "en")
FILLER = (
    "The governor thanked the officers and said that more would follow before the end of the rainy season in the province. "
)


def test_a_notice_is_complete():
    article = Article(
        headline="Scam raid",
        paragraphs=("A scam.",),
        url="https://kt.example/1",
        language="en",
        published_at=datetime(2025, 5, 2, tzinfo=UTC),
    )
    match = Match(rule="scam", rule_version="v1", clauses=('"scam"',), hits=(Hit(term="scam", field="title", start=0, end=4),))
    said = notice(alert=ALERT, rule=RULE, match=match, article=article, source=SOURCE, facets=["crime/online-scam"])
    assert (said.alert_id, said.rule_id, said.rule_title, said.rule_version, said.severity) == (
        ALERT.id,
        "scam",
        "Scam compounds",
        "v1",
        "high",
    )
    assert (said.story_id, said.article_id, said.headline, said.url) == ("S", "a", "Scam raid", "https://kt.example/1")
    assert (said.source_id, said.source_name, said.country, said.language) == ("kt", "Khmer Times", "KH", "en")
    assert (said.published_at, said.raised_at, said.facets) == (article.published_at, NOW, ("crime/online-scam",))


def test_the_receipt_names_each_word_once_as_it_stands_in_the_text_with_all_its_places():
    said = told("Scam raid", ["SCAM gangs and a scam raid."], SCAM, RAID)
    assert [(each.words, each.field, each.vocabulary, each.language, each.spans) for each in said.receipt] == [
        ("Scam", "title", "crime/online-scam", "en", ((0, 4),)),
        ("SCAM", "body", "crime/online-scam", "en", ((0, 4), (17, 21))),
        ("raid", "title", None, "en", ((5, 9),)),
        ("raid", "body", None, "en", ((22, 26),)),
    ]
    assert said.headline_marks == ((0, 4), (5, 9))


def test_a_hit_in_address_or_source_is_told_by_its_term_and_marks_nothing():
    match = Match(rule="scam", rule_version="v", clauses=(), hits=(Hit(term="khmer", field="source", start=0, end=5),))
    said = notice(alert=ALERT, rule=RULE, match=match, article=Article(headline=None, paragraphs=("Text.",)), source=SOURCE)
    assert [(each.words, each.field) for each in said.receipt] == [("khmer", "source")]
    assert said.headline_marks == ()
    assert [(each.text, each.marks) for each in said.snippets] == [("Text.", ())]


def test_a_hit_in_the_dateline_is_told_by_its_words():
    hits = (Hit(term="cambodia", field="dateline", start=12, end=20),)
    article = Article(headline="A raid", paragraphs=("Text.",), dateline="PHNOM PENH, Cambodia")
    match = Match(rule="scam", rule_version="v", clauses=(), hits=hits)
    said = notice(alert=ALERT, rule=RULE, match=match, article=article, source=SOURCE)
    assert [(each.words, each.field, each.spans) for each in said.receipt] == [("Cambodia", "dateline", ((12, 20),))]
    assert said.headline_marks == ()


def test_a_snippet_stays_in_its_paragraph_and_is_cut_between_words():
    said = told(None, ["Before.", FILLER * 2 + "A scam centre stood here. " + FILLER * 2, "After."], SCAM)
    (snippet,) = said.snippets
    assert marked(snippet) == ["scam"]
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")
    assert 200 < len(snippet.text) < 320
    assert {*snippet.text.strip("…").split()} <= {*(FILLER + "A scam centre stood here.").split()}


def test_a_short_paragraph_is_shown_whole():
    said = told(None, ["First of all.", "A scam centre was raided on Friday.", "And last."], SCAM)
    assert [each.text for each in said.snippets] == ["A scam centre was raided on Friday."]


def test_neighbouring_words_share_a_snippet():
    said = told(None, [FILLER + "A scam and a raid and one more scam. " + FILLER], SCAM, RAID)
    assert [marked(each) for each in said.snippets] == [["scam", "raid", "scam"]]


def test_the_snippets_are_those_that_show_most_different_words_in_the_order_of_the_text():
    said = told(None, [f"One scam. {FILLER}", f"One raid. {FILLER}", f"A gang, a scam, a drug. {FILLER}", f"Again a scam. {FILLER}"],
                SCAM, RAID, ("gang", None, "en"), ("drug", None, "en"))  # fmt: skip
    assert [marked(each) for each in said.snippets] == [["raid"], ["gang", "scam", "drug"]]


def test_never_more_than_three_snippets():
    words = ["scam", "raid", "gang", "drug", "boat"]
    said = told(None, [f"A {word}. {FILLER * 3}" for word in words], *((word, None, "en") for word in words))
    assert [marked(each) for each in said.snippets] == [["scam"], ["raid"], ["gang"]]


def test_without_a_word_in_the_text_the_beginning_is_shown():
    said = told("Scam", [FILLER * 5, "Second."], SCAM)
    (snippet,) = said.snippets
    assert snippet.marks == ()
    assert FILLER.strip() in snippet.text
    assert snippet.text.endswith("…")
    assert told("Scam", [], SCAM).snippets == ()


def test_thai_is_not_cut_between_a_letter_and_its_marks():
    word = "ที่ปั๊มน้ำมัน"
    said = told(None, [word * 30 + "scam" + word * 30], SCAM)
    (snippet,) = said.snippets
    inner = snippet.text.strip("…")
    assert inner[0] in word.replace("ี", "").replace("่", "").replace("ั", "").replace("๊", "").replace("้", "")
    body = word * 30 + "scam" + word * 30
    after = body[body.index(inner) + len(inner)]
    assert after not in "ี่ั๊้"


def test_the_source_itself_and_repeats_are_not_among_those_that_also_carry_the_story():
    said = told("Scam", ["Text."], SCAM, also_carried_by=["VNA", "Khmer Times", "VNA", "TTR"])
    assert said.also_carried_by == ("VNA", "TTR")


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=400), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 30)), max_size=8),
)
def test_whatever_the_text_the_marks_of_snippets_lie_on_the_matched_words(paragraphs, places):
    article = Article(headline=None, paragraphs=tuple(paragraphs))
    hits = tuple(Hit(term="x", field="body", start=at, end=at + size) for at, size in places if at + size <= len(article.body))
    words = {article.body[hit.start : hit.end] for hit in hits}
    said = notice(
        alert=ALERT, rule=RULE, match=Match(rule="r", rule_version="v", clauses=(), hits=hits), article=article, source=SOURCE
    )
    for snippet in said.snippets:
        assert set(marked(snippet)) <= words
    assert bool(hits) == any(snippet.marks for snippet in said.snippets)


def test_spans_outside_the_headline_mark_nothing():
    hits = (Hit(term="scam", field="title", start=90, end=94),)
    said = notice(
        alert=replace(ALERT), rule=RULE, match=Match(rule="r", rule_version="v", clauses=(), hits=hits),
        article=Article(headline="Short", paragraphs=("T.",)), source=SOURCE,
    )  # fmt: skip
    assert said.headline_marks == ()
    assert said.receipt[0].words == "scam"


@pytest.mark.parametrize("url", ["https://kt.example/1", None])
def test_an_article_without_an_address_is_told_as_well(url):
    article = Article(headline="H", paragraphs=("T.",), url=url)
    said = notice(
        alert=ALERT, rule=RULE, match=Match(rule="r", rule_version="v", clauses=(), hits=()), article=article, source=SOURCE
    )
    assert said.url == url
