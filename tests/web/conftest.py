"""A desk over a real store with a small archive in several scripts; its texts are our own."""

from __future__ import annotations

import base64
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from monitor.adapters.clock import SetClock
from monitor.alerts.channel import EmailChannel, Secret
from monitor.articles.article import Article
from monitor.ports import StoredArticle
from monitor.rules.compile import compile_rules
from monitor.rules.rule import Rule, Vocabulary
from monitor.settings.settings import Settings, WebSettings
from monitor.sources.entry import Entry
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.steps.file_article import file_article, prepare
from monitor.store.database import RowStore, open_store
from monitor.stories.sketched import sketched
from monitor.web.behind import Archive
from monitor.web.desk import desk
from monitor.web.meter import Meter

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
USER, PASSWORD = "anna", "four small words here"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
SOURCES = (
    Source(id="post", name="Harbour Post", url="https://post.example/feed", kind="feed", language="en", country="SG"),
    Source(id="dao", name="ข่าวดาว", url="https://dao.example/feed", kind="feed", language="th", country="TH"),
    Source(id="hoa", name="Báo Hoa", url="https://hoa.example/feed", kind="feed", language="vi", country="VN"),
    Source(id="old", name="Old Times", url="https://old.example/", kind="page", enabled=False, note="Off: refuses programs."),
)
VOCABULARIES = (
    Vocabulary(
        name="crime/drug-trafficking",
        title="Drug trafficking",
        terms={"en": ("heroin", "drug ring"), "th": ("ยาบ้า",), "vi": ("ma túy",)},
    ),
    Vocabulary(name="crime/trafficking-in-persons", title="Trafficking in persons", terms={"en": ("human trafficking",)}),
    Vocabulary(name="country/th", title="Thailand", terms={"en": ("Thailand", "Thai"), "th": ("ไทย", "เชียงราย")}),
    Vocabulary(name="country/vn", title="Viet Nam", terms={"en": ("Vietnam",), "vi": ("Việt Nam", "Hà Nội")}),
)
RULES = (
    Rule(
        id="drugs", title="Drugs", when="@crime/drug-trafficking", score={"title:heroin": 2, "@country/*": 1}, alert=("desk",)
    ),
    Rule(id="people", title="People", when="@crime/trafficking-in-persons AND NOT film", severity="high", alert=("desk",)),
)
TEXTS = (
    (
        "post",
        "en",
        "Heroin hidden in mango crates",
        "Customs officers in Vietnam opened forty crates. Heroin lay beneath the fruit.",
    ),
    (
        "post",
        "en",
        "Court hears human trafficking case",
        "Six women from Thailand told the court how a human trafficking ring had sold them.",
    ),
    ("post", "en", "Mango festival ends with fireworks", "Thousands came to the harbour, where the mango queen was crowned."),
    ("dao", "th", "ตำรวจเชียงรายยึดยาบ้าหกล้านเม็ด", "เจ้าหน้าที่ยึดยาบ้าริมแม่น้ำและจับกุมผู้ต้องหาสามคน"),
    ("hoa", "vi", "Bắt đường dây ma túy ở Hà Nội", "Công an thu giữ ma túy giấu trong xe tải, bốn người bị bắt."),
)


def settings_of(tmp_path: Path, **changes: object) -> Settings:
    known = {
        "directory": tmp_path,
        "state_directory": tmp_path,
        "store": f"sqlite:///{tmp_path}/monitor.db",
        "user_agent": "test",
        "sources": SOURCES,
        "rules": RULES,
        "vocabularies": VOCABULARIES,
        "web": WebSettings(users={USER: Secret(HASH)}),
    }
    return Settings(**{**known, **changes})


@dataclass
class Desk:
    """A desk and what stands behind it."""

    behind: Archive
    client: TestClient
    clock: SetClock
    meter: Meter

    @property
    def store(self) -> RowStore:
        return self.behind.store

    def log_in(self, password: str = PASSWORD, name: str = USER):
        """Through the form, as a person does."""
        token = self.token("/login")
        return self.client.post("/login", data={"name": name, "password": password, "token": token}, follow_redirects=False)

    def token(self, path: str) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.client.get(path).text)
        assert found is not None
        return found[1]

    def publish(self, source: Source, article: Article, *, at: datetime = NOW) -> str:
        """File an article as a step would; the id of its story."""
        return publish(self, source, article, at=at)

    def changed(self, stored: StoredArticle, *, paragraphs: tuple[str, ...], at: datetime) -> StoredArticle:
        """The article as it reads later."""
        return replace(stored, article=replace(stored.article, paragraphs=paragraphs), revised_at=at)

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text


