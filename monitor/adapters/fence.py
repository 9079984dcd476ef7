"""Guards the connections of libraries that open their own: the interpreter calls it before anything leaves the machine."""

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
    """The address is not allowed. To the library inside the fence it looks like a failed connection."""


class Fence:
    """Inside `with Deadline(60) as deadline, Fence(allow, deadline) as fence:` this thread, by whatever library, can connect only to
    public addresses and to `allow`, and its connections end with `deadline`. `refused` says why the latest address was refused.

    It is built on the interpreter's audit events (PEP 578), which give the address itself, after the name has been looked up. It does
    not cover what a library does in threads of its own, or outside Python (libdbus, syslog).
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
        """Raise FenceRefused unless the socket may connect to `address`. Sockets that are not of the internet (AF_UNIX) may not."""
        if address is None:  # a datagram on a socket that was connected, and so judged, before
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
    """Listen to audit events from now on. An audit hook cannot be removed, so there is only one."""
    sys.addaudithook(_hear)


def _hear(event: str, about: tuple[Any, ...]) -> None:
    if event in _LEAVING and (fence := _fence.get()) is not None:
        fence.judge(about[0], about[1])
