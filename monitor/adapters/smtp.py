"""Mail over SMTP: each session sends one message and gets an answer for each recipient."""

from __future__ import annotations

import base64
import io
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.utils import parseaddr

from monitor.adapters.guard import Deadline
from monitor.alerts.channel import EmailChannel
from monitor.alerts.sending import Deferred, Rejected, Sending, Sent

_MOST_REPLY_BYTES = 1 << 20
_LONGEST_REASON = 300
_ADDRESS = re.compile("[!-?A-~]+@[!-?A-~]+")
# Authentication required, too weak or wrong: a verdict on us, not on the message (RFC 4954, 6).
_ABOUT_US = frozenset({530, 534, 535, 538})


class SmtpMailer:
    """Implements the `Mailer` port with smtplib. Threads may share one; every call is a session of its own.

    Unless the channel says `tls: none`, neither password nor message is sent before TLS is up and the certificate has been verified.
    `context` is for a server with a certificate authority of its own; by default those of the system are trusted.

    4xx, and anything that goes wrong before the server has judged the message (no connection, no TLS, a wrong password), is Deferred:
    no alert is lost while somebody repairs the channel. 5xx is Rejected. The session ends after the channel's `timeout_s`, not counting
    the name look-up. If no answer follows the final ".", the outcome is Deferred and unclear. No reason ever contains the password, even
    if the server repeats it.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context or ssl.create_default_context()

    def __call__(self, channel: EmailChannel, message: EmailMessage, recipients: tuple[str, ...]) -> Sending:
        """Send `message` to `recipients` only, whatever its To header says."""
        if strange := [each for each in (channel.sender, *recipients) if not _is_address(each)]:
            return Rejected(reason=f"{', '.join(map(ascii, strange))}: no mail address that is supported (ASCII, with an @)")
        said = _Said(channel=channel)
        with Deadline(channel.timeout_s) as deadline:
            try:
                sending = _session(channel, self._context, message, recipients, said, deadline)
            except (OSError, UnicodeError) as error:
                cause = f"the session was not over after {channel.timeout_s:g} s" if deadline.passed else _cause(error)
                after = ' (cut after the final "."; the message may have arrived)' if said.handed_over else ""
                sending = Deferred(reason=cause + after, unclear=said.handed_over)
        return sending if isinstance(sending, Sent) else replace(sending, reason=said.reason(sending.reason))


@dataclass(slots=True, kw_only=True)
class _Said:
    """How far the session has come, and how to report on it without giving away the password."""

    channel: EmailChannel
    handed_over: bool = False
    secrets: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        user = self.channel.username or ""
        password = self.channel.password.reveal() if self.channel.password else ""
        forms = (password, f"\0{user}\0{password}", f"{user}\0{user}\0{password}")
        encoded = (base64.b64encode(each.encode()).decode() for each in forms)
        self.secrets = tuple(each for each in (*encoded, password) if each) if password else ()

    def reason(self, text: str) -> str:
        """`text` on one line, preceded by the server's name and without the password."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", " ", text).split())
        return f"{self.channel.host}:{self.channel.port}: {line[:_LONGEST_REASON]}"


class _Replies(io.BufferedReader):
    """A server's replies, of limited size and in whole lines only.

    smtplib would read a reply that never ends until memory is full, and would take "250" for a yes if the connection was cut there.
    """

    read_bytes = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.read_bytes += len(line)
        if self.read_bytes > _MOST_REPLY_BYTES:
            raise OSError("the server does not stop talking")
        if line and not line.endswith(b"\n") and len(line) != size:
            raise OSError("cut in the middle of an answer")
        return line


class _Smtp(smtplib.SMTP):
    """smtplib over an existing connection."""

    def __init__(self, channel: EmailChannel, connection: socket.socket) -> None:
        self._connection = connection
        super().__init__(channel.host, channel.port, local_hostname=_our_name(connection), timeout=channel.timeout_s)

    def _get_socket(self, *_: object) -> socket.socket:
        return self._connection

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock.makefile("rb").detach())
        return super().getreply()


def _session(
    channel: EmailChannel,
    context: ssl.SSLContext,
    message: EmailMessage,
    recipients: tuple[str, ...],
    said: _Said,
    deadline: Deadline,
) -> Sending:
    with _connect(channel, context, deadline) as connection:
        smtp = _Smtp(channel, connection)
        try:
            sending = _introduce(smtp, channel, context) or _transfer(smtp, channel, message, recipients, said)
            # Do not wait for the answer: what was accepted has to be recorded at once.
            with suppress(OSError):
                smtp.putcmd("quit")
            return sending
        finally:
            smtp.close()


