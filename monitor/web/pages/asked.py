"""What a page of stories is asked for, read from its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Query

from monitor.ports import Wanted

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
Words = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The words of the form as they were typed, for the page to show again; and what they mean. What cannot be read is in `complaints`."""

    words: Mapping[str, str]
    wanted: Wanted
    query: str
    complaints: tuple[str, ...] = field(default=())

    @property
    def filters(self) -> int:
        """How many filters are set, besides the query."""
        return sum(bool(value) for key, value in self.words.items() if key != "q")


def _day(value: str) -> date | None:
    """The day, if it is one on which anything could be published."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def asked(
    q: Annotated[str, Query(max_length=4000)] = "",
    rule: Words = "",
    crime: Words = "",
    country: Words = "",
    language: Words = "",
    source: Words = "",
    since: Words = "",
    until: Words = "",
    show: Words = "",
) -> Asked:
    """FastAPI's dependency: a form sends every field, the empty ones too."""
    days: dict[str, date | None] = {}
    complaints = []
    for name, value in (("since", since), ("until", until)):
        days[name] = _day(value)
        if value and days[name] is None:
            complaints.append(f"{value} is not a day: write it as 2026-01-31.")
    return Asked(
        words={
            "q": q.strip(),
            "rule": rule,
            "crime": crime,
            "country": country,
            "language": language,
            "source": source,
            "since": since,
            "until": until,
            "show": "all" if show == "all" else "",
        },
        wanted=Wanted(
            matched=show != "all",
            rule=rule or None,
            facets=tuple(filter(None, (crime, country))),
            source=source or None,
            language=language or None,
            first_day=days["since"],
            last_day=days["until"],
        ),
        query=q.strip(),
        complaints=tuple(complaints),
    )
