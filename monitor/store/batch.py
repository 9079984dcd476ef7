"""Many steps in one transaction: for a run that can begin anew from where it was last on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from monitor.store.transaction import RowTransaction


class Batch:
    """Keeps `ports.Store`: what is written is seen at once, and on disk or gone together with all since the last `commit`."""

    def __init__(self, connection: Connection, transaction: Callable[[Connection], RowTransaction]) -> None:
        self._connection = connection
        self._rows = transaction(connection)

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[RowTransaction]:  # noqa: ARG002  nothing is saved by it
        """The rows as they are now."""
        yield self._rows

    @contextmanager
    def writing(self, *, on_disk: bool = True) -> Iterator[RowTransaction]:  # noqa: ARG002  nothing is before `commit`
        """Everything in it is kept, or nothing."""
        self._connection.exec_driver_sql("SAVEPOINT step")
        try:
            yield self._rows
        except BaseException:
            self._connection.exec_driver_sql("ROLLBACK TO step")
            raise
        finally:
            self._connection.exec_driver_sql("RELEASE step")

    @contextmanager
    def claiming(self, *, once: bool = False) -> Iterator[RowTransaction]:  # noqa: ARG002
        """Like `writing`."""
        with self.writing() as tx:
            yield tx

    def flush(self) -> None:
        """Nothing: what is before the next `commit` may be lost."""

    def commit(self) -> None:
        """Put everything on disk."""
        self._connection.commit()
