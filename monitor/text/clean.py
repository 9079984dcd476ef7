"""Text from outside, made fit to be stored, shown and matched."""

from __future__ import annotations

import re

# Left out: characters a reader never sees and a database or an XML file refuses (C0, C1, noncharacters), and those that turn the
# reading direction of what follows (UAX 9 overrides, embeddings, isolates), with which a headline can lie. Zero-width spaces and
# joiners stay: Khmer and Burmese text is written with them.
_DROPPED = r"\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff"
_SUSPECT = re.compile(rf"[{_DROPPED}\x0b\x0c\r\x85\u2028\u2029\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_DROP = re.compile(f"[{_DROPPED}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    r"""`text` without control characters, NUL, noncharacters and bidi overrides; the same text if it has none.

    Every kind of line end becomes `\n`, a tab stays, a lone surrogate becomes U+FFFD (UTF-8 cannot carry it). The result encodes as
    UTF-8 and is not normalised in any other way; cleaning it again changes nothing.
    """
    if text.isprintable() or _SUSPECT.search(text) is None:
        return text
    return _SURROGATE.sub("\ufffd", _DROP.sub("", _LINE_END.sub("\n", text)))
