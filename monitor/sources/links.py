"""Addresses as they stand in foreign documents, and which of them look like an article."""

from __future__ import annotations

import base64
import re
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

from monitor import urls

_LONGEST = 2_000
_BREAKS = str.maketrans("", "", "\t\r\n")
_DATE = re.compile(
    r"/(?:19|20)\d\d(?:/?-?(?:0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?=[/-])|(?:0[1-9]|1[0-2])[0-3]\d(?=/))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"/20[012]\d/")
_ID = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_PLACED_ID = re.compile(r"/\d{5,}/")
_QUERY_ID = re.compile(r"(?:^|&)(?:\w{0,12}id|p|no|a|news|article|story|idx|seq|key)=\d{2,}", re.IGNORECASE)
_SECTION = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|users?|search|page|login|register|subscribe|about(?:-us)?|contact(?:-us)?|privacy"
    r"|terms|advertise|feed|rss|gallery|galleries|video|videos|photos?|podcasts?|live|jobs|newsletters?|wp-content|wp-admin)(?:/|$)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"\d+|(?<=[/=])(?=[^/=&]{0,40}[A-Z])(?=[^/=&]{0,40}[a-z])[\w-]{16,}")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|pptx?|zip|mp[34]|css|js|xml|rss|ico)$", re.IGNORECASE)


def absolute(link: str, base: str, *, only_absolute: bool = False) -> str | None:
    """`link` as an absolute http(s) address without fragment, seen from `base`; None if it is none (javascript:, mailto:, `#top` …)."""
    link = link.translate(_BREAKS).strip()
    if (
        not link
        or link.startswith("#")
        or len(link) > _LONGEST
        or (only_absolute and not re.match(r"https?://", link, re.IGNORECASE))
    ):
        return None
    if link.startswith(("http://", "https://")) and "#" not in link and urls.is_web(link):
        return link
    try:
        url, _ = urldefrag(urljoin(base, link))
        if " " in urlsplit(url).netloc:
            return None
        url = url.replace(" ", "%20")
        scheme, rest = url.split(":", 1) if ":" in url else ("", url)
        url = f"{scheme.lower()}:{rest}"
    except ValueError:
        return None
    return url if urls.is_web(url) else None


def behind(url: str) -> str:
    """The address that a redirect of a search service (Google News, Google Alerts, Bing News) holds within its own address; any other
    address as it is. Where Google News hides the target, only following the link tells."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if re.fullmatch(r"google\.[a-z.]{2,6}|bing\.com|news\.google\.com", host):
        for name, value in parse_qsl(parts.query):
            if name in ("url", "q") and parts.path in ("/url", "/news/apiclick.aspx", "/news/url") and urls.is_web(value):
                return value
    token = re.match(r"/(?:rss/)?(?:articles|read)/([\w-]{20,1500})$", parts.path) if host == "news.google.com" else None
    if token:
        with suppress(ValueError):
            raw = base64.urlsafe_b64decode(token[1] + "=" * (-len(token[1]) % 4))
            found = re.search(rb"https?://[\x21-\x7e]{8,1500}", raw)
            if found and urls.is_web(target := found[0].decode("ascii")):
                return target
    return url


def looks_like_article(url: str) -> bool:
    """Whether the path names one article: a date, an id of five digits or more or sixteen hex digits, a slug of
    four words; not a section, tag or file."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if not may_be_article(url):
        return False
    slug = path.rstrip("/").rpartition("/")[2]
    words = [word for word in re.split(r"[-_.+\s]+", re.sub(r"\.\w{2,5}$", "", slug)) if any(c.isalpha() for c in word)]
    long_native = sum(ord(c) > 0x7F for c in slug) >= 12
    placed_and_words = bool(_YEAR.search(path) or _PLACED_ID.search(path)) and len(words) >= 2
    return bool(
        len(words) >= 4
        or long_native
        or placed_and_words
        or _DATE.search(path)
        or _ID.search(slug)
        or _TOKEN.fullmatch(slug)
        or _QUERY_ID.search(parts.query)
    )


def may_be_article(url: str) -> bool:
    """Whether nothing in the path names a section, a tag or a file."""
    path = unquote(urlsplit(url).path)
    return not (_FILE.search(path) or _SECTION.search(path))


def bears_date(url: str) -> bool:
    """Whether the path names a month or a day."""
    return bool(_DATE.search(urlsplit(url).path))


def family_of(url: str) -> str | None:
    """What addresses of one list have in common: the address with `#` for its numbers and tokens. None if it has none of them."""
    host, slash, rest = urls.identity(url).partition("/")
    family, numbers = _NUMBER.subn("#", slash + rest)
    return host + family if numbers else None


def same_site(url: str, other: str) -> bool:
    """Whether two addresses belong to one site: the same host, or one a subdomain of the other (`www.` and the like aside)."""
    one, two = (urls.identity(address).partition("/")[0].partition(":")[0] for address in (url, other))
    return one == two or one.endswith(f".{two}") or two.endswith(f".{one}")
