"""Every kind of message in text and HTML, by the words that ship and by the user's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts import words
from monitor.alerts.alert import Notice
from monitor.alerts.message import Note
from monitor.alerts.sample import samples
from monitor.alerts.wording import TEMPLATES, Wording

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\r\nBcc: all@desk.example"


@pytest.mark.parametrize("kind", ["alert", "update", "digest", "note"])
def test_the_words_that_ship_say_every_message(mailbox, kind: str) -> None:
    for message in samples(kind):
        wording = Wording()
        text, page = wording.text(message, mailbox), wording.html(message, mailbox)
        assert text.strip()
        assert page.startswith("<!DOCTYPE html>")
        assert page.rstrip().endswith("</html>")
        assert "None" not in text
        assert "\n\n\n\n" not in text


@pytest.mark.parametrize("kind", ["alert", "update", "digest", "note"])
def test_hostile_words_stay_words_in_every_message(mailbox, kind: str) -> None:
    def poisoned(value: object) -> object:
        match value:
            case Note():
                return replace(value, subject=HOSTILE, text=HOSTILE)
            case Notice():
                return replace(value, headline=HOSTILE, source_name=HOSTILE, rule_title=HOSTILE, url="javascript:alert(1)")
            case tuple():
                return tuple(poisoned(each) for each in value)
        if hasattr(value, "notices"):
            return replace(value, notices=poisoned(value.notices), why=(HOSTILE,))
        return replace(
            value,  # type: ignore[type-var]
            notice=poisoned(value.notice),
            carried=tuple(replace(each, headline=HOSTILE, url="javascript:alert(1)") for each in value.carried),
        )

    for message in samples(kind):
        said = poisoned(message)
        page = Wording().html(said, mailbox)  # type: ignore[arg-type]
        assert "<script" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page
        assert "\n" not in Wording().subject(said, mailbox)  # type: ignore[arg-type]


def test_ones_own_words_take_the_place_of_those_that_ship(mailbox, notice) -> None:
    wording = Wording(own={"alert.txt": "{{ source }} <b> {{ link }}", "alert.html": "{{ source }}"})
    assert wording.text(notice, mailbox) == f"Khaosod <b> {notice.url}"
    assert wording.html(replace(notice, source_name="<b>"), mailbox) == "&lt;b&gt;"
    assert "What matched" in Wording().text(notice, mailbox)


def test_a_template_may_build_on_the_frame_that_ships(mailbox, notice) -> None:
    own = {"alert.html": '{% extends "frame.html" %}{% block title %}T{% endblock %}{% block content %}mine{% endblock %}'}
    page = Wording(own=own).html(notice, mailbox)
    assert "<title>T</title>" in page
    assert "mine" in page


@pytest.mark.parametrize("broken", ["{{ nothing.at.all }}", "{{ 1 / 0 }}", "{% if %}", "{{ rule.upper(3) }}"])
def test_a_template_that_fails_gives_way_and_the_message_is_said(mailbox, notice, broken: str) -> None:
    assert Wording(own={"alert.txt": broken}).text(notice, mailbox) == Wording().text(notice, mailbox)


def test_the_names_of_templates_are_those_of_the_messages() -> None:
    assert len(TEMPLATES) == 8


@pytest.mark.parametrize(
    ("since", "until", "zone", "said"),
    [
        ("2026-11-28T03:00", "2026-11-28T03:00", "Asia/Bangkok", "28 November 2026, 10:00 UTC+07:00"),
        ("2026-11-28T03:00", "2026-11-28T15:33", "Asia/Bangkok", "28 November 2026, 10:00 to 22:33 UTC+07:00"),
        ("2026-11-28T15:00", "2026-11-28T17:05", "UTC", "28 November 2026, 15:00 to 17:05 UTC"),
        ("2026-11-28T16:00", "2026-11-28T18:00", "Asia/Bangkok",
         "28 November 2026, 23:00 UTC+07:00 to 29 November 2026, 01:00 UTC+07:00"),
        ("2026-10-24T23:30", "2026-10-25T01:30", "Europe/Berlin", "25 October 2026, 01:30 UTC+02:00 to 25 October 2026, 02:30 UTC+01:00"),
    ],
)  # fmt: skip
def test_a_span_of_time_says_once_what_is_the_same_twice(since: str, until: str, zone: str, said: str) -> None:
    first, last = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (since, until))
    assert words.span(first, last, ZoneInfo(zone)) == said


def test_a_digest_begins_with_what_is_severe(mailbox, notice) -> None:
    drugs = [
        replace(notice, alert_id=str(number), rule_id="drugs", rule_title="Drugs", severity="normal") for number in (1, 2, 3)
    ]
    chiefs = [
        replace(notice, alert_id="4", rule_id="chiefs", rule_title="Chiefs", severity="normal"),
        replace(notice, alert_id="5", rule_id="chiefs", rule_title="Chiefs", severity="high"),
    ]
    said = replace(samples("digest")[0], notices=(*drugs, *chiefs))  # type: ignore[type-var]
    rules = Wording()._shown(said, mailbox)["rules"]
    assert [(rule["name"], [each["alert_id"] for each in rule["alerts"]]) for rule in rules] == [
        ("Chiefs", ["5", "4"]),
        ("Drugs", ["1", "2", "3"]),
    ]
