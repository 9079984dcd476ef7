from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.fetching.robots import ALLOW_ALL, parse, product_token, robots_url

RULES = b"""\xef\xbb\xbfUser-agent: *
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$
Disallow: /%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7

User-agent: monitor
User-agent: otherbot
Disallow: /for-others
Crawl-delay: 500
"""


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("curious", "/", True),
        ("curious", "/private/1", False),
        ("curious", "/private/open/1", True),
        ("curious", "/a.pdf", False),
        ("curious", "/a.pdf?x=1", True),
        ("curious", "/ข่าว/1", False),
        ("curious", "/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7/1", False),
        ("monitor", "/private/1", True),
        ("monitor", "/for-others", False),
        ("Monitor", "/for-others", False),
    ],
)
def test_rules_are_read_as_rfc_9309_has_them(agent, path, allowed):
    assert parse(RULES).allows(f"https://news.example{path}", agent) is allowed


def test_a_crawl_delay_is_at_most_a_minute():
    assert (parse(RULES).crawl_delay_s("monitor"), parse(RULES).crawl_delay_s("curious")) == (60, None)
    assert ALLOW_ALL.crawl_delay_s("monitor") is None


@pytest.mark.parametrize(
    ("url", "robots"),
    [
        ("https://news.example/a/b?c=d", "https://news.example/robots.txt"),
        ("http://me:secret@news.example:8080/a", "http://news.example:8080/robots.txt"),
    ],
)
def test_every_origin_has_its_own_rules(url, robots):
    assert robots_url(url) == robots


@pytest.mark.parametrize(
    ("user_agent", "token"), [("asean-monitor/0.1 (+https://x)", "asean-monitor"), ("monitor", "monitor"), ("(odd)", "*")]
)
def test_we_are_addressed_by_our_product_name(user_agent, token):
    assert product_token(user_agent) == token


@given(st.binary(max_size=300) | st.text(alphabet="user-agent: *\n#dislow/%$", max_size=300).map(str.encode))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_rules(body):
    rules = parse(body)
    assert rules.allows("https://news.example/x", "monitor") in (True, False)
    rules.crawl_delay_s("monitor")


def test_a_group_that_names_us_with_a_version_is_ours():
    robots = parse(b"User-agent: other\nAllow: /\n\nUser-Agent: monitor/2.0 # you\nDisallow: /a\nCrawl-delay: 3")
    assert not robots.allows("https://news.example/a", "monitor")
    assert robots.crawl_delay_s("monitor") == 3
