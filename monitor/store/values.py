"""A noun whose fields are columns, as values for a statement."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def values_of(item: DataclassInstance) -> dict[str, Any]:
    """The fields of a dataclass by name, as they are: `asdict` copies whatever they hold, which takes it ten times as long."""
    return {name: getattr(item, name) for name in _names(type(item))}


@cache
def _names(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))
