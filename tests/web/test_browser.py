"""The desk in Chromium: by mouse, by keyboard alone, on a phone, in the dark, without script; and what axe-core says of it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest

from monitor.articles.article import Article
from monitor.settings.settings import WebSettings
from monitor.sources.source import Source
from monitor.web.desk import desk
from monitor.web.serving import listen, serving

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: the pages were not looked at in a browser"
)
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

CHROMIUM = os.environ.get("MONITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here (`apt-get install chromium`): the pages were not looked at in a browser"
)
PAGES = [
    "/stories",
    "/stories?q=heroin&count=1",
    "/alerts",
    "/matrix",
    "/sources",
    "/sources/post",
    "/rules",
    "/rules/try?rule=drugs",
]
PHONE = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def chromium() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(filled) -> Iterator[str]:
    """The filled desk on a port of this machine."""
    with closing(listen(WebSettings(port=0))) as listening:
        port = listening.getsockname()[1]
        with serving(desk(filled.behind), listening):
            yield f"http://127.0.0.1:{port}"


@pytest.fixture
def browse(chromium: sync_api.Browser, address: str) -> Iterator:
    """`browse(**ways)`: a page of the desk, logged in. Anything that the browser complains of, such as its policy, fails the test."""
    opened, complaints = [], []

    def browse(**ways: object) -> sync_api.Page:
        context = chromium.new_context(base_url=address, **ways)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append(context)
        page.goto("/login")
        page.get_by_label("Name").fill("anna")
        page.get_by_label("Password").fill("four small words here")
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/stories")
        return page

    yield browse
    for context in opened:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(browse, scheme: str) -> None:
    page = browse(color_scheme=scheme)
    story = page.locator(".stories h2 a").first.get_attribute("href")
    for path in [*PAGES, story]:
        page.goto(path)
        found = axe.Axe().run(page)
        assert found.violations_count == 0, f"{path} {scheme}\n{found.generate_report()}"
    page.context.clear_cookies()
    page.goto("/login")
    assert axe.Axe().run(page).violations_count == 0


def test_a_story_is_found_opened_and_read_by_keyboard_alone(browse) -> None:
    page = browse()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "q", "the first thing in the content is the search"
    page.keyboard.type("heroin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stories?q=heroin*")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('h2') !== null"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "one sees where one is"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/stories/\w{16}$"))
    assert page.get_by_role("heading", level=1).inner_text() == "Heroin hidden in mango crates"
    assert page.locator(".text mark").first.is_visible()


def test_filters_open_and_a_click_on_a_bar_opens_its_day(browse) -> None:
    page = browse()
    page.get_by_text("Filters").click()
    page.locator("select[name=language]").select_option("th")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**language=th*")
    assert page.locator(".stories > li").count() == 1
    page.goto("/stories")
    page.locator(".chart a").last.click()
    page.wait_for_url("**since=2026-11-24*")
    assert page.locator(".stories > li").count() == 4


def test_a_draft_is_tried_while_it_is_typed(browse) -> None:
    page = browse()
    page.goto("/rules/try")
    page.get_by_label("When", exact=True).fill("mango")
    page.get_by_text("2 alerts in 30 days").wait_for()
    page.get_by_label("When", exact=True).fill("mango AND (queen")
    page.locator(".complaint .bad").wait_for()
    page.get_by_label("When", exact=True).fill("mango AND queen")
    page.get_by_text("1 alert in 30 days").wait_for()
    assert "when=mango+AND+queen" in page.url, "the address can be kept"


def test_a_given_up_delivery_is_sent_again_by_a_click(browse) -> None:
    page = browse()
    page.goto("/alerts?state=dead")
    page.get_by_role("button", name="Send again").click()
    page.get_by_text("1 delivery is due again").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(browse, filled, scheme: str) -> None:
    post = Source(id="post", name="x" * 200, url="https://post.example/feed", kind="feed")
    filled.publish(post, Article(headline="heroin " + "y" * 300, paragraphs=("heroin " + "z" * 300,), authors=("a" * 99,)))
    often = "heroin of a drug ring from Hà Nội, and human trafficking from Thailand to Vietnam; "
    thai = filled.publish(
        post,
        Article(headline="human trafficking " * 2 + "ยาบ้า" * 60, paragraphs=(often * 12,), url="https://post.example/long"),
    )
    page = browse(color_scheme=scheme, **PHONE)
    story = page.locator(".stories h2 a").first.get_attribute("href")
    for path in [*PAGES, story, f"/stories/{thai}"]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.goto("/sources/post")
    assert page.locator(".wide").evaluate("list => list.scrollWidth <= list.clientWidth"), "what a source listed is in sight"


def test_without_script_everything_is_there(browse) -> None:
    page = browse(java_script_enabled=False)
    for path in PAGES:
        page.goto(path)
        assert page.locator("h1").is_visible(), path
    page.goto("/rules/try")
    page.locator("textarea[name=when]").fill("mango")
    page.get_by_role("button", name="Try it").click()
    assert "2 alerts in 30 days" in page.locator("#result").inner_text()
    page.get_by_role("button", name="Log out").click()
    assert page.url.endswith("/login")


def test_nothing_is_loaded_from_another_host(browse, address: str) -> None:
    page = browse()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(path)
    assert len(asked) > len(PAGES)
    assert [url for url in asked if not url.startswith(address)] == []
