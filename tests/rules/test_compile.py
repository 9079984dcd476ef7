"""Rules and vocabularies become a matcher, or a list of everything that is wrong with them."""

import pytest

from monitor.rules.compile import RuleErrors, compile_rules
from monitor.rules.match import Document
from monitor.rules.rule import Rule, Vocabulary

CRIME = Vocabulary(name="crime/trafficking", title="Trafficking", terms={"en": ("drug trafficking",), "th": ("ค้ามนุษย์",)})
ASEAN = Vocabulary(name="asean", title="ASEAN", terms={"en": ("Myanmar", "Thailand"), "th": ("เมียนมา",)})


def rule(when: str, **more: object) -> Rule:
    return Rule(**{"id": "r", "title": "R", "when": when, **more})


def test_a_rule_over_vocabularies_gives_a_receipt_with_names_and_spans() -> None:
    rules = compile_rules([rule("@crime/* NEAR/10 @asean")], [CRIME, ASEAN])
    document = Document(
        title="Drug‑trafficking ring broken up", body="Police in Myanmar say so. Drug\u00a0trafficking pays in Myanmar."
    )
    verdict = rules.match(document)
    (match,) = verdict.matches
    assert match.rule == "r"
    assert match.clauses == ("@crime/* NEAR/10 @asean",)
    assert [(hit.term, hit.vocabulary, hit.language, hit.field) for hit in match.hits] == [
        ("Myanmar", "asean", "en", "body"),
        ("drug trafficking", "crime/trafficking", "en", "body"),
        ("Myanmar", "asean", "en", "body"),
    ]
    assert [document.body[hit.start : hit.end] for hit in match.hits] == ["Myanmar", "Drug\u00a0trafficking", "Myanmar"]
    assert verdict.facets == ("asean", "crime/trafficking")


@pytest.mark.parametrize(
    "rules, vocabularies, said",
    [
        pytest.param([rule("@crme/trafficking")], [CRIME], "there is no vocabulary @crme/trafficking", id="unknown vocabulary"),
        pytest.param([rule("@police/*")], [CRIME], "no vocabulary of the group @police/*", id="unknown group"),
        pytest.param([rule("a AND b OR c")], [], "side by side", id="a query that does not parse"),
        pytest.param([rule("a"), rule("b")], [], "another rule has this id", id="two rules with one id"),
        pytest.param([rule("a", score={"b": 2}, threshold=3)], [], "never reached", id="threshold out of reach"),
        pytest.param([rule("a")], [Vocabulary(name="x", title="X", terms={"en": ()})], "has no terms", id="empty vocabulary"),
        pytest.param([rule("a")], [Vocabulary(name="x", title="X", terms={"en": ("tr*",)})], "three letters", id="bad term"),
    ],
)
def test_what_is_wrong_is_said(rules: list[Rule], vocabularies: list[Vocabulary], said: str) -> None:
    with pytest.raises(RuleErrors) as raised:
        compile_rules(rules, vocabularies)
    assert said in str(raised.value)


def test_all_errors_are_listed_at_once() -> None:
    with pytest.raises(RuleErrors) as raised:
        compile_rules([rule("@a", id="one"), rule("b AND", id="two", unless="(", score={"@z": 1})], [])
    assert [(error.rule, error.query) for error in raised.value.errors] == [
        ("one", "when"),
        ("two", "when"),
        ("two", "unless"),
        ("two", "@z"),
    ]
