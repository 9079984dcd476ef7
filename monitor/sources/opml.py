"""OPML (http://opml.org/spec2.opml): lists of feeds, as other readers write and read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from monitor import urls
from monitor.fetching.charset import decode
from monitor.sources import plain
from monitor.sources.ampersands import escaped
from monitor.sources.source import Source

_MOST = 10_000
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of an OPML file; `language` (BCP 47) only if the file names it, for the feed or for a folder around it."""

    title: str
    url: str
    home: str | None = None
    language: str | None = None


def read_opml(body: bytes) -> tuple[Outline, ...] | None:
    """The feeds in the file's order, each address once, folders opened; None if the bytes are no OPML."""
    text = decode(body).text
    first = re.search(r"<opml(?=[\s>/])", text[:65_536], re.IGNORECASE)
    if first is None:
        return None
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(escaped(text[first.start() :]).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    found: dict[str, Outline] = {}
    for outline in root.iter("outline"):
        said = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
        url = said.get("xmlurl", "")
        if url.startswith("feed:"):
            url = "http:" + url.removeprefix("feed:") if url.startswith("feed://") else url.removeprefix("feed:")
        if not urls.is_web(url) or len(found) >= _MOST:
            continue
        title = plain.line(said.get("title") or said.get("text") or "", 200) or urls.host_of(url)
        home = said.get("htmlurl", "")
        language = next((tag for each in (outline, *outline.iterancestors()) if (tag := _language(each))), None)
        one = Outline(title=title, url=url, home=home if urls.is_web(home) else None, language=language)
        found.setdefault(urls.canonical(url), one)
    return tuple(found.values())


def _language(element: etree._Element) -> str | None:
    """The language that an element says, as BCP 47 writes it; None for words that are no tag, such as `unknown`."""
    tag = _TAG.fullmatch(element.get("language") or element.get(_XML_LANG) or "")
    if tag is None:
        return None
    language, script, region = (part or "" for part in tag.groups())
    return "-".join(part for part in (language.lower(), script.title(), region.upper()) if part)


def write_opml(sources: Iterable[Source]) -> bytes:
    """An OPML 2.0 file of the sources that are feeds, with a folder for each country. The other sources mean nothing to other programs."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Sources of monitor"
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for source in sources:
        if source.kind != "feed":
            continue
        country = source.country or "Elsewhere"
        if country not in folders:
            folders[country] = etree.SubElement(body, "outline", text=country)
        said = {"type": "rss", "text": source.name, "title": source.name, "xmlUrl": source.url}
        said |= {"htmlUrl": source.home} if source.home else {}
        said |= {"language": source.language} if source.language else {}
        etree.SubElement(folders[country], "outline", said)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
