from __future__ import annotations

import asyncio
import base64
import email
import socket
import threading
from contextlib import ExitStack
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP, default
from functools import partial
from time import monotonic

import pytest
from aiosmtpd import smtp

from monitor.adapters.smtp import SmtpMailer
from monitor.alerts.channel import EmailChannel, Secret
from monitor.alerts.sending import Deferred, Rejected, Sent

PASSWORD = "canary-pass-7d1e"
ANAN, MEI, TUN = "anan@desk.example", "mei@desk.example", "tun@desk.example"


@pytest.fixture
def message():
    made = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    made["Subject"] = "ตำรวจทลายแก๊ง"
    made["From"] = "alerts@desk.example"
    made["To"] = f"{ANAN}, {MEI}, {TUN}"
    made["Message-ID"] = "<delivery-1@desk.example>"
    made.set_content("First line\n.\n.dot at the start\n..two\nlast line\n")
    return made


@pytest.fixture
def channel():
    return EmailChannel(
        id="desk", host="localhost", port=0, sender="Monitor <alerts@desk.example>", to=(ANAN, MEI, TUN), timeout_s=10
    )


class Mailbox:
    """A real SMTP server (aiosmtpd) in a thread of its own, with what it took in."""

    def __init__(self, *, implicit_tls=None, **options):
        self.envelopes, self.logins = [], []
        self._loop = asyncio.new_event_loop()
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        protocol = partial(smtp.SMTP, self, loop=self._loop, hostname="mail.example", authenticator=self._login, **options)
        self._server = self._loop.run_until_complete(self._loop.create_server(protocol, sock=listening, ssl=implicit_tls))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def _login(self, server, session, envelope, mechanism, data):
        self.logins.append((session.ssl is not None, data.login.decode(), data.password.decode()))
        return smtp.AuthResult(success=data.password.decode() == PASSWORD)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
        self.envelopes.append((session.ssl is not None, envelope))
        return "250 taken"

    def close(self):
        async def end():
            self._server.close()
            await self._server.wait_closed()
            rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


@pytest.fixture
def mailbox_server():
    with ExitStack() as open_servers:

        def start(**options):
            server = Mailbox(**options)
            open_servers.callback(server.close)
            return server

        yield start


def test_a_mail_arrives_whole_over_starttls_after_a_login(mailbox_server, certified, trusting, channel, message):
    server = mailbox_server(tls_context=certified("localhost"), require_starttls=True, auth_required=True)
    sending = SmtpMailer(trusting)(
        replace(channel, port=server.port, username="alerts", password=Secret(PASSWORD)), message, (ANAN, TUN)
    )
    assert sending == Sent()
    assert server.logins == [(True, "alerts", PASSWORD)]
    [(encrypted, envelope)] = server.envelopes
    assert encrypted
    assert (envelope.mail_from, envelope.rcpt_tos) == ("alerts@desk.example", [ANAN, TUN])
    got = email.message_from_bytes(envelope.original_content, policy=default)
    assert (got["Subject"], got["Message-ID"], got["To"]) == ("ตำรวจทลายแก๊ง", "<delivery-1@desk.example>", message["To"])
    assert got.get_content().splitlines() == ["First line", ".", ".dot at the start", "..two", "last line"]


def test_a_mail_arrives_over_implicit_tls(mailbox_server, certified, trusting, channel, message):
    server = mailbox_server(implicit_tls=certified("localhost"))
    assert SmtpMailer(trusting)(replace(channel, port=server.port, tls="tls"), message, (ANAN,)) == Sent()
    assert len(server.envelopes) == 1


def test_a_mail_arrives_without_tls_where_the_channel_says_so(mailbox_server, channel, message):
    server = mailbox_server()
    assert SmtpMailer()(replace(channel, port=server.port, tls="none"), message, (ANAN,)) == Sent()
    assert len(server.envelopes) == 1


