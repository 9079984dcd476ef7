from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = {"__main__", "figure", "pages", "bench_adapter", "slow_disk"}
"""What is no benchmark by itself."""


def benchmarks() -> set[str]:
    return {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - SHARED


def test_one_command_knows_all_benchmarks() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [name for name in benchmarks() - {"languages"} if name not in done.stdout] == []


def test_the_page_on_performance_names_every_benchmark() -> None:
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert [name for name in benchmarks() if f"\n| `{name}` |" not in page] == []
