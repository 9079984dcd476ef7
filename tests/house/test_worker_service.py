"""The unit of a worker is that of the daemon, but for what makes it a worker; and its guide is true."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.cli import _COMMANDS
from monitor.engine import claims, cluster

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "systemd" / "monitor-worker@.service"
GUIDE = (ROOT / "docs" / "cluster.md").read_text("utf-8")


def directives(unit: Path) -> list[str]:
    return [line for line in unit.read_text("utf-8").splitlines() if "=" in line and not line.startswith("#")]


def test_it_is_locked_in_as_the_daemon_is() -> None:
    ours, its = set(directives(UNIT)), set(directives(UNIT.with_name("monitor.service")))
    assert {line.partition("=")[0] for line in ours ^ its} == {
        "Description",
        "Documentation",
        "ExecStart",
        "StartLimitBurst",
        "StartLimitIntervalSec",
    }
    assert "ExecStart=/opt/monitor/venv/bin/monitor worker --config /etc/monitor" in ours


def test_it_comes_back_however_long_the_database_is_away() -> None:
    assert "StartLimitIntervalSec=0" in directives(UNIT)
    assert "RestartPreventExitStatus=2 3" in directives(UNIT), "5, a server that does not answer, is not among them"


def test_the_guide_names_commands_and_files_that_exist() -> None:
    used = set(re.findall(r"(?:bin/monitor|monitorctl|`monitor) ([a-z]+)", GUIDE))
    assert used
    assert used <= set(_COMMANDS)
    named = set(re.findall(r"install (?:-D )?-m \d+ ((?:systemd|docs)/\S+)", GUIDE))
    assert "systemd/monitor-worker@.service" in named
    assert all((ROOT / name).is_file() for name in named)


def test_the_guide_tells_the_times_that_hold() -> None:
    assert claims.LEASE.total_seconds() == 60
    assert claims.WEDGED_S == 900
    assert "within 60 seconds" in GUIDE
    assert "15 minutes" in GUIDE
    assert f"at most {cluster.MOST_QUEUED} jobs" in GUIDE
