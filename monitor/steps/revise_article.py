"""A page that has changed -> a new version of its article, and the messages about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.alerts.channel import Channel
from monitor.articles.corrections import notices
from monitor.ports import StoredArticle, StoredResponse, Transaction
from monitor.rules.compile import RuleSet
from monitor.steps.file_article import Prepared
from monitor.steps.raise_alerts import raise_alerts, tell_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """The number of the article's present version, what has changed materially, in words, and the ids of the alerts that were raised."""

    version: int
    changes: tuple[str, ...]
    alerts: tuple[str, ...]


def revise_article(
    tx: Transaction,
    rules: RuleSet,
    stored: StoredArticle,
    prepared: Prepared,
    response: StoredResponse,
    now: datetime,
    *,
    channels: Mapping[str, Channel],
) -> Revised:
    """Store what the article says now, and keep what it said before as a version. It stays the same article of the same story.

    A rule that matches now and did not before raises its alert, unless the story has one by that rule. Such a match, or a new notice of a
    correction, is a material change: channels that got an alert about the story and ask for updates are told.
    """
    before = {match.rule for match in stored.matches}
    new_matches = tuple(match for match in prepared.verdict.matches if match.rule not in before)
    # Even if the page has a new address or date, the article keeps those that it is known by.
    article = replace(prepared.article, url=stored.article.url, published_at=stored.article.published_at)
    revised = replace(stored, article=article, matches=prepared.verdict.matches, facets=prepared.verdict.facets, revised_at=now)
    number = tx.articles.revise(revised, prepared.text, prepared.facts) + 1
    tx.articles.also_at(stored.id, prepared.identities)
    if new_matches:
        tx.articles.keep_response(stored.id, number, response)
    told = {alert.alert.id for alert in tx.alerts.of_story(stored.story_id)}
    raised = raise_alerts(
        tx,
        rules,
        article_id=stored.id,
        article_version=number,
        article=article,
        source=prepared.source,
        verdict=replace(prepared.verdict, matches=new_matches),
        story_id=stored.story_id,
        now=now,
        channels=channels,
    )
    old_notices = set(notices(stored.article.paragraphs))
    changes = tuple(f"it now carries a correction: “{text}”" for text in notices(article.paragraphs) if text not in old_notices)
    changes += tuple(f"it now matches the rule {rules.rules[match.rule].title}" for match in new_matches)
    if changes and before:
        tell_changes(
            tx, rules, article_id=stored.id, version=number, alert_ids=told, changes=changes, story_id=stored.story_id, now=now,
            channels=channels,
        )  # fmt: skip
    return Revised(version=number, changes=changes, alerts=raised)
