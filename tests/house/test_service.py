import contextlib
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import cli

UNIT = Path(__file__).parents[2] / "systemd" / "monitor.service"


def directives() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def analyze() -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here: the unit was not verified")
    return program


@pytest.mark.parametrize("name", ["monitor.service", "monitor-worker@.service"])
def test_systemd_accepts_every_line_of_the_unit(name: str, analyze: str, tmp_path: Path) -> None:
    unit = tmp_path / name.replace("@", "@1")
    text = UNIT.with_name(name).read_text("utf-8").replace("/opt/monitor/venv/bin/monitor", sys.executable)
    unit.write_text(text.replace("Documentation=", "#Documentation="), "utf-8")
    done = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["monitor.service", "monitor-worker@.service"])
def test_the_exposure_is_at_most_one_and_a_half(name: str, analyze: str, tmp_path: Path) -> None:
    unit = shutil.copy(UNIT.with_name(name), tmp_path / name.replace("@", "@1"))
    words = [analyze, "security", "--offline=yes", "--threshold=15", "--no-pager", str(unit)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Type", "notify", id="it says itself when it is ready"),
        pytest.param(
            "ExecStart", "/opt/monitor/venv/bin/monitor run --config /etc/monitor", id="the command of the installation"
        ),
        pytest.param("ExecReload", "/bin/kill -HUP $MAINPID", id="a reload is SIGHUP"),
        pytest.param("WatchdogSec", "60", id="it is watched"),
        pytest.param("Restart", "on-failure", id="it comes back after a crash"),
        pytest.param("RestartPreventExitStatus", "2 3", id="bad configuration and a damaged store are not restarted"),
        pytest.param("DynamicUser", "yes", id="it has a user of its own"),
        pytest.param("StateDirectory", "monitor", id="its state lies in /var/lib/monitor"),
        pytest.param("UMask", "0077", id="nobody else reads what it writes"),
        pytest.param("ProtectSystem", "strict", id="it writes nowhere else"),
        pytest.param("CapabilityBoundingSet", "", id="it has no capability"),
        pytest.param("MemoryDenyWriteExecute", "yes", id="no page is both written and run"),
        pytest.param("OOMPolicy", "continue", id="a worker killed for memory does not end the daemon"),
    ],
)
def test_the_unit_promises(name: str, value: str) -> None:
    assert directives()[name] == [value]


def test_no_secret_is_named_by_an_environment_variable() -> None:
    assert all(line.startswith(("smtp_password:", "webhook_secret:")) for line in directives()["LoadCredential"])
    assert not any(word in " ".join(directives()["Environment"]).lower() for word in ("password", "secret", "token"))


@pytest.mark.parametrize("network", ["localhost", "link-local", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"])
def test_the_kernel_denies_what_the_program_denies(network: str) -> None:
    assert network in directives()["IPAddressDeny"][0].split()


def test_the_libraries_work_where_no_page_is_both_written_and_run() -> None:
    program = (
        "import ctypes, sys\n"
        "if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0): sys.exit(77)\n"
        "import ahocorasick_rs, feedparser, icu4py.breakers, lxml.html, numpy, pycld2, resiliparse.extract.html2text, xxhash\n"
        "assert ahocorasick_rs.AhoCorasick(['b']).find_matches_as_indexes('abc') == [(0, 1, 2)]\n"
        "assert lxml.html.fromstring('<p>a<b>c').text_content() == 'ac'\n"
        "assert int(numpy.arange(10).dot(numpy.arange(10))) == 285\n"
        "assert pycld2.detect('Polisi menangkap tiga orang tersangka di pelabuhan')[0]\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    if done.returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE: MemoryDenyWriteExecute was not tried")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["DynamicUser", "User", "StateDirectory", "StateDirectoryMode", "UMask", "LoadCredential"])
def test_commands_by_hand_run_as_the_service_does(name: str) -> None:
    script = (UNIT.parent / "monitorctl").read_text("utf-8")
    assert [word.partition("=")[2] for word in re.findall(rf"--property=({name}=\S+)", script)] == directives()[name]


def test_the_guide_installs_the_files_that_are_there() -> None:
    guide = (UNIT.parents[1] / "docs" / "install.md").read_text("utf-8")
    named = set(re.findall(r"install (?:-D )?-m \d+ ((?:systemd|docs)/\S+)", guide))
    assert named == {"systemd/monitor.service", "systemd/monitorctl", "docs/install.md"}
    assert all((UNIT.parents[1] / name).is_file() for name in named)


def test_the_guide_names_commands_that_exist() -> None:
    guide = (UNIT.parents[1] / "docs" / "install.md").read_text("utf-8")
    used = set(re.findall(r"(?:bin/monitor|monitorctl|`monitor) ([a-z]+)", guide))
    assert used
    assert used <= set(cli.list_commands(None))  # type: ignore[arg-type]  # it asks nothing of its context


def test_the_backup_of_the_guide_copies_a_database_in_use(tmp_path: Path) -> None:
    guide = (UNIT.parents[1] / "docs" / "install.md").read_text("utf-8")
    found = re.search(r'python -c "\n(.+?)\n" /var/lib', guide, re.DOTALL)
    assert found is not None
    with contextlib.closing(sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)) as live:
        live.execute("PRAGMA journal_mode=WAL")
        live.execute("CREATE TABLE t (x)")
        live.execute("INSERT INTO t VALUES (1)")
        subprocess.run([sys.executable, "-c", found[1], "monitor.db", "copy.db"], cwd=tmp_path, check=True)
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT x FROM t").fetchall() == [(1,)]
