from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.alerts.channel import EmailChannel, WebhookChannel
from monitor.errors import ConfigError, Problem
from monitor.rules.rule import Rule, Vocabulary
from monitor.settings import Settings
from monitor.settings.settings import Recordings
from monitor.sources.source import Selectors, Source

Load = Callable[..., Settings]
Problems = Callable[..., list[Problem]]

SOURCE = "- id: one\n  name: One\n  url: https://one.example/feed\n"
MAIL = "- id: desk\n  kind: email\n  host: mail.police.example\n  from: a@police.example\n  to: [b@police.example]\n"
HOOK = "- id: hook\n  kind: webhook\n  url: https://hook.police.example/\n  secret: {env: HOOK}\n"
RULE = "- id: crime\n  title: Crime\n  when: '@crime/drugs'\n"
VOCABULARY = "crime/drugs:\n  title: Drugs\n  en: [smuggling]\n"
SIGNING = "whsec_" + "QUJD" * 8


def test_every_key_of_every_file_arrives_in_the_settings(settings: Load) -> None:
    got = settings(
        {
            "monitor.yaml": (
                "contact: https://police.example/monitor\nstate: ../var\nstore: desk.db\nworkers: 4\nfirst_poll_window: 12h\n"
                "retention: 52w\nfetch: {timeout: 1m30s, max_size: 5MB, host_gap: 2s, allow_networks: [10.1.2.0/24, 'fd00::/8']}\n"
            ),
            "sources.yaml": (
                "- {id: one, name: หนึ่ง, url: 'https://one.example/news', kind: page, language: th, country: TH, timezone: Asia/Bangkok,\n"
                "   home: 'https://one.example/', interval: 1h, enabled: false, note: why,\n"
                "   selectors: {links: a.story, headline: h1, text: article, authors: .by, published: time, remove: .ad}}\n"
            ),
            "channels.yaml": (
                "- {id: desk, kind: email, host: mail.police.example, port: 2525, tls: tls, from: Monitor <a@police.example>,\n"
                "   to: [b@police.example, c@police.example], username: a, password: {env: SMTP}, timeout: 10s}\n"
                "- {id: hook, kind: webhook, url: 'https://hook.police.example/', secret: {env: HOOK}, timeout: 5s}\n"
                "- {id: later, kind: webhook, enabled: false, url: 'https://later.police.example/', secret: {env: LATER}}\n"
            ),
            "rules/crime.yaml": (
                "- {id: crime, title: Crime, when: '@crime/drugs', unless: 'title:film', score: {'@crime/drugs': 2, police: 1},\n"
                "   threshold: 3, severity: high, alert: [desk, hook]}\n"
            ),
            "vocabularies/crime.yaml": "crime/drugs: {title: Drugs, en: [smuggl*, narcotics], th: [ยาเสพติด]}\n",
        },
        SMTP="pass word",
        HOOK=SIGNING,
    )
    assert got.state_directory.name == "var"
    assert got.store == f"sqlite:///{got.state_directory}/desk.db"
    assert (got.contact, got.workers) == ("https://police.example/monitor", 4)
    assert got.user_agent.startswith("asean-monitor/")
    assert got.user_agent.endswith(" (+https://police.example/monitor)")
    assert (got.first_poll_window_s, got.retention_s, got.fetch_timeout_s, got.host_gap_s) == (43_200, 31_449_600, 90, 2)
    assert (got.fetch_max_bytes, got.allow_networks) == (5_000_000, ("10.1.2.0/24", "fd00::/8"))
    selectors = Selectors(links="a.story", headline="h1", text="article", authors=".by", published="time", remove=".ad")
    assert got.sources == (
        Source(
            id="one", name="หนึ่ง", url="https://one.example/news", kind="page", language="th", country="TH", timezone="Asia/Bangkok",
            home="https://one.example/", interval_s=3600, enabled=False, note="why", selectors=selectors,
        ),
    )  # fmt: skip
    mail, hook = got.channels
    assert isinstance(mail, EmailChannel)
    assert isinstance(hook, WebhookChannel)
    assert (mail.host, mail.port, mail.tls, mail.sender, mail.timeout_s) == (
        "mail.police.example", 2525, "tls", "Monitor <a@police.example>", 10,
    )  # fmt: skip
    assert (mail.to, mail.username) == (("b@police.example", "c@police.example"), "a")
    assert mail.password is not None
    assert mail.password.reveal() == "pass word"
    assert (hook.url, hook.secret.reveal(), hook.timeout_s) == ("https://hook.police.example/", SIGNING, 5)
    assert got.channels_off == ("later",)
    assert got.rules == (
        Rule(
            id="crime", title="Crime", when="@crime/drugs", unless="title:film", score={"@crime/drugs": 2, "police": 1}, threshold=3,
            severity="high", alert=("desk", "hook"),
        ),
    )  # fmt: skip
    assert got.vocabularies == (
        Vocabulary(name="crime/drugs", title="Drugs", terms={"en": ("smuggl*", "narcotics"), "th": ("ยาเสพติด",)}),
    )


