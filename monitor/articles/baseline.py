"""What trafilatura alone makes of a page: the baseline that our reader is measured against."""

from __future__ import annotations

from datetime import datetime

from trafilatura import bare_extraction

from monitor.articles.article import Article
from monitor.fetching.outcome import Fetched


def read_alone(fetched: Fetched) -> Article:
    """Title, text, day and authors as trafilatura finds them; an article without text if it finds none."""
    got = bare_extraction(fetched.body, url=fetched.url, with_metadata=True)
    day, author = getattr(got, "date", None), getattr(got, "author", None)
    return Article(
        headline=getattr(got, "title", None),
        paragraphs=tuple((getattr(got, "text", None) or "").splitlines()),
        authors=tuple(name.strip() for name in author.split(";")) if author else (),
        published_at=datetime.fromisoformat(f"{day}T00:00+00:00") if day else None,
    )
