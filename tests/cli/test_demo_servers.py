import http.client
import json
import queue
import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from standardwebhooks import Webhook

from monitor.cli.demo.configuration import load_quick, new_secret, write_configuration
from monitor.cli.demo.ledger import Ledger
from monitor.cli.demo.pages import serving
from monitor.cli.demo.servers import Answer, Asked, Hook, Mailbox, Received, WebServer
from monitor.cli.demo.sites import expected_alerts, read_sites

FOLDER = Path(__file__).parents[2] / "fixtures" / "demo"
LINK = "http://127.0.0.1:8001/security/raid"


def ask(url: str, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request(method, parts.path, body=body or None, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_a_web_server_hands_on_what_it_was_asked() -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Answer:
        asked.append(request)
        return Answer(200, {"X-Said": "yes"}, "สวัสดี".encode())

    with WebServer(answer) as server:
        assert ask(server.url + "/news", headers={"If-None-Match": '"1"'}) == (200, "สวัสดี".encode())
    assert [(each.method, each.path, each.headers["if-none-match"]) for each in asked] == [("GET", "/news", '"1"')]


def test_the_sites_stand_on_ports_of_their_own() -> None:
    sites = read_sites(FOLDER)[:2]
    with serving(FOLDER, sites, started=datetime(2026, 3, 1, tzinfo=UTC), elapsed_s=lambda: 0.0) as urls:
        assert len({urlsplit(url).port for url in urls.values()}) == 2
        status, body = ask(urls["mekong-herald"])
    assert status == 200
    assert urls["mekong-herald"].removesuffix("/feed.xml").encode() + b"/security/" in body


def alert_body(rule: str = "aseanapol") -> bytes:
    return json.dumps(
        {"type": "alert.raised", "data": {"rule": {"id": rule}, "article": {"url": LINK, "headline": "Raid"}}}
    ).encode()


def post(hook: Hook, secret: str, body: bytes) -> int:
    now = datetime.now(UTC)  # noqa: TID251  the receiver refuses what is not of now
    signature = Webhook(secret).sign("msg_1", now, body.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    return ask(hook.url, "POST", body, headers)[0]


def test_a_webhook_with_the_right_signature_is_trusted_and_one_with_another_is_not() -> None:
    secret, got = new_secret(), queue.SimpleQueue[Received]()
    with Hook(secret, got.put) as hook:
        assert post(hook, secret, alert_body()) == 204
        assert post(hook, new_secret(), alert_body()) == 401
        assert post(hook, secret, b"{}") == 400
    first = got.get(timeout=2)
    assert first == Received(way="webhook", rule="aseanapol", url=LINK, line="Raid", trusted=True)
    assert not got.get(timeout=2).trusted
    assert got.empty()


def test_a_mail_is_read_for_its_rule_and_link() -> None:
    got = queue.SimpleQueue[Received]()
    message = EmailMessage()
    message["Subject"] = "[ASEANAPOL] ตำรวจอาเซียน – ข่าวเชียงฟ้า"
    message["From"], message["To"] = "monitor@demo.invalid", "desk@demo.invalid"
    message["List-Id"] = "<aseanapol.alerts.demo.invalid>"
    message.set_content(f"Read it at 127.0.0.1:\n{LINK}\n")
    with Mailbox(got.put) as mailbox, smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client:
        client.send_message(message)
    assert got.get(timeout=2) == Received(
        way="mail", rule="aseanapol", url=LINK, line="[ASEANAPOL] ตำรวจอาเซียน – ข่าวเชียงฟ้า", trusted=True
    )


def test_the_configuration_loads_without_a_complaint_and_keeps_the_secret_apart(tmp_path: Path) -> None:
    sites, secret, directory = read_sites(FOLDER), new_secret(), tmp_path / "config"
    urls = {site.id: f"http://127.0.0.1:{8001 + number}/feed.xml" for number, site in enumerate(sites)}
    write_configuration(directory, sites, urls, smtp_port=2525, hook_url="http://127.0.0.1:9001/alerts", secret=secret)
    settings = load_quick(directory)
    assert settings.warnings == ()
    assert settings.rules
    assert {source.id: source.url for source in settings.sources} == urls
    assert {source.interval_s for source in settings.sources} == {3.0}
    assert settings.allow_networks == ("127.0.0.0/8",)
    assert {channel.id for channel in settings.channels} >= {channel for rule in settings.rules for channel in rule.alert}
    assert (directory / "webhook_secret").stat().st_mode & 0o777 == 0o600
    assert not any(secret in file.read_text("utf-8") for file in directory.rglob("*.yaml"))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(read_sites(FOLDER), window_s=172_800.0)


def everything() -> list[Received]:
    sites = read_sites(FOLDER)
    address = {article.story: article.path for site in sites for article in site.articles}
    return [
        Received(way=way, rule=rule, url="http://127.0.0.1:1" + address[story], line="")
        for way in ("mail", "webhook")
        for rule, story in sorted(expected_alerts(sites))
    ]


def read_all(ledger: Ledger) -> None:
    for site in read_sites(FOLDER):
        for article in site.articles:
            ledger.read("http://127.0.0.1:1" + article.path)


def test_the_ledger_is_complete_when_every_alert_came_both_ways_and_every_article_was_read(ledger: Ledger) -> None:
    for received in everything():
        ledger.arrived(received)
    assert not ledger.complete
    read_all(ledger)
    assert ledger.complete
    assert ledger.shortcomings() == []


def test_an_alert_that_is_missing_is_named(ledger: Ledger) -> None:
    read_all(ledger)
    for received in everything()[1:]:
        ledger.arrived(received)
    assert not ledger.complete
    assert ledger.shortcomings() == ["never arrived by mail: aseanapol about conference"]


def test_an_alert_that_comes_twice_or_with_a_wrong_signature_is_unexpected(ledger: Ledger) -> None:
    first = everything()[0]
    forged = Received(way="webhook", rule=first.rule, url=first.url, line="", trusted=False)
    for received in (first, first, forged):
        ledger.arrived(received)
    assert ledger.unexpected == [first, forged]


def test_an_alert_about_news_of_no_interest_is_unexpected(ledger: Ledger) -> None:
    ledger.arrived(
        Received(way="mail", rule="transnational-crime", url="http://127.0.0.1:1/sports/bay-city-hold-on-in-derby", line="x")
    )
    assert len(ledger.unexpected) == 1


def test_an_old_article_need_not_be_read(ledger: Ledger) -> None:
    for received in everything():
        ledger.arrived(received)
    for site in read_sites(FOLDER):
        for article in site.articles:
            if article.age_s <= 172_800:
                ledger.read("http://127.0.0.1:1" + article.path)
    assert ledger.complete
