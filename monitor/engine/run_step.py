"""The one place where anything may go wrong: around a step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from monitor.computing import computing
from monitor.errors import ClaimLost, StoreUnreachable
from monitor.ports import Due, StepName
from monitor.steps.context import Context, Done
from monitor.steps.deliver import deliver
from monitor.steps.digest import digest
from monitor.steps.heartbeat import heartbeat
from monitor.steps.poll_source import poll_source
from monitor.steps.read_again import read_again
from monitor.steps.read_entry import read_entry

STEPS: Mapping[StepName, Callable[[Context, str], Done]] = {
    "poll_source": poll_source,
    "read_entry": read_entry,
    "read_again": read_again,
    "deliver": deliver,
    "digest": digest,
    "heartbeat": heartbeat,
}
BROKEN_WAIT = timedelta(minutes=5)
UNREACHABLE_REST_S = 5.0

log = logging.getLogger("monitor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A step that ended. `broken` means that it raised: a bug, or a store that cannot be written."""

    due: Due
    done: Done
    duration_s: float
    broken: bool = False


def run_step(context: Context, due: Due) -> Event:
    """Run a step to its end, whatever happens in it. A row whose step broke is put off, so that it cannot break the same step at once."""
    started = context.clock.monotonic()
    broken = False
    try:
        with computing():
            done = STEPS[due.step](context, due.key)
    except ClaimLost as error:
        done = Done(result="left", reason=str(error))
    except StoreUnreachable as error:  # not the row's fault: it is due as before, and tried again when the server is back
        log.error("%s %s could not be done: %s", due.step, due.key, error)
        done = Done(result="failed", reason=str(error), rest_s=UNREACHABLE_REST_S)
    except Exception as error:  # the program's one blanket except: a bug in one row must not stop the others
        broken = True
        reason = f"{type(error).__name__}: {error}"
        log.exception("%s %s broke; it will be tried again in %s", due.step, due.key, BROKEN_WAIT)
        done = Done(result="failed", reason=reason)
        _put_off(context, due, reason)
    return Event(due=due, done=done, duration_s=context.clock.monotonic() - started, broken=broken)


def _put_off(context: Context, due: Due, reason: str) -> None:
    try:
        with context.store.writing() as tx:
            tx.postpone(due, at=context.clock.now() + BROKEN_WAIT, reason=reason)
    except Exception as error:  # noqa: BLE001  the store itself is what broke (disk full, say): the engine rests the lane
        log.error("%s %s could not be put off: %s", due.step, due.key, error)
