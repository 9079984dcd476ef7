"""Who gets in, and what the door refuses (U1, U2, U4, U5)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.routing import Mount, Route

from monitor.alerts.channel import Secret
from monitor.settings.settings import WebSettings
from monitor.web.desk import application
from monitor.web.safety.guard import MOST_BODY_BYTES

OPEN = {"/login", "/health", "/ready", "/verdict/{token}", "/static"}


def routes(of) -> Iterator[tuple[str, str]]:
    for route in of:
        if isinstance(route, Mount):
            yield "GET", route.path
        elif isinstance(route, Route):
            yield from ((method, route.path) for method in route.methods or ())
        elif hasattr(route, "methods"):
            yield from ((method, route.path) for method in route.methods)
        else:
            yield from routes(route.original_router.routes)


def filled_in(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: {"form": "atom", "name": "all"}.get(found[1], "1"), path)


def test_every_route_is_closed_to_whoever_has_not_logged_in(filled) -> None:
    walked = {(method, path) for method, path in routes(application(filled.behind).routes) if path not in OPEN}
    assert len({path for _, path in walked}) >= 22
    assert {"/", "/stories", "/metrics", "/feeds.opml", "/api/v1/openapi.json", "/api/v1/alerts/{alert_id}/retry"} <= {
        path for _, path in walked
    }
    for method, path in walked:
        answer = filled.client.request(method, filled_in(path), follow_redirects=False)
        redirected = answer.status_code == 303 and answer.headers["location"] == "/login"
        assert answer.status_code == 401 or redirected, (method, path, answer.status_code)
        assert "mango" not in answer.text.lower()


def test_no_route_is_open_that_is_not_meant_to_be(filled) -> None:
    walked = {path for _, path in routes(application(filled.behind).routes)}
    assert walked >= OPEN
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert filled.client.get(path).status_code == 404


def test_logging_in_leads_where_the_person_wanted_to_go(filled) -> None:
    asked = filled.client.get("/alerts?state=dead", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/login")
    answer = filled.log_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts?state=dead")
    assert "550 no such mailbox" in filled.page("/alerts?state=dead")


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "/\\evil.example", "https://evil.example/"])
def test_no_parameter_leads_elsewhere_after_the_login(filled, elsewhere: str) -> None:
    token = filled.token("/login")
    answer = filled.client.post(
        f"/login?next={elsewhere}",
        data={"name": "anna", "password": "four small words here", "token": token, "next": elsewhere, "wanted": elsewhere},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_an_address_of_two_slashes_does_not_lead_elsewhere_either(filled) -> None:
    filled.client.get("//evil.example/stories", follow_redirects=False)
    filled.client.get("/stories/..//evil.example", follow_redirects=False)
    assert filled.log_in().headers["location"].startswith("/")
    assert not filled.log_in().headers["location"].startswith("//")


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", "four small words here"), ("", "")])
def test_a_wrong_password_and_an_unknown_name_are_told_the_same(filled, name: str, password: str) -> None:
    answer = filled.log_in(password, name)
    assert answer.status_code == 401
    assert "no user of this name with this password" in answer.text
    assert f'value="{name}"' in answer.text, "the name need not be typed again"
    assert password not in answer.text or not password
    assert filled.client.get("/stories", follow_redirects=False).status_code == 303


def test_without_users_nobody_gets_in_and_the_page_says_what_to_do(make_desk) -> None:
    closed = make_desk(web=WebSettings())
    assert "monitor password anna" in closed.page("/login")
    for name, password in (("admin", "admin"), ("anna", ""), ("", "")):
        assert closed.log_in(password, name).status_code == 401 if 'name="password"' in closed.page("/login") else True
    assert closed.client.get("/api/v1/rules").status_code == 401


def test_a_session_is_new_in_all_its_parts_after_the_login(filled) -> None:
    filled.page("/login")
    before = filled.client.cookies["desk"]
    token = filled.token("/login")
    filled.log_in()
    assert filled.client.cookies["desk"] != before
    assert filled.token("/stories") != token


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(make_desk) -> None:
    def cookie(desk) -> str:
        return desk.log_in().headers["set-cookie"].lower()

    assert "httponly" in (plain := cookie(make_desk()))
    assert "samesite=lax" in plain
    assert "secure" not in plain
    behind_tls = make_desk(public_url="https://desk.police.example")
    answer = behind_tls.client.get("/login")
    assert "secure" in answer.headers["set-cookie"].lower()


def test_logging_out_ends_a_session_whose_cookie_was_copied(inside) -> None:
    copied = inside.client.cookies["desk"]
    token = inside.token("/stories")
    assert inside.client.post("/logout", data={"token": token}, follow_redirects=False).headers["location"] == "/login"
    inside.client.cookies.set("desk", copied)
    assert inside.client.get("/stories", follow_redirects=False).status_code == 303


def test_a_forged_or_changed_cookie_is_no_session(inside) -> None:
    good = inside.client.cookies["desk"]
    inside.client.cookies.clear()
    forged = base64.b64encode(b'{"user": "anna"}').decode() + good[good.index(".") :]
    for cookie in (forged, good[:-2] + "xx", "null", ""):
        assert inside.client.get("/stories", headers={"cookie": f"desk={cookie}"}, follow_redirects=False).status_code == 303


def test_a_changed_password_or_a_removed_user_ends_the_sessions(make_desk) -> None:
    from argon2 import PasswordHasher

    users = {"anna": None}
    desk = make_desk()
    users.update(desk.behind.settings.web.users)
    object.__setattr__(desk.behind.settings.web, "users", users)
    desk.log_in()
    assert desk.client.get("/stories").status_code == 200
    users["anna"] = Secret(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("another one of hers"))
    assert desk.client.get("/stories", follow_redirects=False).status_code == 303
    users.clear()
    assert desk.client.get("/stories", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec-fetch-site": "cross-site"}, id="a page of another site"),
        pytest.param({"sec-fetch-site": "same-site"}, id="a page of a neighbouring host"),
        pytest.param({"origin": "https://evil.example"}, id="an older browser"),
        pytest.param({"origin": "null"}, id="a page without origin"),
        pytest.param({"origin": "http://127.0.0.1:8765.evil.example"}, id="a host that begins like ours"),
    ],
)
def test_what_another_site_sends_is_not_carried_out(inside, basic, headers: dict[str, str]) -> None:
    token = inside.token("/stories")
    for path in ("/alerts/retry", "/logout", "/login", "/api/v1/alerts/1/retry"):
        answer = inside.client.post(path, data={"token": token}, headers={**basic, **headers}, follow_redirects=False)
        assert answer.status_code == 403, path
    assert inside.client.get("/stories", headers=headers).status_code == 200, "reading is no change"


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_form_without_its_token_is_not_carried_out(inside, token: str) -> None:
    for path in ("/alerts/retry", "/logout", "/login"):
        answer = inside.client.post(path, data={"token": token}, follow_redirects=False)
        assert answer.status_code == 403, path
        assert "too old" in answer.text
    with inside.store.reading() as tx:
        assert tx.alerts.counts()["dead"] == 1


def test_nothing_is_changed_by_reading(inside) -> None:
    for path in ("/alerts/retry", "/logout", "/alerts/1/retry"):
        assert inside.client.get(path, follow_redirects=False).status_code in (404, 405)
    with inside.store.reading() as tx:
        assert tx.alerts.counts()["dead"] == 1


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "127.0.0.1:8765/x", "", "a b"]
)
def test_another_host_name_is_refused(inside, host: str) -> None:
    answer = inside.client.get("/stories", headers={"host": host})
    assert answer.status_code == 400
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["localhost", "localhost:8765", "[::1]:8765", "DESK.police.example", "desk.internal:80"])
def test_the_configured_names_are_heard(make_desk, host: str) -> None:
    users = make_desk().behind.settings.web.users
    desk = make_desk(public_url="https://desk.police.example/", web=WebSettings(users=users, hosts=("desk.internal",)))
    assert desk.client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/stories", "/login", "/nothing", "/static/desk.css", "/api/v1/rules", "/feeds/all.atom", "/metrics", "/health"]
)
def test_every_answer_is_safe_to_show(inside, path: str) -> None:
    headers = inside.client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == ("max-age=600" if path.startswith("/static/") else "no-store")


@pytest.mark.parametrize(
    "path", ["/static/../desk.py", "/static/%2e%2e/desk.py", "/static/..%2fdesk.py", "/static//etc/passwd", "/static/%00"]
)
def test_assets_are_all_that_is_handed_out(inside, path: str) -> None:
    answer = inside.client.get(path)
    assert answer.status_code in (400, 404, 405)
    assert "Starlette" not in answer.text
    assert "root:" not in answer.text


def test_a_body_that_is_too_big_is_refused_whatever_it_says_of_itself(inside) -> None:
    big = b"token=" + b"x" * MOST_BODY_BYTES
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert inside.client.post("/logout", content=big, headers=form).status_code == 413
    assert inside.client.post("/logout", content=iter([big[:100], big]), headers=form).status_code == 413


def test_guessing_is_slowed_down_by_name_and_address_and_over_after_a_quarter_of_an_hour(filled) -> None:
    for _ in range(5):
        assert filled.log_in("guess").status_code == 401
    answer = filled.log_in()
    assert answer.status_code == 429, "even the right password"
    assert int(answer.headers["retry-after"]) == 901
    assert "16 minutes" in answer.text
    assert filled.log_in(name="ben").status_code == 401, "another name is heard"
    filled.clock.set(filled.clock.now() + timedelta(minutes=15, seconds=1))
    assert filled.log_in().status_code == 303


def test_programs_are_slowed_down_too(filled) -> None:
    wrong = {"Authorization": "Basic " + base64.b64encode(b"anna:guess").decode()}
    answers = [filled.client.get("/api/v1/rules", headers=wrong) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[0].headers["www-authenticate"].startswith("Basic")
    assert "retry-after" in answers[5].headers


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Bearer abc"])
def test_a_header_that_says_nothing_is_no_login(filled, header: str) -> None:
    assert filled.client.get("/api/v1/rules", headers={"Authorization": header}).status_code == 401


def test_name_and_password_open_what_programs_read_and_no_page(filled, basic) -> None:
    for path in ("/api/v1/rules", "/feeds/all.atom", "/feeds.opml", "/metrics", "/api/v1/openapi.json"):
        assert filled.client.get(path, headers=basic).status_code == 200, path
    assert filled.client.get("/stories", headers=basic, follow_redirects=False).status_code == 303


def test_a_cookie_alone_changes_nothing_through_the_api(inside, basic) -> None:
    with inside.store.reading() as tx:
        (court,) = tx.alerts.newest(1, state="dead")
    path = f"/api/v1/alerts/{court.alert.id}/retry"
    assert inside.client.post(path).status_code == 401
    assert inside.client.post(path, headers=basic).json() == {"retried": 1}


PROXY = WebSettings(proxy_header="X-Forwarded-User", proxies=("10.9.0.0/16",))


@pytest.mark.parametrize(
    ("peer", "header", "in_"),
    [
        pytest.param("10.9.0.1", {"X-Forwarded-User": "ben"}, True, id="the proxy says who it is"),
        pytest.param("10.9.0.1", {}, False, id="the proxy says nothing"),
        pytest.param("10.9.0.1", {"X-Forwarded-User": ""}, False, id="the proxy says nobody"),
        pytest.param("10.8.0.1", {"X-Forwarded-User": "ben"}, False, id="somebody else says so"),
        pytest.param(
            "10.8.0.1", {"X-Forwarded-User": "ben", "X-Forwarded-For": "10.9.0.1"}, False, id="somebody claims to be the proxy"
        ),
    ],
)
def test_a_reverse_proxy_lets_in_whom_it_names(make_desk, peer: str, header: dict[str, str], in_: bool) -> None:
    from starlette.testclient import TestClient

    desk = make_desk(web=PROXY)
    client = TestClient(desk.client.app, base_url="http://127.0.0.1:8765", client=(peer, 1234))
    answer = client.get("/stories", headers=header, follow_redirects=False)
    assert answer.status_code == (200 if in_ else 303)
    assert client.get("/api/v1/rules", headers=header).status_code == (200 if in_ else 401)
    assert ("ben" in answer.text) == in_


def test_without_the_setting_the_header_of_a_proxy_is_ignored(filled) -> None:
    answer = filled.client.get("/stories", headers={"X-Forwarded-User": "anna"}, follow_redirects=False)
    assert answer.status_code == 303


def test_a_verdict_link_needs_no_login_and_asks_first(filled) -> None:
    from monitor.alerts.feedback import token

    key = bytes(range(32))
    with filled.store.writing() as tx:
        tx.feedback.signing_key(key)
        (court,) = tx.alerts.newest(5, rule="people")
    path = f"/verdict/{token(key, court.alert.id, 'desk', 'noise')}"
    asking = filled.client.get(path)
    assert asking.status_code == 200
    assert "style-src 'sha256-" in asking.headers["content-security-policy"]
    assert filled.client.post(path, headers={"sec-fetch-site": "same-origin"}).status_code == 200
    filled.log_in()
    assert "0 %" in filled.page("/rules")
    assert "human trafficking" in filled.page("/rules"), "the terms that brought noise"
    assert filled.client.get("/verdict/forged").status_code == 404
