"""Feeds as they are found, in the dialects and with the faults that are met."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources.entry import Entry, Hints, Listing, Unlisted
from monitor.sources.items import split

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Strait Watch &amp;amp; Co</title><link>https://news.example/</link>
{items}
</channel></rss>"""
ITEM = """<item><title>{title}</title><link>https://news.example/{n}</link><guid>{n}</guid>
<pubDate>Sat, 01 Jun 2024 1{n}:00:00 +0700</pubDate></item>"""


def rss(*items: str) -> str:
    return RSS.format(items="\n".join(items))


def titles(listing: Listing | Unlisted) -> list[str | None]:
    assert isinstance(listing, Listing), listing
    return [entry.title for entry in listing.entries]


def test_an_item_becomes_an_entry_in_plain_text(listed):
    listing = listed(
        rss(
            """
            <item><title>&lt;b&gt;Five&lt;/b&gt; held &amp;amp; one sought: 3 &lt; 5</title><link>/news/1?utm_source=rss</link>
            <guid isPermaLink="false">tag:1</guid><pubDate>Sat, 01 Jun 2024 10:00:00 +0700</pubDate>
            <dc:creator>Somchai P.</dc:creator><description>&lt;p&gt;Police said.&lt;img src=x onerror=alert(1)&gt;&lt;/p&gt;</description>
            <content:encoded><![CDATA[<p>First&nbsp;paragraph<br>goes on.</p><script>evil()</script><div>Second</div>]]>
            </content:encoded></item>"""
        )
    )
    assert isinstance(listing, Listing)
    assert (listing.title, listing.flags, listing.follow) == ("Strait Watch & Co", (), ())
    (entry,) = listing.entries
    assert entry == Entry(
        keys=entry.keys,
        url="https://news.example/news/1?utm_source=rss",
        title="Five held & one sought: 3 < 5",
        summary="Police said.",
        content="First paragraph\n\ngoes on.\n\nSecond",
        authors=("Somchai P.",),
        published_at=datetime(2024, 6, 1, 3, 0, tzinfo=UTC),
    )
    assert [key.partition(":")[0] for key in entry.keys] == ["guid", "url"]


DIALECTS = {
    "RSS 0.91": '<rss version="0.91"><channel><title>T</title><item><title>Raid</title><link>https://news.example/1</link></item></channel></rss>',
    "RSS 0.92 without prolog": '\n\n <rss version="0.92"><channel><item><title>Raid</title><link>https://news.example/1</link></item></channel></rss>',
    "RSS 1.0": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="x"><title>T</title><items><rdf:Seq><rdf:li resource="https://news.example/1"/></rdf:Seq></items></channel>'
    '<item rdf:about="https://news.example/1"><title>Raid</title><link>https://news.example/1</link></item></rdf:RDF>',
    "Atom 1.0": '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:1</id><title type="xhtml">'
    '<div xmlns="http://www.w3.org/1999/xhtml">Ra<b>id</b></div></title><link rel="replies" href="/c"/><link href="/1"/></entry></feed>',
    "Atom 0.3": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><id>urn:1</id><title>Raid</title>'
    '<link rel="alternate" type="text/html" href="https://news.example/1"/></entry></feed>',
    "Atom with a prefix": '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>urn:1</a:id><a:title>Raid</a:title>'
    '<a:link href="https://news.example/1"/></a:entry></a:feed>',
    "xml:base": '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/a/"><entry><id>urn:1</id><title>Raid</title>'
    '<link href="../1"/></entry></feed>',
    "FeedBurner": '<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item><title>Raid</title>'
    "<link>https://feeds.example/~r/1</link><feedburner:origLink>https://news.example/1</feedburner:origLink></item></channel></rss>",
    "guid as link": '<rss><channel><item><title>Raid</title><guid isPermaLink="true">https://news.example/1</guid></item></channel></rss>',
    "PHP warning before it": "<br />\n<b>Warning</b>: mysql in /x.php<br />\n"
    '<?xml version="1.0"?><rss><channel><item><title>Raid</title><link>https://news.example/1</link></item></channel></rss>',
    "entities of HTML": "<rss><channel><title>&eacute;&nbsp;</title><item><title>Raid</title><link>https://news.example/1</link></item></channel></rss>",
    "bare ampersand": "<rss><channel><title>A & B</title><item><title>Raid</title><link>https://news.example/1</link></item></channel></rss>",
    "control characters": "<rss><channel><item><title>Ra\x08\x00id</title><link>https://news.example/1</link></item></channel></rss>",
    "CDF": '<?xml version="1.0"?><CHANNEL HREF="https://news.example/"><TITLE>T</TITLE><ITEM HREF="https://news.example/1">'
    "<TITLE>Raid</TITLE></ITEM></CHANNEL>",
    "a channel without rss": "<channel><title>T</title><item><title>Raid</title><link>https://news.example/1</link></item></channel>",
    "upper case": "<RSS><channel><item><title>Raid</title><link>https://news.example/1</link></item></channel></RSS>",
    "spaces in the link": "<rss><channel><item><title>Raid</title><link>\n  https://news.\nexample/1\n </link></item></channel></rss>",
    "entity bomb": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<rss><channel><title>&b;&x;</title><item><title>Raid</title><link>https://news.example/1</link></item></channel></rss>",
}  # fmt: skip


