"""What a benchmark tells: each measures ours and a named baseline in the same run, so that the machine matters little."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One ratio. `bound` is what it has to keep, such as `<= 0.15`; None where nothing was promised. `detail` says what was measured."""

    name: str
    ratio: float
    baseline: str
    bound: str | None = None
    detail: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the bound is kept; None without one."""
        if self.bound is None:
            return None
        sign, value = self.bound.split()
        return self.ratio <= float(value) if sign == "<=" else self.ratio >= float(value)
