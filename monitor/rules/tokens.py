"""The tokens of the query language, made of its text in one pass; and QueryError, by which this and `parse` say what is wrong and where."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from monitor.errors import MonitorError

FIELDS = ("title", "lead", "body", "url", "source", "lang", "country", "case")
MAX_DISTANCE = 1000


class QueryError(MonitorError):
    """A query that cannot be read: what is wrong, where, what stands there, and what to write instead.

    `start` and `end` are code point offsets in the query, `end` exclusive; `found` is the text between them.
    """

    exit_code = 2

    def __init__(self, message: str, *, start: int, end: int, found: str, write: str | None = None) -> None:
        self.message = message
        self.start = start
        self.end = end
        self.found = found
        self.write = write
        text = f"{message} (at {start + 1}: {found})" if found else f"{message} (at {start + 1})"
        super().__init__(f"{text}; write: {write}" if write else text)


class Token(NamedTuple):
    """One token. `kind`: term exact substring window any vocab field near onear atleast AND OR NOT ( ) end.

    `text` is the term without its quotes and prefix, the name of the field or vocabulary; `number` the n of NEAR/n, ATLEAST/n and `"…"~n`.
    `any` is a whole `(a OR "b c" OR d*)` of nothing but plain terms; most of a query consists of these, so they are read in one piece.
    """

    kind: str
    text: str
    start: int
    end: int
    number: int = 0


# What word processors and Asian keyboards write for the ASCII signs of the language. Each is one character, so that offsets stay.
_TYPOGRAPHIC = str.maketrans("“”„‟«»＂「」（）：", '""""""' + '"""():')
_IS_TYPOGRAPHIC = re.compile(f"[{''.join(map(chr, _TYPOGRAPHIC))}]")
_token = tuple.__new__  # does the same as `Token(…)`, with one call less: a query is mostly plain tokens

_RESERVED = {"AND", "OR", "NOT", "NEAR", "ONEAR", "ATLEAST", "ANDNOT"}
_PLAIN = rf"""(?:"[^"]*+"|(?!(?i:{"|".join(sorted(_RESERVED))})[\s()])[^\W\d_]++\*?)"""
_PIECE = re.compile(
    rf"""(\(\s*+{_PLAIN}(?:\s++OR\s++{_PLAIN})*+\s*+\))
      | ([()])
      | (AND|OR|NOT)(?=[\s()"]|\Z)
      | ([^\W\d_]+)(?=[\s()]|\Z)
      | ([=~]?"[^"]*"(?:~[^\s()"]*)?)
      | ((?:url|source):(?!case:)[^\s()"=~@:][^\s()"]*:[^\s()"]*)
      | ([^\W\d_][^\s()":]*:)
      | ([=~]?")
      | ([^\s()"]+)""",
    re.VERBOSE,
)  # what it leaves out is white space
_ANY, _PAREN, _OPERATOR, _LETTERS, _QUOTED, _ADDRESS, _FIELD, _LONE_QUOTE, _OTHER = range(1, 10)
_MEMBER = re.compile(r""""[^"]*"|[^\s()"]+""")  # of an `any`, or the OR before it

_DISTANCE = re.compile(r"(?:(o?near|w|pre)/(-?\w*)|(near|adj)([0-9]+))\Z", re.IGNORECASE)
_ATLEAST = re.compile(r"atleast/(-?\w*)\Z", re.IGNORECASE)
_VOCABULARY = re.compile(r"@[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*(?:/\*)?\Z")
_ORDERED = {"onear", "pre"}
_OPERATORS = {"AND", "OR", "NOT"}
_LONGEST_RESERVED = max(map(len, _RESERVED))
_WRONG_OPERATORS = {"&&": "AND", "&": "AND", "+": "AND", "||": "OR", "|": "OR", "!": "NOT", "-": "NOT", "ANDNOT": "AND NOT"}
_WORD_END = re.compile(r"[\s()\"“”（）]")
_MEANINGLESS = re.compile(r"[\[\]{}<>^|\\;,!~=@]")
# Thai, Lao, Burmese, Khmer, kana, Han: scripts that put no spaces between words.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3040-\u30ff\u3400-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff]"
)


