"""News pages as heavy as real ones, made by chance from a seed: what the benchmarks read.

How heavy real ones are was counted in the 85 saved pages that gne 0.4.3 and newspaper4k 0.9.6 carry as tests (median, mean, and what
a tenth of them exceed): 131, 269 and 423 kB, of which scripts 15, 88 and 108, styles 1, 70 and 246, attributes 40, 66 and 219; 835, 971
and 2,293 elements, at most 14, 15 and 22 deep; 31, 33 and 64 scripts; 1.9, 3.3 and 7.1 kB of article in 4.3, 7.0 and 17.1 kB of text.

    python -m benchmarks.pages      counts the same in those made here
"""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from lxml import html
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

BEGAN = datetime(2026, 10, 1, tzinfo=UTC)

_PLAIN = (
    "the of and to in a that for on with as was were by at from it said will has have had its their new after over more than "
    "about who which when where council road school water price bridge week local year garden library concert"
).split()
MATCHING = (
    "Police of six states broke up a human trafficking ring that sent workers to scam compounds, ASEANAPOL said on Monday.",
    "Investigators traced drug trafficking across the Mekong and arrested nine suspects in Thailand and Cambodia.",
)
"""Sentences on which the shipped rules hold."""


def page(number: int, *, matching: bool = False, bare: bool = False) -> bytes:
    """The page with this number, always the same bytes. One that is not `matching` holds no word of crime at all; a `bare` one is
    its article alone, some 5 KB."""
    chance = random.Random(number)
    words = _words()
    furniture, code, length = _much(chance, 0.6), _much(chance, 1.1), 10 if bare else max(2, round(7 * _much(chance, 0.8)))
    headline = _sentence(chance, words, 9)
    paragraphs = [" ".join(_sentence(chance, words, chance.randint(9, 24)) for _ in range(3)) for _ in range(length)]
    if matching:
        headline = "ASEANAPOL chiefs agree on human trafficking"
        paragraphs[0] = MATCHING[0] + " " + paragraphs[0]
        paragraphs[1] = MATCHING[1] + " " + paragraphs[1]
    text = "".join(f'<p class="story-text">{_linked(chance, each)}</p>\n' for each in paragraphs)
    if bare:
        return f"<html><head><title>{headline}</title></head><body><article><h1>{headline}</h1>{text}</article></body></html>".encode()
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": "2026-10-01T08:00:00+07:00",
        "author": {"@type": "Person", "name": "Somsak Reporter"},
    }
    dated, shown = "", '<span class="story-date">Thursday, 1 October 2026, 08:00</span>'
    if number % 2:  # of the pages that were counted more than half said it in the text alone
        dated = f'<script type="application/ld+json">{json.dumps(data)}</script>'
        shown = '<time datetime="2026-10-01T08:00:00+07:00">1 October 2026</time>'
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{headline} | The Daily</title>
<meta property="og:title" content="{headline}"><meta property="og:type" content="article">
<meta name="description" content="{paragraphs[1][:150]}">
<link rel="canonical" href="{url(number)}"><style>{_css(chance, round(1000 * code))}</style>{_tags(chance, 16)}
<script>window.__STATE__={_state(chance, round(600 * code))};</script>
{dated}</head><body class="page page--article">
{_tags(chance, 6)}<header class="site-header">{_menu(chance, words, round(80 * furniture))}</header>{
        _within(
            6,
            f'''<main><article
class="story"><h1 class="story-headline">{headline}</h1><div class="byline">By <a href="/author/7">Somsak Reporter</a></div>
{shown}<figure><img src="/img/{number}.jpg" srcset="{_srcset(number)}" alt="">
<figcaption>{_sentence(chance, words, 12)}</figcaption></figure>{_within(3, text)}</article></main>''',
        )
    }
<aside class="related"><h2>Read next</h2>{_cards(chance, words, round(45 * furniture))}</aside>
<section class="comments">{_comments(chance, words, round(6 * furniture))}</section>
<footer>{_menu(chance, words, round(55 * furniture))}</footer>{_tags(chance, 8)}</body></html>""".encode()


def made(number: int) -> bytes:
    """The page with this number; five of a hundred match."""
    return page(number, matching=number % 100 < 5)


def bare(number: int) -> bytes:
    """The same as its article alone."""
    return page(number, matching=number % 100 < 5, bare=True)


def saved(folder: Path) -> list[bytes]:
    """The pages `*.html` of a folder, saved from real sites."""
    return [path.read_bytes() for path in sorted(folder.glob("*.html"))]


def write(path: Path, numbers: Iterable[int], body_of: Callable[[int], bytes]) -> Path:
    """A WARC file of these pages, one a second."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for number in numbers:
            body = body_of(number)
            record = writer.create_warc_record(
                url(number),
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": (BEGAN + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")},
            )
            writer.write_record(record)
    return path


