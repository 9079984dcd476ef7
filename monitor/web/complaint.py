"""What is wrong with something that was typed, for the page to point at."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.rules.compile import RuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """`message` about the piece `bad` between `before` and `behind`; `write` is what to write instead."""

    message: str
    before: str
    bad: str
    behind: str
    write: str | None


def complaint_of(error: RuleError, text: str) -> Complaint:
    """The complaint about `text`."""
    end = max(error.end, error.start + 1)
    return Complaint(
        message=error.message, before=text[: error.start], bad=text[error.start : end], behind=text[end:], write=error.write
    )
