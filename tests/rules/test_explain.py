"""Why a rule matched, or what failed and what came closest."""

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.explain import Explained, Explanation
from monitor.rules.match import Document
from monitor.rules.rule import Rule, Vocabulary

VOCABULARIES = [
    Vocabulary(name="crime/drugs", title="Drugs", terms={"en": ("drug trafficking", "heroin"), "ms": ("pati",), "th": ("ยา",)}),
    Vocabulary(name="asean", title="ASEAN", terms={"en": ("Myanmar", "Laos")}),
]


def explained(when: str, body: str = "", *, title: str = "", unless: str | None = None, **more: object) -> Explanation:
    fields = {key: more.pop(key) for key in ("score", "threshold") if key in more}
    rules = compile_rules([Rule(id="r", title="R", when=when, unless=unless, **fields)], VOCABULARIES)
    document = Document(title=title, body=body, **more)
    explanation = rules.explain(document, "r")
    assert explanation.matched is bool(rules.match(document).matches)
    return explanation


@pytest.mark.parametrize(
    "when, body, reason",
    [
        ("heroin AND Laos", "heroin in Laos", "when holds"),
        ("heroin AND Laos", "heroin", "Laos does not hold"),
        ("@crime/* AND @asean", "Laos", "@crime/* does not hold"),
        ("pati", "dia mendapati burung merpati", "pati does not hold; only inside “mendapati”"),
        ("title:heroin", "Heroin seized", "title:heroin does not hold; “Heroin” only in the body"),
        (
            "@crime/* NEAR/2 @asean",
            "Heroin was sent by boat to Laos",
            "@crime/* NEAR/2 @asean does not hold; “Heroin” and “Laos” have 5 words between, 2 allowed",
        ),
        ("heroin NEAR/5 @asean", "heroin only", "heroin NEAR/5 @asean does not hold"),
        ("Laos ONEAR/5 heroin", "heroin in Laos", "Laos ONEAR/5 heroin does not hold; they stand in the other order"),
        ("ATLEAST/3 @crime/*", "heroin heroin", "ATLEAST/3 @crime/* does not hold; 2 of 3"),
        ("lang:th AND heroin", "heroin", "lang:th does not hold; the language is not known"),
        ("heroin AND NOT (film OR book)", "heroin film", "NOT (film OR book) does not hold: film OR book holds (“film”)"),
        ("heroin AND (Laos OR Myanmar)", "heroin", "Laos OR Myanmar does not hold"),
        ('"trafficking drug" NEAR/3 "drug trafficking"', "trafficking drug trafficking", None),
    ],
)
def test_the_reason_names_the_clause_that_failed_and_what_came_closest(when: str, body: str, reason: str | None) -> None:
    said = explained(when, body).reason
    if reason is None:
        assert said.endswith("are parts of one phrase")
    else:
        assert said == reason


def test_terms_in_two_fields_are_not_near() -> None:
    said = explained("heroin NEAR/50 Laos", "from Laos", title="Heroin").reason
    assert said == "heroin NEAR/50 Laos does not hold; “Heroin” stands in the title, “Laos” in the body"


def test_unless_and_too_few_points_are_reasons() -> None:
    assert explained("heroin", "heroin film", unless="film").reason == "unless: film holds (“film”)"
    low = explained("heroin", "heroin", score={"Laos": 2, "heroin": 1}, threshold=3)
    assert (low.reason, low.points, low.threshold) == ("1 of 3 points", 1, 3)
    assert [(each.clause.text, each.clause.held, each.points) for each in low.score] == [
        ("Laos", False, 2),
        ("heroin", True, 1),
    ]


def test_every_clause_is_explained_with_its_hits() -> None:
    explanation = explained("@crime/* AND NOT film", "heroin and drug-trafficking")
    (crime, without) = explanation.when.children
    assert (explanation.when.operator, crime.operator, without.operator) == ("AND", "vocabulary", "NOT")
    assert [(hit.term, hit.vocabulary, hit.start, hit.end) for hit in crime.hits] == [
        ("heroin", "crime/drugs", 0, 6),
        ("drug trafficking", "crime/drugs", 11, 27),
    ]
    assert without.held
    assert without.children == (Explained(operator="term", text="film", held=False),)


def test_a_short_thai_word_inside_another_is_shown_with_its_surroundings() -> None:
    closest = explained("@crime/drugs", "เขาพยายามเรียนต่อ").when.closest
    assert closest is not None
    assert "พยายาม" in closest


def test_an_unknown_rule_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        compile_rules([], []).explain(Document(title="", body=""), "r")
