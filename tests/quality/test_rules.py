"""The shipped rules on labelled articles of our own: no rule may become worse than what is pinned beside the articles."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.rules.compile import compile_rules
from monitor.rules.lint import lint
from monitor.rules.rule import Rule, Vocabulary
from monitor.rules.score import Report, Tally, read_labelled, score

ROOT = Path(__file__).parents[2]
LABELLED = ROOT / "fixtures" / "labelled"
FLOORS: dict[str, dict[str, Any]] = json.loads((LABELLED / "floors.json").read_text(encoding="utf-8"))
LANGUAGES = sorted(path.stem for path in LABELLED.glob("*.jsonl"))


def read(folder: str) -> list[Any]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "config" / folder).glob("*.yaml"))]


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    return [Rule(**rule) for file in read("rules") for rule in file]


@pytest.fixture(scope="module")
def vocabularies() -> list[Vocabulary]:
    concepts = {name: dict(entry) for file in read("vocabularies") for name, entry in file.items()}
    return [
        Vocabulary(name=name, title=entry.pop("title"), terms={language: tuple(terms) for language, terms in entry.items()})
        for name, entry in concepts.items()
    ]


@pytest.fixture(scope="module")
def report(rules: list[Rule], vocabularies: list[Vocabulary]) -> Report:
    files = sorted(LABELLED.rglob("*.jsonl"))  # `harder`: the crime by slang, by place or late, and more of its near misses
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return score(compile_rules(rules, vocabularies), [read_labelled(json.loads(line)) for line in lines])


def tally(report: Report, rule: str, language: str | None = None) -> Tally:
    found = next(each for each in report.rules if each.rule == rule)
    return found.overall if language is None else found.languages[language]


@pytest.mark.parametrize("rule", FLOORS)
def test_a_rule_is_as_good_as_it_was_over_all_languages(rule: str, report: Report) -> None:
    found = tally(report, rule)
    assert found.precision is not None
    assert found.recall is not None
    assert found.precision >= FLOORS[rule]["precision"]
    assert found.recall >= FLOORS[rule]["recall"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", FLOORS)
def test_a_rule_is_as_good_as_it_was_in_every_language(rule: str, language: str, report: Report) -> None:
    found = tally(report, rule, language)
    assert found.positives >= 2
    assert found.articles > found.positives
    assert found.f1 is not None
    assert found.f1 >= FLOORS[rule]["languages"][language]


def test_every_language_of_the_labelled_articles_has_terms_for_every_concept(vocabularies: list[Vocabulary]) -> None:
    lacking = {
        vocabulary.name: set(LANGUAGES) - {language for language, terms in vocabulary.terms.items() if terms}
        for vocabulary in vocabularies
    }
    assert {name: languages for name, languages in lacking.items() if languages} == {}


def test_there_is_no_advice_on_the_shipped_rules(rules: list[Rule], vocabularies: list[Vocabulary]) -> None:
    assert [str(advice) for advice in lint(rules, vocabularies)] == []
