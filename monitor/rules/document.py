"""What rules see of an article."""

from __future__ import annotations

from monitor.articles.article import Article
from monitor.rules.match import Document
from monitor.sources.source import Source

LEAD_PARAGRAPHS = 2


def document(article: Article, source: Source) -> Document:
    """The article as rules see it; its country is that of `source`, the outlet."""
    lead = "\n\n".join(article.paragraphs[:LEAD_PARAGRAPHS])
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