def url(number: int) -> str:
    """Where the page with this number stands."""
    return f"https://www.daily-{number % 7}.example/news/2026/10/{number}"


def _much(chance: random.Random, spread: float) -> float:
    """A factor as sizes of pages spread: half of them below 1, few far above it."""
    return min(max(chance.lognormvariate(0, spread), 0.1), 8.0)


@cache
def _words() -> list[str]:
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    made = ["q" + "".join(chance.choices(letters, k=chance.randint(3, 8))) for _ in range(6000)]  # no word of any vocabulary
    return [*_PLAIN * 60, *made]


def _sentence(chance: random.Random, words: list[str], length: int) -> str:
    return " ".join(chance.choices(words, k=length)).capitalize() + "."


def _linked(chance: random.Random, text: str) -> str:
    words = text.split()
    at = chance.randrange(len(words))
    words[at] = f'<a href="/topic/{at}" class="inline-link" data-track="body">{words[at]}</a>'
    return " ".join(words)


def _within(depth: int, inner: str) -> str:
    before = "".join(f'<div class="layout__cell layout__cell--{at} grid-x" data-cell="{at}">' for at in range(depth))
    return before + inner + "</div>" * depth


def _menu(chance: random.Random, words: list[str], number: int) -> str:
    items = "".join(
        f'<li class="nav-item nav-item--{at}"><div class="nav-box"><a class="nav-link" data-analytics="nav:{at}" href="/section/{at}">'
        f"{' '.join(chance.choices(words, k=1))}</a></div></li>"
        for at in range(number)
    )
    return _within(4, f'<nav><ul class="nav">{items}</ul></nav>')


def _srcset(number: int) -> str:
    return ", ".join(f"https://cdn.example/{number}/{width}.jpg {width}w" for width in (320, 480, 640, 960, 1280))


def _cards(chance: random.Random, words: list[str], number: int) -> str:
    cards = "".join(
        f'<div class="card card--small" data-card="{chance.randrange(10**9)}"><div class="card__media">'
        f'<a class="card__link" href="https://www.daily.example/news/2026/09/{chance.randrange(10**6)}?source=related">'
        f'<img loading="lazy" class="card__image" src="https://cdn.example/t/{at}.jpg" srcset="{_srcset(at)}" alt=""></a></div>'
        '<div class="card__text"><span class="card__label"></span>'
        f'<h3 class="card-title">{_sentence(chance, words, 8)}</h3></div></div>\n'
        for at in range(number)
    )
    return _within(5, cards)


def _comments(chance: random.Random, words: list[str], number: int) -> str:
    return "".join(
        f'<div class="comment"><b>user{chance.randrange(999)}</b><p>{_sentence(chance, words, 20)}</p></div>'
        for _ in range(number)
    )


def _css(chance: random.Random, rules: int) -> str:
    return "".join(f".c{chance.randrange(9999)}{{margin:{at}px;color:#{chance.randrange(16**6):06x}}}\n" for at in range(rules))


def _tags(chance: random.Random, number: int) -> str:
    """Scripts of those who count and advertise."""
    return "".join(
        f'<script async src="https://tags.example/{chance.randrange(10**6)}.js"></script>\n'
        if at % 3
        else f'<script>window.q=window.q||[];q.push({{"id":{chance.randrange(10**9)},"slot":"top-{at}"}});</script>\n'
        for at in range(number)
    )


def _state(chance: random.Random, items: int) -> str:
    """What a page's own scripts start from: lists of things to show elsewhere."""
    return json.dumps(
        [{"id": chance.randrange(10**9), "url": f"/news/{at}", "kind": "teaser", "weight": at} for at in range(items)]
    )


def _counted(body: bytes) -> dict[str, float]:
    root = html.fromstring(body)
    elements = list(root.iter("*"))
    code = {name: sum(len(each.text or "") for each in root.iter(name)) / 1000 for name in ("script", "style")}
    texts = [text for each in elements if each.tag not in code for text in (each.text, each.tail) if text]
    return {
        "kB": len(body) / 1000,
        **{f"{name} kB": size for name, size in code.items()},
        "attribute kB": sum(len(name) + len(value) + 4 for each in elements for name, value in each.attrib.items()) / 1000,
        "elements": len(elements),
        "depth": max(sum(1 for _ in each.iterancestors()) for each in elements),
        "scripts": sum(1 for _ in root.iter("script")),
        "text kB": sum(len(text.strip()) for text in texts) / 1000,
        "article kB": sum(len(each.text_content()) for each in root.iterfind(".//article//p")) / 1000,
    }


def main() -> None:
    counted = [_counted(page(number)) for number in range(200)]
    for name in counted[0]:
        values = sorted(each[name] for each in counted)
        print(
            f"{name:13} median {statistics.median(values):8.1f}  mean {statistics.mean(values):8.1f}  90 % {values[179]:8.1f}"
        )


if __name__ == "__main__":
    main()
