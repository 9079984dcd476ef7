"""robots.txt (RFC 9309): may this page be fetched, and how fast."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from monitor.urls import host_of

LARGEST_BYTES = 512_000
_LONGEST_DELAY_S = 60.0
_VERSION = re.compile(r"^([ \t]*user-agent[ \t]*:[ \t]*[a-z_-]+)/[^\s#]*", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The rules of one origin. `rules` is None where everything is allowed."""

    rules: Protego | None = None

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent` (a product token such as `monitor`) may fetch `url`."""
        return self.rules is None or bool(self.rules.can_fetch(url, agent))

    def crawl_delay_s(self, agent: str) -> float | None:
        """The pause the site asks for between two requests, at most a minute."""
        if self.rules is None:
            return None
        delay = self.rules.crawl_delay(agent)
        return None if delay is None else max(0.0, min(float(delay), _LONGEST_DELAY_S))


def robots_url(url: str) -> str:
    """Where the rules for `url` are kept: /robots.txt at the root of its origin (RFC 9309, 2.3)."""
    return f"{urlsplit(url).scheme}://{host_of(url)}/robots.txt"


def product_token(user_agent: str) -> str:
    """The name under which robots.txt addresses us: the product of a User-Agent, without its version (RFC 9309, 2.2.1)."""
    match = re.match(r"[A-Za-z_-]+", user_agent)
    return match[0] if match else "*"


def parse(body: bytes) -> Robots:
    """The rules in a robots.txt; any bytes will do, what cannot be read is no rule."""
    text = body[:LARGEST_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")
    # `monitor/1.0` addresses monitor; Protego would take it for another agent.
    return Robots(rules=Protego.parse(_VERSION.sub(r"\1", text)))


ALLOW_ALL = Robots()
