"""A fetched page becomes an article, or says why not."""
# ruff: noqa: E501  pages are read more easily in one piece

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from monitor.articles.article import Article, Unreadable
from monitor.articles.page import from_entry
from monitor.rules.compile import compile_rules
from monitor.rules.document import document
from monitor.rules.rule import Rule
from monitor.sources.entry import Entry

PARAGRAPHS = (
    "Officers from four countries searched a warehouse near the border before dawn and seized two tonnes of methamphetamine.",
    "The driver told investigators that he had been paid in cash and did not know what the sacks of tea contained.",
    "Prosecutors in the provincial capital said that seventeen people would be charged with trafficking and money laundering.",
    "The warehouse had been rented eight months ago by a company whose registered address turned out to be an empty field.",
    "Neighbours reported that lorries came only at night, and that the men who unloaded them were never seen in the village.",
)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(head: str = "", body: str = TEXT, title: str = "Two tonnes seized at the border | Harbour Times") -> str:
    return f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body>{body}</body></html>'


def article(content: str = TEXT) -> str:
    return page(body=f"<article><h1>Two tonnes seized at the border</h1>{content}</article>")


def test_headline_and_paragraphs_are_what_the_page_shows(read):
    found = read(article())
    assert isinstance(found, Article)
    assert found.headline == "Two tonnes seized at the border"
    assert found.paragraphs == PARAGRAPHS
    assert (found.language, found.site, found.flags) == ("en", "Harbour Times", ())


def test_navigation_captions_teasers_and_buttons_are_not_text(read):
    mixed = (
        f"<nav><a href='/'>Home</a> <a href='/crime'>Crime</a></nav><article><h1>Two tonnes seized at the border</h1><p>By Mira Santos</p>"
        f"<figure><img src='a.jpg'><figcaption>Sacks on a pier. Photo: Harbour Police</figcaption></figure><p>{PARAGRAPHS[0]}</p>"
        f"<p><strong><a href='/other'>Port inspectors want more dogs at the gates</a></strong></p><p>{PARAGRAPHS[1]}</p>"
        f"<p>READ MORE: <a href='/x'>Hotline promised</a></p>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS[2:])}<p>Share this article</p></article>"
        f"<aside><h3>Most read</h3><ul><li><a href='/1'>Rain</a></li></ul></aside><footer>© Harbour Times</footer>"
    )
    found = read(page(body=mixed))
    assert found.paragraphs == PARAGRAPHS
    assert found.authors == ("Mira Santos",)
    assert {part.reason for part in found.removed} >= {"caption", "teaser", "also-read", "share", "by-line"}


def test_a_dateline_is_metadata(read):
    found = read(article(TEXT.replace("<p>", "<p>VIENTIANE, Nov 10 (Harbour) -- ", 1)))
    assert (found.dateline, found.paragraphs[0], found.published_at) == (
        "VIENTIANE",
        PARAGRAPHS[0],
        datetime(2025, 11, 10, tzinfo=UTC),
    )


LD = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"From JSON-LD","datePublished":"2025-11-09T10:00:00+07:00","author":[{"@type":"Person","name":"Mira Santos"}],"publisher":{"name":"Harbour Times"}}</script>'


@pytest.mark.parametrize(
    "head, entry, published",
    [
        pytest.param(LD, {"published_at": datetime(2025, 11, 1, tzinfo=UTC)}, datetime(2025, 11, 9, 3, tzinfo=UTC), id="JSON-LD before the feed"),
        pytest.param(LD + '<meta property="article:published_time" content="2025-11-08T00:00:00Z">', {}, datetime(2025, 11, 9, 3, tzinfo=UTC), id="JSON-LD before meta tags"),
        pytest.param('<meta property="article:published_time" content="2025-11-08T00:00:00Z">', {"published_at": datetime(2025, 11, 1, tzinfo=UTC)}, datetime(2025, 11, 8, tzinfo=UTC), id="meta tags before the feed"),
        pytest.param('<meta name="pubdate" content="10 พ.ย. 2568">', {}, datetime(2025, 11, 10, tzinfo=UTC), id="a Buddhist year in a meta tag"),
        pytest.param('<meta name="pubdate" content="2077-01-01">', {"published_at": datetime(2025, 11, 1, tzinfo=UTC)}, datetime(2025, 11, 1, tzinfo=UTC), id="a date far ahead is no date"),
        pytest.param("", {"published_at": datetime(2025, 11, 20, tzinfo=UTC)}, datetime(2025, 11, 12, 3, tzinfo=UTC), id="the feed is ahead of time"),
        pytest.param("", {}, None, id="nothing is said"),
    ],
)  # fmt: skip
def test_the_date_of_publication_follows_the_stated_order(read, head, entry, published):
    assert (
        read(
            page(head, f"<article><h1>Two tonnes seized</h1>{TEXT}</article>"), entry=entry, url="https://harbour.example/x"
        ).published_at
        == published
    )


