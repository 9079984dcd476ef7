"""Ledger: what has to arrive, and what has."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from urllib.parse import urlsplit

from monitor.cli.demo.servers import Received
from monitor.cli.demo.sites import DemoSite, expected_alerts


class Ledger:
    """Counts what the receivers got against what sites.yaml expects. May be told from several threads."""

    def __init__(self, sites: Sequence[DemoSite], window_s: float) -> None:
        articles = [article for site in sites for article in site.articles]
        self._story = {article.path: article.story for article in articles}
        self._unread = {article.path for article in articles if article.age_s <= window_s}
        self._missing = {(way, *alert) for way in ("mail", "webhook") for alert in expected_alerts(sites)}
        self._lock = threading.Lock()
        self.received: list[Received] = []
        self.unexpected: list[Received] = []

    def arrived(self, received: Received) -> None:
        """An alert reached a receiver. One that nobody waits for, or that came before, is unexpected."""
        with self._lock:
            key = (received.way, received.rule, self._story.get(urlsplit(received.url).path, ""))
            self.received.append(received)
            if key in self._missing and received.trusted:
                self._missing.remove(key)
            else:
                self.unexpected.append(received)

    def read(self, url: str) -> None:
        """The article at that address has been read."""
        with self._lock:
            self._unread.discard(urlsplit(url).path)

    @property
    def complete(self) -> bool:
        """Whether everything expected has arrived and every article was read."""
        with self._lock:
            return not self._missing and not self._unread

    def shortcomings(self) -> list[str]:
        """What is not as it should be, in words; empty if all is well."""
        with self._lock:
            return [
                *(f"never arrived by {way}: {rule} about {story}" for way, rule, story in sorted(self._missing)),
                *(f"never read: {path}" for path in sorted(self._unread)),
                *(f"arrived though nobody expected it: {each.way} {each.rule} {each.line}" for each in self.unexpected),
            ]

    def count(self, way: str) -> int:
        """How many alerts came that way."""
        with self._lock:
            return sum(each.way == way for each in self.received)
