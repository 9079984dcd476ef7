"""The desk of a replay that keeps only what matches: what is spared, and that nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.adapters.readers import GivenUp, Readers
from monitor.adapters.warc import Recorded
from monitor.adapters.warc.scan import parts
from monitor.engine.reading import Desk, Job, ReadAhead, Span, Unread, equip
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


def unread(headline: str, beside: str = "") -> Unread:
    entry = Entry(keys=("k",), url="https://wire.example/news/1")
    listed = ListedEntry(
        id=1, source_id="wire", entry=entry, listed_at=NOW, first_poll=False, attempts=0, next_read_at=NOW,
        outcome=None, reason=None, article_id=None,
    )  # fmt: skip
    text = "<p>Officials of the port said on Monday that the new quay is to open before the rains come again.</p>" * 4
    html = f"<html><body><nav><a href='/2'>{beside}</a></nav><article><h1>{headline}</h1>{text}</article></body></html>"
    fetched = Fetched(url="https://wire.example/news/1", status=200, headers={}, body=html.encode(), fetched_at=NOW)
    return Unread(fetched, NOW, (SOURCE, listed))


def matches(desk: Desk, headline: str, beside: str) -> bool:
    return isinstance(desk.read(unread(headline, beside)), Prepared)


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


HELD, SEEN, OTHER = "Six traffickers were held", "A ship was seen", "A quay is opened"


def recording(path: Path, pages: list[tuple[str, str, str]]) -> Path:
    """Pages, one a minute: their address, their kind, and what they say."""
    with path.open("wb") as file:
        writer = WARCWriter(file)
        for minute, (url, kind, said) in enumerate(pages):
            body = f"<html><body><article><h1>{said}</h1></article></body></html>".encode()
            record = writer.create_warc_record(
                url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": f"{NOW + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}"},
            )
            writer.write_record(record)
    return path


PAGES = [
    ("https://a.example/1", "text/html", HELD),
    ("https://a.example/2", "text/html", OTHER),
    ("https://a.example/3", "text/html", SEEN),
    ("https://www.wire.example/4", "text/html", SEEN),
    ("https://www.wire.example/5", "text/html", OTHER),
    ("https://wire.example/", "text/html", OTHER),
    ("https://wire.example/6", "application/pdf", OTHER),
]


@pytest.mark.parametrize(
    ("span", "spared"),
    [
        (Span(), ["2", "3", "5"]),
        (Span(after=NOW + timedelta(minutes=1)), ["3", "5"]),
        (Span(until=NOW + timedelta(minutes=2)), ["2", "3"]),
        (Span(until=NOW + timedelta(minutes=9), as_of=NOW + timedelta(minutes=1)), ["2"]),
    ],
)
def test_pages_that_no_rule_can_match_are_spared_when_the_recording_is_indexed(
    tmp_path: Path, span: Span, spared: list[str]
) -> None:
    thai = Source(id="wire", name="Wire", url="https://wire.example/", kind="page", country="TH")
    rules = (*JOB.rules, Rule(id="s", title="S", when="country:TH AND ship"))
    desk = Desk(replace(JOB, sources=(thai,), rules=rules))
    path = recording(tmp_path / "a.warc.gz", PAGES)
    (part,) = parts(path)
    assert [
        each.url.rpartition("/")[2] for each in desk.scan(part, span).found if isinstance(each, Recorded) and each.spared
    ] == spared


def test_nothing_is_spared_where_all_is_kept(tmp_path: Path) -> None:
    desk = Desk(replace(JOB, matches_only=False))
    (part,) = parts(recording(tmp_path / "a.warc.gz", PAGES))
    assert not any(isinstance(each, Recorded) and each.spared for each in desk.scan(part, Span()).found)


def test_of_pages_that_are_read_together_one_that_has_to_be_given_up_costs_only_itself() -> None:
    headlines = [f"Police hold traffickers at quay {number}" for number in range(11)]
    several = [unread(headline) for headline in headlines]
    several[3] = several[3]._replace(answer="a bug")  # type: ignore[arg-type]
    with Readers(1, equip=(equip, (JOB,))) as readers:
        ahead = ReadAhead(readers)
        for each in several:
            ahead.ask(each)
        found = [ahead.take() for _ in several]
    read = [each.article.headline if isinstance(each, Prepared) else type(each) for each in found]
    assert read == [*headlines[:3], GivenUp, *headlines[4:]]
