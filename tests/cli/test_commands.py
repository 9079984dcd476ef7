"""What a person types and what they get."""

from __future__ import annotations

import io
import json
import logging
import re
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from monitor.cli import cli, main
from monitor.cli.logs import JournalFormatter
from monitor.cli.printing import print_table
from monitor.settings.models import SUBJECTS
from monitor.sources.entry import Hints
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.store.database import open_store

ROOT = Path(__file__).parents[2]


def test_a_bare_monitor_in_a_folder_without_configuration_says_what_to_type_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    output = CliRunner().invoke(cli, []).output
    assert "No configuration" in output
    for words in ("monitor demo", "monitor init DIR"):
        assert words in output


def test_a_bare_monitor_beside_a_configuration_names_it(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(directory.parent)
    output = CliRunner().invoke(cli, []).output
    assert "Configuration: config" in output
    assert "monitor run" in output


def test_every_command_has_help_that_says_what_it_does() -> None:
    for name in cli.list_commands(None):  # type: ignore[arg-type]
        result = CliRunner().invoke(cli, [name, "--help"])
        assert result.exit_code == 0, name
        assert len(result.output) > 80, name


@pytest.mark.parametrize("group", ["", "sources", "articles", "stories", "alerts", "channels", "rules", "store"])
def test_what_a_list_of_commands_says_of_each_fits_on_its_line(group: str) -> None:
    commands = CliRunner().invoke(cli, [*group.split(), "--help"]).output.partition("Commands:")[2]
    assert commands
    assert "..." not in commands


def test_every_command_and_option_that_docs_and_configuration_name_is_there() -> None:
    written = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "config").rglob("*.yaml")]
    named = [
        words.split()
        for path in written
        for words in re.findall(r"(?:`|^ {4}|bin/)monitor(?:ctl)? ([a-z-][^`|\n]+)", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(named) > 50
    for words in named:
        command: click.Command = cli
        for word in words:
            if not isinstance(command, click.Group) or word.startswith("-"):
                break
            found = command.get_command(click.Context(cli), word.strip(".,;:"))
            assert found is not None, words
            command = found
        options = {option for param in command.params for option in param.opts} | {"--help"}
        asked = {word.strip(".,;:") for word in words if word.startswith("--")}
        assert not asked - options, words


def test_without_a_configuration_a_command_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, monitor
) -> None:
    monkeypatch.chdir(tmp_path / "..")
    result = monitor("status", config=False)
    assert result.exit_code == 2
    assert "monitor init DIR" in result.output


def test_init_writes_a_configuration_that_check_accepts(tmp_path: Path, monitor) -> None:
    new = tmp_path / "new"
    assert monitor("init", str(new), config=False).exit_code == 0
    result = monitor("check", "--config", str(new), config=False)
    assert result.exit_code == 0
    assert "no problems" in result.output
    assert monitor("init", str(new), config=False).exit_code == 2


def test_check_lists_all_problems_with_their_places(directory: Path, monitor, parsed) -> None:
    (directory / "sources.yaml").write_text("- {id: post, name: Post, url: 'ftp://x', intervall: 5m}\n")
    (directory / "rules" / "rules.yaml").write_text("- {id: one, title: One, when: 'a AND b OR c'}\n")
    result = monitor("check")
    assert result.exit_code == 2
    for words in ("sources.yaml:1:", "unknown key `intervall`", "rules.yaml:1:", "parentheses", "3 problems"):
        assert words in result.output
    problems = parsed("check")["problems"]
    assert len(problems) == 3
    assert all(problem["line"] for problem in problems)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_json_schema_can_be_printed(monitor, subject: str) -> None:
    assert json.loads(monitor("check", "--schema", subject, config=False).stdout)["$schema"].startswith(
        "https://json-schema.org/"
    )


def test_import_takes_texts_through_the_same_door_and_export_writes_them_out(
    texts: Path, tmp_path: Path, monitor, parsed
) -> None:
    output = monitor("import", str(texts)).output
    assert "001.txt: imported; matches aseanapol, drugs" in output
    assert "002.txt: imported; matches no rule" in output
    assert "known already" in monitor("import", str(texts)).output
    assert [article["article"]["headline"] for article in parsed("articles")] == [
        "Mango festival ends with fireworks",
        "ASEANAPOL officers close heroin route",
    ]
    assert monitor("alerts").output.startswith("No such alert"), "an import tells nobody"
    folder = tmp_path / "out"
    assert "2 articles" in monitor("export", str(folder), "--with-metadata").output
    names = sorted(path.name for path in folder.glob("*.txt"))
    assert [name[:4] for name in names] == ["001_", "002_"]
    text = (folder / names[1]).read_bytes()
    assert text == (texts / "002.txt").read_bytes()
    assert json.loads((folder / names[0]).with_suffix(".json").read_text())["language"] == "en"
    assert "1 article in" in monitor("export", str(tmp_path / "drugs"), "--rule", "drugs").output


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path, monitor) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xfa")
    result = monitor("import", str(tmp_path / "bad.txt"))
    assert result.exit_code == 2
    assert "bad.txt is not UTF-8" in result.output


