"""Playback: answers requests from a recording in place of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.adapters.warc.archive import Archive, Located
from monitor.fetching.outcome import Failed, NotModified, Outcome, Request

if TYPE_CHECKING:
    from monitor.ports import Clock


class Playback:
    """Implements `ports.Fetch`: each request gets the first recorded answer from its address at or after the clock's time, or else the
    last one before; what was never recorded is Failed. The same clock and the same files give the same answers."""

    def __init__(self, archive: Archive, *, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock

    def __call__(self, request: Request) -> Outcome:
        found = self.locate(request)
        return self._archive.read(found) if isinstance(found, Located) else found

    def locate(self, request: Request) -> Located | Outcome:
        """Like a call, but without reading the body, so that another process can read it."""
        record = self._archive.index.nearest(request.url, self._clock.now())
        if record is None:
            return Failed(kind="connect", detail="not in the recording")
        found = self._archive.locate(record)
        if isinstance(found, NotModified) and request.etag is None and request.last_modified is None:
            return self._unconditional(request, found)
        return found

    def _unconditional(self, request: Request, unchanged: NotModified) -> Located | Outcome:
        """A request without a validator cannot get a 304 (RFC 9110, 15.4.5): it gets the last full answer before it instead."""
        for record in self._archive.index.before(request.url, unchanged.fetched_at):
            if not isinstance(earlier := self._archive.locate(record), NotModified):
                return earlier
        return unchanged