@pytest.mark.parametrize("document", DIALECTS.values(), ids=DIALECTS.keys())
def test_every_dialect_lists_its_item(listed, document):
    listing = listed(document)
    assert titles(listing) == ["Raid"]
    assert listing.entries[0].url == "https://news.example/1"


@pytest.mark.parametrize(
    ("encoding", "declared", "header", "title"),
    [
        ("utf-8", "utf-8", None, "ตำรวจจับกุม"),
        ("utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1", "ตำรวจจับกุมแก๊งค้ายาเสพติด"),
        ("utf-8-sig", "utf-8", None, "ตำรวจจับกุม"),
        ("cp874", "windows-874", None, "ตำรวจจับกุมแก๊งค้ายาเสพติดข้ามชาติ"),
        ("cp874", "TIS-620", None, "ตำรวจจับกุมแก๊งค้ายาเสพติดข้ามชาติ"),
        ("utf-16", "utf-16", None, "ตำรวจจับกุม"),
        ("utf-16-le", "utf-16", None, "ตำรวจจับกุม"),
        ("gb18030", "gb2312", None, "警方在边境地区逮捕多名嫌疑人"),
        ("big5", "big5", None, "警方在邊境地區逮捕多名嫌疑人"),
        ("cp1252", "iso-8859-1", None, "Café raid “again”"),
        ("cp1251", "windows-1251", "application/xml", "Полиция задержала пятерых"),
    ],
)
def test_every_encoding_is_read_as_what_it_is(listed, encoding, declared, header, title):
    document = (
        f"""<?xml version="1.0" encoding="{declared}"?><rss><channel><item><title>{title}</title></item></channel></rss>"""
    )
    assert titles(listed(document.encode(encoding), content_type=header)) == [title]


def test_a_title_that_was_encoded_twice_among_right_ones_is_read_as_it_was_meant(listed):
    title = "ตำรวจจับกุมแก๊งค้ายาเสพติด"
    twice = title.encode().decode("latin-1")
    listing = listed(rss(*(ITEM.format(n=n, title=each) for n, each in enumerate((title, twice, "“Voilà…”")))))
    assert titles(listing) == [title, title, "“Voilà…”"]
    assert listing.flags == ("encoding guessed: utf-8",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is empty"),
        (b" \n", "the body is empty"),
        (b"<!DOCTYPE html><html><head><title>Sign in &amp; win</title>", "not a feed: an HTML page titled 'Sign in & win'"),
        (b'<urlset xmlns="x"><url/></urlset>', "not a feed: a sitemap; its source should say `kind: sitemap`"),
        (b'{"items": 5}', "not a feed: JSON without a list of `items`"),
        (b"{", "not a feed: JSON that cannot be read (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))"),
        (b"[1]", "not a feed: JSON, but no JSON Feed"),
        (b"<opml/>", "not a feed: a markup document without rss, feed or RDF element"),
        (b"Rate limit exceeded", "not a feed: text that begins with 'Rate limit exceeded'"),
        (b"%PDF-1.7\x00\xff", "not a feed: text that begins with '%PDF-1.7ÿ'"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_called_by_its_name(listed, body, reason):
    found = listed(body)
    assert isinstance(found, Unlisted)
    assert found.reason == reason
    assert found.cause == ("empty" if "empty" in reason else "not a feed")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("<html><title>Members</title><form><input name=p type='password'></form>", "login page"),
        ("<!doctype html><title>Just a moment...</title><p>Checking", "blocked"),
        ("<html><title>Before you continue</title><p>We value your privacy", "blocked"),
        ("<html><title>Post</title><form method=post action='https://consent.post.example/save'><button>Accept", "blocked"),
        ("<html><title>Welcome</title><p>Hotel guests</p>", "not a feed"),
    ],
    ids=["a login form", "a bot check", "a consent form", "another one", "any other page"],
)
def test_an_html_page_in_the_place_of_a_feed_is_told_by_what_it_wants(listed, body, cause):
    found = listed(body.encode())
    assert isinstance(found, Unlisted)
    assert found.cause == cause


