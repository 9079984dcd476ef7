"""Pages: templates that escape everything, and the few words that they are given beside the nouns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from monitor.alerts.words import language
from monitor.rules.topics import topics
from monitor.settings.settings import Settings
from monitor.urls import host_of, is_web
from monitor.web.behind import behind


def page(request: Request, name: str, *, status: int = 200, **words: object) -> HTMLResponse:
    """The template `name` as an answer; `visitor`, `token` for forms, and the settings' words are there as well."""
    settings = behind(request).settings
    given = {
        "visitor": getattr(request.state, "visitor", None),
        "token": getattr(request.state, "token", ""),
        "path": request.url.path,
        "said": request.session.pop("said", None),
        **words,
    }
    return HTMLResponse(fragment(settings, name, **given), status_code=status)


def fragment(settings: Settings, name: str, **words: object) -> Markup:
    """The template `name` as a piece of a page; the words of the settings are there as well."""
    given = {
        "zone": settings.timezone,
        "titles": settings.titles,
        "rule_titles": {rule.id: rule.title for rule in settings.rules},
        "source_names": {source.id: source.name for source in settings.sources},
    }
    return Markup(_environment().get_template(name).render({**given, **words}))  # noqa: S704  the templates escape everything


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        time=_time,
        marked=marked,
        language=language,
        place=host_of,
        topics=topics,
        number=lambda value: f"{value:,}",
        duration=_duration,
    )
    environment.tests.update(web=is_web)
    environment.globals.update(link=link)
    return environment


def say(request: Request, words: str) -> None:
    """Show `words` on top of the next page of this session."""
    request.session["said"] = words


def link(path: str, asked: Mapping[str, object] | None = None, **changes: object) -> str:
    """`path` with what is asked, after `changes` to it; what is empty is left out."""
    words = {**(asked or {}), **changes}
    query = _encoded(tuple((key, str(value)) for key, value in words.items() if value not in (None, "")))
    return f"{path}?{query}" if query else path


_encoded = lru_cache(maxsize=4096)(urlencode)  # a page has a hundred links, most of them to the same crimes and countries


def marked(text: str, marks: Iterable[tuple[int, int]]) -> Markup:
    """`text` with these pieces of it in <mark>; overlapping ones become one."""
    shown, at = [], 0
    for start, end in _merged(marks):
        shown += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return Markup("".join([*shown, escape(text[at:])]))  # noqa: S704  every piece of the text is escaped


def _merged(marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _time(at: datetime | None, zone: str) -> Markup:
    """A moment in the zone of the settings, with the exact one for programs."""
    if at is None:
        return Markup("")
    local = at.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    words = f"{local:%A %-d %B %Y, %H:%M:%S} {zone}"
    shown = f'<time datetime="{at.isoformat(timespec="seconds")}" title="{words}">{local:%-d %b %Y %H:%M}</time>'
    return Markup(shown)  # noqa: S704  made of numbers and the names of days, months and zones


def _duration(seconds: float | None) -> str:
    """`15 min`, `2 h`, `3 d`: the largest unit that fits."""
    if seconds is None:
        return ""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return (
                f"{seconds / size:.0f} {unit}"
                if seconds / size >= 10 or seconds % size < size / 20
                else f"{seconds / size:.1f} {unit}"
            )
    return f"{seconds:.0f} s"
