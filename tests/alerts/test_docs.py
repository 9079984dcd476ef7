"""What docs/alerts.md says is so."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError

from monitor.adapters.clock import SystemClock
from monitor.alerts.holding import CATCH_UP, FALLBACK_ATTEMPTS, LATE
from monitor.alerts.retry import JITTER, SCHEDULE_S
from monitor.alerts.sample import samples
from monitor.alerts.webhook import headers, payload
from monitor.alerts.wording import Wording
from monitor.settings import load
from monitor.steps.digest import MOST

TEXT = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
ONE_LINE = " ".join(TEXT.split())


def test_the_schedule_is_the_one_that_is_kept() -> None:
    unit = {"s": 1, "min": 60, "h": 3600}
    said = re.search(r"tried again after (.+?), up to a tenth later", ONE_LINE)
    assert said is not None
    waits = [int(number) * unit[name] for number, name in re.findall(r"(\d+) (s|min|h)\b", said[1])]
    assert (0, *waits) == SCHEDULE_S
    assert (JITTER, FALLBACK_ATTEMPTS, CATCH_UP) == (0.1, 4, 5)
    assert timedelta(minutes=30) == LATE
    assert MOST == 50


@pytest.mark.parametrize("kind", ["alert", "update", "digest", "note"])
def test_a_template_is_given_the_names_that_are_told(mailbox, kind) -> None:
    told = {
        row: set(re.findall(r"`(\w+)`", names)) for row, names in re.findall(r"^\| `(\w+)` \| (.+) \|$", TEXT, re.MULTILINE)
    }
    told["update"] = told["update"] - {"alert"} | told["alert"]
    assert set(Wording()._shown(samples(kind)[0], mailbox)) == told[kind]


def test_the_receiver_takes_what_is_sent_once_and_nothing_that_is_forged(hook, delivery, notice) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    given: dict[str, object] = {}
    exec(code, given)
    receive = given["receive"]
    assert callable(receive)
    body = payload(delivery, notice)
    signed = {name.lower(): value for name, value in headers(hook, delivery, body, SystemClock().now()).items()}
    assert receive(signed, body, hook.secret.reveal()) == ("alert.raised", notice.headline)
    assert receive(signed, body, hook.secret.reveal()) is None
    with pytest.raises(WebhookVerificationError):
        receive(signed, body + b" ", hook.secret.reveal())


def test_the_configuration_that_is_shown_loads(tmp_path: Path) -> None:
    examples = dict(re.findall(r"^```yaml\n# (\S+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL))
    for name, text in {**examples, "sources.yaml": "[]", "rules/rules.yaml": "[]", "vocabularies/v.yaml": "{}"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    settings = load(tmp_path, {"HOME": str(tmp_path)})
    assert settings.allow_networks == ("10.20.0.0/16",)
    night, paper = settings.channels
    assert (night.policy.ceiling, night.policy.only.countries) == (20, {"KH", "MM"})
    assert (f"{night.policy.quiet.start:%H:%M}", str(paper.policy.digest)) == ("22:00", "07:30:00")
