"""Rows that no step will ask for again."""

from __future__ import annotations

from datetime import timedelta

from monitor.steps.context import Context, Done
from monitor.stories.join import WINDOW

LANES_KEPT = timedelta(hours=1)
"""A lane's row is needed while it is held or rests; the look for what is due is the faster the fewer there are."""

ROBOTS_KEPT = timedelta(days=30)
"""Rules count on, after they should have been read again, while their server is in trouble."""


def prune(context: Context) -> Done:
    """Drop the near-duplicate rows of articles too old for any story to be joined and, if the configuration says so, old articles."""
    now = context.clock.now()
    with context.store.writing() as tx:
        tx.lanes.forget(now - LANES_KEPT)
        tx.robots.forget(now - ROBOTS_KEPT)
        rows = tx.articles.forget_bands(now - WINDOW)
        articles = 0 if context.retention_s is None else tx.articles.delete_before(now - timedelta(seconds=context.retention_s))
    return Done(result="ok", reason=f"{articles} old articles deleted, {rows} near-duplicate rows dropped")
