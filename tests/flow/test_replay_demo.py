import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from monitor.adapters.warc import open_archive
from monitor.cli.demo.configuration import new_secret, write_configuration
from monitor.cli.demo.sites import expected_alerts, read_sites
from monitor.cli.recording import replay

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORDING = FIXTURES / "recordings" / "demo.warc.gz"
SITES = read_sites(FIXTURES / "demo")
FIRST_PORT = 47_810


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    urls = {
        site.id: f"http://127.0.0.1:{FIRST_PORT + number}{'/feed.xml' if site.kind == 'feed' else '/'}"
        for number, site in enumerate(SITES)
    }
    directory = tmp_path / "config"
    write_configuration(directory, SITES, urls, smtp_port=25, hook_url="http://127.0.0.1:9/alerts", secret=new_secret())
    return directory


def replayed(configuration: Path) -> str:
    done = CliRunner().invoke(replay, [str(RECORDING), "--config", str(configuration), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_recording_is_whole_and_small() -> None:
    archive = open_archive([RECORDING])
    assert list(archive.skipped) == []
    assert {record.status for record in archive.records} >= {200, 304, 500}
    assert RECORDING.stat().st_size < 300_000


def test_a_replay_raises_what_the_demo_raises_and_the_same_every_time(configuration: Path) -> None:
    story = {article.path: article.story for site in SITES for article in site.articles}
    first = replayed(configuration)
    raised = [(each["notice"]["rule_id"], story[urlsplit(each["notice"]["url"]).path]) for each in json.loads(first)["alerts"]]
    assert sorted(raised) == sorted(expected_alerts(SITES))
    assert replayed(configuration) == first
