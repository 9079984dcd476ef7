"""`monitor sources`: finding, trying, adding, OPML, and what it all costs the hosts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result

from monitor.fetching.outcome import Fetched
from monitor.ports import Traffic
from monitor.sources.opml import read_opml
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.sources.watch import list_watched, news_of
from monitor.store.database import open_store

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ITEM = "<item><title>ASEANAPOL officers meet in the capital</title><link>/story/1-officers-meet-in-the-capital</link><guid>1</guid></item>"
FEED = f"<rss version='2.0'><channel><title>The Strait's Post</title>{ITEM}</channel></rss>"
STORY = "<article><h1>ASEANAPOL officers meet in the capital</h1>" + "".join(
    f"<p>The officers of ASEANAPOL met on Monday to speak of case {number}, its secretariat said.</p>" for number in range(8)
)


@pytest.fixture
def pages() -> dict[str, str]:
    return {
        "/": "<html><head><link rel=alternate type='application/rss+xml' title='Comments' href='/comments/feed'>"
        "<link rel=alternate type='application/rss+xml' title='News' href='/news.rss'></head><body>Welcome",
        "/news.rss": FEED,
        "/story/1-officers-meet-in-the-capital": f"<html><body>{STORY}</article></body></html>",
    }


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def site(pages: dict[str, str], asked: list[str], directory: Path) -> Iterator[str]:
    """A site on loopback, and a configuration that may ask it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_words: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with (directory / "monitor.yaml").open("a") as file:
        file.write("fetch: {allow_networks: [127.0.0.0/8]}\n")
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_add_finds_the_feed_of_a_site_and_writes_it_behind_what_is_there(
    site: str, directory: Path, monitor: Callable[..., Result]
) -> None:
    path = directory / "sources.yaml"
    before = "# what we watch\n" + path.read_text() + "# the end\n"
    path.write_text(before)
    result = monitor("sources", "add", site, "--country", "SG")
    assert result.exit_code == 0, result.output
    assert "ASEANAPOL officers meet in the capital" in result.output
    after = path.read_text()
    lines = [
        "id: the-strait-s-post",
        "name: 'The Strait''s Post'",
        f"url: {site}/news.rss",
        "kind: 'feed'",
        "country: 'SG'",
        f"home: {site}",
    ]
    added = "\n  ".join(lines) + "\n"
    assert after == f"{before}\n- {added}"
    assert monitor("check").exit_code == 0
    again = monitor("sources", "add", f"{site}/news.rss")
    assert "watched already, as the-strait-s-post" in again.output
    assert path.read_text() == after


@pytest.mark.parametrize(
    ("page", "feed", "said"),
    [
        ("<base href=/en/><link rel='ALTERNATE' type='Application/RSS+XML' href='f.xml'>", "/en/f.xml", "names it"),
        ("<a href='/rss.php?cat=1'>RSS</a>", "/rss.php?cat=1", "links to it"),
        ("<a href='/index.php?format=feed&amp;type=rss'>News</a>", "/index.php?format=feed&type=rss", "links to it"),
        ("Welcome", "/feed", "many sites have one there"),
    ],
    ids=["in upper case, seen from a base", "a script", "Joomla's", "/feed alone"],
)
def test_add_finds_a_feed_wherever_the_site_shows_it(
    site: str, pages: dict[str, str], monitor, page: str, feed: str, said: str
) -> None:
    pages["/"], pages[feed] = page, FEED
    result = monitor("sources", "add", site, "--dry-run")
    assert f"url: {site}{feed}" in result.output
    assert said in result.output


def test_add_names_the_other_feeds_and_takes_that_of_the_section_it_was_given(
    site: str, pages: dict[str, str], monitor
) -> None:
    link = "<link rel=alternate type='application/rss+xml' href='{}'>"
    pages["/police/"] = link.format("/news.rss") + link.format("/police/feed")
    pages["/police/feed"] = FEED
    result = monitor("sources", "add", f"{site}/police/", "--dry-run")
    assert f"url: {site}/police/feed" in result.output
    assert f"offered, too: {site}/news.rss" in result.output


