"""Canonical text: what was written in another way is rewritten, and what is written can be read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.format import format_query
from monitor.rules.parse import parse
from monitor.rules.query import And, AtLeast, Near, Not, Or, Query, Scoped, Tagged, Term, Vocab

CANONICAL = {
    "quotes that are not needed go": ('"smuggling"', "smuggling"),
    "quotes that are needed stay": ('"chiefs of police" OR "AND" OR "a:b"', '"chiefs of police" OR "AND" OR "a:b"'),
    "typographic quotes": ("“chiefs of police”", '"chiefs of police"'),
    "full-width parentheses": ("（a OR b）AND c", "(a OR b) AND c"),
    "spaces": ("  a   AND( b OR c )", "a AND (b OR c)"),
    "parentheses that say nothing go": ("((a) AND (title:(b)))", "a AND title:b"),
    "w/n": ("a w/10 b", "a NEAR/10 b"),
    "near10": ("a near10 b", "a NEAR/10 b"),
    "adj10": ("a adj10 b", "a NEAR/10 b"),
    "pre/10": ("a pre/10 b", "a ONEAR/10 b"),
    "slop": ('"money drugs"~10', "money NEAR/10 drugs"),
    "at least": ("atleast/3 (a OR b)", "ATLEAST/3 (a OR b)"),
    "not of near": ("c AND NOT a NEAR/3 b", "c AND NOT (a NEAR/3 b)"),
    "tags": ("lang:ZH-hans AND country:TH", "lang:zh-Hans AND country:th"),
    "modes": ('case:TIP OR ="drug" OR ~"ma túy"', 'case:"TIP" OR =drug OR ~"ma túy"'),
    "an address": ("url:https://a.org/x", 'url:"https://a.org/x"'),
}


@pytest.mark.parametrize(("text", "canonical"), CANONICAL.values(), ids=CANONICAL)
def test_a_query_is_written_as(text: str, canonical: str) -> None:
    assert format_query(parse(text)) == canonical
    assert format_query(parse(canonical)) == canonical


WORDS = st.sampled_from(
    [
        "drug",
        "Trafficking",
        "ma túy",
        "ค้ามนุษย์",
        "AND",
        "near",
        "w/3",
        "a:b",
        "=x",
        "@y",
        "-z",
        "chiefs of police",
        "(1)",
        "诈骗",
        "U.N.",
        "near10",
    ]
)
WILD = st.sampled_from(["traffick*", "wom?n", "drug smuggl*", "கடத்த*"]).map(lambda text: Term(text=text, wildcard=True))
TERMS = st.one_of(
    WORDS.map(lambda text: Term(text=text)),
    WILD,
    st.builds(Term, text=WORDS, mode=st.sampled_from(["exact", "substring", "case"]), wildcard=st.just(False)),
)
VOCABS = st.sampled_from(["asean", "crime/*", "crime/drugs"]).map(lambda pattern: Vocab(pattern=pattern))
PLACED = st.recursive(
    TERMS | VOCABS, lambda inner: st.lists(inner, min_size=2, max_size=3).map(lambda c: Or(children=tuple(c))), max_leaves=5
)
TAGS = st.sampled_from([Tagged(key="lang", value="zh-Hans"), Tagged(key="lang", value="th"), Tagged(key="country", value="la")])
NEARS = st.builds(Near, left=PLACED, right=PLACED, distance=st.integers(0, 1000), ordered=st.booleans())
COUNTS = st.builds(AtLeast, count=st.integers(1, 1000), child=PLACED)


def positives(leaf: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    """Everything that may stand alone, grown from `leaf`."""

    def grow(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
        either = st.lists(inner, min_size=2, max_size=3).map(lambda children: Or(children=tuple(children)))
        mixed = st.tuples(inner, st.lists(inner | inner.map(lambda child: Not(child=child)), min_size=1, max_size=3))
        return either | mixed.map(lambda pair: And(children=(*pair[1], pair[0])))

    return st.recursive(leaf, grow, max_leaves=8)


UNSCOPED = positives(TERMS | VOCABS | NEARS | COUNTS)
SCOPED = st.builds(Scoped, scope=st.sampled_from(["title", "lead", "body", "url", "source"]), child=UNSCOPED)
QUERIES = positives(TERMS | VOCABS | NEARS | COUNTS | SCOPED | TAGS)


@given(QUERIES)
def test_what_is_written_is_read_back_as_the_same_tree(query: Query) -> None:
    assert parse(format_query(query)) == query
