"""A replay from its paths to its result: a store of its own, processes that read, a bar for whoever waits."""

from __future__ import annotations

import gc
import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.adapters.clock import SetClock
from monitor.adapters.readers import Readers
from monitor.adapters.warc import Archive, open_archive, warc_files
from monitor.app import App, open_app
from monitor.cli.files import FILES, read_files, text_files
from monitor.cli.printing import waiting
from monitor.engine.reading import Desk, DistantParse, Job, Span, equip, scan_all
from monitor.engine.replay import replay
from monitor.errors import UsageError
from monitor.ports import StoredAlert, Timer
from monitor.settings.load import load_draft
from monitor.settings.settings import Settings
from monitor.steps.context import Context
from monitor.steps.import_article import import_article
from monitor.store.batch import Batch

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_TAKEN = {
    ".wacz": "a WACZ file is a zip archive; unpack it, and replay the folder `archive` in it",
    ".zst": "unpack it with `zstd -d`, and replay the .warc file",
    ".arc": "`warcio recompress` makes a WARC file of an ARC file",
    ".arc.gz": "`warcio recompress` makes a WARC file of an ARC file",
}
_DRAFT = " (draft)"  # no id of a configured rule ends so


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a replay. Alerts come one by one, by when they were raised, so that any number of them can be printed."""

    app: App

    def alerts(self) -> Iterator[StoredAlert]:
        """All alerts."""
        with self.app.store.reading() as tx:
            yield from tx.alerts.in_order()

    def counts(self) -> dict[str, int]:
        """`articles`, `matched`, `stories`."""
        with self.app.store.reading() as tx:
            return dict(tx.articles.counts())

    def difference(self) -> tuple[list[StoredAlert], list[StoredAlert]]:
        """The alerts that only the drafted rules raise, and those that only the rules in force raise."""
        drafts = {rule.id.removesuffix(_DRAFT) for rule in self.app.settings.rules if rule.id.endswith(_DRAFT)}
        told: dict[bool, dict[tuple[str, str], StoredAlert]] = {True: {}, False: {}}
        for each in self.alerts():
            rule = each.alert.rule_id.removesuffix(_DRAFT)
            if rule in drafts:
                told[each.alert.rule_id.endswith(_DRAFT)][each.alert.story_id, rule] = each
        gained = [told[True][key] for key in told[True] if key not in told[False]]
        lost = [told[False][key] for key in told[False] if key not in told[True]]
        return [_as_drafted(each) for each in gained], lost


def _as_drafted(stored: StoredAlert) -> StoredAlert:
    rule = stored.alert.rule_id.removesuffix(_DRAFT)
    return replace(stored, alert=replace(stored.alert, rule_id=rule), notice=replace(stored.notice, rule_id=rule))


def drafted(settings: Settings, draft: Path, *, beside: bool = False) -> Settings:
    """The settings with the rules of a file in the place of those with the same id; or `beside` them, for `Replayed.difference`."""
    rules = load_draft(draft, settings)
    if not rules:
        raise UsageError(f"{draft} holds no rules: there is nothing to try")
    if beside:
        return replace(settings, rules=(*settings.rules, *(replace(rule, id=f"{rule.id}{_DRAFT}") for rule in rules)))
    ids = {rule.id for rule in rules}
    return replace(settings, rules=(*(rule for rule in settings.rules if rule.id not in ids), *rules))


@contextmanager
def replayed(
    settings: Settings,
    paths: Sequence[Path],
    *,
    span: Span | None = None,
    processes: int = 1,
    matches_only: bool = False,
    store: Path | None = None,
) -> Iterator[Replayed]:
    """The program after it has replayed WARC files and folders of texts into a store of its own, which is kept if `store` names a file.

    Raises UsageError if there is another replay in that file. One that was stopped goes on where it was.
    """
    span = span or Span()
    recordings = [path for path in paths if _is_recording(path)]
    texts = text_files([path for path in paths if path not in recordings]) if len(recordings) < len(paths) else []
    job = Job(
        sources=tuple(source for source in settings.sources if source.enabled),
        rules=settings.rules,
        vocabularies=settings.vocabularies,
        max_bytes=settings.fetch_max_bytes,
        matches_only=matches_only,
        searchable=store is not None,
    )
    clock = SetClock(_UNDATED)
    name = f"replay {_digest(settings, [*warc_files(recordings), *texts], span, job)}"
    with ExitStack() as stack:
        folder = store.parent if store else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monitor-")))
        file = store or folder / "replay.db"
        readers = stack.enter_context(Readers(processes if recordings else 0, equip=(equip, (job,))))
        app = stack.enter_context(
            open_app(settings, store_url=f"sqlite:///{file.absolute()}", clock=clock, parse=DistantParse(readers))
        )
        with app.store.reading() as tx:
            done, articles = tx.operator.timer(name), tx.articles.counts()["articles"]
        if done is None and articles:
            raise UsageError(
                f"{store} holds something else than this replay (other paths, rules or options): name another file"
            )
        with app.store.batch(searchable=job.searchable) as batch:
            context = replace(app.context, store=batch, chance=random.Random(0).random)
            if done is None:
                _import(context, clock, texts, span)
                _keep_place(batch, name, _UNDATED)
            if recordings:
                span = replace(span, after=None if done is None or done.last_at == _UNDATED else done.last_at)
                archive = stack.enter_context(_opened(recordings, job.max_bytes, readers, span))
                desk = Desk(job, context.rules)
                gc.freeze()  # rules and libraries stay: to look through them takes as long as filing a hundred pages
                stack.callback(gc.unfreeze)
                _replay(context, archive, clock, desk, readers, span, batch, name)
        yield Replayed(app=app)


def _replay(
    context: Context, archive: Archive, clock: SetClock, desk: Desk, readers: Readers, span: Span, batch: Batch, name: str
) -> None:
    def on_checkpoint(at: datetime) -> None:
        _keep_place(batch, name, at)

    before = archive.index.count(span.after) if span.after is not None else 0
    with _bar(archive.index.count(span.last), before) as on_record:
        try:
            replay(context, archive, clock, desk, readers, span=span, on_record=on_record, on_checkpoint=on_checkpoint)
        except KeyboardInterrupt:
            raise click.Abort from None


def _keep_place(batch: Batch, name: str, at: datetime) -> None:
    """Note up to which time all is in the store, and put all on disk."""
    with batch.writing() as tx:
        tx.operator.set_timer(Timer(name=name, last_at=at, next_at=None))
    batch.commit()


def _import(context: Context, clock: SetClock, files: Sequence[Path], span: Span) -> None:
    for _, article in read_files(files, "replaying"):
        if article is None:
            continue
        at = article.published_at or clock.now()
        if span.last is None or at <= span.last:
            clock.set(at)
            import_article(context, FILES, article, alerting=True)


def _opened(paths: Sequence[Path], max_bytes: int, readers: Readers, span: Span) -> Archive:
    with waiting("indexing the recording"):
        archive = open_archive(paths, max_bytes=max_bytes, scan_all=lambda parts: scan_all(readers, parts, span))
    for skipped in archive.skipped:
        click.echo(f"{skipped.path}: record at byte {skipped.offset} skipped: {skipped.reason}", err=True)
    if bodiless := archive.index.bodiless():
        click.echo(
            f"{bodiless} answers cannot be read: they are revisit records, whose body is in an earlier file; replay that one with them",
            err=True,
        )
    return archive


def _is_recording(path: Path) -> bool:
    for ending, advice in _NOT_TAKEN.items():
        if path.name.endswith(ending):
            raise UsageError(f"{path} is not taken as it is: {advice}")
    if path.is_dir():
        recorded = any(file.name.endswith((".warc", ".warc.gz")) for file in path.rglob("*"))
        if not recorded and not any(path.glob("*.txt")):
            raise UsageError(f"{path} holds no file that ends in .warc, .warc.gz or .txt")
        return recorded
    return path.name.endswith((".warc", ".warc.gz"))


def _digest(settings: Settings, files: Sequence[Path], span: Span, job: Job) -> str:
    """What a replay depends on, so that another one is not taken for its continuation."""
    parts = [
        [(file.name, file.stat().st_size) for file in files],
        [repr(item) for item in (*settings.sources, *settings.rules, *settings.vocabularies, span, job.matches_only)],
        settings.first_poll_window_s,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


@contextmanager
def _bar(records: int, before: int) -> Iterator[Callable[[], object]]:
    """A bar on standard error while a person is looking; what it yields moves it on."""
    console = Console(stderr=True)
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("replaying", total=records, completed=before)
        yield (lambda: bar.advance(task)) if console.is_terminal else (lambda: None)
