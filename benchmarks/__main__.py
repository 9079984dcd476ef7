"""All benchmarks of the project, one after the other.

    python -m benchmarks [--only NAME …] [--json FILE]

Prints a table of ratios, each against a named baseline measured in the same run, and writes them as JSON. A benchmark is a module of this
folder with a function `figures() -> list[Figure]`; those that print their own tables are asked here for the ratios in them. Each runs in a
process of its own.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure

HERE = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks there are."""
    own = {path.stem for path in HERE.glob("*.py") if "def figures(" in path.read_text("utf-8") and path.name != "__main__.py"}
    return sorted(own | {name for name in ASKED if (HERE / f"{name}.py").exists()})


def matching() -> list[Figure]:
    """Of benchmarks/matching.py."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "matching.json"
        command = [sys.executable, str(HERE / "matching.py"), "--rules", "1000,10000", "--articles", "200", "--json", str(file)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=HERE.parent)
        told = json.loads(file.read_text("utf-8"))
    return [
        Figure(
            name=f"matching: {row['rules']} rules",
            ratio=row["spans_to_scan"],
            baseline="Aho-Corasick scan of folded text, CPU",
            detail=f"{row['spans_us']} µs an article with places, {row['receipts_us']} with receipts; the scan {row['scan_us']}",
        )
        for row in told["matching"]
    ]


ASKED = {"matching": matching}


def run(name: str) -> list[Figure]:
    """The figures of one benchmark."""
    warnings.simplefilter("ignore")
    module = None if name in ASKED else importlib.import_module(f"benchmarks.{name}")
    found: list[Figure] = ASKED[name]() if module is None else module.figures()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=names(), default=names(), metavar="NAME", help=", ".join(names()))
    parser.add_argument("--json", type=Path, default=Path("benchmarks.json"), help="where the figures go (benchmarks.json)")
    parser.add_argument("--one", choices=names(), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps([asdict(figure) for figure in run(chosen.one)]))
        return
    machine = {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load": os.getloadavg(),
    }
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    print(f"\n{'':42} {'ratio':>7}  {'bound':8} of")
    told: list[dict[str, Any]] = []
    for name in chosen.only:
        command = [sys.executable, "-m", "benchmarks", "--one", name]
        done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent)
        if done.returncode:
            reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
            print(f"{name}: could not be measured: {reason}", flush=True)
            continue
        for each in [Figure(**row) for row in json.loads(done.stdout.splitlines()[-1])]:
            told.append({"benchmark": name, **asdict(each), "holds": each.holds})
            mark = {True: "", False: "  MISSED", None: ""}[each.holds]
            print(f"{each.name:42} {each.ratio:7.2f}  {each.bound or '':8} {each.baseline}: {each.detail}{mark}", flush=True)
    chosen.json.write_text(json.dumps({"machine": machine, "figures": told}, indent=1), encoding="utf-8")


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


if __name__ == "__main__":
    main()
