"""Recordings made by others, replayed from the command line: the same bytes whatever the number of processes, stopped or not."""

from __future__ import annotations

import gzip
import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.cli import replaying
from monitor.cli.recording import replay
from monitor.errors import UsageError

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
STORIES = 30
MATCHING = range(0, STORIES, 5)


def words(seed: int, count: int) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("bcdfgklmnprstvz aeiou", k=chance.randint(3, 9))) for _ in range(count))


def page(number: int) -> bytes:
    lead = f"Officers of ASEANAPOL met on case {number}, the secretariat said." if number in MATCHING else "Nothing happened."
    text = "".join(f"<p>{words(number * 100 + part, 40).capitalize()}.</p>" for part in range(5))
    story = f"<article><h1>Case {number}</h1><p>{lead}</p>{text}</article>"
    return f"<html><head><title>Case {number}</title></head><body>{story}</body></html>".encode()


def write(path: Path, answers: list[tuple[str, bytes, str, datetime]]) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.name.endswith(".gz"), warc_version="1.0")
        for url, body, kind, at in answers:
            packed = [("Content-Encoding", "gzip")] if body.startswith(b"\x1f\x8b") else []
            headers = StatusAndHeaders("200 OK", [("Content-Type", kind), *packed], protocol="HTTP/1.1")
            date = {"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=BytesIO(body), length=len(body), http_headers=headers, warc_headers_dict=date
                )
            )
    return path