@pytest.mark.parametrize(
    "shown, published",
    [
        ('<time datetime="2025-11-10T08:00:00+07:00">10 Nov</time>', datetime(2025, 11, 10, 1, tzinfo=UTC)),
        ('<div class="post-date">Senin, 10 Nov 2025 14:30 WIB</div>', datetime(2025, 11, 10, 7, 30, tzinfo=UTC)),
        ("<div>Updated: 11 Nov 2025 08:00 | Published: 10 Nov 2025 07:00</div>", datetime(2025, 11, 10, 7, tzinfo=UTC)),
        ("<b>Cập nhật 11/11/2025</b> <b>Đăng lúc 10/11/2025</b>", datetime(2025, 11, 10, tzinfo=UTC)),
        ("<p>The trial of the first suspects took place on 3 March 2024 in the capital.</p>", None),
        ('<span itemprop="datePublished" content="2025-11-10">x</span>', datetime(2025, 11, 10, tzinfo=UTC)),
        (
            '<time class="updated" datetime="2025-11-11">11 Nov</time><time datetime="2025-11-10">10 Nov</time>',
            datetime(2025, 11, 10, tzinfo=UTC),
        ),
        ('<footer>Posted <time datetime="2025-11-10">10 Nov</time></footer>', datetime(2025, 11, 10, tzinfo=UTC)),
        (
            '<i class="date">Monday</i><script>s={"publishDate":"2025-11-10T00:31:40Z"}</script>',
            datetime(2025, 11, 10, tzinfo=UTC),
        ),
    ],
)
def test_a_date_that_is_only_shown_is_found(read, shown, published):
    found = read(page(body=f"<article><h1>Two tonnes seized</h1>{shown}{TEXT}</article>"), url="https://harbour.example/x")
    assert found.published_at == published


def test_days_in_scripts_that_differ_say_nothing_of_this_article(read):
    scripts = '<script>s=[{"publishDate":"2025-11-10"},{"publishDate":"2025-11-09"}]</script>'
    assert read(page(body=f"<h1>Two tonnes seized</h1>{TEXT}{scripts}"), url="https://harbour.example/x").published_at is None


def test_a_date_in_the_address_serves_when_nothing_else_does(read):
    head = '<link rel="canonical" href="https://harbour.example/2025/11/10/seized">'
    assert read(page(head), url="https://harbour.example/?p=7").published_at == datetime(2025, 11, 10, tzinfo=UTC)
    assert read(article(), url="https://harbour.example/2025/11/10/seized").published_at == datetime(2025, 11, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "head, url, canonical",
    [
        ("", "https://harbour.example/a?utm_source=x&id=5&fbclid=1", "https://harbour.example/a?id=5"),
        ('<link rel="canonical" href="/a">', "https://m.harbour.example/a?amp=1", "https://m.harbour.example/a"),
        (
            '<link rel="canonical" href="https://www.harbour.example/a">',
            "https://m.harbour.example/a",
            "https://www.harbour.example/a",
        ),
        (
            '<link rel="canonical" href="https://agency.example/story/9?utm_medium=rss">',
            "https://harbour.example/a",
            "https://agency.example/story/9",
        ),
        ('<link rel="canonical" href="https://harbour.example/">', "https://harbour.example/a", "https://harbour.example/a"),
        ('<link rel="canonical" href="javascript:void(0)">', "https://harbour.example/a", "https://harbour.example/a"),
        ('<link rel="canonical" href="http://localhost/a">', "https://harbour.example/a", "https://harbour.example/a"),
        (
            '<meta property="og:url" content="https://harbour.example/a">',
            "https://harbour.example/a?session=1",
            "https://harbour.example/a",
        ),
        ("", "https://harbour-example.cdn.ampproject.org/c/s/harbour.example/a", "https://harbour.example/a"),
    ],
)
def test_the_canonical_address_is_that_of_the_article(read, head, url, canonical):
    assert read(page(head, f"<article><h1>Two tonnes</h1>{TEXT}</article>"), url=url).url == canonical


