"""The digits of other scripts as those that programs count with."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def _digits() -> dict[int, str]:
    blocks = (0x0E50, 0x0ED0, 0x17E0, 0x1040, 0x1090, 0x0BE6, 0x0660, 0x06F0, 0x0966, 0xFF10)
    return {zero + value: str(value) for zero in blocks for value in range(10)}


def western_digits(text: str) -> str:
    """Thai, Lao, Khmer, Burmese, Shan, Tamil, Arabic, Devanagari and full-width digits as 0-9; the length stays the same."""
    return text.translate(_digits())
