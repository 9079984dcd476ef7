"""Why an article matches, and why it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urljoin

import click

from monitor.adapters.clock import SystemClock
from monitor.adapters.workers import Workers
from monitor.app import fetcher
from monitor.articles.article import Article, Unreadable
from monitor.cli.files import FILES, read_file
from monitor.cli.options import config_option, json_option, rules_asked, settings_of
from monitor.cli.printing import article_json, marked, match_json, print_facts, print_json, waiting
from monitor.cli.receipt import explanation_lines
from monitor.errors import MonitorError, UsageError
from monitor.fetching.outcome import Failed, Fetched, Refused, Request
from monitor.rules.document import document
from monitor.rules.match import Document, Match
from monitor.settings.settings import Settings
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.store.database import open_store
from monitor.stories.sketched import Sketched
from monitor.urls import canonical, host_of, is_web


@click.command()
@click.argument("what", metavar="FILE|URL|ARTICLE")
@click.option("--rule", metavar="RULE", help="Only this rule.")
@config_option
@json_option
def explain(what: str, rule: str | None, config: Path | None, as_json: bool) -> None:
    """Show why each rule matches an article, or does not.

    The article is a file (.txt, .html), what is at an address, or one of the archive. Also shows what was removed from the page, with the
    reason. Nothing is stored and nothing is sent.
    """
    settings = settings_of(config)
    compiled = settings.rule_set
    asked = rules_asked(compiled, rule)
    article, source = _article(settings, what)
    seen = document(article, source)
    matches = {match.rule: match for match in compiled.match(seen).matches if match.rule in asked}
    if as_json:
        print_json({"article": article_json(article), "matches": [match_json(match, seen) for match in matches.values()]})
        return
    _print_article(article, seen, list(matches.values()))
    for each in asked:
        click.echo()
        for line in explanation_lines(compiled.explain(seen, each), seen):
            click.echo(line)


def _article(settings: Settings, what: str) -> tuple[Article, Source]:
    path = Path(what)
    if is_web(what):
        return _fetched(settings, what)
    if path.is_file():
        if path.suffix.lower() in {".html", ".htm"}:
            return _saved_page(path), FILES
        return read_file(path), FILES
    store = open_store(settings.store_url())
    with store.reading() as tx:
        stored = tx.articles.get(what)
    store.close()
    if stored is None:
        raise UsageError(
            f"{what!r} is no file, no http(s) address, and no article of the archive (`monitor articles` lists them)"
        )
    return stored.article, stored.source


def _saved_page(path: Path) -> Article:
    """The article in a page that someone saved; its address is the one that the page itself names."""
    url = urljoin(FILES.url, quote(path.name))
    page = Fetched(url=url, status=200, headers={}, body=path.read_bytes(), fetched_at=SystemClock().now())
    with Workers(count=1) as workers:
        article = _readable(workers.read_page(FILES, page, Entry(keys=())), str(path))
    return replace(article, url=None) if article.url == url else article


def _fetched(settings: Settings, url: str) -> tuple[Article, Source]:
    host = host_of(canonical(url)).removeprefix("www.")
    sites = {host_of(source.home or source.url).removeprefix("www."): source for source in settings.sources}
    source = sites.get(host, Source(id=host, name=host, url=url, kind="page"))
    with waiting(f"asking {host}"):
        outcome = fetcher(settings, SystemClock())(Request(url=url))
    match outcome:
        case Fetched():
            with Workers(count=1) as workers:
                return _readable(workers.read_page(source, outcome, Entry(keys=(url,), url=url)), url), source
        case Refused(reason=reason) | Failed(detail=reason):
            raise MonitorError(f"{url}: {reason}")
        case _:
            raise MonitorError(f"{url}: the server answers {type(outcome).__name__.lower()}")


def _readable(read: Sketched | Unreadable, what: str) -> Article:
    if isinstance(read, Unreadable):
        raise UsageError(f"{what}: no article could be read: {read.reason}")
    return read.article


def _print_article(article: Article, seen: Document, matches: list[Match]) -> None:
    def spans(field: str) -> list[tuple[int, int]]:
        return [(hit.start, hit.end) for match in matches for hit in match.hits if hit.field == field]

    click.echo(marked(seen.title, spans("title")) if article.headline else "(no headline)")
    print_facts(article)
    click.echo(f"\n{marked(seen.body, spans('body'))}")
    if article.removed:
        click.echo("\nRemoved from the page:")
        for removed in article.removed:
            click.echo(f"  {removed.reason}: {removed.text[:160]}")
