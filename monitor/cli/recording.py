"""Recordings: replay what was recorded, record a live poll."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from monitor.adapters.clock import SetClock
from monitor.adapters.warc import Recorder, open_archive
from monitor.app import App, open_app
from monitor.cli.files import FILES, read_file, text_files
from monitor.cli.options import config_option, json_option, settings_of
from monitor.cli.printing import alert_json, marked, print_json, progress
from monitor.engine.once import poll_once
from monitor.engine.replay import replay as replay_archive
from monitor.engine.run_step import Event
from monitor.ports import StoredAlert
from monitor.settings.settings import Settings
from monitor.steps.import_article import import_article

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@config_option
@json_option
def replay(paths: tuple[Path, ...], config: Path | None, as_json: bool) -> None:
    """Print the alerts that recorded traffic (WARC files), or a folder of .txt articles, would have raised.

    The same steps run by the clock of the recording, on a store of their own; no network, nothing is sent. The same input gives the
    same output.
    """
    with replay_paths(settings_of(config), paths) as app, app.store.reading() as tx:
        raised = sorted(tx.alerts.newest(1_000_000), key=lambda each: (each.alert.raised_at, each.alert.id))
        counts = dict(tx.articles.counts())
    if as_json:
        print_json({"alerts": [alert_json(each) for each in raised], "counts": counts})
        return
    for each in raised:
        _print_alert(each)
    click.echo(f"{len(raised)} alerts; {counts['articles']} articles, {counts['matched']} matched, {counts['stories']} stories")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--source", "ids", multiple=True, metavar="ID", help="Only this source; may be given several times.")
@config_option
def record(file: Path, ids: tuple[str, ...], config: Path | None) -> None:
    """Poll the sources once, read what they list, and keep all the traffic in FILE (.warc or .warc.gz) for `monitor replay`.

    A store of its own is used: the daemon's is not touched, and nothing is sent.
    """
    settings = settings_of(config)
    unknown = set(ids) - {source.id for source in settings.sources}
    if unknown:
        raise click.UsageError(f"no source is called {', '.join(sorted(unknown))}: see sources.yaml")
    chosen = tuple(source for source in settings.sources if (source.id in ids if ids else source.enabled))
    settings = replace(settings, sources=tuple(replace(source, enabled=True) for source in chosen))
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


@contextmanager
def replay_paths(settings: Settings, paths: Sequence[Path]) -> Iterator[App]:
    """The program after it has replayed WARC files and folders of texts into a store of its own."""
    archives = [path for path in paths if _is_recording(path)]
    texts = [path for path in paths if path not in archives]
    clock = SetClock(_UNDATED)
    with open_app(settings, store_url="sqlite://", clock=clock) as app:
        app.context = replace(app.context, chance=random.Random(0).random)
        if texts:
            _replay_texts(app, clock, text_files(texts))
        if archives:
            archive = open_archive(archives)
            for skipped in archive.skipped:
                click.echo(f"{skipped.path}: record at byte {skipped.offset} skipped: {skipped.reason}", err=True)
            with _progress_of(len(archive.records)) as on_event:
                replay_archive(app.context, archive, clock, on_event)
        yield app


def _is_recording(path: Path) -> bool:
    names = [each.name for each in path.iterdir()] if path.is_dir() else [path.name]
    return any(name.endswith((".warc", ".warc.gz")) for name in names)


def _replay_texts(app: App, clock: SetClock, files: list[Path]) -> None:
    for path in progress(files, "replaying"):
        article = read_file(path)
        clock.set(article.published_at or clock.now())
        import_article(app.context, FILES, article, alerting=True)


def _tell(event: Event) -> None:
    place = event.done.facts.get("url") or event.done.facts.get("source") or event.due.key
    click.echo(f"{event.due.step} {place}: {event.done.reason}", err=True)


def _print_alert(stored: StoredAlert) -> None:
    notice = stored.notice
    when = "undated            " if notice.raised_at == _UNDATED else notice.raised_at.strftime("%Y-%m-%d %H:%M:%S")
    click.echo(f"{when}  {notice.rule_id}  {notice.source_name}  {marked(notice.headline or '', notice.headline_marks)}")
    if notice.url:
        click.echo(f"    {notice.url}")
    for snippet in notice.snippets:
        click.echo(f"    {marked(snippet.text, snippet.marks)}")
    click.echo(f"    alert {stored.alert.id}, story {stored.alert.story_id}\n")


@contextmanager
def _progress_of(records: int) -> Iterator[Callable[[Event], None]]:
    """A bar on standard error while a person is looking; what it yields moves it on."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("replaying", total=records)
        yield lambda _event: bar.advance(task)
