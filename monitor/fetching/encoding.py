"""Content codings (RFC 9110, 8.4): gzip, deflate and br undone piece by piece, never more at a time than was asked for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

ACCEPT_ENCODING = "gzip, deflate, br"
_MOST_CODINGS = 2
_PIECE = 65_536


class BadEncoding(Exception):
    """The body is not what its Content-Encoding says, or that names a coding that we did not ask for; the text says which."""


class _Coding(Protocol):
    complete: bool

    def decode(self, data: bytes) -> Iterator[bytes]: ...


class _Zlib:
    """gzip (RFC 1952, several members, junk after the last) or deflate (RFC 1950, or raw RFC 1951 as some servers send it)."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._gzip = name == "gzip"
        self._engine = zlib.decompressobj(31 if self._gzip else 15)
        self._started = False
        self._junk = False
        self.complete = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data and not self._junk:
            if self._engine.eof:
                if not self._gzip:
                    return
                self._engine = zlib.decompressobj(31)
            piece = self._decompress(data)
            self._started = True
            data = self._engine.unconsumed_tail or self._engine.unused_data
            self.complete = self.complete or self._engine.eof
            if piece:
                yield piece

    def _decompress(self, data: bytes) -> bytes:
        try:
            return self._engine.decompress(data, _PIECE)
        except zlib.error as error:
            if self.complete:  # what follows a whole member is ignored, as every browser does
                self._junk = True
                return b""
            if not self._gzip and not self._started:
                self._engine = zlib.decompressobj(-15)
                try:
                    return self._engine.decompress(data, _PIECE)
                except zlib.error:
                    pass
            raise BadEncoding(f"the body is not {self._name} as its Content-Encoding says ({error})") from None


class _Brotli:
    def __init__(self) -> None:
        self._engine = brotli.Decompressor()
        self.complete = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        try:
            piece = self._engine.process(data, output_buffer_limit=_PIECE)
            while piece or not self._engine.can_accept_more_data():
                if piece:
                    yield piece
                if self._engine.is_finished():
                    break
                piece = self._engine.process(b"", output_buffer_limit=_PIECE)
        except brotli.error:
            if not self.complete:
                raise BadEncoding("the body is not br as its Content-Encoding says") from None
        self.complete = self._engine.is_finished()


class Decoder:
    """Undoes the codings that a Content-Encoding names. `decode` yields decoded pieces of at most 64 KiB, so that the caller can
    stop at its own limit; `complete` says, at the end of the body, whether nothing was cut off."""

    def __init__(self, content_encoding: str | None) -> None:
        """Raises BadEncoding for a coding that we did not ask for, or more than two of them."""
        names = [name.strip().lower() for name in (content_encoding or "").split(",")]
        names = [name.removeprefix("x-") for name in names if name not in ("", "identity", "none", "utf-8")]
        if len(names) > _MOST_CODINGS:
            raise BadEncoding(f"{len(names)} codings one in another: {content_encoding}"[:200])
        if unknown := [name for name in names if name not in ("gzip", "deflate", "br")]:
            raise BadEncoding(f"Content-Encoding {unknown[0]!r} was not asked for"[:200])
        self._codings: list[_Coding] = [_Brotli() if name == "br" else _Zlib(name) for name in reversed(names)]
        self._fed = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces of the next `data` of the body. Raises BadEncoding."""
        self._fed = self._fed or bool(data)
        return self._through(data, 0)

    def _through(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._codings):
            if data:
                yield data
            return
        for piece in self._codings[depth].decode(data):
            yield from self._through(piece, depth + 1)

    @property
    def complete(self) -> bool:
        """Whether every coding reached its own end; an empty body is complete."""
        return not self._fed or all(coding.complete for coding in self._codings)
