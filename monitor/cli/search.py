"""The archive: searched, and matched anew."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path

import click

from monitor.adapters.clock import SystemClock
from monitor.app import open_app
from monitor.cli.options import Duration, config_option, json_option, limit_option, settings_of
from monitor.cli.printing import print_json, print_table, progress, stored_json, when
from monitor.cli.queries import query_rules
from monitor.rules.document import document
from monitor.rules.narrowing import narrow
from monitor.rules.parse import parse
from monitor.steps.rescan import rescan as rescan_step
from monitor.store.database import open_store

_BATCH = 100


@click.command()
@click.argument("query")
@click.option("--since", type=Duration(), metavar="30d", help="Only articles read since then.")
@limit_option
@config_option
@json_option
def search(query: str, since: timedelta | None, limit: int, config: Path | None, as_json: bool) -> None:
    """Articles of the archive that match QUERY.

    It is written in the language of the rules: '@crime/* NEAR/20 "border police"'.
    """
    settings = settings_of(config)
    rules = query_rules(query, settings.vocabularies)
    after = None if since is None else SystemClock().now() - since
    store = open_store(settings.store_url())
    with store.reading() as tx:
        narrowed = tx.articles.narrowed(narrow(parse(query), rules.vocabularies), after)
        matching = (each for each in narrowed if rules.match(document(each.article, each.source)).matches)
        found = list(islice(matching, limit))
    store.close()
    if as_json:
        print_json([stored_json(each) for each in found])
        return
    print_table(
        ("id", "published", "source", "language", "headline"),
        (
            (
                each.id,
                when(each.article.published_at),
                each.source_id,
                each.article.language,
                each.article.headline or each.article.paragraphs[0][:80],
            )
            for each in found
        ),
        "No article of the archive matches.",
    )


@click.command()
@click.option("--since", type=Duration(), metavar="30d", help="Only articles read since then.")
@config_option
def rescan(since: timedelta | None, config: Path | None) -> None:
    """Match the archive anew after rules or vocabularies changed. Receipts and facets are replaced; no alerts are sent."""
    with open_app(settings_of(config)) as app:
        after = None if since is None else app.clock.now() - since
        with app.store.reading() as tx:
            articles = [each for each in tx.articles.in_order() if after is None or each.read_at >= after]
        batches = [articles[start : start + _BATCH] for start in range(0, len(articles), _BATCH)]
        changed = 0
        for batch in progress(batches, "matching anew"):
            changed += int(str(rescan_step(app.context, batch).facts["changed"]))
    click.echo(f"{changed} of {len(articles)} articles changed")
