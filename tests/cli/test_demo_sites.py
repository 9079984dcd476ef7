import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.articles.article import Article
from monitor.articles.page import read_page
from monitor.cli.demo.pages import Pages, written
from monitor.cli.demo.servers import Answer
from monitor.cli.demo.sites import DemoSite, expected_alerts, read_sites
from monitor.fetching.outcome import Fetched
from monitor.sources.entry import Entry
from monitor.sources.source import Source

FOLDER = Path(__file__).parents[2] / "fixtures" / "demo"
SITES = read_sites(FOLDER)
STARTED = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
BASE = "http://127.0.0.1:8001"


def pages(site: DemoSite, elapsed_s: float = 60.0) -> Pages:
    return Pages(FOLDER, site, started=STARTED, elapsed_s=lambda: elapsed_s)


def get(site: DemoSite, path: str, elapsed_s: float = 60.0) -> Answer:
    return pages(site, elapsed_s).answer(BASE, path, None)


def test_the_region_is_there_in_its_languages_with_one_broken_site() -> None:
    assert {"en", "th", "vi", "id", "zh-Hans"} <= {site.language for site in SITES}
    assert {site.kind for site in SITES} == {"feed", "page"}
    assert [site.id for site in SITES if site.broken] == ["pulau-pos"]


def test_one_story_is_carried_by_three_sites_and_a_third_of_the_news_is_of_no_interest() -> None:
    articles = [(site.id, article) for site in SITES for article in site.articles]
    assert len({site for site, article in articles if article.story == "conference"}) == 3
    assert sum(not article.expect for _, article in articles) >= len(articles) / 3
    assert len(expected_alerts(SITES)) < sum(len(article.expect) for _, article in articles)


def test_every_path_is_used_once_so_that_an_address_names_its_story() -> None:
    paths = [article.path for site in SITES for article in site.articles]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("site", [site for site in SITES if not site.broken], ids=lambda site: site.id)
def test_a_site_lists_its_articles_and_serves_each_as_a_whole_page(site: DemoSite) -> None:
    listing = get(site, pages(site).listing_path)
    assert listing.status == 200
    for article in site.articles:
        assert f"{article.path}" in listing.body.decode()
        page = get(site, article.path + "?utm_source=rss")
        assert page.status == 200
        text = page.body.decode()
        assert re.search(r"<h1[^>]*>", text)
        assert len(re.findall(r"<p[ >]", text)) >= 4
        assert "{{" not in text
    assert get(site, "/robots.txt").status == 200
    assert get(site, "/no/such/page").status == 404


def test_the_broken_site_answers_everything_with_an_error() -> None:
    broken = next(site for site in SITES if site.broken)
    assert {get(broken, path).status for path in ("/feed.xml", "/", "/robots.txt")} == {500}


def test_an_article_appears_when_its_time_has_come_and_is_dated_then() -> None:
    site = next(site for site in SITES if site.id == "manila-ledger")
    late = next(article for article in site.articles if article.delay_s)
    assert late.path not in get(site, "/feed.xml", late.delay_s - 0.1).body.decode()
    assert get(site, late.path, late.delay_s - 0.1).status == 404
    assert late.path in get(site, "/feed.xml", late.delay_s).body.decode()
    assert "Sun, 01 Mar 2026 08:30:04 GMT" in get(site, "/feed.xml", late.delay_s).body.decode()


def test_an_unchanged_listing_is_answered_with_304() -> None:
    site = SITES[0]
    first = pages(site).answer(BASE, "/feed.xml", None)
    again = pages(site).answer(BASE, "/feed.xml", first.headers["ETag"])
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_what_looks_like_markup_in_a_headline_stays_text() -> None:
    ledger = next(site for site in SITES if site.id == "manila-ledger")
    assert "&#39;The Lagoon Runners&#39; wins" in get(ledger, "/feed.xml").body.decode()


@pytest.mark.parametrize(
    ("language", "zone", "expected", "day_only"),
    [
        pytest.param("en", "Asia/Singapore", "1 March 2026, 16:30", "1 March 2026", id="English"),
        pytest.param("th", "Asia/Bangkok", "1 มีนาคม 2569 เวลา 15:30 น.", "1 มีนาคม 2569", id="Thai, Buddhist era"),
        pytest.param("vi", "Asia/Ho_Chi_Minh", "01/03/2026, 15:30 (GMT+7)", "1/3", id="Vietnamese"),
        pytest.param("id", "Asia/Jakarta", "1 Maret 2026, 15:30 WIB", "1 Maret 2026", id="Indonesian"),
        pytest.param("ms", "Asia/Kuala_Lumpur", "1 Mac 2026, 16:30", "1 Mac 2026", id="Malay"),
        pytest.param("zh", "Asia/Kuala_Lumpur", "2026年3月1日 16:30", "2026年3月1日", id="Chinese"),
        pytest.param("lo", "Asia/Vientiane", "01/03/2026 15:30", "01/03/2026", id="Lao"),
    ],
)
def test_dates_are_written_as_newspapers_write_them(language: str, zone: str, expected: str, day_only: str) -> None:
    assert written(STARTED, language, zone) == expected
    assert written(STARTED, language, zone, time=False) == day_only


@pytest.mark.parametrize("site", [site for site in SITES if not site.broken], ids=lambda site: site.id)
def test_every_page_reads_as_its_own_headline_date_and_language(site: DemoSite) -> None:
    source = Source(id=site.id, name=site.name, url=BASE + pages(site).listing_path, kind=site.kind, timezone=site.timezone)
    for article in site.articles:
        url = BASE + article.path
        fetched = Fetched(
            url=url, status=200, headers={"content-type": "text/html"}, body=get(site, article.path).body, fetched_at=STARTED
        )
        read = read_page(source, fetched, Entry(keys=(url,), url=url))
        assert isinstance(read, Article)
        assert read.headline == " ".join(article.title.split())
        assert read.language == site.language
        assert read.published_at is not None
        assert abs((read.published_at - article.published_at(STARTED)).total_seconds()) < 60
        assert len(read.paragraphs) >= 4
