"""Sources: finding them, trying one alone, and what they cost those who run them."""

from __future__ import annotations

import threading
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from monitor.adapters.clock import SystemClock
from monitor.adapters.workers import Workers
from monitor.app import fetcher
from monitor.cli.options import config_option, json_option, settings_of
from monitor.cli.printing import print_json, print_table, waiting, when
from monitor.cli.trial import print_trial, trial_json, try_source
from monitor.errors import MonitorError, UsageError
from monitor.settings.add_sources import add_sources, entry_text, free_id, why_refused
from monitor.settings.settings import Settings
from monitor.settings.values import language_problem
from monitor.sources.opml import read_opml, write_opml
from monitor.steps.find_source import Tried, find_source
from monitor.store.database import open_store
from monitor.urls import canonical, host_of, is_web

_SHOWN = 5
_BETWEEN_REQUESTS_S = 1.0


@click.group()
def sources() -> None:
    """What is watched, and how politely."""


@sources.command("list")
@config_option
@json_option
def list_sources(config: Path | None, as_json: bool) -> None:
    """All sources, with what is the matter with them."""
    settings = settings_of(config)
    store = open_store(settings.store_url())
    with store.reading() as tx:
        states = {state.source_id: state for state in tx.sources.all()}
    store.close()
    if as_json:
        print_json(
            [
                {**asdict(source), "trouble": state.trouble if (state := states.get(source.id)) else None}
                for source in settings.sources
            ]
        )
        return
    rows = [
        (
            source.id,
            source.kind,
            source.country,
            source.language,
            f"{source.interval_s / 60:g} min" if source.enabled else "off",
            when(state.last_change_at) if (state := states.get(source.id)) else "",
            (state.trouble or ("frozen" if state.hides_news else "")) if state else "",
            source.url,
        )
        for source in settings.sources
    ]
    headings = ("source", "kind", "country", "language", "interval", "last news", "trouble", "address")
    print_table(headings, rows, "No source yet: `monitor sources add URL` finds the feed of a site.")