@pytest.mark.parametrize("name", ["pubDate", "dc:date", "dcterms:issued", "dcterms:created"])
def test_every_element_that_says_when_is_read(listed, name):
    spaces = "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:dcterms='http://purl.org/dc/terms/'"
    date = "2024-06-01T10:00:00+07:00"
    listing = listed(
        f"<rss version='2.0' {spaces}><channel><item><title>Raid</title><{name}>{date}</{name}></item></channel></rss>"
    )
    assert listing.entries[0].published_at == datetime(2024, 6, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    [
        "<time datetime='2024-05-03T19:21:28Z'>Fri, 03/05/2024 - 15:21</time>",
        "&lt;time datetime=&quot;2024-05-03T19:21:28Z&quot; class=&quot;datetime&quot;&gt;Fri, 05/03/2024&lt;/time&gt;\n",
        '&lt;time datetime="2024-05-03T19:21:28Z" class="datetime"&gt;3 mei&lt;/time&gt;',
        '<![CDATA[ <time class="datetime" datetime="2024-05-03T19:21:28Z">Friday</time> ]]>',
    ],
)
def test_of_a_date_in_markup_that_for_programs_is_read(listed, date):
    (entry,) = listed(f"<rss><channel><item><title>Raid</title><pubDate>{date}</pubDate></item></channel></rss>").entries
    assert entry.published_at == datetime(2024, 5, 3, 19, 21, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("item", "summary", "content"),
    [
        ("{text}{caption}", "Five held", None),
        ("{caption}{text}", "Five held", None),
        ("{text}<media:content url='i.jpg'>{caption}</media:content>{body}", "Five held", "At dawn"),
        ("<media:group>{caption}</media:group>", "A boat", None),
        ("<media:description/>{text}", "Five held", None),
        ("{caption}{body}", "At dawn", "At dawn"),
    ],
)
def test_what_is_said_of_a_picture_stands_for_an_item_that_says_nothing_else(listed, item, summary, content):
    said = item.format(
        text="<description>Five held</description>",
        caption="<media:description type='plain'>A boat</media:description>",
        body="<content:encoded>&lt;p&gt;At dawn&lt;/p&gt;</content:encoded>",
    )
    spaces = "xmlns:media='http://search.yahoo.com/mrss/' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    (entry,) = listed(f"<rss version='2.0' {spaces}><channel><item><title>Raid</title>{said}</item></channel></rss>").entries
    assert (entry.summary, entry.content) == (summary, content)


@pytest.mark.parametrize(
    ("head", "next_url"),
    [
        ('<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="/feed?p=2"/>', "https://news.example/feed?p=2"),
        ('<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="https://evil.example/2"/>', None),
        ("<generator>https://wordpress.org/?v=6.5</generator>", "https://news.example/feed?paged=2"),
        ("", None),
    ],
    ids=["it says so", "elsewhere", "WordPress", "nothing said"],
)
def test_where_the_list_goes_on(listed, head, next_url):
    found = listed(
        f"<rss version='2.0'><channel><title>x</title>{head}<item><title>A story</title></item></channel></rss>".encode()
    )
    assert isinstance(found, Listing)
    assert found.next_url == next_url


