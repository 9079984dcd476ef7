from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.errors import Problem

Problems = Callable[..., list[Problem]]

VOCABULARIES = "crime/drugs: {title: x, en: [smuggling]}\ncrime/fraud: {title: x, en: [scam]}\nasean: {title: x, en: [ASEAN]}\n"


def _one(found: list[Problem], marked: str) -> Problem:
    """The one problem there is; it stands where `marked` has its «."""
    (problem,) = found
    line, column = marked.count("\n", 0, marked.index("«")) + 1, marked.index("«") - marked.rfind("\n", 0, marked.index("«"))
    assert (problem.line, problem.column) == (line, column)
    return problem


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("- {id: x, title: x, when: '@crime/drugs AND «@asaen'}\n", id="quoted"),
        pytest.param("- id: x\n  title: x\n  when: smuggling AND «@asaen\n", id="plain"),
        pytest.param("- id: x\n  title: x\n  when: >\n    @crime/drugs\n    AND «@asaen\n", id="folded"),
        pytest.param("- id: x\n  title: x\n  when: |-\n    (it's AND\n\n      «@asaen)\n", id="literal"),
        pytest.param('- {id: x, title: x, when: "\\"two words\\" AND «@asaen"}\n', id="double quotes with escapes"),
        pytest.param("- {id: x, title: x, when: '''s OR title:(a OR «@asaen)'}\n", id="single quotes with a doubled one"),
        pytest.param("- {id: x, title: x, when: a, unless: 'b AND NOT «@asaen'}\n", id="unless"),
        pytest.param("- {id: x, title: x, when: a, threshold: 1, score: {b: 1, 'ATLEAST/2 «@asaen': 2}}\n", id="key of score"),
        pytest.param("- {id: x, title: x, when: 'ยาเสพติด NEAR/5 «@asaen'}\n", id="behind Thai"),
    ],
)
def test_an_unknown_vocabulary_is_found_inside_the_yaml_around_it(problems: Problems, rule: str) -> None:
    files = {"rules/crime.yaml": rule.replace("«", ""), "vocabularies/crime.yaml": VOCABULARIES}
    problem = _one(problems(files), rule)
    assert (problem.message, problem.found, problem.write) == ("no vocabulary of this name", "@asaen", "@asean")


@pytest.mark.parametrize(
    ("written", "write"),
    [
        pytest.param("@crime", "@crime/*", id="group without its star"),
        pytest.param("@fraud", "@crime/fraud", id="concept without its group"),
        pytest.param("@crimes/*", "@crime/*", id="group misspelt"),
        pytest.param("@zzz", "a name from vocabularies/", id="nothing near"),
    ],
)
def test_what_to_write_for_an_unknown_vocabulary(problems: Problems, written: str, write: str) -> None:
    files = {"rules/crime.yaml": f"- {{id: x, title: x, when: '{written}'}}\n", "vocabularies/crime.yaml": VOCABULARIES}
    (problem,) = problems(files)
    assert (problem.found, problem.write) == (written, write)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("- {id: x, title: x, when: 'smuggling AND «subject:police'}\n", id="unknown field"),
        pytest.param("- id: x\n  title: x\n  when: >-\n    smuggling OR\n    «sm*\n", id="short wildcard in a folded block"),
        pytest.param("- {id: x, title: x, when: a, threshold: 1, score: {'b OR «c*': 2}}\n", id="in a key of score"),
    ],
)
def test_a_query_that_cannot_be_read_is_a_problem_at_the_word(problems: Problems, rule: str) -> None:
    problem = _one(problems({"rules/crime.yaml": rule.replace("«", "")}), rule)
    assert problem.message
    assert problem.found


def test_a_term_that_could_never_be_found_is_a_problem_at_the_term(problems: Problems) -> None:
    text = "crime/drugs:\n  title: x\n  en: [smuggling, 'sm*', smuggling]\n  th: [ยาเสพติด, «ยา*]\n".replace("'sm*'", "smug*")
    problem = _one(problems({"vocabularies/crime.yaml": text.replace("«", "")}), text)
    assert problem.found == "ยา*"


def test_mistakes_in_several_rules_and_queries_are_all_told(problems: Problems) -> None:
    rules = "- {id: a, title: x, when: 'a OR b AND c', unless: '@x'}\n- {id: b, title: x, when: 'NOT a'}\n"
    assert [problem.line for problem in problems({"rules/crime.yaml": rules})] == [1, 1, 2]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"rules/crime.yaml": "- {id: x, title: x, when: 'police OR «ʼ'}\n"}, id="in a rule"),
        pytest.param(
            {"rules/crime.yaml": "- {id: x, title: x, when: a, threshold: 1, score: {b: 1, 'c OR «ʼ': 1}}\n"},
            id="in a score",
        ),
        pytest.param({"vocabularies/crime.yaml": "crime/drugs: {title: x, en: [smuggling, «ʼ]}\n"}, id="in a vocabulary"),
    ],
)
def test_a_term_that_only_the_compiler_refuses_has_its_place_too(problems: Problems, files: dict[str, str]) -> None:
    ((name, text),) = files.items()
    problem = _one(problems({name: text.replace("«", "")}), text)
    assert "nothing of this term is left" in problem.message
