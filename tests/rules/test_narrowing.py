"""What an index is asked for a query."""

from __future__ import annotations

import pytest

from monitor.rules import narrowing
from monitor.rules.narrowing import AllOf, AnyOf, Word, narrow
from monitor.rules.parse import parse
from monitor.rules.rule import Vocabulary


def test_a_vocabulary_named_again_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out = []
    real = narrowing._vocabulary
    monkeypatch.setattr(narrowing, "_vocabulary", lambda pattern, known: worked_out.append(pattern) or real(pattern, known))
    sea = Vocabulary(name="sea", title="Sea", terms={"en": ("ship", "boat")})
    found = narrow(parse("(@sea NEAR/5 port) OR (port NEAR/6 @sea) OR (port AND @sea)"), {"sea": sea})
    ships, port = AnyOf((Word("ship", prefix=True), Word("boat", prefix=True))), Word("port", prefix=True)
    assert found == AnyOf((AllOf((ships, port)), AllOf((port, ships))))
    assert worked_out == ["sea"]
