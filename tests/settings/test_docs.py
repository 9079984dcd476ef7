from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from monitor.settings import SUBJECTS, Settings, json_schema

TEXT = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
SECRETS = {"MONITOR_WEBHOOK_SECRET": "whsec_" + "QUJD" * 8, "MONITOR_CHAT_URL": "json://chat.police.example/"}

Load = Callable[..., Settings]


def _load(settings: Load, tmp_path: Path, which: int) -> Settings:
    """The examples as one configuration; of two for the same file the first or the last."""
    for name in ("smtp_password", "store_password"):
        (tmp_path / name).write_text("x")
    order = EXAMPLES if which == -1 else EXAMPLES[::-1]
    return settings({**dict(order), "rules/crime.yaml": None}, CREDENTIALS_DIRECTORY=str(tmp_path), **SECRETS)


def test_the_examples_are_a_configuration_that_loads_without_a_warning(settings: Load, tmp_path: Path) -> None:
    got = _load(settings, tmp_path, 0)
    assert got.warnings == ()
    assert (len(got.sources), len(got.channels), got.channels_off) == (3, 5, ("second-desk",))
    assert (len(got.rules), len(got.vocabularies)) == (1, 2)
    assert got.store == "sqlite:////var/lib/monitor/monitor.db"


def test_the_example_for_postgresql_loads(settings: Load, tmp_path: Path) -> None:
    assert _load(settings, tmp_path, -1).store_url() == "postgresql+psycopg://monitor:x@db.police.example/monitor"


def test_no_yaml_example_is_left_untried() -> None:
    assert len(EXAMPLES) == TEXT.count("```yaml") == 6


def test_every_key_is_explained() -> None:
    keys = {key for subject in SUBJECTS for key in _keys(json_schema(subject))} - {"env", "file"}
    examples = "\n".join(example for _, example in EXAMPLES)
    missing = [key for key in sorted(keys) if not re.search(rf"(?<![\w-]){key}:", examples)]
    assert missing == []
    assert "port 587" in TEXT


def _keys(schema: object) -> set[str]:
    if isinstance(schema, dict):
        own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
        return own | {key for value in schema.values() for key in _keys(value)}
    if isinstance(schema, list):
        return {key for item in schema for key in _keys(item)}
    return set()
