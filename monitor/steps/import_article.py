"""A text that somebody already has -> Article, filed like any other."""

from __future__ import annotations

from monitor.articles.article import Article
from monitor.sources.source import Source
from monitor.steps.context import Context, Done
from monitor.steps.file_article import file_article, prepare
from monitor.stories.sketched import sketched


def import_article(context: Context, source: Source, article: Article, *, alerting: bool) -> Done:
    """File an article that was not fetched. Importing it twice is importing it once."""
    prepared = prepare(context.rules, source, sketched(article))
    with context.store.writing() as tx:
        filed = file_article(tx, context.rules, prepared, context.clock.now(), alerting=alerting, channels=context.channels)
    return Done(
        result="ok" if filed.new else "left",
        reason="imported" if filed.new else f"known already as {filed.article_id}",
        facts={
            "source": source.id,
            "article": filed.article_id,
            "story": filed.story_id,
            "rules": filed.rules,
            "alerts": filed.alerts,
        },
    )
