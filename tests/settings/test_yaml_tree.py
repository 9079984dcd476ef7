from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.settings.yaml_tree import read


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("NO", "NO", id="the code of Norway is text"),
        pytest.param("yes", "yes", id="yes is text"),
        pytest.param("off", "off", id="off is text"),
        pytest.param("1:30", "1:30", id="a sexagesimal is text"),
        pytest.param("2026-01-31", "2026-01-31", id="a date is text"),
        pytest.param("0x1F", "0x1F", id="hexadecimal is text"),
        pytest.param("1_000", "1_000", id="underscores are text"),
        pytest.param("9" * 5000, "9" * 5000, id="more digits than Python converts are text"),
        pytest.param("1e999", "1e999", id="more than a float holds is text"),
        pytest.param(".inf", ".inf", id="infinity is text"),
        pytest.param("'7'", "7", id="quoted digits are text"),
        pytest.param("true", True, id="true"),
        pytest.param("False", False, id="False"),
        pytest.param("~", None, id="a tilde is nothing"),
        pytest.param("", None, id="an empty value is nothing"),
        pytest.param("007", 7, id="leading zeros are decimal"),
        pytest.param("-12", -12, id="negative"),
        pytest.param("1.5e3", 1500.0, id="float"),
    ],
)
def test_plain_scalars_mean_what_the_core_schema_says(written: str, value: object) -> None:
    tree = read(f"key: {written}\n".encode(), "f.yaml")
    assert (tree.data, tree.problems) == ({"key": value}, [])


@pytest.mark.parametrize(
    ("raw", "place", "message", "write"),
    [
        pytest.param(
            b"a: 1\nb: 2\na: 3\n", (3, 1), "duplicate key `a`; it stands in line 1", "each key once", id="duplicate key"
        ),
        pytest.param(b"x:\n  - {k: 1, k: 2}\n", (2, 12), "duplicate key `k`", "each key once", id="duplicate key in braces"),
        pytest.param(b"a: &x 1\n", (1, 4), "anchor", "quotes", id="anchor"),
        pytest.param(b"a: 1\nb: *x\n", (2, 4), "alias", "quotes", id="alias"),
        pytest.param(b"when: *crime* x\n", (1, 13), "alias", "quotes", id="text that only looks like an alias"),
        pytest.param(b"a: !!python/object:os.system x\n", (1, 4), "tag", "quotes", id="tag"),
        pytest.param(b"a: ! x\n", (1, 4), "tag", "quotes", id="tag without a name"),
        pytest.param(b"a:\n\t- b\n", (2, 1), "a tab", "spaces", id="tab"),
        pytest.param(b"a: 1\n---\nb: 2\n", (2, 1), "second document", "one document", id="two documents"),
        pytest.param(b"\xef\xbb\xbfa: 1\n", (1, 1), "byte order mark", "without BOM", id="byte order mark"),
        pytest.param("a: 1\nb: ไ".encode() + b"\xff\n", (2, 5), "not UTF-8", "UTF-8", id="not UTF-8"),
        pytest.param(b"a: 1\nb: \x07\n", (2, 4), "U+0007", None, id="control character"),
        pytest.param(b"when: @crime/* AND x\n", (1, 7), "cannot begin with `@`", "single quotes", id="query without quotes"),
        pytest.param(
            b'when: "a b" AND "c"\n',
            (1, 13),
            "quotes end before the text",
            "single quotes",
            id="query beginning with a phrase",
        ),
        pytest.param(b"note: one: two\n", (1, 10), "second `: `", "single quotes", id="colon in a text"),
        pytest.param(b"a: 1\nb: 'x\n", (2, 4), "not closed", None, id="quote that is never closed"),
        pytest.param(b"a: [1, 2\nb: 3\n", (1, 4), "not closed", None, id="bracket that is never closed"),
        pytest.param(b"? [a]\n: 1\n", (1, 3), "where a key should stand", "quotes", id="list as a key"),
        pytest.param(b"a: {{ password }}\n", (1, 5), "where a key should stand", "quotes", id="template left in"),
        pytest.param(b"[" * 20_000, (1, 1001), "nested deeper than 32", None, id="twenty thousand brackets"),
        pytest.param(b"- " * 40 + b"x\n", (1, 65), "nested deeper than 32", None, id="forty levels of a list"),
    ],
)
def test_what_is_not_wanted_is_a_problem_at_its_place(
    raw: bytes, place: tuple[int, int], message: str, write: str | None
) -> None:
    (problem,) = read(raw, "f.yaml").problems
    assert (problem.file, problem.line, problem.column) == ("f.yaml", *place)
    assert message in problem.message
    assert (problem.write is None) if write is None else (write in str(problem.write))


def test_of_two_equal_keys_the_first_is_kept_and_reading_goes_on() -> None:
    tree = read(b"a: {x: 1}\na: {x: 2, x: 3}\nb: 4\nb: 5\n", "f.yaml")
    assert tree.data == {"a": {"x": 1}, "b": 4}
    assert [problem.line for problem in tree.problems] == [2, 2, 4]


def test_every_key_and_value_knows_its_place() -> None:
    tree = read("- id: ตำรวจ\n  list: [one, 'two']\n".encode(), "f.yaml")
    assert [(tree.keys[route].line, tree.keys[route].column) for route in ((0, "id"), (0, "list"))] == [(1, 3), (2, 3)]
    places = [
        (mark.line, mark.column) for mark in map(tree.values.__getitem__, [(0,), (0, "id"), (0, "list", 0), (0, "list", 1)])
    ]
    assert places == [(1, 3), (1, 7), (2, 10), (2, 15)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("q: one AND MARK two\n", id="plain"),
        pytest.param("q: one AND\n  two OR\n\n  MARK x\n", id="plain over several lines"),
        pytest.param("q: 'it''s AND ''MARK'' two'\n", id="single quotes"),
        pytest.param("q: 'one\n   two   \n  MARK'\n", id="single quotes over several lines"),
        pytest.param('q: "a\\tb \\"x\\" \\u0e01 \\x41 MARK"\n', id="double quotes with escapes"),
        pytest.param('q: "one \\\n   two MARK"\n', id="double quotes with an escaped line end"),
        pytest.param("q: |  # why\n   one AND\n     two OR\n\n   MARK\n", id="literal block"),
        pytest.param("q: >-\n   one AND\n   two OR\n\n   MARK x\n", id="folded block"),
        pytest.param("q: ตำรวจ AND MARK\n", id="Thai"),
        pytest.param("q: 🚨 AND MARK\n", id="beyond the basic plane"),
    ],
)
def test_an_offset_inside_a_text_is_found_in_the_file(text: str) -> None:
    tree = read(text.encode(), "f.yaml")
    assert isinstance(tree.data, dict)
    offset = tree.data["q"].index("MARK")
    start = text.index("MARK")
    assert tree.inside(("q",), offset) == (text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))


def test_an_offset_in_white_space_or_at_the_end_is_where_the_word_before_it_ends() -> None:
    tree = read(b"q: 'one  two'\n", "f.yaml")
    assert [tree.inside(("q",), offset) for offset in (3, 8)] == [(1, 8), (1, 13)]


def test_an_offset_inside_a_key_is_found_too() -> None:
    tree = read(b"score:\n  'title:x AND MARK': 5\n", "f.yaml")
    assert tree.inside(("score", "title:x AND MARK"), 12, key=True) == (2, 16)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text("ab:-?[]{},'\"|>*&!%@#\n\t ~0.ก", max_size=40).map(str.encode)))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    tree = read(raw, "f.yaml")
    assert all(problem.line and problem.column for problem in tree.problems)
