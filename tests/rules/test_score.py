"""Scores of rules on labelled articles: what is counted, what is undefined, and the receipts of mistakes."""

import pytest

from monitor.rules.match import Document, Hit, Match, Verdict
from monitor.rules.score import read_labelled, score


class Fixed:
    """Matches the rules whose names stand in the headline."""

    def held(self, document: Document) -> frozenset[str]:
        return frozenset(match.rule for match in self.match(document).matches)

    def match(self, document: Document) -> Verdict:
        hit = Hit(term="t", field="title", start=0, end=1)
        names = [name for name in document.title.split() if name in ("drugs", "police")]
        return Verdict(matches=tuple(Match(rule=name, rule_version="1", clauses=(), hits=(hit,)) for name in names))


def row(number: int, headline: str, language: str = "en", **labels: bool) -> dict[str, object]:
    return {
        "id": str(number),
        "language": language,
        "country": None,
        "headline": headline,
        "text": "One.\nTwo.\n\nThree.",
        "labels": labels,
    }


ROWS = [
    row(1, "drugs police", drugs=True, police=True),
    row(2, "drugs", drugs=True, police=False),
    row(3, "nothing", drugs=True, police=False),
    row(4, "drugs", "th", drugs=False, police=False),
    row(5, "nothing", "th", drugs=False),
]


def test_precision_recall_and_f1_are_counted_by_rule_and_by_language() -> None:
    report = score(Fixed(), map(read_labelled, ROWS)).to_json()
    third = pytest.approx(2 / 3)
    assert report == {
        "rules": [
            {
                "rule": "drugs",
                "precision": third,
                "recall": third,
                "f1": third,
                "languages": [
                    {
                        "language": "en",
                        "articles": 3,
                        "positives": 3,
                        "precision": 1.0,
                        "recall": third,
                        "f1": pytest.approx(0.8),
                    },
                    {"language": "th", "articles": 2, "positives": 0, "precision": 0.0, "recall": None, "f1": 0.0},
                ],
            },
            {
                "rule": "police",
                "precision": 1.0,
                "recall": 1.0,
                "f1": 1.0,
                "languages": [
                    {"language": "en", "articles": 3, "positives": 1, "precision": 1.0, "recall": 1.0, "f1": 1.0},
                    {"language": "th", "articles": 1, "positives": 0, "precision": None, "recall": None, "f1": None},
                ],
            },
        ]
    }


def test_misses_name_the_article_and_false_alarms_carry_their_receipt() -> None:
    drugs, police = score(Fixed(), map(read_labelled, ROWS)).rules
    assert [(mistake.id, mistake.language, mistake.title, mistake.match) for mistake in drugs.misses] == [
        ("3", "en", "nothing", None)
    ]
    assert [mistake.id for mistake in drugs.false_alarms] == ["4"]
    assert drugs.false_alarms[0].match is not None
    assert drugs.false_alarms[0].match.hits[0].field == "title"
    assert police.misses == police.false_alarms == ()


def test_no_articles_give_an_empty_report() -> None:
    assert score(Fixed(), []).to_json() == {"rules": []}


def test_the_lead_of_a_labelled_article_ends_with_its_second_paragraph() -> None:
    labelled = read_labelled(ROWS[0])
    assert labelled.document.body == "One.\n\nTwo.\n\nThree."
    assert labelled.document.body[: labelled.document.lead_end] == "One.\n\nTwo."
    assert labelled.labels == {"drugs": True, "police": True}


def test_dates_section_names_and_the_headline_once_more_are_no_paragraphs_of_the_lead() -> None:
    first = "The cargo was found by two officers at the port of the city."
    second = "Its owner is being looked for, a spokesman of the police said."
    text = "\n".join(
        ["Monday 3 June", "Officers find a cargo at the port", "EDITORIAL", first, second, "The end of the story."]
    )
    labelled = read_labelled({**ROWS[0], "headline": "Officers find a cargo at the port", "text": text})
    document = labelled.document
    assert document.body[: document.lead_end].endswith(second)
    assert document.body.endswith("The end of the story.")


def test_a_labelled_article_without_headline_has_an_empty_title() -> None:
    assert read_labelled({**ROWS[0], "headline": None}).document.title == ""
