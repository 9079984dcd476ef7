"""One queue for each channel: receivers that take minutes delay nobody else (W3), through the real engine, mailer and poster."""

from __future__ import annotations

import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from monitor.app import open_app
from monitor.articles.article import Article
from monitor.engine.run_step import Event
from monitor.settings import load
from monitor.sources.source import Source
from monitor.steps.import_article import import_article

SLOW = 12
ALERTS = 5
_LETTERS = "bcdfghjklmnprstvw"


def test_a_dozen_receivers_that_do_not_answer_delay_neither_mail_nor_another_webhook(
    configuration: Path, smtp_server, receiver, tmp_path: Path
) -> None:
    release, asked = threading.Event(), threading.Semaphore(0)

    class Sleepy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.release()
            release.wait(60)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: object) -> None: ...

    sleepy = ThreadingHTTPServer(("127.0.0.1", 0), Sleepy)
    sleepy.daemon_threads = True
    thread = threading.Thread(target=sleepy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    mail, quick = smtp_server(), receiver((204, {}))
    secret = f"{{file: '{tmp_path / 'secret'}'}}"
    names = [f"slow-{number}" for number in range(SLOW)] + ["desk", "quick"]
    (configuration / "sources.yaml").write_text("[]\n")
    (configuration / "channels.yaml").write_text(
        "".join(
            f"- {{id: slow-{number}, kind: webhook, url: 'http://127.0.0.1:{sleepy.server_port}/', secret: {secret}, timeout: 60s}}\n"
            for number in range(SLOW)
        )
        + f"- {{id: desk, kind: email, host: 127.0.0.1, port: {mail.port}, tls: none, from: m@desk.example, to: [d@desk.example]}}\n"
        + f"- {{id: quick, kind: webhook, url: '{quick.url}', secret: {secret}}}\n"
    )
    (configuration / "rules" / "rules.yaml").write_text(
        f"- {{id: aseanapol, title: ASEANAPOL, when: ASEANAPOL, alert: [{', '.join(names)}]}}\n"
    )
    sent: list[str] = []
    told = threading.Condition()

    def on_event(event: Event) -> None:
        if event.due.step == "deliver":
            with told:
                sent.append(str(event.done.facts.get("channel")))
                told.notify_all()

    files = Source(id="files", name="Files", url="https://files.invalid/", kind="page")
    with open_app(load(configuration, {"HOME": str(tmp_path)})) as app:
        for number in range(ALERTS):
            chance = random.Random(number)
            words = ["".join(letter + chance.choice("aeiou") for letter in chance.choices(_LETTERS, k=3)) for _ in range(60)]
            article = Article(headline=f"ASEANAPOL {words[0]} {words[1]}", paragraphs=(" ".join(words),))
            assert import_article(app.context, files, article, alerting=True).facts["alerts"]
        with app.daemon(on_event, lambda: None) as engine:
            try:
                assert all(asked.acquire(timeout=30) for _ in range(SLOW)), "every slow channel has its own delivery under way"
                with told:
                    done = told.wait_for(lambda: sent.count("desk") == sent.count("quick") == ALERTS, timeout=30)
                assert done, sent
                assert not [name for name in sent if name.startswith("slow")]
            finally:
                release.set()
                engine.stop(30)
    assert len(mail.messages) == len(quick.requests) == ALERTS
    sleepy.shutdown()
    thread.join()
    sleepy.server_close()
