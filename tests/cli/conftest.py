"""A small configuration in a folder of its own, and the `monitor` command over it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.errors import MonitorError


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    config = tmp_path / "config"
    (config / "rules").mkdir(parents=True)
    (config / "vocabularies").mkdir()
    (config / "monitor.yaml").write_text(f"contact: desk@monitor.test\nstate: '{tmp_path}/state'\nworkers: 1\n")
    (config / "sources.yaml").write_text(
        "- {id: post, name: Post, url: 'https://post.example/feed', kind: feed, country: TH}\n"
    )
    (config / "channels.yaml").write_text(
        "- {id: desk, kind: email, enabled: false, host: mail.post.example, from: m@post.example, to: [d@post.example]}\n"
    )
    (config / "rules" / "rules.yaml").write_text(
        "- {id: aseanapol, title: ASEANAPOL, when: '@asean/police', alert: [desk]}\n"
        "- {id: drugs, title: Drugs, when: 'heroin OR ยาบ้า', score: {'title:heroin': 2, heroin: 1}, threshold: 1, alert: [desk]}\n"
    )
    (config / "vocabularies" / "asean.yaml").write_text("asean/police: {title: The police organisation, en: [ASEANAPOL]}\n")
    return config


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "001.txt").write_text(
        "ASEANAPOL officers close heroin route\n\nThe ASEANAPOL secretariat said that a heroin route over the hills is closed.\n\n"
        "Heroin had been carried there by mule for years.\n",
        encoding="utf-8",
    )
    (folder / "002.txt").write_text(
        "Mango festival ends with fireworks\n\nThousands came to the harbour, where the mango queen was crowned.",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def monitor(directory: Path) -> Callable[..., Result]:
    """Type `monitor WORDS… --config DIR`. A complaint for people comes back as output and exit code, anything else is a bug."""

    def run(*words: str, config: bool = True) -> Result:
        typed = [*words, "--config", str(directory)] if config else list(words)
        result = CliRunner().invoke(cli, typed)
        if isinstance(result.exception, MonitorError):
            result.exit_code = result.exception.exit_code
            result.output_bytes = result.output_bytes + f"monitor: {result.exception}".encode()
        elif result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def parsed(monitor: Callable[..., Result]) -> Callable[..., Any]:
    """The JSON that `monitor WORDS… --json` prints."""

    def run(*words: str) -> Any:
        return json.loads(monitor(*words, "--json").stdout)

    return run
