"""Commands about alerts and channels, over an archive in which something was raised."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from warcio.archiveiterator import ArchiveIterator

from monitor.alerts.feedback import Feedback
from monitor.app import App, open_app
from monitor.articles.article import Article
from monitor.fetching.outcome import Fetched
from monitor.ports import ClosedChannel, StoredResponse
from monitor.settings import load
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.steps.file_article import file_article, prepare
from monitor.steps.revise_article import revise_article
from monitor.stories.sketched import sketched

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PAGE = "<html><body><p>ตำรวจจับเฮโรอีน heroin</p></body></html>".encode()
DOCS = Path(__file__).parents[2] / "docs" / "api.md"
POST = Source(id="post", name="Post", url="https://post.example/feed", kind="feed", country="TH")


@pytest.fixture
def app(directory: Path) -> Iterator[App]:
    with open_app(load(directory, {"HOME": str(directory)})) as opened:
        opened.watch()
        yield opened


@pytest.fixture
def alert(app: App, directory: Path, smtp_server) -> str:
    """An alert to a mailbox that refused it, read from a page."""
    article = Article(headline="Heroin in a lorry", paragraphs=("On the bridge.",), url="https://post.example/1", language="en")
    server = smtp_server(RCPT="550 no such user")
    (directory / "channels.yaml").write_text(
        f"- {{id: desk, kind: email, host: 127.0.0.1, port: {server.port}, tls: none, from: m@post.example, to: [d@post.example]}}\n"
    )
    app.reload(load(directory, {"HOME": str(directory)}))
    prepared = prepare(app.context.rules, POST, sketched(article))
    fetched = Fetched(
        url="https://www.post.example/1",
        status=200,
        headers={"content-type": "text/html", "date": "Tue"},
        body=PAGE,
        fetched_at=NOW,
    )
    prepared = replace(prepared, response=StoredResponse.of("https://post.example/1", fetched))
    with app.store.writing() as tx:
        filed = file_article(tx, app.context.rules, prepared, NOW, alerting=True, channels=app.context.channels)
        stored = tx.alerts.get(filed.alerts[0])
        assert stored is not None
        (delivery,) = stored.deliveries
        tx.alerts.save(replace(delivery, state="dead", attempts=10, next_attempt_at=None, last_error="550 no such user"))
    return filed.alerts[0]


def test_what_was_given_up_is_shown_with_its_reason_and_sent_again_on_demand(
    monitor: Callable[..., Result], alert: str
) -> None:
    assert "desk dead: 550 no such user" in monitor("alerts", "--dead").output
    refused = monitor("alerts", "retry", "another")
    assert (refused.exit_code, "nothing was given up of another" in refused.output) == (2, True)
    assert "Due again: 1 message." in monitor("alerts", "retry", alert).output
    assert "No such alert" in monitor("alerts", "--dead").output
    assert "desk pending" in monitor("alerts", "--waiting").output


@pytest.mark.skipif(shutil.which("jq") is None, reason="no jq here: the lines for scripts in docs/api.md were not tried")
def test_the_lines_for_scripts_in_the_docs_find_what_they_pick(monitor: Callable[..., Result], app: App, alert: str) -> None:
    with app.store.writing() as tx:
        tx.sources.save(SourceState(source_id="post", next_poll_at=NOW, last_error="HTTP 503"), "lane")
    lines = re.findall(r"^    monitor (.+) \| jq -r '(.+)'$", DOCS.read_text("utf-8"), re.MULTILINE)
    picked = [
        subprocess.run(
            ["jq", "-r", wanted], input=monitor(*words.split()).stdout, capture_output=True, text=True, check=True
        ).stdout
        for words, wanted in lines
    ]
    assert picked == ["drugs\tHeroin in a lorry\thttps://post.example/1\n", "post: HTTP 503\n"]


def test_channels_are_listed_with_how_they_do(monitor: Callable[..., Result], parsed, app: App, alert: str) -> None:
    (row,) = parsed("channels")
    assert (row["channel"], row["kind"], row["state"], row["dead"], row["waiting"]) == ("desk", "email", "on", 1, 0)


def test_a_test_message_goes_out_at_once_and_says_what_came_of_it(
    monitor: Callable[..., Result], app: App, directory: Path, smtp_server
) -> None:
    server = smtp_server()
    written = f"- {{id: desk, kind: email, host: 127.0.0.1, port: {server.port}, tls: none, from: m@post.example, to: [d@post.example]}}\n"
    (directory / "channels.yaml").write_text(written)
    done = monitor("channels", "test", "desk")
    assert (done.exit_code, "the message was taken" in done.output) == (0, True)
    assert b"Subject: [monitor] Test of channel desk" in server.messages[0]
    assert monitor("channels", "test", "desk", "--as", "digest").exit_code == 0
    assert b"Subject: 2 alerts (1 high), 2 January 2026: Sample rule 2" in server.messages[1]
    server.close()
    failed = monitor("channels", "test", "desk")
    assert (failed.exit_code, "not sent: 127.0.0.1" in failed.output) == (1, True)


def test_a_test_opens_a_closed_channel_again(
    monitor: Callable[..., Result], parsed, app: App, directory: Path, smtp_server
) -> None:
    from monitor.alerts.channel import target

    server = smtp_server()
    written = f"- {{id: desk, kind: email, host: 127.0.0.1, port: {server.port}, tls: none, from: m@post.example, to: [d@post.example]}}\n"
    (directory / "channels.yaml").write_text(written)
    (channel,) = load(directory, {"HOME": str(directory)}).channels
    with app.store.writing() as tx:
        tx.operator.close_channel(ClosedChannel(channel_id="desk", target=target(channel), reason="410 Gone", closed_at=NOW))
    assert parsed("channels")[0]["state"] == "closed"
    assert monitor("channels", "test", "desk").exit_code == 0
    assert parsed("channels")[0]["state"] == "on"


@pytest.mark.parametrize(
    ("name", "says"),
    [("desk", "channel desk is off"), ("nobody", "there is no channel nobody")],
    ids=["one that is off", "none"],
)
def test_a_channel_that_cannot_be_tried_is_named(monitor: Callable[..., Result], name: str, says: str) -> None:
    done = monitor("channels", "test", name)
    assert (done.exit_code, says in done.output) == (2, True)


def test_evidence_is_one_zip_whose_digests_hold(monitor: Callable[..., Result], app: App, alert: str, tmp_path: Path) -> None:
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    assert monitor("evidence", alert, "--output", str(first)).exit_code == 0
    with zipfile.ZipFile(first) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert set(files) == {
        "README.txt", "SHA256SUMS", "alert.json", "article.json", "article.txt", "response-body", "response-headers.txt",
        "response.json", "response.warc.gz", "rule.json",
    }  # fmt: skip
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())  # type: ignore[misc]
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "SHA256SUMS"}
    assert files["article.txt"].decode() == "Heroin in a lorry\n\nOn the bridge."
    assert files["response-body"] == PAGE
    assert files["response-headers.txt"] == b"content-type: text/html\r\ndate: Tue\r\n"
    response = json.loads(files["response.json"])
    assert (response["asked_url"], response["url"], response["status"], response["fetched_at"]) == (
        "https://post.example/1", "https://www.post.example/1", 200, "2026-11-24T09:00:00+00:00",
    )  # fmt: skip
    assert json.loads(files["rule.json"])["in_force"]["when"] == "heroin OR ยาบ้า"
    told = json.loads(files["alert.json"])
    assert told["id"] == alert
    assert [each["words"] for each in told["receipt"]["receipt"]] == ["Heroin"]
    assert told["deliveries"][0]["last_error"] == "550 no such user"
    records = [
        (each.rec_type, each.rec_headers.get_header("WARC-Target-URI"), each.content_stream().read())
        for each in ArchiveIterator(io.BytesIO(files["response.warc.gz"]))
    ]
    assert ("response", "https://www.post.example/1", PAGE) in records
    monitor("evidence", alert, "--output", str(second))
    with zipfile.ZipFile(second) as archive:
        again = {name: archive.read(name) for name in archive.namelist()}
    changing = {"response.warc.gz", "SHA256SUMS"}  # WARC records have ids of their own
    assert {name: again[name] for name in files if name not in changing} == {
        name: files[name] for name in files if name not in changing
    }


def test_evidence_says_when_the_rule_has_changed_since(
    monitor: Callable[..., Result], alert: str, directory: Path, tmp_path: Path
) -> None:
    path = directory / "rules" / "rules.yaml"
    path.write_text(path.read_text().replace("heroin OR ยาบ้า", "heroin OR opium"))
    monitor("evidence", alert, "--output", str(tmp_path / "e.zip"))
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        assert json.loads(archive.read("rule.json"))["in_force"] is None


def test_evidence_is_of_the_version_that_raised_the_alert(
    monitor: Callable[..., Result], app: App, alert: str, directory: Path, tmp_path: Path
) -> None:
    """A page that is changed twice after its first alert, and raises another one in between."""
    written = "- {id: guns, title: Guns, when: rifle, alert: [desk]}\n- {id: drugs, title: Drugs, when: heroin OR ยาบ้า, alert: [desk]}\n"
    (directory / "rules" / "rules.yaml").write_text(written)
    app.reload(load(directory, {"HOME": str(directory)}))
    for hours, headline, body, author in (
        (3, "Heroin and a rifle in a lorry", b"<p>heroin, rifle</p>", "Dara"),
        (27, "Rice in a lorry", b"<p>rice</p>", "Sok"),
    ):
        at = NOW + timedelta(hours=hours)
        with app.store.writing() as tx:
            (stored,) = tx.articles.newest(1)
            changed = replace(stored.article, headline=headline, authors=(author,))
            fetched = Fetched(url="https://post.example/1", status=203, headers={"age": str(hours)}, body=body, fetched_at=at)
            revise_article(
                tx,
                app.context.rules,
                stored,
                prepare(app.context.rules, POST, sketched(changed)),
                StoredResponse.of("https://post.example/1", fetched),
                at,
                channels=app.context.channels,
            )
    with app.store.reading() as tx:
        by_rule = {each.alert.rule_id: each.alert.id for each in tx.alerts.newest(5)}
    assert by_rule.pop("drugs") == alert
    told = {}
    for each in (alert, by_rule["guns"]):
        monitor("evidence", each, "--output", str(tmp_path / f"{each}.zip"))
        with zipfile.ZipFile(tmp_path / f"{each}.zip") as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        (words,) = json.loads(files["alert.json"])["receipt"]["receipt"]
        ((start, end),) = words["spans"]
        told[each] = (
            files["article.txt"].decode().splitlines()[0],
            files["article.txt"].decode()[start:end],
            json.loads(files["article.json"])["authors"],
            files["response-headers.txt"],
            files["response-body"],
            json.loads(files["response.json"])["fetched_at"],
            files["response-body"]
            in (each.content_stream().read() for each in ArchiveIterator(io.BytesIO(files["response.warc.gz"]))),
        )
        assert f"monitor articles show {stored.id} --versions" in files["README.txt"].decode()
    assert told == {
        alert: ("Heroin in a lorry", "Heroin", [], b"content-type: text/html\r\ndate: Tue\r\n", PAGE, NOW.isoformat(), True),
        by_rule["guns"]: (
            "Heroin and a rifle in a lorry", "rifle", ["Dara"], b"age: 3\r\n", b"<p>heroin, rifle</p>",
            (NOW + timedelta(hours=3)).isoformat(), True,
        ),
    }  # fmt: skip


def test_there_is_no_evidence_for_an_alert_that_is_not_there(monitor: Callable[..., Result]) -> None:
    done = monitor("evidence", "nothing")
    assert (done.exit_code, "no alert has the id" in done.output) == (2, True)


def test_precision_is_shown_by_rule_and_by_term(monitor: Callable[..., Result], parsed, app: App, alert: str) -> None:
    assert "No verdicts yet" in monitor("rules", "precision").output
    with app.store.writing() as tx:
        tx.feedback.give(Feedback(alert_id=alert, channel_id="desk", verdict="noise", given_at=NOW))
        tx.feedback.give(Feedback(alert_id=alert, channel_id="chief", verdict="relevant", given_at=NOW))
    (row,) = parsed("rules", "precision")
    assert (row["name"], row["precision"], row["relevant"], row["noise"]) == ("drugs", 0.5, 1, 1)
    assert "heroin\t50%" in monitor("rules", "precision", "--terms").output
    assert parsed("rules", "precision", "--rule", "aseanapol") == []
