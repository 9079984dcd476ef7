"""An article with everything that follows from its text alone, so that it can be computed in the process that reads the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.articles.article import Article, Unreadable
from monitor.fetching.outcome import Fetched
from monitor.rules.narrowing import words_of
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.stories import headline
from monitor.stories.shingles import Sketch, sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketched:
    """An article with what it is compared and found by: its sketch, the sketch's bands together with the keys of its headline, and its
    words, sorted and separated by spaces. `words` is empty if the article need not be found by a search.
    """

    article: Article
    sketch: Sketch
    bands: tuple[int, ...]
    words: str = ""


def sketched(article: Article, *, searchable: bool = True) -> Sketched:
    """The article with its sketch and, if it is to be `searchable`, its words."""
    made = sketch(text_of(article))
    words = " ".join(sorted(words_in(article))) if searchable else ""
    return Sketched(article=article, sketch=made, bands=(*made.bands, *headline.keys(article.headline or "")), words=words)


def read_page(source: Source, fetched: Fetched, entry: Entry, *, searchable: bool = True) -> Sketched | Unreadable:
    """The article of `articles.page.read_page`, sketched."""
    # Not at the top: the daemon reads no pages itself and would load the libraries for nothing.
    from monitor.articles import page

    read = page.read_page(source, fetched, entry)
    return sketched(read, searchable=searchable) if isinstance(read, Article) else read


def from_entry(source: Source, entry: Entry, now: datetime, *, searchable: bool = True) -> Sketched | Unreadable:
    """The article of `articles.page.from_entry`, sketched."""
    from monitor.articles import page

    read = page.from_entry(source, entry, now)
    return sketched(read, searchable=searchable) if isinstance(read, Article) else read


def text_of(article: Article) -> str:
    """The text by which articles are compared: headline and body."""
    return f"{article.headline or ''}\n\n{article.body}"


def words_in(article: Article) -> frozenset[str]:
    """The words under which a search of the archive finds an article."""
    return words_of("\n\n".join([article.headline or "", article.dateline or "", *article.paragraphs]))
