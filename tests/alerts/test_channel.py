from __future__ import annotations

import traceback

import pytest

from monitor.alerts.channel import Secret

CANARY = "canary-5f1c"


def test_a_secret_shows_itself_only_when_asked(mailbox, hook):
    secret = Secret(CANARY)
    shown = [str(secret), repr(secret), f"{secret} {secret!r}", repr([secret]), repr(mailbox), repr(hook)]
    assert not [each for each in shown if "canary" in each or hook.secret.reveal() in each]
    assert secret.reveal() == CANARY


def test_a_secret_is_not_in_a_traceback():
    secret = Secret(CANARY)
    with pytest.raises(TypeError) as caught:
        secret + 1
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_equal_secrets_are_equal_and_a_secret_is_no_text():
    assert Secret(CANARY) == Secret(CANARY)
    assert len({Secret(CANARY), Secret(CANARY), Secret("other")}) == 2
    assert Secret(CANARY) != CANARY
