from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import ConfigError, Problem
from monitor.settings import Settings, load

FILES = {
    "monitor.yaml": "contact: desk@police.example\n",
    "sources.yaml": "- {id: one, name: One, url: https://one.example/feed}\n",
    "channels.yaml": "- {id: desk, kind: email, host: mail.police.example, from: a@police.example, to: [b@police.example]}\n",
    "vocabularies/crime.yaml": "crime/drugs:\n  title: Drugs\n  en: [smuggling]\n",
    "rules/crime.yaml": "- {id: crime, title: Crime, when: '@crime/drugs', alert: [desk]}\n",
}

Write = Callable[[dict[str, str | None]], Path]


@pytest.fixture
def configuration(tmp_path: Path) -> Write:
    """Writes a configuration that is in order, with these files instead of or beside its own; None leaves one out."""

    def write(files: dict[str, str | None]) -> Path:
        for name, text in {**FILES, **files}.items():
            if text is not None:
                path = tmp_path / "config" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return tmp_path / "config"

    return write


@pytest.fixture
def settings(configuration: Write) -> Callable[..., Settings]:
    """The settings of such a configuration."""
    return lambda files=(), **environ: load(configuration(dict(files)), {"HOME": "/home/analyst", **environ})


@pytest.fixture
def problems(configuration: Write) -> Callable[..., list[Problem]]:
    """What is wrong with such a configuration."""

    def problems(files: dict[str, str | None], **environ: str) -> list[Problem]:
        with pytest.raises(ConfigError) as raised:
            load(configuration(files), {"HOME": "/home/analyst", **environ})
        return list(raised.value.problems)

    return problems
