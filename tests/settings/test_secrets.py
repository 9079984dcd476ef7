from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.channel import EmailChannel
from monitor.errors import ConfigError, Problem
from monitor.settings import Settings, load, redacted

CANARY = "hunter2-canary"
MAIL = "- {id: desk, kind: email, host: mail.police.example, from: a@police.example, to: [b@police.example], username: a, password: %s}\n"
HOOK = "- {id: desk, kind: webhook, url: 'https://hook.police.example/', secret: %s}\n"

Configuration = Callable[[dict[str, str | None]], Path]
Problems = Callable[..., list[Problem]]


def _password(directory: Path, **environ: str) -> str:
    (channel,) = load(directory, {"HOME": "/home/analyst", **environ}).channels
    assert isinstance(channel, EmailChannel)
    assert channel.password is not None
    return channel.password.reveal()


def test_a_secret_comes_from_the_environment(configuration: Configuration) -> None:
    assert _password(configuration({"channels.yaml": MAIL % "{env: SMTP_PASSWORD}"}), SMTP_PASSWORD=" s p ") == " s p "


@pytest.mark.parametrize(
    "end", [pytest.param("", id="no line end"), pytest.param("\n", id="LF"), pytest.param("\r\n", id="CRLF")]
)
def test_a_secret_comes_from_a_file_without_its_line_end(configuration: Configuration, tmp_path: Path, end: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(f"s p {end}".encode())
    path.chmod(0o600)
    assert _password(configuration({"channels.yaml": MAIL % f"{{file: {path}}}"})) == "s p "


def test_a_relative_file_counts_from_the_configuration(configuration: Configuration) -> None:
    directory = configuration({"channels.yaml": MAIL % "{file: secrets/smtp}"})
    (directory / "secrets").mkdir()
    (directory / "secrets" / "smtp").write_text("s")
    (directory / "secrets" / "smtp").chmod(0o400)
    assert _password(directory) == "s"


def test_a_secret_comes_from_systemd_whatever_the_mode_of_its_file(configuration: Configuration, tmp_path: Path) -> None:
    (tmp_path / "smtp_password").write_text("s\n")
    (tmp_path / "smtp_password").chmod(0o644)
    directory = configuration({"channels.yaml": MAIL % "{credential: smtp_password}"})
    assert _password(directory, CREDENTIALS_DIRECTORY=str(tmp_path)) == "s"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620], ids=oct)
def test_a_secret_file_that_others_can_read_is_refused(problems: Problems, tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    path.write_text(CANARY)
    path.chmod(mode)
    (problem,) = problems({"channels.yaml": MAIL % f"{{file: {path}}}"})
    assert f"mode {mode:04o}" in problem.message
    assert problem.write == "chmod 600 on that file"
    assert CANARY not in str(problem)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param(CANARY, "does not belong into this file", id="text"),
        pytest.param("8675309", "does not belong into this file", id="number"),
        pytest.param(f"[{CANARY}]", "does not belong into this file", id="list"),
        pytest.param(f"{{{CANARY}}}", "in one of three ways", id="template for text"),
        pytest.param(f"{{value: {CANARY}}}", "in one of three ways", id="unknown way"),
        pytest.param(f"{{env: A, file: {CANARY}}}", "in one of three ways", id="two ways"),
        pytest.param("{}", "in one of three ways", id="no way"),
        pytest.param("{env: 8675309}", "in one of three ways", id="number for a name"),
        pytest.param(f"{{env: {CANARY}}}", "in capitals", id="secret for the name of a variable"),
        pytest.param(f"{{credential: ../{CANARY}}}", "a systemd credential", id="path for the name of a credential"),
        pytest.param(f"{{file: {CANARY}}}", "cannot be read", id="secret for the name of a file"),
        pytest.param(f"*{CANARY}", "alias", id="text with a star"),
        pytest.param(f"&{CANARY}", "anchor", id="text with an ampersand"),
        pytest.param(f"!{CANARY}", "tag", id="text with an exclamation mark"),
        pytest.param(f"@{CANARY}", "cannot begin with `@`", id="text with an at sign"),
        pytest.param(f"'{CANARY}' x", "", id="text behind quotes"),
        pytest.param(f"x: {CANARY}", "", id="text with a colon"),
    ],
)
@pytest.mark.parametrize("template", [pytest.param(MAIL, id="mail"), pytest.param(HOOK, id="webhook")])
def test_a_secret_in_the_file_is_refused_and_never_repeated(
    problems: Problems, template: str, written: str, message: str
) -> None:
    found = problems({"channels.yaml": template % written, "rules/crime.yaml": None})
    assert any(message in problem.message for problem in found)
    assert not any(CANARY in str(problem) or "8675309" in str(problem) for problem in found)
    assert {problem.line for problem in found} <= {1, 2}


