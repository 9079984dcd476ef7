"""Alerts as feeds, so that any reader can subscribe: Atom (RFC 4287) and JSON Feed 1.1, and an OPML 2.0 list of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from lxml import etree
from lxml.builder import ElementMaker
from markupsafe import Markup, escape
from starlette.responses import JSONResponse, Response

from monitor.alerts.alert import Notice
from monitor.ports import StoredAlert
from monitor.rules.topics import topics
from monitor.settings.settings import Settings
from monitor.web.behind import behind
from monitor.web.safety.entrance import reader
from monitor.web.templating import marked

router = APIRouter(include_in_schema=False, dependencies=[Depends(reader)])

ENTRIES = 100
WORDS = 20
_ATOM = ElementMaker(namespace="http://www.w3.org/2005/Atom", nsmap={None: "http://www.w3.org/2005/Atom"})
_PLAIN = ElementMaker()
Form = Literal["atom", "json"]


@router.get("/feeds.opml")
def opml(request: Request) -> Response:
    """All feeds, for a reader to import."""
    settings = behind(request).settings
    base = base_url(request, settings)
    outlines = [
        _PLAIN.outline(type="rss", text=title, title=title, xmlUrl=f"{base}/feeds/{name}.atom", htmlUrl=_page(base, name))
        for name, title in _feeds(settings)
    ]
    head = _PLAIN.head(_PLAIN.title("Alerts of monitor"))
    return _xml(_PLAIN.opml(head, _PLAIN.body(*outlines), version="2.0"), "text/x-opml")


@router.get("/feeds/{name}.{form}")
def feed(request: Request, name: Annotated[str, Path(max_length=100)], form: Form) -> Response:
    """The newest alerts of the rule `name`, or of all."""
    here = behind(request)
    title = dict(_feeds(here.settings)).get(name)
    if title is None:
        raise HTTPException(404, "no rule has this id")
    with here.store.reading() as tx:
        alerts = tx.alerts.newest(ENTRIES, rule=None if name == "all" else name)
    base = base_url(request, here.settings)
    if form == "json":
        return JSONResponse(_json_feed(base, name, title, alerts, here.settings.titles), media_type="application/feed+json")
    updated = alerts[0].alert.raised_at if alerts else here.clock.now()
    atom = _ATOM.feed(
        _ATOM.id(f"{base}/feeds/{name}.atom"),
        _ATOM.title(title),
        _ATOM.updated(updated.isoformat(timespec="seconds")),
        _ATOM.author(_ATOM.name("monitor")),
        _ATOM.link(rel="self", type="application/atom+xml", href=f"{base}/feeds/{name}.atom"),
        _ATOM.link(rel="alternate", type="text/html", href=_page(base, name)),
        *(_entry(base, each, here.settings.titles) for each in alerts),
    )
    return _xml(atom, "application/atom+xml")


def base_url(request: Request, settings: Settings) -> str:
    """Where people reach the desk: as the settings say, else as this request did, whose host was allowed."""
    return (settings.public_url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def _feeds(settings: Settings) -> list[tuple[str, str]]:
    return [("all", "All alerts"), *((rule.id, rule.title) for rule in settings.rules)]


def _page(base: str, name: str) -> str:
    return f"{base}/alerts" if name == "all" else f"{base}/alerts?rule={name}"


def _entry(base: str, stored: StoredAlert, titles: Mapping[str, str]) -> etree._Element:
    notice = stored.notice
    entry = _ATOM.entry(
        _ATOM.id(f"urn:uuid:{stored.alert.id}"),
        _ATOM.title(_title(notice)),
        _ATOM.updated(stored.alert.raised_at.isoformat(timespec="seconds")),
        _ATOM.author(_ATOM.name(notice.source_name)),
        _ATOM.link(rel="alternate", type="text/html", href=f"{base}/stories/{stored.alert.story_id}"),
        *([_ATOM.link(rel="via", href=notice.url)] if notice.url else []),
        *(_ATOM.category(term=name, label=title) for name, title in topics(notice.facets, titles).items()),
        _ATOM.content(str(content(notice, titles)), type="html"),
    )
    if notice.published_at is not None:
        entry.append(_ATOM.published(notice.published_at.isoformat(timespec="seconds")))
    return entry


def _json_feed(base: str, name: str, title: str, alerts: list[StoredAlert], titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": _page(base, name),
        "feed_url": f"{base}/feeds/{name}.json",
        "items": [
            {
                "id": f"urn:uuid:{each.alert.id}",
                "url": f"{base}/stories/{each.alert.story_id}",
                **({"external_url": each.notice.url} if each.notice.url else {}),
                "title": _title(each.notice),
                "content_html": str(content(each.notice, titles)),
                "date_published": each.alert.raised_at.isoformat(timespec="seconds"),
                "authors": [{"name": each.notice.source_name}],
                "tags": list(topics(each.notice.facets, titles).values()),
                **({"language": each.notice.language} if each.notice.language else {}),
                "_monitor": {
                    "rule": each.alert.rule_id,
                    "severity": each.alert.severity,
                    "receipt": [
                        {"words": hit.words, "field": hit.field, "vocabulary": hit.vocabulary, "language": hit.language}
                        for hit in each.notice.receipt
                    ],
                },
            }
            for each in alerts
        ],
    }


def _title(notice: Notice) -> str:
    return notice.headline or (notice.snippets[0].text[:100] if notice.snippets else notice.source_name)


def content(notice: Notice, titles: Mapping[str, str]) -> Markup:
    """An alert as HTML: passages with the matched words marked, and the receipt."""
    passages = Markup("").join(Markup("<p>{}</p>").format(marked(each.text, each.marks)) for each in notice.snippets)
    named: dict[tuple[str, str | None], str] = {}
    for hit in notice.receipt:
        named.setdefault((hit.words.casefold(), hit.vocabulary), hit.words)
    words = Markup("").join(
        Markup("<li>{}{}</li>").format(text, f" ({titles.get(vocabulary, vocabulary)})" if vocabulary else "")
        for (_, vocabulary), text in islice(named.items(), WORDS)
    )
    return Markup("{}<p>{}, rule {}</p><ul>{}</ul>").format(passages, escape(notice.source_name), notice.rule_title, words)


def _xml(root: etree._Element, kind: str) -> Response:
    return Response(etree.tostring(root, xml_declaration=True, encoding="utf-8"), media_type=f"{kind}; charset=utf-8")
