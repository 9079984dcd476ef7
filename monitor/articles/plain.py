"""Plain text: what comes from outside is cleaned once, here, and stays clean."""

from __future__ import annotations

import re
import unicodedata

from monitor.text import clean_text

# Soft hyphens, direction and byte order marks, annotation and tag characters mean nothing to a reader. Joiners and the zero-width space
# stay: Khmer, Burmese and Tamil are written with them.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200e\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_SPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(
    r"[\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4-\u00b8\u00bb\u00bf\u200b-\u206f\u2190-\u2bff\u3001-\u303f\ufe30-\ufe6f"
    r"។-៚၊-၏฿ฯ๏๚๛।॥]+"
)
_JOINERS = "\u200b\u200c\u200d"


def line(text: str) -> str:
    """`text` as one line: in NFC, each run of white space as one space, without invisible characters except joiners within the text."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = clean_text(str(text))  # lxml's own strings would keep its tree alive
    previous = None
    while text != previous:  # without a mark a space or a joiner may now stand at the end, or two letters together
        previous = text
        text = unicodedata.normalize("NFC", _SPACE.sub(" ", _INVISIBLE.sub("", text))).strip(f" {_JOINERS}")
    return text


def visible(text: str) -> str:
    """`text` without the invisible characters that may stand inside words."""
    return _INVISIBLE.sub("", text)


def lines(text: str) -> list[str]:
    """The lines of `text`, each as `line` makes it; empty ones are kept, so that blank lines can be seen."""
    return [line(part) for part in clean_text(str(text)).split("\n")]


def fold(text: str) -> str:
    """The text without case, white space and punctuation: equal for two lines that say the same."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _PUNCTUATION.sub("", text.casefold())


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(c.isalnum() for c in text)
