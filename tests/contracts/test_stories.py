"""What every store promises of stories and versions: joined, split, revised, found in other languages, and never alerted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.alerts.alert import Alert, Notice
from monitor.articles.article import Article
from monitor.ports import StoredArticle
from monitor.rules.match import Match
from monitor.rules.narrowing import Narrowing, narrow
from monitor.rules.parse import parse
from monitor.store.database import RowStore
from monitor.stories.facts import Facts, facts
from monitor.stories.sketched import sketched

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FACTS = Facts(numbers=frozenset({"212", "87", "64"}), names=frozenset({"vannak", "poipet"}))


def article(letter: str, *, story: str | None = None, hours: float = 0, text: str | None = None, rules: tuple[str, ...] = ()):
    words = text or f"The {letter} boat came into the harbour before dawn with nobody on board."
    return StoredArticle(
        id=letter * 16,
        number=0,
        source_id="post",
        source_name="Post",
        country="TH",
        article=Article(headline=f"Boat {letter}", paragraphs=(words,), url=f"https://post.example/{letter}", language="en"),
        facets=("crime/fraud", "country/kh"),
        matches=tuple(Match(rule=rule, rule_version="1", clauses=(), hits=()) for rule in rules),
        read_at=NOW + timedelta(hours=hours),
        story_id=(story or letter) * 16,
    )


def keep(store: RowStore, stored: StoredArticle, known: Facts = FACTS) -> None:
    with store.writing() as tx:
        if tx.stories.get(stored.story_id) is None:
            tx.stories.open(stored.story_id, stored.read_at)
        else:
            tx.stories.touch(stored.story_id, stored.read_at)
        tx.articles.add(stored, sketched(stored.article), [stored.article.url or ""], known)


def raise_in(store: RowStore, story: str, rule: str) -> None:
    alert = Alert(
        id=f"{story}-{rule}", story_id=story * 16, rule_id=rule, article_id=story * 16, severity="normal", raised_at=NOW
    )
    notice = Notice(
        alert_id=alert.id, rule_id=rule, rule_title=rule, rule_version="1", severity="normal", story_id=alert.story_id, headline=None,
        url=None, source_id="post", source_name="Post", language=None, country=None, published_at=None, raised_at=NOW, snippets=(),
        receipt=(),
    )  # fmt: skip
    with store.writing() as tx:
        tx.alerts.add(alert, notice, ())


def narrowing(query: str) -> Narrowing:
    return narrow(parse(query), {})


def test_the_later_of_two_stories_points_at_the_earlier_which_has_all_articles_then(store: RowStore) -> None:
    for letter, hours in (("a", 0), ("b", 1), ("c", 2)):
        keep(store, article(letter, hours=hours))
    with store.writing() as tx:
        assert tx.stories.join("b" * 16, "c" * 16) == "b" * 16
        assert tx.stories.join("b" * 16, "a" * 16) == "a" * 16, "whichever is named first"
    with store.reading() as tx:
        assert [each.id[0] for each in tx.articles.of_story("a" * 16)] == ["a", "b", "c"]
        assert [each.id[0] for each in tx.articles.of_story("c" * 16)] == ["a", "b", "c"], "an old address still leads there"
        joined = [tx.stories.get(letter * 16) for letter in "bc"]
        assert [each and each.joined_to for each in joined] == ["a" * 16, "a" * 16]
        assert [each.id for each in tx.stories.newest(10)] == ["a" * 16]
        (story,) = tx.stories.newest(10)
        assert story.updated_at == NOW + timedelta(hours=2)


def test_joining_does_not_forget_what_was_alerted_in_either_and_changes_no_alert(store: RowStore) -> None:
    for letter, hours in (("a", 0), ("b", 1)):
        keep(store, article(letter, hours=hours))
    raise_in(store, "a", "fraud")
    raise_in(store, "b", "drugs")
    with store.writing() as tx:
        tx.stories.join("a" * 16, "b" * 16)
    with store.reading() as tx:
        assert tx.alerts.raised("a" * 16) == {"fraud", "drugs"}
        assert {each.alert.id: each.alert.story_id[0] for each in tx.alerts.of_story("a" * 16)} == {
            "a-fraud": "a",
            "b-drugs": "b",
        }


def test_an_article_that_is_split_off_has_a_story_in_which_nothing_is_alerted_twice(store: RowStore) -> None:
    keep(store, article("a"))
    keep(store, article("b", story="a", hours=1))
    raise_in(store, "a", "fraud")
    with store.writing() as tx:
        assert tx.stories.split("a" * 16, NOW) is None, "the story is named after it"
        assert tx.stories.split("f" * 16, NOW) is None, "there is none"
        assert tx.stories.split("b" * 16, NOW + timedelta(hours=3)) == "b" * 16
    with store.reading() as tx:
        assert [each.id[0] for each in tx.articles.of_story("a" * 16)] == ["a"]
        assert [each.id[0] for each in tx.articles.of_story("b" * 16)] == ["b"]
        assert tx.alerts.raised("b" * 16) == {"fraud"}
        assert tx.alerts.of_story("b" * 16) == []
        story = tx.stories.get("a" * 16)
        assert story is not None
        assert story.updated_at == NOW, "of what is left in it"


def test_a_story_that_was_joined_wrongly_is_split_off_again_under_its_own_id(store: RowStore) -> None:
    keep(store, article("a"))
    keep(store, article("b", hours=1))
    raise_in(store, "a", "fraud")
    raise_in(store, "b", "drugs")
    with store.writing() as tx:
        tx.stories.join("a" * 16, "b" * 16)
        assert tx.stories.split("b" * 16, NOW + timedelta(hours=2)) == "b" * 16
    with store.reading() as tx:
        assert [each.id[0] for each in tx.articles.of_story("b" * 16)] == ["b"]
        assert tx.alerts.raised("b" * 16) == {"fraud", "drugs"}
        assert [each.id for each in tx.stories.newest(10)] == ["b" * 16, "a" * 16]


def test_stories_without_a_match_can_be_left_out(store: RowStore) -> None:
    keep(store, article("a", rules=("fraud",)))
    keep(store, article("b", hours=1))
    with store.reading() as tx:
        assert [each.id[0] for each in tx.stories.newest(10)] == ["b", "a"]
        assert [each.id[0] for each in tx.stories.newest(10, matched=True)] == ["a"]


def test_what_a_person_split_is_known_as_parted_under_whatever_story_it_is_now(store: RowStore) -> None:
    for letter, story in (("z", "z"), ("a", "a"), ("b", "a"), ("c", "c")):
        keep(store, article(letter, story=story))
    with store.writing() as tx:
        tx.stories.split("b" * 16, NOW)
        whole = tx.stories.join("z" * 16, "a" * 16)
    with store.reading() as tx:
        assert tx.stories.parted("b" * 16, whole)
        assert tx.stories.parted(whole, "b" * 16)
        assert not tx.stories.parted("c" * 16, whole)
        assert not tx.stories.parted("b" * 16, "c" * 16)


def test_alerts_of_a_joined_story_live_as_long_as_its_articles(store: RowStore) -> None:
    keep(store, article("a", hours=0))
    keep(store, article("b", hours=1))
    raise_in(store, "b", "drugs")
    with store.writing() as tx:
        tx.stories.join("a" * 16, "b" * 16)
        tx.articles.delete_before(NOW)
        assert tx.alerts.get("b-drugs") is not None
        assert tx.articles.delete_before(NOW + timedelta(days=1)) == 2
        assert tx.alerts.get("b-drugs") is None
        assert tx.stories.get("b" * 16) is None


def test_candidates_for_a_translation_are_found_by_facts_and_say_what_they_state(store: RowStore) -> None:
    keep(store, article("a"))
    keep(store, article("b", hours=1), Facts(numbers=frozenset({"11", "12"})))
    told = facts("จับ 87 คน\nยึดโทรศัพท์ 212 เครื่อง คอมพิวเตอร์ 64 เครื่อง", "th", None)
    with store.reading() as tx:
        (found,) = tx.articles.translations(told.keys, NOW - timedelta(days=2))
        assert (found.article_id, found.facts, found.language) == ("a" * 16, FACTS, "en")
        assert found.facets == {"crime/fraud", "country/kh"}
        assert found.story_at == NOW
        assert tx.articles.translations(told.keys, NOW + timedelta(seconds=1)) == []
        assert tx.articles.translations((), NOW) == []


def test_a_new_version_takes_the_place_of_the_old_one_in_every_index(store: RowStore) -> None:
    old = article("a", text="A ferry with lanterns came into the harbour before dawn, nobody was on board.", rules=("fraud",))
    keep(store, old)
    with store.reading() as tx:
        stored = tx.articles.get(old.id)
    assert stored is not None
    text = "Pangolin scales were found in a container that had been declared as timber."
    revised = replace(
        stored,
        article=replace(stored.article, paragraphs=(text,), modified_at=NOW),
        matches=(Match(rule="wildlife", rule_version="1", clauses=(), hits=()),),
        facets=("crime/wildlife",),
        revised_at=NOW + timedelta(hours=3),
    )
    before, after = (sketched(each.article) for each in (old, revised))
    stated = Facts(numbers=frozenset({"480", "17", "1.2"}))
    with store.writing() as tx:
        assert tx.articles.revise(revised, after, stated) == 1
        assert tx.articles.revise(replace(revised, revised_at=NOW + timedelta(hours=9)), after, stated) == 2
    with store.reading() as tx:
        now = tx.articles.get(old.id)
        assert now == replace(revised, revised_at=NOW + timedelta(hours=9))
        first, second = tx.articles.versions(old.id)
        assert (first.number, first.article, first.read_at) == (1, old.article, old.read_at)
        assert (second.number, second.article) == (2, revised.article)
        assert second.read_at == NOW + timedelta(hours=3)
        assert [each.article_id for each in tx.articles.candidates(after.bands, NOW)] == [old.id]
        assert tx.articles.candidates(before.bands, NOW) == []
        assert tx.articles.translations(FACTS.keys, NOW) == []
        assert len(tx.articles.translations(stated.keys, NOW)) == 1
        assert [each.id for each in tx.articles.narrowed(narrowing("pangolin"))] == [old.id]
        assert [each.id for each in tx.articles.narrowed(narrowing("Boat"))] == [old.id]
        assert [each.id for each in tx.articles.newest(5, rule="wildlife")] == [old.id]
        assert tx.articles.newest(5, rule="fraud") == []
