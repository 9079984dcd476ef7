"""How often someone may guess a password."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_network

WINDOW = timedelta(minutes=15)
_MOST_KEYS = 10_000


class Attempts:
    """Remembers failed logins for a quarter of an hour, by whatever key. Its memory is bounded: the oldest keys go first."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, list[datetime]] = OrderedDict()

    def wait_s(self, limits: Mapping[str, int], now: datetime) -> float:
        """Seconds until another attempt is heard; 0 if now. `limits` says how many failures each key may have in the window."""
        waits = [
            self._recent(key, now)[-most] + WINDOW - now for key, most in limits.items() if len(self._recent(key, now)) >= most
        ]
        return max((wait.total_seconds() for wait in waits), default=0.0)

    def failed(self, limits: Mapping[str, int], now: datetime) -> None:
        """Count a failure under each key."""
        for key in limits:
            self._failed[key] = [*self._recent(key, now), now]
            self._failed.move_to_end(key)
        while len(self._failed) > _MOST_KEYS:
            self._failed.popitem(last=False)

    def _recent(self, key: str, now: datetime) -> list[datetime]:
        return [at for at in self._failed.get(key, ()) if now - at < WINDOW]


def limits_of(address: str, user: str) -> Mapping[str, int]:
    """The limits of one attempt: few for one name from one address, more for an address, many for a name from everywhere, so that
    nobody is shut out by someone else's guesses soon. Of IPv6 the network counts: whoever has one address has all of its /64."""
    with suppress(ValueError):
        address = str(ip_network((address, 64), strict=False)) if ":" in address else address
    return {f"{address} {user}": 5, f"{address} *": 20, f"* {user}": 50}
