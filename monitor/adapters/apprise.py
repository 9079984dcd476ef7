"""Chat and push services, all of them through Apprise."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence

from monitor.adapters.fence import Fence
from monitor.adapters.guard import Deadline
from monitor.adapters.webhook import YOUR_OWN
from monitor.alerts.channel import AppriseChannel
from monitor.alerts.sending import Deferred, Rejected, Sending, Sent
from monitor.fetching.addresses import Network
from monitor.fetching.outcome import phrase

_LONGEST_TITLE = 250
_MOST_PARTS = 3
_REST = "\n\n(cut: `monitor alerts` shows all of it)"


class AppriseChat:
    """Implements the `Chat` port with Apprise, which returns only yes or no and writes the reason to its log. A no is Deferred, so that
    nothing is lost while somebody repairs the channel; only an address that Apprise cannot read at all is Rejected.

    No reason contains the channel's address, since parts of it are tokens: of what Apprise logs, only the kind of failure and an HTTP
    status are passed on. Apprise ends each request by itself (4 s to connect and 4 s to read, unless the address has `?cto=` and
    `?rto=`), and all of them are over after `timeout_s`. Redirects are failures. Connections go only to public addresses and `allow`
    (`Fence`).
    """

    def __init__(self, allow: Sequence[Network] = (), timeout_s: float = 60.0) -> None:
        self._allow = tuple(allow)
        self._timeout_s = timeout_s
        logging.getLogger("apprise").propagate = False  # its lines may contain tokens, which must not get into a log

    def __call__(self, channel: AppriseChannel, title: str, text: str) -> Sending:
        """Send `text` under `title`. A text too long for one message of the service is split into up to three."""
        import apprise  # large, and most configurations have no channel of this kind

        service = apprise.Apprise.instantiate(channel.url.reveal(), suppress_exceptions=True)
        if service is None:
            return Rejected(reason=f"channel {channel.id}: Apprise does not understand its address")
        service.redirects = False
        service.overflow_mode = apprise.OverflowMode.SPLIT
        most = _MOST_PARTS * int(service.body_maxlen) * 9 // 10
        body = text if len(text) <= most else text[: most - len(_REST)] + _REST
        said = _Said()
        logger = logging.getLogger("apprise")
        logger.addHandler(said)
        try:
            with Deadline(self._timeout_s) as deadline, Fence(self._allow, deadline) as fence:
                sent = service.notify(body=body, title=title[:_LONGEST_TITLE], body_format=apprise.NotifyFormat.TEXT)
        except OSError:  # not every service of Apprise catches what its connection raises
            sent = False
        finally:
            logger.removeHandler(said)
        if deadline.passed:  # a cut connection can look like an answer
            why = f"no answer within {self._timeout_s:g} s"
        elif fence.refused is not None:
            why = f"{fence.refused}; {YOUR_OWN}"
        elif sent:
            return Sent()
        else:
            why = said.why
        return Deferred(reason=f"channel {channel.id} ({service.service_name}): {why}")


class _Said(logging.Handler):
    """Finds out why Apprise failed, from what it logs in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.why = "not accepted"
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread != self._thread:
            return
        line = record.getMessage()
        if status := re.search(r"\berror=(\d{3})\b", line):
            self.why = f"answered {status[1]} {phrase(int(status[1]))}".rstrip()
        elif "onnection" in line:
            self.why = "cannot be reached, or gave no answer in time"
