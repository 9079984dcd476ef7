"""The exceptions of this program. They are for bad configuration and for bugs; what the outside world does is a value (see `fetching`).

MonitorError
├── ConfigError        one or more `Problem`s in files the user wrote
├── UsageError         the command as typed cannot be done
├── QueryError         a query that cannot be parsed: where, and what to write instead (`rules.tokens`)
├── RuleErrors         everything that is wrong with rules and vocabularies (`rules.compile`)
└── StoreError         the database cannot be used as it is
    ├── StoreBusy         another daemon holds it
    ├── StoreUnreachable  the database server does not answer; it may later
    ├── StoreUnwritable   the disk is full or broken
    ├── StoreCorrupt      the file is damaged, or written by a newer version
    └── ClaimLost         another worker has taken over what a step works on
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class MonitorError(Exception):
    """An error that the user can act on. Its text says what happened and what to do next."""

    exit_code = 1


class UsageError(MonitorError):
    """The command as typed cannot be carried out."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in one place of one file: what was found, and what to write instead.

    `line` and `column` count from 1; `file` is None for text that came from the command line.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    found: str | None = None
    write: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        if self.found is not None:
            text += f"\n    found: {self.found}"
        if self.write is not None:
            text += f"\n    write: {self.write}"
        return text


class ConfigError(MonitorError):
    """All the problems in the user's files at once."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(MonitorError):
    """The database cannot be used as it is."""

    exit_code = 3


class StoreBusy(StoreError):
    """Another daemon works on this store."""

    exit_code = 4


class StoreUnreachable(StoreError):
    """The database server does not answer at the moment. What was committed is safe, and what was not is still due."""

    exit_code = 5


class StoreUnwritable(StoreError):
    """The disk takes nothing more. What was committed is there, and what was not is still due."""


class ClaimLost(StoreError):
    """A step came too late to write: another worker has taken over its row, and nothing of the step is kept."""


class StoreCorrupt(StoreError):
    """The file is damaged, or was written by a newer version of monitor."""
