from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.alerts.alert import Delivery, Marked, Notice, Receipt
from monitor.alerts.channel import EmailChannel, Secret, WebhookChannel

RAISED = datetime(2025, 5, 3, 7, 5, tzinfo=UTC)


@pytest.fixture
def delivery():
    return Delivery(
        id="0b6f0c52-6a4e-5d0f-8f67-54c8b1a6ad10", message_id="A", channel_id="desk", created_at=RAISED, next_attempt_at=RAISED
    )


@pytest.fixture
def mailbox():
    return EmailChannel(
        id="desk",
        host="mail.desk.example",
        port=587,
        sender="Monitor <alerts@desk.example>",
        to=("anan@desk.example", "mei@desk.example"),
        username="alerts",
        password=Secret("canary-password"),
    )


@pytest.fixture
def hook():
    return WebhookChannel(id="ops", url="https://ops.example/in", secret=Secret("whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5"))


@pytest.fixture
def notice():
    """A Thai report, with everything that a notice can hold."""
    text = "…ตำรวจไทยร่วมกับ ASEANAPOL ทลายเครือข่ายคอลเซ็นเตอร์ในปอยเปต จับกุม 14 คน"
    at, call = text.index("ASEANAPOL"), text.index("คอลเซ็นเตอร์")
    return Notice(
        alert_id="3f8f5ad6-0b52-5a84-9f4a-0d6bb4a3c1de",
        rule_id="aseanapol",
        rule_title="ASEANAPOL",
        rule_version="9f1c2ab4",
        severity="high",
        story_id="5a0f3c1188aa77de",
        article_id="5a0f3c1188aa77de",
        headline="ASEANAPOL ทลายแก๊งคอลเซ็นเตอร์ข้ามชาติในปอยเปต",
        headline_marks=((0, 9),),
        url="https://www.khaosod.co.th/news_9731203?page=2&x=1",
        source_id="khaosod",
        source_name="Khaosod",
        language="th",
        country="TH",
        published_at=datetime(2025, 5, 3, 6, 30, tzinfo=UTC),
        raised_at=RAISED,
        snippets=(Marked(text=text, marks=((at, at + 9), (call, call + 12))),),
        receipt=(
            Receipt(words="ASEANAPOL", field="title", vocabulary="asean/police", language="en", spans=((0, 9),)),
            Receipt(
                words="คอลเซ็นเตอร์", field="body", vocabulary="crime/online-scam", language="th", spans=((39, 51), (80, 92))
            ),
        ),
        facets=("act/arrest", "asean/name", "asean/police", "country/kh", "crime/online-scam"),
        also_carried_by=("Thai PBS World", "Khmer Times"),
    )
