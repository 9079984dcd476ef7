"""A YAML file as plain data, together with the place of every key and value in the file.

Stricter than YAML: one document, UTF-8 without BOM, no aliases, anchors or tags, no duplicate keys, at most 32 levels. Plain scalars
follow the core schema of YAML 1.2: `no` and `NO` are text, `1:30` and `2026-01-01` are text, only `true` and `false` are booleans.
It is built from PyYAML's events with a stack of its own, so that nesting does not lead to recursion.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from monitor.errors import Problem

Route = tuple[str | int, ...]
"""The path from the root of a file to a value: keys and list positions (as in pydantic's `loc`)."""

_MAX_DEPTH = 32
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "_": "\xa0", "N": "\x85", "L": "\u2028", "P": "\u2029"}
_SPECIAL = {"alias": "*", "anchor": "&", "tag": "!"}
_HEX = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a node is. Line and column count from 1; `start` and `end` are code point offsets; `style` is as in PyYAML."""

    line: int
    column: int
    start: int
    end: int
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the keys and values are."""

    keys: dict[Route, Mark] = field(default_factory=dict)
    values: dict[Route, Mark] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Tree:
    """What `read` found. `data` is whatever could be read, even if there are `problems`; `stopped` says that reading ended half-way.

    The places of keys and values are found by a second reading, when they are first needed: for a file without mistakes they never are,
    and for ten thousand sources they take more memory than all the rest.
    """

    file: str
    text: str = ""
    data: object = None
    stopped: bool = False
    problems: list[Problem] = field(default_factory=list)
    _places: _Places | None = None

    @property
    def keys(self) -> Mapping[Route, Mark]:
        """Where each key is."""
        return self._located().keys

    @property
    def values(self) -> Mapping[Route, Mark]:
        """Where each value is."""
        return self._located().values

    def _located(self) -> _Places:
        if self._places is None:
            self._places = _Places()
            _build(Tree(file=self.file, text=self.text), self._places)
        return self._places

    def written(self, route: Route) -> str | None:
        """The scalar at `route` as it is written in the file; None for a list, a mapping, or text of several lines."""
        mark = self.values.get(route)
        if mark is None or mark.style == "collection":
            return None
        text = self.text[mark.start : mark.end].strip()
        return text if text and "\n" not in text else None

    def problem(
        self, route: Route, message: str, *, key: bool = False, found: str | None = None, write: str | None = None
    ) -> Problem:
        """A problem with the value (or key) at `route`. If nothing is there, its place is that of what would contain it."""
        mark = self.keys.get(route) if key else self.values.get(route)
        while mark is None and route:
            route = route[:-1]
            mark = self.values.get(route)
        line, column = (mark.line, mark.column) if mark else (1, 1)
        return Problem(message=message, file=self.file, line=line, column=column, found=found, write=write)

    def inside(self, route: Route, offset: int, *, key: bool = False) -> tuple[int, int]:
        """Line and column in the file of the character at `offset` in the scalar (or key) at `route`, however that is quoted or folded."""
        mark = (self.keys if key else self.values)[route]
        value = str(route[-1]) if key else str(_at(self.data, route))
        return _line_and_column(self.text, _source_offset(self.text, mark, value, offset))


def read(raw: bytes, file: str) -> Tree:
    """Read one file. Never raises, whatever the bytes are; everything that is wrong with them as YAML is in `problems`."""
    tree = Tree(file=file)
    tree.stopped = not (_decode(raw, tree) and _build(tree))
    return tree


def _decode(raw: bytes, tree: Tree) -> bool:
    try:
        tree.text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        tree.problems.append(_problem(tree, line, column, "this is not UTF-8", write="the file saved with encoding UTF-8"))
        return False
    if tree.text.startswith("\ufeff"):
        tree.problems.append(
            _problem(tree, 1, 1, "the file begins with a byte order mark", write="the file saved as UTF-8 without BOM")
        )
        return False
    if control := _CONTROL.search(tree.text):
        line, column = _line_and_column(tree.text, control.start())
        tree.problems.append(_problem(tree, line, column, f"a control character, U+{ord(control[0]):04X}"))
        return False
    return True