def tokenize(text: str) -> list[Token]:
    """All tokens of `text` and an `end` token; raises QueryError at the first word that has no meaning."""
    tokens: list[Token] = []
    plain = text if text.isascii() or _IS_TYPOGRAPHIC.search(text) is None else text.translate(_TYPOGRAPHIC)
    for piece in _PIECE.finditer(plain):
        kind = piece.lastindex
        found = piece[0]
        start, end = piece.span()
        if kind == _QUOTED:
            tokens.append(_phrase(found, start, text))
        elif kind == _ANY:
            tokens.append(_token(Token, ("any", found, start, end, 0)))
        elif kind in (_PAREN, _OPERATOR):
            tokens.append(_token(Token, (found, found, start, end, 0)))
        elif kind == _LETTERS and (len(found) > _LONGEST_RESERVED or found.upper() not in _RESERVED):
            tokens.append(_token(Token, ("term", found, start, end, 0)))
        elif kind == _ADDRESS:  # a colon after url: or source: is part of the address
            name, _, value = found.partition(":")
            tokens.append(Token("field", name, start, end - len(value)))
            tokens.append(Token("term", value, end - len(value), end))
        elif kind == _FIELD:
            tokens.append(_field(found, start, text))
        elif kind == _LONE_QUOTE:
            raise error("a quotation mark is never closed", text, start, len(text), write=f'{text[start:].rstrip()}"')
        else:
            tokens.append(_word(found, start, text))
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


Members = tuple[tuple[str, bool, int, int], ...]


def members(text: str) -> Members:
    """The terms of the text of an `any`, each with whether it is plain and its place in the text."""
    return _remembered(text) if len(text) <= _WORTH_REMEMBERING else _members(text)


_WORTH_REMEMBERING = 2000  # characters; so what is remembered never takes more than some megabytes


@lru_cache(maxsize=256)
def _remembered(text: str) -> Members:
    """As `_members`, and remembered: people paste the same list into many rules."""
    return _members(text)


def _members(text: str) -> Members:
    found: list[tuple[str, bool, int, int]] = []
    end = 0
    for piece in _MEMBER.findall(text):
        start = text.index(piece, end)
        end = start + len(piece)
        if piece != "OR":
            term = " ".join(piece.strip('"').split())
            found.append((term, is_plain(term), start, end))
    return tuple(found)


def error(message: str, text: str, start: int, end: int, write: str | None = None) -> QueryError:
    return QueryError(message, start=start, end=end, found=text[start:end], write=write)


def needs_quotes(term: str) -> bool:
    """Whether a plain term would be read as something else if it were written without quotes."""
    try:
        tokens = tokenize(term)
    except QueryError:
        return True
    return len(tokens) != 2 or tokens[0].kind != "term" or tokens[0].text != term


def is_plain(term: str) -> bool:
    """Whether a quick look shows that the term can be looked for and has no wildcard; nearly all terms are like that."""
    return term[:1].isalnum() and term.isprintable() and "*" not in term and "?" not in term


def check_term(token: Token, text: str) -> bool:
    """Whether the term holds a wildcard; raises QueryError for one that could never be looked for."""
    term = token.text
    if is_plain(term):
        return False
    if not any(map(str.isalnum, term)):
        raise error("there is no letter or digit here to look for", text, token.start, token.end)
    if not term.isprintable() and (control := next((c for c in term if c < " " and not c.isspace()), None)):
        raise error(f"a control character (U+{ord(control):04X}) stands in a term", text, token.start, token.end)
    if "*" not in term and "?" not in term:
        return False
    if token.kind != "term":
        message = "a wildcard does not go with = (exactly this word) or ~ (bare substring)"
        raise error(message, text, token.start, token.end, write=term)
    for word in term.split():
        if "*" in word or "?" in word:
            _check_wildcard(word, token, text)
    literal = [character for character in term if character.isalnum() or unicodedata.category(character).startswith("M")]
    if len(literal) < 3:
        raise error("a wildcard needs at least three letters beside it", text, token.start, token.end)
    return True


def _check_wildcard(word: str, token: Token, text: str) -> None:
    literal = word.replace("*", "").replace("?", "")
    if UNSPACED.search(word):
        message = "no wildcards in scripts without spaces: a term may stand anywhere there, also inside a longer word"
        raise error(message, text, token.start, token.end, write=literal or None)
    if word.startswith("*"):
        message = "a wildcard does not begin a word; to look inside words use ~"
        raise error(message, text, token.start, token.end, write=f"~{literal}" if literal else None)
    if "**" in word:
        raise error("one * is enough", text, token.start, token.end, write=re.sub(r"\*+", "*", text[token.start : token.end]))


def _term(kind: str, term: str, start: int, end: int, number: int = 0) -> Token:
    return Token(kind, " ".join(term.split()), start, end, number)


