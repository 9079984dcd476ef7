"""Many steps in one transaction, for a run that can start again from what was last committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from monitor.store.transaction import RowTransaction


class Batch:
    """Implements `ports.Store`. What is written is visible at once, and kept or lost together with everything since the last `commit`."""

    def __init__(self, connection: Connection, transaction: Callable[[Connection], RowTransaction]) -> None:
        self._connection = connection
        self._rows = transaction(connection)

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[RowTransaction]:  # noqa: ARG002  makes no difference here
        """The rows as they are now."""
        yield self._rows

    @contextmanager
    def writing(self, *, on_disk: bool = True) -> Iterator[RowTransaction]:  # noqa: ARG002  only `commit` writes to disk
        """Everything done in the block is kept, or nothing."""
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
        """Do nothing: only `commit` makes anything safe."""

    def commit(self) -> None:
        """Write everything to disk."""
        self._connection.commit()
