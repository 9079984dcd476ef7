"""Opening a store: engines, locks, migrations, and one transaction at a time."""

from __future__ import annotations

import math
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InvalidatePoolError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import StaticPool

from monitor.computing import holding, waiting
from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreUnreachable, StoreUnwritable
from monitor.store.batch import Batch
from monitor.store.transaction import RowTransaction

_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITERS_LOCK = 7_215_533  # key of the PostgreSQL advisory lock that serialises writers; any fixed number
_DAEMON_LOCK = 7_215_534
_SERVER_GONE = {"connect_timeout": 10, "keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3}
_PAUSED = "SET idle_in_transaction_session_timeout = '30s'"
"""So long a writer that stops in the middle of its transaction (paused, or cut off) holds up all others."""
_ONE_STATE = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_SOON_THERE = "SET synchronous_commit = off"
_TRUSTED_S = 1.0
"""A connection that was used so shortly ago is lent again without asking whether the server still knows it."""
_WRITER_CACHE_KB, _READER_CACHE_KB, _BATCH_CACHE_KB = 8_000, 2_000, 64_000
"""Of each connection, and a daemon has a dozen; what is not in it is most often in the system's own cache."""
_SYNCED, _SOON = "PRAGMA synchronous=FULL", "PRAGMA synchronous=NORMAL"
_DISK = frozenset((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY))
_ALONE = text("SELECT pg_advisory_xact_lock(:key)")
_ALONE_AND_SOON = text("SELECT pg_advisory_xact_lock(:key), set_config('synchronous_commit', 'off', true)")


class RowStore:
    """A store of either kind (`ports.Store`). Made by `open_store`; `close` gives its connections back."""

    def __init__(self, url: str, writer: Engine, claimer: Engine, reader: Engine, looker: Engine) -> None:
        self.url = url
        self._writer = writer
        self._claimer = claimer
        self._reader = reader
        self._looker = looker  # over the reader's connections
        self._one_writer = threading.Lock()  # SQLite's own lock is not fair: a thread could wait for ever behind the others
        self._flushed = True

    @property
    def conninfo(self) -> str | None:
        """Where the server is, for a library that connects by itself; None unless it is PostgreSQL. There may be a password in it."""
        url = make_url(self.url)
        if url.get_backend_name() != "postgresql":
            return None
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[RowTransaction]:
        """A transaction that sees one state of the store and writes nothing. `once` is for a single statement, which needs none."""
        with _reached(), self._apart(), (self._looker if once else self._reader).begin() as connection:
            yield RowTransaction(connection)

    @contextmanager
    def writing(self, *, on_disk: bool = True) -> Iterator[RowTransaction]:
        """A transaction that no other writer runs beside; on leaving it has happened or not, and with `on_disk` no power cut undoes it."""
        with self._alone(self._writer, on_disk) as tx:
            yield tx

    @contextmanager
    def _alone(self, engine: Engine, on_disk: bool) -> Iterator[RowTransaction]:
        with _reached(), self._apart(), ExitStack() as to_the_end, holding(self._one_writer), engine.connect() as connection:
            if engine.dialect.name == "sqlite":  # to wait for the disk is most of what a small transaction costs
                synced = _SYNCED if on_disk else _SOON
                if connection.info.get("synced") != synced:
                    connection.connection.driver_connection.execute(synced)  # type: ignore[union-attr]
                    connection.info["synced"] = synced
            with connection.begin() as transaction:
                if engine.dialect.name == "postgresql":
                    connection.execute(_ALONE if on_disk else _ALONE_AND_SOON, {"key": _WRITERS_LOCK})
                yield RowTransaction(connection)
                if on_disk:
                    to_the_end.enter_context(waiting())  # the next writer need not wait until this one has the turn again
                    transaction.commit()
            self._flushed &= on_disk

    @contextmanager
    def claiming(self, *, once: bool = False) -> Iterator[RowTransaction]:
        """A transaction that only compares and sets. On PostgreSQL it runs beside writers and beside others like it, on SQLite nothing can.

        A power cut may undo it: a daemon that starts frees all lanes, a claim that is gone lets nobody write, and a poll that brought
        nothing is made again. `once` is for a single statement, which needs no transaction around it.
        """
        if self._writer.dialect.name != "postgresql":
            with self._alone(self._claimer if once else self._writer, on_disk=False) as tx:
                yield tx
            return
        with _reached(), self._apart(), self._claimer.connect() as connection:
            if once:
                connection.execution_options(isolation_level="AUTOCOMMIT")
            with connection.begin():
                yield RowTransaction(connection)

    def flush(self) -> None:
        """From now on no power cut undoes what was written so far. PostgreSQL sees to that itself, some 200 ms after each commit."""
        path = sqlite_path(self.url)
        if path is None or self._flushed:
            return
        self._flushed = True  # before, so that what is written meanwhile is not taken for flushed
        try:
            with suppress(FileNotFoundError), Path(f"{path}-wal").open("rb") as log:  # where there is none all is in the file
                os.fsync(log.fileno())
        except OSError as error:
            self._flushed = False
            raise _unwritable(error.strerror) from error

    def _apart(self) -> AbstractContextManager[None]:
        """With a server every statement waits; a file answers at once."""
        return waiting() if self._writer.dialect.name == "postgresql" else nullcontext()

    @contextmanager
    def batch(self, *, searchable: bool) -> Iterator[Batch]:
        """A store whose transactions are parts of one that lasts until its `commit`. What was not committed in the end is gone.

        Nothing else may use the store meanwhile. Without `searchable` its articles are not indexed for a search of the archive.
        """
        with self._writer.connect() as connection:
            if self._writer.dialect.name == "sqlite":  # what does not fit has to be written before the commit
                connection.connection.driver_connection.execute(f"PRAGMA cache_size=-{_BATCH_CACHE_KB}")  # type: ignore[union-attr]
            yield Batch(connection, partial(RowTransaction, searchable=searchable))

    @contextmanager
    def only_daemon(self) -> Iterator[None]:
        """Hold this store for one daemon. Raises StoreBusy if another one, or a worker, on any machine, holds it."""
        path = sqlite_path(self.url)
        if path is not None:
            with _flock(Path(f"{path}.lock")):
                yield
            return
        with self._daemons("pg_try_advisory_lock", "monitor daemon or worker works"):
            yield

    @contextmanager
    def one_of_many(self) -> Iterator[None]:
        """Hold this store for one of several workers (PostgreSQL only). Raises StoreBusy if a daemon has it for itself."""
        with self._daemons("pg_try_advisory_lock_shared", "monitor daemon (`monitor run`) works"):
            yield

    @contextmanager
    def _daemons(self, locking: str, who: str) -> Iterator[None]:
        with self._reader.connect() as connection:
            with _reached():
                free = connection.execute(text(f"SELECT {locking}(:key)"), {"key": _DAEMON_LOCK}).scalar_one()
                connection.commit()
            if not free:
                raise StoreBusy(f"another {who} on {self._reader.url!r}: stop it first, or give this one its own store")
            try:
                yield
            finally:
                with suppress(SQLAlchemyError):  # a server that is gone has let go of it
                    connection.execute(
                        text("SELECT pg_advisory_unlock_all()")
                    )  # when a connection closes, the server hears of it later
                connection.invalidate()  # what was locked for long is not lent to others

    def close(self) -> None:
        """Give all connections back."""
        for engine in (self._writer, self._claimer, self._reader):
            engine.dispose()


def open_store(url: str) -> RowStore:
    """The store at `url` (`sqlite:///PATH`, `sqlite://` in memory, `postgresql+psycopg://…`), its schema brought up to date.

    Raises StoreError with what to do: the folder cannot be written, the file is damaged, a newer version wrote it.
    """
    path = sqlite_path(url)
    looker: Engine
    try:
        if path is not None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # addresses of readers stand in it, and what they think
        if url.startswith("sqlite"):
            writer = reader = _sqlite_engine(url, begin="BEGIN IMMEDIATE")
        else:
            writer = _postgres_engine(url, _PAUSED, most=4)  # of a process one writes at a time
            claimer = _postgres_engine(url, _PAUSED, _SOON_THERE, most=8)
            reader = _postgres_engine(url, _ONE_STATE, most=16)
            looker = reader.execution_options(isolation_level="AUTOCOMMIT")
        if path is not None:
            _check(writer, path)
            reader = _sqlite_engine(url, begin="BEGIN", query_only=True)
        if url.startswith("sqlite"):
            claimer, looker = _without_begin(writer), _without_begin(reader)
        _migrate(writer)
    except ModuleNotFoundError as error:
        raise StoreError("PostgreSQL needs its driver: pip install 'asean-monitor[postgres]'") from error
    except OSError as error:
        raise StoreError(
            f"{path}: the store cannot be opened: {error.strerror}. Check `store` in monitor.yaml and who owns the folder."
        ) from error
    except OperationalError as error:
        if writer.dialect.name == "postgresql":
            raise StoreUnreachable(f"{make_url(url)!r}: PostgreSQL cannot be used now: {_said(error)}") from error
        raise StoreError(
            f"{make_url(url)!r}: the store cannot be opened: {error.orig}. Check `store` in monitor.yaml, who owns the file, and whether "
            "its disk is full."
        ) from error
    return RowStore(url, writer, claimer, reader, looker)


@contextmanager
def _reached() -> Iterator[None]:
    """Raises StoreUnreachable in the place of what SQLAlchemy raises if a server does not answer, or has hung up, StoreUnwritable if
    the disk is full or broken."""
    try:
        yield
    except DBAPIError as error:
        ours = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
        if ours and type(error.orig).__module__.startswith("psycopg"):
            raise StoreUnreachable(f"PostgreSQL cannot be used now: {_said(error)}") from error
        if isinstance(error.orig, sqlite3.OperationalError) and error.orig.sqlite_errorcode & 0xFF in _DISK:
            raise _unwritable(error.orig) from error
        raise
    except NoneFree as error:
        raise StoreUnreachable("PostgreSQL cannot be used now: no connection to it came free, as it does not answer") from error


def _unwritable(why: object) -> StoreUnwritable:
    return StoreUnwritable(
        f"the store cannot be written: {why}. Nothing is lost that was stored; free space or check the disk."
    )


def _said(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite store, None for one in memory and for PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def _postgres_engine(url: str, *settings: str, most: int) -> Engine:
    """An engine whose connections, `most` of them, have these settings."""
    # What was lent last is lent first, and none is closed for being one too many: to connect costs as much as a step.
    engine = create_engine(url, connect_args=_SERVER_GONE, pool_size=most, max_overflow=0, pool_use_lifo=True)
    engine.dialect.use_insertmanyvalues_wo_returning = True  # psycopg makes a statement of each row

    def on_connect(connection: Any, _record: Any) -> None:
        for setting in settings:
            connection.execute(setting)
        connection.commit()

    def on_checkin(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    def on_checkout(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", math.inf) < _TRUSTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "checkin", on_checkin)
    event.listen(engine, "checkout", on_checkout)
    return engine


def _sqlite_engine(url: str, *, begin: str, query_only: bool = False) -> Engine:
    """An engine that opens every transaction with `begin`: left to itself the driver would begin too late and lose updates."""
    memory = sqlite_path(url) is None
    options: dict[str, Any] = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if memory else {}
    engine = create_engine(url, pool_reset_on_return=None, **options)  # a Connection ends its transaction when it is closed

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=30000",
            "foreign_keys=ON",
            f"cache_size=-{_READER_CACHE_KB if query_only else _WRITER_CACHE_KB}",
            "journal_size_limit=67108864",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if query_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    def do_begin(connection: Any) -> None:
        connection.execute(begin)

    event.listen(engine, "connect", on_connect)
    engine.dialect.do_begin = do_begin  # type: ignore[method-assign,assignment]
    return engine


def _without_begin(engine: Engine) -> Engine:
    """One over the same connections whose statements are transactions by themselves."""
    other = create_engine(engine.url, pool=engine.pool)
    other.dialect.do_begin = lambda _connection: None  # type: ignore[method-assign,assignment]
    return other


def _check(engine: Engine, path: Path) -> None:
    """Raises StoreCorrupt unless the file is a sound database."""
    try:
        with engine.connect() as connection:
            verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    except OperationalError:
        raise
    except DatabaseError as error:
        verdict = str(error.orig)
    if verdict != "ok":
        raise StoreCorrupt(
            f"{path}: the store is damaged ({verdict}). Stop every daemon, keep a copy of the file, and restore your last backup; "
            f"`sqlite3 {path} .recover` saves what can be read."
        )


def _migrate(engine: Engine) -> None:
    newest = max(path.name for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
        known = inspect(connection).has_table("alembic_version")
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
        if current == newest:
            return
        from alembic import command  # every command opens a store, and few of them migrate it
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreCorrupt(
                f"{engine.url!r}: written by a newer version of monitor (schema {current}). Upgrade monitor, or give it another store."
            ) from error


@contextmanager
def _flock(path: Path) -> Iterator[None]:
    """Hold a lock file; the system releases it when the process ends, however it ends."""
    import fcntl  # not on Windows, where the daemon does not run

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            raise StoreBusy(
                f"another monitor daemon (process {holder}) works on {path.with_suffix('')}: "
                "stop it first, or give this one its own `store`"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
