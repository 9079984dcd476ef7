"""The syntax tree of a query. `parse` makes it from text, `format` writes it as text, `compile` makes a matcher of it.

`start` and `end` are code point offsets in the text of the query; they do not count when nodes are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Scope = Literal["title", "lead", "body", "url", "source"]
Mode = Literal["plain", "exact", "substring", "case"]


class Term(NamedTuple):
    """A word or a phrase, as written between its quotes.

    `mode`: `plain`; `exact` (`=term`: this very word, no plural, always at word boundaries); `substring` (`~term`); `case`
    (`case:"TIP"`: as written, capitals and all). `*` (any letters after) and `?` (exactly one letter) stand in `text` unescaped where
    `wildcard` is set.
    """

    text: str
    mode: Mode = "plain"
    wildcard: bool = False
    start: int = 0
    end: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and self[:3] == other[:3]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocab:
    """`@name` or `@group/*`: any term of the vocabularies that `pattern` names (without the `@`)."""

    pattern: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of `children` hold. A `Not` among them must not hold; at least one child is not a `Not`."""

    children: tuple[Query, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """At least one of `children` holds; none of them is a `Not`."""

    children: tuple[Query, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """`child` does not hold; stands only inside an `And`."""

    child: Query
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """At most `distance` words stand between a hit of `left` and one of `right`, in this order if `ordered`; never across title and body.
    Both sides are a `Term`, a `Vocab` or an `Or` of such."""

    left: Query
    right: Query
    distance: int
    ordered: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """`child` holds counting only hits in `scope`; `lead` is the headline and the first two paragraphs."""

    scope: Scope
    child: Query
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """The article's `key` (`lang`, `country`) is `value`; `lang:zh` also holds for `zh-Hans`."""

    key: Literal["lang", "country"]
    value: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """`child` (a `Term`, a `Vocab` or an `Or` of such) occurs `count` times or more."""

    count: int
    child: Query
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Query = Term | Vocab | And | Or | Not | Near | Scoped | Tagged | AtLeast


def leaves(query: Query) -> Iterator[Term | Vocab]:
    """The terms and vocabularies of a query, from left to right."""
    match query:
        case Term() | Vocab():
            yield query
        case And() | Or():
            for child in query.children:
                yield from leaves(child)
        case Near():
            yield from leaves(query.left)
            yield from leaves(query.right)
        case Not() | Scoped() | AtLeast():
            yield from leaves(query.child)
        case Tagged():
            return


def named(pattern: str, names: Collection[str]) -> list[str]:
    """Those of the `names` of vocabularies that `@pattern` stands for, sorted."""
    if pattern.endswith("/*"):
        return sorted(name for name in names if name.startswith(pattern[:-1]))
    return [pattern] if pattern in names else []
