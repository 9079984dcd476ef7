"""The guard for libraries that open connections by themselves: asked by the interpreter, before anything leaves."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from functools import cache
from types import TracebackType
from typing import Any, Self

from monitor.adapters.guard import Deadline
from monitor.fetching.addresses import Network, why_refused

_LEAVING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class FenceRefused(ConnectionError):
    """The library inside the fence sees a connection that fails."""


class Fence:
    """What this thread connects to, by whatever library, is a public address or in `allow`, and over when `deadline` is:
    `with Deadline(60) as deadline, Fence(allow, deadline) as fence:`. `refused` is why the latest address was refused.

    It stands on the interpreter's audit events (PEP 578), which tell the address itself, after the name was looked up. What a library
    does in threads of its own, or outside of Python (libdbus, syslog), goes past it.
    """

    def __init__(self, allow: Sequence[Network], deadline: Deadline) -> None:
        self.refused: str | None = None
        self._allow = tuple(allow)
        self._deadline = deadline

    def __enter__(self) -> Self:
        _listen()
        self._token = _fence.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _fence.reset(self._token)

    def judge(self, leaving: socket.socket, address: Any) -> None:
        """Raise FenceRefused unless `leaving` may go to `address`; sockets of this machine's own programs (AF_UNIX) may not."""
        if address is None:  # a datagram over a socket that was connected, and judged, before
            return
        internet = leaving.family in (socket.AF_INET, socket.AF_INET6)
        why = why_refused(str(address[0]), self._allow) if internet else "it is no internet address"
        if why is not None:
            self.refused = why
            raise FenceRefused(why)
        self._deadline.watch(leaving)


_fence: ContextVar[Fence | None] = ContextVar("fence", default=None)


@cache
def _listen() -> None:
    """Be told of audit events from now on; an audit hook stays as long as the interpreter."""
    sys.addaudithook(_hear)


def _hear(event: str, about: tuple[Any, ...]) -> None:
    if event in _LEAVING and (fence := _fence.get()) is not None:
        fence.judge(about[0], about[1])
