"""Who may see the desk, and where it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.errors import Problem
from monitor.settings import Settings, redacted
from monitor.settings.settings import WebSettings

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$R9tCPX1yF4s2nZ0hVt0c5x2l8yYH8kq8q2m4b8o1y3E"
BASE = "contact: desk@police.example\n"

Load = Callable[..., Settings]


def test_left_alone_the_desk_is_on_this_machine_and_has_no_users(settings: Load) -> None:
    assert settings().web == WebSettings(address="127.0.0.1", port=8765, users={})


def test_all_of_it_is_read_and_no_hash_is_shown(settings: Load) -> None:
    got = settings(
        {
            "monitor.yaml": BASE + f"web: {{port: 9000, users: {{anna: '{HASH}'}}, hosts: [desk.police.internal], "
            "proxy_header: X-Forwarded-User, proxies: [10.1.0.0/16]}\n"
        }
    )
    assert got.web.users["anna"].reveal() == HASH
    assert (got.web.port, got.web.hosts, got.web.proxies) == (9000, ("desk.police.internal",), ("10.1.0.0/16",))
    assert "argon2" not in repr(redacted(got)) + repr(got)


@pytest.mark.parametrize(
    ("web", "message", "write"),
    [
        pytest.param("{users: {anna: secret}}", "not the hash of a password", "`monitor password` prints", id="a password"),
        pytest.param("{users: {Anna B: x}}", "not a name", "anna-b", id="a name with spaces"),
        pytest.param("{proxy_header: 'X User'}", "not the name of a header", "X-Forwarded-User", id="a header with a space"),
        pytest.param("{port: 0}", "", "", id="no port"),
        pytest.param("{adress: localhost}", "unknown key", "address", id="a key misspelt"),
    ],
)
def test_what_is_wrong_is_said(problems: Callable[..., list[Problem]], web: str, message: str, write: str) -> None:
    found = problems({"monitor.yaml": BASE + f"web: {web}\n"})
    assert any(message in each.message and write in (each.write or "") for each in found), found
    assert not any("secret" in str(each) for each in found), "what may be a password is not repeated"


def test_a_desk_that_others_reach_without_encryption_is_worth_a_note(settings: Load) -> None:
    open_to_all = settings({"monitor.yaml": BASE + "web: {address: 0.0.0.0}\n"})
    assert ["unencrypted" in str(each) for each in open_to_all.warnings] == [True]
    behind_tls = settings({"monitor.yaml": BASE + "public_url: https://desk.police.example\nweb: {address: 0.0.0.0}\n"})
    assert behind_tls.warnings == ()