def crawled(numbers: range, minutes: int = 1) -> list[tuple[str, bytes, str, datetime]]:
    """Pages of three sites that no source stands for, one a minute."""
    return [
        (
            f"https://site{number % 3}.example/news/{number}",
            page(number),
            "text/html",
            START + timedelta(minutes=number * minutes),
        )
        for number in numbers
    ]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "rules").mkdir(parents=True)
    (folder / "vocabularies").mkdir()
    (folder / "monitor.yaml").write_text(f"contact: desk@monitor.test\nstate: '{tmp_path}'\nworkers: 1\n")
    (folder / "sources.yaml").write_text(
        "- {id: wire, name: Wire, url: 'https://wire.example/feed', language: en, country: TH}\n"
    )
    (folder / "channels.yaml").write_text("[]\n")
    (folder / "rules" / "rules.yaml").write_text("- {id: aseanapol, title: ASEANAPOL, when: '@asean/police'}\n")
    (folder / "vocabularies" / "asean.yaml").write_text("asean/police: {title: The police organisation, en: [ASEANAPOL]}\n")
    return folder


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """A folder of two files, the later pages in the first."""
    folder = tmp_path / "crawl" / "deep"
    folder.mkdir(parents=True)
    write(folder / "a.warc.gz", crawled(range(STORIES // 2, STORIES)))
    write(folder / "b.warc", crawled(range(STORIES // 2)))
    return folder.parent


def run(config: Path, *words: object) -> str:
    done = CliRunner().invoke(replay, [*map(str, words), "--config", str(config)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def raised(config: Path, *words: object) -> list[int]:
    """The numbers of the pages that raised an alert, in order."""
    told: dict[str, Any] = json.loads(run(config, *words, "--json"))
    return [int(each["notice"]["url"].rsplit("/", 1)[1]) for each in told["alerts"]]


def test_pages_without_feeds_raise_their_alerts_by_the_clock_whatever_the_number_of_processes(
    config: Path, crawl: Path
) -> None:
    one = run(config, crawl, "--json", "--processes", 1)
    three = run(config, crawl, "--json", "--processes", 3)
    assert one == three
    told = json.loads(one)
    assert [each["notice"]["url"].rsplit("/", 1)[1] for each in told["alerts"]] == [str(number) for number in MATCHING]
    assert [each["raised_at"] for each in told["alerts"]] == [
        (START + timedelta(minutes=number)).isoformat() for number in MATCHING
    ]
    assert told["counts"] == {"articles": STORIES, "matched": len(MATCHING), "stories": STORIES}


def test_with_matches_only_the_same_articles_match_and_no_other_is_kept(config: Path, crawl: Path) -> None:
    told = json.loads(run(config, crawl, "--json", "--matches-only", "--processes", 1))
    assert [each["notice"]["url"].rsplit("/", 1)[1] for each in told["alerts"]] == [str(number) for number in MATCHING]
    assert told["counts"] == {"articles": len(MATCHING), "matched": len(MATCHING), "stories": len(MATCHING)}


@pytest.mark.parametrize("option", ["--as-of", "--until"])
def test_what_was_known_at_a_time(config: Path, crawl: Path, option: str) -> None:
    assert raised(config, crawl, option, "2026-03-01T08:10", "--processes", 1) == [0, 5, 10]
    assert raised(config, crawl, option, "2026-03-01T15:09+07:00", "--processes", 1) == [0, 5]


def test_a_draft_takes_the_place_of_the_rule_it_is_named_after_and_can_be_compared_with_it(
    config: Path, crawl: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text('- {id: aseanapol, title: Less and more, when: \'"case 5" OR "case 7"\'}\n')
    assert raised(config, crawl, "--rules", draft, "--processes", 1) == [5, 7]
    told = json.loads(run(config, crawl, "--rules", draft, "--diff", "--json", "--processes", 1))
    assert {side: [each["notice"]["headline"] for each in told[side]] for side in told} == {
        "gained": ["Case 7"],
        "lost": [f"Case {number}" for number in MATCHING if number != 5],
    }
    assert {each["rule_id"] for side in told for each in told[side]} == {"aseanapol"}
    assert f"1 alert gained, {len(MATCHING) - 1} lost" in run(config, crawl, "--rules", draft, "--diff", "--processes", 1)


def feeds(rounds: int) -> list[tuple[str, bytes, str, datetime]]:
    """A feed that lists three pages more each time, and the pages; the last one of each round is not in the recording."""
    answers = []
    for turn in range(rounds):
        at = START + timedelta(minutes=10 * turn)
        items = "".join(
            f"<item><guid>{number}</guid><link>https://wire.example/news/{number}</link><title>Case {number}</title></item>"
            for number in range(3 * turn + 3)
        )
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'
        answers.append(("https://wire.example/feed", feed.encode(), "application/rss+xml", at))
        answers += [
            (f"https://wire.example/news/{number}", page(number), "text/html", at + timedelta(seconds=20))
            for number in (3 * turn, 3 * turn + 1)
        ]
    return answers


def pictures(number: int) -> list[tuple[str, bytes, str, datetime]]:
    """What a crawl also holds, in between."""
    return [(f"https://wire.example/{each}.png", b"x", "image/png", START + timedelta(seconds=each)) for each in range(number)]


def position(store: Path) -> str | None:
    """Up to where a replay has come, as its store says; None where nothing is on disk yet."""
    if not store.exists():
        return None
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)) as rows:
        try:
            found = rows.execute("SELECT last_at FROM timer WHERE name LIKE 'replay %'").fetchone()
        except sqlite3.OperationalError:  # no tables yet
            return None
    return None if found is None or str(found[0]).startswith("1970") else str(found[0])


def test_a_replay_that_was_killed_goes_on_as_if_it_had_not(config: Path, tmp_path: Path) -> None:
    recording = write(tmp_path / "all.warc.gz", [*pictures(3000), *feeds(5), *crawled(range(100, 140))])
    whole = run(config, recording, "--json", "--processes", 1)
    kept = tmp_path / "kept.db"
    command = [sys.executable, "-m", "monitor", "replay", str(recording), "--store", str(kept), "--processes", "1"]
    with subprocess.Popen([*command, "--config", str(config)], stdout=subprocess.DEVNULL) as killed:
        while position(kept) is None:
            with suppress(subprocess.TimeoutExpired):
                assert killed.wait(0.01) == 0
        killed.kill()
    at = position(kept)
    assert run(config, recording, "--json", "--store", kept, "--processes", 1) == whole
    assert at != position(kept)


def test_what_is_tried_again_after_a_stop_is_tried_at_the_same_time(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = feeds(1)[0][1].replace(b"https://wire.example/news/0", b"https://wire.example/late/0")
    at = START + timedelta(seconds=750.5)
    cut = ("https://wire.example/late/0", gzip.compress(page(0))[:-9], "text/html", at + timedelta(seconds=1))
    again = ("https://wire.example/late/0", page(0), "text/html", at + timedelta(seconds=30))
    listed = ("https://wire.example/feed", feed, "application/rss+xml", at)
    recording = write(tmp_path / "all.warc.gz", [*pictures(1500), listed, cut, again])
    whole = run(config, recording, "--json", "--processes", 1)
    assert json.loads(whole)["counts"]["matched"] == 1
    keep_place = replaying._keep_place

    def stopped(*args: Any) -> None:
        keep_place(*args)
        if args[2] > START:
            raise KeyboardInterrupt

    kept = tmp_path / "kept.db"
    for stops in (True, False):
        monkeypatch.setattr(replaying, "_keep_place", stopped if stops else keep_place)
        words = [str(recording), "--json", "--store", str(kept), "--processes", "1", "--config", str(config)]
        done = CliRunner().invoke(replay, words)
        assert done.exit_code == int(stops), done.output
    assert done.stdout == whole


@pytest.mark.parametrize(
    ("name", "advice"),
    [("crawl.wacz", "folder `archive`"), ("crawl.warc.zst", "zstd -d"), ("crawl.arc.gz", "warcio recompress")],
)
def test_archives_of_another_make_are_named_with_what_makes_them_fit(
    config: Path, tmp_path: Path, name: str, advice: str
) -> None:
    (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(UsageError, match=advice):
        run(config, tmp_path / name)


def test_a_folder_or_a_draft_with_nothing_in_it_is_named(config: Path, crawl: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"empty holds no file that ends in \.warc"):
        run(config, tmp_path / "empty")
    (tmp_path / "draft.yaml").write_text("")
    with pytest.raises(UsageError, match=r"draft\.yaml holds no rules"):
        run(config, crawl, "--rules", tmp_path / "draft.yaml")


def test_answers_without_a_body_are_told_of(config: Path, tmp_path: Path) -> None:
    with (tmp_path / "later.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        writer.write_record(
            writer.create_revisit_record("https://a.example/1", "sha1:X", "https://a.example/1", "2026-01-01T00:00:00Z")
        )
    done = CliRunner().invoke(replay, [str(tmp_path / "later.warc.gz"), "--config", str(config)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "1 answers cannot be read: they are revisit records" in done.stderr


def test_the_result_of_another_replay_is_not_taken_for_this_one(config: Path, crawl: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    run(config, crawl, "--store", kept, "--processes", 1)
    with pytest.raises(UsageError, match="holds something else"):
        run(config, crawl, "--store", kept, "--until", "2026-03-01", "--processes", 1)
