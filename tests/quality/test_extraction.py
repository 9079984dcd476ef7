"""Pinned floors for the reader on the saved pages in fixtures/pages. A floor may rise; lowering one needs a reason in the commit."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.articles.article import Article
from monitor.articles.page import read_page
from monitor.articles.score import Score, compare, expected_from, summarise
from monitor.articles.seed import parse, render
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Source

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.json"))
FLOORS = json.loads((Path(__file__).parent / "extraction_floors.json").read_text("utf-8"))
SOURCE = Source(id="saved", name="Saved pages", url="https://saved.example/", kind="page")


@pytest.fixture(scope="module")
def read() -> dict[str, tuple[dict, object, Score]]:
    found = {}
    for name in NAMES:
        data = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
        fetched = Fetched(
            url=data["url"],
            status=200,
            headers={"content-type": data["content_type"]},
            body=(PAGES / f"{name}.html").read_bytes(),
            fetched_at=datetime(2025, 11, 12, tzinfo=UTC),
        )
        got = read_page(SOURCE, fetched, Entry(keys=("saved",)))
        found[name] = (data, got, compare(expected_from(data), got))
    return found


def test_the_pages_are_those_for_which_the_floors_were_measured():
    digest = hashlib.sha256()
    for name in NAMES:
        digest.update((PAGES / f"{name}.html").read_bytes() + (PAGES / f"{name}.json").read_bytes())
    assert digest.hexdigest()[:16] == FLOORS["digest"]


@pytest.mark.parametrize("measure", ["precision", "recall", "f1", "headline", "authors", "refused"])
def test_no_measure_falls_under_its_floor(read, measure):
    assert getattr(summarise(score for _, _, score in read.values()), measure) >= FLOORS[measure]


@pytest.mark.parametrize("measure", ["wrong_dates", "missing_dates"])
def test_no_share_of_errors_rises_over_its_limit(read, measure):
    assert getattr(summarise(score for _, _, score in read.values()), measure) <= FLOORS[measure]


@pytest.mark.parametrize("name", NAMES)
def test_no_single_page_is_given_up(read, name):
    _, _, score = read[name]
    assert score.refused is True or (score.f1 or 0) >= FLOORS["worst_f1"]


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "unreadable" not in json.loads((PAGES / f"{name}.json").read_text("utf-8"))]
)
def test_language_dateline_and_canonical_address_are_right(read, name):
    data, got, _ = read[name]
    assert isinstance(got, Article)
    assert (got.language, got.dateline, got.url) == (data["language"], data["dateline"], data["canonical"])


@pytest.mark.parametrize("name", NAMES)
def test_what_was_read_from_a_page_is_written_and_read_the_same(read, name):
    _, got, _ = read[name]
    if isinstance(got, Article):
        again = parse(render(got))
        assert (again.headline, again.paragraphs) == (got.headline, got.paragraphs)
