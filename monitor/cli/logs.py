"""What a service says on standard error while it runs: a line for each step that ended, and for what goes wrong."""

from __future__ import annotations

import logging
import os
from datetime import datetime
from typing import Final

from monitor.engine.run_step import Event

log = logging.getLogger("monitor")

_LINE = "%(levelname)s %(message)s"
_PRIORITIES: Final = {logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_INFO = 6


class JournalFormatter(logging.Formatter):
    """Lines for the journal, which puts the time on them itself and takes their priority from what stands before each: sd-daemon(3)."""

    def format(self, record: logging.LogRecord) -> str:
        """One or more lines, the same priority before each."""
        priority = _PRIORITIES.get(record.levelno, _INFO)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def log_to_stderr() -> None:
    """From here on the log goes to standard error; other libraries only say what went wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        JournalFormatter(_LINE) if "JOURNAL_STREAM" in os.environ else logging.Formatter(f"%(asctime)s {_LINE}")
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    for library in ("alembic", "apscheduler", "procrastinate", "psycopg", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)


def log_event(event: Event) -> None:
    """One step: what, which, why it ended so, how long it took, and its facts."""
    facts = " ".join(f"{name}={_shown(value)}" for name, value in event.done.facts.items() if value not in (None, (), ""))
    level = logging.WARNING if event.done.result == "failed" else logging.INFO
    if event.done.result == "left":
        level = logging.DEBUG
    log.log(level, "%s %s %s %.2fs %s", event.due.step, event.due.key, event.done.reason, event.duration_s, facts)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
