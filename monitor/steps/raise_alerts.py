"""Matches of an article -> its story's alerts, updates of alerts, and deliveries; all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.alerts.alert import Delivery, Notice
from monitor.alerts.channel import Channel
from monitor.alerts.message import Carried, Update
from monitor.alerts.notice import notice
from monitor.alerts.raising import change_id, deliver_to, raise_alert, update_id
from monitor.articles.article import Article
from monitor.ports import StoredAlert, StoredArticle, Transaction
from monitor.rules.compile import RuleSet
from monitor.rules.match import Verdict
from monitor.sources.source import Source

UPDATE_AT = (3, 10, 30)
"""The numbers of sources carrying a story at which its alerts are updated."""


def raise_alerts(
    tx: Transaction,
    rules: RuleSet,
    *,
    article_id: str,
    article_version: int,
    article: Article,
    source: Source,
    verdict: Verdict,
    story_id: str,
    opened: bool = False,
    now: datetime,
    channels: Mapping[str, Channel],
) -> tuple[str, ...]:
    """Raise an alert for each rule that this article is the first in its story to match, and return the alerts' ids. Alerts raised
    earlier in the story are updated if this article's source brings the number of sources to one in `UPDATE_AT`. `opened` says that
    the article has just opened the story, so there are no earlier alerts to look for."""
    if not verdict.matches:
        return ()
    already = frozenset[str]() if opened else tx.alerts.raised(story_id)
    carriers = [(source.id, source.name)] if opened else tx.articles.carriers(story_id)
    ids = []
    for match in verdict.matches:
        rule = rules.rules[match.rule]
        if rule.id in already:
            continue
        alert, deliveries = raise_alert(
            story_id=story_id, article_id=article_id, article_version=article_version, rule=rule, now=now
        )
        said = notice(
            alert=alert,
            rule=rule,
            match=match,
            article=article,
            source=source,
            facets=verdict.facets,
            also_carried_by=sorted({name for _, name in carriers}),
        )
        tx.alerts.add(alert, said, _routed(said, deliveries, channels))
        ids.append(alert.id)
    if already and _is_noteworthy([carrier for carrier, _ in carriers], source):
        matched = {match.rule for match in verdict.matches}
        articles = tx.articles.of_story(story_id)
        for stored in tx.alerts.of_story(story_id):
            if stored.alert.rule_id in matched & already:
                _update(tx, stored, articles, rules, now, channels)
    return tuple(ids)


def tell_changes(
    tx: Transaction,
    rules: RuleSet,
    *,
    story_id: str,
    article_id: str,
    version: int,
    alert_ids: Collection[str],
    changes: tuple[str, ...],
    now: datetime,
    channels: Mapping[str, Channel],
) -> None:
    """Tell the channels of these alerts, as far as they ask for updates, what has changed in an article of the story."""
    changed = tx.articles.get(article_id)
    if changed is None:
        return
    for stored in tx.alerts.of_story(story_id):
        if stored.alert.id in alert_ids:
            said = Update(notice=stored.notice, carried=(_carried(changed),), at=now, changes=changes)
            _say(tx, stored, said, change_id(stored.alert.id, article_id, version), rules, channels)


def _routed(said: Notice, deliveries: Iterable[Delivery], channels: Mapping[str, Channel]) -> list[Delivery]:
    """The deliveries whose channel is switched on and accepts such an alert."""
    return [
        each
        for each in deliveries
        if (channel := channels.get(each.channel_id)) is not None
        and channel.policy.only.takes(rule=said.rule_id, severity=said.severity, language=said.language, country=said.country)
    ]


def _is_noteworthy(carriers: list[str], source: Source) -> bool:
    """Whether `source`, which is among the carriers, is new to the story and brings their number to one that is worth an update."""
    return carriers.count(source.id) == 1 and len(set(carriers)) in UPDATE_AT


def _update(
    tx: Transaction,
    stored: StoredAlert,
    articles: list[StoredArticle],
    rules: RuleSet,
    now: datetime,
    channels: Mapping[str, Channel],
) -> None:
    sources = len({each.source_id for each in articles})
    since = UPDATE_AT[UPDATE_AT.index(sources) - 1] if sources != UPDATE_AT[0] else 1
    firsts: dict[str, StoredArticle] = {}
    for each in articles:
        firsts.setdefault(each.source_id, each)
    others = tuple(dict.fromkeys(each.source_name for each in articles if each.source_name != stored.notice.source_name))
    said = Update(
        notice=replace(stored.notice, also_carried_by=others),
        carried=tuple(_carried(each) for each in list(firsts.values())[since:] if each.id != stored.alert.article_id),
        at=now,
    )
    _say(tx, stored, said, update_id(stored.alert.id, sources), rules, channels)


def _say(
    tx: Transaction, stored: StoredAlert, said: Update, message_id: str, rules: RuleSet, channels: Mapping[str, Channel]
) -> None:
    """Send the update to those channels of the alert's rule that ask for updates."""
    rule = rules.rules.get(stored.alert.rule_id)
    hearing = [name for name in (rule.alert if rule else ()) if name in channels and channels[name].policy.updates]
    deliveries = _routed(said.notice, deliver_to(message_id, hearing, said.at), channels)
    if deliveries:
        tx.alerts.say(message_id, said, deliveries, now=said.at, alert_id=stored.alert.id)


def _carried(stored: StoredArticle) -> Carried:
    return Carried(
        headline=stored.article.headline,
        url=stored.article.url,
        source_name=stored.source_name,
        language=stored.article.language,
        published_at=stored.article.published_at,
    )
