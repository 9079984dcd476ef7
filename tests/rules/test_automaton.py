"""Both libraries that can do the scan give the same hits in the same order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules import automaton as module

Build = Callable[[list[bytes]], module.Scan]
BUILDS: list[Build] = [module.automaton, module._portable]

few = st.binary(max_size=30).map(lambda text: bytes(b"ab \x01\xff"[byte % 5] for byte in text))


@given(st.lists(few.filter(bool), max_size=8, unique=True), few)
def test_every_occurrence_is_found_by_its_end_and_the_longest_first(patterns: list[bytes], text: bytes) -> None:
    expected = sorted(
        (
            (start, start + len(pattern), number)
            for number, pattern in enumerate(patterns)
            for start in range(len(text))
            if text.startswith(pattern, start)
        ),
        key=lambda hit: (hit[1], hit[0]),
    )
    for build in BUILDS:
        assert build(patterns)(text) == expected


@pytest.mark.parametrize("build", BUILDS)
def test_there_may_be_no_patterns(build: Build) -> None:
    assert build([])(b"any text") == []
