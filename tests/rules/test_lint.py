"""Advice on rules and vocabularies that parse but are probably not meant so."""

import pytest

from monitor.rules.lint import Advice, lint
from monitor.rules.parse import QueryError
from monitor.rules.rule import Rule, Vocabulary


def rule(when: str = "@crime/*", **more: object) -> Rule:
    return Rule(id="r", title="R", when=when, **more)  # type: ignore[arg-type]


def vocabulary(name: str = "crime/drugs", **terms: tuple[str, ...]) -> Vocabulary:
    return Vocabulary(name=name, title=name, terms={language.replace("_", "-"): value for language, value in terms.items()})


def on_term(language: str, *terms: str) -> tuple[Advice, ...]:
    return lint([rule()], [vocabulary(**{language: terms})])


CLEAN = {
    "an ordinary list": ("en", ("drug trafficking", "smuggl*", "=meth", 'case:"TIP"')),
    "long Thai terms": ("th", ("ค้ามนุษย์", "ยาเสพติด")),
    "a short Thai term is held to the dictionary": ("th", ("ยา",)),
    "a short Thai word asked for as a word": ("th", ("=ยา",)),
    "a Chinese word of two characters": ("zh_Hans", ("诈骗",)),
    "a Chinese word that is part of another keeps its own": ("zh_Hans", ("诈骗", "诈骗集团")),
    "Greek among Greek": ("en", ("δίκη",)),
}


@pytest.mark.parametrize(("language", "terms"), CLEAN.values(), ids=CLEAN)
def test_what_is_well_written_gets_no_advice(language: str, terms: tuple[str, ...]) -> None:
    assert on_term(language, *terms) == ()


# language, terms, the term the advice is about, a part of the message, a part of what to write
QUESTIONABLE = {
    "the same word twice": ("en", ("cross-border", "cross border"), "cross border", "finds what cross-border finds", "delete"),
    "the same word in two typings": ("vi", ("ma túy", "ma tuý"), "ma tuý", "finds what ma túy finds", "delete"),
    "a word that a stem covers": ("en", ("smuggl*", "smuggling"), "smuggling", "finds nothing that smuggl* does not", "delete"),
    "a Thai term with another inside": ("th", ("ค้ามนุษย์", "ขบวนการค้ามนุษย์"), "ขบวนการค้ามนุษย์", "finds nothing that", "delete"),
    "letters of two alphabets": ("en", ("АSEAN police",), "АSEAN police", "Cyrillic", "one alphabet"),
    "a short Thai substring": ("th", ("~ยา",), "ยา", "inside many other words", "=ยา"),
    "one Chinese character": ("zh_Hans", ("毒",), "毒", "inside many other words", "=毒"),
    "a short stem": ("en", ("bom*",), "bom*", "begins many", "longer stem"),
    "a short substring": ("en", ("~scam",), "scam", "inside many other words", "scam"),
    "a short abbreviation": ("en", ("JI",), "JI", "abbreviation", 'case:"JI"'),
}


@pytest.mark.parametrize(("language", "terms", "term", "message", "write"), QUESTIONABLE.values(), ids=QUESTIONABLE)
def test_a_questionable_term_gets_advice(language: str, terms: tuple[str, ...], term: str, message: str, write: str) -> None:
    (advice,) = on_term(language, *terms)
    assert (advice.subject, advice.language, advice.term) == ("crime/drugs", language.replace("_", "-"), term)
    assert message in advice.message
    assert advice.write is not None
    assert write in advice.write


def test_a_vocabulary_that_no_rule_names_is_reported() -> None:
    (advice,) = lint([rule("@crime/drugs")], [vocabulary(en=("heroin",)), vocabulary("crime/arms", en=("rifle",))])
    assert (advice.subject, advice.term) == ("crime/arms", None)
    assert "no rule names" in advice.message


@pytest.mark.parametrize(
    "more", [{"unless": "title:@sport"}, {"score": {"x NEAR/3 @sport": 1}}, {"when": "a AND NOT ATLEAST/2 @sport"}]
)
def test_a_vocabulary_is_used_wherever_a_query_of_a_rule_names_it(more: dict[str, object]) -> None:
    assert lint([rule(**({"when": "a"} | more))], [vocabulary("sport", en=("football",))]) == ()  # type: ignore[arg-type]


def test_a_language_that_other_concepts_have_is_missed() -> None:
    full = [vocabulary(f"crime/{name}", en=("x-ray",), th=("อาชญากรรม",), zh_Hans=("犯罪",)) for name in "ab"]
    (advice,) = lint([rule()], [*full, vocabulary("crime/c", en=("gang",), zh_Hant=("幫派",))])
    assert advice.subject == "crime/c"
    assert advice.message.endswith(": th")


def test_terms_in_queries_are_looked_at_too() -> None:
    (advice,) = lint([rule("title:(bom* OR NOT_A_WORD)")], [])
    assert (advice.subject, advice.language, advice.term) == ("r", None, "bom*")


def test_a_query_that_does_not_parse_is_an_error_not_advice() -> None:
    with pytest.raises(QueryError):
        lint([rule("a OR")], [])
