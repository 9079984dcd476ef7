"""Evidence: how an alert came about, in one file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from monitor.adapters.clock import SetClock
from monitor.adapters.warc import Recorder
from monitor.alerts.alert import Alert
from monitor.alerts.evidence import evidence as files_of
from monitor.alerts.evidence import zipped
from monitor.articles.article import Article
from monitor.cli.options import config_option, settings_of
from monitor.errors import UsageError
from monitor.fetching.outcome import Request
from monitor.ports import StoredArticle, StoredResponse, Version
from monitor.store.database import open_store


@click.command()
@click.argument("alert")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Default: evidence-ALERT.zip, here."
)
@config_option
def evidence(alert: str, output: Path | None, config: Path | None) -> None:
    """Write all that shows how ALERT came about into one zip.

    The article, the answer it was read from with headers, time and digests, the rule and its version, the receipt, the WARC record.
    """
    settings = settings_of(config)
    store = open_store(settings.store_url())
    with store.reading() as tx:
        stored = tx.alerts.get(alert)
        article = tx.articles.get(stored.alert.article_id) if stored else None
        versions = tx.articles.versions(stored.alert.article_id) if stored else []
        response = tx.articles.response(stored.alert.article_id, stored.alert.article_version) if stored else None
    store.close()
    if stored is None or article is None:
        raise UsageError(f"no alert has the id {alert!r}: `monitor alerts` lists them")
    rules = settings.rule_set
    in_force = stored.notice.rule_id in rules.rules and rules.version(stored.notice.rule_id) == stored.notice.rule_version
    files = files_of(
        alert=stored.alert,
        notice=stored.notice,
        deliveries=stored.deliveries,
        article=_as_raised(article, versions, stored.alert),
        rule=rules.rules[stored.notice.rule_id] if in_force else None,
        asked_url=response.asked_url if response else None,
        fetched=response.fetched if response else None,
        warc=_warc(response) if response else None,
        changed_since=stored.alert.article_version <= len(versions),
    )
    path = output or Path(f"evidence-{alert}.zip")
    path.write_bytes(zipped(files, stored.alert.raised_at))
    click.echo(f"{path}: {', '.join(sorted(files))}")


def _as_raised(stored: StoredArticle, versions: Sequence[Version], alert: Alert) -> Article:
    """The version of the article that raised the alert, which is what the receipt's places are of."""
    return next((each.article for each in versions if each.number == alert.article_version), stored.article)


def _warc(response: StoredResponse) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "response.warc.gz"
        with Recorder(path, fetch=lambda _: response.fetched, clock=SetClock(response.fetched_at)) as record:
            record(Request(url=response.asked_url))
        return path.read_bytes()
