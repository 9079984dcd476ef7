"""Pages that a server sends instead of what was asked for: a login form, a bot check, a consent form."""

from __future__ import annotations

import re

from monitor.sources.entry import Disguise

_LOOKED_THROUGH = 200_000
_PASSWORD = re.compile(r"<input\b[^<>]{0,300}\btype\s*=\s*[\"']?password", re.IGNORECASE)
# Not what Cloudflare and Imperva put into ordinary pages as well (challenge-platform/scripts/jsd, _Incapsula_Resource?SWJIYLWA).
_HELD_OFF = re.compile(
    r"<title>\s*(?:just a moment|attention required|access denied|pardon our interruption|ddos-guard|security check|one more step"
    r"|are you (?:a )?(?:human|robot)|request rejected|403 forbidden|before you continue|(?:cookie|privacy) (?:consent|settings))"
    r"|<form\b[^<>]{0,300}\baction\s*=\s*[\"']?https?://consent\."
    r"|cf[-_]challenge|_cf_chl_opt|incapsula incident id|_incapsula_resource\?(?:SWUDNSAI|CWUDNSAI|SWHANEDL)|px-captcha"
    r"|sucuri website firewall|sucuri_cloudproxy|gokuprops|captcha-delivery\.com|enable js and disable any ad ?blocker"
    r"|verify (?:that )?you are (?:a )?human|enable javascript and cookies",
    re.IGNORECASE,
)
IN_WORDS: dict[Disguise, str] = {"login page": "a login page", "blocked": "a bot check or a consent form"}


def disguise_of(markup: str) -> Disguise | None:
    """`login page` or `blocked` if an HTML page asks for a password or holds programs off; None if it shows neither."""
    seen = markup[:_LOOKED_THROUGH]
    if _HELD_OFF.search(seen):
        return "blocked"
    return "login page" if _PASSWORD.search(seen) else None
