"""What the prefilter turns away, the matcher does not match."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules.compile import compile_rules
from monitor.rules.match import Document
from monitor.rules.prefilter import GLUE, Prefilter
from monitor.rules.rule import Rule, Vocabulary
from monitor.settings.load import load

CONFIG = Path(__file__).parents[2] / "config"
WORDS = Vocabulary(
    name="v/police", title="P", terms={"en": ("police", "people smuggl*", "wom?n", "trans-national"), "th": ("ตำรวจ",)}
)


def matches(when: str, text: str, *, country: str | None = None) -> bool:
    rules = compile_rules([Rule(id="r", title="R", when=when)], [WORDS])
    return bool(rules.match(Document(title="", body=text, lead_end=len(text), country=country)).matches)


def may_match(when: str, text: str, *, country: str | None = None) -> bool:
    return Prefilter([Rule(id="r", title="R", when=when)], {WORDS.name: WORDS}).may_match(text, country)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        pytest.param("police", "The POLICE’s work", id="case and a possessive"),
        pytest.param("agency", "agency", id="the whole text"),
        pytest.param("gang", "two gangs", id="a plural"),
        pytest.param("ICE", "three ICEs", id="the plural of a short word"),
        pytest.param('"human trafficking"', "human\n\ntrafficking", id="a phrase over two lines"),
        pytest.param("transnational", "trans-national", id="a hyphen more"),
        pytest.param("trans-national", "transnational", id="a hyphen less"),
        pytest.param("trans-national", "trans national", id="a space for a hyphen"),
        pytest.param('"counter terrorism police"', "counter-terrorism-police", id="two hyphens"),
        pytest.param("traffick*", "traffickers", id="a wildcard at the end"),
        pytest.param("wom?n", "women", id="a wildcard inside"),
        pytest.param('~"rug ring"', "drug rings", id="a bare substring"),
        pytest.param('case:"TIP"', "the TIP report", id="case counts"),
        pytest.param("ตำรวจ", "เจ้าหน้าที่ตำรวจจับกุม", id="inside an unspaced text"),
        pytest.param("ASEAN", "ตำรวจASEANจับ", id="a spaced word inside an unspaced text"),
        pytest.param("น้ำมันเถื่อน", "ลอบขนน\u0e4d\u0e49\u0e32มันเถื่อน", id="marks in another order"),
        pytest.param("ជួញដូរមនុស្ស", "ករណីជួញដូរ\u200bមនុស្ស\u200bនៅ", id="zero-width spaces"),
        pytest.param("詐騙", "电信诈骗团伙", id="the other Chinese script"),
        pytest.param("buôn", "bu\u006f\u0302n", id="decomposed"),
        pytest.param("police NEAR/3 gang", "gang of police", id="near"),
        pytest.param("ATLEAST/2 police", "police and police", id="more than one"),
        pytest.param("title:police OR gang", "gang", id="the other side of an OR"),
        pytest.param("police AND NOT gang", "police", id="what must not be there"),
        pytest.param("@v/police", "people smuggling", id="a vocabulary"),
        pytest.param("@v/*", "ตำรวจ", id="a group of vocabularies"),
    ],
)
def test_what_matches_passes(when: str, text: str) -> None:
    assert matches(when, text) or "title:" in when
    assert may_match(when, text)


def test_glue_may_part_two_words_or_none() -> None:
    assert may_match("ASEANAPOL AND chief", f"A{GLUE}SEAN{GLUE}APOL{GLUE}chief")


@pytest.mark.parametrize(
    ("when", "text"),
    [
        pytest.param("police", "policy and politics", id="other words"),
        pytest.param("ICE", "police, twice, icebergs", id="a short word inside others"),
        pytest.param("police AND gang", "police", id="half of what is needed"),
        pytest.param("@v/police", "people in the city", id="one word of a phrase"),
        pytest.param("(police OR gang) AND country:th", "police", id="another country"),
        pytest.param("ตำรวจ", "เจ้าหน้าที่", id="another Thai text"),
    ],
)
def test_what_lacks_a_word_does_not(when: str, text: str) -> None:
    assert not matches(when, text)
    assert not may_match(when, text)


def test_a_country_is_that_of_the_source() -> None:
    assert may_match("police AND country:TH", "police", country="th")
    assert not may_match("police AND country:th", "police", country="SG")


@pytest.mark.parametrize("when", ["url:crime", "source:post AND NOT police", "lang:th"])
def test_what_no_word_can_tell_always_passes(when: str) -> None:
    assert may_match(when, "nothing at all")


def test_a_text_of_endless_words_in_pieces_is_left_to_the_matcher() -> None:
    assert not may_match("heroin", "a quiet-day " * 50)
    assert may_match("heroin", "-".join(f"part{number}" for number in range(2000)))


def test_each_tenth_shipped_term_passes_where_it_is_found() -> None:
    shipped = load(CONFIG, os.environ)
    rules = compile_rules([], shipped.vocabularies)
    by_name = {each.name: each for each in shipped.vocabularies}
    filters = {name: Prefilter([Rule(id="r", title="R", when=f"@{name}")], by_name) for name in by_name}
    texts = {text for each in shipped.vocabularies for terms in each.terms.values() for text in terms}
    found = 0
    for text in sorted(texts)[::10]:
        written = text.strip('"=~').replace("case:", "").replace("*", "ed").replace("?", "a")
        for body in (f"so {written} is", f"({written.upper()}s)"):
            for name in rules.match(Document(title="", body=body)).facets:
                found += 1
                assert filters[name].may_match(body, None), (name, text, body)
    assert found > len(texts) // 10


_TERMS = ["police", '"drug ring"', "traffick*", "wom?n", "ตำรวจ", "人口贩卖", "trans-national", '~"olic"', "@v/police", "UN"]
_TERM = st.sampled_from(_TERMS)
_QUERY = st.recursive(
    _TERM,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} AND {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        st.tuples(inner, _TERM).map(lambda two: f"({two[0]} AND NOT {two[1]})"),
        _TERM.map(lambda one: f"lead:{one}"),
        st.tuples(_TERM, _TERM).map(lambda two: f"({two[0]} NEAR/4 {two[1]})"),
    ),
    max_leaves=5,
)
_PIECES = "police Police’s drug ring rings trafficking women ตำรวจ เจ้าหน้าที่ตำรวจไทย 人口贩卖案 trans-national transnational UN under a-b"
_TEXT = st.lists(st.sampled_from(_PIECES.split()), max_size=8)


@settings(max_examples=150, deadline=None)
@given(_QUERY, _TEXT, st.sampled_from([" ", "-", ", ", ""]))
def test_nothing_that_matches_is_turned_away(when: str, pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    if re.search(r"\S", text) and matches(when, text):
        assert may_match(when, text)
