"""What a demo site answers: its feed or index page, its articles, robots.txt; dates are told from the start of the demo."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.cli.demo.servers import Answer, Asked, WebServer
from monitor.cli.demo.sites import DemoArticle, DemoSite

_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "th": [
        "มกราคม",
        "กุมภาพันธ์",
        "มีนาคม",
        "เมษายน",
        "พฤษภาคม",
        "มิถุนายน",
        "กรกฎาคม",
        "สิงหาคม",
        "กันยายน",
        "ตุลาคม",
        "พฤศจิกายน",
        "ธันวาคม",
    ],
    "id": [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    "ms": [
        "Januari",
        "Februari",
        "Mac",
        "April",
        "Mei",
        "Jun",
        "Julai",
        "Ogos",
        "September",
        "Oktober",
        "November",
        "Disember",
    ],
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_BUDDHIST = 543
_ROBOTS = b"User-agent: *\nDisallow: /login\nDisallow: /search\n"


class Pages:
    """The pages of one site. `elapsed_s` tells how long the demo has been running: what is delayed appears when its time has come."""

    def __init__(self, folder: Path, site: DemoSite, *, started: datetime, elapsed_s: Callable[[], float]) -> None:
        self.site = site
        self._started = started
        self._elapsed_s = elapsed_s
        self._templates = Environment(
            loader=FileSystemLoader(folder / "sites"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
        )
        self._templates.filters.update(iso=_iso, rfc822=_rfc822, written=written, weekday=_weekday)

    def answer(self, base: str, path: str, if_none_match: str | None) -> Answer:
        """The answer to a GET of `path` (with its query) at the address `base`; conditional by ETag."""
        path = path.partition("?")[0]
        if self.site.broken is not None:
            return self._page(self.site.broken, "text/html; charset=utf-8", f"{self.site.id}/error.html")
        if path == "/robots.txt":
            return Answer(200, {"Content-Type": "text/plain"}, _ROBOTS)
        if path == self.listing_path:
            kind = "application/xml; charset=utf-8" if self.site.kind == "feed" else "text/html; charset=utf-8"
            name = "feed.xml" if self.site.kind == "feed" else "index.html"
            answer = self._page(200, kind, f"{self.site.id}/{name}", base=base, articles=self._published())
            return Answer(304, {"ETag": answer.headers["ETag"]}) if answer.headers["ETag"] == if_none_match else answer
        article = next((article for article in self._published() if article["path"] == path), None)
        if article is None:
            return Answer(404, {"Content-Type": "text/plain"}, b"not found\n")
        name = f"{self.site.id}/{path.rpartition('/')[2].removesuffix('.html')}.html"
        return self._page(200, "text/html; charset=utf-8", name, base=base, article=article, articles=self._published())

    @property
    def listing_path(self) -> str:
        """Where the site lists its news."""
        return "/feed.xml" if self.site.kind == "feed" else "/"

    def _published(self) -> list[dict[str, object]]:
        """What is out by now, newest first."""
        out = [article for article in self.site.articles if article.delay_s <= self._elapsed_s()]
        return [
            self._shown(article) for article in sorted(out, key=lambda each: each.published_at(self._started), reverse=True)
        ]

    def _shown(self, article: DemoArticle) -> dict[str, object]:
        return {
            "path": article.path,
            "title": article.title,
            "summary": article.summary,
            "author": article.author,
            "published": article.published_at(self._started),
        }

    def _page(self, status: int, kind: str, name: str, **values: object) -> Answer:
        body = self._templates.get_template(name).render(site=self.site, started=self._started, **values).encode()
        return Answer(status, {"Content-Type": kind, "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"'}, body)


@contextmanager
def serving(
    folder: Path, sites: Sequence[DemoSite], *, started: datetime, elapsed_s: Callable[[], float], first_port: int = 0
) -> Iterator[dict[str, str]]:
    """The sites on loopback, each on a port of its own (from `first_port` on, or any that is free); where each lists its news, by id."""
    with ExitStack() as stack:
        urls = {}
        for number, site in enumerate(sites):
            pages = Pages(folder, site, started=started, elapsed_s=elapsed_s)
            server = stack.enter_context(WebServer(_answering(pages), first_port + number if first_port else 0))
            urls[site.id] = server.url + pages.listing_path
        yield urls


def _answering(pages: Pages) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        base = f"http://{asked.headers.get('host', '')}"
        return pages.answer(base, asked.path, asked.headers.get("if-none-match"))

    return answer


def written(at: datetime, language: str, timezone: str, time: bool = True) -> str:
    """A date as newspapers of that language write it, in the site's time zone."""
    here = at.astimezone(ZoneInfo(timezone))
    clock = f"{here:%H:%M}"
    match language:
        case "th":
            day = f"{here.day} {_MONTHS['th'][here.month - 1]} {here.year + _BUDDHIST}"
            return f"{day} เวลา {clock} น." if time else day
        case "vi":
            return f"{here:%d/%m/%Y}, {clock} (GMT+7)" if time else f"{here.day}/{here.month}"
        case "zh":
            return f"{here.year}年{here.month}月{here.day}日" + (f" {clock}" if time else "")
        case "lo":
            return f"{here:%d/%m/%Y}" + (f" {clock}" if time else "")
        case _:
            day = f"{here.day} {_MONTHS[language][here.month - 1]} {here.year}"
            return f"{day}, {clock}" + (" WIB" if language == "id" else "") if time else day


def _weekday(at: datetime, timezone: str) -> str:
    return _WEEKDAYS[at.astimezone(ZoneInfo(timezone)).weekday()]


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
