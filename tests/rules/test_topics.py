from __future__ import annotations

from monitor.rules.topics import topics

TITLES = {
    "crime/drugs": "Drugs",
    "crime/arms": "Arms",
    "country/th": "Thailand",
    "asean/police": "ASEANAPOL",
    "clue/fraud": "Fraud",
}


def test_crimes_countries_and_bodies_are_told_by_their_titles_and_what_serves_rules_is_not() -> None:
    facets = ["act/enforcement", "asean/name", "asean/police", "clue/fraud", "country/th", "crime/arms", "crime/drugs", "own"]
    assert list(topics(facets, TITLES).items()) == [
        ("crime/arms", "Arms"),
        ("crime/drugs", "Drugs"),
        ("country/th", "Thailand"),
        ("asean/police", "ASEANAPOL"),
    ]


def test_a_vocabulary_that_is_gone_is_told_by_its_name() -> None:
    assert topics(["crime/gone"], TITLES) == {"crime/gone": "crime/gone"}
