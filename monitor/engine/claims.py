"""Work on claimed rows, the same in both engines: a step writes only while its claim is good, and its claim is kept up while it runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.engine.run_step import Event, run_step
from monitor.errors import ClaimLost
from monitor.ports import Claim, Due, Store, Transaction
from monitor.steps.context import Context

LEASE = timedelta(seconds=60)
"""After so long without a sign of life from its worker a row is taken over by another one."""
RENEWALS = 4
"""So often a claim is kept up while its lease lasts."""
WEDGED_S = 900.0
"""A step that runs for so long is given up: no step needs half of it."""
LEFT_REST_S = 1.0
BROKEN_REST_S = 60.0


class FencedStore:
    """Keeps `ports.Store` for one step: nothing is written once its claim is lost, however late the step notices that."""

    def __init__(self, store: Store, claim: Claim) -> None:
        self._store = store
        self._claim = claim
        self.reading = store.reading
        self.claiming = store.claiming
        self.flush = store.flush

    @contextmanager
    def writing(self, *, on_disk: bool = True) -> Iterator[Transaction]:
        """`Store.writing`; raises ClaimLost if another worker has taken over."""
        with self._store.writing(on_disk=on_disk) as tx:
            if not tx.lanes.holds(self._claim):
                raise ClaimLost(f"{self._claim.due.lane}: another worker has taken over")
            yield tx


def work(context: Context, claim: Claim) -> Event:
    """Run the claimed row's step to its end."""
    return run_step(replace(context, store=FencedStore(context.store, claim)), claim.due)


def is_sending(due: Due) -> bool:
    """Whether it is for a channel, and not for a host."""
    return due.step in ("deliver", "digest", "heartbeat")


def rest_s(context: Context, event: Event, host_gap_s: float) -> float:
    """How long a lane rests after a step: a host as long as its robots.txt asks for, if that is known. One that found nothing to do on a
    due row must not be asked again at once."""
    if event.broken:
        return BROKEN_REST_S
    if event.done.result == "left":
        return LEFT_REST_S
    if is_sending(event.due):
        return event.done.rest_s
    return max(host_gap_s, context.crawl_delay_s(event.due.lane) or 0.0, event.done.rest_s)


class UnderWay:
    """The claims whose steps run in this process. `changed` is notified when one has ended."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._since: dict[Claim, float] = {}

    def __len__(self) -> int:
        return len(self._since)

    def begin(self, claim: Claim, now: float) -> None:
        """Its step begins; `now` is monotonic."""
        with self.changed:
            self._since[claim] = now

    def end(self, claim: Claim) -> None:
        """Its step has ended."""
        with self.changed:
            del self._since[claim]
            self.changed.notify_all()

    def slow(self, now: float, limit_s: float) -> int:
        """How many steps at hosts have run for longer."""
        with self.changed:
            return sum(now - since > limit_s and not is_sending(claim.due) for claim, since in self._since.items())

    def wedged(self, now: float) -> list[Claim]:
        """Those whose steps have run for too long."""
        with self.changed:
            return [claim for claim, since in self._since.items() if now - since > WEDGED_S]

    def renew(self, tx: Transaction, now: datetime, monotonic: float, lease: timedelta = LEASE) -> None:
        """Keep them up, but for those that are wedged: they are left to others."""
        wedged = self.wedged(monotonic)
        with self.changed:
            kept = [claim for claim in self._since if claim not in wedged]
        tx.lanes.renew(kept, now + lease)
