"""News pages as large as real ones, made by chance from a seed: what the benchmarks read. 80 KB each, 4 KB of it the article."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

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
    headline = _sentence(chance, words, 9)
    paragraphs = [" ".join(_sentence(chance, words, chance.randint(9, 24)) for _ in range(3)) for _ in range(12)]
    if matching:
        headline = "ASEANAPOL chiefs agree on human trafficking"
        paragraphs[0] = MATCHING[0] + " " + paragraphs[0]
        paragraphs[3] = MATCHING[1] + " " + paragraphs[3]
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
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{headline} | The Daily</title>
<meta property="og:title" content="{headline}"><meta property="og:type" content="article">
<meta name="description" content="{paragraphs[1][:150]}">
<link rel="canonical" href="{url(number)}"><style>{_css(chance)}</style><script>{_script(chance, 9000)}</script>
<script type="application/ld+json">{json.dumps(data)}</script></head><body class="page page--article">
<header class="site-header">{_menu(chance, words, 90)}</header><main><article class="story"><h1 class="story-headline">{headline}</h1>
<div class="byline">By <a href="/author/7">Somsak Reporter</a></div><time datetime="2026-10-01T08:00:00+07:00">1 October 2026</time>
<figure><img src="/img/{number}.jpg" srcset="{_srcset(number)}" alt=""><figcaption>{_sentence(chance, words, 12)}</figcaption></figure>
{text}</article><aside class="related"><h2>Read next</h2>{_cards(chance, words, 36)}</aside>
<section class="comments">{_comments(chance, words, 12)}</section></main><footer>{_menu(chance, words, 70)}</footer>
<script>{_script(chance, 14000)}</script></body></html>""".encode()


def write(path: Path, numbers: Iterable[int], *, matching_percent: int, bare: bool = False) -> Path:
    """A WARC file of these pages, one a second, so many of a hundred matching."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for number in numbers:
            body = page(number, matching=number % 100 < matching_percent, bare=bare)
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


def _menu(chance: random.Random, words: list[str], number: int) -> str:
    items = "".join(
        f'<li class="nav-item nav-item--{at}"><a class="nav-link" data-analytics="nav:{at}" href="/section/{at}">'
        f"<span>{' '.join(chance.choices(words, k=2))}</span></a></li>"
        for at in range(number)
    )
    return f'<nav><ul class="nav">{items}</ul></nav>'


def _srcset(number: int) -> str:
    return ", ".join(f"https://cdn.example/{number}/{width}.jpg {width}w" for width in (320, 480, 640, 960, 1280))


def _cards(chance: random.Random, words: list[str], number: int) -> str:
    return "".join(
        f'<div class="card card--small"><a href="/news/{chance.randrange(10**6)}"><picture><source srcset="{_srcset(at)}">'
        f'<img loading="lazy" src="/t/{at}.jpg" alt=""></picture><h3 class="card-title">{_sentence(chance, words, 9)}</h3>'
        f'</a><p class="card-teaser">{_sentence(chance, words, 18)}</p></div>\n'
        for at in range(number)
    )


def _comments(chance: random.Random, words: list[str], number: int) -> str:
    return "".join(
        f'<div class="comment"><b>user{chance.randrange(999)}</b><p>{_sentence(chance, words, 20)}</p></div>'
        for _ in range(number)
    )


def _css(chance: random.Random) -> str:
    return "".join(f".c{chance.randrange(9999)}{{margin:{at}px;color:#{chance.randrange(16**6):06x}}}\n" for at in range(250))


def _script(chance: random.Random, length: int) -> str:
    lines = (f'window.q=window.q||[];q.push({{"id":{chance.randrange(10**9)},"slot":"top-{at}"}});\n' for at in range(9999))
    text = ""
    for line in lines:
        text += line
        if len(text) >= length:
            break
    return text
