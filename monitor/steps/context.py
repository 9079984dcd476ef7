"""`Context`: everything a step is given. `Done`: everything it reports."""

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
    """The ports and the settings in force. A reload makes a new Context; a running step keeps the one it was given.

    `chance` returns random numbers in [0, 1). `crawl_delay_s(host)` is the pause that the host's robots.txt asks for, if it is known.
    `channels` holds those that are switched on. Notes about the program itself go to the channel named by `operator`, and the daily
    sign of life goes there at the local time `heartbeat` in `timezone`. `wording` puts messages into words. `traffic(after_s)` returns
    what has been requested from each host since the last call that returned anything, once at least `after_s` seconds have passed.
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

    `facts` are the values behind the reason, for the log: counts, an article's id, the ids of the alerts raised. `rest_s` is how long
    the server wants to be left alone, on top of the usual gap between requests.
    """

    result: Result
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)
    rest_s: float = 0.0