@pytest.mark.parametrize(
    ("tls", "name", "trusted", "reason"),
    [
        pytest.param("starttls", "localhost", False, "its certificate is not trusted", id="M6 unknown authority, STARTTLS"),
        pytest.param("starttls", "mail.example", True, "Hostname mismatch", id="M6 another host's certificate, STARTTLS"),
        pytest.param("tls", "localhost", False, "its certificate is not trusted", id="M6 unknown authority, TLS"),
        pytest.param("tls", "mail.example", True, "Hostname mismatch", id="M6 another host's certificate, TLS"),
    ],
)
def test_a_server_that_cannot_prove_its_name_gets_neither_password_nor_message(
    mailbox_server, certified, trusting, channel, message, tls, name, trusted, reason
):
    context = certified(name)
    server = mailbox_server(**({"tls_context": context} if tls == "starttls" else {"implicit_tls": context}))
    sending = SmtpMailer(trusting if trusted else None)(
        replace(channel, port=server.port, tls=tls, username="alerts", password=Secret(PASSWORD)), message, (ANAN,)
    )
    assert isinstance(sending, Deferred)
    assert reason in sending.reason
    assert not sending.unclear
    assert (server.logins, server.envelopes) == ([], [])


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param({"EHLO": "250-mail.example\r\n250 AUTH PLAIN"}, "does not offer STARTTLS", id="M6 STARTTLS not offered"),
        pytest.param({"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "454 later"}, "454 later", id="M6 STARTTLS refused"),
        pytest.param({"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "220 go"}, "", id="M6 no TLS after STARTTLS"),
    ],
)
def test_without_tls_neither_password_nor_message_is_sent(smtp_server, channel, message, script, reason):
    server = smtp_server(**script)
    sending = SmtpMailer()(
        replace(channel, host=server.host, port=server.port, username="alerts", password=Secret(PASSWORD), timeout_s=0.5),
        message,
        (ANAN,),
    )
    assert isinstance(sending, Deferred)
    assert reason in sending.reason
    heard = [line.split()[0] for line in server.heard if line.isascii() and line]
    assert not {"AUTH", "MAIL", "RCPT", "DATA"} & set(heard)


def plain(channel, server, **more):
    return replace(channel, host=server.host, port=server.port, tls="none", **more)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param({"greeting": "421 too busy"}, Deferred(reason="421 too busy"), id="M4 421 as greeting"),
        pytest.param({"greeting": "554 no service"}, Deferred(reason="554 no service"), id="M4 554 as greeting"),
        pytest.param({"EHLO": "421 bye", "HELO": "421 bye"}, Deferred(reason="421 bye"), id="M4 421 to EHLO"),
        pytest.param({"MAIL": "451 try later"}, Deferred(reason="sender * 451 try later"), id="M4 451 to the sender"),
        pytest.param({"MAIL": "552 too big"}, Rejected(reason="sender * 552 too big"), id="M4 552 to the sender"),
        pytest.param({"MAIL": "530 log in first"}, Deferred(reason="sender * 530 log in first"), id="M4 530 wants a login"),
        pytest.param({"RCPT": "450 greylisted"}, Deferred(reason=f"{ANAN}: 450 greylisted; *"), id="M4 450 greylisting"),
        pytest.param({"RCPT": "421 closing"}, Deferred(reason="421 closing"), id="M4 421 to a recipient"),
        pytest.param({"RCPT": "550 no such user"}, Rejected(reason=f"{ANAN}: 550 no such user; *"), id="M4 550 to all"),
        pytest.param(
            {"RCPT": ["250 ok", "550 no such user", "250 ok"]},
            Rejected(reason=f"{MEI}: 550 no such user", accepted=(ANAN, TUN)),
            id="M4 one bad of three",
        ),
        pytest.param(
            {"RCPT": ["250 ok", "450 later", "250 ok"]},
            Deferred(reason=f"{MEI}: 450 later", accepted=(ANAN, TUN)),
            id="M4 one late of three",
        ),
        pytest.param(
            {"RCPT": ["250 ok", "450 later", "550 no"]},
            Deferred(reason=f"{MEI}: 450 later; {TUN}: 550 no", accepted=(ANAN,)),
            id="M4 one of each",
        ),
        pytest.param({"DATA": "451 no space"}, Deferred(reason="451 no space"), id="M4 451 to DATA"),
        pytest.param({"DATA": "554 no"}, Rejected(reason="554 no"), id="M4 554 to DATA"),
        pytest.param({"DATA": "250 fine"}, Deferred(reason="an answer that is no SMTP: fine"), id="DATA answered with consent"),
        pytest.param({"end": "452 disk full"}, Deferred(reason="452 disk full"), id="M4 452 after the message"),
        pytest.param({"end": "554 spam"}, Rejected(reason="554 spam"), id="M4 554 after the message"),
        pytest.param({"end": "250 queued as 7F1"}, Sent(), id="taken"),
        pytest.param({"QUIT": "500 what?"}, Sent(), id="taken, QUIT not understood"),
    ],
)
def test_what_the_server_says_is_what_becomes_of_it(smtp_server, channel, message, script, expected):
    server = smtp_server(**script)
    sending = SmtpMailer()(plain(channel, server), message, channel.to)
    if isinstance(expected, Sent):
        assert sending == Sent()
        return
    start, _, end = f"{server.host}:{server.port}: {expected.reason}".partition("*")
    assert sending.reason.startswith(start)
    assert sending.reason.endswith(end)
    assert replace(sending, reason=expected.reason) == expected


def test_a_message_goes_only_to_those_that_were_not_refused_and_once(smtp_server, channel, message):
    server = smtp_server(RCPT=["250 ok", "550 no", "250 ok"])
    SmtpMailer()(plain(channel, server), message, channel.to)
    assert len(server.messages) == 1
    assert [line for line in server.heard if line.startswith("rcpt")] == [f"rcpt TO:<{each}>" for each in channel.to]


def test_no_message_is_sent_when_nobody_may_have_it(smtp_server, channel, message):
    server = smtp_server(RCPT="550 no")
    SmtpMailer()(plain(channel, server), message, channel.to)
    assert server.messages == []


