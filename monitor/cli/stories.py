"""Stories: what happened once, however many sites carry it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.adapters.clock import SystemClock
from monitor.cli.options import config_option, json_option, limit_option, settings_of
from monitor.cli.printing import count, print_json, print_table, when
from monitor.errors import UsageError
from monitor.ports import StoredAlert, StoredArticle, StoredStory, Transaction, Version
from monitor.rules.topics import topics
from monitor.store.database import open_store
from monitor.stories.join import QUIET


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also stories of which no article matched a rule.")
@limit_option
@config_option
@json_option
@click.pass_context
def stories(context: click.Context, everything: bool, limit: int, config: Path | None, as_json: bool) -> None:
    """Stories: who carries them, and what they are about.

    Those come first to which an article came last.
    """
    if context.invoked_subcommand is not None:
        return
    settings = settings_of(config)
    store = open_store(settings.store_url())
    with store.reading() as tx:
        found = [(each, tx.articles.of_story(each.id)) for each in tx.stories.newest(limit, matched=not everything)]
    store.close()
    if as_json:
        print_json([_json(story, articles) for story, articles in found])
        return
    print_table(
        ("id", "last article", "", "articles", "sources", "languages", "rules", "about", "headline"),
        (
            (
                story.id,
                when(story.updated_at),
                _state(story),
                len(articles),
                len(_sources(articles)),
                " ".join(_languages(articles)),
                " ".join(_rules(articles)),
                "; ".join(_topics(articles, settings.titles)),
                _headline(articles),
            )
            for story, articles in found
        ),
        "No such story yet. `monitor run` reads articles; `monitor stories --all` shows those that no rule matched, too.",
    )


@stories.command()
@click.argument("story")
@config_option
@json_option
def show(story: str, config: Path | None, as_json: bool) -> None:
    """The STORY with this id, and what happened when."""
    settings = settings_of(config)
    store = open_store(settings.store_url())
    with store.reading() as tx:
        found = _found(tx, story)
        articles = tx.articles.of_story(found.id)
        alerts = tx.alerts.of_story(found.id)
        versions = {each.id: tx.articles.versions(each.id) for each in articles if each.revised_at}
    store.close()
    if as_json:
        print_json({**_json(found, articles), "timeline": _timeline(articles, alerts, versions)})
        return
    click.secho(_headline(articles), bold=True)
    size = f"{count(len(articles), 'article')} of {count(len(_sources(articles)), 'source')}"
    click.echo(f"Story {found.id}, {_state(found)}; {size}")
    if found.split_from:
        click.echo(f"Split from story {found.split_from}")
    for name, values in (
        ("Sources", _sources(articles)),
        ("Languages", _languages(articles)),
        ("Rules", _rules(articles)),
        ("About", _topics(articles, settings.titles)),
    ):
        click.echo(f"{name}: {', '.join(values) or 'none'}")
    click.echo()
    print_table(
        ("when", "what", "article", "source", "language", "headline", "address"),
        (
            (when(each["at"]), each["what"], each["article"], each["source"], each["language"], each["headline"], each["url"])
            for each in _timeline(articles, alerts, versions)
        ),
        "Its articles are no longer kept.",
    )


@stories.command()
@click.argument("one")
@click.argument("other")
@config_option
def join(one: str, other: str, config: Path | None) -> None:
    """Make one story of two that tell of the same happening. Nothing is alerted again; the later one leads to the earlier."""
    store = open_store(settings_of(config).store_url())
    try:
        with store.writing() as tx:
            first, second = _found(tx, one).id, _found(tx, other).id
            if first == second:
                raise UsageError(f"{one} and {other} are one story already")
            kept = tx.stories.join(first, second)
    finally:
        store.close()
    click.echo(f"One story now: {kept}")


@stories.command()
@click.argument("article")
@config_option
def split(article: str, config: Path | None) -> None:
    """Make the ARTICLE with this id a story of its own.

    That is for one that tells of something else. What was alerted of the old story is not alerted of the new one.
    """
    store = open_store(settings_of(config).store_url())
    with store.writing() as tx:
        made = tx.stories.split(article, SystemClock().now())
    store.close()
    if made is None:
        raise UsageError(
            f"{article} cannot be split off: there is none with this id (`monitor stories show` lists those of a story), or its story is "
            "named after it; then split off the others"
        )
    click.echo(f"A story of its own: {made}")


def _found(tx: Transaction, story_id: str) -> StoredStory:
    """The story, or the one that it was joined to. Raises UsageError."""
    found = tx.stories.get(story_id)
    if found is not None and found.joined_to:
        found = tx.stories.get(found.joined_to)
    if found is None:
        raise UsageError(f"no story has the id {story_id!r}: `monitor stories` lists them")
    return found


def _json(story: StoredStory, articles: Sequence[StoredArticle]) -> dict[str, Any]:
    return {
        **asdict(story),
        "state": _state(story),
        "headline": _headline(articles),
        "sources": _sources(articles),
        "languages": _languages(articles),
        "rules": _rules(articles),
        "facets": sorted({facet for each in articles for facet in each.facets}),
        "articles": [
            {
                "id": each.id,
                "source": each.source_id,
                "headline": each.article.headline,
                "url": each.article.url,
                "language": each.article.language,
                "published_at": each.article.published_at,
                "read_at": each.read_at,
                "rules": [match.rule for match in each.matches],
            }
            for each in articles
        ],
    }


def _timeline(
    articles: Sequence[StoredArticle], alerts: Sequence[StoredAlert], versions: dict[str, list[Version]]
) -> list[dict[str, Any]]:
    """What happened in a story, in order: articles read, versions found, alerts raised; each with the headline of then."""
    happened: list[tuple[datetime, int, str, StoredArticle, str | None]] = []
    by_id = {each.id: each for each in articles}
    for each in articles:
        earlier = versions.get(each.id, [])
        said = [*(version.article.headline for version in earlier), each.article.headline]
        happened.append((each.read_at, 0, "article", each, said[0]))
        later = [*(version.read_at for version in earlier), each.revised_at][1:]
        happened += [(at, 1, f"version {number}", each, said[number - 1]) for number, at in enumerate(later, 2) if at]
    for stored in alerts:
        if (of := by_id.get(stored.alert.article_id)) is not None:
            happened.append((stored.alert.raised_at, 2, f"alert by {stored.alert.rule_id}", of, stored.notice.headline))
    return [
        {
            "at": at,
            "what": what,
            "article": each.id,
            "source": each.source_name,
            "language": each.article.language,
            "published_at": each.article.published_at,
            "headline": headline,
            "url": each.article.url,
        }
        for at, _, what, each, headline in sorted(happened, key=lambda item: (item[0], item[1], item[3].number))
    ]


def _state(story: StoredStory) -> str:
    return "closed" if SystemClock().now() - story.updated_at > QUIET else "open"


def _headline(articles: Sequence[StoredArticle]) -> str:
    """That of the first article that matched a rule."""
    lead = next((each for each in articles if each.matches), articles[0] if articles else None)
    return "" if lead is None else lead.article.headline or lead.article.paragraphs[0][:80]


def _sources(articles: Iterable[StoredArticle]) -> list[str]:
    return list(dict.fromkeys(each.source_name for each in articles))


def _languages(articles: Iterable[StoredArticle]) -> list[str]:
    return list(dict.fromkeys(each.article.language for each in articles if each.article.language))


def _rules(articles: Iterable[StoredArticle]) -> list[str]:
    return list(dict.fromkeys(match.rule for each in articles for match in each.matches))


def _topics(articles: Iterable[StoredArticle], titles: Mapping[str, str]) -> list[str]:
    """What any of its articles is about."""
    return list(topics({facet for each in articles for facet in each.facets}, titles).values())
