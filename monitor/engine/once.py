"""One round of everything, and no more: what a recording is made of."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Waiting

from monitor.engine.run_step import Event, run_step
from monitor.ports import Due
from monitor.steps.context import Context

_THREADS = 16


def poll_once(context: Context, *, host_gap_s: float, on_event: Callable[[Event], None]) -> None:
    """Poll every source that is due and read every entry that is due then, each once; what fails is not tried again.

    Hosts go side by side, the requests to one host one after the other with `host_gap_s` between two.
    """
    for step in ("poll_source", "read_entry"):
        lanes: dict[str, list[Due]] = {}
        for due in _all_due(context, step):
            lanes.setdefault(due.lane, []).append(due)
        with ThreadPoolExecutor(_THREADS) as threads:
            for _ in threads.map(lambda lane: _run_lane(context, lane, host_gap_s, on_event), lanes.values()):
                pass


def _run_lane(context: Context, lane: list[Due], host_gap_s: float, on_event: Callable[[Event], None]) -> None:
    gap = Waiting()
    for number, due in enumerate(lane):
        if number and host_gap_s:
            gap.wait(host_gap_s)
        on_event(run_step(context, due))


def _all_due(context: Context, step: str) -> list[Due]:
    with context.store.reading() as tx:
        return [due for due in tx.all_due(context.clock.now()) if due.step == step]