def test_an_amp_page_without_a_canonical_address_loses_its_suffix(read):
    assert (
        read(article().replace("<html", "<html amp"), url="https://harbour.example/a/amp/").url == "https://harbour.example/a"
    )


@pytest.mark.parametrize(
    "head, body_headline, expected",
    [
        pytest.param('<meta property="og:title" content="Two tonnes seized - Harbour Times">', "Two tonnes seized", "Two tonnes seized", id="a heading that another confirms"),
        pytest.param(LD, "Harbour Times", "From JSON-LD", id="JSON-LD before a heading that nothing confirms"),
        pytest.param('<meta property="og:title" content="Graph title"><meta property="og:site_name" content="Harbour">', "Harbour", "Graph title", id="OpenGraph before the name of the site"),
        pytest.param('<script type="application/ld+json">{"@type":"NewsArticle","headline":"Two tonnes seized at the bor…"}</script>', "Two tonnes seized at the border", "Two tonnes seized at the border", id="a headline that was cut"),
        pytest.param('<meta property="og:title" content="Two tonnes seized at the border (Photo: Harbour)">', "<span>Two tonnes seized at the border</span><a href='/'>Harbour Paper</a>", "Two tonnes seized at the border", id="the element of a heading that another confirms"),
        pytest.param('<meta property="og:title" content="Two tonnes seized at the border">', "<span itemprop=name>Two tonnes seized</span> Mira Santos", "Two tonnes seized at the border", id="a part of a heading that nobody else ends there is none"),
        pytest.param('<meta property="og:title" content="Harbour Times"><meta property="og:site_name" content="Harbour Times">', "Two tonnes seized", "Two tonnes seized", id="the name of the site is no headline"),
        pytest.param('<meta property="og:title" content="EXCLUSIVE | Two tonnes seized at the border"><meta property="og:site_name" content="Harbour Times">', "Two tonnes seized at the border", "Two tonnes seized at the border", id="a title with a kicker"),
        pytest.param('<meta property="og:title" content="Two tonnes seized | Crime"><meta property="article:section" content="Crime">', "", "Two tonnes seized", id="a title with the section"),
        pytest.param('<meta property="og:title" content="Two tonnes seized">', "Two tonnes<br>seized", "Two tonnes seized", id="a heading of two lines"),
        pytest.param('<meta name="ArticleTitle" content="Two tonnes seized">', "Website of the province", "Two tonnes seized", id="a meta tag before a heading that nothing confirms"),
        pytest.param('<meta property="og:title" content="Two tonnes seized at the…">', "Two tonnes seized at the border", "Two tonnes seized at the border", id="a title that was cut"),
        pytest.param(LD.replace("From JSON-LD", "Two tonnes seized at the border | Harbour Times"), "Police", "Two tonnes seized at the border", id="the site after the headline in JSON-LD"),
        pytest.param(LD.replace('"Mira', '""Mira').replace("From JSON-LD", "Two tonnes seized"), "Police", "Two tonnes seized", id="JSON-LD with a quotation mark too many"),
    ],
)  # fmt: skip
def test_the_headline_is_the_one_that_is_agreed_on(read, head, body_headline, expected):
    assert read(page(head, f"<h1>{body_headline}</h1><article>{TEXT}</article>", title="x")).headline == expected


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Two tonnes seized at the border - A paper of no known name", "Two tonnes seized at the border"),
        ("Two tonnes seized at the border_Crime_News", "Two tonnes seized at the border"),
        ("Two tonnes seized at the border » Crime » A paper of no known name", "Two tonnes seized at the border"),
        ("Two tonnes seized at the border - seventeen held", "Two tonnes seized at the border - seventeen held"),
    ],
)
def test_what_follows_the_headline_in_the_title_is_known_by_the_page_that_shows_it_alone(read, title, headline):
    shown = headline if " - seventeen" in title else "Two tonnes seized at the border"
    assert read(page(body=f"<div><div class=t>{shown}</div>{TEXT}</div>", title=title)).headline == headline


