"""`monitor password`, `monitor web`, and the desk of `monitor run`, as a person types them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from argon2 import PasswordHasher
from click.testing import CliRunner

from monitor.cli import cli
from monitor.errors import MonitorError
from monitor.settings.load import load
from monitor.settings.settings import WebSettings
from monitor.web.serving import listen


def typed(*words: str, given: str) -> str:
    result = CliRunner().invoke(cli, words, input=given)
    if isinstance(result.exception, MonitorError):
        return str(result.exception)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_password_becomes_the_lines_for_the_configuration(tmp_path: Path) -> None:
    lines = typed("password", "anna", given="four small words here\n")
    line = yaml.safe_load(lines)["web"]["users"]["anna"]
    assert PasswordHasher().verify(line, "four small words here")
    for name in ("sources", "channels"):
        (tmp_path / f"{name}.yaml").write_text("[]")
    (tmp_path / "monitor.yaml").write_text(lines)
    assert load(tmp_path, {"HOME": "/root"}).web.users["anna"].reveal() == line


def test_a_short_password_and_a_bad_name_are_refused() -> None:
    assert "too short" in typed("password", "anna", given="1234\n")
    assert "is not a name" in typed("password", "Anna B", given="four small words here\n")


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    with closing(listen(WebSettings(port=0))) as free:
        port = free.getsockname()[1]
    (tmp_path / "rules").mkdir()
    (tmp_path / "vocabularies").mkdir()
    (tmp_path / "monitor.yaml").write_text(f"contact: a@b.example\nstate: .\nworkers: 1\nweb: {{port: {port}}}\n")
    (tmp_path / "sources.yaml").write_text("[]")
    (tmp_path / "channels.yaml").write_text("[]")
    return tmp_path


@pytest.fixture
def started(configuration: Path) -> Iterator[Callable[..., str]]:
    """`started("run")` types that and reads on until the desk is there; the address of the desk."""
    running = []

    def start(*words: str) -> str:
        command = [sys.executable, "-u", "-m", "monitor", *words, "--config", str(configuration)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"the desk: (http\S+)", line):
                return found[1]
        raise AssertionError("it ended without a desk")

    yield start
    for process in running:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 0


@pytest.mark.parametrize("command", ["run", "web"])
def test_the_desk_is_served_and_closed_to_everybody_without_users(started: Callable[..., str], command: str) -> None:
    address = started(command)
    with urllib.request.urlopen(f"{address}ready", timeout=10) as answer:
        assert answer.read() == b"ready\n"
    with urllib.request.urlopen(f"{address}stories", timeout=10) as answer:
        assert answer.url == f"{address}login"
        assert b"Nobody may log in yet" in answer.read()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{address}metrics", timeout=10)


def test_the_daemon_runs_on_where_the_port_of_the_desk_is_taken(configuration: Path) -> None:
    port = int(re.search(r"port: (\d+)", (configuration / "monitor.yaml").read_text())[1])
    with closing(listen(WebSettings(port=port))):
        command = [sys.executable, "-u", "-m", "monitor", "run", "--config", str(configuration)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if "cannot be served" in line:
                    break
            assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            assert "stopped" in process.stderr.read()
    assert process.returncode == 0
