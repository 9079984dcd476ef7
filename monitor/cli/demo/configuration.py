"""The demo's configuration: a real folder, with the rules and vocabularies that come with the program."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from monitor.cli.demo.sites import DemoSite
from monitor.settings.load import load
from monitor.settings.settings import Settings
from monitor.settings.shipped import init, shipped
from monitor.settings.yaml_tree import as_yaml, read

INTERVAL_S = 3.0
_MONITOR = """\
# Written by `monitor demo`; the rules and vocabularies beside this file are the ones that `monitor init` writes.
contact: demo@monitor.invalid
state: state
workers: 2
fetch:
  timeout: 10s
  host_gap: 0s
  allow_networks: [127.0.0.0/8]
"""


def new_secret() -> str:
    """A webhook secret: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def write_configuration(
    directory: Path, sites: Sequence[DemoSite], urls: Mapping[str, str], *, smtp_port: int, hook_url: str, secret: str
) -> None:
    """Write the folder. `urls` says where each site lists its news, by the site's id; the channels are those of the shipped
    configuration, with the demo's receivers behind them."""
    init(directory)
    (directory / "monitor.yaml").write_text(_MONITOR, "utf-8")
    (directory / "sources.yaml").write_text("".join(_item(_source(site, urls[site.id])) for site in sites), "utf-8")
    channels = [_channel(entry, smtp_port, hook_url) for entry in _shipped_channels() if entry["kind"] in ("email", "webhook")]
    (directory / "channels.yaml").write_text("".join(_item(channel) for channel in channels), "utf-8")
    secret_file = os.open(directory / "webhook_secret", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(secret_file, "w", encoding="utf-8") as file:
        file.write(secret)


def load_quick(directory: Path) -> Settings:
    """The settings of that folder, polled every three seconds: no real site should be asked so often, so no file can say it."""
    settings = load(directory, {})
    return replace(settings, sources=tuple(replace(source, interval_s=INTERVAL_S) for source in settings.sources))


def _source(site: DemoSite, url: str) -> dict[str, object]:
    return {
        "id": site.id,
        "name": site.name,
        "url": url,
        "kind": site.kind,
        "language": site.language,
        "country": site.country,
        "timezone": site.timezone,
        "interval": "1m",
    }


def _shipped_channels() -> list[dict[str, Any]]:
    file = shipped("config") / "channels.yaml"
    return cast(list[dict[str, Any]], read(file.read_bytes(), str(file)).data)


def _channel(entry: dict[str, Any], smtp_port: int, hook_url: str) -> dict[str, object]:
    if entry["kind"] == "webhook":
        return {"id": entry["id"], "kind": "webhook", "url": hook_url, "secret": {"file": "webhook_secret"}}
    return {
        "id": entry["id"],
        "kind": "email",
        "host": "127.0.0.1",
        "port": smtp_port,
        "tls": "none",
        "from": "Monitor <monitor@demo.invalid>",
        "to": ["desk@demo.invalid"],
    }


def _item(values: dict[str, object]) -> str:
    return "- " + "\n  ".join(f"{key}: {as_yaml(value)}" for key, value in values.items()) + "\n\n"