def _build(tree: Tree, places: _Places | None = None) -> bool:
    builder = _Builder(tree, places)
    try:
        return all(builder.take(event) for event in yaml.parse(tree.text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        tree.problems.append(_syntax_problem(tree, error))
    except yaml.YAMLError:
        tree.problems.append(_problem(tree, 1, 1, "the file holds a character that YAML does not allow"))
    return False


def as_yaml(value: object) -> str:
    """A value on one line, quoted if YAML requires it."""
    return yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1_000_000).removesuffix("...\n").strip()


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being filled. `key` is the key whose value comes next; `skip` says that this key is a duplicate."""

    route: Route
    items: list[object] | None = None
    pairs: dict[str, object] | None = None
    key: str | None = None
    skip: bool = False


class _Builder:
    """Fills a Tree, and `places` if given, from parser events."""

    def __init__(self, tree: Tree, places: _Places | None) -> None:
        self._tree = tree
        self._places = places
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Take the next event; returns False if reading on would be pointless."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                return self._refuse(
                    event, "a second document begins here", write="one document in a file, without `---` in between"
                )
        if isinstance(event, yaml.NodeEvent):
            for what, given in (
                ("alias", isinstance(event, yaml.AliasEvent)),
                ("anchor", event.anchor is not None),
                ("tag", getattr(event, "tag", None) is not None),
            ):
                if given:
                    return self._refuse(event, _special(what), write="the text in quotes")
            return self._node(event)
        if isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        return True

    def _node(self, event: yaml.NodeEvent) -> bool:
        holder = self._open[-1] if self._open else None
        if holder is not None and holder.pairs is not None and holder.key is None:
            return self._key(holder, event)
        if holder is None:
            route: Route = ()
        elif holder.items is not None:
            route = (*holder.route, len(holder.items))
        else:
            assert holder.key is not None
            route = (*holder.route, holder.key)
        duplicate = holder is not None and holder.skip
        if self._places is not None and not duplicate:
            self._places.values[route] = _mark(event)
        if isinstance(event, yaml.ScalarEvent):
            self._put(holder, _scalar(event))
            return True
        if len(self._open) == _MAX_DEPTH:
            return self._refuse(event, f"nested deeper than {_MAX_DEPTH} levels")
        opened = _Open(("", *route) if duplicate else route)  # the value of a duplicate key is read but not stored
        if isinstance(event, yaml.SequenceStartEvent):
            opened.items = []
            self._put(holder, opened.items)
        else:
            opened.pairs = {}
            self._put(holder, opened.pairs)
        self._open.append(opened)
        return True

    def _key(self, holder: _Open, event: yaml.NodeEvent) -> bool:
        if not isinstance(event, yaml.ScalarEvent):
            return self._refuse(
                event, "a list or mapping where a key should stand", write="`key: value`; text with brackets goes in quotes"
            )
        route = (*holder.route, event.value)
        holder.key = event.value
        assert holder.pairs is not None
        holder.skip = event.value in holder.pairs
        if holder.skip:
            first = (self._places or self._tree).keys.get(route)
            where = f"; it stands in line {first.line} already" if first else ""
            self._complain(event, f"duplicate key `{event.value}`{where}", write="each key once")
        elif self._places is not None:
            self._places.keys[route] = _mark(event)
        return True

    def _put(self, holder: _Open | None, value: object) -> None:
        if holder is None:
            self._tree.data = value
        elif holder.items is not None:
            holder.items.append(value)
        else:
            assert holder.pairs is not None
            assert holder.key is not None
            if not holder.skip:
                holder.pairs[holder.key] = value
            holder.key, holder.skip = None, False

    def _complain(self, event: yaml.Event, message: str, *, write: str | None = None) -> None:
        mark = event.start_mark
        assert mark is not None
        self._tree.problems.append(_problem(self._tree, mark.line + 1, mark.column + 1, message, write=write))

    def _refuse(self, event: yaml.Event, message: str, *, write: str | None = None) -> bool:
        self._complain(event, message, write=write)
        return False


def _scalar(event: yaml.ScalarEvent) -> object:
    """The value of a scalar by the core schema of YAML 1.2 (section 10.3), without octal, hexadecimal, infinity and NaN."""
    text: str = event.value
    if event.style:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def _mark(event: yaml.NodeEvent) -> Mark:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    style = (event.style or None) if isinstance(event, yaml.ScalarEvent) else "collection"
    return Mark(start.line + 1, start.column + 1, start.index, end.index, style)


def _special(what: str) -> str:
    return f"text that begins with `{_SPECIAL[what]}` is a YAML {what}, which is not used here"


def _problem(tree: Tree, line: int, column: int, message: str, *, write: str | None = None) -> Problem:
    return Problem(message=message, file=tree.file, line=line, column=column, write=write)


def _syntax_problem(tree: Tree, error: yaml.MarkedYAMLError) -> Problem:
    """The error in words for somebody who does not know YAML's grammar. Nothing of the line is repeated, since it may hold a secret."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return _problem(tree, 1, 1, "this is not YAML")
    character = tree.text[mark.index : mark.index + 1]
    line_before = tree.text[tree.text.rfind("\n", 0, mark.index) + 1 : mark.index]
    message, write = f"this is not YAML: {error.problem}", None
    if character == "\t" or "\t" in line_before[: len(line_before) - len(line_before.lstrip())]:
        message, write = "a tab; YAML is indented with spaces", "spaces"
    elif error.problem and "cannot start any token" in error.problem:
        message, write = f"text cannot begin with `{character}` without quotes", "the whole text in single quotes"
    elif error.problem and "mapping values are not allowed" in error.problem:
        message, write = (
            "a second `: ` in this line, or a line indented more than its neighbours",
            "text that contains `: ` in single quotes",
        )
    elif error.context and (what := error.context.rpartition(" ")[2]) in _SPECIAL:
        message, write = _special(what), "the text in quotes"
    elif line_before.rstrip().endswith(('"', "'")):
        message, write = "the quotes end before the text does", "the whole text in single quotes, with double quotes inside"
    elif error.problem and ("unexpected end of stream" in error.problem or "expected ',' or" in error.problem):
        message, write, mark = "a quote or bracket is opened here and not closed", None, error.context_mark or mark
    elif error.problem and "nesting depth" in error.problem:
        message = f"nested deeper than {_MAX_DEPTH} levels"
    elif error.problem and "could not find expected ':'" in error.problem:
        message, write = "a line without `key:`, above this place", None
    return _problem(tree, mark.line + 1, mark.column + 1, message, write=write)


def _at(data: object, route: Route) -> object:
    for step in route:
        data = data[step]  # type: ignore[index]
    return data


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _source_offset(text: str, mark: Mark, value: str, offset: int) -> int:
    """The offset in `text` of the character at `offset` of a scalar's value.

    Folding, indentation and line breaks change only white space, so the other characters come in the same order: the n-th of them in the
    value is the n-th of them in the file. White space is taken to be where the character before it ends.
    """
    before = sum(1 for character in value[:offset] if not character.isspace())
    blank = offset >= len(value) or value[offset].isspace()
    wanted = before - 1 if blank else before
    end = mark.start
    for count, (start, end) in enumerate(_visible(text, mark)):
        if count == wanted:
            return end if blank else start
    return end if wanted >= 0 else mark.start


def _visible(text: str, mark: Mark) -> Iterator[tuple[int, int]]:
    """The (start, end) in the file of each character of a scalar that is not white space; an escape is one character."""
    position, end = mark.start, mark.end
    if mark.style in ("|", ">"):
        position = text.find("\n", position, end) + 1 or end
    elif mark.style in ("'", '"'):
        position, end = position + 1, end - 1
    while position < end:
        start, character = position, text[position]
        position += 1
        if mark.style == "'" and character == "'":
            position += 1
        elif mark.style == '"' and character == "\\":
            kind = text[position]
            digits = _HEX.get(kind, 0)
            character = chr(int(text[position + 1 : position + 1 + digits], 16)) if digits else _ESCAPES.get(kind, kind)
            position += 1 + digits
        if not character.isspace():
            yield start, position
