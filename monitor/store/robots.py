"""The robots.txt of each host, stored so that it is fetched only once a day, however often and on how many machines the program starts."""

from __future__ import annotations

import zlib
from datetime import datetime

from sqlalchemy import Connection, delete, select

from monitor.ports import RobotsFile
from monitor.store.insert import insert_into
from monitor.store.tables import robots

_FAST = 1


class Robots:
    """`ports.RobotsRows` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, url: str) -> RobotsFile | None:
        row = self._connection.execute(select(robots).where(robots.c.url == url)).one_or_none()
        return None if row is None else RobotsFile(url=row.url, body=zlib.decompress(row.body), until=row.until)

    def put(self, file: RobotsFile) -> None:
        insert = insert_into(self._connection, robots)
        upsert = insert.on_conflict_do_update(
            index_elements=[robots.c.url], set_={"body": insert.excluded.body, "until": insert.excluded.until}
        )
        body = zlib.compress(file.body, _FAST)
        self._connection.execute(upsert, {"url": file.url, "body": body, "until": file.until})

    def forget(self, before: datetime) -> int:
        return self._connection.execute(delete(robots).where(robots.c.until < before)).rowcount
