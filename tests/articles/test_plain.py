"""Text is made clean once, at the border."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles import plain


@pytest.mark.parametrize(
    "dirty, clean",
    [
        pytest.param("a\x00b\x07c", "abc", id="control characters go"),
        pytest.param("safe\u202etxt.exe", "safetxt.exe", id="bidi overrides go"),
        pytest.param("a\ud800b", "a\ufffdb", id="lone surrogates are marked"),
        pytest.param("  two\u00a0 \t\n words ", "two words", id="space is one space"),
        pytest.param("cafe\u0301", "café", id="composed"),
        pytest.param("soft\u00adhyphen\ufeff", "softhyphen", id="invisible hyphens and marks go"),
        pytest.param("ភាសា\u200bខ្មែរ", "ភាសា\u200bខ្មែរ", id="the break between Khmer words stays"),
    ],
)
def test_a_line_is_clean(dirty, clean):
    assert plain.line(dirty) == clean


@given(st.text(alphabet=st.characters(), max_size=80))
def test_cleaning_twice_is_cleaning_once(text):
    once = plain.line(text)
    assert plain.line(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\n" not in once
    once.encode("utf-8")
