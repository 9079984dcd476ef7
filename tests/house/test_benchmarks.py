from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_one_command_knows_all_benchmarks() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    given = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - {
        "__main__",
        "figure",
        "pages",
        "bench_adapter",
        "slow_disk",
        "languages",
    }
    assert {name for name in given if name in done.stdout} == given


def test_the_page_on_performance_names_every_benchmark() -> None:
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    given = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - {
        "__main__",
        "figure",
        "pages",
        "bench_adapter",
        "slow_disk",
    }
    assert {name for name in given if f"\n| `{name}` |" in page} == given
