"""Checking a configuration."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from monitor.cli.options import config_option, json_option, settings_of
from monitor.cli.printing import print_json
from monitor.errors import ConfigError
from monitor.settings.models import SUBJECTS, json_schema
from monitor.settings.settings import redacted


@click.command()
@click.option(
    "--schema",
    type=click.Choice(sorted(SUBJECTS)),
    help="Print the JSON Schema of this file for your editor, and check nothing.",
)
@config_option
@json_option
def check(schema: str | None, config: Path | None, as_json: bool) -> None:
    """Look for mistakes in the configuration.

    All of them at once, each with its place, what was found and what to write. Exit code 2 if there are any.
    """
    if schema is not None:
        click.echo(json.dumps(json_schema(schema), indent=2))
        return
    try:
        settings = settings_of(config)
    except ConfigError as error:
        if not as_json:
            number = len(error.problems)
            click.echo(f"{error}\n\n{number} problem{'' if number == 1 else 's'}.", err=True)
        else:
            print_json({"problems": [asdict(problem) for problem in error.problems]})
        sys.exit(ConfigError.exit_code)
    if as_json:
        print_json(
            {"problems": [], "warnings": [asdict(warning) for warning in settings.warnings], "settings": redacted(settings)}
        )
        return
    for warning in settings.warnings:
        click.echo(f"note: {warning}")
    watched = sum(source.enabled for source in settings.sources)
    click.echo(
        f"{settings.directory}: no problems. {watched} sources ({len(settings.sources) - watched} switched off), "
        f"{len(settings.rules)} rules, {len(settings.vocabularies)} vocabularies, {len(settings.channels)} channels "
        f"({len(settings.channels_off)} switched off)."
    )
