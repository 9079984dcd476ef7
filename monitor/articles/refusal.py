"""Why a page is no article, in words for the operator; a reason is given only if it is certain."""
# ruff: noqa: E501  a pattern is read more easily in one piece

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from monitor.articles import plain
from monitor.articles.marks import size
from monitor.articles.metadata import Metadata

_SHORT = 500

_BOT = re.compile(
    r"just a moment|attention required|checking (?:your|the site) (?:browser|connection)|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|"
    r"ddos protection by|please wait while we verify|pardon our interruption|安全验证|人机验证",
    re.IGNORECASE,
)
_DENIED = re.compile(r"access (?:to this page has been |is )?denied|security check|captcha|forbidden", re.IGNORECASE)
_MISSING = re.compile(
    r"(?:^\W*(?:error )?(?:404|410)\b|\b404 (?:error|not found)|page (?:was )?not found|^\W*not found\b|(?:page|story|article) (?:is )?no longer (?:available|exists)|halaman tidak (?:ditemukan|dijumpai)|không tìm thấy trang|ไม่พบ(?:หน้า|ข้อมูล|เนื้อหา)|"
    r"页面不存在|頁面不存在|找不到(?:页面|頁面)|បាត់ទំព័រ|ບໍ່ພົບ|hindi nahanap|(?:500|502|503) (?:internal|bad gateway|service))",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|log masuk|masuk|daftar masuk|đăng nhập|mag-?log ?in)\b|เข้าสู่ระบบ|登录|登入|ເຂົ້າສູ່ລະບົບ|ចូលគណនី|ဝင်ရောက်|உள்நுழை",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"\bcookies?\b|\bconsent\b|คุกกี้|kuki", re.IGNORECASE)
_SCRIPT = re.compile(
    r"(?:enable|activate|requires?|turn on|without) java ?script|java ?script (?:is|must be) (?:disabled|enabled|required)",
    re.IGNORECASE,
)


def refusal(
    tree: HtmlElement, region: HtmlElement, said: Metadata, url: str, paragraphs: tuple[str, ...], teasers: int
) -> str | None:
    """Why the page is no article although `paragraphs` were found on it; None if it may be one. `teasers` is how many links to other stories
    were removed from it.

    `tree` is the page without scripts and styles, `region` the part of it that was read. A long text is doubted only on a front page.
    """
    length = size(paragraphs)
    if not said.is_article and (_is_index(region, paragraphs) if paragraphs else teasers >= 10):
        return "the page is an index of links, not an article"
    if length >= _SHORT:
        front = urlsplit(url).path in ("", "/") and not urlsplit(url).query
        return "the page is the front page of the site, not an article" if front and not said.is_article else None
    if said.forwards_to:
        return f"the page only forwards to {said.forwards_to}"
    title = said.title or ""
    visible = plain.line(tree.text_content()[:50_000])
    words = f"{title} {visible[:300]}" if len(visible) < 1500 and not said.is_article else ""
    if _BOT.search(words) or (length < _SHORT // 3 and _DENIED.search(words)):
        return "the site asks for a check that the visitor is human, or denies access"
    if _MISSING.search(title[:80]) and not said.is_article:
        return "the site says that the page does not exist"
    if length >= _SHORT // 3:
        return None
    if next(
        (field for field in tree.iter("input") if (field.get("type") or "").lower() == "password"), None
    ) is not None and _LOGIN.search(visible):
        return "the page asks for a login"
    if len(_COOKIES.findall(visible)) >= 2 and len(visible) < 3000:
        return "the page shows only a cookie notice"
    if _SCRIPT.search(visible) or (len(visible) < 200 and said.has_scripts):
        return "the page is empty without JavaScript"
    return None


def _is_index(region: HtmlElement, paragraphs: tuple[str, ...]) -> bool:
    """Whether what was taken for text are mostly the words of links."""
    text = "\n".join(paragraphs)
    titles = {title for link in region.iter("a") if len(title := plain.line(link.text_content())) >= 15}
    found = [len(title) for title in titles if title in text]
    return len(found) >= 8 and sum(found) >= 0.7 * len(text)
