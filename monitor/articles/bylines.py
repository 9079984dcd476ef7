"""Who wrote an article: the names in by-lines, author tags and feeds."""

from __future__ import annotations

import re

from monitor.articles import plain
from monitor.articles.phrases import BY_LINE, compiled

_PARTICLE_WORDS = (
    "and & de del dela la van von der bin binti bt al el abu ibn dan with for the of in s/o d/o a/l a/p the at und y"
)
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_SPLIT = re.compile(r"\s*(?:[,;/、，|•·]|\s&\s|\sand\s|\sdan\s|\svà\s|และ|\sat\s(?=[A-Z]))\s*")
_ADDRESS = re.compile(r"\S*(?:@|\[email)\S*(?:\sprotected\])?|https?://\S+|www\.\S+")
_NAKED = (
    "by",
    "oleh",
    "written by",
    "story by",
    "report by",
    "reported by",
    "ditulis oleh",
    "isinulat ni",
    "โดย",
    "ໂດຍ",
    "bởi",
    "ข่าวโดย",
    "เขียนโดย",
)


def read(line: str) -> tuple[str, ...]:
    """The names in a by-line (`By Times Reporters`, `Penulis: …`, `文/…`); none if the line is not a by-line."""
    if len(line) > 120:
        return ()
    match = compiled(r"\W{0,3}(?<![^\W_])", BY_LINE, r"\s*[:：៖/|]\s*(?P<names>\S.{1,100})").fullmatch(line)
    if match:
        found = names(match["names"])
        return found if all(len(name) <= 60 for name in found) else ()
    match = compiled(r"\W{0,3}", _NAKED, r"\s+(?P<names>\S.{1,80})").fullmatch(line)
    if match and _could_be_names(match["names"]):
        return names(match["names"])
    return ()


def names(text: str) -> tuple[str, ...]:
    """The single names in `text`, in its order, without the word `by`, addresses and repetitions."""
    text = _ADDRESS.sub(" ", text)
    text = re.sub(r"(?i)^\W*(?:by|oleh|โดย|written by|posted by|penulis|tác giả)\b\s*[:：]?\s*", "", plain.line(text))
    found: dict[str, str] = {}
    for part in _SPLIT.split(text):
        name = re.sub(r"(?i)^(?:and|dan|by|oleh)\s+|\s+follow$", "", plain.line(part)).strip(" .,;:|-–—()[]\"'“”")
        if name and len(name) <= 80 and any(c.isalpha() for c in name):
            found.setdefault(plain.fold(name), name)
    return tuple(found.values())


def _could_be_names(text: str) -> bool:
    """Whether these are few words, all written like names; in scripts without capitals, whether they are few."""
    words = text.split()
    if any(c.isdigit() for c in text) or (text.endswith((".", "!", "?", ":")) and not text.endswith(" Jr.")):
        return False
    if not any(c.isascii() and c.isalpha() for c in text):
        return len(text) <= 40 and len(words) <= 4
    return (
        len(words) <= 10
        and all(
            word.lower().strip(",()") in _PARTICLES or not word[0].isalpha() or word[0].isupper() or not word[0].isascii()
            for word in words
        )
        and any(word[0].isupper() for word in words)
    )


def is_signature(line: str) -> bool:
    """Whether a line that stands alone after the text is a name of two to four words, as Vietnamese papers sign."""
    words = line.split()
    return (
        2 <= len(words) <= 4
        and len(line) <= 40
        and all(word[0].isupper() and word.replace("-", "").isalpha() for word in words)
    )
