"""Hashes as database columns hold them."""

from __future__ import annotations


def signed(digest: int) -> int:
    """An unsigned 64-bit hash as a signed 64-bit number (BIGINT)."""
    return digest - (1 << 64) if digest >> 63 else digest
