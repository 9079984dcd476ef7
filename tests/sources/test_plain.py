from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources import plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a <b>bold</b> word", "a bold word"),
        ("3 < 5 > 2", "3 < 5 > 2"),
        ("AT&amp;T &#8220;x&#8221;", "AT&T “x”"),
        ("line<br>break<p>para", "line break para"),
        ("<script>alert('x</p>')</script>left", "left"),
        ("<!-- <p>hidden</p> -->shown", "shown"),
        ("<!-- never ends", None),
        ("<style>never ends", None),
        ("<img src=x onerror=alert(1)>", None),
        ("be\u202eware\u0000 of\x07 it", "beware of it"),
        ("ភាសា\u200bខ្មែរ", "ភាសា\u200bខ្មែរ"),
        ("\u0130<p>x</p><script>y</script>z", "\u0130 x z"),
        ("  \n ", None),
        ("x" * 3_000, "x" * 1_999 + "…"),
    ],
)
def test_markup_becomes_one_line(markup, text):
    assert plain.line(markup) == text


def test_blocks_become_paragraphs_and_text_without_markup_keeps_its_lines():
    assert plain.paragraphs("<p>One\nline</p><ul><li>a<li>b</ul><figcaption>By us</figcaption>") == "One line\n\na\n\nb"
    assert plain.unmarked("1 < 2\n\n\n&amp; <b>") == "1 < 2\n\n&amp; <b>"


@pytest.mark.parametrize("piece", ["<", "<a", "<!--", "<script>", "<p ", "&", "</script", "<a href='"])
def test_hostile_markup_takes_time_in_proportion(piece):
    started = time.monotonic()
    plain.line(piece * 100_000)
    assert time.monotonic() - started < 2


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["<", ">", "p", "<p>", "&#0;", "&#xd800;", "\ud800", "\r", "<!--"])).map("".join)
)
@settings(max_examples=200, deadline=None)
def test_any_markup_becomes_one_printable_line(markup):
    text = plain.line(markup)
    assert text is None or ("\n" not in text and text == text.strip() and text.encode())
