"""Listed entries -> rows, whether a feed, one of its further pages, an index page or a sitemap lists them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.ports import Transaction
from monitor.rules.match import Document
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.sources.triage import triage
from monitor.steps.context import Context
from monitor.urls import lane_of

MOST_READINGS = 5
"""The most times the page of an article is looked at again: some sources list everything as new at every poll."""
MOST_UNDATED = 20
"""How many undated items of a first poll are read: an index page gives no dates, but the items at its top are today's news."""


def keep_entries(
    tx: Transaction, context: Context, source: Source, entries: Sequence[Entry], *, first_poll: bool, now: datetime
) -> tuple[list[Entry], int]:
    """Make a row for every entry that the source has not listed before. Returns those entries, and how many are recorded but not read."""
    new = tx.entries.remember(source.id, entries)
    if len(new) < len(entries):
        tx.entries.relisted(source.id, entries, now, MOST_READINGS, lambda entry: _matches(context, source, entry))
    position = {id(entry): number for number, entry in enumerate(entries)}
    rows = []
    for entry in reversed(new):  # oldest first, so that a story opens with its earliest article
        verdict = triage(
            entry,
            first_poll=first_poll,
            position=position[id(entry)],
            window_s=context.first_poll_window_s,
            most_undated=MOST_UNDATED,
            now=now,
        )
        rows.append((entry, lane_of(entry.url or source.url), None if verdict.read else verdict.reason))
    tx.entries.add(source.id, rows, now=now, first_poll=first_poll)
    recorded = sum(reason is not None for _, _, reason in rows)
    return new, recorded


def _matches(context: Context, source: Source, entry: Entry) -> bool:
    """Whether a rule matches the title and summary that the source gives for an entry."""
    said = Document(
        title=entry.title or "", body=entry.summary or "", lead_end=len(entry.summary or ""), country=source.country
    )
    return bool(context.rules.match(said).matches)
