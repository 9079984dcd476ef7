"""Made-up messages to try a template on: one with every field filled, one with every field empty that may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from monitor.alerts.alert import Marked, Notice, Receipt
from monitor.alerts.message import Carried, Digest, Message, Note, Update

Kind = Literal["alert", "update", "digest", "note"]

_AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
_FULL = Notice(
    alert_id="00000000-0000-5000-8000-000000000000",
    rule_id="sample",
    rule_title="Sample rule",
    rule_version="0",
    severity="high",
    story_id="0000000000000000",
    headline="A headline",
    url="https://news.example/article",
    source_id="sample",
    source_name="Sample source",
    language="en",
    country="TH",
    published_at=_AT,
    raised_at=_AT,
    snippets=(Marked(text="Some words of the text", marks=((5, 10),)),),
    receipt=(Receipt(words="words", field="body", vocabulary="crime/sample", language="en", spans=((5, 10),)),),
    facets=("crime/sample",),
    also_carried_by=("Another source",),
    headline_marks=((2, 10),),
)
_BARE = replace(
    _FULL, headline=None, url=None, language=None, country=None, published_at=None, snippets=(), receipt=(), facets=(),
    also_carried_by=(), headline_marks=(), severity="normal",
)  # fmt: skip


def samples(kind: Kind) -> tuple[Message, ...]:
    """Messages of a kind, the fullest first."""
    carried = Carried(
        headline="Another headline", url="https://news.example/2", source_name="Another source", language="en", published_at=_AT
    )
    unknown = Carried(headline=None, url=None, source_name="Another source", language=None, published_at=None)
    earlier = replace(_BARE, raised_at=_AT - timedelta(hours=5))
    every: dict[Kind, tuple[Message, ...]] = {
        "alert": (_FULL, _BARE),
        "update": (
            Update(notice=_FULL, carried=(carried,), at=_AT, changes=("it now carries a correction: “Some words.”",)),
            Update(notice=_BARE, carried=(unknown,), at=_AT),
        ),
        "digest": (Digest(why=("A reason.",), since=earlier.raised_at, until=_AT, notices=(earlier, _FULL), at=_AT),),
        "note": (Note(subject="A subject", text="Some words.\nMore words.", at=_AT),),
    }
    return every[kind]