def test_a_bare_ampersand_is_one_in_titles_links_and_cdata(listed):
    item = "<title>AT&T & R&D</title><link>/?a=1&copy=2&sect=3</link><description><![CDATA[A&B &lt;]]></description>"
    (entry,) = listed(rss(f"<item>{item}</item>")).entries
    assert (entry.title, entry.url, entry.summary) == ("AT&T & R&D", "https://news.example/?a=1&copy=2&sect=3", "A&B <")


def test_a_feed_without_items_is_a_feed(listed):
    assert listed(rss()) == Listing(entries=(), title="Strait Watch & Co")


class TestCut:
    def test_a_truncated_feed_keeps_its_whole_items_and_says_so(self, listed):
        whole = rss(*(ITEM.format(n=n, title=f"Raid {n}") for n in range(5)))
        cut = whole[: whole.index("Raid 3") + 4]
        listing = listed(cut)
        assert titles(listing) == ["Raid 0", "Raid 1", "Raid 2"]
        assert listing.flags == ("cut off before its end",)

    def test_a_feed_that_ends_between_two_items_is_still_read_strictly(self, listed):
        whole = rss(*(ITEM.format(n=n, title=f"Raid {n}") for n in range(3)))
        listing = listed(whole[: whole.rindex("</item>") + 7])
        assert titles(listing) == ["Raid 0", "Raid 1", "Raid 2"]
        assert listing.flags == ("cut off before its end",)

    @pytest.mark.parametrize("end", ["<title>", "<item>", "Raid", "</item>"])
    @pytest.mark.parametrize("root", ["rss", "feed"])
    def test_what_is_cut_before_the_end_of_its_first_item_is_broken_and_not_empty(self, listed, root, end):
        whole = rss(ITEM.format(n=1, title="Raid"))
        if root == "feed":
            whole = whole.replace("<rss", "<feed xmlns='http://www.w3.org/2005/Atom'").replace("item>", "entry>")
            end = end.replace("item", "entry")
        assert listed(whole[: whole.index(end)]) == Unlisted(reason="cut off before the end of its first item", cause="empty")

    def test_what_is_cut_before_its_end_and_lists_nothing_is_broken(self, listed):
        assert isinstance(listed(rss()[: rss().index("</channel>")]), Unlisted)

    @pytest.mark.parametrize("empty", ["<rss version='2.0'/>", "<feed xmlns='http://www.w3.org/2005/Atom' />", rss()])
    def test_what_has_an_end_and_no_items_is_empty_and_not_broken(self, listed, empty):
        assert listed(empty).entries == ()

    def test_every_prefix_of_a_feed_lists_only_items_of_the_feed(self, listed):
        whole = rss(*(ITEM.format(n=n, title=f"Raid {n}") for n in range(4)))
        full = listed(whole).entries
        for end in range(0, len(whole), 7):
            listing = listed(whole[:end])
            if isinstance(listing, Listing):
                assert listing.entries == full[: len(listing.entries)]

    @pytest.mark.parametrize(("first", "step"), [(28, -1), (1, 1)], ids=["newest first", "oldest first"])
    def test_of_very_many_items_the_newest_500_are_listed_in_their_order(self, listed, first, step):
        numbers = range(first, first + step * 28, step)
        items = [
            f"<item><guid>{day}-{n}</guid><title>{day}-{n}</title><pubDate>{day} May 2024 10:00 GMT</pubDate></item>"
            for day in numbers
            for n in range(100)
        ]
        listing = listed(rss(*items))
        found = titles(listing)
        assert (len(found), listing.flags) == (500, ("the newest 500 of 2800 items",))
        assert {title.split("-")[0] for title in found if title} == {"28", "27", "26", "25", "24"}

    def test_a_document_with_items_in_comments_and_cdata_is_split_where_xml_splits_it(self, listed):
        assert titles(
            listed(
                rss(
                    "<!-- <item><title>commented</title></item> -->",
                    "<item><title><![CDATA[An </item><item> in CDATA]]></title></item>",
                    "<item><title>Second</title></item>",
                )
            )
        ) == ["An in CDATA", "Second"]

    @pytest.mark.parametrize("piece", ["<item", "<item x=", "<!--", "<item><![CDATA[", "<item></item", "<x:item "])
    def test_taking_a_document_apart_takes_time_in_proportion(self, piece):
        started = time.monotonic()
        split(piece * 300_000)
        assert time.monotonic() - started < 2


