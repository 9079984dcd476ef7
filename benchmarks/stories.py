"""What grouping an article costs as the archive grows: the time to look for its story and file it, at 1,000 and at 100,000 articles.

    python -m benchmarks.stories [STORE-URL] [--articles 100000]

Articles of a made-up press arrive one a second: one in five is a copy of one of the last hours, one in ten a translation, and all of
them have facets, so that all are compared. Without a URL a fresh SQLite file is used; a PostgreSQL database has to be empty. Matching is
not part of it, articles come matched, nor is putting a transaction on disk. Times are of the wall clock, medians of 400 articles at each
size.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure
from monitor.articles.article import Article
from monitor.rules.compile import compile_rules
from monitor.rules.match import Verdict
from monitor.sources.source import Source
from monitor.steps.file_article import Prepared, file_article
from monitor.store.database import open_store
from monitor.stories.facts import facts
from monitor.stories.sketched import sketched
from monitor.urls import article_id

START = datetime(2026, 1, 1, tzinfo=UTC)
MEASURED = 400
FEW = 1_000
LANGUAGES = ("en", "id", "th", "vi")
SUBJECTS = ("crime/drug-trafficking", "crime/cybercrime", "crime/trafficking-in-persons", "crime/wildlife-and-timber")
COUNTRIES = ("kh", "la", "mm", "my", "ph", "sg", "th", "vn", "id")


class Press:
    """Writes articles; the same for the same seed."""

    def __init__(self) -> None:
        self._chance = random.Random("press")
        self._words = ["".join(self._chance.choices("aeioubdfgklmnprst", k=self._chance.randint(3, 9))) for _ in range(8_000)]
        self._recent: list[tuple[str, str, list[str], tuple[str, ...]]] = []

    def next(self, number: int) -> Prepared:
        chance = self._chance.random()
        if self._recent and chance < 0.2:
            language, text, numbers, facets = self._chance.choice(self._recent)
            words = text.split()
            words[5:8] = self._chance.choices(self._words, k=3)
            text = " ".join(words)
        elif self._recent and chance < 0.3:
            language, _, numbers, facets = self._chance.choice(self._recent)
            language = self._chance.choice([each for each in LANGUAGES if each != language])
            text = self._text(numbers)
        else:
            language = self._chance.choice(LANGUAGES)
            numbers = [
                str(self._chance.choice((self._chance.randint(11, 99), self._chance.randint(100, 9_999)))) for _ in range(7)
            ]
            text = self._text(numbers)
            facets = (f"country/{self._chance.choice(COUNTRIES)}", self._chance.choice(SUBJECTS))
        self._recent = [*self._recent[-3_000:], (language, text, numbers, facets)]
        url = f"https://site-{self._chance.randrange(400)}.example/{number}"
        article = Article(headline=text[:60], paragraphs=(text,), url=url, language=language)
        source = Source(id=url.split("/")[2], name="Press", url=url, kind="page")
        return Prepared(
            id=article_id(url),
            source=source,
            text=sketched(article),
            verdict=Verdict(facets=facets),
            identities=(url,),
            facts=facts(f"\n{text}", language, None),
        )

    def _text(self, numbers: list[str]) -> str:
        words = self._chance.choices(self._words, k=220)
        for number in numbers:
            words[self._chance.randrange(len(words))] = number
        return " ".join(words)


def measure(url: str, sizes: Sequence[int]) -> list[tuple[float, int]]:
    """File articles up to the largest size; for each, the median milliseconds of the last to be filed, and the number of stories."""
    store, press = open_store(url), Press()
    rules = compile_rules([], [])
    number, told = 0, []
    for size in sizes:
        while number < size - MEASURED:
            with store.writing() as tx:
                for _ in range(min(500, size - MEASURED - number)):
                    number += 1
                    file_article(tx, rules, press.next(number), START + timedelta(seconds=number), alerting=False, channels={})
        spent = []
        while number < size:
            number += 1
            prepared = press.next(number)
            with store.writing() as tx:
                started = time.perf_counter()
                file_article(tx, rules, prepared, START + timedelta(seconds=number), alerting=False, channels={})
                spent.append(time.perf_counter() - started)
        with store.reading() as tx:
            told.append((1000 * median(spent), tx.articles.counts()["stories"]))
    store.close()
    return told


def figures(articles: int = 100_000, url: str | None = None) -> list[Figure]:
    """The ratio, measured now."""
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as folder:
        (few_ms, few), (many_ms, many) = measure(url or f"sqlite:///{Path(folder) / 'benchmark.db'}", (FEW, articles))
    return [
        Figure(
            name=f"stories: an article among {articles}",
            ratio=many_ms / few_ms,
            baseline=f"among {FEW}, wall time",
            bound="<= 1.5",
            detail=f"{few_ms:.2f} ms with {few} stories, {many_ms:.2f} ms with {many}, on {(url or 'sqlite').partition(':')[0]}",
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url", nargs="?", metavar="STORE-URL", help="an empty database; a SQLite file of its own if left out")
    parser.add_argument("--articles", type=int, default=100_000)
    chosen = parser.parse_args()
    for each in figures(chosen.articles, chosen.url):
        print(f"{each.name:42} {each.ratio:6.2f}  x {each.baseline:34} {each.bound or '':8} {each.detail}")


if __name__ == "__main__":
    main()
