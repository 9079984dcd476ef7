"""Decides whether two articles in different languages are about the same happening, by the facts that a translation leaves unchanged.

It weighs the numbers and names that both state against what the shorter one states, and the countries and subjects that the
vocabularies find in both. A wrong match would suppress an alert, so doubtful cases are kept apart.
"""

from __future__ import annotations

from datetime import timedelta

from monitor.stories.facts import ENOUGH, Facts, weight

WINDOW = timedelta(days=2)

# Calibrated as a set on fixtures/stories (tests/quality/test_grouping.py).
SHARED_NUMBERS = 0.6
SHARED_NAMES = 0.3
MANY = 4  # so many ordinary two-digit numbers are not shared by chance
SURE = 6.0  # with this weight of shared numbers, no shared names or subject are needed
NAMED = 3  # if both texts have at least so many names, some of them must be shared
_PLACES = ("country/", "world/")


def same_happening(a: Facts, b: Facts, a_facets: frozenset[str], b_facets: frozenset[str]) -> str | None:
    """Why both are about the same happening; None if that is not certain."""
    numbers, names = a.numbers & b.numbers, a.names & b.names
    agreed = sum(map(weight, numbers))
    evidence = agreed + 0.5 * min(len(names), 4)
    if evidence < ENOUGH or len(numbers) < 2 or not _agree(a_facets, b_facets, sure=agreed >= SURE):
        return None
    if len(numbers) < MANY and len(names) < 2 and max(map(weight, numbers)) < 2:
        return None
    of_shorter = agreed / min(sum(map(weight, a.numbers)), sum(map(weight, b.numbers)))
    fewer_names = min(len(a.names), len(b.names))
    other_names = fewer_names >= NAMED and len(names) < SHARED_NAMES * fewer_names
    if of_shorter < SHARED_NUMBERS or (other_names and agreed < SURE):
        return None
    shown = ", ".join(sorted(numbers, key=lambda number: (-weight(number), number))[:4])
    also = f" and {len(names)} names" if names else ""
    return f"the same happening in another language: {len(numbers)} numbers ({shown}){also} agree"


def _agree(a: frozenset[str], b: frozenset[str], *, sure: bool) -> bool:
    """Whether the two share a subject (not needed if `sure`) and, if both name countries, at least one country."""
    places_a, places_b = ({each for each in facets if each.startswith(_PLACES)} for facets in (a, b))
    if places_a and places_b and not places_a & places_b:
        return False
    return sure or bool((a - places_a) & (b - places_b))
