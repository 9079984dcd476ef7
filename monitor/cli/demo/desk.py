"""The demo's desk, for a demo that stays up: on a free port, with one user whose password is made anew each time."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from monitor.alerts.channel import Secret
from monitor.app import App
from monitor.settings.settings import WebSettings

USER = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Where the desk is and how to get in."""

    address: str
    name: str
    password: str


@contextmanager
def desk_beside(app: App, *, wanted: bool) -> Iterator[Entrance | None]:
    """Serve the desk over `app` if it is wanted."""
    if not wanted:
        yield None
        return
    from monitor.web.desk import desk  # a demo that ends by itself does not wait for these libraries
    from monitor.web.safety.keeper import hash_password
    from monitor.web.serving import listen, serving

    password = secrets.token_urlsafe(9)
    listening = listen(WebSettings(port=0))
    users = {USER: Secret(hash_password(password))}
    app.settings = replace(app.settings, web=WebSettings(port=listening.getsockname()[1], users=users))
    with serving(desk(app), listening):
        yield Entrance(address=f"http://127.0.0.1:{app.settings.web.port}/", name=USER, password=password)