def test_of_several_headings_that_in_the_article_counts(read):
    body = f"<div><h1>The harbour and its people</h1></div><article><h1>Two tonnes seized</h1>{TEXT}</article>"
    assert read(page(body=body, title="Seized - The harbour and its people")).headline == "Two tonnes seized"


def test_a_short_heading_with_which_the_title_begins_is_the_headline(read):
    body = f"<div><h1>The harbour and its people</h1></div><div><h1>Ports</h1>{TEXT}</div>"
    assert read(page(body=body, title="Ports - The harbour and its people")).headline == "Ports"


def test_an_underscore_in_a_latin_title_is_kept(read):
    assert read(page(title="The function from_raw_parts", body=TEXT)).headline == "The function from_raw_parts"


def test_chinese_titles_name_the_site_after_an_underscore(read):
    assert read(page(title="海关在边境查获两吨毒品 缉毒局_某某网", body=TEXT)).headline == "海关在边境查获两吨毒品 缉毒局"


def test_broken_json_ld_does_not_hide_the_rest(read):
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": </script><meta name="author" content="By Mira Santos">'
    assert read(page(head, f"<article><h1>Two tonnes seized</h1>{TEXT}</article>")).authors == ("Mira Santos",)


@pytest.mark.parametrize(
    "head, shown, names",
    [
        pytest.param('<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","author":{"@id":"#p"}},{"@type":"Person","@id":"#p","name":"Mira Santos"}]}</script>', "", ("Mira Santos",), id="JSON-LD that refers to the person"),
        pytest.param('<meta name="author" content="Mira Santos"><meta name="author" content="Somsak Thong">', "", ("Mira Santos", "Somsak Thong"), id="a meta tag for each"),
        pytest.param('<meta property="og:author" content="By &lt;a href=/m&gt;Mira Santos&lt;/a&gt;">', "", ("Mira Santos",), id="markup in a meta tag"),
        pytest.param("", '<div itemprop="author" itemscope><span itemprop="name">Mira Santos</span><b>Reviewed by Somsak</b></div>', ("Mira Santos",), id="microdata that names the name"),
        pytest.param("", '<a rel="author" href="/m">Mira Santos</a>', ("Mira Santos",), id="a link to the author"),
        pytest.param("", '<p class="byline">Oleh AHMAD SALLEH<br>10 November 2025</p>', ("AHMAD SALLEH",), id="a line above the date"),
        pytest.param("", '<p class="detail__author">Mira Santos - harbourPaper</p>', ("Mira Santos",), id="a name before the site"),
        pytest.param("", '<span id="author-name">Mira Santos</span>', ("Mira Santos",), id="an element known by its id"),
    ],
)  # fmt: skip
def test_authors_are_found_where_pages_name_them(read, head, shown, names):
    assert read(page(head, f"<article><h1>Two tonnes seized</h1>{shown}{TEXT}</article>")).authors == names


def test_selectors_come_before_what_is_found(read):
    body = f"<div class='kop'>The right headline</div><div class='wie'>Mira Santos</div><div class='wann'>10 พ.ย. 2568</div><div id='lead'>{TEXT}<p class='promo'>Buy our calendar of harbour views now.</p></div>"
    selectors = {"headline": ".kop", "text": "#lead", "authors": ".wie", "published": ".wann", "remove": ".promo"}
    found = read(page(LD, body), source={"selectors": selectors})
    assert (found.headline, found.paragraphs, found.authors) == ("The right headline", PARAGRAPHS, ("Mira Santos",))
    assert found.published_at == datetime(2025, 11, 10, tzinfo=UTC)
    assert ("selector", "Buy our calendar of harbour views now.") in {(part.reason, part.text) for part in found.removed}


def test_text_that_only_json_ld_carries_is_read(read):
    body = "\\n\\n".join(PARAGRAPHS)
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Two tonnes seized","articleBody":"{body}"}}</script>'
    assert read(page(head, "<div id='app'></div>")).paragraphs == PARAGRAPHS


def test_a_stub_behind_a_paywall_takes_the_text_of_the_feed(read):
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Two tonnes seized","isAccessibleForFree":false}</script>'
    stub = f"<article><h1>Two tonnes seized</h1><p>{PARAGRAPHS[0]}</p></article>"
    found = read(page(head, stub), entry={"content": "\n".join(PARAGRAPHS)})
    assert found.paragraphs == PARAGRAPHS
    assert set(found.flags) == {"feed-text", "paywall"}