@sources.command()
@click.argument("url")
@click.option("--id", "source_id", metavar="ID", help="Its id; made of its title if left out.")
@click.option("--name", help="Its name; the title of what was found if left out.")
@click.option("--language", metavar="TAG", help="BCP 47, such as th.")
@click.option("--country", metavar="CODE", help="ISO 3166-1 alpha-2, such as TH.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@config_option
def add(
    url: str,
    source_id: str | None,
    name: str | None,
    language: str | None,
    country: str | None,
    dry_run: bool,
    config: Path | None,
) -> None:
    """Find the news of a site and add it to sources.yaml.

    Its feed or sitemap is looked for, else its page is read; what it lists now is shown.
    """
    settings = settings_of(config)
    url = url if "://" in url else f"https://{url}"
    if not is_web(url):
        raise click.UsageError(f"{url!r} is not an http or https address")
    found = _found(settings, url)
    offer, listing = found.offer, found.listing
    if listing is None:
        raise MonitorError(
            f"no list of news was found at {url}: {found.reason}. If its page has one, add it as `kind: page` with `selectors: links`."
        )
    known = next((each for each in settings.sources if canonical(each.url) == canonical(offer.url)), None)
    if known is not None:
        raise UsageError(f"{offer.url} is watched already, as {known.id}")
    title = name or listing.title or host_of(url)
    taken = {each.id for each in settings.sources}
    if source_id in taken:
        raise UsageError(f"there is a source with the id {source_id!r} already")
    entry: dict[str, str | bool] = {
        "id": source_id or free_id(title, taken),
        "name": title,
        "url": offer.url,
        "kind": offer.kind,
    }
    entry |= {key: value for key, value in (("language", language), ("country", country)) if value}
    entry |= {"home": url} if canonical(url) != canonical(offer.url) else {}
    for each in listing.entries[:_SHOWN]:
        click.echo(f"  {when(each.published_at or each.updated_at):16}  {each.title or each.url}")
    for other in found.others:
        click.echo(f"  offered, too: {other.url}")
    click.echo()
    path = settings.directory / "sources.yaml"
    if dry_run:
        click.echo(entry_text(entry), nl=False)
        return
    add_sources(path, [entry])
    click.echo(
        f"{entry_text(entry)}\nwritten to {path}. A running daemon takes it at SIGHUP; `monitor sources try {entry['id']}` looks closer."
    )


@sources.command("try")
@click.argument("what", metavar="ID|URL")
@click.option(
    "--pages",
    metavar="N",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="So many articles behind the list are read, too.",
)
@config_option
@json_option
def try_one(what: str, pages: int, config: Path | None, as_json: bool) -> None:
    """Poll one source alone and show every decision. Nothing is stored."""
    settings = settings_of(config)
    source = next((each for each in settings.sources if each.id == what), None)
    if source is None and not is_web(what):
        raise click.UsageError(f"no source is called {what!r}, and it is no address: `monitor sources list` shows all")
    with waiting(f"asking {host_of(source.url if source else what)}"):
        trial = try_source(settings, source, what, pages=pages)
    if as_json:
        print_json(trial_json(trial))
    else:
        print_trial(trial)
    if trial.after.last_error is not None:
        raise SystemExit(1)


@sources.command()
@click.option("--days", metavar="N", type=click.IntRange(min=1), default=7, show_default=True, help="Of so many days.")
@config_option
@json_option
def courtesy(days: int, config: Path | None, as_json: bool) -> None:
    """What each host was asked, and what it sent.

    Requests, the share that cost next to nothing (304), and bytes.
    """
    settings = settings_of(config)
    store = open_store(settings.store_url())
    since = (SystemClock().now() - timedelta(days=days - 1)).date()
    with store.reading() as tx:
        hosts = tx.sources.traffic(since)
    store.close()
    if as_json:
        print_json([asdict(each) for each in hosts])
        return
    rows = [
        (
            each.host,
            each.requests,
            f"{each.not_modified / each.requests:.0%}",
            f"{each.bytes / 1e6:.1f} MB",
            f"{each.requests / days:.1f}",
        )
        for each in hosts
    ]
    print_table(
        ("host", "requests", "304", "bytes", "requests a day"),
        rows,
        "Nothing was asked of anyone in this time. A running daemon writes down once a minute what it asks.",
    )


@sources.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config_option
def import_opml(file: Path, config: Path | None) -> None:
    """Add the feeds of an OPML file to sources.yaml.

    Those that are there already are left as they are.
    """
    settings = settings_of(config)
    outlines = read_opml(file.read_bytes())
    if outlines is None:
        raise UsageError(f"{file}: not an OPML file")
    known = {canonical(each.url) for each in settings.sources}
    taken = {each.id for each in settings.sources}
    entries: list[dict[str, str | bool]] = []
    refused = 0
    for outline in outlines:
        if canonical(outline.url) in known:
            continue
        name = free_id(outline.title, taken)
        entry: dict[str, str | bool] = {"id": name, "name": outline.title, "url": outline.url, "kind": "feed"}
        entry |= {"home": outline.home} if outline.home else {}
        entry |= {"language": outline.language} if outline.language and not language_problem(outline.language) else {}
        if reason := why_refused(entry):
            refused += 1
            click.echo(f"{outline.title}: left out, {reason}", err=True)
            continue
        taken.add(name)
        entries.append(entry)
    if entries:
        add_sources(settings.directory / "sources.yaml", entries)
    there = len(outlines) - len(entries) - refused
    left_out = f", {refused} left out" if refused else ""
    click.echo(f"{len(entries)} of {len(outlines)} feeds added, {there} were there already{left_out}.")


@sources.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@config_option
def export_opml(file: Path | None, config: Path | None) -> None:
    """Write the feeds as OPML to FILE, or to standard output."""
    body = write_opml(settings_of(config).sources)
    if file is None:
        click.echo(body.decode())
    else:
        file.write_bytes(body)


def _found(settings: Settings, url: str) -> Tried:
    """The first offer that lists news; or the last of all, which does not."""
    clock = SystemClock()
    fetch = fetcher(settings, clock)
    waiting = threading.Event()
    with Workers(1) as workers:
        looking = find_source(url, fetch=fetch, parse=workers, rest=lambda: waiting.wait(_BETWEEN_REQUESTS_S))
        for tried in looking:
            click.echo(f"{tried.offer.kind:8}{tried.offer.url}  ({tried.offer.found}): {tried.reason}")
            if tried.listing is not None:
                break
    fetch.close()
    return tried