def test_add_looks_in_robots_txt_and_in_the_usual_places(site: str, pages: dict[str, str], monitor, directory: Path) -> None:
    pages["/"] = "<html><body>Welcome"
    pages["/robots.txt"] = f"Sitemap: {site}/all.xml\n"
    pages["/all.xml"] = f"<urlset><url><loc>{site}/story/1-officers-meet-in-the-capital</loc></url></urlset>"
    before = (directory / "sources.yaml").read_text()
    result = monitor("sources", "add", site, "--dry-run")
    assert "kind: 'sitemap'" in result.output
    assert (directory / "sources.yaml").read_text() == before
    del pages["/robots.txt"]
    pages["/feed/"] = FEED
    assert f"url: {site}/feed/" in monitor("sources", "add", site, "--dry-run").output


def test_add_says_so_when_there_is_nothing_to_find(site: str, pages: dict[str, str], monitor) -> None:
    pages["/"] = "<html><body>Nothing here"
    result = monitor("sources", "add", site)
    assert result.exit_code == 1, "as typed it was right"
    assert "no list of news was found" in result.output
    assert f"no list of news was found at {site}/gone: HTTP 404 Not Found." in monitor("sources", "add", f"{site}/gone").output


def test_add_leaves_a_file_alone_to_whose_end_nothing_can_be_added(site: str, directory: Path, monitor) -> None:
    path = directory / "sources.yaml"
    path.write_text("[{id: post, name: Post, url: 'https://post.example/feed'}]\n")
    result = monitor("sources", "add", site)
    assert result.exit_code != 0
    assert "Write there yourself" in result.output
    assert f"url: {site}/news.rss" in result.output
    assert path.read_text().startswith("[{id: post")


def test_try_shows_every_decision_and_stores_nothing(site: str, monitor, directory: Path, tmp_path: Path) -> None:
    result = monitor("sources", "try", f"{site}/news.rss")
    assert result.exit_code == 0, result.output
    for words in (
        "list: The Strait's Post, 1 items",
        "undated, among the first 20",
        "known by guid, url",
        "rules: aseanapol",
        "next poll:",
    ):
        assert words in result.output
    store = open_store(f"sqlite:///{tmp_path}/state/monitor.db")
    with store.reading() as tx:
        assert tx.sources.all() == []
        assert tx.articles.counts()["articles"] == 0
    store.close()


def test_try_of_what_cannot_be_listed_says_what_it_is(
    site: str, pages: dict[str, str], directory: Path, monitor, parsed
) -> None:
    pages["/login"] = "<html><form><input type=password></form>"
    (directory / "sources.yaml").write_text(f"- {{id: post, name: Post, url: '{site}/login', kind: feed}}\n")
    result = monitor("sources", "try", "post")
    assert result.exit_code == 1
    assert "not listed (login page)" in result.output
    assert "no source is called" in monitor("sources", "try", "nobody").output


def test_try_judges_a_watched_page_by_what_was_seen_of_it(
    site: str, pages: dict[str, str], directory: Path, monitor, tmp_path: Path
) -> None:
    pages["/notice"] = "<main><p>ASEANAPOL has moved to another house in the capital.</p></main>"
    (directory / "sources.yaml").write_text(f"- {{id: post, name: Post, url: '{site}/notice', kind: watch}}\n")
    first = monitor("sources", "try", "post").output
    assert "record " in first
    assert "the first look at this page: what stands there is known from then on; no address" in first
    watched = Source(id="post", name="Post", url=f"{site}/notice", kind="watch")
    listing = list_watched(
        watched, Fetched(url=watched.url, status=200, headers={}, body=pages["/notice"].encode(), fetched_at=NOW)
    )
    store = open_store(f"sqlite:///{tmp_path}/state/monitor.db")
    with store.writing() as tx:
        tx.sources.watch([watched], NOW)
        state = SourceState(source_id="post", next_poll_at=NOW, last_success_at=NOW, seen=news_of(listing, b"").seen)
        tx.sources.save(state, "lane")
    store.close()
    assert "0 items" in monitor("sources", "try", "post").output
    pages["/notice"] += "<p>Its new telephone number is on this page.</p>"
    later = monitor("sources", "try", "post").output
    assert "1 items" in later
    assert "8 words" in later, "the new paragraph alone"


