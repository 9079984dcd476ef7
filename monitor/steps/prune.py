"""Deletes rows that no step will need again."""

from __future__ import annotations

from datetime import timedelta

from monitor.steps.context import Context, Done
from monitor.stories.join import WINDOW

LANES_KEPT = timedelta(hours=1)
"""A lane needs its row only while it is held or resting; the fewer rows there are, the faster due work is found."""

ROBOTS_KEPT = timedelta(days=30)
"""A robots.txt that should have been read again stays in force while its server is in trouble."""


def prune(context: Context) -> Done:
    """Drop the near-duplicate rows of articles that are too old for any other to join their story and, if `retention_s` is set, old
    articles themselves."""
    now = context.clock.now()
    with context.store.writing() as tx:
        tx.lanes.forget(now - LANES_KEPT)
        tx.robots.forget(now - ROBOTS_KEPT)
        rows = tx.articles.forget_bands(now - WINDOW)
        articles = 0 if context.retention_s is None else tx.articles.delete_before(now - timedelta(seconds=context.retention_s))
    return Done(result="ok", reason=f"{articles} old articles deleted, {rows} near-duplicate rows dropped")
