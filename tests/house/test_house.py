"""The house stands: imports go one way, types and style hold, the map is true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import monitor

ROOT = Path(__file__).parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_types_hold() -> None:
    ended = run("mypy")
    assert ended.returncode == 0, ended.stdout


def test_the_style_holds() -> None:
    ended = run("ruff", "check", ".")
    assert ended.returncode == 0, ended.stdout


def test_the_code_is_formatted() -> None:
    ended = run("ruff", "format", "--check", ".")
    assert ended.returncode == 0, ended.stdout


def test_imports_go_one_way_and_judgements_are_pure() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_the_map_names_every_room() -> None:
    rooms = {path.name for path in (ROOT / "monitor").iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    words = {path.stem for path in (ROOT / "monitor").glob("*.py")} - {"__init__", "__main__"}
    shown = set(re.findall(r"^    ([a-z]+)(?:/| )", monitor.__doc__ or "", re.MULTILINE)) | {"urls", "text"}
    assert rooms | words <= shown, "a room has to be drawn on the map in monitor/__init__.py"


@pytest.mark.parametrize(
    ("library", "doors"),
    [
        ("feedparser", {"monitor/sources"}),
        ("ftfy", {"monitor/fetching"}),
        ("trafilatura", {"monitor/articles"}),
        ("requests", {"monitor/adapters"}),
        ("sqlalchemy", {"monitor/store"}),
        ("alembic", {"monitor/store"}),
        ("apscheduler", {"monitor/engine"}),
        ("procrastinate", {"monitor/engine"}),
        ("warcio", {"monitor/adapters"}),
        ("isal", {"monitor/adapters"}),
        ("smtplib", {"monitor/adapters"}),
        ("apprise", {"monitor/adapters"}),
        ("pydantic", {"monitor/settings"}),
        ("yaml", {"monitor/settings", "monitor/cli"}),
        ("ahocorasick_rs", {"monitor/rules"}),
        ("daachorse", {"monitor/rules"}),
        ("jinja2", {"monitor/alerts", "monitor/web", "monitor/cli"}),
        ("fastapi", {"monitor/web"}),
        ("uvicorn", {"monitor/web"}),
        ("argon2", {"monitor/web"}),
        ("pygal", {"monitor/web"}),
        ("prometheus_client", {"monitor/web"}),
    ],
)
def test_each_library_has_one_door(library: str, doors: set[str]) -> None:
    importing = re.compile(rf"^\s*(?:import|from) {library}\b", re.MULTILINE)
    found = {
        str(path.parent.relative_to(ROOT)).rpartition("/warc")[0] or str(path.parent.relative_to(ROOT))
        for path in (ROOT / "monitor").rglob("*.py")
        if importing.search(path.read_text(encoding="utf-8"))
    }
    assert all(any(where == door or where.startswith(door + "/") for door in doors) for where in found), found


def test_no_file_names_what_is_not_part_of_the_project() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    named = [
        name
        for name in listed
        if name != "tests/house/test_house.py"
        and os.path.isfile(ROOT / name)
        and re.search(rb"/work/|shared/(?:seeds|data|tools)", (ROOT / name).read_bytes())
    ]
    assert named == []
