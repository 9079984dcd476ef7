"""Lists of values in statements whose text does not depend on the number of values, so that they are compiled and planned only once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, JSON, ColumnElement, Select, any_, bindparam, func, select
from sqlalchemy.types import TypeEngine


def one_of(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The condition that `column` is one of the values in the list bound to `name`."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(each_of(dialect, column.type, name))


def each_of(dialect: str, of: TypeEngine[Any], name: str) -> Select[Any]:
    """A query with a row for each value in the list bound to `name`."""
    if dialect == "postgresql":
        return select(func.unnest(bindparam(name, type_=ARRAY(of))))
    return select(func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value)
