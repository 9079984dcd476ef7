"""Language detection on our own labelled articles: the table in docs/languages.md is the one that is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def printed() -> str:
    ended = subprocess.run([sys.executable, "benchmarks/languages.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    return ended.stdout


def test_the_documented_tables_are_those_that_are_measured(printed: str) -> None:
    own = (ROOT / "docs" / "languages.md").read_text("utf-8").partition("### Articles of the press")[0]
    rows = [line for line in printed.splitlines() if line.startswith("|")]
    assert len(rows) > 24
    assert [row for row in rows if row not in own] == []


def test_indonesian_and_malay_articles_are_told_apart_nineteen_times_in_twenty(printed: str) -> None:
    header, *rows = [
        line.split("|")[1:-1] for line in printed.partition("**Headlines")[0].splitlines() if line.startswith("| ")
    ]
    table = {
        row[0].strip(" *"): {name.strip(): int(cell.strip() or 0) for name, cell in zip(header[1:], row[1:], strict=True)}
        for row in rows
    }
    both = [table[language] for language in ("id", "ms")]
    right = table["id"]["id"] + table["ms"]["ms"]
    assert right / sum(sum(row.values()) for row in both) >= 0.95
