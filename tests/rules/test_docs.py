"""What docs/rules.md shows is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from monitor.rules.compile import compile_rules
from monitor.rules.parse import parse
from monitor.rules.rule import Rule, Vocabulary

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
VOCABULARIES, RULES = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
QUERIES = re.findall(r"^\| `([^`]+)` \|", PAGE.split("## Queries")[1].split("##")[0], re.MULTILINE)


def test_the_example_rule_compiles_with_the_example_vocabularies() -> None:
    vocabularies = [
        Vocabulary(name=name, title=given.pop("title"), terms={language: tuple(terms) for language, terms in given.items()})
        for name, given in ((name, dict(given)) for name, given in VOCABULARIES.items())
    ]
    rules = [Rule(**{**given, "alert": tuple(given["alert"])}) for given in RULES]
    assert set(compile_rules(rules, vocabularies).rules) == {"drugs"}


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_of_the_table_is_one(query: str) -> None:
    parse(query)


def test_the_table_has_every_kind_of_query() -> None:
    assert len(QUERIES) == 23