class TestLinks:
    @pytest.mark.parametrize(
        "link",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "mailto:a@b.c",
            "ftp://x/1",
            "http://",
            "https://[1",
            "#",
        ],
    )
    def test_what_is_no_web_address_is_no_link(self, listed, link):
        listing = listed(rss(f"<item><title>Raid</title><link>{link}</link></item>"))
        assert titles(listing) == ["Raid"]
        assert listing.entries[0].url is None

    @pytest.mark.parametrize(
        ("home", "url"),
        [
            ("<link>https://strait.example/</link>", "https://strait.example/1"),
            ("<link>/sport/</link>", "https://news.example/1"),
            ("<link>javascript:1</link>", "https://news.example/1"),
            ("", "https://news.example/1"),
        ],
    )
    def test_a_relative_link_of_rss_leads_to_the_site_wherever_the_feed_stands(self, listed, home, url):
        listing = listed(f"<rss version='2.0'><channel>{home}<item><title>Raid</title><link>/1</link></item></channel></rss>")
        assert listing.entries[0].url == url

    @pytest.mark.parametrize(
        "link",
        [
            "www.strait.example/1",
            "<![CDATA[<a hreflang='en' href='//www.strait.example/1'>Raid</a>]]>",
            "&lt;a href=1&gt;Raid&lt;/a&gt;",
        ],
    )
    def test_the_address_is_found_in_what_is_written_for_it(self, listed, link):
        listing = listed(
            f"<rss version='2.0'><channel><link>https://www.strait.example</link><item><title>R</title><link>{link}</link></item></channel></rss>"
        )
        assert listing.entries[0].url == "https://www.strait.example/1"

    @pytest.mark.parametrize("base", ["javascript:alert(1)", "file:///etc/", "data:x,", "http://[1"])
    def test_a_hostile_base_leads_nowhere(self, listed, base):
        listing = listed(
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}"><entry><title>Raid</title><link href="1"/></entry></feed>'
        )
        assert listing.entries[0].url in (None, "https://news.example/1")


class TestHints:
    @pytest.mark.parametrize(
        ("channel", "hints"),
        [
            ("<ttl>360</ttl>", Hints(every_s=21_600)),
            ("<ttl>soon</ttl>", Hints()),
            ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", Hints(every_s=1_800)),
            ("<sy:updatePeriod> daily </sy:updatePeriod>", Hints(every_s=86_400)),
            ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", Hints(every_s=86_400)),
            ("<skipHours><hour>0</hour><hour>24</hour><hour> 7 </hour></skipHours>", Hints(skip_hours=frozenset({0, 7}))),
            ("<skipDays><day>Saturday</day><day>sunday</day></skipDays>", Hints(skip_days=frozenset({"Saturday", "Sunday"}))),
        ],
    )
    def test_what_a_feed_asks_for_is_understood(self, listed, channel, hints):
        listing = listed(f'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>{channel}</channel></rss>')
        assert listing.hints == hints


PIECES = [
    "<rss>", "<channel>", "<item>", "</item>", "<entry", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<title>", "</title>",
    "<![CDATA[", "]]>", "<!--", "-->", "&#0;", "&#xD800;", "&lt;", "&bogus;", "<link href='//['/>", "<guid>", "http://[", "\ud800",
    "\x00", ">", "<", "'", "<author>", "a@b", "<pubDate>", "99 Foo 9999", "2567-02-29", "+9999", "<dc:date>", "<media:x",
    "xml:base='http://['", "<?xml version='1.0'?>", "<content:encoded>", "<rdf:RDF>", "</channel></rss>", "<source url='x'>",
    "<category domain='", "<enclosure length='-1' url='http://[::'/>", "<html>", "<a href='http://['>", "<nav>", "<urlset>", "<url><loc>",
    "<sitemapindex>", "https://x/1\n", '{"items":[', '{"id":1e999,"url":[]}', "]}", "\x1f\x8b", "<base href='http://['>",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["feed", "page", "sitemap"])
@given(
    body=st.binary(max_size=400)
    | st.lists(st.sampled_from(PIECES), max_size=40).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
)
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_the_listing_raise(listed, kind, body):
    assert isinstance(listed(body, kind), (Listing, Unlisted))
