"""The seed format, and files as people save them."""
# ruff: noqa: E501  texts are read more easily in one piece

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.articles import seed
from monitor.articles.article import Article, Removed

FILES = Path(__file__).parents[2] / "fixtures" / "articles"


def expected(path: Path) -> dict[str, object]:
    return json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(FILES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_saved_file_is_read_as_the_json_beside_it_says(path):
    article = seed.parse(path.read_text("utf-8"))
    read = {
        "headline": article.headline,
        "first": article.paragraphs[0],
        "paragraphs": len(article.paragraphs),
        "authors": list(article.authors),
        "dateline": article.dateline,
        "published": article.published_at.date().isoformat() if article.published_at else None,
        "language": article.language,
        "removed": [f"{part.reason}: {part.text}" for part in article.removed],
        "flags": list(article.flags),
    }
    assert read == expected(path)


@pytest.mark.parametrize("path", sorted(FILES.glob("*.txt")), ids=lambda path: path.stem)
def test_what_was_read_and_written_is_read_the_same(path):
    article = seed.parse(path.read_text("utf-8"))
    again = seed.with_metadata(seed.parse(seed.render(article)), seed.metadata(article))
    assert again == article


def test_a_file_without_a_headline_begins_with_an_empty_line():
    article = Article(headline=None, paragraphs=("Police held nine.", "They were charged."))
    assert seed.render(article) == "\n\nPolice held nine.\n\nThey were charged."
    assert seed.parse(seed.render(article)).headline is None


def test_a_written_file_has_no_newline_at_its_end_and_a_blank_line_between_parts():
    article = Article(headline="Nine held", paragraphs=("Police held nine.", "They were charged."))
    assert seed.render(article) == "Nine held\n\nPolice held nine.\n\nThey were charged."


@pytest.mark.parametrize(
    "number, name", [(0, "000_00ff00ff00ff00ff.txt"), (41, "041_00ff00ff00ff00ff.txt"), (1234, "1234_00ff00ff00ff00ff.txt")]
)
def test_the_name_of_a_file_counts_in_at_least_three_digits(number, name):
    assert seed.file_name(number, "00ff00ff00ff00ff") == name


def test_the_companion_survives_json():
    article = Article(
        headline="ข่าว",
        paragraphs=("หนึ่ง",),
        url="https://harbour.example/1",
        site="Harbour Times",
        authors=("Mira Santos",),
        dateline="VIENTIANE",
        published_at=datetime(2025, 11, 10, 8, tzinfo=UTC),
        modified_at=datetime(2025, 11, 10, 9, tzinfo=UTC),
        language="th",
        removed=(Removed(text="Share it", reason="share"),),
        flags=("rescued",),
    )
    data = json.loads(json.dumps(seed.metadata(article)))
    bare = dataclasses.replace(
        Article(headline=article.headline, paragraphs=article.paragraphs),
    )
    assert seed.with_metadata(bare, data) == article


def test_a_statement_of_today_needs_the_day_of_saving():
    text = "Police issued a statement today (10th) on the two shipments that were found in the harbour.\nNobody was held."
    assert seed.parse(text).published_at is None
    assert seed.parse(text, now=datetime(2025, 11, 12, tzinfo=UTC)).published_at == datetime(2025, 11, 10, tzinfo=UTC)


def test_lines_broken_for_width_are_one_paragraph():
    text = (
        "Nine held\n\n"
        "Officers from four countries searched a warehouse near the border\n"
        "before dawn and seized two tonnes of methamphetamine that had been\n"
        "hidden in sacks of tea.\n\n"
        "The driver was held."
    )
    assert (
        seed.parse(text)
        .paragraphs[0]
        .startswith("Officers from four countries searched a warehouse near the border before dawn")
    )


LINES = st.text(alphabet=st.characters(), max_size=80) | st.sampled_from(
    ["Nine held", "VIENTIANE - Police held nine people in a raid on a house.", "Share it", "ALSO READ: more", "(Photo: AFP)", "By Mira Santos",
     "Police held nine people in a raid on a house by the river on Monday.", "ตำรวจจับกุมผู้ต้องสงสัยเก้าราย", "警方逮捕九人。", "(Latest Update", "November 23, 2017)"]
)  # fmt: skip


@given(st.lists(LINES, max_size=10), st.sampled_from(["\n", "\n\n", "\r\n"]))
@settings(deadline=None, max_examples=200)
def test_whatever_is_read_is_written_and_read_the_same(lines, between):
    article = seed.parse(between.join(lines))
    again = seed.parse(seed.render(article))
    assert (again.headline, again.paragraphs) == (article.headline, article.paragraphs)
    assert again.removed == ()


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=100)
def test_every_line_of_an_article_is_clean_and_has_words(text):
    article = seed.parse(text)
    for line in (*([article.headline] if article.headline else []), *article.paragraphs):
        assert line == line.strip()
        assert "\n" not in line
        assert any(c.isalnum() for c in line)