def test_an_empty_monitor_file_means_the_defaults(settings: Load) -> None:
    got = settings({"monitor.yaml": "# nothing\n", "sources.yaml": SOURCE})
    defaults = Settings(
        directory=got.directory, state_directory=got.state_directory, store=got.store, user_agent=got.user_agent
    )
    for name in (
        "workers",
        "first_poll_window_s",
        "retention_s",
        "fetch_timeout_s",
        "fetch_max_bytes",
        "host_gap_s",
        "allow_networks",
    ):
        assert getattr(got, name) == getattr(defaults, name), name
    assert got.sources[0].interval_s == Source(id="x", name="x", url="x", kind="feed").interval_s


@pytest.mark.parametrize(
    ("environ", "state"),
    [
        pytest.param(
            {"STATE_DIRECTORY": "/var/lib/monitor:/var/lib/other", "XDG_STATE_HOME": "/x"}, "/var/lib/monitor", id="systemd"
        ),
        pytest.param({"XDG_STATE_HOME": "/x"}, "/x/monitor", id="XDG_STATE_HOME"),
        pytest.param({}, "/home/analyst/.local/state/monitor", id="home"),
    ],
)
def test_unless_told_the_state_is_where_the_system_keeps_such_things(
    settings: Load, environ: dict[str, str], state: str
) -> None:
    got = settings({}, **environ)
    assert (got.state_directory, got.store) == (Path(state), f"sqlite:///{state}/monitor.db")


def test_without_a_home_the_state_has_to_be_named(problems: Problems) -> None:
    (problem,) = problems({}, HOME="")
    assert "neither STATE_DIRECTORY nor HOME" in problem.message


def test_a_postgresql_store_gets_its_password_only_when_it_is_opened(settings: Load) -> None:
    got = settings({"monitor.yaml": "store: postgresql://monitor@db.example/news\nstore_password: {env: PG}\n"}, PG="p@ss/word")
    assert got.store == "postgresql+psycopg://monitor@db.example/news"
    assert got.store_url() == "postgresql+psycopg://monitor:p%40ss%2Fword@db.example/news"


