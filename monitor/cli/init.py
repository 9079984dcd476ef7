"""A starting configuration."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.settings.shipped import init as write


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def init(directory: Path) -> None:
    """Write a starting configuration into DIRECTORY.

    That is sources, channels, rules and vocabularies. Nothing is overwritten.
    """
    for path in write(directory):
        click.echo(f"wrote {path}")
    click.echo(
        f"\nNext: put your address at `contact` in {directory / 'monitor.yaml'}, say where alerts go in {directory / 'channels.yaml'},\n"
        f"then `monitor check --config {directory}` and `monitor run --config {directory}`."
    )
