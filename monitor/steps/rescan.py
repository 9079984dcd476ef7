"""Matches archived articles against the rules in force."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.ports import StoredArticle
from monitor.rules.document import document
from monitor.steps.context import Context, Done


def rescan(context: Context, articles: Sequence[StoredArticle]) -> Done:
    """Match these articles again and store the new receipts and facets. No alert is raised: the archive is not news."""
    verdicts = {stored.id: context.rules.match(document(stored.article, stored.source)) for stored in articles}
    changed = [
        stored
        for stored in articles
        if (stored.matches, stored.facets) != (verdicts[stored.id].matches, verdicts[stored.id].facets)
    ]
    with context.store.writing() as tx:
        for stored in changed:
            tx.articles.judged(stored.id, verdicts[stored.id])
    return Done(result="ok", reason=f"{len(changed)} of {len(articles)} articles changed", facts={"changed": len(changed)})
