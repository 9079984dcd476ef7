"""Addresses: one canonical form, one identity."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"utm_\w+|at_\w+|mc_[ce]id|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|ocid|cmpid|ncid|spm|_ga|_gl|xtor|"
    r"ref_src|ref_url|__twitter_impression|sr_share|guccounter|guce_\w+|mkt_tok|vero_id|oly_\w+_id|wt_mc|ns_\w+|share|"
    r"fb_action_\w+|fb_source|traffic_source|ref",
    re.IGNORECASE,
)
_DEFAULT_PORT = {"http": 80, "https": 443}
_KEEP = "/:@!$&'()*+,;=~-._"
_BROKEN = re.compile(r"[\x00-\x20\x7f\\]")
_SAME_SITE = re.compile(r"(?:www\d?|m|amp|mobile)\.")
_SAME_PAGE = re.compile(r"/amp(?:\.html)?/?$")
_LAST = 64  # addresses remembered: each is asked about several times in a row


def is_web(url: str) -> bool:
    """Whether `url` is an absolute http(s) address with a host, and carries no control character or space."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  a bad port raises only when it is asked for
    except ValueError:
        return False
    return parts.scheme in _DEFAULT_PORT and bool(parts.hostname) and not _BROKEN.search(url)


@lru_cache(maxsize=_LAST)
def canonical(url: str) -> str:
    """The form under which an address is kept and compared: lower-case host, no default port, fragment, user or tracking
    parameter; percent-encoding normalised (RFC 3986, 6.2.2). Anything that is not an http(s) address comes back unchanged."""
    url = url.strip()
    if not is_web(url):
        return url
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != _DEFAULT_PORT[parts.scheme]:
        host = f"{host}:{parts.port}"
    path = quote(unquote(parts.path, errors="surrogateescape"), safe=_KEEP, errors="surrogateescape") or "/"
    query = ""
    if parts.query:
        query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)])
    return urlunsplit((parts.scheme, host, path, query, ""))


@lru_cache(maxsize=_LAST)
def identity(url: str) -> str:
    """A canonical address without what may differ between two addresses of one page: scheme, `www.`, `m.`, `amp`, a final slash."""
    parts = urlsplit(canonical(url))
    prefix = _SAME_SITE.match(parts.netloc)
    host = parts.netloc[prefix.end() :] if prefix else parts.netloc
    path = _SAME_PAGE.sub("", parts.path).rstrip("/")
    return f"{host}{path}?{parts.query}" if parts.query else f"{host}{path}"


def article_id(key: str) -> str:
    """16 lower-case hex digits that name an article; `key` is its canonical address or, without one, its text."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def lane_of(url: str) -> str:
    """The lane of an address: its host without `www.`, which is nearly always the same machine. One lane gets one request at a time."""
    return host_of(url).removeprefix("www.")


@lru_cache(4_096)  # grouping asks for those of the same recent articles again and again
def host_of(url: str) -> str:
    """Host and port of an address in lower case, empty if it has none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
