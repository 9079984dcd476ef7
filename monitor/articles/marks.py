"""What a single line is by its own words: running text, a caption, a share button, a by-line …"""
# ruff: noqa: E501  a pattern is read more easily in one piece

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from monitor.articles import bylines, datelines, plain
from monitor.articles.phrases import (
    ADVERT,
    AGENCIES,
    ALSO_READ,
    ALSO_READ_BARE,
    CALLS,
    COOKIES,
    DATE_LABEL,
    PAYWALL,
    PHOTO,
    PHOTO_BY,
    REPORTS,
    SHARE,
    SITE_NOTICE,
    TAGS,
    compiled,
)
from monitor.text.dates import find_date
from monitor.text.months import WEEKDAYS


class Reason(StrEnum):
    """Why a piece of text is no part of the article."""

    ADVERT = "advertisement"
    ALSO_READ = "also-read"
    BY_LINE = "by-line"
    CAPTION = "caption"
    COMMENTS = "comments"
    COOKIES = "cookie-notice"
    CREDIT = "credit"
    DATE = "date"
    DATELINE = "dateline"
    HEADLINE = "headline-repeated"
    LINK = "link"
    PAYWALL = "paywall"
    RELATED = "related"
    REPEATED = "repeated"
    SELECTOR = "selector"
    SHARE = "share"
    SITE_NOTICE = "site-notice"
    STRAY = "stray"
    TAGS = "tags"
    TEASER = "teaser"


_END = re.compile(r"[.!?…。！？။៕។॥][\"'”’»)\]）」』]*$")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f]")
_CJK = re.compile("[\u3400-\u9fff]")
_NOTICE = re.compile(
    r"cookie|rights reserved|copyright|hak cipta|newsletter|photographs|สงวนลิขสิทธิ์|คุกกี้|版权|版權", re.IGNORECASE
)
_SOURCE = re.compile(
    r"[来來]源\s*[:：|]\s*[^\s|:：]{1,24}?(?=作者|记者|記者|编辑|編輯|\s|\||$)"
)  # stands beside the date, without a space
_LONGEST_FURNITURE = 700
_ANY_MOMENT = (datetime(2099, 12, 31, tzinfo=UTC), datetime(2100, 6, 30, tzinfo=UTC))


def size(lines: Iterable[str]) -> int:
    """How much text there is, in letters; a Chinese character counts as three."""
    return sum(len(line) + 2 * len(_CJK.findall(line)) for line in lines)


def is_prose(text: str) -> bool:
    """Whether a line is running text and not a title: it ends like a sentence, or is long."""
    if _CJK.search(text):
        return len(text) >= 60 or (len(text) >= 15 and bool(_END.search(text)))
    if _UNSPACED.search(text):
        return len(text) >= 110 or (len(text) >= 40 and bool(_END.search(text)))
    return len(text) >= 180 or (len(text) >= 40 and bool(_END.search(text)))


def is_body(text: str) -> bool:
    """Whether a first line is so clearly text or caption that it cannot be the headline."""
    if datelines.split(text) and is_prose(text):
        return True
    inner = re.findall(r"[a-zà-ỹ0-9)”\"][.!?][”\"’']?\s+[A-ZÀ-Ỹ“\"‘]|[。！？](?=.)|[។။](?=.)", text)
    if len(inner) >= 2 and len(text) >= 160:
        return True
    if len(text) >= 140 and _END.search(text) and not text.endswith(("?", "!")):
        return True
    limit = 90 if _CJK.search(text) else 300
    return len(text) > limit


def reason_of(line: str) -> Reason | None:
    """Why a line is no part of an article, judged by its words alone, wherever it stands; None if it may be part of it."""
    if not plain.has_words(line):
        return Reason.STRAY
    if len(line) > _LONGEST_FURNITURE or (len(line) > 450 and is_prose(line) and not _NOTICE.search(line)):
        return None
    if re.fullmatch(r"(?:https?://|www\.)\S+", line):
        return Reason.LINK
    if compiled(r"\W*", ADVERT, r"\W*").fullmatch(line):
        return Reason.ADVERT
    if len(line) <= 320 and _is_share(line):
        return Reason.SHARE
    if compiled(r"\W*", COOKIES, "").fullmatch(line):
        return Reason.COOKIES
    if len(line) <= 200 and compiled(r"\W*", PAYWALL, r"\W*").fullmatch(line) and not _reports(line):
        return Reason.PAYWALL
    if compiled(r"\W*", CALLS, r"\W*").fullmatch(line) and not _reports(line):
        return Reason.SITE_NOTICE
    if compiled(r"\W*", SITE_NOTICE, r"\W*").fullmatch(line):
        return Reason.SITE_NOTICE
    if len(line) <= 260 and _is_teaser(line):
        return Reason.ALSO_READ
    if len(line) <= 300 and compiled(r"\W*", TAGS, r"\s*[:：៖]\s*(?!.*[.。!?]$).{1,280}").fullmatch(line):
        return Reason.TAGS
    if is_caption(line):
        return Reason.CAPTION
    return None