def test_try_says_of_every_link_of_a_page_why_it_was_left_out(site: str, pages: dict[str, str], monitor) -> None:
    menu = "<nav><a href=/about>About us</a></nav><a href=/crime>Crime</a><a href=//elsewhere.example/>Elsewhere</a>"
    pages["/news"] = f"{menu}<h2><a href=/story/10001>Officers seize two boats</a></h2>"
    result = monitor("sources", "try", f"{site}/news", "--pages", "0")
    assert "Officers seize two boats\n" in result.output
    for reason, link in (
        ("stands in navigation", f"About us; {site}/about"),
        ("its address is not like an article's", f"Crime; {site}/crime"),
        ("leads to another site", "Elsewhere; http://elsewhere.example/"),
    ):
        assert f"left out, {reason}: 1\n         {link}\n" in result.output
    pages["/empty"] = menu
    assert "left out, stands in navigation: 1" in monitor("sources", "try", f"{site}/empty").output


def test_opml_goes_in_and_out(tmp_path: Path, directory: Path, monitor) -> None:
    opml = tmp_path / "feeds.opml"
    opml.write_text(
        "<?xml version='1.0' encoding='iso-8859-1'?><opml version='1.0'><body><outline text='News'><outline text='Tides &amp; Times' xmlUrl='https://tides.example/rss'"
        " htmlUrl='https://tides.example/'/><outline text='Post again' xmlUrl='https://post.example/feed'/>"
        "<outline text='Bad' xmlUrl='javascript:alert(1)'/><outline text='ข่าว' xmlUrl='https://news.example/?a=1&b=2'/><outline text='Mine' xmlUrl='https://me:s3cret@my.example/rss'/></outline></body></opml>"
    )
    result = monitor("sources", "import", str(opml))
    assert "2 of 4 feeds added, 1 were there already, 1 left out" in result.output
    assert "Mine: left out, a user or password in an address" in result.output
    assert "s3cret" not in result.output
    assert monitor("check").exit_code == 0
    out = tmp_path / "out.opml"
    assert monitor("sources", "export", str(out)).exit_code == 0
    found = read_opml(out.read_bytes())
    assert found is not None
    assert [(each.title, each.url) for each in found] == [
        ("Post", "https://post.example/feed"),
        ("Tides & Times", "https://tides.example/rss"),
        ("ข่าว", "https://news.example/?a=1&b=2"),
    ]
    opml.write_text("<html>")
    assert "not an OPML file" in monitor("sources", "import", str(opml)).output


@pytest.mark.parametrize(
    ("file", "outline", "language"),
    [
        ("", "language='TH'", "th"),
        ("", "xml:lang='zh_hant-tw'", "zh-Hant-TW"),
        (" xml:lang='vi'", "", "vi"),
        (" xml:lang='vi'", "language='id'", "id"),
        (" xml:lang='vi'", "language='unknown'", "vi"),
        ("", "language='English'", None),
        ("", "language='xx'", None),
    ],
)
def test_the_language_that_an_opml_file_says_is_that_of_the_source(
    tmp_path: Path, monitor, file: str, outline: str, language: str | None
) -> None:
    opml = tmp_path / "feeds.opml"
    opml.write_text(f"<opml><body{file}><outline text='Tides' xmlUrl='https://tides.example/rss' {outline}/></body></opml>")
    assert "1 of 1 feeds added" in monitor("sources", "import", str(opml)).output
    found = read_opml(monitor("sources", "export").stdout.encode())
    assert found is not None
    assert {each.url: each.language for each in found}["https://tides.example/rss"] == language


def test_courtesy_sums_up_what_each_host_was_asked(tmp_path: Path, monitor, parsed) -> None:
    assert "Nothing was asked" in monitor("sources", "courtesy").output
    store = open_store(f"sqlite:///{tmp_path}/state/monitor.db")
    with store.writing() as tx:
        for _ in range(2):
            tx.sources.add_traffic(
                [Traffic(host="post.example", day=date(2099, 1, 1), requests=5, not_modified=4, bytes=1_000_000)]
            )
    store.close()
    assert "post.example\t10\t80%\t2.0 MB" in monitor("sources", "courtesy").output
    assert [(each["host"], each["day"]) for each in parsed("sources", "courtesy")] == [("post.example", "2099-01-01")]


def test_list_names_all_sources(monitor) -> None:
    assert "post\tfeed\tTH" in monitor("sources", "list").output