@pytest.mark.parametrize("silence", ["CUT", "SILENCE", "DRIP"])
def test_without_an_answer_to_the_final_dot_it_is_unclear_whether_they_have_it(smtp_server, does, channel, message, silence):
    server = smtp_server(end=getattr(does, silence))
    sending = SmtpMailer()(plain(channel, server, timeout_s=0.4), message, (ANAN,))
    assert isinstance(sending, Deferred)
    assert sending.unclear
    assert sending.accepted == ()
    assert "may have arrived" in sending.reason


@pytest.mark.parametrize("answer", ["2", "250", "250 queu"])
def test_an_answer_cut_in_the_middle_is_no_answer(smtp_server, channel, message, answer, does):
    server = smtp_server(end=does.CUT_AFTER(answer))
    sending = SmtpMailer()(plain(channel, server), message, (ANAN,))
    assert isinstance(sending, Deferred)
    assert sending.unclear


@pytest.mark.parametrize("moment", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", ["CUT", "SILENCE", "DRIP", "ENDLESS"])
def test_a_session_that_goes_nowhere_is_over_in_time(smtp_server, does, channel, message, moment, trouble):
    server = smtp_server(**{moment: getattr(does, trouble), "HELO": getattr(does, trouble)})
    start = monotonic()
    sending = SmtpMailer()(plain(channel, server, timeout_s=0.3), message, (ANAN,))
    assert monotonic() - start < 2
    assert isinstance(sending, Deferred)
    assert not sending.unclear
    assert server.messages == []


def test_a_handshake_that_goes_nowhere_is_over_in_time(smtp_server, does, channel, message):
    server = smtp_server(greeting=does.SILENCE)
    start = monotonic()
    sending = SmtpMailer()(replace(channel, host=server.host, port=server.port, tls="tls", timeout_s=0.3), message, (ANAN,))
    assert monotonic() - start < 2
    assert isinstance(sending, Deferred)


def test_a_server_that_is_not_there_is_named(channel, message):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sending = SmtpMailer()(replace(channel, port=port), message, (ANAN,))
    assert sending == Deferred(reason=f"localhost:{port}: the connection failed (Connection refused)")


ENCODED = base64.b64encode(f"\0alerts\0{PASSWORD}".encode()).decode()
AUTH = "250-mail.example\r\n250 AUTH {}"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param(
            {"EHLO": AUTH.format("PLAIN"), "AUTH": f"535 bad password {PASSWORD}"}, "535 bad password ***", id="said back"
        ),
        pytest.param(
            {"EHLO": AUTH.format("PLAIN"), "AUTH": f"535 {ENCODED} is wrong"}, "535 *** is wrong", id="said back in base64"
        ),
        pytest.param({"EHLO": AUTH.format("LOGIN"), "AUTH": "454 later"}, "454 later", id="not now"),
        pytest.param({"EHLO": AUTH.format("XOAUTH2")}, "no way to log in", id="no way that we know"),
        pytest.param({}, "takes no login", id="no login at all"),
        pytest.param({"EHLO": AUTH.format("CRAM-MD5"), "AUTH": "334 !!!!!"}, "", id="a broken challenge"),
    ],
)
def test_a_login_that_fails_leaves_the_alert_waiting_and_shows_no_password(smtp_server, channel, message, script, reason):
    server = smtp_server(**script)
    sending = SmtpMailer()(plain(channel, server, username="alerts", password=Secret(PASSWORD), timeout_s=2), message, (ANAN,))
    assert isinstance(sending, Deferred)
    assert reason in sending.reason
    assert "canary" not in repr(sending)
    assert server.messages == []


def test_a_password_in_another_script_is_refused_without_being_shown(smtp_server, channel, message):
    server = smtp_server(EHLO=AUTH.format("PLAIN"))
    sending = SmtpMailer()(plain(channel, server, username="alerts", password=Secret("canary-รหัส")), message, (ANAN,))
    assert isinstance(sending, Deferred)
    assert "have to be ASCII" in sending.reason
    assert "canary" not in repr(sending)
    assert "รหัส" not in repr(sending)


@pytest.mark.parametrize("address", ["อนันต์@desk.example", "no-at-sign", "a@b\r\nRCPT TO:<x@y>", "a b@desk.example", ""])
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_said(smtp_server, channel, message, address):
    server = smtp_server()
    sending = SmtpMailer()(plain(channel, server), message, (ANAN, address))
    assert isinstance(sending, Rejected)
    assert "no mail address" in sending.reason
    assert "\n" not in sending.reason
    assert server.heard == []


def test_what_a_server_says_is_one_short_line(smtp_server, channel, message):
    server = smtp_server(MAIL="550-first\r\n550-\x1b[31mred\u202e\r\n550 " + "x" * 5000)
    sending = SmtpMailer()(plain(channel, server), message, (ANAN,))
    assert "550 first [31mred xxx" in sending.reason
    assert sending.reason.isprintable()
    assert len(sending.reason) < 350
