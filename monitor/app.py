"""The composition root: the only file that knows every adapter. Nothing is created before `open_app` is called."""

from __future__ import annotations

import ipaddress
import logging
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.adapters.apprise import AppriseChat
from monitor.adapters.clock import SystemClock
from monitor.adapters.guard import guarded_session
from monitor.adapters.http import HttpFetch
from monitor.adapters.memory import spare_memory
from monitor.adapters.smtp import SmtpMailer
from monitor.adapters.warc import Shelf
from monitor.adapters.webhook import HttpPoster
from monitor.adapters.workers import Workers
from monitor.alerts.feedback import verdict_links
from monitor.alerts.wording import VerdictLinks, Wording
from monitor.engine.embedded import EmbeddedEngine
from monitor.engine.run_step import Event
from monitor.errors import UsageError
from monitor.ports import Clock, Fetch, Parse, Store
from monitor.rules.compile import RuleSet
from monitor.settings.models import zone
from monitor.settings.settings import Settings
from monitor.steps.context import Context
from monitor.steps.heartbeat import resume
from monitor.store.database import RowStore, open_store

if TYPE_CHECKING:
    from monitor.engine.cluster import ClusterEngine

log = logging.getLogger("monitor")


@dataclass(slots=True, kw_only=True)
class App:
    """The program, put together from settings: its store, its parsing processes, and the context given to its steps."""

    settings: Settings
    store: RowStore
    parse: Parse
    clock: Clock
    context: Context

    @property
    def rules(self) -> RuleSet:
        """The compiled rules in force."""
        return self.context.rules

    def reload(self, settings: Settings) -> None:
        """Use new settings for all steps that begin from now on. The store and the number of processes stay as they are."""
        self.keep_traffic()
        self.context = _context(settings, self.store, self.parse, self.clock)
        self.settings = settings
        spare_memory()

    def keep_traffic(self) -> None:
        """Store the counts of requests that no poll has stored yet."""
        if traffic := self.context.traffic(0.0):
            with self.store.writing() as tx:
                tx.sources.add_traffic(traffic)

    @contextmanager
    def daemon(self, on_event: Callable[[Event], None], on_progress: Callable[[], object]) -> Iterator[EmbeddedEngine]:
        """Watch the configured sources, as the only daemon on this store. Raises StoreBusy if there is another."""
        with self.store.only_daemon():
            self.watch()
            engine = EmbeddedEngine(
                self.context, host_gap_s=self.settings.host_gap_s, on_event=on_event, on_progress=on_progress
            )
            spare_memory()
            engine.start()
            yield engine

    @contextmanager
    def worker(
        self, on_event: Callable[[Event], None], on_progress: Callable[[], object], *, threads: int, lease: timedelta
    ) -> Iterator[ClusterEngine]:
        """Watch the configured sources together with other workers on the same PostgreSQL. Raises UsageError if the store is not
        PostgreSQL, and StoreBusy if a daemon has it to itself."""
        if self.store.conninfo is None:
            raise UsageError(
                "workers share a PostgreSQL store, and this one is SQLite: use `monitor run`, or set another `store`"
            )
        try:
            from monitor.engine.cluster import ClusterEngine
        except ModuleNotFoundError as error:
            raise UsageError(f"workers need {error.name}: pip install 'asean-monitor[postgres]'") from error
        engine = ClusterEngine(
            self.context,
            self.store,
            host_gap_s=self.settings.host_gap_s,
            threads=threads,
            lease=lease,
            on_event=on_event,
            on_progress=on_progress,
        )
        with self.store.one_of_many():
            self.watch()
            spare_memory()
            engine.start()
            yield engine

    def watch(self) -> None:
        """Make the configured sources the ones that are polled, and start what the program does on a schedule."""
        with self.store.writing() as tx:
            tx.sources.watch([source for source in self.settings.sources if source.enabled], self.clock.now())
        resume(self.context)


@contextmanager
def open_app(
    settings: Settings, *, store_url: str | None = None, clock: Clock | None = None, parse: Parse | None = None
) -> Iterator[App]:
    """The program for `settings`. Its store and processes are closed at the end. `store_url` replaces the configured store, `parse` its
    own parsing processes."""
    clock = clock or SystemClock()
    store = open_store(store_url or settings.store_url())
    workers = None if parse is not None else Workers(count=settings.workers)
    parse = parse or workers
    assert parse is not None
    try:
        app = App(settings=settings, store=store, parse=parse, clock=clock, context=_context(settings, store, parse, clock))
        yield app
        app.keep_traffic()
    finally:
        if workers is not None:
            workers.close()
        store.close()


def fetcher(settings: Settings, clock: Clock, store: Store | None = None) -> HttpFetch:
    """The fetcher of pages for these settings. If given, `store` keeps the robots.txt of their hosts."""
    return HttpFetch(
        settings.user_agent,
        clock,
        allow_networks=_networks(settings),
        max_bytes=settings.fetch_max_bytes,
        deadline_s=settings.fetch_timeout_s,
        host_gap_s=settings.host_gap_s,
        store=store,
    )


def _context(settings: Settings, store: RowStore, parse: Parse, clock: Clock) -> Context:
    fetch = fetcher(settings, clock, store)
    return Context(
        store=store,
        clock=clock,
        chance=random.random,
        fetch=_recorded(fetch, settings, clock),
        crawl_delay_s=fetch.crawl_delay_s,
        traffic=fetch.traffic,
        parse=parse,
        mailer=SmtpMailer(),
        poster=HttpPoster(guarded_session(_networks(settings))),
        chat=AppriseChat(_networks(settings)),
        rules=settings.rule_set,
        sources={source.id: source for source in settings.sources if source.enabled},
        channels={channel.id: channel for channel in settings.channels},
        operator=settings.operator,
        heartbeat=settings.heartbeat,
        timezone=zone(settings.timezone),
        wording=Wording(own=settings.templates, titles=settings.titles, verdict_links=_verdict_links(settings, store)),
        first_poll_window_s=settings.first_poll_window_s,
        retention_s=settings.retention_s,
    )


def _verdict_links(settings: Settings, store: RowStore) -> VerdictLinks | None:
    """The links by which readers say what an alert was worth. The key that signs them is made once and kept in the store."""
    if settings.public_url is None:
        return None
    with store.writing() as tx:
        key = tx.feedback.signing_key(secrets.token_bytes(32))
    return verdict_links(settings.public_url, key) if key else None


def _recorded(fetch: Fetch, settings: Settings, clock: Clock) -> Fetch:
    """`fetch`, with a recording of everything if the settings ask for one."""
    kept = settings.archive
    if kept is None:
        return fetch
    return Shelf(
        kept.folder,
        fetch=fetch,
        clock=clock,
        file_bytes=kept.file_bytes,
        max_bytes=kept.max_bytes,
        max_age_s=kept.max_age_s,
    )


def _networks(settings: Settings) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(network) for network in settings.allow_networks)
