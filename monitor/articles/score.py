"""How well pages are read: what is made of a saved page, compared with what a person says is there.

Text is compared as the article extraction benchmark of Scrapinghub does: as multisets of runs of four words, precision and recall
averaged over pages, F1 of the two averages. In scripts without spaces each letter counts as a word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import mean
from typing import Any

from monitor.articles import plain
from monitor.articles.article import Article, Unreadable

_RUN = 4
_TOKEN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a person says of a page; None is not known and not compared. If the page is no article, `unreadable` is a word that the reason
    for that has to hold. The paragraphs in `text` are joined by line breaks."""

    text: str | None = None
    headline: str | None = None
    published: date | None = None
    authors: tuple[str, ...] | None = None
    unreadable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of one page. Shares are from 0 to 1; a field is None if nothing was expected of it. `published` is True, False or, if the
    article has no date, "missing"."""

    precision: float | None = None
    recall: float | None = None
    headline: bool | None = None
    published: bool | str | None = None
    authors: bool | None = None
    refused: bool | None = None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        if self.precision is None or self.recall is None:
            return None
        return _f1(self.precision, self.recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The averages over many pages of what was compared, None where nothing was. `wrong_dates` and `missing_dates` are shares of the pages
    whose date is known, `refused` of those that are no article."""

    pages: int
    precision: float | None
    recall: float | None
    f1: float | None
    headline: float | None
    wrong_dates: float | None
    missing_dates: float | None
    authors: float | None
    refused: float | None


def expected_from(data: Mapping[str, Any]) -> Expected:
    """What is expected, out of JSON: `paragraphs` (a list), `text` or `articleBody`; `headline` or `title`; `published` or `date` (ISO);
    `authors` (a list) or `author`; `unreadable`. Raises ValueError if a value has another form."""
    text = data.get("text", data.get("articleBody"))
    if "paragraphs" in data:
        text = "\n".join(data["paragraphs"])
    day = data.get("published", data.get("date"))
    authors = data.get("authors", data.get("author"))
    authors = [authors] if isinstance(authors, str) else authors
    for name, value in (
        ("text", text),
        ("headline", data.get("headline")),
        ("published", day),
        ("unreadable", data.get("unreadable")),
    ):
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{name} must be a text, not {value!r}")
    return Expected(
        text=text,
        headline=data.get("headline", data.get("title")),
        published=date.fromisoformat(day[:10]) if day else None,
        authors=tuple(authors) if authors is not None else None,
        unreadable=data.get("unreadable"),
    )


def compare(expected: Expected, got: Article | Unreadable) -> Score:
    """The score of one page. A page that was refused although it is an article scores nothing for its text."""
    if expected.unreadable is not None:
        return Score(refused=isinstance(got, Unreadable) and expected.unreadable.lower() in got.reason.lower())
    if isinstance(got, Unreadable):
        got = Article(headline=None, paragraphs=())
    precision, recall = (None, None) if expected.text is None else overlap(expected.text, "\n".join(got.paragraphs))
    published: bool | str | None = None
    if expected.published is not None:
        # Late in the evening it is another day elsewhere in the region.
        off = abs((got.published_at.date() - expected.published).days) if got.published_at else None
        published = "missing" if off is None else off <= 1
    return Score(
        precision=precision,
        recall=recall,
        headline=None if expected.headline is None else plain.fold(expected.headline) == plain.fold(got.headline or ""),
        published=published,
        authors=None
        if expected.authors is None
        else {plain.fold(a) for a in expected.authors} == {plain.fold(a) for a in got.authors},
    )


def overlap(expected: str, got: str) -> tuple[float, float]:
    """Precision and recall of `got` in runs of four words."""
    wanted, found = _runs(expected), _runs(got)
    common = (wanted & found).total()
    precision = common / found.total() if found else float(not wanted)
    recall = common / wanted.total() if wanted else 1.0
    return precision, recall


def summarise(scores: Iterable[Score]) -> Summary:
    """The averages of many pages."""
    scores = list(scores)
    precision = _mean(score.precision for score in scores)
    recall = _mean(score.recall for score in scores)
    dates = [score.published for score in scores if score.published is not None]
    return Summary(
        pages=len(scores),
        precision=precision,
        recall=recall,
        f1=None if precision is None or recall is None else _f1(precision, recall),
        headline=_mean(score.headline for score in scores),
        wrong_dates=_mean(day is False for day in dates),
        missing_dates=_mean(day == "missing" for day in dates),
        authors=_mean(score.authors for score in scores),
        refused=_mean(score.refused for score in scores),
    )


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text.casefold())
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1)))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
