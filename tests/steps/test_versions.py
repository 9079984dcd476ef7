"""A page that changes: looked at again when there is reason to, kept as a version, and told where it matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts.channel import Policy
from monitor.fetching.outcome import Failed, NotModified, Throttled
from monitor.ports import ListedEntry, StoredArticle
from monitor.sources.entry import Entry
from monitor.steps.context import Context, Done
from monitor.steps.poll_source import poll_source
from monitor.steps.read_again import read_again
from monitor.steps.read_entry import read_entry
from monitor.store.database import RowStore

PAGE = "https://post.example/1"
PLAIN = ("Officers met at the old pier and counted the boats that had come in overnight.", "Nine boats were counted.")
MATCHING = (
    "Officers of ASEANAPOL met at the old pier and counted the boats that had come in overnight.",
    "Nine boats were counted.",
)


def entry(**fields: object) -> Entry:
    given = {"keys": ("key-1",), "url": PAGE, "title": "Boats counted"}
    return Entry(**{**given, **fields})  # type: ignore[arg-type]


def row(store: RowStore) -> ListedEntry:
    with store.reading() as tx:
        (found,) = tx.entries.of_source("post", 10)
    return found


def article(store: RowStore) -> StoredArticle:
    with store.reading() as tx:
        (found,) = tx.articles.newest(10)
    return found


def first_reading(context: Context, here, *paragraphs: str) -> None:
    here.publish(PAGE, "Boats counted at the pier", *paragraphs)
    here.serve(context.sources["post"], entry())
    poll_source(context, "post")
    assert read_entry(context, str(row(context.store).id)).result == "ok"


def poll_again(context: Context, here, *entries: Entry) -> None:
    here.serve(context.sources["post"], *entries)
    with context.store.writing() as tx:
        tx.sources.poll_now("post", here.clock.now())
    assert poll_source(context, "post").result == "ok"


def look_again(context: Context, here, *paragraphs: str) -> Done:
    here.later(3 * 3600 + 1)
    if paragraphs:
        here.publish(PAGE, "Boats counted at the pier", *paragraphs)
    return read_again(context, str(row(context.store).id))


@pytest.fixture
def updates(context: Context) -> Context:
    hook = replace(context.channels["hook"], policy=Policy(updates=True))
    return replace(context, channels={"hook": hook})


def test_an_article_that_matched_is_looked_at_again_after_hours_and_the_next_day_and_then_no_more(
    context: Context, here
) -> None:
    first_reading(context, here, *MATCHING)
    read_at = here.clock.now()
    assert row(context.store).again_at == read_at + timedelta(hours=3)
    assert read_again(context, str(row(context.store).id)).result == "left"
    assert look_again(context, here).reason == "unchanged"
    assert row(context.store).again_at == here.clock.now() + timedelta(hours=24)
    here.later(24 * 3600 + 1)
    read_again(context, str(row(context.store).id))
    assert row(context.store).again_at is None


def test_an_article_that_no_rule_matched_is_not(context: Context, here) -> None:
    first_reading(context, here, *PLAIN)
    assert row(context.store).again_at is None


@pytest.mark.parametrize(
    ("paragraphs", "listing", "again"),
    [
        pytest.param(MATCHING, {}, False, id="as before"),
        pytest.param(MATCHING, {"title": "Boats  counted "}, False, id="with other spaces"),
        pytest.param(MATCHING, {"title": "Boats counted, one missing"}, True, id="under another title"),
        pytest.param(PLAIN, {"title": "Boats counted, one missing"}, False, id="under another title, and no rule cares"),
        pytest.param(PLAIN, {"title": "Boats counted, heroin found"}, True, id="under a title that a rule matches"),
        pytest.param(PLAIN, {"title": "Boats", "summary": "A bag of heroin was found."}, True, id="with such a summary"),
    ],
)
def test_a_page_is_looked_at_again_when_its_source_lists_it_in_a_way_that_matters(
    context: Context, here, paragraphs: tuple[str, ...], listing: dict[str, str], again: bool
) -> None:
    first_reading(context, here, *paragraphs)
    here.later(7200)
    poll_again(context, here, entry(**listing), entry(keys=("other",), url="https://post.example/2"))
    with context.store.reading() as tx:
        first = min(tx.entries.of_source("post", 10), key=lambda each: each.id)
    assert (first.again_at == here.clock.now()) is again


def test_a_page_is_looked_at_again_when_its_source_says_that_it_was_updated(context: Context, here) -> None:
    here.publish(PAGE, "Boats counted at the pier", *MATCHING)
    here.serve(context.sources["post"], entry(updated_at=here.clock.now()))
    poll_source(context, "post")
    read_entry(context, str(row(context.store).id))
    poll_again(context, here, entry(updated_at=here.later(1200)))
    assert row(context.store).again_at == here.clock.now()


def test_a_source_that_lists_everything_anew_all_the_time_is_not_believed_for_ever(context: Context, here) -> None:
    first_reading(context, here, *MATCHING)
    looks = 0
    for number in range(9):
        here.later(7200)
        poll_again(context, here, entry(title=f"Boats counted, {number} missing"))
        looks += read_again(context, str(row(context.store).id)).result == "ok"
    assert looks == 5


def test_a_page_that_says_something_else_is_a_new_version_of_the_same_article(context: Context, here) -> None:
    first_reading(context, here, *MATCHING)
    before = article(context.store)
    done = look_again(context, here, MATCHING[0], "Ten boats were counted.")
    after = article(context.store)
    assert done.reason == "version 2"
    assert (after.id, after.number, after.story_id, after.read_at) == (
        before.id,
        before.number,
        before.story_id,
        before.read_at,
    )
    assert after.article.paragraphs == (MATCHING[0], "Ten boats were counted.")
    assert after.revised_at == here.clock.now()
    with context.store.reading() as tx:
        (version,) = tx.articles.versions(after.id)
        assert (version.number, version.article, version.read_at) == (1, before.article, before.read_at)
        assert len(tx.alerts.newest(10)) == 1, "an ordinary change is no news"


def test_what_cannot_be_had_or_read_changes_nothing(context: Context, here) -> None:
    first_reading(context, here, *MATCHING)
    for answer in (Failed(kind="timeout", detail="no answer"), NotModified(fetched_at=here.clock.now()), Throttled(status=429)):
        here.answers[PAGE] = answer
        here.later(24 * 3600 + 1)
        read_again(context, str(row(context.store).id))
    assert article(context.store).article.paragraphs == MATCHING


def test_a_second_look_asks_with_the_validators_of_the_first(context: Context, here) -> None:
    here.publish(PAGE, "Boats counted at the pier", *MATCHING)
    here.answers[PAGE] = replace(here.answers[PAGE], headers={"etag": '"one"'})
    here.serve(context.sources["post"], entry())
    poll_source(context, "post")
    read_entry(context, str(row(context.store).id))
    look_again(context, here)
    assert here.asked[-1].etag == '"one"'


def test_a_rule_that_matches_only_now_raises_its_alert(context: Context, here) -> None:
    first_reading(context, here, *PLAIN)
    here.later(7200)
    poll_again(context, here, entry(title="Boats counted, heroin found"))
    here.publish(PAGE, "Boats counted, heroin found", *PLAIN)
    done = read_again(context, str(row(context.store).id))
    assert done.reason == "version 2; it now matches the rule Drugs"
    with context.store.reading() as tx:
        (raised,) = tx.alerts.newest(10)
    assert raised.alert.rule_id == "drugs"
    assert raised.alert.story_id == article(context.store).story_id


def test_a_rule_that_alerted_of_the_story_does_not_alert_again_when_it_matches_anew(context: Context, here) -> None:
    first_reading(context, here, *MATCHING)
    look_again(context, here, *PLAIN)
    assert article(context.store).matches == ()
    here.later(24 * 3600)
    poll_again(context, here, entry(title="Boats counted again for ASEANAPOL"))
    here.publish(PAGE, "Boats counted at the pier", *MATCHING)
    read_again(context, str(row(context.store).id))
    assert [match.rule for match in article(context.store).matches] == ["aseanapol"]
    with context.store.reading() as tx:
        assert len(tx.alerts.newest(10)) == 1


@pytest.mark.parametrize(
    ("paragraph", "told"),
    [
        pytest.param("Correction: ten boats were counted, not nine.", "a correction: ten boats", id="a correction"),
        pytest.param("A bag of heroin was found in one of them.", "it now matches the rule Drugs", id="another rule"),
    ],
)
def test_a_material_change_is_told_to_those_who_ask_for_updates(updates: Context, here, paragraph: str, told: str) -> None:
    first_reading(updates, here, *MATCHING)
    look_again(updates, here, *MATCHING, paragraph)
    with updates.store.reading() as tx:
        alerts = {each.alert.rule_id: each.alert.id for each in tx.alerts.newest(10)}
        said = [tx.alerts.delivery(each.key) for each in tx.all_due(here.clock.now()) if each.step == "deliver"]
    (update,) = [message for _, message in said if getattr(message, "changes", ())]  # type: ignore[misc]
    assert update.notice.alert_id == alerts["aseanapol"]
    assert told.split(":")[-1].strip() in update.changes[0].lower() or told in update.changes[0]
    assert [each.url for each in update.carried] == [PAGE]


def test_it_is_not_told_to_those_who_do_not(context: Context, here) -> None:
    first_reading(context, here, *MATCHING)
    look_again(context, here, *MATCHING, "Correction: ten boats were counted, not nine.")
    with context.store.reading() as tx:
        deliveries = [each for each in tx.all_due(here.clock.now()) if each.step == "deliver"]
    assert len(deliveries) == 1, "the alert's own"
