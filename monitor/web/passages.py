"""What a list shows of an article that matched."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.ports import StoredArticle
from monitor.rules.document import document
from monitor.rules.match import Match
from monitor.rules.snippets import Snippet, snippets

_MOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The marks of the headline, and a few passages of the text with theirs: a headline or a dateline alone is no passage."""

    headline_marks: tuple[tuple[int, int], ...] = ()
    passages: tuple[Snippet, ...] = ()


def shown(stored: StoredArticle, match: Match | None) -> Shown:
    """What to show of `stored` by this receipt; nothing is marked without one."""
    if match is None:
        return Shown()
    seen = document(stored.article, stored.source)
    return Shown(
        headline_marks=tuple((hit.start, hit.end) for hit in match.hits if hit.field == "title"),
        passages=tuple(each for each in snippets(seen, match) if each[0] not in (seen.title, seen.dateline))[:_MOST],
    )