def test_the_feed_fills_what_the_page_leaves_open(read):
    entry = {"title": "Title of the feed", "authors": ("Mira Santos",), "published_at": datetime(2025, 11, 10, tzinfo=UTC)}
    found = read(page(body=f"<article>{TEXT}</article>", title=""), entry=entry)
    assert (found.headline, found.authors, found.published_at) == ("Title of the feed", ("Mira Santos",), entry["published_at"])


INDEX = (
    b"<html><body><ul>"
    + b"".join(b"<li><a href=/%d>Story number %d of some other day</a></li>" % (i, i) for i in range(60))
    + b"</ul></body></html>"
)


@pytest.mark.parametrize(
    "body, headers, words",
    [
        pytest.param(b"", {}, "empty", id="nothing"),
        pytest.param(b"%PDF-1.7 ...", {"content-type": "application/pdf"}, "PDF", id="PDF"),
        pytest.param(b"\x89PNG\r\n", {"content-type": "image/png"}, "not HTML", id="picture"),
        pytest.param(b'{"a": 1}', {"content-type": "application/json"}, "JSON", id="JSON"),
        pytest.param(b'<?xml version="1.0"?><rss></rss>', {}, "XML", id="feed"),
        pytest.param(
            b"<html><title>Just a moment...</title><body>Checking your browser</body></html>", {}, "human", id="bot check"
        ),
        pytest.param(
            b"<html><title>404 Not Found</title><body><h1>Not Found</h1></body></html>", {}, "does not exist", id="missing"
        ),
        pytest.param(b"<html><body><form>Log in <input type=password></form></body></html>", {}, "login", id="login"),
        pytest.param(
            b"<html><body><div id=app></div><script src=a.js></script></body></html>", {}, "JavaScript", id="script only"
        ),
        pytest.param(
            b"<html><body><p>This site uses cookies. Accept cookies to go on reading.</p></body></html>",
            {},
            "cookie",
            id="cookie wall",
        ),
        pytest.param(b"<meta http-equiv=refresh content='0;url=https://x.example/'>", {}, "forwards", id="forwarding"),
        pytest.param(
            INDEX,
            {},
            "index",
            id="index",
        ),
    ],
)
def test_a_page_without_an_article_says_why(read, body, headers, words):
    found = read(body, headers=headers)
    assert isinstance(found, Unreadable)
    assert words in found.reason


@pytest.mark.parametrize(
    "title", ["Bodies not found after ferry accident", "Security check at the port turns up ivory", "Log in to win: a fraud"]
)
def test_a_short_article_with_a_suspicious_title_is_an_article(read, title):
    found = read(page(body=f"<article><h1>{title}</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></article>", title=title))
    assert isinstance(found, Article)


def test_a_brief_in_chinese_says_as_much_as_one_that_has_three_times_its_letters(read):
    brief = "边境四国警方周一凌晨在一处仓库查获两吨冰毒，逮捕十七人。司机供称，他以现金收取报酬，并不知道茶叶袋里装的是什么。检方将以贩毒和洗钱罪起诉。"
    form = "<form><input name=name><input type=password>登录</form>"
    found = read(page(body=f"{form}<article><h1>查获两吨冰毒</h1><p>{brief}</p></article>", title="查获两吨冰毒"))
    assert found.paragraphs == (brief,)


def test_a_page_with_too_many_elements_still_gives_its_text(read):
    found = read(page(body="<i class='date'></i>" * 30_000 + TEXT))
    assert found.paragraphs == PARAGRAPHS
    assert "rescued" in found.flags


def test_the_front_page_of_a_site_is_no_article(read):
    found = read(page(body=f"<div>{TEXT}</div>"), url="https://harbour.example/")
    assert isinstance(found, Unreadable)
    assert "front page" in found.reason


def test_a_guess_at_the_encoding_is_flagged(read):
    thai = "เจ้าหน้าที่ตำรวจจากสี่ประเทศเข้าตรวจค้นโกดังใกล้ชายแดนก่อนรุ่งสาง และยึดยาบ้าได้สองตันซึ่งซุกซ่อนอยู่ในกระสอบชา " * 4
    html = f"<html><body><article><h1>ยึดยาบ้าสองตัน</h1><p>{thai}</p><p>{thai[::-1]}</p></article></body></html>"
    found = read(html.encode("cp874"), headers={"content-type": "text/html"})
    assert "charset-guessed" in found.flags
    assert found.headline == "ยึดยาบ้าสองตัน"


