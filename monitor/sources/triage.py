"""Which new entries of a source are read, and which are only recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.sources.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Whether a listed entry is read, and why or why not."""

    read: bool
    reason: str


def triage(entry: Entry, *, first_poll: bool, position: int, window_s: float, most_undated: int, now: datetime) -> Triage:
    """Whether a new entry is read. The first poll of a source lists its past: entries dated before the window, and undated ones after
    the first `most_undated` of the list (`position` counts from 0), are recorded but not read. Later, all new entries are read."""
    if entry.url is None and not entry.content and not entry.summary and not entry.title:
        return Triage(read=False, reason="neither an address nor any text")
    if not first_poll:
        return Triage(read=True, reason="new")
    dated = entry.published_at or entry.updated_at
    if dated is None:
        if position < most_undated:
            return Triage(read=True, reason=f"undated, among the first {most_undated} of the first poll")
        return Triage(read=False, reason=f"undated, listed behind the first {most_undated} when the source was first polled")
    if (now - dated).total_seconds() > window_s:
        return Triage(
            read=False, reason=f"published {dated:%Y-%m-%d}, before the window of the first poll ({window_s / 3600:g} h)"
        )
    return Triage(read=True, reason="within the window of the first poll")
