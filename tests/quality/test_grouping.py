"""Grouping measured on our own labelled set: 48 articles in six languages, as syndicated copies go from site to site.

`fixtures/stories/copies.jsonl` has one article a line: `story` is the happening it tells of, `kind` how it came about (`reprint`,
`edited`, `cut`, `rewrite` in other words, `bulletin` of one form, `headline` alone, weekly `column`), `hour` when it was seen.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.stories.join import Candidate, decide
from monitor.stories.shingles import sketch

STORIES = Path(__file__).parents[2] / "fixtures" / "stories"
PINNED = json.loads((STORIES / "floors.json").read_text())
START = datetime(2025, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def articles():
    return [json.loads(line) for line in (STORIES / "copies.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def grouped(articles):
    """The story of each article as the monitor finds it: candidates by shared bands, one article after the other."""
    rows, found = defaultdict(list), {}
    for each in articles:
        new = Candidate(
            article_id=each["id"],
            site=each["site"],
            seen_at=START + timedelta(hours=each["hour"]),
            sketch=sketch("\n\n".join([each["headline"], *each["paragraphs"]])),
        )
        outcome = decide(new, list({old.article_id: old for band in new.sketch.bands for old in rows[band]}.values()))
        found[each["id"]] = outcome.story_id
        stored = Candidate(
            article_id=new.article_id, story_id=outcome.story_id, site=new.site, seen_at=new.seen_at, sketch=new.sketch
        )
        for band in new.sketch.bands:
            rows[band].append(stored)
    return found


def b_cubed(found, true):
    """B-cubed precision and recall (Bagga and Baldwin 1998)."""

    def share(within, of):
        return sum(
            sum(within[other] == within[each] and of[other] == of[each] for other in true)
            / sum(within[other] == within[each] for other in true)
            for each in true
        ) / len(true)

    return share(found, true), share(true, found)


def test_the_labelled_set_is_the_one_the_floors_were_measured_on():
    assert hashlib.sha256((STORIES / "copies.jsonl").read_bytes()).hexdigest() == PINNED["sha256"]


def test_grouping_is_as_good_as_it_was(articles, grouped):
    precision, recall = b_cubed(grouped, {each["id"]: each["story"] for each in articles})
    assert precision >= PINNED["b_cubed_precision"]
    assert recall >= PINNED["b_cubed_recall"]


def test_every_copy_is_found_and_only_what_is_told_in_other_words_is_not(articles, grouped):
    first = {}
    for each in articles:
        first.setdefault(each["story"], each["id"])
    apart = {each["id"] for each in articles if grouped[each["id"]] != grouped[first[each["story"]]]}
    assert apart == {each["id"] for each in articles if each["kind"] == "rewrite"}


def test_no_two_happenings_are_one_story(articles, grouped):
    together = defaultdict(set)
    for each in articles:
        together[grouped[each["id"]]].add(each["story"])
    assert [stories for stories in together.values() if len(stories) > 1] == []
