"""What stands behind the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

from fastapi import Request

from monitor.ports import Clock, Store
from monitor.rules.compile import RuleSet
from monitor.settings.settings import Settings


class Behind(Protocol):
    """The settings in force, the store and the clock. `app.App` is one, whose settings change when the daemon reads them again."""

    @property
    def settings(self) -> Settings: ...

    @property
    def store(self) -> Store: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def rules(self) -> RuleSet: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What stands behind a desk that has no daemon in its process."""

    settings: Settings
    store: Store
    clock: Clock
    rules: RuleSet


def behind(request: Request) -> Behind:
    """What stands behind the desk that was called."""
    return cast(Behind, request.app.state.behind)
