"""Articles as files, in and out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from monitor.app import open_app
from monitor.articles.article import Article
from monitor.articles.seed import file_name, metadata, parse, render
from monitor.cli.options import config_option, rules_asked, settings_of
from monitor.cli.printing import count, progress
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
    """Take text files, or the .txt files in folders, into the archive.

    They come in through the same door as articles that are fetched: they are matched and grouped, but no alerts are sent. `monitor replay
    PATH` shows the alerts they would have raised. Exit code 2 if a file held no article; the others are taken all the same.
    """
    files = text_files(paths)
    refused = 0
    with open_app(settings_of(config)) as app:
        for path, article in read_files(files, "importing"):
            if article is None:
                refused += 1
                continue
            done = import_article(app.context, FILES, article, alerting=False)
            rules = ", ".join(done.facts["rules"]) if done.facts["rules"] else "no rule"  # type: ignore[arg-type]  # a tuple of ids
            click.echo(f"{path.name}: {done.reason}; {'matches ' + rules if done.result == 'ok' else ''}".rstrip("; "))
    if refused:
        raise UsageError(f"{count(refused, 'file')} of {len(files)} could not be taken")


@click.command(name="export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--with-metadata", is_flag=True, help="Write by-line, dates, language, address and the rest beside each text as .json."
)
@click.option("--rule", metavar="RULE", help="Only articles that matched this rule.")
@config_option
def export_articles(directory: Path, with_metadata: bool, rule: str | None, config: Path | None) -> None:
    """Write the archive's articles into DIRECTORY as text files.

    Each is named NNN_HHHHHHHHHHHHHHHH.txt, after its number and its id.
    """
    settings = settings_of(config)
    store = open_store(settings.store_url())
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
    if not written:
        rules_asked(settings.rule_set, rule)  # a name that is misspelt is told
    click.echo(f"{count(written, 'article')} in {directory}")


def text_files(paths: Sequence[Path]) -> list[Path]:
    """The files that were named, and the .txt files in the folders that were named, by name. Raises UsageError if there are none."""
    files = [file for path in paths for file in (sorted(path.glob("*.txt")) if path.is_dir() else [path])]
    if not files:
        raise UsageError(f"no .txt file in {', '.join(map(str, paths))}")
    return files


def read_files(files: Sequence[Path], what: str) -> Iterator[tuple[Path, Article | None]]:
    """Each file with its article, behind a bar; None for one that holds none, which is told on standard error."""
    for path in progress(files, what):
        article: Article | None = None
        try:
            article = read_file(path)
        except UsageError as error:
            click.echo(f"monitor: {error}", err=True)
        yield path, article


def read_file(path: Path) -> Article:
    """The article in a text file. Raises UsageError if it is no text, or an empty one."""
    try:
        article = parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if not article.headline and not article.paragraphs:
        raise UsageError(f"{path} holds no article: there is no text in it")
    return article
