"""Choosing and counting articles by what can be asked of them, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.alerts.alert import Alert, Notice
from monitor.articles.article import Article
from monitor.ports import Stamp, StoredArticle, Wanted
from monitor.rules.match import Match, Verdict
from monitor.rules.narrowing import Word
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.store.database import RowStore
from monitor.stories.facts import NO_FACTS
from monitor.stories.sketched import sketched

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DRUGS = Match(rule="drugs", rule_version="1", clauses=(), hits=())


def article(
    number: int,
    *,
    story: int,
    source: str = "post",
    language: str = "en",
    facets: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
) -> StoredArticle:
    return StoredArticle(
        id=f"{number:016x}",
        number=0,
        source_id=source,
        source_name=source.title(),
        country="TH",
        article=Article(
            headline=f"Number {number}",
            paragraphs=(f"heroin case {number}" if rules else f"mango case {number}",),
            language=language,
            published_at=NOW - timedelta(days=number),
        ),
        facets=facets,
        matches=tuple(Match(rule=rule, rule_version="1", clauses=(), hits=()) for rule in rules),
        read_at=NOW,
        story_id=f"{story:016x}",
    )


@pytest.fixture
def archive(store: RowStore) -> RowStore:
    with store.writing() as tx:
        for each in (
            article(1, story=1, facets=("crime/drugs", "country/th"), rules=("drugs",)),
            article(2, story=1, source="times", facets=("crime/drugs", "country/th"), rules=("drugs",)),
            article(3, story=3, language="th", facets=("crime/drugs", "country/la"), rules=("drugs", "border")),
            article(4, story=4, facets=("country/th",)),
        ):
            tx.articles.add(each, sketched(each.article), [each.id])
            if each.story_id == each.id:
                tx.stories.open(each.story_id, NOW)
    return store


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param(Wanted(), [4, 3, 2, 1], id="everything, newest first"),
        pytest.param(Wanted(matched=True), [3, 2, 1], id="what any rule matched"),
        pytest.param(Wanted(rule="border"), [3], id="what this rule matched"),
        pytest.param(Wanted(source="times"), [2], id="of a source"),
        pytest.param(Wanted(language="th"), [3], id="in a language"),
        pytest.param(Wanted(facets=("crime/drugs", "country/th")), [2, 1], id="both facets"),
        pytest.param(Wanted(matched=True, facets=("country/th",), source="post"), [1], id="all at once"),
        pytest.param(Wanted(first_day=date(2026, 11, 21), last_day=date(2026, 11, 22)), [3, 2], id="published on these days"),
        pytest.param(Wanted(rule="nobody's"), [], id="nothing"),
    ],
)
def test_articles_are_chosen_by(archive: RowStore, wanted: Wanted, numbers: list[int]) -> None:
    with archive.reading() as tx:
        assert [each.number for each in tx.articles.chosen(wanted)] == numbers
        assert [each.number for each in tx.articles.chosen(wanted, before=3)] == [each for each in numbers if each < 3]
        assert sum(tx.articles.per_day(wanted).values()) == len(numbers)
        assert list(tx.articles.stamps(wanted, before=3)) == [each.stamp for each in tx.articles.chosen(wanted, before=3)]
        assert tx.articles.numbered(numbers) == {each.number: each for each in tx.articles.chosen(wanted)}


def test_a_query_narrows_what_is_chosen(archive: RowStore) -> None:
    with archive.reading() as tx:
        assert [each.number for each in tx.articles.chosen(Wanted(), Word("heroin"))] == [3, 2, 1]
        assert [each.number for each in tx.articles.chosen(Wanted(source="post"), Word("heroin"), before=3)] == [1]


def test_articles_are_counted_by_the_day_of_their_publication(archive: RowStore) -> None:
    with archive.reading() as tx:
        assert tx.articles.per_day(Wanted(facets=("country/th",))) == {date(2026, 11, day): 1 for day in (20, 22, 23)}


def test_pairs_of_facets_count_stories_not_articles(archive: RowStore) -> None:
    with archive.reading() as tx:
        pairs = tx.articles.pairs(Wanted(matched=True), ["crime/drugs", "crime/piracy"], ["country/th", "country/la"])
    assert pairs == {("crime/drugs", "country/th"): 1, ("crime/drugs", "country/la"): 1}


def test_an_outline_tells_how_much_of_a_story_there_is(archive: RowStore) -> None:
    with archive.reading() as tx:
        outline = tx.articles.outlines([f"{1:016x}", "0" * 16])[f"{1:016x}"]
    assert (outline.articles, outline.sources, outline.newest, outline.first_at, outline.last_at) == (2, 2, 2, NOW, NOW)


def test_a_revision_and_a_new_verdict_change_the_stamp_and_nothing_else_does(archive: RowStore) -> None:
    def stamp() -> Stamp:
        with archive.reading() as tx:
            return next(tx.articles.stamps(Wanted()))

    seen = {stamp(), stamp()}
    assert len(seen) == 1
    with archive.writing() as tx:
        tx.articles.judged(f"{4:016x}", Verdict(matches=(DRUGS,)))
    seen.add(stamp())
    with archive.writing() as tx:
        tx.articles.judged(f"{4:016x}", Verdict(matches=(replace(DRUGS, rule_version="2"),)))
    seen.add(stamp())
    with archive.writing() as tx:
        (stored,) = tx.articles.numbered([4]).values()
        tx.articles.revise(replace(stored, revised_at=NOW), sketched(stored.article), NO_FACTS)
    seen.add(stamp())
    assert len(seen) == 4


def test_a_new_verdict_and_a_deletion_reach_what_is_chosen(archive: RowStore) -> None:
    with archive.writing() as tx:
        tx.articles.judged(f"{4:016x}", Verdict(matches=(DRUGS,), facets=("crime/drugs",)))
    with archive.reading() as tx:
        assert [each.number for each in tx.articles.chosen(Wanted(rule="drugs"))] == [4, 3, 2, 1]
        assert [each.number for each in tx.articles.chosen(Wanted(facets=("country/th",)))] == [2, 1]
    with archive.writing() as tx:
        tx.articles.delete_before(NOW + timedelta(days=1))
    with archive.reading() as tx:
        assert list(tx.articles.chosen(Wanted())) == []
        assert tx.articles.per_day(Wanted()) == {}


def test_alerts_are_paged_and_counted_by_rule(archive: RowStore) -> None:
    raised = [("b", 0, "drugs"), ("a", 0, "drugs"), ("c", 60, "border")]
    with archive.writing() as tx:
        for name, seconds, rule in raised:
            alert = Alert(
                id=name,
                story_id=name,
                rule_id=rule,
                article_id=f"{1:016x}",
                severity="normal",
                raised_at=NOW + timedelta(seconds=seconds),
            )
            notice = Notice(
                alert_id=name,
                rule_id=rule,
                rule_title=rule,
                rule_version="1",
                severity="normal",
                story_id=name,
                headline=None,
                url=None,
                source_id="post",
                source_name="Post",
                language=None,
                country=None,
                published_at=None,
                raised_at=alert.raised_at,
                snippets=(),
                receipt=(),
            )
            tx.alerts.add(alert, notice, ())
    with archive.reading() as tx:
        assert [each.alert.id for each in tx.alerts.newest(5)] == ["c", "a", "b"]
        assert [each.alert.id for each in tx.alerts.newest(5, before=(NOW, "a"))] == ["b"]
        assert [each.alert.id for each in tx.alerts.newest(5, rule="drugs", before=(NOW + timedelta(seconds=1), ""))] == [
            "a",
            "b",
        ]
        assert tx.alerts.of_rules() == {"drugs": 2, "border": 1}
        assert sorted(tx.alerts.lags(NOW)) == [86_400.0, 86_400.0, 86_460.0]
        assert tx.alerts.lags(NOW + timedelta(seconds=1)) == [86_460.0]


def test_what_sources_list_is_counted_by_day(store: RowStore) -> None:
    post = Source(id="post", name="Post", url="https://post.example/feed", kind="feed")
    with store.writing() as tx:
        tx.sources.watch([post], NOW)
        for number, hours in enumerate((0, 14, 16)):
            entry = Entry(keys=(str(number),), url=None, title=str(number))
            tx.entries.add("post", [(entry, "lane", None)], now=NOW + timedelta(hours=hours), first_poll=False)
    with store.reading() as tx:
        assert tx.entries.per_day(["post", "other"], NOW) == {"post": {date(2026, 11, 24): 2, date(2026, 11, 25): 1}}
        assert tx.entries.per_day(["post"], NOW + timedelta(hours=15)) == {"post": {date(2026, 11, 25): 1}}
