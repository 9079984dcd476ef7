"""Text from outside is made fit to be kept."""

import pytest

from monitor.text import clean_text


@pytest.mark.parametrize(
    "given, kept",
    [
        pytest.param("Police seize 2 tonnes", "Police seize 2 tonnes", id="plain text is left alone"),
        pytest.param("a\x00b", "ab", id="NUL"),
        pytest.param("a\x1b[31mb\x7f\x9f", "a[31mb", id="control characters"),
        pytest.param(
            "one\r\ntwo\rthree\x85four\u2028five\u2029six\x0bseven", "one\ntwo\nthree\nfour\nfive\nsix\nseven", id="line ends"
        ),
        pytest.param("a\tb\nc", "a\tb\nc", id="tab and line feed stay"),
        pytest.param("\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x", id="bidi overrides and isolates"),
        pytest.param("scam\ud83d", "scam\ufffd", id="a lone surrogate"),
        pytest.param("x\ufffe\uffff\ufdd0y", "xy", id="noncharacters"),
        pytest.param("ជួញ\u200bដូរ \u200fم", "ជួញ\u200bដូរ \u200fم", id="zero-width space and direction marks stay"),
        pytest.param("😀", "😀", id="emoji"),
    ],
)
def test_what_is_dropped_and_what_stays(given: str, kept: str) -> None:
    assert clean_text(given) == kept
    assert clean_text(kept) == kept
    kept.encode("utf-8")
