"""A feed document taken apart into its items in one linear pass, so that not all of them need go through the slow parser."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"<(?:!--|!\[CDATA\[|(/?)(item|entry|[\w.-]{1,40}+:(?:item|entry))(?=[\s/>])[^<>]*>)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A document in three parts: what stands before its items, the items, and what follows. `cut` says that the last item had no end; it
    is left out, since half an item may hold half a link."""

    head: str
    items: tuple[str, ...]
    tail: str
    cut: bool = False

    def document(self, items: tuple[str, ...]) -> str:
        """The document with these items only."""
        return self.head + "".join(items) + self.tail


def split(document: str) -> Split | None:
    """The parts of an RSS, RDF or Atom document; None if start and end tags do not match, which is left to the parser."""
    items: list[str] = []
    between: list[str] = []
    name: str | None = None
    start: int | None = None
    end = 0
    mark = _MARK.search(document)
    while mark:
        after = mark.end()
        if mark[2] is None:
            behind = _behind(document, mark)
            if behind is None:
                break
            after = behind
        elif name in (None, mark[2]) and not mark[0].endswith("/>"):
            name = mark[2]
            if mark[1] and start is not None:
                items.append(document[start:after])
                start, end = None, after
            elif not mark[1] and start is None:
                between.append(document[end : mark.start()])
                start = mark.start()
            else:
                return None
        mark = _MARK.search(document, after)
    if name is None:
        return None
    tail = document[end:] if start is None else ""
    return Split(head="".join(between), items=tuple(items), tail=tail, cut=start is not None)


def _behind(document: str, mark: re.Match[str]) -> int | None:
    """The position behind a comment or CDATA section; None if it never ends."""
    closing = "-->" if mark[0] == "<!--" else "]]>"
    found = document.find(closing, mark.end())
    return None if found < 0 else found + len(closing)
