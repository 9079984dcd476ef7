"""What readers say alerts were worth."""

from __future__ import annotations

from typing import Protocol

from monitor.alerts.alert import Notice
from monitor.alerts.feedback import Feedback


class FeedbackRows(Protocol):
    """What readers say alerts were worth."""

    def signing_key(self, fresh: bytes | None = None) -> bytes | None:
        """The key with which verdict links are signed. If there is none yet, `fresh` becomes the key."""

    def give(self, feedback: Feedback) -> None:
        """Store it, replacing what the readers of the channel said about the alert before."""

    def all(self) -> list[tuple[Feedback, Notice]]:
        """All feedback with what the alerts said, oldest first."""
