"""Message -> mail, in text and HTML; the same bytes on every attempt."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any, assert_never

from monitor.alerts.alert import Delivery, Notice
from monitor.alerts.channel import EmailChannel
from monitor.alerts.message import Digest, Message, Note, Update
from monitor.alerts.raising import delivery_id
from monitor.alerts.wording import Wording


class _Policy(EmailPolicy):
    """Where a header's value just fits on the second line, Python leaves the first one empty, and mail programs then show a leading
    blank. With this policy such a value begins on the first line instead."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        folded = super().fold_binary(name, value)
        first, empty, line = folded.partition(b":\r\n ")
        whole = first + b": " + line
        blank = whole.rfind(b" ", len(first) + 2, self.max_line_length)
        if not empty or first != name.encode() or line.count(b"\r\n") > 1 or blank < 0:
            return folded
        return whole[:blank] + b"\r\n" + whole[blank:]


# 7bit: any script gets through a server without 8BITMIME, and the bytes do not depend on what a server offers.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


def compose(channel: EmailChannel, delivery: Delivery, message: Message, wording: Wording) -> EmailMessage:
    """The whole message to all of the channel's recipients, multipart/alternative.

    Message-ID, Date and boundary are derived from the delivery alone, so a mail program sees a second attempt as the same message.
    Whatever a page puts into its headline or name, each header stays one line and the HTML shows it as text. An update is a reply to
    the mail of its alert (RFC 5322, 3.6.4), so that mail programs show both as one thread.
    """
    mail = EmailMessage(policy=_POLICY)
    domain = _domain(channel.sender)
    mail["Subject"] = wording.subject(message, channel)
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.to)
    mail["Date"] = format_datetime(delivery.created_at)
    mail["Message-ID"] = f"<{delivery.id}@{domain}>"
    if isinstance(message, Update):
        first = f"<{delivery_id(message.notice.alert_id, channel.id)}@{domain}>"
        mail["In-Reply-To"] = first
        mail["References"] = first
    mail["List-Id"] = f"<{_list(message)}.alerts.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if isinstance(message, Notice) and message.severity == "high":
        mail["Importance"] = "high"
    mail.set_content(wording.text(message, channel))
    mail.add_alternative(wording.html(message, channel), subtype="html")
    mail.set_boundary(f"=_{delivery.id}")
    return mail


def _list(message: Message) -> str:
    match message:
        case Notice(rule_id=rule) | Update(notice=Notice(rule_id=rule)):
            return re.sub("[^a-z0-9-]+", "-", rule.lower()).strip("-") or "rule"
        case Digest():
            return "digest"
        case Note():
            return "monitor"
        case _:
            assert_never(message)


def _domain(sender: str) -> str:
    """The domain of the sender's address; failing that, a name that can never exist (RFC 2606)."""
    local, _, domain = parseaddr(sender)[1].rpartition("@")
    return domain.lower() if local and re.fullmatch(r"[A-Za-z0-9.-]+", domain) else "monitor.invalid"
