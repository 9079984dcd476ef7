"""From the text of a query to its tree, or to one QueryError that says where it is wrong, what stands there and what to write instead.

    query    := near ((AND near)* | (OR near)*)          never both at one level
    near     := NOT near | primary (NEAR/n primary)?
    primary  := "(" query ")" | field ":" primary | ATLEAST/n primary | @vocabulary | term

The syntax of other systems (`w/10`, `near10`, `adj10`, `pre/10`, `"a b"~10`, typographic quotes) is understood; `format_query` writes it
our way. What is ambiguous is refused: AND beside OR, `-word`, words without an operator between them.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import Literal, NoReturn, cast

from monitor.rules.query import And, AtLeast, Mode, Near, Not, Or, Query, Scope, Scoped, Tagged, Term, Vocab
from monitor.rules.tokens import MAX_DISTANCE, QueryError, Token, check_term, error, members, tokenize

__all__ = ["QueryError", "parse", "parse_term"]

MAX_DEPTH = 40  # of parentheses, fields and NOT; keeps recursion far from the interpreter's limit
_MODES: dict[str, Mode] = {"term": "plain", "exact": "exact", "substring": "substring"}
_TAGS = {
    "lang": re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z"),
    "country": re.compile(r"[A-Za-z]{2,5}\Z"),  # ISO 3166-1 alpha-2, and ASEAN, INT, EU for bodies
}
_term = tuple.__new__  # does the same as `Term(…)`, with one call less
_OPERANDS = {"term", "exact", "substring", "window", "any", "vocab", "field", "atleast", "(", "NOT"}


def parse(text: str) -> Query:
    """The tree of a query; raises QueryError, and nothing else, for text that is not a query. Takes time linear in the length of `text`."""
    return _Parser(text).parse()


def parse_term(text: str) -> Term:
    """One term of a vocabulary: `plain words`, `traffick*`, `=word`, `~part`, `case:"TIP"`.

    Words need no quotes, and operators mean nothing here.
    """
    start = len(text) - len(text.lstrip())
    end = max(start, len(text.rstrip()))
    body = text[start:end]
    mode: Mode = "plain"
    for prefix, prefix_mode in (("case:", "case"), ("=", "exact"), ("~", "substring")):
        if body.startswith(prefix):
            mode = cast(Mode, prefix_mode)
            body = body[len(prefix) :].lstrip()
            break
    if len(body) >= 2 and body[0] in '"“' and body[-1] in '"”':
        body = body[1:-1]
    if '"' in body:
        raise error("a quotation mark stands inside a term", text, start, end, write=body.replace('"', ""))
    kind = {"plain": "term", "case": "case"}.get(mode, mode)
    words = " ".join(body.split())
    wildcard = check_term(Token(kind, words, start, end), text)
    return Term(text=words, mode=mode, wildcard=wildcard, start=start, end=end)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.depth = 0
        self.scope: str | None = None

    def parse(self) -> Query:
        if len(self.tokens) == 1:
            raise error("the query is empty", self.text, 0, len(self.text), write="a term, a phrase in quotes, or @vocabulary")
        node = self.expression()
        token = self.tokens[self.at]
        if token.kind == ")":
            self.fail("a closing parenthesis that was never opened", token, write=self.text[: token.start].rstrip())
        self.no_lone_not(node, 0, token.end)
        return node

    # -- levels -----------------------------------------------------------------------------------------------------------------

    def expression(self) -> Query:
        """Operands joined by AND or by OR, never by both."""
        start = self.tokens[self.at].start
        operands = [self.near()]
        token = self.tokens[self.at]
        if token.kind not in ("AND", "OR"):
            if token.kind in _OPERANDS:
                self.fail_adjacent()
            return operands[0]
        spans = [(start, self.tokens[self.at - 1].end)]
        joints: list[str] = []
        while token.kind in ("AND", "OR"):
            joints.append(token.kind)
            self.at += 1
            first = self.tokens[self.at].start
            operands.append(self.near())
            spans.append((first, self.tokens[self.at - 1].end))
            token = self.tokens[self.at]
        if token.kind in _OPERANDS:
            self.fail_adjacent()
        return self.joined(operands, spans, joints)

    def joined(self, operands: list[Query], spans: list[tuple[int, int]], joints: list[str]) -> Query:
        start, end = spans[0][0], spans[-1][1]
        if "AND" in joints and "OR" in joints:
            self.fail_mixed(operands, spans, joints)
        if joints[0] == "AND":
            if all(isinstance(operand, Not) for operand in operands):
                self.no_lone_not(operands[0], start, end)
            return And(children=tuple(operands), start=start, end=end)
        for operand, span in zip(operands, spans, strict=True):
            if isinstance(operand, Not):
                message = "NOT beside OR would match nearly everything; NOT goes with AND"
                raise error(message, self.text, *span, write=f"… AND {self.text[span[0] : span[1]]}")
        return Or(children=tuple(operands), start=start, end=end)

    def near(self) -> Query:
        token = self.tokens[self.at]
        if token.kind == "NOT":
            self.enter(token)
            child = self.near()
            self.depth -= 1
            end = self.tokens[self.at - 1].end
            if isinstance(child, Not):
                raise error("NOT of a NOT", self.text, token.start, end, write=self.text[child.child.start : child.child.end])
            return Not(child=child, start=token.start, end=end)
        if token.kind == "term":
            self.at += 1
            left: Query = self.term(token, "plain")
        else:
            left = self.primary()
        operator = self.tokens[self.at]
        if operator.kind not in ("near", "onear"):
            return left
        self.at += 1
        right_start = self.tokens[self.at].start
        right = self.primary()
        end = self.tokens[self.at - 1].end
        joint = f"{'ONEAR' if operator.kind == 'onear' else 'NEAR'}/{operator.number}"
        self.check_side(left, token.start, operator.start, joint)
        self.check_side(right, right_start, end, joint)
        if self.tokens[self.at].kind in ("near", "onear"):
            middle = self.text[right_start:end]
            write = f"{self.text[token.start : end]} AND {middle} {self.tokens[self.at].text} …"
            self.fail("NEAR joins two terms, not three", self.tokens[self.at], write=write)
        ordered = operator.kind == "onear"
        return Near(left=left, right=right, distance=operator.number, ordered=ordered, start=token.start, end=end)

    def primary(self) -> Query:
        token = self.tokens[self.at]
        kind = token.kind
        if kind in _MODES:
            self.at += 1
            return self.term(token, _MODES[kind])
        if kind == "vocab":
            self.at += 1
            return Vocab(pattern=token.text, start=token.start, end=token.end)
        if kind == "any":
            return self.any_of(token)
        if kind == "(":
            return self.group(token)
        if kind == "field":
            return self.field(token)
        if kind == "window":
            self.at += 1
            return self.window(token)
        if kind == "atleast":
            return self.at_least(token)
        return self.fail_operand(token)

    def group(self, opening: Token) -> Query:
        self.enter(opening)
        node = self.expression()
        closing = self.tokens[self.at]
        if closing.kind != ")":
            write = f"{self.text[opening.start :].rstrip()})"
            raise error("a parenthesis is never closed", self.text, opening.start, opening.end, write=write)
        self.at += 1
        self.depth -= 1
        return node

    def any_of(self, token: Token) -> Query:
        self.enter(token)
        self.depth -= 1
        terms: list[Term] = []
        shift = token.start
        for text, plain, start, end in members(token.text):
            wildcard = not plain and check_term(Token("term", text, start + shift, end + shift), self.text)
            terms.append(_term(Term, (text, "plain", wildcard, start + shift, end + shift)))
        return terms[0] if len(terms) == 1 else Or(children=tuple(terms), start=terms[0].start, end=terms[-1].end)

    # -- what stands between operators --------------------------------------------------------------------------------------------

    def term(self, token: Token, mode: Mode) -> Term:
        wildcard = check_term(token, self.text)
        return Term(text=token.text, mode=mode, wildcard=wildcard, start=token.start, end=token.end)

    def field(self, token: Token) -> Query:
        if token.text == "case":
            return self.case(token)
        if self.scope is not None:
            message = f"{token.text}: stands inside {self.scope}:"
            self.fail(f"{message}; a field counts for everything after it", token, write=f"… AND {token.text}:…")
        if token.text in _TAGS:
            return self.tag(token)
        self.enter(token)
        self.scope = token.text
        start = self.tokens[self.at].start
        child = self.primary()
        self.scope = None
        self.depth -= 1
        end = self.tokens[self.at - 1].end
        if isinstance(child, Not):
            write = f"NOT {token.text}:…"
            raise error("NOT stands before the field", self.text, token.start, end, write=write)
        following = self.tokens[self.at]
        if following.kind in ("near", "onear"):
            message = f"it is not clear whether {token.text}: counts for both sides of {following.text}"
            write = f"{token.text}:({self.text[start:end]} {following.text} …)"
            raise error(message, self.text, token.start, following.end, write=write)
        return Scoped(scope=cast(Scope, token.text), child=child, start=token.start, end=end)

    def case(self, token: Token) -> Term:
        self.at += 1
        value = self.tokens[self.at]
        if value.kind != "term":
            message = 'after case: stands a term or a phrase, as in case:"TIP"'
            raise error(message, self.text, token.start, value.end, write='case:"…"')
        self.at += 1
        check_term(value._replace(kind="case"), self.text)
        return Term(text=value.text, mode="case", start=token.start, end=value.end)

    def tag(self, token: Token) -> Tagged:
        self.at += 1
        value = self.tokens[self.at]
        example = "th" if token.text == "lang" else "la"
        if value.kind in ("(", "any"):
            write = f"({token.text}:{example} OR {token.text}:…)"
            self.fail(f"{token.text}: takes one value; join several with OR", value, write=write)
        if value.kind != "term" or not _TAGS[token.text].match(value.text):
            kind = "a language tag" if token.text == "lang" else "a country code"
            message = f"after {token.text}: stands {kind}"
            raise error(message, self.text, token.start, value.end, write=f"{token.text}:{example}")
        self.at += 1
        key: Literal["lang", "country"] = "lang" if token.text == "lang" else "country"
        return Tagged(key=key, value=canonical_tag(key, value.text), start=token.start, end=value.end)

    def at_least(self, token: Token) -> AtLeast:
        self.enter(token)
        start = self.tokens[self.at].start
        child = self.primary()
        self.depth -= 1
        end = self.tokens[self.at - 1].end
        if not countable(child):
            message = f"{token.text} counts a term, a vocabulary, or several of them joined with OR"
            raise error(message, self.text, start, end, write=f"ATLEAST/{token.number} (a OR b)")
        return AtLeast(count=token.number, child=child, start=token.start, end=end)

    def window(self, token: Token) -> Query:
        """`"a b"~n` means NEAR/n; with more than two words, any two of them have to be near each other, with room for the others."""
        words = token.text.split()
        if not 2 <= len(words) <= 5:
            message = '"…"~n takes two to five words'
            raise error(message, self.text, token.start, token.end, write=f'"{token.text}"' if words else "a NEAR/10 b")
        terms = [self.term(token._replace(kind="term", text=word), "plain") for word in words]
        distance = min(token.number + len(words) - 2, MAX_DISTANCE)
        start, end = token.start, token.end
        pairs = tuple(Near(left=a, right=b, distance=distance, start=start, end=end) for a, b in combinations(terms, 2))
        return pairs[0] if len(pairs) == 1 else And(children=pairs, start=start, end=end)

    # -- complaints ---------------------------------------------------------------------------------------------------------------

    def enter(self, token: Token) -> None:
        self.at += 1
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nested deeper than {MAX_DEPTH} levels", token, write="a vocabulary for the inner part")

    def fail(self, message: str, token: Token, write: str | None = None) -> NoReturn:
        raise error(message, self.text, token.start, token.end, write=write)

    def fail_operand(self, token: Token) -> NoReturn:
        before = self.tokens[self.at - 1] if self.at else None
        place = f" after {before.text}" if before and before.kind not in ("(", ")", "any") else ""
        if before and before.kind == "field":
            place = f" after {before.text}:"
        if token.kind == "NOT":
            self.fail(f"NOT cannot stand{place}; it goes before a whole part", token, write="… AND NOT …")
        if token.kind == ")" and before and before.kind == "(":
            raise error("nothing stands between the parentheses", self.text, before.start, token.end)
        what = "the query ends" if token.kind == "end" else f"{token.text} stands"
        self.fail(f"{what} where a term is expected{place}", token, write="a term, a phrase in quotes, or @vocabulary")

    def fail_adjacent(self) -> NoReturn:
        """Complain of two operands without an operator; suggest a phrase, if it can be one, or AND."""
        first = last = self.at - 1
        while first > 0 and self.tokens[first - 1].kind == "term" and self.tokens[first].kind == "term":
            first -= 1
        while self.tokens[last + 1].kind == "term" and self.tokens[last].kind == "term":
            last += 1
        here = self.tokens[self.at]
        if last > first:
            words = self.tokens[first : last + 1]
            phrase = " ".join(word.text for word in words)
            joined = " AND ".join(self.text[word.start : word.end] for word in words)
            span = words[0].start, words[-1].end
            raise error("no operator between the words", self.text, *span, write=f'"{phrase}" or {joined}')
        if here.kind == "NOT":
            self.fail("NOT needs an AND before it", here, write="AND NOT")
        left = self.tokens[self.at - 1]
        joined = f"{self.text[left.start : left.end]} AND {self.text[here.start : here.end]}"
        raise error("no operator before this", self.text, here.start, here.end, write=f"{joined} (or OR)")

    def fail_mixed(self, operands: list[Query], spans: list[tuple[int, int]], joints: list[str]) -> NoReturn:
        pieces = [self.text[start:end] for start, end in spans]
        readings = [grouped(pieces, joints, inner="AND", outer="OR")]
        if not any(isinstance(operand, Not) for operand in operands):
            readings.append(grouped(pieces, joints, inner="OR", outer="AND"))
        message = "AND and OR stand side by side; parentheses must say which belongs together"
        raise error(message, self.text, spans[0][0], spans[-1][1], write="   or   ".join(readings))

    def no_lone_not(self, node: Query, start: int, end: int) -> None:
        if isinstance(node, Not):
            message = "a query that is only NOT would match nearly everything; say first what to look for"
            raise error(message, self.text, start, end, write=f"… AND {self.text[start:end]}")

    def check_side(self, side: Query, start: int, end: int, joint: str) -> None:
        if not countable(side):
            message = f"each side of {joint} is a term, a vocabulary, or several of them joined with OR"
            raise error(message, self.text, start, end, write=f"(a OR b) {joint} c")


def countable(node: Query) -> bool:
    """Whether `node` has hits with a place: a term, a vocabulary, or an OR of such."""
    if isinstance(node, Or):
        return all(countable(child) for child in node.children)
    return isinstance(node, Term | Vocab)


def canonical_tag(key: Literal["lang", "country"], value: str) -> str:
    """`zh-Hans`, `th`; country codes in small letters."""
    if key == "country":
        return value.lower()
    first, *rest = value.split("-")
    return "-".join([first.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])


def grouped(pieces: list[str], joints: list[str], *, inner: str, outer: str) -> str:
    """The operands with those joined by `inner` in parentheses: one of the two readings of a mixed query."""
    groups = [[pieces[0]]]
    for joint, piece in zip(joints, pieces[1:], strict=True):
        if joint == inner:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return f" {outer} ".join(group[0] if len(group) == 1 else f"({f' {inner} '.join(group)})" for group in groups)
