"""Whether an alert goes out at once or waits for the channel's next digest, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from monitor.alerts.channel import Policy, Quiet

CEILING_WINDOW = timedelta(hours=1)
LATE = timedelta(minutes=30)
"""A message that still waits this long after it was raised was held up by an outage."""
CATCH_UP = 5
"""If at least this many messages are late when the channel answers again, all but the first go out as one digest; fewer go out one by
one."""
FALLBACK_ATTEMPTS = 4
"""After this many failed attempts (35 minutes by the schedule) the fallback is told as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The alert waits until then. `why` is the reason that the digest will give."""

    until: datetime
    why: str


def hold(policy: Policy, *, severity: str, now: datetime, sent_last_hour: int) -> Hold | None:
    """What keeps an alert from going out at once; None if nothing does.

    High severity overrides quiet hours. It does not override the digest of a channel that takes only digests, nor the ceiling:
    readers who are flooded read no single alert.
    """
    quiet_until = None
    if policy.quiet is not None and severity != "high" and is_quiet(policy.quiet, now, policy.timezone):
        quiet_until = next_time(policy.quiet.end, now, policy.timezone)
    if policy.digest is not None:
        due = next_hour(now, policy.timezone) if policy.digest == "hourly" else next_time(policy.digest, now, policy.timezone)
        return Hold(until=max(due, quiet_until or due), why=_DIGEST[policy.digest == "hourly"])
    if quiet_until is not None and policy.quiet is not None:
        hours = f"{policy.quiet.start:%H:%M} to {policy.quiet.end:%H:%M}"
        return Hold(until=quiet_until, why=f"Held back during the quiet hours, {hours}.")
    if policy.ceiling is not None and sent_last_hour >= policy.ceiling:
        why = f"More than {policy.ceiling} alerts within an hour, the ceiling of this channel: the rest of them come together here."
        return Hold(until=next_hour(now, policy.timezone), why=why)
    return None


_DIGEST = {
    True: "This channel gets its alerts together, every hour.",
    False: "This channel gets its alerts together, once a day.",
}


def is_quiet(quiet: Quiet, now: datetime, timezone: tzinfo) -> bool:
    """Whether local time is within the quiet hours. Their end is no longer quiet."""
    clock = now.astimezone(timezone).time()
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


def next_time(at: time, now: datetime, timezone: tzinfo) -> datetime:
    """When local time is `at` next, in UTC. A time skipped by a change of clocks is treated as if it existed."""
    local = now.astimezone(timezone)
    for days in (0, 1, 2):
        due = datetime.combine(local.date() + timedelta(days=days), at, timezone).astimezone(UTC)
        if due > now:
            return due
    raise AssertionError("one of three days has this time ahead")


def next_hour(now: datetime, timezone: tzinfo) -> datetime:
    """When the next full hour of local time begins, in UTC."""
    local = now.astimezone(timezone)
    return (local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)) + timedelta(hours=1)
