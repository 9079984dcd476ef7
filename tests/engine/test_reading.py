"""The desk of a replay that keeps only what matches: what is spared, and that nothing is lost by it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.engine.reading import Desk, Job
from monitor.fetching.outcome import Fetched
from monitor.ports import ListedEntry
from monitor.rules.prefilter import Prefilter
from monitor.rules.rule import Rule
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.steps.file_article import Prepared

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SOURCE = Source(id="wire", name="Wire", url="https://wire.example/", kind="page")
JOB = Job(
    sources=(), rules=(Rule(id="r", title="R", when="traffickers"),), vocabularies=(), max_bytes=1_000_000, matches_only=True
)


def matches(desk: Desk, headline: str, beside: str) -> bool:
    entry = Entry(keys=("k",), url="https://wire.example/news/1")
    listed = ListedEntry(
        id=1, source_id="wire", entry=entry, listed_at=NOW, first_poll=False, attempts=0, next_read_at=NOW,
        outcome=None, reason=None, article_id=None,
    )  # fmt: skip
    text = "<p>Officials of the port said on Monday that the new quay is to open before the rains come again.</p>" * 4
    html = f"<html><body><nav><a href='/2'>{beside}</a></nav><article><h1>{headline}</h1>{text}</article></body></html>"
    fetched = Fetched(url="https://wire.example/news/1", status=200, headers={}, body=html.encode(), fetched_at=NOW)
    return isinstance(desk.read(SOURCE, listed, fetched, NOW), Prepared)


def test_pages_are_no_longer_looked_through_where_nearly_all_hold_a_word_of_a_rule_beside_the_article(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    ask = Prefilter.may_match

    def counted(self: Prefilter, text: str, country: str | None) -> bool:
        asked.append(text)
        return ask(self, text, country)

    monkeypatch.setattr(Prefilter, "may_match", counted)
    desk = Desk(JOB)
    assert not any(matches(desk, "A quay is opened", "Six traffickers held") for _ in range(200))
    assert len(asked) < 60
    assert matches(desk, "Police hold traffickers at the quay", "Weather")
    asked.clear()
    assert not any(matches(desk, "A quay is opened", "Weather") for _ in range(1000))
    assert len(asked) > 500
    assert matches(desk, "Police hold traffickers at the quay", "Weather")
