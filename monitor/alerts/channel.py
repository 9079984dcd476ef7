"""Channel: where deliveries go, and under which policy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, time, tzinfo
from typing import Literal, assert_never


class Secret:
    """A password or key. `str` and `repr` are masked, so that logging one gives nothing away; only `reveal()` returns the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself. Call it only where the secret is used."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Which alerts a channel takes. An empty set takes all. `languages` are tags; `zh` takes `zh-Hans`, too."""

    rules: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()

    def takes(self, *, rule: str, severity: str, language: str | None, country: str | None) -> bool:
        """Whether the channel takes an alert of this rule and severity about an article in this language from this country."""
        tag = (language or "").lower()
        wanted = {each.lower() for each in self.languages}
        return (
            (not self.rules or rule in self.rules)
            and (not self.severities or severity in self.severities)
            and (not wanted or tag in wanted or tag.partition("-")[0] in wanted)
            and (not self.countries or country in self.countries)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """From `start` to `end` by local time, past midnight if `end` is the earlier of the two."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What goes to a channel, and when.

    `digest`: send everything together, hourly or daily at that time. `quiet`: hours in which only alerts of high severity go out.
    `ceiling`: the most alerts an hour that go out one by one. `fallback`: the channel that gets what cannot be delivered here.
    `updates`: whether to tell that more sources carry a story or that an article changed. Local times are those of `timezone`.
    """

    only: Only = Only()
    fallback: str | None = None
    digest: Literal["hourly"] | time | None = None
    quiet: Quiet | None = None
    ceiling: int | None = None
    updates: bool = False
    timezone: tzinfo = UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChannel:
    """One or more mailboxes, reached through one SMTP server. `tls`: `starttls` (required, verified), `tls` (implicit) or `none`."""

    id: str
    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    tls: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    timeout_s: float = 60.0
    policy: Policy = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """An address that accepts signed JSON (Standard Webhooks 1.0). `secret` is `whsec_` followed by base64."""

    id: str
    url: str
    secret: Secret
    timeout_s: float = 20.0
    policy: Policy = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel:
    """A chat or push service, given by its Apprise address. The address holds its tokens, so it is a secret."""

    id: str
    url: Secret
    policy: Policy = Policy()


Channel = EmailChannel | WebhookChannel | AppriseChannel


def target(channel: Channel) -> str:
    """A hash of where a channel leads: if its address is changed, so is this."""
    match channel:
        case EmailChannel():
            place = f"{channel.host}:{channel.port}:{','.join(channel.to)}"
        case WebhookChannel():
            place = channel.url
        case AppriseChannel():
            place = channel.url.reveal()
        case _:
            assert_never(channel)
    return hashlib.sha256(place.encode()).hexdigest()[:32]
