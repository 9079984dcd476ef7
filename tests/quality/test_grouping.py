"""Grouping measured on our own labelled sets, as syndicated copies and translations go from site to site.

One article a line: `story` is the happening it tells of, `hour` when it was seen, `kind` how it came about. `copies.jsonl`: `reprint`,
`edited`, `cut`, `rewrite` in other words, `bulletin` of one form, `headline` alone, weekly `column`, and what a search service has
`listed` by headline and outlet. `languages.jsonl`: wires and their `translation`s, also `cut`; what is told in `own words`, or with
`few facts` that could agree; and `trap`s: other happenings of the same day, by the same official, of the same form, and the same case
weeks later.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.articles.article import Article
from monitor.rules.compile import compile_rules
from monitor.settings.load import load
from monitor.settings.shipped import shipped
from monitor.sources.source import Source
from monitor.steps.file_article import file_article, prepare
from monitor.store.database import open_store
from monitor.stories.sketched import sketched

STORIES = Path(__file__).parents[2] / "fixtures" / "stories"
PINNED = json.loads((STORIES / "floors.json").read_text())
SETS = ("copies", "languages")
START = datetime(2025, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def rules():
    settings = load(shipped("config"), {"HOME": "/nowhere"})
    return compile_rules(settings.rules, settings.vocabularies)


@pytest.fixture(scope="module")
def articles():
    return {name: [json.loads(line) for line in (STORIES / f"{name}.jsonl").read_text("utf-8").splitlines()] for name in SETS}


@pytest.fixture(scope="module")
def grouped(articles, rules):
    """The story of each article as the monitor finds it, filed one after the other as they were seen."""
    found = {}
    for name in SETS:
        store = open_store("sqlite://")
        ids = {}
        for each in sorted(articles[name], key=lambda each: each["hour"]):
            seen_at = START + timedelta(hours=each["hour"])
            article = Article(
                headline=each["headline"],
                paragraphs=tuple(each["paragraphs"]),
                url=f"https://{each['site']}/{each['id']}",
                language=each["language"],
            )
            source = Source(id=each["site"], name=each["site"], url=f"https://{each['site']}/", kind="page")
            with store.writing() as tx:
                filed = file_article(tx, rules, prepare(rules, source, sketched(article)), seen_at, alerting=False, channels={})
            ids[each["id"]] = filed.article_id
        with store.reading() as tx:
            found[name] = {key: tx.articles.get(article_id).story_id for key, article_id in ids.items()}
        store.close()
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


@pytest.mark.parametrize("name", SETS)
def test_the_labelled_set_is_the_one_the_floors_were_measured_on(name):
    assert hashlib.sha256((STORIES / f"{name}.jsonl").read_bytes()).hexdigest() == PINNED[name]["sha256"]


@pytest.mark.parametrize("name", SETS)
def test_grouping_is_as_good_as_it_was(articles, grouped, name):
    precision, recall = b_cubed(grouped[name], {each["id"]: each["story"] for each in articles[name]})
    assert precision >= PINNED[name]["b_cubed_precision"]
    assert recall >= PINNED[name]["b_cubed_recall"]


@pytest.mark.parametrize(
    ("name", "not_found"), [("copies", {"rewrite"}), ("languages", {"few facts"})], ids=["copies", "translations"]
)
def test_everything_is_found_but_what_cannot_be_sure(articles, grouped, name, not_found):
    first = {}
    for each in articles[name]:
        first.setdefault(each["story"], each["id"])
    apart = {each["id"] for each in articles[name] if grouped[name][each["id"]] != grouped[name][first[each["story"]]]}
    assert apart == {each["id"] for each in articles[name] if each["kind"] in not_found}


@pytest.mark.parametrize("name", SETS)
def test_no_two_happenings_are_one_story(articles, grouped, name):
    together = defaultdict(set)
    for each in articles[name]:
        together[grouped[name][each["id"]]].add(each["story"])
    assert [stories for stories in together.values() if len(stories) > 1] == []