def _phrase(found: str, start: int, text: str) -> Token:
    end = start + len(found)
    if found[0] == found[-1] == '"':
        return _token(Token, ("term", " ".join(found[1:-1].split()), start, end, 0))
    kind = {"=": "exact", "~": "substring"}.get(found[0], "term")
    opening = found.index('"')
    closing = found.rindex('"')
    slop = found[closing + 2 :] if closing + 1 < len(found) else None
    inner = found[opening + 1 : closing]
    if slop is None:
        return _term(kind, inner, start, end)
    if kind != "term":
        raise error('"…"~n does not go with = or ~ before the quotes', text, start, end)
    return _term("window", inner, start, end, _number(slop, '"…"~', start, end, text))


def _field(found: str, start: int, text: str) -> Token:
    end = start + len(found)
    name = found[:-1]
    if name in FIELDS:
        return Token("field", name, start, end)
    near = difflib.get_close_matches(name[:20].lower(), FIELDS, n=1, cutoff=0.5)
    quoted = f'"{_WORD_END.split(text[start:], maxsplit=1)[0]}"'
    known = ", ".join(f"{field}:" for field in FIELDS)
    write = f"{near[0]}: or, for the text itself, {quoted}" if near else quoted
    raise error(f"there is no field {found} (there are {known})", text, start, end, write=write)


def _word(found: str, start: int, text: str) -> Token:
    end = start + len(found)
    if found[0] == "@":
        return _vocabulary(found, start, text)
    if distance := _DISTANCE.match(found):
        name = (distance[1] or distance[3]).lower()
        kind = "onear" if name in _ORDERED else "near"
        number = _number(distance[2] if distance[1] else distance[4], f"{kind.upper()}/", start, end, text)
        return Token(kind, found, start, end, number)
    if atleast := _ATLEAST.match(found):
        count = _number(atleast[1], "ATLEAST/", start, end, text)
        if count == 0:
            raise error("ATLEAST/0 always holds", text, start, end, write="ATLEAST/2")
        return Token("atleast", found, start, end, count)
    _refuse_lookalikes(found, start, text)
    mode = {"=": "exact", "~": "substring"}.get(found[0])
    term = found if mode is None else found[1:]
    if meaningless := _MEANINGLESS.search(term):
        message = f"{meaningless.group()} has no meaning in a query; put the words in quotes if it belongs to them"
        write = f"{found[:-1]} OR" if found[-1] in ",;" else f'"{found}"'
        raise error(message, text, start, end, write=write)
    return _term(mode or "term", term, start, end)


def _vocabulary(found: str, start: int, text: str) -> Token:
    end = start + len(found)
    if _VOCABULARY.match(found):
        return Token("vocab", found[1:], start, end)
    message = "the name of a vocabulary is @name, @group/name or @group/*, in small letters, digits and hyphens"
    plain = found.lower().replace("_", "-")
    raise error(message, text, start, end, write=plain if _VOCABULARY.match(plain) else "@group/name")


def _number(digits: str, operator: str, start: int, end: int, text: str) -> int:
    if not re.fullmatch("[0-9]+", digits):
        raise error(f"{operator}n needs a whole number", text, start, end, write=f"{operator}10")
    if len(digits) > 4 or int(digits) > MAX_DISTANCE:
        raise error(f"{operator}n goes up to {MAX_DISTANCE}", text, start, end, write=f"{operator}{MAX_DISTANCE}")
    return int(digits)


def _refuse_lookalikes(found: str, start: int, text: str) -> None:
    """Complain of words that are operators elsewhere: read as plain terms, they would silently change what a rule means."""
    end = start + len(found)
    upper = found.upper()
    if operator := _WRONG_OPERATORS.get(found):
        raise error(f"{found} is no operator here; did you mean {operator}?", text, start, end, write=operator)
    if upper in _OPERATORS:
        message = f"did you mean {upper}? Operators are written in capitals"
        raise error(message, text, start, end, write=f'{upper}, or "{found}" for the word')
    if upper in ("NEAR", "ONEAR", "ATLEAST"):
        message = f"{upper} needs a number"
        example = f"{upper}/3" if upper == "ATLEAST" else f"{upper}/10"
        raise error(f"did you mean {example}? {message}", text, start, end, write=f'{example}, or "{found}" for the word')
    if found[0] in "-!" and len(found) > 1:
        raise error(f"{found[0]} before a word is no operator here", text, start, end, write=f"AND NOT {found[1:]}")
    if found[0] == "+" and len(found) > 1:
        raise error(
            "+ before a word is no operator here; join what must hold with AND", text, start, end, write=f"AND {found[1:]}"
        )
    if found[0] == "/" and len(found) > 1:
        raise error("regular expressions are not run; use wildcards (traffick*, wom?n)", text, start, end, write=f'"{found}"')
