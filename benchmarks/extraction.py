"""The reader against trafilatura with metadata: CPU in the same run, and F1 where the expected text is known.

    python -m benchmarks.extraction [DIR]

DIR holds pages as `NAME.html` with the expected text as `NAME.json` (see `monitor.articles.score.expected_from`) or `NAME.txt`;
without it pages of real size (benchmarks/pages.py) and the saved ones of fixtures/pages are read. The latter are a few KB each, of which
the cost of a real page cannot be told. Times are the best of three rounds over all pages, after a warm-up.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.pages import page, url
from monitor.articles.article import Article
from monitor.articles.baseline import read_alone
from monitor.articles.page import read_page
from monitor.articles.score import Expected, compare, expected_from, summarise
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Source

SAVED = Path(__file__).parents[1] / "fixtures" / "pages"
SOURCE = Source(id="benchmark", name="Benchmark", url="https://benchmark.example/", kind="page")
ENTRY = Entry(keys=("benchmark",))


def load(folder: Path) -> list[tuple[Expected, Fetched]]:
    """Pages with a known text, as they would have been fetched."""
    pages = []
    for path in sorted(folder.glob("*.html")):
        data: dict[str, object] = {}
        if path.with_suffix(".json").exists():
            data = json.loads(path.with_suffix(".json").read_text("utf-8"))
        elif path.with_suffix(".txt").exists():
            data = {"text": path.with_suffix(".txt").read_text("utf-8")}
        url = str(data.get("url", f"https://benchmark.example/news/{path.stem}"))
        headers = {"content-type": str(data.get("content_type", "text/html"))}
        fetched = Fetched(url=url, status=200, headers=headers, body=path.read_bytes(), fetched_at=datetime.now(UTC))
        if "unreadable" not in data and data:
            pages.append((expected_from(data), fetched))
    return pages


def ours(fetched: Fetched) -> Article:
    got = read_page(SOURCE, fetched, ENTRY)
    return got if isinstance(got, Article) else Article(headline=None, paragraphs=())


def measure(read: Callable[[Fetched], Article], pages: list[tuple[Expected, Fetched]]) -> tuple[float, str]:
    """Seconds of CPU for one round, and how well it read."""
    scores = [compare(expected, read(fetched)) for expected, fetched in pages]
    rounds = []
    for _ in range(3):
        started = time.process_time()
        for _, fetched in pages:
            read(fetched)
        rounds.append(time.process_time() - started)
    summary = summarise(scores)
    shares = {
        name: getattr(summary, name) for name in ("f1", "precision", "recall", "headline", "wrong_dates", "missing_dates")
    }
    return min(rounds), "  ".join(f"{name} {'–' if value is None else f'{value:.3f}'}" for name, value in shares.items())


def real_size(count: int = 60) -> list[tuple[Expected, Fetched]]:
    """Pages as large as real ones. Their text is a filler: only what reading them costs can be told."""
    headers = {"content-type": "text/html; charset=utf-8"}
    return [
        (Expected(), Fetched(url=url(number), status=200, headers=headers, body=page(number), fetched_at=datetime.now(UTC)))
        for number in range(count)
    ]


def figures() -> list[Figure]:
    """The ratios, measured now."""
    told = []
    for name, pages in (("a page of real size", real_size()), ("a small page of fixtures/pages", load(SAVED))):
        alone, alone_words = measure(read_alone, pages)
        seconds, words = measure(ours, pages)
        size = sum(len(fetched.body) for _, fetched in pages) / len(pages) / 1000
        detail = f"{1000 * seconds / len(pages):.1f} and {1000 * alone / len(pages):.1f} ms for {size:.0f} KB"
        if pages[0][0].text:
            detail += f"; {words.split('  ')[0]}, alone {alone_words.split('  ')[0]}"
        told.append(
            Figure(name=f"extraction: {name}", ratio=seconds / alone, baseline="trafilatura with metadata, CPU", detail=detail)
        )
    return told


def main() -> None:
    warnings.simplefilter("ignore")
    if len(sys.argv) == 1:
        for each in figures():
            print(f"{each.name:42} {each.ratio:6.2f}  x {each.baseline:34} {each.detail}")
        return
    pages = load(Path(sys.argv[1]))
    reference, words = measure(read_alone, pages)
    print(f"trafilatura with metadata  {1000 * reference / len(pages):6.1f} ms a page  {words}")
    seconds, words = measure(ours, pages)
    print(f"monitor                    {1000 * seconds / len(pages):6.1f} ms a page  {words}")
    print(f"{len(pages)} pages, CPU of monitor / CPU of trafilatura = {seconds / reference:.2f}")


if __name__ == "__main__":
    main()
