"""Context: all that a step is handed. Done: all that it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, time, tzinfo
from typing import Literal

from monitor.alerts.channel import Channel
from monitor.alerts.wording import Wording
from monitor.ports import Chat, Clock, Fetch, Mailer, Parse, Poster, Store, Traffic
from monitor.rules.compile import RuleSet
from monitor.sources.source import Source

Result = Literal["ok", "left", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The ports and the settings in force. A reload makes the next Context; a running step keeps the one it was handed.

    `chance` gives numbers in [0, 1). `crawl_delay_s` tells the pause that the robots.txt of a host asks for, if it is known.
    `channels` are those that are switched on; notices about the program itself go to the one called `operator`, and
    its sign of life at `heartbeat` by the clock of `timezone`. `wording` is how messages are put into words. `traffic` hands out what was
    asked of hosts since it last did so, if that is so many seconds ago.
    """

    store: Store
    clock: Clock
    chance: Callable[[], float]
    fetch: Fetch
    crawl_delay_s: Callable[[str], float | None]
    parse: Parse
    mailer: Mailer
    poster: Poster
    chat: Chat
    rules: RuleSet
    sources: Mapping[str, Source]
    channels: Mapping[str, Channel]
    first_poll_window_s: float
    retention_s: float | None = None
    operator: str | None = None
    heartbeat: time | None = None
    timezone: tzinfo = UTC
    wording: Wording = field(default_factory=Wording)
    traffic: Callable[[float], Sequence[Traffic]] = lambda _after_s: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a step: `ok`, `left` (nothing to do) or `failed` (the row says when to try again), and why in words.

    `facts` name what the reason tells: counts, an article's id, the ids of the alerts that were raised. `rest_s` is how long the other
    side wants to be left alone, over and above the usual gap.
    """

    result: Result
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)
    rest_s: float = 0.0
