"""What readers say alerts were worth."""

from __future__ import annotations

from typing import Protocol

from monitor.alerts.alert import Notice
from monitor.alerts.feedback import Feedback


class FeedbackRows(Protocol):
    """What readers say alerts were worth."""

    def signing_key(self, fresh: bytes | None = None) -> bytes | None:
        """The key that verdict links are signed with; where there is none yet, `fresh` becomes it."""

    def give(self, feedback: Feedback) -> None:
        """Keep it in the place of what the channel's readers said of that alert before."""

    def all(self) -> list[tuple[Feedback, Notice]]:
        """All of it with what the alerts said, oldest first."""
