"""Text that was encoded as UTF-8 twice: a program took UTF-8 for an older encoding and wrote its characters out as UTF-8 once more.

Where it was taken for Latin-1 or windows-1252, `é` reads `Ã©` and `ต` reads `à¸•`: ftfy repairs that. Where it was taken for windows-874,
which ftfy does not know, `ต` reads `เธ•`. A cheap look tells whether a document needs any repair.
"""

from __future__ import annotations

import re

# A lead byte of UTF-8 and its continuation bytes, each turned into a character of Latin-1 or windows-1252 and that into UTF-8 again. The
# last continuation may be lost, or all of them: some bytes have no character in windows-1252, or one that nobody prints. All matches
# begin with the same byte, which makes the search cheap.
_NEXT = rb"(?:\xc2[\x80-\xbf]|\xe2[\x80\x82\x84][\x80-\xbf]|\xc5[\x80-\xbf]|\xc6\x92|\xcb[\x86\x9c])"
_LOST = rb"(?:\?|\xef\xbf\xbd|\xc3[\xa0-\xaf]%b)" % _NEXT
_MARK = re.compile(
    rb"\xc3(?:[\x82-\x9f]%(n)b|[\xa0-\xaf]%(n)b(?:%(n)b|%(lost)b)|[\xb0-\xb4]%(n)b{3}|\xa0(?:\xc3\xa0){2}|\xa1(?:\xc3\xa1){2})"
    % {b"n": _NEXT, b"lost": _LOST}
)
# Three Thai letters, each of which has become two and a third that may be lost.
_THAI_NEXT = "[\x80-\xa0ก-ฟ€…‘’“”•–—]"
_THAI = re.compile(f"(?:เ[ธน]{_THAI_NEXT})+")
_THAI_MARK = re.compile(f"เ[ธน]{_THAI_NEXT}?[?\ufffd]?เ[ธน]{_THAI_NEXT}?[?\ufffd]?เ[ธน]")
_PIECE = re.compile(r"[^<>\n]+")
# What ftfy overlooks: a single Vietnamese vowel, and lead bytes of Thai, Khmer or Burmese that have lost their continuation.
_DOUBTFUL = re.compile("á[º»](?:[\x80-\xbf\u0152-\u0192\u02c6-\u02dc\u2020-\u2022\u2030-\u2122]|[\u2013-\u2026]\\w)|à{3}|á{3}")


def may_be_mojibake(text: str, utf8: bytes) -> bool:
    """Whether `text`, whose bytes are `utf8`, holds a run of characters as UTF-8 looks when it is taken for another encoding."""
    return _MARK.search(utf8) is not None or _THAI_MARK.search(text) is not None


def mended(text: str) -> tuple[str, bool]:
    """`text` as it was before it was encoded twice, repaired wherever that is certain; and whether it may be wrong, because something was
    repaired or looks as if it needed repair that is not possible. Each piece between two tags is judged by itself."""
    from ftfy import fix_encoding  # here: 8 MB and 40 ms, which few documents are worth
    from ftfy.badness import is_bad

    doubtful = False

    def mend(piece: re.Match[str]) -> str:
        nonlocal doubtful
        was = piece[0]
        if _THAI_MARK.search(was):
            doubtful = True
            return _from_thai(was)
        if not _MARK.search(was.encode("utf-8", "replace")):
            return was
        right = fix_encoding(was)
        doubtful = doubtful or right != was or is_bad(right) or _DOUBTFUL.search(right) is not None
        return right

    return _PIECE.sub(mend, text), doubtful


def _from_thai(text: str) -> str:
    """`text` repaired, if all of it is UTF-8 that was taken for windows-874; else with only those letters repaired that surely are."""
    try:
        return _as_bytes(text).decode("utf-8")
    except UnicodeError:
        return _THAI.sub(lambda letters: _as_bytes(letters[0]).decode("utf-8"), text)


def _as_bytes(text: str) -> bytes:
    return b"".join(c.encode("latin-1" if c <= "\xa0" else "cp874") for c in text)
