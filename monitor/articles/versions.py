"""Versions of an article: whether a page says something other than before, and what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from monitor.articles import plain
from monitor.articles.article import Article

_LESS = frozenset({"paywall", "feed-only", "cut"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph of a comparison: in both versions, only in the earlier (`gone`), or only in the later (`new`)."""

    text: str
    what: Literal["both", "gone", "new"]


def is_new_version(before: Article, after: Article) -> bool:
    """Whether `after` says something other than `before`. White space, case and punctuation do not count; and a page that shows less of
    its text than before (because of a paywall, say) is no new version."""
    if set(after.flags) & _LESS - set(before.flags):
        return False
    return _said(before) != _said(after)


def difference(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """The paragraphs of both versions in the order in which a reader compares them: what is gone before what is new, and a paragraph that
    was changed directly before its new wording."""
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield from (Line(text=text, what="both") for text in before[start:end])
        else:
            yield from _changed(before[start:end], after[new_start:new_end])


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    rest = list(after)
    for text in before:
        words = _words(text)
        at = next((at for at, new in enumerate(rest) if 2 * len(words & _words(new)) > len(words)), None)
        if at is not None:
            yield from (Line(text=new, what="new") for new in rest[:at])
        yield Line(text=text, what="gone")
        if at is not None:
            yield Line(text=rest[at], what="new")
            del rest[: at + 1]
    yield from (Line(text=new, what="new") for new in rest)


def _words(text: str) -> set[str]:
    return set(text.split() if text.count(" ") > 3 else text)


def _said(article: Article) -> list[str]:
    return [plain.fold(text) for text in (article.headline or "", *article.paragraphs)]
