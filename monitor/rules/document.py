"""What rules see of an article."""

from __future__ import annotations

from monitor.articles.article import WATCHED, Article
from monitor.rules.match import Document
from monitor.sources.source import Source

LEAD_PARAGRAPHS = 2


def document(article: Article, source: Source) -> Document:
    """The article as rules see it; its country is that of `source`, the outlet. Each paragraph of a watched page may be news of its own,
    and is a lead."""
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