def test_files_that_hold_no_article_cost_the_others_nothing(texts: Path, tmp_path: Path, monitor, parsed) -> None:
    (texts / "000.txt").write_bytes(b"\n")
    (texts / "0000.txt").write_bytes(b"\xff\xfe\xfa")
    result = monitor("import", str(texts))
    assert result.exit_code == 2
    for words in ("000.txt holds no article", "0000.txt is not UTF-8", "001.txt: imported", "2 files of 4"):
        assert words in result.output
    assert len(parsed("articles")) == 2
    replayed = monitor("replay", str(texts))
    assert (replayed.exit_code, "2 articles" in replayed.output) == (0, True)


def test_a_file_that_cannot_be_written_is_named(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "none" / "all.opml"
    monkeypatch.setattr("sys.argv", ["monitor", "sources", "export", str(place), "--config", str(directory)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err) == (1, f"monitor: {place}: No such file or directory\n")


def test_in_a_narrow_terminal_an_id_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "60")
    identity = "2a7344e0-e4ef-5714-aaf3-048584fd76bf"
    print_table(("id", "rule", "headline"), [(identity, "transnational-crime", "ยาบ้า" * 30)], "")
    assert identity in terminal.getvalue()
    assert "…" not in terminal.getvalue()


@pytest.mark.parametrize("words", [("articles",), ("export", "out"), ("rules", "precision")])
def test_a_rule_that_is_misspelt_is_not_taken_for_one_that_matched_nothing(
    monitor, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert monitor(*words, "--rule", "drugs").exit_code == 0
    refused = monitor(*words, "--rule", "drug")
    assert (refused.exit_code, "there are aseanapol, drugs" in refused.output) == (2, True)


def test_a_number_that_makes_no_sense_is_refused(monitor) -> None:
    for words in (
        ("alerts", "--limit", "0"),
        ("sources", "courtesy", "--days", "0"),
        ("sources", "try", "post", "--pages", "-1"),
    ):
        result = monitor(*words)
        assert (result.exit_code, "is not in the range" in result.output) == (2, True), words


def test_explain_shows_the_receipt_for_a_match_and_for_a_non_match(texts: Path, monitor, parsed) -> None:
    told = parsed("explain", str(texts / "001.txt"))
    assert told["article"]["headline"] == "ASEANAPOL officers close heroin route"
    assert [match["rule"] for match in told["matches"]] == ["aseanapol", "drugs"]
    (drugs,) = [match for match in told["matches"] if match["rule"] == "drugs"]
    assert drugs["points"] == 3
    hit = drugs["hits"][0]
    assert told["article"]["headline"][hit["start"] : hit["end"]] == hit["words"] == "heroin"
    assert "[ASEANAPOL]" in monitor("explain", str(texts / "001.txt")).output
    assert parsed("explain", str(texts / "002.txt"))["matches"] == []
    assert "heroin" in monitor("explain", str(texts / "002.txt"), "--rule", "drugs").output


def test_explain_counts_utf_16_for_scripts_that_do(tmp_path: Path, parsed) -> None:
    (tmp_path / "emoji.txt").write_text("😀 heroin 😀\n\nNothing more is known of it at this hour.", encoding="utf-8")
    (match,) = parsed("explain", str(tmp_path / "emoji.txt"))["matches"]
    hit = match["hits"][0]
    assert (hit["start"], hit["end"], hit["utf16_start"], hit["utf16_end"]) == (2, 8, 3, 9)


def test_explain_reads_a_saved_page_and_shows_what_was_removed(tmp_path: Path, monitor) -> None:
    paragraphs = "".join(
        f"<p>Paragraph {n} tells of the heroin that was found on the hill road last night.</p>" for n in range(9)
    )
    page = tmp_path / "page.html"
    page.write_text(
        f"<html><head><title>Heroin found</title></head><body><article><h1>Heroin found</h1>{paragraphs}</article></body></html>"
    )
    output = monitor("explain", str(page)).output
    assert "[Heroin] found" in output


def test_explain_of_nothing_says_what_it_takes(monitor) -> None:
    result = monitor("explain", "0123456789abcdef")
    assert result.exit_code == 2
    assert "no article of the archive" in result.output
    unanswered = monitor("explain", "http://127.0.0.1:9/")  # what was typed is right, what it asks of the world did not work
    assert (unanswered.exit_code, "is not a public address" in unanswered.output) == (1, True), unanswered.output


def test_search_asks_the_archive_in_the_language_of_the_rules(texts: Path, monitor, parsed) -> None:
    monitor("import", str(texts))
    assert [article["article"]["headline"][:5] for article in parsed("search", "mango AND NOT heroin")] == ["Mango"]
    assert [article["article"]["headline"][:5] for article in parsed("search", "@asean/police")] == ["ASEAN"]
    assert parsed("search", "durian") == []
    result = monitor("search", "mango AND heroin OR tea")
    assert result.exit_code == 2
    assert "(mango AND heroin) OR tea" in result.output


def test_replay_of_texts_prints_the_alerts_they_would_have_raised_and_keeps_nothing(texts: Path, monitor, parsed) -> None:
    first, second = monitor("replay", str(texts)).output, monitor("replay", str(texts)).output
    assert first == second
    assert "2 alerts; 2 articles, 1 matched" in first
    assert {alert["rule_id"] for alert in parsed("replay", str(texts))["alerts"]} == {"aseanapol", "drugs"}
    assert parsed("articles") == []
    dated = (texts / "002.txt").read_text(encoding="utf-8") + "\n\nHeroin was found on 3 May 2025."
    (texts / "002.txt").write_text(dated, encoding="utf-8")
    assert "2025-05-03 00:00:00Z  drugs" in monitor("replay", str(texts)).output


def test_backtest_of_a_draft_tells_the_stories_gained_and_lost(texts: Path, tmp_path: Path, monitor, parsed) -> None:
    monitor("import", str(texts))
    draft = tmp_path / "draft.yaml"
    draft.write_text("- {id: drugs, title: Drugs, when: mango}\n")
    (drugs,) = parsed("rules", "backtest", "--draft", str(draft), "--rule", "drugs")["rules"]
    assert drugs["alerts"] == 1
    assert [story["headline"] for story in drugs["gained"]] == ["Mango festival ends with fireworks"]
    assert [story["headline"] for story in drugs["lost"]] == ["ASEANAPOL officers close heroin route"]
    over_files = parsed("rules", "backtest", str(texts))
    assert (over_files["articles"], [rule["alerts"] for rule in over_files["rules"]]) == (2, [1, 1])
    draft.write_text("- {id: drugs, title: Drugs, when: '@nowhere/*'}\n")
    result = monitor("rules", "backtest", "--draft", str(draft))
    assert result.exit_code == 2
    assert "draft.yaml:1:" in result.output


def test_rescan_matches_the_archive_by_the_rules_as_they_are_now(texts: Path, directory: Path, monitor, parsed) -> None:
    monitor("import", str(texts))
    (directory / "rules" / "rules.yaml").write_text("- {id: fruit, title: Fruit, when: mango, alert: [desk]}\n")
    assert "2 of 2 articles changed" in monitor("rescan").output
    assert [[match["rule"] for match in article["matches"]] for article in parsed("articles")] == [["fruit"], []]
    assert "0 of 2 articles changed" in monitor("rescan").output


def test_rules_score_measures_against_labelled_articles(tmp_path: Path, monitor, parsed) -> None:
    rows = [
        {
            "id": "1",
            "language": "en",
            "country": "TH",
            "headline": "Heroin found",
            "text": "On a hill.",
            "labels": {"drugs": True},
        },
        {
            "id": "2",
            "language": "en",
            "country": "TH",
            "headline": "Heroine found",
            "text": "In a play.",
            "labels": {"drugs": False},
        },
        {"id": "3", "language": "th", "country": "TH", "headline": "ยึดยาบ้า", "text": "ริมโขง", "labels": {"drugs": True}},
        {"id": "4", "language": "th", "country": "TH", "headline": "ข่าว", "text": "ยาไอซ์", "labels": {"drugs": True}},
    ]
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    (drugs,) = parsed("rules", "score", str(file))["rules"]
    assert (drugs["rule"], drugs["precision"], drugs["recall"]) == ("drugs", 1.0, pytest.approx(1 / 3))
    assert {row["language"]: (row["articles"], row["positives"]) for row in drugs["languages"]} == {"en": (2, 1), "th": (2, 2)}
    output = monitor("rules", "score", str(file)).output
    assert "missed" in output
    assert "4" in output
    assert parsed("rules", "score", str(file), "--rule", "drugs")["rules"] == [drugs]
    assert parsed("rules", "score", str(file), "--rule", "aseanapol")["rules"] == []
    assert "no rule is called 'nope'" in monitor("rules", "score", str(file), "--rule", "nope").output
    file.write_text('{"id": "1"}\n')
    assert "labelled.jsonl:1: not a labelled article ('headline' is missing)" in monitor("rules", "score", str(file)).output
    file.write_text("\n")
    assert "holds no labelled article" in monitor("rules", "score", str(file)).output


def test_rules_check_and_format_help_with_writing(monitor, parsed) -> None:
    assert isinstance(parsed("rules", "check"), list)
    assert monitor("rules", "format", 'heroin w/10 "the hill"').output == 'heroin NEAR/10 "the hill"\n'
    assert "when: @asean/police" in monitor("rules", "format").output


def test_status_of_polled_sources_is_json_too(monitor, parsed, tmp_path) -> None:
    monitor("status")  # makes the store
    polled = SourceState(
        source_id="post", next_poll_at=None, seen=b"12345678", listed=1, hints=Hints(skip_hours=frozenset((3, 1)))
    )
    store = open_store(f"sqlite:///{tmp_path}/state/monitor.db")
    with store.writing() as tx:
        tx.sources.watch(
            [Source(id="post", name="Post", url="https://post.example/feed", kind="feed")], datetime(2026, 1, 1, tzinfo=UTC)
        )
        tx.sources.save(polled, "post.example")
    store.close()
    (source,) = parsed("status")["sources"]
    assert (source["url"], source["listed"], source["hints"]["skip_hours"]) == ("https://post.example/feed", 1, [1, 3])


def test_status_and_alerts_of_an_empty_store_say_what_to_do_next(monitor, parsed) -> None:
    assert "0 articles" in monitor("status").output
    assert "desk" in monitor("status").output, "the channel that is off is named"
    assert [source["id"] for source in parsed("status")["sources"]] == ["post"]
    assert parsed("alerts") == []
    assert "No dead delivery" in monitor("alerts", "retry").output


def test_lines_for_the_journal_carry_their_priority() -> None:
    lines = JournalFormatter("%(levelname)s %(message)s")
    record = logging.LogRecord("monitor", logging.WARNING, "", 0, "two\nlines", None, None)
    assert lines.format(record) == "<4>WARNING two\n<4>lines"
    record = logging.LogRecord("monitor", logging.INFO, "", 0, "polled", None, None)
    assert lines.format(record) == "<6>INFO polled"