def _reports(line: str) -> bool:
    return bool(compiled("", REPORTS, "").search(line))


def _is_share(line: str) -> bool:
    """Whether a line consists of share buttons: without their words hardly anything is left of it."""
    pattern = compiled("", SHARE, "")
    return bool(pattern.match(line.lstrip("•·|-–—:>» \"'…."))) and len(plain.fold(pattern.sub(" ", line))) <= min(
        3, len(line) // 4
    )


def _is_teaser(line: str) -> bool:
    if compiled(r"[^\w(\[]*[(\[]?", ALSO_READ, r"\s*(?:[:：៖|–—»]|>+|\s-\s)\s*\S.*").fullmatch(line):
        return not (len(line) > 160 and is_prose(line))
    if compiled(r"\W*", ALSO_READ_BARE, r"(?!\w)\s*\S.*").fullmatch(line):
        return not re.search(r"[.。]$", line)
    return False


def is_caption(line: str) -> bool:
    """Whether a line credits a picture."""
    if size([line]) > 450:
        return False
    if len(line) <= 60 and not _END.search(line) and compiled(r"\W{0,3}", PHOTO_BY, r"\s*\S.*").fullmatch(line):
        return True
    bracket = compiled(
        r"[(（\[][^()（）\[\]]{0,60}?(?<![^\W\d_])", PHOTO, r"(?![^\W\d_])[^()（）\[\]]{0,80}[)）\]]\W*(?:[^.()]{3,60}\.)?$"
    )
    if (found := bracket.search(line[-220:])) and not is_prose(re.split(r"[)）\]]", found[0])[0][1:]):
        return True
    if len(line) <= 320 and compiled(r"\W{0,3}", PHOTO, r"(?:\s*[:：៖/|–—]\s*|\s+-\s+)\S.*").fullmatch(line):
        return not is_prose(line) or len(line) <= 160
    tail = compiled(r"(?<=[.!?។။。”\"'’)\s|/–—-])\s*", PHOTO, r"\s*[:：៖/|–—]\s*[^.:：]{2,60}\.?$")
    if len(line) > 25 and tail.search(line[-90:]):
        return True
    return bool(
        compiled(r"(?:[–—|/-]|\.)\s*(?:file\s)?", AGENCIES, r"\s+(?:file\s+)?(?:pic|photo|picture|foto|graphic)s?\.?$").search(
            line[-60:]
        )
    )


def is_top_caption(line: str) -> bool:
    """Whether a line before the text is a caption: there the name of an agency is enough, without a word for picture."""
    return len(line) <= 320 and bool(
        compiled(r"(?:[(（\[]\s*|[/|]\s*|\.\s+|[–—]\s*)(?:[A-Z][\w.]+(?: [A-Z][\w.]+){0,3}\s*/\s*)?", AGENCIES, r"(?:\s*/\s*[\w. ]{2,40})?\s*[)）\]]?\.?$").search(line[-80:])
    )  # fmt: skip


def is_sign_off(line: str) -> bool:
    """Whether a line after the text signs it off: `— Bernama`, `(AFP)`, `END`, `(bud/har)`."""
    if re.fullmatch(r"[(（\[][a-zA-Z]{2,8}(?:[/,] ?[a-zA-Z]{2,8}){0,3}[)）\]]", line):
        return True
    return len(line) <= 60 and bool(
        compiled(
            r"[–—\-(（\[/ ]{0,3}", AGENCIES + r"|ends?|selesai|tamat|hết|จบ", r"(?:\s*/\s*[\w .]{2,30})?[)）\]/. ]{0,3}"
        ).fullmatch(line)
    )


def by_or_date(line: str) -> tuple[tuple[str, ...], bool]:
    """The names if a line is a by-line (also one with a date in it), and whether it is, or holds, the date of publication."""
    if len(line) > 160:
        return (), False
    names = bylines.read(line)
    if not any(c.isdecimal() for c in line):
        return names, False
    rest = line
    holds_date = False
    for _ in range(2):  # published and updated often share a line
        found = next((f for now in _ANY_MOMENT[: 2 if len(line) <= 60 else 1] if (f := find_date(rest, now))), None)
        if found is None:
            break
        holds_date = True
        rest = f"{rest[: found.start]} {rest[found.end :]}"
    if not holds_date:
        return names, False
    # Thai and its neighbours write labels and weekdays without spaces; only Latin words have borders that can be asked for.
    bare = compiled(
        r"(?<![a-z\u00e0-\u024f\u1e00-\u1eff])", tuple(map(re.escape, WEEKDAYS)), r"(?:ที่)?(?![a-z\u00e0-\u024f\u1e00-\u1eff])"
    ).sub(" ", rest)
    bare = compiled(r"(?<![a-z\u00e0-\u024f\u1e00-\u1eff])", DATE_LABEL, r"(?![a-z\u00e0-\u024f\u1e00-\u1eff])").sub(" ", bare)
    bare = _SOURCE.sub(" ", bare)
    if len(plain.fold(bare)) <= 3:
        return (), True
    names = bylines.read(plain.line(bare).strip(" |-–—()[]•·,:/"))
    return names, bool(names)
