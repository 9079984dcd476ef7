"""Text that was encoded as UTF-8 twice: a program took UTF-8 for Latin-1 or windows-1252 and wrote its characters out as UTF-8 once more.

`é` then reads `Ã©`, `ตำรวจ` reads `à¸•à¸³à¸£à¸§à¸ˆ`. Undoing it is ftfy's work; whether a document is worth it, a cheap look at its
bytes tells.
"""

from __future__ import annotations

import re

# A lead and as many continuations as it wants, each as the UTF-8 of the character that its byte is in Latin-1 or windows-1252. The last may
# be lost, or all of them: some bytes have no character in windows-1252, or one that nobody prints. A byte that begins every match
# makes the look cheap.
_NEXT = rb"(?:\xc2[\x80-\xbf]|\xe2[\x80\x82\x84][\x80-\xbf]|\xc5[\x80-\xbf]|\xc6\x92|\xcb[\x86\x9c])"
_LOST = rb"(?:\?|\xef\xbf\xbd|\xc3[\xa0-\xaf]%b)" % _NEXT
_MARK = re.compile(
    rb"\xc3(?:[\x82-\x9f]%(n)b|[\xa0-\xaf]%(n)b(?:%(n)b|%(lost)b)|[\xb0-\xb4]%(n)b{3}|\xa0(?:\xc3\xa0){2}|\xa1(?:\xc3\xa1){2})"
    % {b"n": _NEXT, b"lost": _LOST}
)
_PIECE = re.compile(r"[^<>\n]+")
# What ftfy lets pass: one Vietnamese vowel in a text without others, and leads of Thai, Khmer or Burmese that lost what they led.
_DOUBTFUL = re.compile("á[º»](?:[\x80-\xbf\u0152-\u0192\u02c6-\u02dc\u2020-\u2022\u2030-\u2122]|[\u2013-\u2026]\\w)|à{3}|á{3}")


def may_be_mojibake(utf8: bytes) -> bool:
    """Whether there are characters in a row which UTF-8 is when it is taken for something else."""
    return _MARK.search(utf8) is not None


def mended(text: str) -> tuple[str, bool]:
    """`text` as it was before it was encoded twice, wherever that is certain, piece by piece between tags; and whether it may be wrong:
    something was mended, or looks as if it should be and cannot."""
    from ftfy import fix_encoding  # here: 8 MB and 40 ms, which few documents are worth
    from ftfy.badness import is_bad

    doubtful = False

    def mend(piece: re.Match[str]) -> str:
        nonlocal doubtful
        if not may_be_mojibake(piece[0].encode("utf-8", "replace")):
            return piece[0]
        right = fix_encoding(piece[0])
        doubtful = doubtful or right != piece[0] or is_bad(right) or _DOUBTFUL.search(right) is not None
        return right

    return _PIECE.sub(mend, text), doubtful
