"""Tells the service manager how the daemon is, by the sd_notify protocol (sd_notify(3))."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST_STATUS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Speaks to systemd. Outside a service every call does nothing and costs nothing.

    `address` is the manager's socket, None if nobody listens. `watchdog_s` is how long the manager waits for a sign of life before it
    kills the daemon, None if it does not watch: call `alive` at least twice in that time, and only after real work. No call ever
    raises, since a manager that does not listen must not disturb the daemon. Each returns whether the message was handed over.
    """

    address: str | None = None
    watchdog_s: float | None = None

    def ready(self, status: str = "") -> bool:
        """Start-up or a reload is finished."""
        return self._send("READY=1", *_status(status))

    def reloading(self) -> bool:
        """The configuration is being read again; `ready` must follow. Carries the time that `Type=notify-reload` asks for."""
        return self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> bool:
        """The daemon begins to shut down."""
        return self._send("STOPPING=1")

    def alive(self) -> bool:
        """The daemon has just made progress (WATCHDOG=1)."""
        return self._send("WATCHDOG=1") if self.watchdog_s is not None else False

    def status(self, text: str) -> bool:
        """One line for people, shown by `systemctl status`."""
        return self._send(*_status(text))

    def _send(self, *words: str) -> bool:
        if self.address is None or not words:
            return False
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
                manager.settimeout(1.0)
                manager.sendto("\n".join(words).encode(), address)
        except OSError:
            return False
        return True


def notifier(environment: Mapping[str, str], pid: int) -> Notifier:
    """A notifier for the manager that `environment` (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID) names for the process `pid`, if any.

    A watchdog meant for another process, such as our parent, is not ours to feed: sd_watchdog_enabled(3).
    """
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return Notifier()
    wanted = environment.get("WATCHDOG_USEC", "")
    ours = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
    watched = ours and wanted.isdecimal() and int(wanted) > 0
    return Notifier(address=address, watchdog_s=int(wanted) / 1_000_000 if watched else None)


def _status(text: str) -> tuple[str, ...]:
    """STATUS= on one line. A line break would begin another message, and the text may come from a feed."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return (f"STATUS={line[:_LONGEST_STATUS]}",) if line else ()
