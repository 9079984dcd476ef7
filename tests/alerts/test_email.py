from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.policy import SMTP, default
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts import email as mail
from monitor.alerts.alert import Delivery, Marked, Notice, Receipt
from monitor.alerts.channel import EmailChannel, Policy
from monitor.alerts.message import Note
from monitor.alerts.wording import SUBJECT_LIMIT, Wording

THAI = "ตำรวจทลายแก๊งคอลเซ็นเตอร์ข้ามชาติ"
TITLES = {
    "act/arrest": "Arrests",
    "asean/police": "ASEANAPOL, the police",
    "asean/name": "ASEAN by name",
    "country/kh": "Cambodia",
    "country/th": "Thailand",
    "crime/online-scam": "Online scams",
}
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)> \" ' & {{ 7*7 }} {% raw %}"


def subject(message):
    return Wording().subject(message, EmailChannel(id="d", host="h", port=25, sender="a@b.example", to=()))


def compose(channel, delivery, message, timezone=UTC):
    return mail.compose(replace(channel, policy=Policy(timezone=timezone)), delivery, message, Wording(titles=TITLES))


def received(message):
    """The message as a mail program sees it."""
    return email.message_from_bytes(message.as_bytes(), policy=default)


def parts(message):
    got = received(message)
    return tuple(got.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))


