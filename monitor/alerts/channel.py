"""Channel: where deliveries go. Secrets are held so that printing one shows nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class Secret:
    """A password or key. `str` and `repr` are masked; only `reveal()` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChannel:
    """A mailbox or several behind one SMTP server. `tls`: `starttls` (required, verified), `tls` (implicit), `none`."""

    id: str
    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    tls: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """An address that takes signed JSON (Standard Webhooks 1.0). `secret` is `whsec_` and base64."""

    id: str
    url: str
    secret: Secret
    timeout_s: float = 20.0


Channel = EmailChannel | WebhookChannel
