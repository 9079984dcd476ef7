"""Settings: everything the configuration says, ready to use."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from monitor.alerts.channel import Channel, Secret
from monitor.errors import Problem
from monitor.rules.compile import RuleSet, compile_rules
from monitor.rules.rule import Rule, Vocabulary
from monitor.sources.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Where pages, API and feeds are served, and to whom. `users` are password hashes by name; without users nobody can log in.

    `proxy_header` is the header in which a reverse proxy, in one of the networks `proxies`, names the user it has let in. `hosts` are
    further host names of the desk.
    """

    address: str = "127.0.0.1"
    port: int = 8765
    users: Mapping[str, Secret] = dataclasses.field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    proxy_header: str | None = None
    proxies: tuple[str, ...] = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """Where and how much of what is fetched is kept as WARC files. `max_age_s` None means that files are kept regardless of age."""

    folder: Path
    file_bytes: int
    max_bytes: int
    max_age_s: float | None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The configuration in `directory`, checked as a whole.

    `store` is an SQLAlchemy URL without a password. `channels` are those that are switched on. A rule may also name one of
    `channels_off`: its alerts are recorded, but nothing is sent there. `sources` includes disabled ones. `workers` is the number of
    parsing processes. `retention_s` None means that articles are never deleted. `warnings` are about things in the files that work but
    that a person should know of. `operator` is the channel for notes about the program, `heartbeat` the time of day (in `timezone`) of
    its sign of life. `templates` are the user's own, by name.
    """

    directory: Path
    state_directory: Path
    store: str
    store_password: Secret | None = None
    contact: str | None = None
    user_agent: str
    workers: int = 2
    first_poll_window_s: float = 172_800.0
    retention_s: float | None = None
    fetch_timeout_s: float = 45.0
    fetch_max_bytes: int = 10_000_000
    archive: Recordings | None = None
    host_gap_s: float = 1.0
    allow_networks: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    channels: tuple[Channel, ...] = ()
    channels_off: tuple[str, ...] = ()
    timezone: str = "UTC"
    operator: str | None = None
    heartbeat: time | None = None
    public_url: str | None = None
    web: WebSettings = dataclasses.field(default_factory=WebSettings)
    templates: Mapping[str, str] = dataclasses.field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    vocabularies: tuple[Vocabulary, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def rule_set(self) -> RuleSet:
        """The compiled rules. They are compiled once, on first use. May raise RuleErrors, but not for settings made by `load`."""
        return compile_rules(self.rules, self.vocabularies)

    @property
    def titles(self) -> dict[str, str]:
        """The title of each vocabulary, by its name."""
        return {each.name: each.title for each in self.vocabularies}

    def store_url(self) -> str:
        """The URL for opening the store, with its password: never pass it to anything that prints."""
        if self.store_password is None:
            return self.store
        scheme, rest = self.store.split("://", 1)
        user, _, place = rest.rpartition("@")
        return f"{scheme}://{user}:{quote(self.store_password.reveal(), safe='')}@{place}"


def redacted(settings: Settings) -> dict[str, Any]:
    """All settings as plain JSON values, with secrets as `***`, for `check --json` and bug reports."""
    return {field.name: _plain(getattr(settings, field.name)) for field in dataclasses.fields(settings)}


def _plain(value: object) -> Any:
    if isinstance(value, Secret):
        return "***"
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"kind": _KINDS[type(value).__name__], **plain} if type(value).__name__ in _KINDS else plain
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, tzinfo):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


_KINDS = {"EmailChannel": "email", "WebhookChannel": "webhook", "AppriseChannel": "apprise"}
