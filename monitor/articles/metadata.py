"""What a page says about itself: JSON-LD, OpenGraph, meta tags, microdata and the visible heading, by one light pass over the tree.

Where they disagree, `headline` decides for the headline; for everything else JSON-LD counts first, then meta tags, then microdata. What
the feed says comes after all of these, see `page`.
"""
# ruff: noqa: E501  the tables of names are read more easily row by row

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml.html import HtmlElement

from monitor import urls
from monitor.articles import bylines, plain
from monitor.articles.headline import Titles, headline_of

_ARTICLE_KINDS = (
    "NewsArticle Article ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle BackgroundNewsArticle ReviewNewsArticle BlogPosting "
    "LiveBlogPosting SocialMediaPosting Report TechArticle ScholarlyArticle SpecialAnnouncement PressRelease AdvertiserContentArticle"
)
_ARTICLE_TYPES = frozenset(_ARTICLE_KINDS.split())
_PAIR = re.compile(r'"(@type|headline|datePublished|dateModified)"\s*:\s*"([^"]{4,300})"')
_LONGEST_SCRIPT = 1_000_000
_DEEPEST = 8

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "publish_date", "publish-date",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "article.published",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "cxenseparse:recs:articlepublishtime", "originalpublicationdate", "article_date_original",
    "og:datepublished", "og:regdate", "dc.issued", "dc.created", "dc:created", "created", "citation_publication_date", "citation_online_date",
    "published_time", "published-date", "publication_date", "content_create_date", "rnews:datepublished", "date_published", "article:published", "apub:time", "bytedance:published_time", "og:release_date", "dateupdate", "date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified")  # fmt: skip
