"""Recordings: replay what was recorded, record a live poll."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from monitor.adapters.warc import Recorder
from monitor.app import open_app
from monitor.cli.options import Moment, config_option, json_option, settings_of
from monitor.cli.printing import alert_json, count, marked, print_json_stream
from monitor.cli.replaying import Replayed, drafted, replayed
from monitor.engine.once import poll_once
from monitor.engine.reading import Span
from monitor.engine.run_step import Event
from monitor.ports import StoredAlert

PATHS = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option("--as-of", type=Moment(), metavar="TIME", help="What was known at TIME: the clock stops there.")
@click.option("--until", type=Moment(), metavar="TIME", help="Only what was recorded until TIME.")
@click.option(
    "--rules",
    "draft",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="DRAFT",
    help="Rules to try, in the form of rules/*.yaml; they take the place of those with the same id.",
)
@click.option("--diff", is_flag=True, help="With --rules: print only the alerts gained and lost against the rules in force.")
@click.option(
    "--matches-only", is_flag=True, help="Keep only articles that match, and skip pages in which no rule can match: faster."
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep the result here, and go on after a stop.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    show_default="one a core",
    help="How many read pages.",
)
@config_option
@json_option
def replay(
    paths: tuple[Path, ...],
    as_of: datetime | None,
    until: datetime | None,
    draft: Path | None,
    diff: bool,
    matches_only: bool,
    store: Path | None,
    processes: int,
    config: Path | None,
    as_json: bool,
) -> None:
    """Print the alerts that recorded traffic would have raised.

    PATHS are WARC files, .txt articles, or folders of them; WARC files may be our own (`monitor record`, `archive: warc`) or made by
    others. The same steps run by the clock of the recording, on a store of their own; no network, nothing is sent. The same input gives the
    same output, whatever the number of processes. TIME is written 2026-03-01 or 2026-03-01T09:00, in UTC unless it says otherwise.
    """
    settings = settings_of(config)
    if diff and draft is None:
        raise click.UsageError("--diff compares the rules in force with those of --rules DRAFT: name the file")
    settings = drafted(settings, draft, beside=diff) if draft is not None else settings
    with replayed(
        settings, paths, span=Span(until=until, as_of=as_of), processes=processes, matches_only=matches_only, store=store
    ) as result:
        if diff:
            _print_difference(result, as_json)
        elif as_json:
            print_json_stream("alerts", map(alert_json, result.alerts()), {"counts": result.counts()})
        else:
            _print(result)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--source", "ids", multiple=True, metavar="ID", help="Only this source; may be given several times.")
@config_option
def record(file: Path, ids: tuple[str, ...], config: Path | None) -> None:
    """Poll the sources once, and keep the traffic in FILE.

    What they list is read, too. FILE is a .warc or .warc.gz for `monitor replay`. A store of its own is used: the daemon's is not touched,
    and nothing is sent. To keep what the daemon fetches, see `archive` in monitor.yaml.
    """
    settings = settings_of(config)
    unknown = set(ids) - {source.id for source in settings.sources}
    if unknown:
        raise click.UsageError(f"no source is called {', '.join(sorted(unknown))}: see sources.yaml")
    chosen = tuple(source for source in settings.sources if (source.id in ids if ids else source.enabled))
    settings = replace(settings, sources=tuple(replace(source, enabled=True) for source in chosen), archive=None)
    with (
        tempfile.TemporaryDirectory() as scratch,
        open_app(settings, store_url=f"sqlite:///{scratch}/record.db") as app,
        Recorder(file, fetch=app.context.fetch, clock=app.clock) as recorder,
    ):
        app.context = replace(app.context, fetch=recorder)
        app.watch()
        poll_once(app.context, host_gap_s=settings.host_gap_s, on_event=_tell)
        with app.store.reading() as tx:
            counts = dict(tx.articles.counts())
    click.echo(f"{file}: {len(chosen)} sources, {counts['articles']} articles")


def _tell(event: Event) -> None:
    place = event.done.facts.get("url") or event.done.facts.get("source") or event.due.key
    click.echo(f"{event.due.step} {place}: {event.done.reason}", err=True)


def _print(result: Replayed) -> None:
    alerts = 0
    for each in result.alerts():
        _print_alert(each)
        alerts += 1
    counts = result.counts()
    click.echo(f"{alerts} alerts; {counts['articles']} articles, {counts['matched']} matched, {counts['stories']} stories")


def _print_difference(result: Replayed, as_json: bool) -> None:
    gained, lost = result.difference()
    if as_json:
        print_json_stream("gained", map(alert_json, gained), {"lost": [alert_json(each) for each in lost]})
        return
    for sign, alerts in (("+", gained), ("-", lost)):
        for each in alerts:
            click.echo(sign, nl=False)
            _print_alert(each)
    click.echo(f"{count(len(gained), 'alert')} gained, {len(lost)} lost")


def _print_alert(stored: StoredAlert) -> None:
    notice = stored.notice
    when = "undated             " if notice.raised_at.year == 1970 else notice.raised_at.strftime("%Y-%m-%d %H:%M:%SZ")
    click.echo(f"{when}  {notice.rule_id}  {notice.source_name}  {marked(notice.headline or '', notice.headline_marks)}")
    if notice.url:
        click.echo(f"    {notice.url}")
    for snippet in notice.snippets:
        click.echo(f"    {marked(snippet.text, snippet.marks)}")
    click.echo(f"    alert {stored.alert.id}, story {stored.alert.story_id}\n")
