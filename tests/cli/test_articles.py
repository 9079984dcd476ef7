from __future__ import annotations

import json
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Three saved pages: two articles, one of them with a headline that is not on it, and an index."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("01-big-site", "09-thai-wordpress", "24-index"):
        for suffix in (".html", ".json"):
            (folder / name).with_suffix(suffix).write_bytes((PAGES / name).with_suffix(suffix).read_bytes())
    told = json.loads((folder / "01-big-site.json").read_text("utf-8"))
    (folder / "01-big-site.json").write_text(json.dumps({**told, "headline": "Something else"}), "utf-8")
    (folder / "notes.html").write_text("no one says what is on this page")
    return folder


def test_saved_pages_are_scored_and_what_is_wrong_is_named(monitor, saved: Path) -> None:
    result = monitor("articles", "score", str(saved), config=False)
    assert result.exit_code == 0, result.output
    first, *_ = result.output.splitlines()
    assert first.split("\t")[:4] == ["reader", "pages", "precision", "recall"]
    assert "  01-big-site: headline" in result.output.splitlines()


def test_scores_for_a_script_have_every_page_beside_the_averages(monitor, saved: Path) -> None:
    result = monitor("articles", "score", str(saved), "--json", "--baseline", config=False)
    told = json.loads(result.stdout)
    assert set(told) == {"monitor", "trafilatura"}
    assert told["monitor"]["f1"] > 0.95
    assert told["monitor"]["headline"] == 0.5
    assert told["monitor"]["refused"] == 1.0
    assert told["monitor"]["cpu_ms"] > 0
    assert [page["name"] for page in told["monitor"]["pages"]] == ["01-big-site", "09-thai-wordpress", "24-index"]


def test_a_file_that_says_nothing_about_its_page_is_named(monitor, saved: Path) -> None:
    (saved / "24-index.json").write_text('{"headline": ["a", "list"]}')
    result = monitor("articles", "score", str(saved), config=False)
    assert result.exit_code == 2
    assert "24-index.json" in result.output
    assert "headline must be a text" in result.output


def test_a_folder_without_saved_pages_says_what_should_be_there(monitor, tmp_path: Path) -> None:
    result = monitor("articles", "score", str(tmp_path), config=False)
    assert result.exit_code == 2
    assert "NAME.json" in result.output


def test_an_article_is_shown_in_full_and_listed_with_what_it_is_about(monitor, parsed, texts: Path) -> None:
    monitor("import", str(texts))
    first = next(each for each in parsed("articles") if each["matches"])
    assert "asean/police" in first["facets"]
    shown = monitor("articles", "show", first["id"]).stdout
    facts = "  source: Imported files\n  language: en\n"
    assert shown.startswith(f"ASEANAPOL officers close heroin route\n{facts}\nThe ASEANAPOL secretariat")
    assert parsed("articles", "show", first["id"])["id"] == first["id"]
    assert "\tThe police organisation\t" in monitor("articles").stdout


def test_an_id_that_no_article_has_is_answered_with_what_to_type(monitor) -> None:
    result = monitor("articles", "show", "0123456789abcdef")
    assert result.exit_code == 2
    assert "`monitor articles` lists them" in result.output