HOSTILE = {
    "references to control characters": "<p>a&#1;b&#x0;c&#xFFFE;d&#\x00x1;e&#000000000001;<b></b>&#2;</p>" + TEXT,
    "references without end": "<p>&#" + "9" * 100_000 + ";</p>" + TEXT,
    "links that are no links": "<link rel=canonical href='http://[::1'><a href='http://['>x</a>" + TEXT,
    "deep nesting": "<div>" * 50_000 + TEXT + "</div>" * 50_000,
    "many small tags": "<b>x</b>" * 200_000,
    "one huge attribute": f"<p title='{'x' * 3_000_000}'>{TEXT}",
    "a comment without end": TEXT + "<!-- " + "x" * 1_000_000,
    "control characters": TEXT.replace("border", "bor\x00der\x1f"),
    "lone surrogates": TEXT + "<p>\ud800\udfff</p>",
    "script in text": TEXT + "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "deep JSON-LD": '<script type="application/ld+json">' + "[" * 50_000 + "</script>" + TEXT,
    "no markup": "just words " * 50,
    "broken tags": "<p <<<>>> <a <b <p>" * 1000,
    "many links": "<a href='x'>y</a>" * 20_000,
    "long line of letters": "<p>" + "a" * 500_000 + "</p>",
    "long line of brackets": "<p>" + "(" * 100_000 + "</p>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_raises_or_runs_away(read, name):
    found = read(page(body=HOSTILE[name]))
    assert isinstance(found, Article | Unreadable)


def test_a_page_of_fifty_megabytes_is_read_by_its_beginning(read):
    found = read(article() + "<!-- " + "x" * 50_000_000)
    assert found.paragraphs == PARAGRAPHS
    assert "cut" in found.flags


def test_a_numeric_reference_means_what_browsers_take_it_for(read):
    assert (
        "Harbour’s" in read(article(f"<p>The Harbour&#146;s own officers were not told of the search.</p>{TEXT}")).paragraphs[0]
    )


def test_an_address_that_is_none_is_said_to_be_none(read):
    assert "not a web address" in read(article(), url="http://[").reason


def test_a_feed_alone_makes_an_article_that_says_so(source, now):
    entry = Entry(
        keys=("k",),
        url="https://harbour.example/a?utm_source=rss",
        title="Two tonnes seized",
        content="\n".join(PARAGRAPHS),
        published_at=now,
    )
    found = from_entry(source(language="en"), entry, now)
    assert (found.headline, found.paragraphs, found.flags, found.url) == (
        "Two tonnes seized",
        PARAGRAPHS,
        ("feed-only",),
        "https://harbour.example/a",
    )
    assert (found.published_at, found.site, found.language) == (now, "Harbour Times", "en")


def test_each_paragraph_that_is_new_on_a_watched_page_is_a_lead(source, now):
    rules = compile_rules([Rule(id="drugs", title="Drugs", when="lead:heroin")], [])
    news = "The office is closed on Monday.\n\nParking has moved to the yard.\n\nOfficers found heroin in a boat."
    matched = {
        kind: rules.held(
            document(from_entry(source(kind=kind), Entry(keys=("k",), title="Notices", content=news), now), source())
        )
        for kind in ("feed", "watch")
    }
    assert matched == {"feed": frozenset(), "watch": {"drugs"}}


def test_a_feed_with_markup_in_its_summary_gives_plain_text(source, now):
    entry = Entry(keys=("k",), title="Two tonnes seized", summary=f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]} &amp; more.</p>")
    assert from_entry(source(), entry, now).paragraphs == (PARAGRAPHS[0], f"{PARAGRAPHS[1]} & more.")


def test_an_entry_without_words_makes_no_article(source, now):
    assert isinstance(from_entry(source(), Entry(keys=("k",), url="https://harbour.example/a"), now), Unreadable)


def test_an_article_goes_from_process_to_process_without_the_tree_it_came_from(read):
    found = read(article())
    assert pickle.loads(pickle.dumps(found)) == found
    assert len(pickle.dumps(found)) < 4000
    assert all(type(text) is str for text in (found.headline, found.url, found.site, found.language, *found.paragraphs))
