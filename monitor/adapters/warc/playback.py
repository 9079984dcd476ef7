"""Playback: the recording in place of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.adapters.warc.archive import Archive
from monitor.fetching.outcome import Failed, NotModified, Outcome, Request

if TYPE_CHECKING:
    from monitor.ports import Clock


class Playback:
    """Keeps `ports.Fetch`: each request gets the recorded answer of its address that came first at or after the clock's time, else
    the last one before; what was never recorded is Failed. The same clock and the same files give the same answers."""

    def __init__(self, archive: Archive, *, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock

    def __call__(self, request: Request) -> Outcome:
        record = self._archive.nearest(request.url, self._clock.now())
        if record is None:
            return Failed(kind="connect", detail="not in the recording")
        outcome = self._archive.outcome(record)
        if isinstance(outcome, NotModified) and request.etag is None and request.last_modified is None:
            return self._unconditional(request, outcome)
        return outcome

    def _unconditional(self, request: Request, unchanged: NotModified) -> Outcome:
        """A 304 answers nobody who named no validator (RFC 9110, 15.4.5): what was unchanged then is the last full answer before."""
        for record in reversed(self._archive.of_url(request.url)):
            if record.at <= unchanged.fetched_at and not isinstance(earlier := self._archive.outcome(record), NotModified):
                return earlier
        return unchanged