_AUTHORS = ("author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "article:author_name", "article:author", "og:article:author", "cxenseparse:author", "content_author", "og:author", "citation_author", "twitter:data1")  # fmt: skip

_TITLES = ("parsely-title", "sailthru.title", "dc.title", "dcterms.title", "articletitle", "citation_title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says about itself: dates are still text, `url` is canonical, `body` is the text in its JSON-LD."""

    headline: str | None = None
    url: str | None = None
    site: str | None = None
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    language: str | None = None
    body: str | None = None
    is_article: bool = False
    is_paywalled: bool = False
    is_live: bool = False
    title: str | None = None
    forwards_to: str | None = None
    has_scripts: bool = False


@dataclass(slots=True)
class _Found:
    """The elements that say something about the page: the first content of each `meta` name, all contents of those that name authors
    (`signed`), the first address of each kind of `link`, the JSON-LD `scripts`, the `h1` headings, and the `title`."""

    meta: dict[str, str] = field(default_factory=dict)
    signed: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    headings: list[HtmlElement] = field(default_factory=list)
    title: str = ""
    has_scripts: bool = False


def read(tree: HtmlElement, url: str) -> Metadata:
    """The metadata of a parsed page found at `url`. Never raises, whatever the page contains."""
    found = _found(tree)
    meta, items = found.meta, _microdata(tree)
    nodes = [node for script in found.scripts for node in _nodes(_json(script), 0)]
    node = _article_node(nodes, url)
    site = _text(meta.get("og:site_name")) or _name_of(node.get("publisher")) or meta.get("application-name")
    titles = Titles(
        json_ld=_text(node.get("headline")) or _text(node.get("name")) or "",
        open_graph=meta.get("og:title", ""),
        microdata=next(iter(items.get("headline", ())), ""),
        meta=next((meta[name] for name in _TITLES if name in meta), ""),
        twitter=meta.get("twitter:title", ""),
        document=found.title or meta.get("title", ""),
        section=meta.get("article:section", ""),
        site=site,
    )
    return Metadata(
        headline=headline_of(tree, url, found.headings, titles),
        url=_canonical(found.links.get("canonical"), meta.get("og:url"), url, is_amp=_is_amp(tree)),
        site=plain.line(site) if site else None,
        authors=_authors(node, nodes, meta, found.signed, items),
        published=_present(
            node.get("datePublished"),
            *(meta.get(name) for name in _PUBLISHED),
            *items.get("datepublished", ()),
            *(other.get("datePublished") for other in nodes if not _types(other) - {"WebPage"}),
        ),
        modified=_present(node.get("dateModified"), *(meta.get(name) for name in _MODIFIED), *items.get("datemodified", ())),
        language=_language(tree, meta, node),
        body=_body(node),
        is_article=bool(node) or "article" in meta.get("og:type", "").lower() or bool(items.get("headline")),
        is_live="LiveBlogPosting" in _types(node),
        is_paywalled=str(node.get("isAccessibleForFree")).lower() in ("false", "0", "no"),
        title=found.title or None,
        forwards_to=forward[1] if (forward := re.search(r"(?i)url\s*=\s*['\"]?([^'\"\s]+)", meta.get("refresh", ""))) else None,
        has_scripts=found.has_scripts,
    )


def _found(tree: HtmlElement) -> _Found:
    """One pass over the tree. It also puts a space behind each line break in a heading, so that the words there stay apart."""
    found = _Found()
    for element in tree.iter("meta", "link", "script", "title", "h1"):
        tag = element.tag
        if tag == "meta":
            named = element.get("property") or element.get("name") or element.get("http-equiv") or element.get("itemprop") or ""
            name = named.strip().lower()
            content = plain.line(element.get("content") or "")
            if name and content:
                found.meta.setdefault(name, content)
                if name in _AUTHORS:
                    found.signed.setdefault(name, []).append(content)
        elif tag == "link":
            for rel in (element.get("rel") or "").lower().split():
                found.links.setdefault(rel, (element.get("href") or "").strip())
        elif tag == "script":
            found.has_scripts = True
            if "ld+json" in (element.get("type") or "").lower() and element.text and len(element.text) <= _LONGEST_SCRIPT:
                found.scripts.append(element.text)
        elif tag == "title":
            found.title = found.title or plain.line(element.text_content())
        else:
            for line_break in element.iter("br"):
                line_break.tail = f" {line_break.tail or ''}"
            found.headings.append(element)
    return found


def _microdata(tree: HtmlElement) -> dict[str, list[str]]:
    """The values of the item properties that are used here, by name in small letters, in the order of the page."""
    items: dict[str, list[str]] = {}
    for element in tree.iterfind(".//*[@itemprop]"):
        for name in (element.get("itemprop") or "").lower().split():
            if name in ("datepublished", "datemodified", "headline", "author"):
                named = element.find(".//*[@itemprop='name']") if name == "author" else None
                named = element if named is None else named
                value = named.get("content") or named.get("datetime") or named.text_content()
                items.setdefault(name, []).append(plain.line(value[:500]))
    return items


def _present(*values: Any) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(plain.line(str(value)) for value in values if isinstance(value, str | int) and str(value).strip())
    )


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = next((part for part in value if isinstance(part, str)), None)
    return unescape(value).strip() or None if isinstance(value, str) else None


def _body(node: dict[str, Any]) -> str | None:
    """The text of the article; of a live blog, the headings and texts of all its posts."""
    posts = node.get("liveBlogUpdate")
    if isinstance(posts, list):
        parts = [
            part
            for post in posts[:500]
            if isinstance(post, dict)
            for key in ("headline", "articleBody")
            if (part := _text(post.get(key)))
        ]
        if parts:
            return "\n".join(parts)
    return _text(node.get("articleBody"))


def _article_node(nodes: list[dict[str, Any]], url: str) -> dict[str, Any]:
    """The JSON-LD object that describes the article of this page: the one that names this address, else the first, else an empty one."""
    nodes = [node for node in nodes if _ARTICLE_TYPES & _types(node)]
    here = urls.identity(url)
    for node in nodes:
        named = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
        named = [value.get("@id") or value.get("url") if isinstance(value, dict) else value for value in named]
        if any(isinstance(value, str) and urls.is_web(value) and urls.identity(value) == here for value in named):
            return node
    return nodes[0] if nodes else {}


def _json(script: str) -> Any:
    """The JSON in a script; if it is broken (a quotation mark within a text is enough), those values that can still be picked out."""
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$", "", script).strip().rstrip(";")
    for attempt in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return {key: unescape(value.replace(r"\/", "/")) for key, value in reversed(_PAIR.findall(text)) if "\\" not in value}


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value[:200]:
            yield from _nodes(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart", "subjectOf", "item"):
            yield from _nodes(value.get(key), depth + 1)


def _types(node: dict[str, Any]) -> set[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {kind.rsplit("/", 1)[-1] for kind in kinds if isinstance(kind, str)}


def _name_of(value: Any) -> str | None:
    if isinstance(value, list):
        return next((name for part in value if (name := _name_of(part))), None)
    if isinstance(value, dict):
        return _text(value.get("name"))
    return _text(value)


def _referred(value: Any, nodes: list[dict[str, Any]]) -> Any:
    """The object that is meant, where JSON-LD gives only its `@id`."""
    if isinstance(value, dict) and value.keys() == {"@id"}:
        return next((node for node in nodes if node.get("@id") == value["@id"] and len(node) > 1), value)
    return value


def _authors(
    node: dict[str, Any],
    nodes: list[dict[str, Any]],
    meta: dict[str, str],
    signed: dict[str, list[str]],
    items: dict[str, list[str]],
) -> tuple[str, ...]:
    said = node.get("author") or node.get("creator")
    parts = [_referred(part, nodes) for part in (said if isinstance(said, list) else [said])]
    from_meta: list[list[str | None]] = [[*signed.get(name, ())] for name in _AUTHORS]
    for candidates in ([_name_of(part) for part in parts], *from_meta, list[str | None](items.get("author", []))):
        found: dict[str, None] = {}
        for candidate in candidates:
            candidate = re.sub(r"<[^>]*>", " ", candidate or "").strip()
            if candidate and not candidate.startswith(("http:", "https:", "/", "www.", "@")) and len(candidate) <= 200:
                found |= dict.fromkeys(bylines.names(candidate))
        real = [
            name
            for name in found
            if name.lower() not in ("admin", "administrator", "editor", "webmaster", "null", "none", "undefined", "root")
        ]
        site = plain.fold(_text(meta.get("og:site_name")) or _name_of(node.get("publisher")) or "")
        people = [name for name in real if plain.fold(name) != site]
        if real:
            return tuple(people or real)
    return ()


def _is_amp(tree: HtmlElement) -> bool:
    root = tree.getroottree().getroot()
    return root.get("amp") is not None or root.get("⚡") is not None


def _canonical(declared: str | None, graph: str | None, url: str, *, is_amp: bool) -> str:
    """The address under which the article is known: rel=canonical, even to another site (syndication), else og:url, else its own address.

    A declaration that names a front page, a host that is not public, or no http address is a mistake of the site and does not count.
    """
    for said in (declared, graph):
        if said and (address := _usable(said, url)):
            return urls.canonical(address)
    return urls.canonical(_without_amp(url, is_amp=is_amp))


def _usable(said: str, url: str) -> str | None:
    try:
        address = urljoin(url, said)
    except ValueError:
        return None
    if not urls.is_web(address):
        return None
    parts, here = urlsplit(address), urlsplit(url)
    if "." not in (parts.hostname or "") and parts.hostname != here.hostname:
        return None
    if parts.path in ("", "/") and not parts.query and here.path not in ("", "/"):
        return None
    return address


def _without_amp(url: str, *, is_amp: bool) -> str:
    parts = urlsplit(url)
    host, path = parts.netloc, parts.path
    if host.endswith(".cdn.ampproject.org") and (match := re.match(r"/[cv]/(s/)?([^/]+)(/.*)?$", path)):
        return f"{'https' if match[1] else 'http'}://{match[2]}{match[3] or '/'}"
    query = [
        (k, v)
        for k, v in parse_qsl(parts.query, keep_blank_values=True)
        if k.lower() != "amp" and (k.lower(), v) != ("outputtype", "amp")
    ]
    if is_amp:
        host = re.sub(r"^amp\.", "", host)
        path = re.sub(r"/amp(?:\.html)?/?$|\.amp(?=\.html$|$)", "", path) or "/"
        path = re.sub(r"^/amp(?=/.)", "", path)
    return str(urlunsplit((parts.scheme, host, path, urlencode(query), "")))


def _language(tree: HtmlElement, meta: dict[str, str], node: dict[str, Any]) -> str | None:
    root = tree.getroottree().getroot()
    said = (
        _text(node.get("inLanguage"))
        or root.get("lang")
        or root.get("xml:lang")
        or meta.get("content-language")
        or meta.get("og:locale")
        or ""
    )
    match = re.match(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?", said.strip())
    return match[0].replace("_", "-") if match else None
