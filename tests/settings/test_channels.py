"""What channels.yaml and templates/ may say, and what is said about mistakes in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.channel import AppriseChannel, Only, Policy, Quiet, Secret
from monitor.settings import Settings, redacted

DESK = "- {id: desk, kind: email, host: mail.police.example, from: a@police.example, to: [b@police.example]%s}\n"
SPARE = "- {id: spare, kind: email, host: mail.police.example, from: a@police.example, to: [c@police.example]}\n"


def channels(more: str, rest: str = "") -> dict[str, str]:
    return {"channels.yaml": DESK % more + rest}


def test_all_that_a_channel_can_be_told(settings: Callable[..., Settings]) -> None:
    more = (
        ", only: {rules: [crime], severities: [high], languages: [th], countries: [TH]}, fallback: spare, digest: '08:30', "
        "quiet: 22:00-06:00, ceiling: 7, updates: false, timezone: Asia/Bangkok"
    )
    (desk, _) = settings(channels(more, SPARE)).channels
    assert desk.policy == Policy(
        only=Only(rules=frozenset({"crime"}), severities=frozenset({"high"}), languages=frozenset({"th"}), countries=frozenset({"TH"})),
        fallback="spare", digest=time(8, 30), quiet=Quiet(start=time(22), end=time(6)), ceiling=7, updates=False,
        timezone=ZoneInfo("Asia/Bangkok"),
    )  # fmt: skip


def test_without_a_word_people_are_not_flooded_and_programs_get_everything(settings: Callable[..., Settings]) -> None:
    hook = "- {id: hook, kind: webhook, url: https://hook.police.example/, secret: {env: MONITOR_HOOK}}\n"
    chat = "- {id: chat, kind: apprise, url: {env: MONITOR_CHAT}}\n"
    got = settings(channels("", hook + chat), MONITOR_HOOK="whsec_" + "QUJD" * 8, MONITOR_CHAT="json://x.example/canary")
    assert {each.id: (each.policy.ceiling, each.policy.updates) for each in got.channels} == {
        "desk": (100, False), "hook": (None, False), "chat": (100, False),
    }  # fmt: skip
    assert got.channels[2] == AppriseChannel(id="chat", url=Secret("json://x.example/canary"), policy=Policy(ceiling=100))
    assert "canary" not in repr(got) + repr(redacted(got))


def test_the_time_zone_of_the_program_is_that_of_its_channels(settings: Callable[..., Settings]) -> None:
    got = settings({"monitor.yaml": "contact: a@police.example\ntimezone: Asia/Manila\noperator: desk\nheartbeat: '07:00'\n"})
    assert (got.timezone, got.operator, got.heartbeat) == ("Asia/Manila", "desk", time(7))
    assert got.channels[0].policy.timezone == ZoneInfo("Asia/Manila")
    assert redacted(got)["heartbeat"] == "07:00"


@pytest.mark.parametrize(
    ("more", "says", "write"),
    [
        pytest.param(
            ", digest: daily", "not a time for digests", "hourly, or a time of day such as 08:00", id="a digest at no time"
        ),
        pytest.param(", quiet: at night", "not quiet hours", "from and to, such as 22:00-06:00", id="quiet hours in words"),
        pytest.param(
            ", quiet: 22:00-22:00", "not quiet hours", "from and to, such as 22:00-06:00", id="quiet hours without an hour"
        ),
        pytest.param(", quiet: 24:00-06:00", "not quiet hours", "from and to, such as 22:00-06:00", id="an hour that is none"),
        pytest.param(", fallback: spar", "no channel of this id in channels.yaml", "`desk`", id="a fallback that is not there"),
        pytest.param(", fallback: desk", "a channel cannot stand in for itself", None, id="its own fallback"),
        pytest.param(", only: {rules: [crimes]}", "no rule of this id", "`crime`", id="a rule that is not there"),
    ],
)
def test_mistakes_are_named_with_what_to_write(problems, more: str, says: str, write: str | None) -> None:
    (problem,) = problems(channels(more))
    assert problem.message.endswith(says)
    assert problem.write is None or write is None or write.strip("`") in problem.write
    assert problem.line == 1


def test_a_sign_of_life_needs_someone_to_get_it(problems) -> None:
    (problem,) = problems({"monitor.yaml": "contact: a@police.example\nheartbeat: '07:00'\n"})
    assert "goes to the operator's channel" in problem.message


def test_an_operator_that_is_no_channel_is_named(problems) -> None:
    (problem,) = problems({"monitor.yaml": "contact: a@police.example\noperator: nobody\n"})
    assert (problem.message, problem.line) == ("no channel of this id in channels.yaml", 2)


def test_a_template_of_ones_own_is_taken(settings: Callable[..., Settings]) -> None:
    got = settings({"templates/alert.txt": "{{ source }}: {{ link }}\n"})
    assert dict(got.templates) == {"alert.txt": "{{ source }}: {{ link }}\n"}


@pytest.mark.parametrize(
    ("name", "text", "says", "line"),
    [
        pytest.param("alert.txt", "a\n{{ sorce }}", "'sorce' is undefined", 2, id="a misspelt word"),
        pytest.param("digest.html", "\n\n{% for x in rules %}", "Unexpected end of template", 3, id="a loop without an end"),
        pytest.param("alert.text", "x", "a template of this name is not read", None, id="a misspelt name"),
        pytest.param(
            "note.txt",
            "{{ text.__class__.__mro__[1].__subclasses__() }}",
            "access to attribute '__class__'",
            1,
            id="a way out of the sandbox",
        ),
        pytest.param("note.html", "{{ cycler.__init__.__globals__.os.environ }}", "__init__", 1, id="another way out"),
        pytest.param(
            "note.txt", "{% for a in range(999999999) %}x{% endfor %}", "Range too big", 1, id="a loop without measure"
        ),
        pytest.param("note.txt", "{% include '/etc/passwd' %}", "/etc/passwd", None, id="a file of the machine"),
    ],
)
def test_a_template_that_cannot_be_used_is_named_with_its_line(
    problems, name: str, text: str, says: str, line: int | None
) -> None:
    (problem,) = problems({f"templates/{name}": text})
    assert says in problem.message
    assert (problem.file or "").endswith(name)
    assert line is None or problem.line == line
