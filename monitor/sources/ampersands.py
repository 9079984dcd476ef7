"""XML in which `&` stands for itself, though it should be written `&amp;`."""

from __future__ import annotations

import re

_BARE = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{0,40});)")


def escaped(document: str) -> str:
    """`document` with `&amp;` for each `&` outside CDATA that begins no entity: `AT&T`, `?a=1&copy=2`."""
    if _BARE.search(document) is None:
        return document
    pieces, at = [], 0
    while (start := document.find("<![CDATA[", at)) >= 0 and (end := document.find("]]>", start)) >= 0:
        pieces += [_BARE.sub("&amp;", document[at:start]), document[start:end]]
        at = end
    return "".join((*pieces, _BARE.sub("&amp;", document[at:])))
