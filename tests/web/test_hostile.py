"""Whatever the world writes into headlines, texts, names, addresses and error messages stays text (U3), and no secret is shown (W4)."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from monitor.alerts.channel import Secret, WebhookChannel
from monitor.articles.article import Article
from monitor.settings.settings import Settings
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.sources.state import SourceState

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "<iframe src=javascript:alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!--><script>alert(1)</script>-->",
    "\u202egpj.exe\u2066<b>",
    "=cmd|' /C calc'!A0",
]
ALLOWED = set(
    "html head meta title link script body a header svg circle nav form input span button main h1 h2 h3 p ol ul li article b mark time "
    "details summary label select option div section table thead tbody tr th td small i dl dt dd figure figcaption g rect path text "
    "textarea code pre strong caption del ins".split()
)


class Tags(HTMLParser):
    """All elements of a page, and every attribute that could run something or lead somewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.bad: list[tuple[str, str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            leads = name in ("href", "src", "action", "xlink:href") and not re.match(r"/(?!/)|#|https?://", value or "")
            if name.startswith("on") or name in ("style", "srcdoc", "formaction") or leads:
                self.bad.append((tag, name, value))
        if tag == "script" and dict(attrs).get("src") != "/static/desk.js":
            self.bad.append((tag, "", None))


@pytest.mark.parametrize("text", CORPUS)
def test_what_the_world_writes_is_inert_on_every_page(empty, text: str) -> None:
    source = Source(id="post", name=f"Post {text}", url="https://post.example/feed", kind="feed", note=text)
    settings: Settings = empty.behind.settings
    object.__setattr__(empty.behind, "settings", replace(settings, sources=(source, *settings.sources[1:])))
    article = Article(
        headline=f"Heroin {text}",
        paragraphs=(f"Heroin and human trafficking {text}", text),
        url="https://post.example/<script>",
        authors=(text,),
        language="en",
        site=text,
        flags=(text,),
    )
    story = empty.publish(source, article)
    with empty.store.writing() as tx:
        entry = Entry(keys=("k",), url="javascript:alert(1)", title=text)
        (number,) = tx.entries.add("post", [(entry, "lane", None)], now=empty.clock.now(), first_poll=False)
        tx.entries.finish(number, "failed", text)
        tx.sources.save(
            SourceState(source_id="post", next_poll_at=None, last_poll_at=empty.clock.now(), failures=1, last_error=text),
            "lane",
        )
        for alert in tx.alerts.newest(9):
            (delivery,) = alert.deliveries
            tx.alerts.save(replace(delivery, state="dead", last_error=text))
    empty.log_in()
    pages = ["/stories", f"/stories/{story}", "/alerts", "/sources", "/sources/post", "/rules", "/matrix"]
    pages += ["/stories?show=all&q=heroin&count=1"]
    for path in pages:
        found = Tags(empty.page(path))
        assert found.names <= ALLOWED, (path, found.names - ALLOWED)
        assert found.bad == [], path
    for path, params in (
        ("/stories", {"q": text, "rule": text, "crime": text, "since": text}),
        ("/rules/try", {"when": text, "unless": text, "score": text, "threshold": text, "rule": text}),
        ("/rules/try", {"when": "heroin", "score": f"3 {text}", "part": "1"}),
        ("/alerts", {"rule": text}),
        ("/nothing/" + text, {}),
    ):
        answer = empty.client.get(path, params=params)
        assert answer.status_code < 500
        found = Tags(answer.text)
        assert found.names <= ALLOWED, (path, found.names - ALLOWED)
        assert found.bad == [], path


def test_an_address_that_is_no_web_address_is_no_link(empty) -> None:
    source = Source(id="post", name="Post", url="https://post.example/feed", kind="feed")
    story = empty.publish(source, Article(headline="Heroin", paragraphs=("Heroin",), url="javascript:alert(1)"))
    empty.log_in()
    page = empty.page(f"/stories/{story}")
    assert 'href="javascript' not in page


def test_no_secret_is_on_any_page(make_desk, basic) -> None:
    canary = "whsec_" + "Y2FuYXJ5LXRoYXQtbm9ib2R5LW1heS1zZWUtZXZlcg=="
    hook = WebhookChannel(id="hook", url="https://hook.example/", secret=Secret(canary))
    desk = make_desk("filled", channels=(hook,), store_password=Secret("canary-of-the-store"))
    desk.log_in()
    paths = [
        "/stories",
        "/alerts",
        "/sources",
        "/rules",
        "/matrix",
        "/rules/try",
        "/metrics",
        "/health",
        "/ready",
        "/feeds.opml",
    ]
    paths += ["/feeds/all.atom", "/feeds/all.json"]
    paths += [f"/api/v1/{name}" for name in ("stories", "alerts", "sources", "rules", "openapi.json")]
    for path in paths:
        text = desk.client.get(path, headers=basic).text
        assert canary not in text, path
        assert "canary" not in text, path
        assert "argon2" not in text, path