def _connect(channel: EmailChannel, context: ssl.SSLContext, deadline: Deadline) -> socket.socket:
    """A connection to the first address of the host that answers. It ends with `deadline`."""
    failure: OSError = OSError("the host has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(channel.host, channel.port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(deadline.left_s())
            connection.connect(address)
            deadline.watch(connection)
            connection.settimeout(channel.timeout_s)
            return context.wrap_socket(connection, server_hostname=channel.host) if channel.tls == "tls" else connection
        except ssl.SSLError:
            connection.close()
            raise
        except OSError as error:
            connection.close()
            failure = error
    raise failure


def _introduce(smtp: smtplib.SMTP, channel: EmailChannel, context: ssl.SSLContext) -> Deferred | None:
    """EHLO, STARTTLS and login as the channel wants them. Returns what went wrong, if anything did."""
    smtp.ehlo_or_helo_if_needed()
    if channel.tls == "starttls":
        if not smtp.has_extn("starttls"):
            return Deferred(reason="the server does not offer STARTTLS, which the channel requires; nothing was sent")
        smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
    if channel.username is None or channel.password is None:
        return None
    try:
        smtp.login(channel.username, channel.password.reveal())
    except smtplib.SMTPAuthenticationError as error:
        return Deferred(reason=f"the user name or password was not accepted: {_answer(error.smtp_code, error.smtp_error)}")
    except smtplib.SMTPNotSupportedError:
        return Deferred(reason="the server takes no login here; remove user name and password from the channel, or use TLS")
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
        raise
    except smtplib.SMTPException:
        return Deferred(reason="the server offers no way to log in that is understood here (CRAM-MD5, PLAIN or LOGIN)")
    except ValueError:
        return Deferred(
            reason="the login failed: user name and password have to be ASCII, or the server's challenge was broken"
        )
    return None


def _transfer(
    smtp: smtplib.SMTP, channel: EmailChannel, message: EmailMessage, recipients: tuple[str, ...], said: _Said
) -> Sending:
    content = message.as_bytes()
    size = (f"size={len(content)}",) if smtp.has_extn("size") else ()
    code, reply = smtp.mail(parseaddr(channel.sender)[1], size)
    if not _good(code):
        return _verdict(code, f"sender {channel.sender}: {_answer(code, reply)}")
    accepted: list[str] = []
    bad: dict[str, tuple[int, str]] = {}
    for recipient in recipients:
        code, reply = smtp.rcpt(parseaddr(recipient)[1])
        if _good(code):
            accepted.append(recipient)
        elif code == 421:  # it hangs up (RFC 5321, 3.8): asking for the others is no use
            return Deferred(reason=_answer(code, reply))
        else:
            bad[recipient] = (code, _answer(code, reply))
    if accepted:
        code, reply = _data(smtp, content, said)
        if not _good(code):
            return _verdict(code, _answer(code, reply), unclear=said.handed_over)
    if not bad:
        return Sent()
    reason = "; ".join(f"{recipient}: {text}" for recipient, (_, text) in bad.items())
    # As long as one recipient may still get it, all are tried again; those who refused for good will refuse again.
    code = min(code for code, _ in bad.values())
    return replace(_verdict(code, reason), accepted=tuple(accepted))


def _data(smtp: smtplib.SMTP, content: bytes, said: _Said) -> tuple[int, bytes]:
    """Send DATA, the content and the final "." (RFC 5321, 4.5.2); returns the server's answer."""
    code, reply = smtp.docmd("DATA")
    if code != 354:
        return (code if code >= 400 else -1), reply
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    said.handed_over = True
    smtp.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    code, reply = smtp.getreply()
    said.handed_over = code < 200  # not an SMTP answer, so not a verdict either
    return code, reply


def _is_address(text: str) -> bool:
    return text.isprintable() and _ADDRESS.fullmatch(parseaddr(text)[1]) is not None


def _good(code: int) -> bool:
    return 200 <= code < 300


def _verdict(code: int, reason: str, *, unclear: bool = False) -> Deferred | Rejected:
    if 500 <= code < 600 and code not in _ABOUT_US:
        return Rejected(reason=reason)
    return Deferred(reason=reason, unclear=unclear)


def _answer(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {text}" if code >= 200 else f"an answer that is no SMTP: {text}"


def _cause(error: OSError | UnicodeError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message}); nothing was sent"
        case ssl.SSLError():
            return f"TLS failed ({error.reason or 'no reason given'})"
        case smtplib.SMTPResponseException():
            return _answer(error.smtp_code, error.smtp_error)
        case smtplib.SMTPServerDisconnected(__context__=OSError() as context):
            return _cause(context)
        case smtplib.SMTPServerDisconnected():
            return "the server cut the connection"
        case TimeoutError():
            return "no answer in time"
        case OSError():
            return f"the connection failed ({error.strerror or error})"
        case _:
            return "the name of the server cannot be looked up"


def _our_name(connection: socket.socket) -> str:
    """Our name for EHLO: our address as a literal (RFC 5321, 4.1.3), which needs no look-up."""
    address = str(connection.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