def opened(settings: Settings) -> Desk:
    """A desk over the store of these settings; to be closed by whoever asked for it."""
    clock = SetClock(NOW)
    store = open_store(settings.store)
    archive = Archive(settings=settings, store=store, clock=clock, rules=compile_rules(settings.rules, settings.vocabularies))
    meter = Meter(clock)
    client = TestClient(desk(archive, meter), base_url="http://127.0.0.1:8765")
    return Desk(behind=archive, client=client, clock=clock, meter=meter)


def publish(desk: Desk, source: Source, article: Article, *, at: datetime = NOW) -> str:
    """File an article as a step would; the id of its story."""
    channel = EmailChannel(id="desk", host="mail.example", port=25, sender="m@post.example", to=("d@post.example",), tls="none")
    prepared = prepare(desk.behind.rules, source, sketched(article))
    with desk.store.writing() as tx:
        filed = file_article(tx, desk.behind.rules, prepared, at, alerting=True, channels={"desk": channel})
        entry = Entry(keys=(article.url or "",), url=article.url, title=article.headline, published_at=article.published_at)
        (number,) = tx.entries.add(source.id, [(entry, "lane", None)], now=at, first_poll=False)
        tx.entries.finish(number, "article", "read", filed.article_id)
    return str(filed.story_id)


def fill(desk: Desk) -> None:
    """Five articles; the delivery about the court was given up, one source fails."""
    by_id = {source.id: source for source in SOURCES}
    for number, (source, language, headline, text) in enumerate(TEXTS):
        at = NOW - timedelta(hours=5 - number)
        article = Article(
            headline=headline,
            paragraphs=(text, f"Case number {number} goes on."),
            url=f"https://{source}.example/{number}",
            language=language,
            published_at=at - timedelta(minutes=20),
        )
        publish(desk, by_id[source], article, at=at)
    with desk.store.writing() as tx:
        (court,) = tx.alerts.newest(5, rule="people")
        (delivery,) = court.deliveries
        tx.alerts.save(replace(delivery, state="dead", attempts=10, last_error="550 no such mailbox"))
        failing = SourceState(
            source_id="hoa",
            next_poll_at=NOW + timedelta(hours=1),
            last_poll_at=NOW,
            failures=3,
            last_error="HTTP 503, the server is not well",
        )
        tx.sources.save(failing, "hoa.example")


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An empty store and a filled one, made once, to be copied."""
    made = {}
    for name in ("empty", "filled"):
        folder = tmp_path_factory.mktemp(name)
        desk = opened(settings_of(folder))
        with desk.store.writing() as tx:
            tx.sources.watch([source for source in SOURCES if source.enabled], NOW)
        if name == "filled":
            fill(desk)
        desk.store.close()
        made[name] = folder / "monitor.db"
    return made


@pytest.fixture
def make_desk(tmp_path: Path, stores: dict[str, Path]) -> Iterator[Callable[..., Desk]]:
    """Makes a desk over a copy of one of the stores; further arguments are changes to the settings."""
    with ExitStack() as closing:

        def make(store: str = "empty", **changes: object) -> Desk:
            shutil.copy(stores[store], tmp_path / "monitor.db")
            desk = opened(settings_of(tmp_path, **changes))
            closing.callback(desk.store.close)
            closing.enter_context(desk.client)
            return desk

        yield make


@pytest.fixture
def empty(make_desk: Callable[..., Desk]) -> Desk:
    """A desk over an empty store, nobody logged in."""
    return make_desk("empty")


@pytest.fixture
def filled(make_desk: Callable[..., Desk]) -> Desk:
    """A desk over five articles, nobody logged in."""
    return make_desk("filled")


@pytest.fixture
def inside(filled: Desk) -> Desk:
    """The same, logged in."""
    assert filled.log_in().status_code == 303
    return filled


@pytest.fixture
def basic() -> dict[str, str]:
    """The header of name and password."""
    return {"Authorization": "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening
