"""The demo's news sites as fixtures/demo/sites.yaml describes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from monitor.settings.yaml_tree import read
from monitor.sources.source import Kind

ExpectedAlert = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle:
    """One page of a site: published `age_s` seconds before the demo starts, or `delay_s` after. Articles of one `story` tell the
    same happening; `expect` names the rules that must raise an alert for that story, once."""

    path: str
    title: str
    summary: str
    author: str
    age_s: float
    delay_s: float
    story: str
    expect: tuple[str, ...]

    def published_at(self, started: datetime) -> datetime:
        """When the page says that it was published."""
        return started + timedelta(seconds=self.delay_s - self.age_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """One news site. `broken` is the HTTP status by which it answers everything, None for one that works."""

    id: str
    name: str
    kind: Kind
    language: str
    country: str
    timezone: str
    articles: tuple[DemoArticle, ...]
    broken: int | None = None


def read_sites(folder: Path) -> tuple[DemoSite, ...]:
    """The sites in `folder`/sites.yaml."""
    file = folder / "sites.yaml"
    tree = read(file.read_bytes(), str(file))
    assert not tree.problems, tree.problems
    return tuple(_site(entry) for entry in cast(list[dict[str, Any]], tree.data))


def expected_alerts(sites: Iterable[DemoSite]) -> frozenset[ExpectedAlert]:
    """What has to arrive: (rule, story), each once however many sites carry the story."""
    return frozenset((rule, article.story) for site in sites for article in site.articles for rule in article.expect)


def _site(entry: dict[str, Any]) -> DemoSite:
    articles = tuple(_article(entry["id"], article) for article in entry["articles"])
    return DemoSite(**{**entry, "articles": articles})


def _article(site: str, entry: dict[str, Any]) -> DemoArticle:
    return DemoArticle(
        path=entry["path"],
        title=entry["title"],
        summary=entry["summary"],
        author=entry["author"],
        age_s=60.0 * entry.get("age", 0),
        delay_s=float(entry.get("delay_s", 0)),
        story=entry.get("story", site + entry["path"]),
        expect=tuple(entry.get("expect", ())),
    )
