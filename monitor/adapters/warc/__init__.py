"""Recorded traffic, as WARC 1.1 (ISO 28500:2017). `Recorder` writes requests and answers to one file and `Shelf` to many; `open_archive`
indexes such files, also those made by other programs; `Playback` answers requests from them in place of the network."""

from __future__ import annotations

from monitor.adapters.warc.archive import Archive, Located, open_archive, read_located, warc_files
from monitor.adapters.warc.playback import Playback
from monitor.adapters.warc.record import Recorder
from monitor.adapters.warc.scan import Part, Recorded, Scanned, Skipped, scan_part
from monitor.adapters.warc.shelf import Shelf

__all__ = [
    "Archive",
    "Located",
    "Part",
    "Playback",
    "Recorded",
    "Recorder",
    "Scanned",
    "Shelf",
    "Skipped",
    "open_archive",
    "read_located",
    "scan_part",
    "warc_files",
]
