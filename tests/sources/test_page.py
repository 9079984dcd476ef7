"""Index pages: articles are found, the furniture is not."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Listing, Unlisted
from monitor.sources.links import absolute, looks_like_article, same_site
from monitor.sources.listing import left_out_of
from monitor.sources.source import Selectors, Source

PAGE = """<!DOCTYPE html><html><head><title>Newsroom | Strait Police</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" href="/rss"></head>
<body><header class="site-header"><nav class="menu">
<a href="/2024/05/01/the-navigation-links-to-this">The navigation links to this</a></nav></header>
<main>
<article><a href="/news/10001"><img src="x.jpg" alt="Boats in the harbour"></a>
 <h2><a href="/news/10001?utm_source=home">Officers seize two boats off the coast</a></h2></article>
<article><a href="/2024/05/30/nine-held-in-border-sweep">
<div class="card"><h3>Nine held in a border sweep</h3><p>The rest of the teaser text.</p></div></a></article>
<ul><li><a href="https://www.news.example/story/detail.php?id=4711">Court hears the case of the two clerks</a></li>
<li><a href="/th/ข่าว/ตำรวจจับกุมแก๊งค้ายา">ตำรวจจับกุมแก๊งค้ายาเสพติดข้ามชาติ</a></li>
<li><a href="/berita/20240529/polis-tahan-lima-lelaki">Polis tahan lima lelaki di sempadan</a></li>
<li><a href="https://elsewhere.example/2024/05/30/another-site-has-this">Another site has this story</a></li>
<li><a href="/tag/cyber-crime-in-the-region">Cyber crime in the region</a></li>
<li><a href="/report-2024-annual-crime-review.pdf">Annual crime review as a file</a></li>
<li><a href="javascript:open('/2024/05/30/script-link-here')">Script link with many words</a></li>
<li><a href="#comments-on-this-very-page">Comments on this very page</a></li>
<li><a href="/2024/05/28/read-more-link-here-now">Read more</a></li></ul></main>
<div id="footer-links"><a href="/2024/01/01/our-privacy-promise-to-you">Our privacy promise to you</a></div>
<footer><a href="/2020/01/01/a-footer-link-of-old">A footer link of old</a></footer></body></html>"""


def test_the_articles_of_a_page_are_listed_once_and_in_its_order(listed):
    listing = listed(PAGE, "page")
    assert isinstance(listing, Listing)
    assert listing.title == "Newsroom | Strait Police"
    assert [(entry.url, entry.title) for entry in listing.entries] == [
        ("https://news.example/news/10001", "Officers seize two boats off the coast"),
        ("https://news.example/2024/05/30/nine-held-in-border-sweep", "Nine held in a border sweep"),
        ("https://www.news.example/story/detail.php?id=4711", "Court hears the case of the two clerks"),
        ("https://news.example/th/ข่าว/ตำรวจจับกุมแก๊งค้ายา", "ตำรวจจับกุมแก๊งค้ายาเสพติดข้ามชาติ"),
        ("https://news.example/berita/20240529/polis-tahan-lima-lelaki", "Polis tahan lima lelaki di sempadan"),
    ]
    assert listing.entries[1].published_at == datetime(2024, 5, 30, tzinfo=UTC)


def test_a_box_around_the_page_is_no_navigation_whatever_it_is_called(listed):
    page = PAGE.replace("<body>", "<body><div class='site main-menu-open' id='skip-link'>").replace("</body>", "</div></body>")
    assert listed(page, "page").entries == listed(PAGE, "page").entries


@pytest.mark.parametrize(
    ("selector", "titles"),
    [
        ("h2 a", ["Officers seize two boats off the coast"]),
        ("article", ["Officers seize two boats off the coast", "Nine held in a border sweep"]),
        ("footer a", ["A footer link of old"]),
        ("li:last-child > a", ["Read more"]),
    ],
)
def test_a_selector_takes_precedence_over_what_is_found(listed, selector, titles):
    listing = listed(PAGE, "page", links=selector)
    assert isinstance(listing, Listing)
    assert [entry.title for entry in listing.entries] == titles


@pytest.mark.parametrize(
    ("body", "links", "reason"),
    [
        (PAGE, ".story a", "selectors.links '.story a' finds no link among the 15 of the page"),
        (PAGE, "a[", "selectors.links 'a[' is not a CSS selector: "),
        ("<a href='/'>Home</a>", None, "none of the 1 links looks like an article; say which are meant with selectors.links"),
        (
            "<link rel=alternate type=application/rss+xml href=/rss><a href='/'>Home</a>",
            None,
            "none of the 1 links looks like an article; the page offers a feed: https://news.example/rss; say which are meant "
            "with selectors.links",
        ),
        (
            "<frameset><frame src='/menu.htm'></frameset>",
            None,
            "the page has no link at all: it stands in a frame: https://news.example/menu.htm",
        ),
        ("<div id=root></div><script src=/main.js></script>", None, "the page has no link at all: scripts fill it, or a frame"),
        ('<?xml version="1.0"?><rss/>', None, "not a page but a feed; its source should say `kind: feed`"),
        ("<urlset/>", None, "not a page but a sitemap; its source should say `kind: sitemap`"),
        ("", None, "the body is empty"),
    ],
    ids=["nothing selected", "bad selector", "no article", "feed offered", "frame", "scripts", "feed", "sitemap", "empty"],
)
def test_a_page_without_articles_says_what_to_do(listed, body, links, reason):
    found = listed(body, "page", links=links)
    assert isinstance(found, Unlisted)
    assert found.reason.startswith(reason)


def test_links_are_seen_from_the_base_of_the_page_and_a_hostile_base_is_not_followed(listed):
    page = "<base href='{}'><h2><a href='news/10001'>Officers seize two boats</a></h2>"
    assert listed(page.format("/deep/er/"), "page").entries[0].url == "https://news.example/deep/er/news/10001"
    assert listed(page.format("javascript:1/"), "page").entries[0].url == "https://news.example/news/10001"


@pytest.mark.parametrize(
    ("path", "article"),
    [
        ("/display/2024/05/30/joint-training", True),
        ("/roseap/en/2024/05/trafficking/story.html", True),
        ("/en/News-and-Events/News/2024/Dozens-arrested-in-operation", True),
        ("/news/1234567.html", True),
        ("/a/b/police-arrest-five-in-raid", True),
        ("/news/detail?newsid=42", True),
        ("/2024-05-30/x", True),
        ("/20240530/artikler/7", True),
        ("/read/pressrelease/18014/kenal-pamit", True),
        ("/th/Detail/abbccddeeffa0b1c2d3e4f5a6b7c8d9e", True),
        ("/content/detail/407", False),
        ("/", False),
        ("/news", False),
        ("/about-us", False),
        ("/category/crime-and-justice-in-asia", False),
        ("/page/2", False),
        ("/news/2024", False),
        ("/author/a-b-c-d-e", False),
        ("/files/annual-report-of-the-year.pdf", False),
        ("/search?q=arrest", False),
    ],
)
def test_an_address_tells_whether_it_is_an_articles(path, article):
    assert looks_like_article(f"https://news.example{path}") is article


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://www.news.example/1", True), ("http://news.example:80/1", True), ("https://en.news.example/1", True),
        ("https://bad-news.example/1", False), ("https://news.example.evil.example/1", False), ("https://example/1", True),
    ],
)  # fmt: skip
def test_a_site_is_its_host_and_the_hosts_below(url, same):
    assert same_site(url, "https://news.example/") is same


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (" /a b\n", "https://news.example/a%20b"),
        ("HTTPS://Other.example/x#y", "https://Other.example/x"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("?p=1", "https://news.example/news?p=1"),
        ("#top", None),
        ("", None),
        ("x" * 3_000, None),
        ("http://exa mple/", None),
        ("https://news.example:99999/", None),
        ("java\nscript:alert(1)", None),
    ],
)
def test_a_link_becomes_an_absolute_address_or_nothing(link, url):
    found = absolute(link, "https://news.example/news")
    assert found == url


HEAD = "Officers seize two boats"


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        (f"<article class='post tag-drugs category-social'><h2><a href=/news/10001>{HEAD}</a></h2></article>", ["/news/10001"]),
        (f"<article class='tag-drugs'><ul class=tags><a href=/news/10001>{HEAD} again</a></ul></article>", []),
        ("".join(f"<div><a href=/content/detail/{n}>{HEAD} number {n}</a></div>" for n in (407, 406, 405)),
         ["/content/detail/407", "/content/detail/406", "/content/detail/405"]),
        ("".join(f"<a href=/view/{n}?pop=1>{title}</a>" for n, title in enumerate((HEAD, "Road closed", HEAD + ".", HEAD + "!"))),
         [f"/view/{n}?pop=1" for n in range(4)]),
        ("".join(f"<li><a href=/pages/view/{n}>Unit {n}</a></li>" for n in range(9)) + f"<a href=/pages/view/10>{HEAD}</a>", []),
        ("<a href=/2024/05/30/dialogue>Shared waters</a><a href=/dialogue/of-the-shared-waters>Shared waters</a>",
         ["/2024/05/30/dialogue"]),
        (f"<h3><a href=/boats>Boats</a></h3><a href=/boats>{HEAD} and all about boats</a>", []),
        (f"<a href='javascript:void(0)' onclick=\"location.href='/news/10001'; return false\">{HEAD}</a>", ["/news/10001"]),
        (f"<div class=card data-href=/news/10001><b>{HEAD}</b></div>", ["/news/10001"]),
        (f"<map><area href=/news/10001 alt='{HEAD}'></map>", ["/news/10001"]),
        (f"<h3><a href='/news/10001/${{item.title}}'>{HEAD}</a></h3>", []),
        (f"<a href='/courts/two-boats-seized-at-sea?from=top'>{HEAD}</a><a href='/courts/two-boats-seized-at-sea'>{HEAD}</a>"
         f"<a href='/courts/two-boats-seized-at-sea?outputType=amp'>{HEAD}</a>"
         f"<a href='/courts/two-boats-seized-at-sea?comments=1' title='Nineteen people have written'>19</a>",
         ["/courts/two-boats-seized-at-sea"]),
    ],
    ids=[
        "the tags of a WordPress article are no navigation", "the tags inside it are", "addresses that differ in a number only",
        "a short headline among them", "as those of a menu do", "two words at a dated address", "a heading over a section",
        "opened by a script", "a card",
        "an image map", "an address that a script fills in", "the same article, followed from several boxes",
    ],
)  # fmt: skip
def test_what_is_an_article_shows_in_the_structure_of_the_page(listed, body, urls):
    found = listed(f"<main>{body}</main>", "page")
    assert [entry.url for entry in found.entries] if urls else isinstance(found, Unlisted)
    assert not urls or [entry.url for entry in found.entries] == [f"https://news.example{url}" for url in urls]


def test_the_places_of_a_bulletin_keep_their_titles(listed):
    places = [f"Five held in harbour number {n}" for n in (1, 2)]
    rows = "".join(f"<li><a href='/bulletin-2024-22.html#{n}'>{title}</a></li>" for n, title in enumerate(places))
    listing = listed(rows, "page")
    assert isinstance(listing, Listing)
    assert [entry.title for entry in listing.entries] == places
    assert {entry.url for entry in listing.entries} == {"https://news.example/bulletin-2024-22.html"}
    assert len({entry.keys for entry in listing.entries}) == 2


def test_a_time_beside_a_link_is_its_date_if_no_other_article_is_in_their_box(listed):
    box = "<div><h3><a href=/news/1000{0}>Officers seize boat {0} at sea</a></h3><time datetime=2024-05-2{0}>then</time></div>"
    top = "<time datetime=2024-06-01T08:00>Today</time>"
    listing = listed(f"<main>{top}{box.format(1)}{box.format(2)}<a href=/news/10003>Nine held in a sweep</a></main>", "page")
    assert isinstance(listing, Listing)
    days = [entry.published_at and entry.published_at.day for entry in listing.entries]
    assert days == [21, 22, None]


def test_links_that_were_left_out_say_why(listed):
    source = Source(id="news", name="News", url="https://news.example/news", kind="page")
    page = Fetched(url=source.url, status=200, body=PAGE.encode(), fetched_at=datetime(2024, 6, 1, tzinfo=UTC))
    left_out = left_out_of(source, page)
    reasons = {left.url.rpartition("/")[2]: left.reason for left in left_out}
    assert reasons["the-navigation-links-to-this"] == "stands in navigation"
    assert reasons["another-site-has-this"] == "leads to another site"
    assert reasons["cyber-crime-in-the-region"] == "its address is not like an article's"
    assert reasons["read-more-link-here-now"] == "its words are too few for a headline"
    assert not {left.url for left in left_out} & {entry.url for entry in listed(PAGE, "page").entries}
    assert left_out_of(source, replace(page, body=gzip.compress(page.body))) == left_out
    assert left_out_of(replace(source, selectors=Selectors(links="h2 a")), page) == ()


def test_an_old_thai_page_is_read_in_its_own_characters(listed):
    page = "<h3><a href='/news/10001'>ตำรวจจับกุมแก๊งค้ายาเสพติดข้ามชาติ</a></h3>"
    listing = listed(page.encode("tis-620"), "page", "text/html; charset=TIS-620")
    assert listing.entries[0].title == "ตำรวจจับกุมแก๊งค้ายาเสพติดข้ามชาติ"
