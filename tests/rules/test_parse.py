"""The query language: what is read, what it means, and what is said about what cannot be read."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.parse import QueryError, parse, parse_term
from monitor.rules.query import And, AtLeast, Near, Not, Or, Scoped, Tagged, Term, Vocab

A, B, C, D = (Term(text=letter) for letter in "abcd")

READ = {
    "a word": ("smuggling", Term(text="smuggling")),
    "a phrase": ('"chiefs of police"', Term(text="chiefs of police")),
    "white space inside a phrase is one space": ('" chiefs \u00a0 of\tpolice "', Term(text="chiefs of police")),
    "a Thai term with its marks": ("ค้ามนุษย์", Term(text="ค้ามนุษย์")),
    "a term with a hyphen and a full stop": (
        "trans-national OR u.n.",
        Or(children=(Term(text="trans-national"), Term(text="u.n."))),
    ),
    "a number": ("1975", Term(text="1975")),
    "any letters after": ("traffick*", Term(text="traffick*", wildcard=True)),
    "exactly one letter": ("wom?n", Term(text="wom?n", wildcard=True)),
    "a wildcard in a phrase": ('"drug smuggl*"', Term(text="drug smuggl*", wildcard=True)),
    "a wildcard inside a word": ("organi*ed", Term(text="organi*ed", wildcard=True)),
    "a Tamil stem": ("கடத்த*", Term(text="கடத்த*", wildcard=True)),
    "and": ("a AND b AND c", And(children=(A, B, C))),
    "or": ("a OR b", Or(children=(A, B))),
    "and not": ("a AND NOT b", And(children=(A, Not(child=B)))),
    "not first": ("NOT a AND b", And(children=(Not(child=A), B))),
    "parentheses": ("(a OR b) AND c", And(children=(Or(children=(A, B)), C))),
    "parentheses around one thing": ("((a))", A),
    "parentheses around NOT": ("a AND (NOT b)", And(children=(A, Not(child=B)))),
    "groups keep their shape": ("(a AND b) AND c", And(children=(And(children=(A, B)), C))),
    "near binds tighter than and": ("a NEAR/10 b AND c", And(children=(Near(left=A, right=B, distance=10), C))),
    "not takes the whole near": ("c AND NOT a NEAR/2 b", And(children=(C, Not(child=Near(left=A, right=B, distance=2))))),
    "ordered near": ("a ONEAR/0 b", Near(left=A, right=B, distance=0, ordered=True)),
    "near of groups": ("(a OR b) NEAR/5 @c/*", Near(left=Or(children=(A, B)), right=Vocab(pattern="c/*"), distance=5)),
    "alias w/n": ("a w/10 b", Near(left=A, right=B, distance=10)),
    "alias near10": ("a near10 b", Near(left=A, right=B, distance=10)),
    "alias near/10": ("a near/10 b", Near(left=A, right=B, distance=10)),
    "alias adj10 is in any order, as in Ovid": ("a adj10 b", Near(left=A, right=B, distance=10)),
    "alias pre/10 is in this order": ("a PRE/10 b", Near(left=A, right=B, distance=10, ordered=True)),
    "a phrase with slop": ('"a b"~10', Near(left=A, right=B, distance=10)),
    "a phrase of three with slop": (
        '"a b c"~10',
        And(
            children=(
                Near(left=A, right=B, distance=11),
                Near(left=A, right=C, distance=11),
                Near(left=B, right=C, distance=11),
            )
        ),
    ),
    "title": ("title:a", Scoped(scope="title", child=A)),
    "a space after the field": ("title: a", Scoped(scope="title", child=A)),
    "lead of a group": ("lead:(a AND NOT b)", Scoped(scope="lead", child=And(children=(A, Not(child=B))))),
    "body of a vocabulary": ("body:@asean", Scoped(scope="body", child=Vocab(pattern="asean"))),
    "near inside a field": ("lead:(a NEAR/3 b)", Scoped(scope="lead", child=Near(left=A, right=B, distance=3))),
    "an address with colons": (
        "url:https://a.org/x AND b",
        And(children=(Scoped(scope="url", child=Term(text="https://a.org/x")), B)),
    ),
    "source": ('source:"Vientiane Times"', Scoped(scope="source", child=Term(text="Vientiane Times"))),
    "language": ("lang:TH", Tagged(key="lang", value="th")),
    "language with script": ("lang:zh-hans", Tagged(key="lang", value="zh-Hans")),
    "language in quotes": ('lang:"th"', Tagged(key="lang", value="th")),
    "country": ("country:LA", Tagged(key="country", value="la")),
    "at least": ("ATLEAST/3 @crime/*", AtLeast(count=3, child=Vocab(pattern="crime/*"))),
    "at least of a group": ("ATLEAST/2 (a OR b)", AtLeast(count=2, child=Or(children=(A, B)))),
    "at least in a field": ("title:ATLEAST/2 a", Scoped(scope="title", child=AtLeast(count=2, child=A))),
    "a vocabulary": ("@crime/drug-trafficking", Vocab(pattern="crime/drug-trafficking")),
    "as written": ('case:"TIP"', Term(text="TIP", mode="case")),
    "as written without quotes": ("case:TIP", Term(text="TIP", mode="case")),
    "exactly this word": ("=drug", Term(text="drug", mode="exact")),
    "exactly this phrase": ('="ma túy"', Term(text="ma túy", mode="exact")),
    "the bare substring": ("~ยา", Term(text="ยา", mode="substring")),
    "typographic quotes": ("“chiefs of police” AND „b“", And(children=(Term(text="chiefs of police"), B))),
    "full-width parentheses and colon": (
        "（a OR b） AND title：c",
        And(children=(Or(children=(A, B)), Scoped(scope="title", child=C))),
    ),
    "corner brackets": ("「跨国 犯罪」", Term(text="跨国 犯罪")),
    "an ideographic space": ("a\u3000AND\u3000b", And(children=(A, B))),
    "a time of day": ("10:30", Term(text="10:30")),
    "operators in quotes are words": ('"AND" OR "w/10"', Or(children=(Term(text="AND"), Term(text="w/10")))),
}


@pytest.mark.parametrize(("text", "tree"), READ.values(), ids=READ)
def test_a_query_is_read_as(text: str, tree: object) -> None:
    assert parse(text) == tree


# text, the piece that is complained about, a part of the message, a part of what to write
REFUSED = {
    "empty": ("", "", "empty", "@vocabulary"),
    "blank": ("  ", "  ", "empty", "@vocabulary"),
    "and beside or": (
        "x AND a OR b AND c",
        "x AND a OR b AND c",
        "side by side",
        "(x AND a) OR (b AND c)   or   x AND (a OR b) AND c",
    ),
    "and beside or with NOT has one reading": ("a OR b AND NOT c", "a OR b AND NOT c", "side by side", "a OR (b AND NOT c)"),
    "and beside or in a group": (
        "x AND (a AND b OR c)",
        "a AND b OR c",
        "side by side",
        "(a AND b) OR c   or   a AND (b OR c)",
    ),
    "only not": ("NOT a", "NOT a", "only NOT", "… AND NOT a"),
    "only nots": ("NOT a AND NOT b", "NOT a AND NOT b", "only NOT", "AND NOT"),
    "only not in a field": ("title:(NOT a)", "title:(NOT a)", "before the field", "NOT title:"),
    "not of not": ("a AND NOT NOT b", "NOT NOT b", "NOT of a NOT", "b"),
    "not beside or": ("a OR NOT b", "NOT b", "nearly everything", "AND NOT b"),
    "not in near": ("a NEAR/3 NOT b", "NOT", "NOT cannot stand", "AND NOT"),
    "not without and": ("a NOT b", "NOT", "needs an AND", "AND NOT"),
    "two words": ("drug trafficking", "drug trafficking", "no operator", '"drug trafficking" or drug AND trafficking'),
    "three words": ("x OR big drug ring", "big drug ring", "no operator", '"big drug ring" or big AND drug AND ring'),
    "two words after a field": ("title:drug ring", "drug ring", "no operator", '"drug ring"'),
    "two groups": ("(a OR b) (c)", "(c)", "no operator", "(a OR b) AND (c)"),
    "a word and a vocabulary": ("a @b", "@b", "no operator", "a AND @b"),
    "small and": ("a and b", "and", "did you mean AND?", "AND"),
    "small or": ("a or b", "or", "did you mean OR?", "OR"),
    "title-case not": ("a AND Not b", "Not", "did you mean NOT?", "NOT"),
    "small near": ("a near b", "near", "did you mean NEAR/10?", "NEAR/10"),
    "near without number": ("a NEAR b", "NEAR", "number", "NEAR/10"),
    "near with a broken number": ("a NEAR/x b", "NEAR/x", "whole number", "NEAR/10"),
    "near with a negative number": ("a NEAR/-1 b", "NEAR/-1", "whole number", "NEAR/10"),
    "near too far": ("a NEAR/1001 b", "NEAR/1001", "up to 1000", "NEAR/1000"),
    "near with a number that would take long to read": (
        f"a NEAR/{'9' * 9000} b",
        f"NEAR/{'9' * 9000}",
        "up to 1000",
        "NEAR/1000",
    ),
    "near of three": ("a NEAR/3 b NEAR/4 c", "NEAR/4", "joins two", "a NEAR/3 b AND b NEAR/4"),
    "near of an and": ("(a AND b) NEAR/3 c", "(a AND b) ", "each side", "(a OR b) NEAR/3 c"),
    "near across fields": ("title:a NEAR/3 b", "title:a NEAR/3", "both sides", "title:(a NEAR/3"),
    "near without right side": ("a NEAR/3", "", "query ends", "a term"),
    "at least none": ("ATLEAST/0 a", "ATLEAST/0", "always holds", "ATLEAST/2"),
    "at least of an and": ("ATLEAST/3 (a AND b)", "(a AND b)", "counts a term", "ATLEAST/3 (a OR b)"),
    "at least without number": ("ATLEAST a", "ATLEAST", "number", "ATLEAST/3"),
    "nothing after and": ("a AND", "", "query ends", "a term"),
    "two operators": ("a AND OR b", "OR", "after AND", "a term"),
    "operator first": ("OR a", "OR", "where a term is expected", "a term"),
    "empty group": ("a AND ()", "()", "between the parentheses", None),
    "open parenthesis": ("x AND (a OR b", "(", "never closed", "(a OR b)"),
    "stray parenthesis": ("a OR b)", ")", "never opened", "a OR b"),
    "open quote": ('x AND "a b', '"a b', "never closed", '"a b"'),
    "empty quotes": ('""', '""', "no letter or digit", None),
    "unknown field, near": ("titel:x", "titel:", "no field titel:", "title:"),
    "unknown field, far": ("http://a.org", "http:", "no field http:", '"http://a.org"'),
    "field without value": ("title:", "", "after title:", "a term"),
    "field in a field": ("title:(a OR lead:b)", "lead:", "inside title:", "AND lead:"),
    "tag in a field": ("title:(a AND lang:th)", "lang:", "inside title:", "AND lang:"),
    "two languages in one": ("lang:(th OR lo)", "(th OR lo)", "one value", "lang:th OR lang:"),
    "a language that is none": ("lang:thai!", "thai!", "no meaning", None),
    "a country that is none": ("country:1", "country:1", "a country code", "country:la"),
    "case of a vocabulary": ("case:@x", "case:@x", "after case:", 'case:"'),
    "a name that is none": ("@Crime_x", "@Crime_x", "name of a vocabulary", "@crime-x"),
    "too few letters": ("ab*", "ab*", "three letters", None),
    "a wildcard in front": ("*crime", "*crime", "does not begin a word", "~crime"),
    "only a wildcard": ("*", "*", "no letter", None),
    "two stars": ("traffick**", "traffick**", "one *", "traffick*"),
    "a wildcard in Thai": ("ค้ามนุษย์*", "ค้ามนุษย์*", "without spaces", "ค้ามนุษย์"),
    "a wildcard in Chinese": ("诈骗?", "诈骗?", "without spaces", "诈骗"),
    "a wildcard with =": ("=traffick*", "=traffick*", "does not go with =", "traffick*"),
    "a wildcard with case": ('case:"TIP*"', '"TIP*"', "does not go", None),
    "minus": ("a -b", "-b", "no operator here", "AND NOT b"),
    "plus": ("+a +b", "+a", "join what must hold", "AND a"),
    "bang": ("a AND !b", "!b", "no operator here", "AND NOT b"),
    "double ampersand": ("a && b", "&&", "did you mean AND?", "AND"),
    "double bar": ("a || b", "||", "did you mean OR?", "OR"),
    "comma": ("a, b", "a,", ", has no meaning", "a OR"),
    "regular expression": ("/dr.g/", "/dr.g/", "regular expressions", '"/dr.g/"'),
    "boost": ("a^2", "a^2", "^ has no meaning", '"a^2"'),
    "fuzzy": ("traffic~2", "traffic~2", "~ has no meaning", '"traffic~2"'),
    "slop without number": ('"a b"~x', '"a b"~x', "whole number", '"…"~10'),
    "slop of one word": ('"a"~3', '"a"~3', "two to five", '"a"'),
    "control character": ("a\u0002b", "a\u0002b", "U+0002", None),
    "too deep": ("(" * 60 + "a" + ")" * 60, "(", "nested deeper", "vocabulary"),
    "too many nots": ("a AND " + "NOT " * 60 + "b", "NOT", "nested deeper", "vocabulary"),
}


@pytest.mark.parametrize(("text", "found", "message", "write"), REFUSED.values(), ids=REFUSED)
def test_a_query_is_refused_with_place_reason_and_remedy(text: str, found: str, message: str, write: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert error.found == found == text[error.start : error.end]
    assert message in error.message
    if write is None:
        assert error.write is None or error.write
    else:
        assert error.write is not None
        assert write in error.write


def test_the_place_of_an_error_counts_in_the_text_as_typed() -> None:
    text = "“chiefs of police” AND （x OR titel:y）"
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert text[caught.value.start : caught.value.end] == "titel:"


def test_both_readings_of_a_mixed_query_can_be_read() -> None:
    with pytest.raises(QueryError) as caught:
        parse('"x y" OR a NEAR/3 b AND title:c OR d')
    assert caught.value.write is not None
    first, second = caught.value.write.split("   or   ")
    assert isinstance(parse(first), Or)
    assert isinstance(parse(second), And)


def test_every_node_knows_its_place() -> None:
    text = 'title:(a OR "b c") AND NOT @x NEAR/3 traffick*'
    tree = parse(text)
    assert isinstance(tree, And)
    scoped, negated = tree.children
    assert text[scoped.start : scoped.end] == 'title:(a OR "b c")'
    assert text[negated.start : negated.end] == "NOT @x NEAR/3 traffick*"
    assert isinstance(scoped, Scoped)
    assert isinstance(scoped.child, Or)
    assert text[scoped.child.children[1].start : scoped.child.children[1].end] == '"b c"'


TERMS = {
    "words need no quotes": ("drug trafficking", Term(text="drug trafficking")),
    "operators mean nothing": ("near and far", Term(text="near and far")),
    "a colon means nothing": ("ASEAN: police", Term(text="ASEAN: police")),
    "quotes may stand": ('"drug ring"', Term(text="drug ring")),
    "a wildcard": ("drug smuggl*", Term(text="drug smuggl*", wildcard=True)),
    "exact": ("=pati", Term(text="pati", mode="exact")),
    "substring": ("~ยาบ้า", Term(text="ยาบ้า", mode="substring")),
    "as written": ('case:"TIP"', Term(text="TIP", mode="case")),
    "as written without quotes": ("case:PATI", Term(text="PATI", mode="case")),
}


@pytest.mark.parametrize(("text", "term"), TERMS.values(), ids=TERMS)
def test_a_vocabulary_term_is_read_as(text: str, term: Term) -> None:
    assert parse_term(text) == term


@pytest.mark.parametrize("text", ["", '""', "...", "ab*", "ยา*", 'a "b" c', "=a*bcd"])
def test_a_vocabulary_term_that_could_never_be_found_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse_term(text)


WORDS = "a drug ค้า AND OR NOT and NEAR/3 w/2 ATLEAST/2 ( ) @x @ title: lang: case: = ~ * ? - / : th ， ² ٣ url:a"
PIECES = st.sampled_from([*WORDS.split(), '"', "“", "”", '"a b"~3', " ", "\u200b", "\ud800", "\x00"])


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join)))
def test_arbitrary_text_is_a_query_or_a_query_error(text: str) -> None:
    for read in (parse, parse_term):
        error = refusal(read, text)
        assert error is None or (0 <= error.start <= error.end <= len(text) and error.found == text[error.start : error.end])


def refusal(read: Callable[[str], object], text: str) -> QueryError | None:
    try:
        read(text)
    except QueryError as error:
        return error
    return None


@pytest.mark.parametrize(
    "piece", ["(", '"', "a OR ", "a ", "a AND b OR ", "NOT ", "a:", "=", "a*", "title:(", "@", "é", "-", "(a OR ", "(a) "]
)
def test_time_is_linear_in_the_length_of_the_query(piece: str) -> None:
    def seconds(times: int) -> float:
        text = piece * times
        start = time.process_time()
        refusal(parse, text)
        return time.process_time() - start

    small = min(seconds(2_000) for _ in range(3))
    large = min(seconds(20_000) for _ in range(3))
    assert large < 40 * small + 0.02