@pytest.mark.parametrize(
    ("written", "message", "write"),
    [
        pytest.param("{env: SMTP_PASSWORD}", "SMTP_PASSWORD is not set", "export SMTP_PASSWORD", id="variable"),
        pytest.param(
            "{credential: smtp}", "only there when systemd starts", "LoadCredential=smtp", id="credential without systemd"
        ),
        pytest.param("{file: /nowhere/smtp}", "/nowhere/smtp cannot be read: No such file", "the path of a file", id="file"),
        pytest.param("{file: .}", "cannot be read: Is a directory", "a file that holds", id="folder"),
    ],
)
def test_a_secret_that_is_not_there_is_a_problem_with_a_way_out(
    configuration: Configuration, written: str, message: str, write: str
) -> None:
    directory = configuration({"channels.yaml": MAIL % written})
    directory.chmod(0o700)
    with pytest.raises(ConfigError) as raised:
        load(directory, {"HOME": "/home/analyst"})
    (problem,) = raised.value.problems
    assert message in problem.message
    assert write in str(problem.write)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"\n", "is empty", id="empty"),
        pytest.param(b"\xff\xfe", "not text in UTF-8", id="not UTF-8"),
        pytest.param(b"x" * 70_000, "too long", id="too long"),
    ],
)
def test_a_secret_file_that_holds_none_is_a_problem(problems: Problems, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o600)
    (problem,) = problems({"channels.yaml": MAIL % f"{{file: {path}}}"})
    assert message in problem.message


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(CANARY, id="no prefix"),
        pytest.param("whsec_QUJD", id="too short"),
        pytest.param("whsec_" + "QUJD" * 30, id="too long"),
        pytest.param("whsec_" + "QUJ*" * 8, id="not base64"),
    ],
)
def test_a_webhook_secret_has_to_sign(problems: Problems, secret: str) -> None:
    (problem,) = problems({"channels.yaml": HOOK % "{env: HOOK}"}, HOOK=secret)
    assert "whsec_" in problem.message
    assert "openssl rand" in str(problem.write)
    assert secret not in str(problem)


def test_a_channel_that_is_off_needs_no_secret_and_is_named(configuration: Configuration) -> None:
    off = (MAIL % "{env: NOT_SET}").replace("kind: email", "kind: email, enabled: false")
    got = load(configuration({"channels.yaml": off}), {"HOME": "/home/analyst"})
    assert (got.channels, got.channels_off) == ((), ("desk",))
    (warning,) = got.warnings
    assert warning.message == "channel desk is off: its alerts are recorded and not sent"
    assert str(warning.file).endswith("rules/crime.yaml")


def test_nothing_that_prints_shows_a_secret(configuration: Configuration) -> None:
    directory = configuration(
        {
            "monitor.yaml": "contact: a@police.example\nstore: postgresql://monitor@db.example/x\nstore_password: {env: PG}\n",
            "channels.yaml": MAIL % "{env: SMTP}",
        }
    )
    got = load(directory, {"HOME": "/home/analyst", "PG": CANARY, "SMTP": CANARY})
    plain = redacted(got)
    assert CANARY not in repr(got)
    assert CANARY not in str(plain)
    assert plain["store_password"] == "***"
    assert plain["channels"][0]["kind"] == "email"
    assert plain["channels"][0]["password"] == "***"
    assert _types(plain) <= {str, int, float, bool, type(None)}


def _types(value: Any) -> set[type]:
    if isinstance(value, dict):
        return {kind for item in value.values() for kind in _types(item)}
    if isinstance(value, list):
        return {kind for item in value for kind in _types(item)}
    return {type(value)}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_a_problem(configuration: Configuration) -> None:
    directory = configuration({})
    (directory / "sources.yaml").chmod(0)
    with pytest.raises(ConfigError, match="Permission denied"):
        load(directory, {"HOME": "/home/analyst"})


def test_settings_of_one_configuration_are_equal(configuration: Configuration) -> None:
    directory = configuration({})
    first: Settings = load(directory, {"HOME": "/home/analyst"})
    assert first == load(directory, {"HOME": "/home/analyst"})
