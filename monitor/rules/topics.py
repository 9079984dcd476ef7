"""Topics: what an article is about, named for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_KINDS = ("crime", "country", "asean")
_BODIES = frozenset({"asean/police", "asean/bodies"})


def topics(facets: Iterable[str], titles: Mapping[str, str]) -> dict[str, str]:
    """The titles of those facets that people are shown, by name: crimes, then countries, then bodies of ASEAN, each by the alphabet.

    All other vocabularies only serve rules and mean nothing by themselves. `titles` are those of the vocabularies; one that no longer
    exists is shown by its name.
    """
    shown = [name for name in facets if name.startswith(("crime/", "country/")) or name in _BODIES]
    shown.sort(key=lambda name: (_KINDS.index(name.partition("/")[0]), titles.get(name, name)))
    return {name: titles.get(name, name) for name in shown}
