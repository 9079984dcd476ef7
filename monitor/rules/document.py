"""Article -> Document: what rules see of an article."""

from __future__ import annotations

from monitor.articles.article import WATCHED, Article
from monitor.rules.match import Document
from monitor.sources.source import Source

LEAD_PARAGRAPHS = 2


def document(article: Article, source: Source) -> Document:
    """The article as rules see it. Its country is that of its `source`. Every paragraph of a watched page belongs to the lead, since each
    may be news by itself."""
    leads = article.paragraphs if WATCHED in article.flags else article.paragraphs[:LEAD_PARAGRAPHS]
    lead = "\n\n".join(leads)
    return Document(
        title=article.headline or "",
        body=article.body,
        lead_end=len(lead),
        url=article.url or "",
        source=f"{source.id} {source.name}",
        language=article.language,
        country=source.country,
        dateline=article.dateline or "",
    )
