"""Article -> matches, story, alerts: the only way for an article to get into the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.channel import Channel
from monitor.articles.article import Article
from monitor.ports import StoredArticle, StoredResponse, Transaction
from monitor.rules.compile import RuleSet
from monitor.rules.document import document
from monitor.rules.match import Verdict
from monitor.sources.source import Source
from monitor.steps.raise_alerts import raise_alerts
from monitor.stories.facts import NO_FACTS, Facts, facts
from monitor.stories.join import WINDOW, Candidate, Joined, Opened, decide
from monitor.stories.sketched import Sketched, text_of
from monitor.stories.translation import WINDOW as TRANSLATION_WINDOW
from monitor.urls import article_id, host_of, identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An article with everything that can be computed without the store: the costly part, done outside any transaction. `response` is the
    answer it was read from, kept as evidence if it matched a rule. `no_page` says why its page could not be fetched, if that failed."""

    id: str
    source: Source
    text: Sketched
    verdict: Verdict
    identities: tuple[str, ...]
    facts: Facts = NO_FACTS
    response: StoredResponse | None = None
    no_page: str | None = None

    @property
    def article(self) -> Article:
        """The article itself."""
        return self.text.article


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """How an article was filed: its id, whether it is `new`, its story and whether it opened that, the rules it matched and the ids of the
    alerts it raised."""

    article_id: str
    new: bool
    story_id: str | None = None
    opened: bool = False
    rules: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


def prepare(rules: RuleSet, source: Source, text: Sketched, *found_at: str | None) -> Prepared:
    """Match an article against the rules. `found_at` are the addresses that led to it, besides its own."""
    article, said = text.article, text_of(text.article)
    addresses = [url for url in (article.url, *found_at) if url]
    verdict = rules.match(document(article, source))
    published = article.published_at.date() if article.published_at else None
    return Prepared(
        id=article_id(identity(article.url) if article.url else said),
        source=source,
        text=text,
        verdict=verdict,
        identities=tuple(identity(url) for url in addresses) or (f"text:{article_id(said)}",),
        facts=facts(said, article.language, published) if verdict.facets else NO_FACTS,
    )


def file_article(
    tx: Transaction, rules: RuleSet, prepared: Prepared, now: datetime, *, alerting: bool, channels: Mapping[str, Channel]
) -> Filed:
    """Put an article into the store with its matches, story, alerts and deliveries, all in the caller's transaction.

    An article at a known address is not filed again. Without `alerting` no alert is raised, so the story may still raise one later.
    """
    known = tx.articles.known_as(prepared.identities)
    if known is not None:
        tx.articles.also_at(known, prepared.identities)
        return Filed(article_id=known, new=False)
    story_id, opened = _story_of(tx, prepared, now)
    stored = StoredArticle(
        id=prepared.id,
        number=0,
        source_id=prepared.source.id,
        source_name=prepared.source.name,
        country=prepared.source.country,
        article=prepared.article,
        facets=prepared.verdict.facets,
        matches=prepared.verdict.matches,
        read_at=now,
        story_id=story_id,
    )
    tx.articles.add(stored, prepared.text, prepared.identities, prepared.facts)
    if prepared.response is not None:
        tx.articles.keep_response(prepared.id, 1, prepared.response)
    raised: tuple[str, ...] = ()
    if alerting:
        raised = raise_alerts(
            tx,
            rules,
            article_id=prepared.id,
            article_version=1,
            article=prepared.article,
            source=prepared.source,
            verdict=prepared.verdict,
            story_id=story_id,
            opened=opened,
            now=now,
            channels=channels,
        )
    return Filed(
        article_id=prepared.id,
        new=True,
        story_id=story_id,
        opened=opened,
        rules=tuple(match.rule for match in prepared.verdict.matches),
        alerts=raised,
    )


def _story_of(tx: Transaction, prepared: Prepared, now: datetime) -> tuple[str, bool]:
    """The id of the story that the article joins or opens, and whether it opens it. Stories that the article shows to be the same are
    joined, unless a person has said that they are two."""
    candidate = Candidate(
        article_id=prepared.id,
        headline=prepared.article.headline or "",
        site=host_of(prepared.article.url) if prepared.article.url else None,
        published_at=prepared.article.published_at,
        seen_at=now,
        sketch=prepared.text.sketch,
        language=prepared.article.language,
        facts=prepared.facts,
        facets=frozenset(prepared.verdict.facets),
    )
    decision = decide(
        candidate,
        tx.articles.candidates(prepared.text.bands, now - WINDOW),
        translations=tx.articles.translations(prepared.facts.keys, now - TRANSLATION_WINDOW),
    )
    story_id = decision.story_id
    match decision:
        case Opened():
            tx.stories.open(story_id, now)
        case Joined(also=also):
            for other in also:
                if not tx.stories.parted(story_id, other):
                    story_id = tx.stories.join(story_id, other)
            tx.stories.touch(story_id, now)
    return story_id, isinstance(decision, Opened)
