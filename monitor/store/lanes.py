"""Lane rows: which process works on which host or channel.

Each change is a compare-and-set on the lane's own row, so that only one of several processes gets a lane, without a lock over all lanes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, select, text, update

from monitor.ports import Claim, Due
from monitor.store.insert import insert_into
from monitor.store.tables import lane

_CLAIMERS_LOCK = 7_215_535  # key of the PostgreSQL advisory lock that lets only one process look for due rows at a time
_OURS = (lane.c.name == bindparam("held")) & (lane.c.token == bindparam("its_token"))
_HOLDS = select(lane.c.name).where(_OURS).with_for_update()
_CHANGE = update(lane).where(_OURS).values(token=bindparam("new_token"), until=bindparam("new_until"))
_RENEW = (
    update(lane)
    .where(lane.c.token.in_(bindparam("tokens", expanding=True)))
    .values(until=bindparam("new_until"))
    .returning(lane.c.token)
)


def _claiming(insert: Any) -> Any:
    return insert.on_conflict_do_update(
        index_elements=[lane.c.name],
        set_={"token": insert.excluded.token, "until": insert.excluded.until},
        where=lane.c.until <= bindparam("now", type_=lane.c.until.type),
    ).returning(lane.c.name, lane.c.token)


class Lanes:
    """`ports.LaneRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def alone(self) -> bool:
        """Whether no other process is claiming lanes. If so, none can until this transaction ends, so two never find the same rows."""
        if self._connection.dialect.name != "postgresql":
            return True
        locked = text("SELECT pg_try_advisory_xact_lock(:key)")
        return bool(self._connection.execute(locked, {"key": _CLAIMERS_LOCK}).scalar_one())

    def claim(self, found: Sequence[Due], *, now: datetime, until: datetime) -> list[Claim]:
        claims = {each.lane: Claim(due=each, token=uuid4().hex) for each in found}
        if not claims:
            return []
        # Everybody changes lanes in the same order, so that two processes that change the same ones cannot deadlock.
        rows = [{"name": name, "token": claims[name].token, "until": until, "now": now} for name in sorted(claims)]
        won = {row.name for row in self._connection.execute(_claiming(insert_into(self._connection, lane)), rows)}
        return [claim for name, claim in claims.items() if name in won]

    def holds(self, claim: Claim) -> bool:
        return self._connection.execute(_HOLDS, _keys(claim)).first() is not None

    def take_over(self, claim: Claim, until: datetime) -> Claim | None:
        token = uuid4().hex
        changed = self._connection.execute(_CHANGE, {**_keys(claim), "new_token": token, "new_until": until}).rowcount
        return Claim(due=claim.due, token=token) if changed else None

    def renew(self, claims: Sequence[Claim], until: datetime) -> frozenset[Claim]:
        if not claims:
            return frozenset()
        values = {"tokens": [claim.token for claim in claims], "new_until": until}
        held = set(self._connection.execute(_RENEW, values).scalars())
        return frozenset(claim for claim in claims if claim.token in held)

    def release(self, ended: Sequence[tuple[Claim, datetime]]) -> int:
        if not ended:
            return 0
        rows = [{**_keys(claim), "new_token": None, "new_until": until} for claim, until in ended]
        return self._connection.execute(_CHANGE, sorted(rows, key=itemgetter("held"))).rowcount

    def clear(self, now: datetime) -> int:
        return self._connection.execute(update(lane).where(lane.c.token.is_not(None)).values(token=None, until=now)).rowcount

    def wake(self, now: datetime) -> int:
        return self._connection.execute(
            update(lane).where(lane.c.token.is_(None), lane.c.until > now).values(until=now)
        ).rowcount

    def forget(self, before: datetime) -> int:
        return self._connection.execute(delete(lane).where(lane.c.until < before)).rowcount


def _keys(claim: Claim) -> dict[str, str]:
    return {"held": claim.due.lane, "its_token": claim.token}
