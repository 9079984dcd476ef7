"""Articles as files, in and out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from monitor.app import open_app
from monitor.articles.article import Article
from monitor.articles.seed import file_name, metadata, parse, render
from monitor.cli.options import config_option, settings_of
from monitor.cli.printing import progress
from monitor.errors import UsageError
from monitor.sources.source import Source
from monitor.steps.import_article import import_article
from monitor.store.database import open_store

FILES = Source(id="files", name="Imported files", url="https://files.invalid/", kind="page")
"""What stands for the site of an article that came as a file."""


@click.command(name="import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@config_option
def import_articles(paths: tuple[Path, ...], config: Path | None) -> None:
    """Take text files (or the .txt files in folders) into the archive, through the same door as articles that are fetched.

    They are matched and grouped; no alerts are sent. `monitor replay PATH` shows the alerts they would have raised.
    """
    files = text_files(paths)
    with open_app(settings_of(config)) as app:
        for path in progress(files, "importing"):
            article = read_file(path)
            done = import_article(app.context, FILES, article, alerting=False)
            rules = ", ".join(done.facts["rules"]) if done.facts["rules"] else "no rule"  # type: ignore[arg-type]  # a tuple of ids
            click.echo(f"{path.name}: {done.reason}; {'matches ' + rules if done.result == 'ok' else ''}".rstrip("; "))


@click.command(name="export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--with-metadata", is_flag=True, help="Write by-line, dates, language, address and the rest beside each text as .json."
)
@click.option("--rule", metavar="RULE", help="Only articles that matched this rule.")
@config_option
def export_articles(directory: Path, with_metadata: bool, rule: str | None, config: Path | None) -> None:
    """Write the archive's articles into DIRECTORY, one text file each, named NNN_HHHHHHHHHHHHHHHH.txt."""
    store = open_store(settings_of(config).store_url())
    directory.mkdir(parents=True, exist_ok=True)
    written = 0
    with store.reading() as tx:
        for stored in tx.articles.in_order():
            if rule is not None and rule not in {match.rule for match in stored.matches}:
                continue
            path = directory / file_name(stored.number, stored.id)
            path.write_text(render(stored.article), encoding="utf-8", newline="\n")
            if with_metadata:
                path.with_suffix(".json").write_text(
                    json.dumps(metadata(stored.article), ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n"
                )
            written += 1
    store.close()
    click.echo(f"{written} articles in {directory}")


def text_files(paths: Sequence[Path]) -> list[Path]:
    """The files that were named, and the .txt files in the folders that were named, by name. Raises UsageError if there are none."""
    files = [file for path in paths for file in (sorted(path.glob("*.txt")) if path.is_dir() else [path])]
    if not files:
        raise UsageError(f"no .txt file in {', '.join(map(str, paths))}")
    return files


def read_file(path: Path) -> Article:
    """The article in a text file. Raises UsageError if it is no text."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