MISTAKES = [
    # monitor.yaml
    ("monitor.yaml", "contakt: x\n", 1, 1, "unknown key `contakt`", "`contact`"),
    ("monitor.yaml", "zzz: x\n", 1, 1, "unknown key `zzz`", "one of contact, state, store"),
    ("monitor.yaml", "fetch:\n  time_out: 1s\n", 2, 3, "unknown key `time_out`", "`timeout`"),
    ("monitor.yaml", "fetch: 45s\n", 1, 8, "`fetch`: a mapping should stand here, this is text", "key: value"),
    ("monitor.yaml", "fetch: {timeout: 45}\n", 1, 18, "a duration needs its unit", "45s"),
    ("monitor.yaml", "fetch: {timeout: 1:30}\n", 1, 18, "not a duration", "1h30m"),
    ("monitor.yaml", "fetch: {timeout: 20m}\n", 1, 18, "outside 1s to 10m", "from 1s to 10m"),
    ("monitor.yaml", "fetch: {max_size: 20}\n", 1, 19, "not a size", "20MB"),
    ("monitor.yaml", "fetch: {max_size: 5GB}\n", 1, 19, "outside 1KB to 1GB", "from 1KB"),
    ("monitor.yaml", "fetch: {allow_networks: [10.1.2.3/24]}\n", 1, 26, "not a network", "10.1.2.0/24"),
    ("monitor.yaml", "contact: Desk (police)\n", 1, 10, "not a contact", "without spaces"),
    ("monitor.yaml", "workers: many\n", 1, 10, "a whole number should stand here, this is text", None),
    ("monitor.yaml", "workers: 0\n", 1, 10, "greater than or equal to 1", None),
    ("monitor.yaml", "retention: for ever\n", 1, 12, "not a duration", "7d"),
    ("monitor.yaml", "store: mysql://x@y/z\n", 1, 8, "not a store", "postgresql://"),
    ("monitor.yaml", "store: postgresql://m:hunter2@db/x\n", 1, 8, "a password does not belong", "store_password"),
    ("monitor.yaml", "store_password: {env: PG}\n", 1, 1, "`store_password` without a user", "postgresql://user@host"),
    ("monitor.yaml", "- contact: x\n", 1, 1, "a mapping should stand here, this is a list", "key: value"),
    # sources.yaml
    ("sources.yaml", "id: one\n", 1, 1, "a list of sources should stand here", "- id:"),
    ("sources.yaml", "- one\n", 1, 3, "a mapping should stand here, this is text", "key: value"),
    ("sources.yaml", "- id: one\n  name: One\n", 1, 3, "`url` is missing", "url: https://"),
    ("sources.yaml", SOURCE + "  intervall: 15m\n", 4, 3, "unknown key `intervall`", "`interval`"),
    ("sources.yaml", SOURCE + "  interval: 15\n", 4, 13, "a duration needs its unit", "15s"),
    ("sources.yaml", SOURCE + "  interval: 0s\n", 4, 13, "outside 1s to 4w", "from 1s"),
    ("sources.yaml", SOURCE + "  kind: fed\n", 4, 9, "`kind`: not one of feed, page, sitemap", "feed"),
    ("sources.yaml", SOURCE + "  country: th\n", 4, 12, "not a country code", "TH"),
    ("sources.yaml", SOURCE + "  country: UK\n", 4, 12, "not a country code", "GB"),
    ("sources.yaml", SOURCE + "  country: Thailand\n", 4, 12, "not a country code", "ISO 3166-1"),
    ("sources.yaml", SOURCE + "  language: vn\n", 4, 13, "not a language tag", "vi"),
    ("sources.yaml", SOURCE + "  language: en_GB\n", 4, 13, "not a language tag", "en"),
    ("sources.yaml", SOURCE + "  language: thai\n", 4, 13, "not a language tag", "zh-Hans"),
    ("sources.yaml", SOURCE + "  timezone: Bangkok\n", 4, 13, "not a time zone", "Asia/Bangkok"),
    ("sources.yaml", SOURCE + "  timezone: ../etc/passwd\n", 4, 13, "not a time zone", "Asia/Bangkok"),
    ("sources.yaml", SOURCE + "  enabled: yes\n", 4, 12, "true or false should stand here, this is text", "true or false"),
    ("sources.yaml", SOURCE + "  home: one.example/news\n", 4, 9, "not a web address", "https://one.example/news"),
    ("sources.yaml", SOURCE + "  home: file:///etc/passwd\n", 4, 9, "not a web address", "https://"),
    ("sources.yaml", SOURCE + "  home: 'https://me:hunter2@one.example/'\n", 4, 9, "a user or password", "without it"),
    ("sources.yaml", SOURCE + "  selectors: {text: 'div['}\n", 4, 21, "not a CSS selector", "article h2 a"),
    ("sources.yaml", SOURCE + "  selectors: {link: a}\n", 4, 15, "unknown key `link`", "`links`"),
    ("sources.yaml", SOURCE + "  selectors: {links: a}\n", 1, 3, "does nothing for a source of kind feed", "kind: page"),
    ("sources.yaml", "- {id: One News, name: x, url: 'https://x.example/'}\n", 1, 8, "not a name", "one-news"),
    ("sources.yaml", "- {id: 123, name: x, url: 'https://x.example/'}\n", 1, 8, "text should stand here, this is a number", "'123'"),
    ("sources.yaml", "- {id: x, name: , url: 'https://x.example/'}\n", 1, 17, "no value where text should stand", "leave the line out"),
    ("sources.yaml", '- {id: x, name: "a\\nb", url: "https://x.example/"}\n', 1, 17, "a line break", "one line"),
    ("sources.yaml", SOURCE + SOURCE.replace("/feed", "/other"), 4, 7, "a second source of this id; it stands in", None),
    ("sources.yaml", SOURCE + SOURCE.replace("id: one", "id: two").replace("one.e", "ONE.e"), 6, 8, "of this address", None),
    # channels.yaml
    ("channels.yaml", MAIL.replace("email", "emial"), 2, 9, "no such kind of channel", "`email`"),
    ("channels.yaml", "- id: desk\n  host: mail.police.example\n  from: a@b\n  to: [a@b]\n", 1, 3, "`kind` is missing", "kind: email"),
    ("channels.yaml", MAIL.replace("host:", "hots:"), 3, 3, "unknown key `hots`", "`host`"),
    ("channels.yaml", MAIL.replace("[b@police.example]", "b@police.example"), 5, 7, "a list should stand here", "[b@police.example]"),
    ("channels.yaml", MAIL.replace("b@police.example", ""), 5, 7, "an empty list", "at least one"),
    ("channels.yaml", MAIL.replace("b@police.example", "desk"), 5, 8, "not a mail address", "desk@example.org"),
    ("channels.yaml", MAIL.replace("from: a@", "from: a at "), 4, 9, "not a sender", "in quotes"),
    ("channels.yaml", MAIL.replace("mail.police.example", "mail.police.example/x"), 3, 9, "not a host name", "its own key"),
    ("channels.yaml", MAIL + "  port: 70000\n", 6, 9, "less than or equal to 65535", None),
    ("channels.yaml", MAIL + "  username: a\n", 1, 3, "`username` and `password` go together", "both"),
    ("channels.yaml", MAIL + "  tls: none\n  username: a\n  password: {env: HOME}\n", 1, 3, "in clear text", "starttls"),
    ("channels.yaml", MAIL + MAIL, 6, 7, "a second channel of this id", None),
    # rules/*.yaml
    ("rules/crime.yaml", RULE + "  alert: [dekc]\n", 4, 11, "no channel of this id", "`desk`"),
    ("rules/crime.yaml", RULE + "  severity: urgent\n", 4, 13, "not one of low, normal, high", "one of low"),
    ("rules/crime.yaml", RULE + "  score: {police: 3}\n", 1, 3, "`score` without `threshold`", "threshold: 3"),
    ("rules/crime.yaml", RULE + "  threshold: 3\n", 1, 3, "can never be reached", None),
    ("rules/crime.yaml", RULE + "  score: {police: 1, gang: 1}\n  threshold: 3\n", 1, 3, "together give 2", "threshold: 2"),
    ("rules/crime.yaml", RULE + "  score: {police: much}\n  threshold: 3\n", 4, 19, "a whole number should stand here", None),
    ("rules/crime.yaml", RULE + "  unless: ''\n", 4, 11, "an empty query", "smuggling"),
    ("rules/crime.yaml", RULE + RULE, 4, 7, "a second rule of this id", None),
    # vocabularies/*.yaml
    ("vocabularies/crime.yaml", VOCABULARY + "  titel: x\n", 4, 10, "a list should stand here", None),
    ("vocabularies/crime.yaml", VOCABULARY + "  titel: [x]\n", 4, 3, "neither `title` nor a language tag", "title"),
    ("vocabularies/crime.yaml", VOCABULARY + "  cn: [走私]\n", 4, 3, "`cn` is neither", "zh"),
    ("vocabularies/crime.yaml", VOCABULARY + "  th: ยา\n", 4, 7, "a list should stand here, this is text", "[ยา]"),
    ("vocabularies/crime.yaml", VOCABULARY + "  th: [911]\n", 4, 8, "text should stand here, this is a number", "'911'"),
    ("vocabularies/crime.yaml", VOCABULARY + "Big Crime: {title: x, en: [a]}\n", 4, 1, "not a vocabulary name", "big-crime"),
    ("vocabularies/crime.yaml", VOCABULARY + "crime/empty: {title: x}\n", 4, 1, "a vocabulary without terms", "en: ["),
    ("vocabularies/crime.yaml", "- x\n", 1, 1, "a mapping of vocabularies", "title"),
    ("vocabularies/other.yaml", VOCABULARY, 1, 1, "a second vocabulary of this name; it stands in", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "line", "column", "message", "write"), MISTAKES, ids=[f"{row[0]}: {row[4]}" for row in MISTAKES]
)
def test_a_mistake_is_named_at_its_place_with_what_to_write(
    problems: Problems, file: str, text: str, line: int, column: int, message: str, write: str | None
) -> None:
    found = [problem for problem in problems({file: text}) if str(problem.file).endswith(file)]
    problem = found[0]
    assert len(found) == 1, "\n".join(map(str, found))
    assert message in problem.message
    assert (problem.line, problem.column) == (line, column)
    assert write is None or write in str(problem.write)
    assert "hunter2" not in str(problem)