class Page(HTMLParser):
    """The elements of a page, its links with their words, its marked words, and the text that is seen."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.marks, self.text, self._open = [], [], [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)
        if tag == "a":
            self.links.append([dict(attrs)["href"], ""])

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" in self._open:
            return
        self.text += data
        if "a" in self._open:
            self.links[-1][1] += data
        if "mark" in self._open:
            self.marks.append(data)


def test_the_subject_names_rule_headline_and_source(notice):
    assert subject(notice) == "[ASEANAPOL] ASEANAPOL ทลายแก๊งคอลเซ็นเตอร์ข้ามชาติในปอยเปต – Khaosod"


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        pytest.param("Raid in Poipet", "[ASEANAPOL] Raid in Poipet – Khaosod", id="plain"),
        pytest.param(None, "[ASEANAPOL] (no headline) – Khaosod", id="no headline"),
        pytest.param(
            "Raid\r\nBcc: all@desk.example", "[ASEANAPOL] Raid Bcc: all@desk.example – Khaosod", id="header injection"
        ),
        pytest.param("Raid\n\n<b>body</b>", "[ASEANAPOL] Raid <b>body</b> – Khaosod", id="body injection"),
        pytest.param("a\x00b\x1b[31mc\x85d\u2028e", "[ASEANAPOL] a b [31mc d e – Khaosod", id="control characters"),
        pytest.param("\u202egnp.exe\u202c", "[ASEANAPOL] gnp.exe – Khaosod", id="bidirectional override"),
        pytest.param("Bang\ud800kok", "[ASEANAPOL] Bang kok – Khaosod", id="lone surrogate"),
        pytest.param(THAI, f"[ASEANAPOL] {THAI} – Khaosod", id="Thai"),
        pytest.param("柬埔寨警方捣毁电信诈骗园区", "[ASEANAPOL] 柬埔寨警方捣毁电信诈骗园区 – Khaosod", id="Chinese"),
        pytest.param("Raid 🚔👮🏽\u200d♀️ now", "[ASEANAPOL] Raid 🚔👮🏽\u200d♀️ now – Khaosod", id="emoji"),
        pytest.param(
            "=?utf-8?q?a=0ABcc:_x@y?=", "[ASEANAPOL] = ?utf-8?q?a=0ABcc:_x@y?= – Khaosod", id="encoded header injection"
        ),
    ],
)
def test_any_headline_arrives_as_one_subject_line(mailbox, delivery, notice, headline, expected):
    got = received(compose(mailbox, delivery, replace(notice, headline=headline)))
    assert str(got["Subject"]) == expected
    assert got["Bcc"] is None
    assert got.keys() == received(compose(mailbox, delivery, notice)).keys()


@pytest.mark.parametrize("letter", ["x", "ก", "中", "🚔", "ที่"], ids=["Latin", "Thai", "Chinese", "emoji", "Thai with marks"])
def test_a_headline_of_50000_characters_gives_way_and_the_source_does_not(mailbox, delivery, notice, letter):
    message = compose(mailbox, delivery, replace(notice, headline=letter * 50_000))
    shown = str(received(message)["Subject"])
    assert SUBJECT_LIMIT - 3 <= len(shown) <= SUBJECT_LIMIT
    assert re.fullmatch(rf"\[ASEANAPOL\] ({letter})+… – Khaosod", shown)
    head = message.as_bytes().split(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert head.isascii()


@pytest.mark.parametrize("length", range(55, 80))
def test_a_subject_of_any_length_begins_on_the_line_of_its_name(mailbox, delivery, length):
    note = Note(subject=("words " * 20)[:length].strip(), text="", at=delivery.created_at)
    message = compose(mailbox, delivery, note)
    head = message.as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n")
    assert head[0].startswith(b"Subject: [monitor] words ")
    assert max(map(len, head)) <= 78
    assert str(received(message)["Subject"]) == f"[monitor] {note.subject}"


def test_long_names_of_rule_and_source_leave_room_for_the_headline(notice):
    said = subject(replace(notice, rule_title="R" * 500, source_name="S" * 500, headline="H" * 500))
    assert len(said) == SUBJECT_LIMIT
    assert said.count("H") > 60


def test_every_attempt_is_the_same_bytes(mailbox, delivery, notice):
    first = compose(mailbox, delivery, notice).as_bytes()
    later = replace(
        delivery, attempts=5, accepted=mailbox.to[:1], last_error="451", next_attempt_at=delivery.created_at + timedelta(days=1)
    )
    assert compose(mailbox, later, notice).as_bytes() == first


def test_the_headers_are_those_of_an_automatic_message(mailbox, delivery, notice):
    got = received(compose(mailbox, delivery, notice))
    assert dict(got.items()) == {
        "Subject": subject(notice),
        "From": "Monitor <alerts@desk.example>",
        "To": "anan@desk.example, mei@desk.example",
        "Date": "Sat, 03 May 2025 07:05:00 +0000",
        "Message-ID": f"<{delivery.id}@desk.example>",
        "List-Id": "<aseanapol.alerts.desk.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Importance": "high",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="=_{delivery.id}"',
    }
    assert compose(mailbox, delivery, replace(notice, severity="normal"))["Importance"] is None


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("alerts@Desk.Example", "desk.example"),
        ('"A, B" <a@desk.example>', "desk.example"),
        ("no address", "monitor.invalid"),
        ("a@โต๊ะ.ไทย", "monitor.invalid"),
    ],
)
def test_the_message_id_is_in_the_sender_s_domain(mailbox, delivery, notice, sender, domain):
    assert compose(replace(mailbox, sender=sender), delivery, notice)["Message-ID"] == f"<{delivery.id}@{domain}>"


def test_the_message_goes_through_a_server_that_takes_7_bits_only(mailbox, delivery, notice):
    content = compose(mailbox, delivery, notice).as_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_text_and_html_both_tell_everything(mailbox, delivery, notice):
    text, html = parts(compose(mailbox, delivery, notice, ZoneInfo("Asia/Bangkok")))
    for told in (
        *(
            "Khaosod",
            "(Thailand)",
            "Thai",
            "3 May 2025, 13:30 UTC+07:00",
            "ASEANAPOL",
            "in the headline, English (ASEANAPOL, the police)",
        ),
        *("คอลเซ็นเตอร์", "2 times in the text, Thai (Online scams)"),
        *("Thai PBS World, Khmer Times", "www.khaosod.co.th", "https://www.khaosod.co.th/news_9731203?page=2&x=1"),
        *(notice.alert_id, "9f1c2ab4", "raised 3 May 2025, 14:05 UTC+07:00", "high"),
    ):
        assert told in text
        assert told in Page(html).text
    assert "Topics: Online scams; Cambodia; ASEANAPOL, the police\n" in text
    assert "Online scams · Cambodia · ASEANAPOL, the police\n" in Page(html).text
    for internal in ("Arrests", "ASEAN by name", "asean/", "crime/", "country/"):
        assert internal not in text
        assert internal not in Page(html).text


def test_a_word_is_told_once_with_all_its_places(mailbox, delivery, notice):
    found = (
        Receipt(words="Scam", field="title", vocabulary="crime/online-scam", language="en", spans=((0, 4),)),
        Receipt(words="scam", field="body", vocabulary="crime/online-scam", language="en", spans=((0, 4),)),
        Receipt(words="scam", field="body", vocabulary="country/kh", language="tl", spans=((0, 4), (9, 13))),
    )
    text, _ = parts(compose(mailbox, delivery, replace(notice, language="en", receipt=found)))
    assert "  - Scam: in the headline and 2 times in the text, English (Online scams; Cambodia)\n" in text


@pytest.mark.parametrize(
    ("spoken", "listed", "word", "told"),
    [
        pytest.param("en", "tl", "raid", "", id="a word that another language writes alike"),
        pytest.param("tl", "tl", "raid", ", Tagalog", id="the language of the article"),
        pytest.param("th", "en", "ASEANAPOL", ", English", id="English in another text"),
        pytest.param("en", "th", "ยาบ้า", ", Thai", id="a script of its own"),
    ],
)
def test_the_language_of_a_word_is_told_where_it_is_sure(mailbox, delivery, notice, spoken, listed, word, told):
    receipt = (Receipt(words=word, field="title", language=listed, spans=((0, 4),)),)
    text, _ = parts(compose(mailbox, delivery, replace(notice, language=spoken, receipt=receipt)))
    assert f"  - {word}: in the headline{told}\n" in text


def test_matched_words_are_marked_in_headline_and_snippets(mailbox, delivery, notice):
    text, html = parts(compose(mailbox, delivery, notice))
    assert "«ASEANAPOL» ทลายแก๊ง" in text
    assert "ร่วมกับ «ASEANAPOL» ทลายเครือข่าย«คอลเซ็นเตอร์»ในปอยเปต" in text
    assert Page(html).marks == ["ASEANAPOL", "ASEANAPOL", "คอลเซ็นเตอร์"]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        pytest.param((), "scam raid", id="none"),
        pytest.param(((0, 4), (2, 7)), "«scam ra»id", id="overlapping"),
        pytest.param(((5, 9), (0, 4)), "«scam» «raid»", id="unordered"),
        pytest.param(((-3, 4), (5, 99)), "«scam» «raid»", id="over the ends"),
        pytest.param(((3, 3), (7, 5)), "scam raid", id="empty or backwards"),
    ],
)
def test_marks_of_any_kind_are_shown_as_well_as_can_be(mailbox, delivery, notice, marks, expected):
    text, _ = parts(compose(mailbox, delivery, replace(notice, snippets=(Marked(text="scam raid", marks=marks),))))
    assert f"    {expected}\n" in text


def test_dates_are_shown_in_utc_unless_told_otherwise(mailbox, delivery, notice):
    assert "3 May 2025, 06:30 UTC\n" in parts(compose(mailbox, delivery, notice))[0]
    assert "3 May 2025, 12:15 UTC+05:45" in parts(compose(mailbox, delivery, notice, ZoneInfo("Asia/Kathmandu")))[0]


def test_what_is_not_known_is_left_out_or_said(mailbox, delivery, notice):
    bare = replace(
        notice, headline=None, headline_marks=(), url=None, language=None, country=None, published_at=None,
        snippets=(), receipt=(), facets=(), also_carried_by=(),
    )  # fmt: skip
    for said in parts(compose(mailbox, delivery, bare)):
        assert "(no headline)" in said
        assert "no date given" in said
        assert not [word for word in ("None", "Topics", "Also carried", "()", "Read it") if word in said]


@pytest.mark.parametrize(
    "field",
    [
        "headline",
        "source_name",
        "rule_title",
        "rule_version",
        "country",
        "language",
        "url",
        "facets",
        "also_carried_by",
        "snippets",
        "receipt",
    ],
)
def test_nothing_a_page_says_becomes_html(mailbox, delivery, notice, field):
    values = {
        "facets": (f"crime/{HOSTILE}",), "also_carried_by": (HOSTILE,), "snippets": (Marked(text=HOSTILE, marks=((3, 20),)),),
        "receipt": (Receipt(words=HOSTILE, field=HOSTILE, vocabulary=HOSTILE, language=HOSTILE),),
    }  # fmt: skip
    clean = Page(parts(compose(mailbox, delivery, notice))[1])
    page = Page(parts(compose(mailbox, delivery, replace(notice, **{field: values.get(field, HOSTILE)})))[1])
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in clean.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert "<script>alert(1)</script>" in page.text
    assert "49" not in page.text.replace(notice.alert_id, "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("https://kt.example/a?b=1&c=2", "kt.example", id="plain"),
        pytest.param("https://bbc.com@evil.example/x", "evil.example", id="a host before the @"),
        pytest.param("http://kt.example:8080/", "kt.example:8080", id="port"),
        pytest.param("https://bаngkokpost.com/", "bаngkokpost.com (xn--bngkokpost-zqi.com)", id="Cyrillic look-alike"),
        pytest.param(f"https://{'ก' * 80}.example/", f"{'ก' * 80}.example (not a valid name)", id="impossible name"),
    ],
)
def test_a_link_shows_the_host_it_leads_to(mailbox, delivery, notice, url, shown):
    text, html = parts(compose(mailbox, delivery, replace(notice, url=url)))
    assert Page(html).links == [[url, f"Read it at {shown}"]]
    assert f"Read it at {shown}:\n{url}\n" in text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,<script>", "https://a.example/\n<x>", "file:///etc/passwd"]
)
def test_an_address_that_is_none_is_shown_and_not_linked(mailbox, delivery, notice, url):
    text, html = parts(compose(mailbox, delivery, replace(notice, url=url)))
    page = Page(html)
    assert page.links == []
    assert f"Address as given: {url.replace(chr(10), ' ')}" in page.text
    assert f"Address as given: {url.replace(chr(10), ' ')}" in text


def test_many_matched_words_are_cut_to_twelve_and_counted(mailbox, delivery, notice):
    many = tuple(Receipt(words=f"word-{n}", field="body") for n in range(33))
    for said in parts(compose(mailbox, delivery, replace(notice, receipt=many))):
        assert "word-11" in said
        assert "word-12" not in said
        assert "and 21 more" in said


def test_the_html_is_made_for_phone_and_desktop_in_light_and_dark(mailbox, delivery, notice):
    html = parts(compose(mailbox, delivery, notice))[1]
    page = Page(html)
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in page.tags
    assert "@media (prefers-color-scheme: dark)" in html
    assert "max-width:640px" in html
    assert not [tag for tag, attrs in page.tags if tag in ("img", "link", "script", "iframe", "form") or "src" in attrs]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=300), st.sampled_from(["headline", "source_name", "rule_title", "rule_id", "url"]))
def test_no_text_can_break_a_message(text, field):
    now = datetime(2025, 5, 3, tzinfo=UTC)
    said = Notice(
        alert_id="A", rule_id="r", rule_title="R", rule_version="v", severity="low", story_id="S", headline="H", url=None,
        source_id="s", source_name="S", language=None, country=None, published_at=None, raised_at=now,
        snippets=(Marked(text=text, marks=((0, 3),)),), receipt=(Receipt(words=text, field="body"),), facets=(text,),
    )  # fmt: skip
    channel = EmailChannel(id="d", host="h", port=25, sender="a@desk.example", to=("b@desk.example",))
    message = compose(channel, Delivery(id="D", message_id="A", channel_id="d", created_at=now), replace(said, **{field: text}))
    wire = message.as_bytes(policy=SMTP)
    got = email.message_from_bytes(wire, policy=default)
    assert got.keys() == ["Subject", "From", "To", "Date", "Message-ID", "List-Id", "Auto-Submitted", "X-Auto-Response-Suppress",
                          "MIME-Version", "Content-Type"]  # fmt: skip
    assert [part.get_content_type() for part in got.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert not got.defects
