"""Every word of an article stands in the raw text of its page, whatever way it is written there."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.articles.article import Article
from monitor.articles.page import from_entry, read_page
from monitor.articles.raw import every_word
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.text import fold

PAGES = sorted((Path(__file__).parents[2] / "fixtures" / "pages").glob("*.html"))
SOURCE = Source(id="post", name="Post", url="https://post.example/", kind="page")
AT = datetime(2026, 11, 1, tzinfo=UTC)
GLUE = "\x01"
FILLER = "<p>" + "The council spoke of roads, schools and the price of water for most of the day. " * 9 + "</p>"


def words(text: str) -> set[str]:
    return set(fold(text, zawgyi=False).text.split())


def missing(article: Article, raw: str) -> set[str]:
    """Words of the article that do not stand in the raw text, glue being read as nothing or as a space in every way."""
    given, glued = words(raw.replace(GLUE, " ")), " ".join(words(raw.replace(GLUE, "")))
    texts = [article.headline or "", *article.paragraphs]
    return {word for text in texts for word in words(text) if word not in given and word not in glued}


def fetched(html: str | bytes, kind: str = "text/html; charset=utf-8") -> Fetched:
    body = html if isinstance(html, bytes) else html.encode()
    return Fetched(url="https://post.example/news/1", status=200, body=body, fetched_at=AT, headers={"content-type": kind})


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_words_of_a_saved_page(path: Path) -> None:
    page = Fetched(url="https://post.example/news/1", status=200, body=path.read_bytes(), fetched_at=AT)
    article = read_page(SOURCE, page, Entry(keys=("k",)))
    if isinstance(article, Article):
        assert missing(article, every_word(SOURCE, page, Entry(keys=("k",)), GLUE)) == set()


def in_a_paragraph(markup: str) -> str:
    story = f"<h1>A meeting of the council in the city hall</h1><p>They met {markup} today.</p>{FILLER}"
    return f"<html><body><article>{story}</article></body></html>"


def with_head(head: str) -> str:
    return f"<html><head>{head}</head><body><article>{FILLER}</article></body></html>"


def with_data(headline: str, text: str, escape: str = "") -> str:
    """A page whose text is in its JSON-LD alone, with the letter `escape` written as JSON may."""
    data = json.dumps({"@type": "NewsArticle", "headline": headline, "articleBody": text})
    data = data.replace(escape, f"\\u{ord(escape):04x}") if escape else data
    script = f"<script type='application/ld+json'>{data}</script>"
    return f"<html><head>{script}</head><body><main><p>The text follows here.</p></main></body></html>"


WAYS: dict[str, str] = {
    "in bold": in_a_paragraph("<b>ASEANAPOL</b>"),
    "its first letter bold": in_a_paragraph("<b>A</b>SEANAPOL"),
    "three tags in it": in_a_paragraph("<i>A</i><span class='x'>SEAN<wbr>A</span>POL"),
    "a comment in it": in_a_paragraph("ASEAN<!-- -->APOL"),
    "a soft hyphen in it": in_a_paragraph("ASEAN&shy;APOL"),
    "entities for letters": in_a_paragraph("&#65;SE&#x41;NAPOL"),
    "a tag with > in an attribute": in_a_paragraph("<a title='a > b' href='/x'>ASEANAPOL</a>"),
    "after a lone <": in_a_paragraph("when 3 < 5 ASEANAPOL came and 7 > 6"),
    "after a comment that holds a script": in_a_paragraph("<!-- <script> --> ASEANAPOL </p><script>var a;</script><p>"),
    "after an attribute that holds a script": in_a_paragraph("<i title='<script>'>ASEANAPOL</i><script>var a;</script>"),
    "after an empty comment": in_a_paragraph("<!--> ASEANAPOL"),
    "in the title alone": with_head("<title>ASEANAPOL meets in the city</title>"),
    "in a meta tag alone": with_head("<META PROPERTY='og:title' CONTENT='ASEANAPOL meets in the city'>"),
    "in a meta tag with spaces": with_head("<meta property='og:title' CoNtEnT =\n'ASEANAPOL meets in the city'>"),
    "in a meta tag after a script": with_head("<Script>1 <2</sCript ><meta property=og:title content='ASEANAPOL meets in it'>"),
    "in an unknown tag beside a block": in_a_paragraph("<aX>ASEAN</aX><b >APOL</b></p><P>ASEANAPOL"),
    "in JSON-LD alone": with_data(
        "A meeting", "".join(f"In hall {n} they met for {n} hours.\nASEANAPOL came to it. " for n in range(20))
    ),
    "escaped in JSON-LD": with_data("The police of ten meet", "They met in the hall. ASEANAPOL came too. " * 20, escape="A"),
}


@pytest.mark.parametrize("html", WAYS.values(), ids=WAYS.keys())
def test_a_word(html: str) -> None:
    page = fetched(html)
    article = read_page(SOURCE, page, Entry(keys=("k",)))
    assert isinstance(article, Article)
    assert "ASEANAPOL" in f"{article.headline} {article.body}"
    assert missing(article, every_word(SOURCE, page, Entry(keys=("k",)), GLUE)) == set()


def test_a_word_in_the_feed_alone() -> None:
    entry = Entry(keys=("k",), title="ASEANAPOL <meets>", summary="<p>In <b>K</b>uala Lumpur &amp;amp; beyond</p>")
    article = from_entry(SOURCE, entry, AT)
    assert isinstance(article, Article)
    assert missing(article, every_word(SOURCE, fetched("<html></html>"), entry, GLUE)) == set()


@pytest.mark.parametrize("charset", ["utf-8", "tis-620", "utf-16"])
def test_a_word_in_any_encoding(charset: str) -> None:
    html = in_a_paragraph("ตำรวจอาเซียน").encode(charset)
    page = fetched(html, f"text/html; charset={charset}")
    article = read_page(SOURCE, page, Entry(keys=("k",)))
    assert isinstance(article, Article)
    assert missing(article, every_word(SOURCE, page, Entry(keys=("k",)), GLUE)) == set()


CODE = "<script>if (1 < 2) f('a')</SCRIPT><style>b{}</style>"


def _markup(chance: random.Random) -> str:
    piece = chance.choice(["police", "ASEAN", "APOL", "trans", "national", "caf&eacute;", "&#x0E15;&#x0E33;รวจ", "3 < 4"])
    way = chance.choice(
        ["%s", "<b>%s</b>", "<span data-x='a'>%s</span>", "%s<wbr>", "%s<!-- -->", "<i><em >%s</em></i>", CODE + "%s"]
    )
    return way % piece + chance.choice(["", "", " ", "\n", "&nbsp;", "-", ", ", "</p><p>", "<br>"])


@pytest.mark.parametrize("seed", range(40))
def test_words_among_tags_at_random(seed: int) -> None:
    chance = random.Random(seed)
    page = fetched(in_a_paragraph("".join(_markup(chance) for _ in range(60))))
    article = read_page(SOURCE, page, Entry(keys=("k",)))
    assert isinstance(article, Article)
    assert missing(article, every_word(SOURCE, page, Entry(keys=("k",)), GLUE)) == set()


def test_code_and_attributes_are_not_in_it() -> None:
    html = in_a_paragraph(
        "<a class='ASEANAPOL' href='/aseanapol'>there</a><style>.ASEANAPOL {}</style><script>ASEANAPOL()</script>"
    )
    assert "aseanapol" not in every_word(SOURCE, fetched(html), Entry(keys=("k",)), GLUE).lower()
