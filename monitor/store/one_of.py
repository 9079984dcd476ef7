"""Whether a column is one of several values, in a statement that stays the same whatever their number."""

from __future__ import annotations

from sqlalchemy import ARRAY, JSON, ColumnElement, any_, bindparam, func, select


def one_of(dialect: str, column: ColumnElement[int] | ColumnElement[str], name: str) -> ColumnElement[bool]:
    """`column` is one of the values bound to `name` as a list, which goes as one: neither we nor the server take it apart to plan it."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    values = func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return column.in_(select(values.c.value))
