"""Every kind of message in text and HTML, by the words that ship and by the user's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

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
