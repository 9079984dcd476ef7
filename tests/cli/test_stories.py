"""Stories as a person sees them, and puts them right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.ports import StoredArticle
from monitor.store.database import open_store
from monitor.stories.facts import NO_FACTS
from monitor.stories.sketched import sketched

WIRE = (
    "Police of Kampot freed 87 workers and seized 212 telephones, 64 computers and 19 servers when they searched a fenced compound of the "
    "heroin and fraud ring on the coast road before dawn, the provincial office said on Tuesday.\n\n"
    "Eleven managers were arrested. The owner of the land has not been found, and the workers will be asked where they came from."
)


@pytest.fixture
def archive(monitor, texts: Path) -> None:
    (texts / "003.txt").write_text(f"Workers freed from compound\n\n{WIRE}", encoding="utf-8")
    (texts / "004.txt").write_text(
        f"Compound on coast road searched\n\n{WIRE}\n\nAgencies contributed to this report.", encoding="utf-8"
    )
    monitor("import", str(texts))


def test_a_story_is_listed_once_with_how_many_articles_carry_it(monitor, parsed, archive) -> None:
    stories = parsed("stories")
    assert [(each["headline"], len(each["articles"])) for each in stories] == [
        ("Workers freed from compound", 2),
        ("ASEANAPOL officers close heroin route", 1),
    ]
    assert stories[0]["rules"] == ["drugs"]
    assert stories[0]["state"] == "open"
    assert "Workers freed from compound" in monitor("stories").stdout
    assert len(parsed("stories", "--all")) == 3


def test_a_story_is_shown_with_its_articles_sources_and_what_happened_when(monitor, parsed, archive) -> None:
    first = parsed("stories")[0]
    shown = monitor("stories", "show", first["id"]).stdout.splitlines()
    assert shown[0] == "Workers freed from compound"
    assert "2 articles of 1 source" in shown[1]
    assert "Sources: Imported files" in shown
    assert [line.split("\t")[1] for line in shown if line.count("\t") == 6] == ["what", "article", "article"]
    assert all(any(each["id"] in line for line in shown) for each in first["articles"])
    told = parsed("stories", "show", first["id"])
    assert [each["headline"] for each in told["timeline"]] == ["Workers freed from compound", "Compound on coast road searched"]


def test_an_article_is_split_off_and_two_stories_are_joined(monitor, parsed, archive) -> None:
    first, second = parsed("stories")[0], parsed("stories")[1]
    article = first["articles"][1]["id"]
    assert f"A story of its own: {article}" in monitor("stories", "split", article).stdout
    assert len(parsed("stories")) == 3
    assert parsed("stories", "show", article)["split_from"] == first["id"]
    assert "One story now" in monitor("stories", "join", article, second["id"]).stdout
    assert len(parsed("stories")) == 2
    assert parsed("stories", "show", article)["id"] == parsed("stories", "show", second["id"])["id"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("show", "0" * 16), "`monitor stories` lists them"),
        (("join", "0" * 16, "1" * 16), "`monitor stories` lists them"),
        (("split", "0" * 16), "there is none with this id"),
    ],
)
def test_an_id_that_nothing_has_is_answered_with_what_to_type(monitor, archive, words: tuple[str, ...], complaint: str) -> None:
    result = monitor("stories", *words)
    assert result.exit_code == 2
    assert complaint in result.output


def test_a_story_cannot_be_joined_to_itself(monitor, parsed, archive) -> None:
    first = parsed("stories")[0]["id"]
    assert "one story already" in monitor("stories", "join", first, first).output


def test_what_was_changed_in_an_article_is_shown_version_by_version(monitor, parsed, archive, directory: Path) -> None:
    chosen = next(each for each in parsed("articles") if each["article"]["headline"] == "Mango festival ends with fireworks")
    assert "has not been changed" in monitor("articles", "show", chosen["id"], "--versions").stdout
    store = open_store(f"sqlite:///{directory.parent}/state/monitor.db")
    with store.writing() as tx:
        stored = tx.articles.get(chosen["id"])
        assert isinstance(stored, StoredArticle)
        changed = replace(stored.article, headline="Mango festival ends in rain")
        tx.articles.revise(replace(stored, article=changed, revised_at=stored.read_at), sketched(changed), NO_FACTS)
    store.close()
    shown = monitor("articles", "show", chosen["id"], "--versions").stdout.splitlines()
    assert "- Mango festival ends with fireworks" in shown
    assert "+ Mango festival ends in rain" in shown
    (version,) = parsed("articles", "show", chosen["id"])["versions"]
    assert version["article"]["headline"] == "Mango festival ends with fireworks"
    story = parsed("stories", "show", stored.story_id)
    assert [(each["what"], each["headline"]) for each in story["timeline"]] == [
        ("article", "Mango festival ends with fireworks"),
        ("version 2", "Mango festival ends in rain"),
    ]