def test_everything_that_is_wrong_in_every_file_is_said_at_once(problems: Problems) -> None:
    found = problems(
        {
            "monitor.yaml": "contakt: x\nworkers: 0\n",
            "sources.yaml": SOURCE + "  intervall: 1h\n  country: th\n- {id: two}\n",
            "channels.yaml": MAIL.replace("b@police.example", "desk"),
            "rules/a.yaml": RULE + "  alert: [desk, nobody]\n",
            "rules/b.yaml": "\tx\n",
            "vocabularies/crime.yaml": VOCABULARY + "  cn: [走私]\n",
        }
    )
    assert [("/".join(Path(str(problem.file)).parts[-2:]), problem.line) for problem in found] == [
        ("config/channels.yaml", 5),
        ("config/monitor.yaml", 1),
        ("config/monitor.yaml", 2),
        ("rules/a.yaml", 4),
        ("rules/b.yaml", 1),
        ("rules/crime.yaml", 1),
        ("config/sources.yaml", 4),
        ("config/sources.yaml", 5),
        ("config/sources.yaml", 6),
        ("config/sources.yaml", 6),
        ("vocabularies/crime.yaml", 4),
    ]


def test_two_of_one_name_on_one_line_are_two(problems: Problems) -> None:
    (problem,) = problems(
        {"sources.yaml": "[{id: a, name: a, url: 'https://a.example/'}, {id: a, name: a, url: 'https://b.example/'}]\n"}
    )
    assert (problem.line, problem.column) == (1, 52)


