"""Articles: what was read, and how well saved pages are read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import click

from monitor.articles.article import Article, Unreadable
from monitor.articles.baseline import read_alone
from monitor.articles.page import read_page
from monitor.articles.score import Expected, Score, compare, expected_from, summarise
from monitor.articles.versions import difference
from monitor.cli.options import config_option, json_option, limit_option, rules_asked, settings_of
from monitor.cli.printing import print_facts, print_json, print_table, progress, stored_json, when
from monitor.errors import UsageError
from monitor.fetching.outcome import Fetched
from monitor.ports import StoredArticle, Version
from monitor.rules.topics import topics
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.store.database import open_store

_SAVED = Source(id="saved", name="Saved pages", url="https://saved.invalid/", kind="page")
_MEASURES = ("precision", "recall", "f1", "headline", "wrong_dates", "missing_dates", "authors", "refused")

Page = tuple[str, Expected, Fetched]


@click.group(invoke_without_command=True)
@click.option("--rule", metavar="RULE", help="Only articles that matched this rule.")
@limit_option
@config_option
@json_option
@click.pass_context
def articles(context: click.Context, rule: str | None, limit: int, config: Path | None, as_json: bool) -> None:
    """The newest articles."""
    if context.invoked_subcommand is not None:
        return
    settings = settings_of(config)
    store = open_store(settings.store_url())
    with store.reading() as tx:
        found = tx.articles.newest(limit, rule=rule)
    store.close()
    if not found:
        rules_asked(settings.rule_set, rule)  # a name that is misspelt is told
    if as_json:
        print_json([stored_json(each) for each in found])
        return
    print_table(
        ("id", "published", "source", "language", "rules", "about", "headline"),
        (
            (
                each.id,
                when(each.article.published_at),
                each.source_id,
                each.article.language,
                " ".join(match.rule for match in each.matches),
                "; ".join(topics(each.facets, settings.titles).values()),
                each.article.headline or each.article.paragraphs[0][:80],
            )
            for each in found
        ),
        "No articles yet. `monitor run` reads them; `monitor import PATH` takes files.",
    )


@articles.command()
@click.argument("article")
@click.option("--versions", is_flag=True, help="What was changed in it, version by version.")
@config_option
@json_option
def show(article: str, versions: bool, config: Path | None, as_json: bool) -> None:
    """The ARTICLE with this id, in full."""
    store = open_store(settings_of(config).store_url())
    with store.reading() as tx:
        found = tx.articles.get(article)
        before = tx.articles.versions(article)
    store.close()
    if found is None:
        raise UsageError(f"no article has the id {article!r}: `monitor articles` lists them")
    if as_json:
        print_json({**stored_json(found), "versions": [asdict(each) for each in before]})
        return
    if versions:
        _print_versions(found, before)
        return
    click.echo(found.article.headline or "(no headline)")
    click.echo(f"  source: {found.source_name}")
    print_facts(found.article)
    click.echo(f"\n{found.article.body}")


@articles.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--baseline", is_flag=True, help="Read them with trafilatura alone as well, in the same run.")
@json_option
def score(directory: Path, baseline: bool, as_json: bool) -> None:
    """Measure what is made of the saved pages in DIRECTORY.

    Each is a NAME.html beside a NAME.json with what a person says of it. The JSON names what is known of `paragraphs` (or `text`),
    `headline`, `published`, `authors`; `unreadable` for a page that is no article; and, where they matter, the page's `url` and
    `content_type`. Text is compared in runs of four words (letters, in scripts without spaces). Times are of the processor, after a
    warm-up.
    """
    pages = _saved(directory)
    readers: dict[str, Callable[[Fetched], Article | Unreadable]] = {"monitor": _read}
    if baseline:
        readers["trafilatura"] = read_alone
    reports = {name: _measured(name, read, pages) for name, read in readers.items()}
    if as_json:
        print_json({name: {**report, "pages": _by_page(pages, scores)} for name, (report, scores) in reports.items()})
        return
    print_table(
        ("reader", "pages", *(name.replace("_", " ") for name in _MEASURES), "ms a page"),
        (
            (name, len(pages), *(_share(report[measure]) for measure in _MEASURES), f"{report['cpu_ms']:.1f}")
            for name, (report, _) in reports.items()
        ),
        "",
    )
    for line in _worst(pages, reports["monitor"][1]):
        click.echo(line)


def _print_versions(stored: StoredArticle, before: Sequence[Version]) -> None:
    """Each version against the one before it: `-` what is gone, `+` what is new."""
    texts = [((each.article.headline or "", *each.article.paragraphs), each.read_at) for each in before]
    texts.append(((stored.article.headline or "", *stored.article.paragraphs), stored.revised_at or stored.read_at))
    click.secho(f"Version 1, found {when(texts[0][1])}", bold=True)
    if len(texts) == 1:
        click.echo("It has not been changed since.")
    for number, ((old, _), (new, at)) in enumerate(pairwise(texts), 2):
        click.secho(f"\nVersion {number}, found {when(at)}", bold=True)
        for line in difference(old, new):
            match line.what:
                case "gone":
                    click.secho(f"- {line.text}", fg="red")
                case "new":
                    click.secho(f"+ {line.text}", fg="green")
                case "both":
                    click.echo(f"  {line.text}")


def _saved(directory: Path) -> list[Page]:
    """The pages of a folder with what is expected of them. Raises UsageError for a file that cannot be understood, or none at all."""
    pages = []
    for path in sorted(directory.glob("*.html")):
        told = path.with_suffix(".json")
        if not told.exists():
            continue
        try:
            data = json.loads(told.read_text(encoding="utf-8"))
            expected = expected_from(data)
        except (ValueError, TypeError, AttributeError) as error:
            raise UsageError(f"{told} does not say what is on the page: {error}") from error
        fetched = Fetched(
            url=str(data.get("url") or f"https://saved.invalid/{path.stem}"),
            status=200,
            headers={"content-type": str(data.get("content_type") or "text/html")},
            body=path.read_bytes(),
            fetched_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        )
        pages.append((path.stem, expected, fetched))
    if not pages:
        raise UsageError(f"no NAME.html with a NAME.json beside it in {directory}")
    return pages


def _read(fetched: Fetched) -> Article | Unreadable:
    return read_page(_SAVED, fetched, Entry(keys=("saved",), url=fetched.url))


def _measured(
    name: str, read: Callable[[Fetched], Article | Unreadable], pages: Sequence[Page]
) -> tuple[dict[str, float | None], list[Score]]:
    """Averages with milliseconds of processor time a page, and the score of each page."""
    read(pages[0][2])  # what is loaded once is no page's cost
    scores, spent_s = [], 0.0
    for _, expected, fetched in progress(pages, name):
        started = time.process_time()
        got = read(fetched)
        spent_s += time.process_time() - started
        scores.append(compare(expected, got))
    summary = summarise(scores)
    return {
        **{measure: getattr(summary, measure) for measure in _MEASURES},
        "cpu_ms": 1000 * spent_s / len(pages),
    }, scores


def _by_page(pages: Sequence[Page], scores: Sequence[Score]) -> list[dict[str, object]]:
    return [{"name": name, **asdict(each), "f1": each.f1} for (name, _, _), each in zip(pages, scores, strict=True)]


def _worst(pages: Sequence[Page], scores: Sequence[Score]) -> list[str]:
    """A line for each page on which something is wrong, the worst text first."""
    named = sorted(zip((name for name, _, _ in pages), scores, strict=True), key=lambda item: item[1].f1 or 0.0)
    lines = []
    for name, each in named:
        wrong = [f"text {each.f1:.3f}"] if each.f1 is not None and each.f1 < 0.9 else []
        wrong += ["headline"] if each.headline is False else []
        wrong += ["date wrong" if each.published is False else "date missing"] if each.published in (False, "missing") else []
        wrong += ["authors"] if each.authors is False else []
        wrong += ["not refused"] if each.refused is False else []
        if wrong:
            lines.append(f"  {name}: {', '.join(wrong)}")
    return lines


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
