"""Errors found by pydantic -> Problems, at the right place in the file and with advice on what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from monitor.errors import Problem
from monitor.settings.values import nearest
from monitor.settings.yaml_tree import Route, Tree, as_yaml

_EXPECTED = {
    "string_type": ("text", None),
    "bool_type": ("true or false", "true or false, without quotes"),
    "int_type": ("a whole number", None),
    "list_type": ("a list", "[…], or one `- …` a line"),
    "dict_type": ("a mapping", "`key: value` pairs"),
    "model_type": ("a mapping", "`key: value` pairs"),
    "model_attributes_type": ("a mapping", "`key: value` pairs"),
}


def complaints(error: ValidationError, model: type[BaseModel], tree: Tree, base: Route) -> Iterator[Problem]:
    """One Problem for each error in the entry at `base`. A key that is only misspelt is not reported as missing, too."""
    details = error.errors(include_url=False)
    meant = {_meant(detail, model) for detail in details if detail["type"] == "extra_forbidden"}
    for detail in details:
        if detail["type"] != "missing" or detail["loc"] not in meant:
            yield _complaint(detail, model, tree, base)


def _meant(detail: ErrorDetails, model: type[BaseModel]) -> Route:
    """Where the unknown key would be if it were spelt correctly."""
    *above, name = detail["loc"]
    return (*above, nearest(str(name), _fields(_holder(model, above))) or name)


def _complaint(detail: ErrorDetails, model: type[BaseModel], tree: Tree, base: Route) -> Problem:
    route: Route = (*base, *(step for step in detail["loc"] if step != "[key]"))
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        name = str(route[-1])
        return tree.problem(
            route, f"unknown key `{name}`", key=True, write=suggestion(name, list(_fields(_holder(model, detail["loc"][:-1]))))
        )
    if kind == "missing":
        field = _fields(_holder(model, detail["loc"][:-1]))[str(route[-1])]
        example = f"{route[-1]}: {as_yaml(field.examples[0])}" if field.examples else None
        return tree.problem(route[:-1], f"`{route[-1]}` is missing", write=example)
    found = tree.written(route) if context.get("show", True) else None
    if found and "://" in found and "@" in found:
        found = None  # an address may contain a password
    on_key = detail["loc"][-1:] == ("[key]",)
    if kind == "wrong":
        message, write = str(context["message"]), context["write"]
    elif kind in _EXPECTED:
        message, write = _expected(kind, detail["input"], found)
    elif kind == "literal_error":
        message, write = _literal(detail, str(context["expected"]))
    elif kind == "too_short":
        message, write = "an empty list", "at least one"
    else:
        message, write = detail["msg"][:1].lower() + detail["msg"][1:], None
    return tree.problem(route, _named(route, base, message), key=on_key, found=found, write=write)


def suggestion(name: str, keys: list[str]) -> str:
    """Advice on what to write instead of an unknown key."""
    close = nearest(name, keys)
    return f"`{close}`" if close else "one of " + ", ".join(keys)


def _named(route: Route, base: Route, message: str) -> str:
    names = [str(step) for step in route[len(base) :] if isinstance(step, str)]
    return f"`{names[-1]}`: {message}" if names else message


def _expected(kind: str, value: object, found: str | None) -> tuple[str, str | None]:
    expected, write = _EXPECTED[kind]
    if value is None:
        return f"no value where {expected} should stand", write or f"{expected}, or leave the line out"
    is_a = {dict: "a mapping", list: "a list", bool: "true or false", int: "a number", float: "a number", str: "text"}.get(
        type(value), "this"
    )
    if kind == "string_type" and found is not None:
        write = f"'{found}'"
    elif kind == "list_type" and isinstance(value, str) and found is not None:
        write = f"[{found}]"
    return f"{expected} should stand here, this is {is_a}", write


def _literal(detail: ErrorDetails, expected: str) -> tuple[str, str]:
    choices = expected.replace("'", "").replace(" or ", ", ")
    value = detail["input"]
    close = nearest(value, choices.split(", ")) if isinstance(value, str) else None
    return "not one of " + choices, close or f"one of {choices}"


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _holder(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel]:
    """The model that the keys at `loc` belong to."""
    for step in loc:
        annotation = _fields(model)[str(step)].annotation
        choices = [annotation, *get_args(annotation)]
        model = next(choice for choice in choices if isinstance(choice, type) and issubclass(choice, BaseModel))
    return model
