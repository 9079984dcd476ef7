"""The round: which sources bring nothing that should, told to the operator once, and again when they recover."""

from __future__ import annotations

from dataclasses import replace

from monitor.sources.health import Ailment, ailment_of, may_be_quiet
from monitor.steps.context import Context, Done
from monitor.steps.network import OFFLINE
from monitor.steps.operator import notify_operator, recovered

PREFIX = "source:"
MOMENTS = 300


def check_sources(context: Context) -> Done:
    """Look at every source's row, and tell what has changed. While our own network is away nothing is said of the sources."""
    now = context.clock.now()
    with context.store.reading() as tx:
        held = {each.key for each in tx.operator.conditions()}
        if OFFLINE in held:
            return Done(result="left", reason="the network is away")
        states = [state for state in tx.sources.all() if state.source_id in context.sources]
        ailments: dict[str, Ailment | None] = {}
        for state in states:
            moments = tx.entries.moments(state.source_id, MOMENTS) if may_be_quiet(state, now) else ()
            ailments[state.source_id] = ailment_of(context.sources[state.source_id], state, moments, now)
    fallen = {name: found for name, found in ailments.items() if found is not None and PREFIX + name not in held}
    back = [name for name, found in ailments.items() if found is None and PREFIX + name in held]
    forgotten = [key for key in held if key.startswith(PREFIX) and key.removeprefix(PREFIX) not in ailments]
    if fallen or back or forgotten:
        with context.store.writing() as tx:
            for name, found in fallen.items():
                notify_operator(context, tx, key=PREFIX + name, subject=found.subject, text=found.text, now=now)
            for name in back:
                title = context.sources[name].name
                known = tx.operator.condition(PREFIX + name)
                text = f"It is over: {known.subject}, told {known.since:%Y-%m-%d %H:%M} UTC." if known else ""
                recovered(context, tx, key=PREFIX + name, subject=f"{title} is back", text=text, now=now)
            for key in forgotten:
                known = tx.operator.condition(key)
                if known is not None:
                    tx.operator.set_condition(replace(known, over_at=now))  # nobody waits to hear of what is no longer watched
    ill = sum(found is not None for found in ailments.values())
    return Done(
        result="ok",
        reason=f"{ill} of {len(ailments)} sources bring nothing that should",
        facts={"fallen": tuple(fallen), "back": tuple(back)},
    )
