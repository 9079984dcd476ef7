from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import ConfigError, Problem
from monitor.settings import Settings, load

Problems = Callable[..., list[Problem]]
Load = Callable[..., Settings]


def test_a_folder_without_monitor_yaml_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path / "nowhere", {"HOME": "/home/analyst"})
    (problem,) = raised.value.problems
    assert problem.message == "no configuration here: there is no monitor.yaml"
    assert problem.write == f"monitor init {tmp_path / 'nowhere'}"


@pytest.mark.parametrize("name", ["sources.yaml", "channels.yaml"])
def test_a_missing_file_is_a_problem(problems: Problems, name: str) -> None:
    (problem,) = problems({name: None, "rules/crime.yaml": None})
    assert (Path(str(problem.file)).name, problem.message) == (name, "the file is missing")


def test_without_rules_and_vocabularies_it_loads(settings: Load) -> None:
    got = settings({"rules/crime.yaml": None, "vocabularies/crime.yaml": None})
    assert (got.rules, got.vocabularies) == ((), ())


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("soruces.yaml", "sources.yaml"),
        ("channels.yml", "channels.yaml"),
        ("rules.yaml", "a file in rules/"),
        ("rules/more.yml", "rules/more.yaml"),
        ("rules/old/more.yaml", "rules/more.yaml"),
        ("vocabularies/police.YAML.yml", ".yaml"),
    ],
)
def test_a_file_that_would_be_ignored_is_a_problem(problems: Problems, name: str, write: str) -> None:
    (problem,) = problems({name: ""})
    assert str(problem.file).endswith(name)
    assert problem.message == "a file of this name is not read"
    assert write in str(problem.write)


def test_other_files_may_lie_beside(settings: Load) -> None:
    assert settings({"README.md": "x", "schema/sources.json": "{}", "rules/notes.txt": "x", "sources.yaml~": "x"}).sources


def test_rules_and_vocabularies_of_all_files_are_taken_in_the_order_of_the_names(settings: Load) -> None:
    rule = "- {id: %s, title: x, when: smuggling}\n"
    got = settings({"rules/b.yaml": rule % "second", "rules/a.yaml": rule % "first", "vocabularies/a.yaml": "# none yet\n"})
    assert [rule.id for rule in got.rules] == ["first", "second", "crime"]
    assert [vocabulary.name for vocabulary in got.vocabularies] == ["crime/drugs"]


@pytest.mark.parametrize(
    ("files", "warning"),
    [
        pytest.param({"monitor.yaml": ""}, "`contact` is not filled in", id="no contact"),
        pytest.param(
            {"monitor.yaml": "contact: desk@example.org\n"}, "`contact` is not filled in", id="contact of the example"
        ),
        pytest.param(
            {"monitor.yaml": "contact: https://example.com/\n"}, "`contact` is not filled in", id="address of the example"
        ),
        pytest.param({"sources.yaml": "[]\n"}, "no source is enabled", id="no source"),
        pytest.param(
            {"sources.yaml": "- {id: one, name: One, url: 'https://one.example/feed', interval: 30s}\n"},
            "source one is asked more often than once a minute",
            id="impolite interval",
        ),
        pytest.param(
            {"channels.yaml": "- {id: desk, kind: email, host: smtp.example.org, from: a@b.example, to: [a@b.example]}\n"},
            "channel desk: `host` is still the example",
            id="mail server of the example",
        ),
    ],
)
def test_what_works_and_is_probably_not_meant_is_a_warning(settings: Load, files: dict[str, str], warning: str) -> None:
    (got,) = settings(files).warnings
    assert warning in got.message
    assert got.line


def test_a_configuration_that_is_in_order_warns_of_nothing(settings: Load) -> None:
    assert settings({}).warnings == ()
