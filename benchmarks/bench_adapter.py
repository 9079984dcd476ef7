"""The matcher behind the two calls that a foreign benchmark makes: `build(rule_texts) -> match`, `match(title, body) -> hits`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.rules.compile import compile_rules
from monitor.rules.match import Document, Field
from monitor.rules.rule import Rule

Spans = list[tuple[Field, int, int]]


def build(rule_texts: Sequence[str]) -> Callable[[str, str], list[tuple[int, Spans]]]:
    """A function from (title, body) to (index of the rule, its hits as field and code point offsets) for each rule that holds."""
    rule_set = compile_rules([Rule(id=str(number), title=text, when=text) for number, text in enumerate(rule_texts)], [])

    def match(title: str, body: str) -> list[tuple[int, Spans]]:
        found = rule_set.find(Document(title=title, body=body))
        return [(int(each.rule.id), found.spans(each.when)) for each in rule_set.holding(found)]

    return match
