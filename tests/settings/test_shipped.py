from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.settings import SUBJECTS, init, json_schema, load, shipped
from monitor.sources.source import Source

ENVIRON = {"HOME": "/home/analyst"}
REGION = {"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"}


def test_a_fresh_copy_loads_and_says_what_is_still_to_be_filled_in(tmp_path: Path) -> None:
    written = init(tmp_path / "new" / "desk")
    assert {path.name for path in written} >= {"monitor.yaml", "sources.yaml", "channels.yaml"}
    got = load(tmp_path / "new" / "desk", ENVIRON)
    assert set(got.channels_off) == {"desk-mail", "desk-chat", "ops-hook"}
    named = {name for rule in got.rules for name in rule.alert}
    off = {warning.message.split()[1] for warning in got.warnings if " is off" in warning.message}
    assert off == named
    assert [warning.message.split()[0] for warning in got.warnings if " is off" not in warning.message] == ["`contact`"]


def test_a_copy_is_never_written_over_one_that_exists(tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").write_text("mine")
    with pytest.raises(UsageError, match=r"there is a configuration already \(channels\.yaml\); nothing was written"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["channels.yaml"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        init(tmp_path / "file" / "desk")


def test_the_shipped_settings_are_the_defaults_that_the_file_shows(tmp_path: Path) -> None:
    for name in ("monitor.yaml", "sources.yaml", "channels.yaml"):
        shutil.copy(shipped("config") / name, tmp_path)
    before = load(tmp_path, ENVIRON)
    lines = (tmp_path / "monitor.yaml").read_text(encoding="utf-8").splitlines()
    lines = [re.sub(r"^# ?", "", line) if re.match(r"#\s+[a-z_]+:( |$)", line) else line for line in lines]
    shown = [
        line
        for line in lines
        if not line.startswith(("state:", "store_password:", "operator:", "heartbeat:", "public_url:", "archive:"))
    ]
    assert {"store: monitor.db", "fetch:"} <= set(shown)
    (tmp_path / "monitor.yaml").write_text("\n".join(shown), encoding="utf-8")
    assert load(tmp_path, ENVIRON) == before


def test_the_schemas_for_editors_are_those_of_the_program() -> None:
    folder = shipped("config") / "schema"
    assert {path.stem for path in folder.glob("*.json")} == set(SUBJECTS)
    for subject in SUBJECTS:
        assert json.loads((folder / f"{subject}.json").read_text(encoding="utf-8")) == json_schema(subject), (
            f"write it anew: python -c 'import json, monitor.settings as s; print(json.dumps(s.json_schema({subject!r}), indent=2))'"
        )


def test_what_a_file_says_is_its_schema_is_there() -> None:
    files = [
        path for path in shipped("config").rglob("*.yaml") if path.read_text(encoding="utf-8").startswith("# yaml-language")
    ]
    assert {path.name for path in files} >= {"monitor.yaml", "sources.yaml", "channels.yaml"}
    for path in files:
        schema = path.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
        assert (path.parent / schema).is_file(), path


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Source, ...]:
    """The shipped sources, without the rest of the configuration."""
    for name in ("monitor.yaml", "sources.yaml", "channels.yaml"):
        shutil.copy(shipped("config") / name, tmp_path)
    return load(tmp_path, ENVIRON).sources


def test_every_source_that_is_off_says_why_and_every_one_has_language_country_and_home(sources: tuple[Source, ...]) -> None:
    for source in sources:
        assert source.language, source.id
        assert source.country, source.id
        assert source.home, source.id
        assert source.timezone or source.country in {"ASEAN", "INT"}, source.id
        assert source.enabled or str(source.note).startswith("Off"), source.id


def test_every_country_of_the_region_is_listed_and_all_but_brunei_are_watched(sources: tuple[Source, ...]) -> None:
    assert {str(source.country) for source in sources} >= REGION
    assert REGION - {source.country for source in sources if source.enabled} == {"BN"}
    assert {"en", "th", "vi", "id", "ms", "km", "lo", "my", "tet"} <= {source.language for source in sources if source.enabled}


def test_keyed_queries_are_polled_rarely(sources: tuple[Source, ...]) -> None:
    keyed = [source for source in sources if re.search(r"news\.google|gdelt", source.url)]
    assert keyed
    assert all(source.interval_s >= 3600 for source in keyed)


def test_the_demonstration_is_found_too() -> None:
    assert shipped("demo").is_dir()
