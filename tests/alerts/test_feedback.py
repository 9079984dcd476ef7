"""Verdicts: links that cannot be made up, a page that asks, figures about rules and terms."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.alerts.alert import Receipt
from monitor.alerts.channel import EmailChannel
from monitor.alerts.email import compose
from monitor.alerts.feedback import Feedback, by_rule, by_term, read_token, token, verdict_links
from monitor.alerts.verdict_page import POLICY, asking, thanks
from monitor.alerts.wording import Wording

KEY = bytes(range(32))
AT = datetime(2026, 11, 24, tzinfo=UTC)


def given(notice, verdict: str, rule: str = "scam", words: str = "heroin"):
    receipt = (Receipt(words=words, field="body", vocabulary="crime/drugs", spans=((0, 6),)),)
    said = replace(notice, rule_id=rule, receipt=receipt)
    return Feedback(alert_id="A", channel_id="desk", verdict=verdict, given_at=AT), said  # type: ignore[arg-type]


def test_a_token_comes_back_as_it_was_made() -> None:
    assert read_token(KEY, token(KEY, "A", "desk", "noise")) == ("A", "desk", "noise")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("noise", "relevant"), id="another verdict"),
        pytest.param(lambda text: text.replace("A~", "B~"), id="another alert"),
        pytest.param(lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"), id="another signature"),
        pytest.param(lambda text: text.rpartition("~")[0], id="no signature"),
        pytest.param(lambda text: text[:20], id="cut"),
        pytest.param(lambda _: "", id="nothing"),
        pytest.param(lambda _: "~~~", id="separators alone"),
        pytest.param(lambda _: "ตำรวจ~x~y~z", id="another script"),
    ],
)
def test_a_token_that_was_not_given_out_is_none(change) -> None:
    assert read_token(KEY, change(token(KEY, "A", "desk", "noise"))) is None
    assert read_token(bytes(32), token(KEY, "A", "desk", "noise")) is None


def test_an_alert_carries_a_link_for_each_verdict(notice, delivery, mailbox: EmailChannel) -> None:
    wording = Wording(verdict_links=verdict_links("https://monitor.desk.example/", KEY))
    message = compose(mailbox, delivery, notice, wording)
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    links = re.findall(r"https://monitor\.desk\.example/verdict/\S+", text)
    assert [read_token(KEY, link.rpartition("/")[2]) for link in links] == [
        (notice.alert_id, "desk", verdict) for verdict in ("relevant", "noise", "duplicate")
    ]
    assert all(f'href="{link}"' in page for link in links)
    assert "/verdict/" not in compose(mailbox, delivery, notice, Wording()).as_string(), "without an address there are no links"


def test_the_page_asks_by_a_form_and_runs_nothing(notice) -> None:
    page = asking(replace(notice, headline="<script>alert(1)</script>"), "noise")
    assert page.count('<form method="post">') == 1
    assert "<script" not in page
    assert "Yes, it is noise" in page
    assert "<form" not in thanks(notice, "noise")


def test_the_policy_of_the_page_allows_its_own_style_and_nothing_else(notice) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", asking(notice, "noise"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY


def test_the_page_can_be_read_in_the_dark(notice) -> None:
    """Every colour of a text has another one there."""
    (style,) = re.findall(r"<style>(.*?)</style>", asking(notice, "noise"))
    light, _, dark = style.partition("@media(prefers-color-scheme:dark)")
    coloured = {rule for rule, colours in re.findall(r"([a-z.]+)\{([^{}]*)\}", light) if re.search(r"(^|;)color:", colours)}
    assert coloured - {"button"} <= set(re.findall(r"([a-z.]+)\{[^{}]*\bcolor:", dark))


def test_precision_is_the_relevant_among_what_was_judged_and_the_worst_comes_first(notice) -> None:
    judged = [
        *[given(notice, "relevant", rule="scam")] * 3,
        *[given(notice, "noise", rule="scam")],
        *[given(notice, "noise", rule="drugs")] * 2,
        *[given(notice, "duplicate", rule="scam")] * 5,
        given(notice, "duplicate", rule="quiet"),
    ]
    found = [(each.name, each.share, each.relevant, each.noise, each.duplicate) for each in by_rule(judged)]
    assert found == [("drugs", 0.0, 0, 2, 0), ("scam", 0.75, 3, 1, 5), ("quiet", None, 0, 0, 1)]


def test_terms_are_judged_as_they_stood_in_the_texts(notice) -> None:
    judged = [
        given(notice, "relevant", words="Heroin"),
        given(notice, "noise", words="heroin"),
        given(notice, "noise", words="ice"),
    ]
    assert [(each.name, each.share) for each in by_term(judged)] == [("ice (crime/drugs)", 0.0), ("heroin (crime/drugs)", 0.5)]
