"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.cli import find_configuration
from monitor.errors import UsageError
from monitor.rules.compile import RuleSet
from monitor.settings.load import load
from monitor.settings.settings import Settings
from monitor.settings.values import is_duration, seconds

F = TypeVar("F", bound=Callable[..., Any])


def config_option(command: F) -> F:
    """`--config DIR`, handed to the command as `config`."""
    return click.option(
        "--config",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="The configuration. Left out: ./config, this folder, or /etc/monitor, whichever has a monitor.yaml.",
    )(command)


def json_option(command: F) -> F:
    """`--json`, handed to the command as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")(command)


def limit_option(command: F) -> F:
    """`--limit N`, handed to the command as `limit`."""
    return click.option(
        "--limit", metavar="N", type=click.IntRange(min=1), default=50, show_default=True, help="How many, newest first."
    )(command)


class Duration(click.ParamType[timedelta]):
    """`30d`, `12h`: a length of time, handed to the command as timedelta."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The length of time that `value` names; fails with what to write instead."""
        if not isinstance(value, str) or not is_duration(value):
            self.fail(f"{value!r} is not a duration: write a number with its unit, such as 12h, 30d, 4w", param, ctx)
        return timedelta(seconds=seconds(value))


class Moment(click.ParamType[datetime]):
    """`2026-03-01`, `2026-03-01T09:00`, `2026-03-01T09:00+07:00`: a time, handed to the command as aware UTC."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time that `value` names, in UTC unless it says otherwise; fails with what to write instead."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time: write it like 2026-03-01 or 2026-03-01T09:00+07:00", param, ctx)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def settings_of(given: Path | None) -> Settings:
    """The settings in force. Raises UsageError if there is no configuration, ConfigError with everything that is wrong with it."""
    directory = given or find_configuration()
    if directory is None:
        raise UsageError("no configuration here. `monitor init DIR` writes one; `--config DIR` names another folder.")
    return load(directory, os.environ)


def rules_asked(rules: RuleSet, rule: str | None) -> list[str]:
    """The ids of the rules that `--rule` asks for: all of them if it is not given. Raises UsageError if there is none of that name."""
    if rule is not None and rule not in rules.rules:
        raise UsageError(f"no rule is called {rule!r}: there are {', '.join(sorted(rules.rules))}")
    return sorted(rules.rules) if rule is None else [rule]
