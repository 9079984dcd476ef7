"""Source: a feed, page or sitemap that is watched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["feed", "page", "sitemap", "watch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors for one site; those that are given take precedence over what the program finds by itself."""

    links: str | None = None
    headline: str | None = None
    text: str | None = None
    authors: str | None = None
    published: str | None = None
    remove: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the configuration says of one watched address.

    `country` is ISO 3166-1 alpha-2 in upper case, or `ASEAN`, `INT`, `EU` for bodies; `language` is a BCP 47 tag, `mul` for several;
    `timezone` an IANA name, for dates on the page that name no zone. `interval_s` is the shortest time between two polls in seconds.
    """

    id: str
    name: str
    url: str
    kind: Kind
    language: str | None = None
    country: str | None = None
    timezone: str | None = None
    home: str | None = None
    enabled: bool = True
    note: str | None = None
    interval_s: float = 900.0
    selectors: Selectors = field(default_factory=Selectors)