def test_a_file_that_breaks_off_brings_no_further_complaints_about_what_was_not_read(problems: Problems) -> None:
    found = problems(
        {
            "sources.yaml": SOURCE + "  interval: 5\n- id: two\n  name: x: y\n  url: https://two.example/\n",
            "channels.yaml": "- id: other\n  kind: 'email\n",
            "vocabularies/crime.yaml": "crime/fraud:\n  title: @x\n",
        }
    )
    assert [(Path(str(problem.file)).name, problem.line) for problem in found] == [
        ("channels.yaml", 2),
        ("sources.yaml", 4),
        ("sources.yaml", 6),
        ("crime.yaml", 2),
    ]


def test_a_bad_channel_or_vocabulary_is_not_unknown_as_well(problems: Problems) -> None:
    found = problems(
        {
            "channels.yaml": MAIL + "  prot: 25\n",
            "vocabularies/crime.yaml": "crime/drugs: {titel: Drugs, en: [smuggling]}\n",
            "rules/crime.yaml": RULE + "  alert: [desk]\n",
        }
    )
    assert {Path(str(problem.file)).name for problem in found} == {"channels.yaml", "crime.yaml"}
    assert not any("no channel" in problem.message or "no vocabulary" in problem.message for problem in found)


def test_what_is_fetched_is_kept_only_if_the_settings_say_so(settings: Load, tmp_path: Path) -> None:
    assert settings({"monitor.yaml": "state: /s\n"}).archive is None
    by_default = Recordings(
        folder=Path("/s/recordings"), file_bytes=100_000_000, max_bytes=10_000_000_000, max_age_s=90 * 86_400.0
    )
    assert settings({"monitor.yaml": "state: /s\narchive: warc\n"}).archive == by_default
    own = settings({"monitor.yaml": "state: /s\narchive: {folder: /disk, file_size: 1MB, max_size: 2MB, max_age: forever}\n"})
    assert own.archive == Recordings(folder=Path("/disk"), file_bytes=1_000_000, max_bytes=2_000_000, max_age_s=None)


def test_recordings_that_have_no_room_for_two_files_are_a_problem(settings: Load) -> None:
    with pytest.raises(ConfigError, match="holds no two files"):
        settings({"monitor.yaml": "archive: {file_size: 100MB, max_size: 150MB}\n"})
