"""Several values in a statement that stays the same whatever their number: neither we nor the server take it apart to plan it anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, JSON, ColumnElement, Select, any_, bindparam, func, select
from sqlalchemy.types import TypeEngine


def one_of(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column` is one of the values bound to `name` as a list."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(each_of(dialect, column.type, name))


def each_of(dialect: str, of: TypeEngine[Any], name: str) -> Select[Any]:
    """A row for each of the values bound to `name` as a list."""
    if dialect == "postgresql":
        return select(func.unnest(bindparam(name, type_=ARRAY(of))))
    return select(func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value)
