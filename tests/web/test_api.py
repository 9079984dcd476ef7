"""The API: the same as the pages, as JSON, with receipts whose offsets hold."""

from __future__ import annotations

import base64

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from monitor.alerts.channel import Secret
from monitor.articles.article import Article
from monitor.settings.settings import WebSettings


@pytest.fixture
def get(filled, basic):
    """GET below /api/v1 with name and password; the JSON."""

    def get(path: str, status: int = 200, **params: object):
        answer = filled.client.get(f"/api/v1{path}", params=params, headers=basic)
        assert answer.status_code == status, answer.text
        return answer.json()

    return get


def test_stories_come_with_receipts_whose_offsets_hold(get) -> None:
    stories = get("/stories")["stories"]
    assert [story["newest"]["source"] for story in stories] == ["hoa", "dao", "post", "post"]
    for story in stories:
        full = get(f"/articles/{story['newest']['id']}")
        texts = {"title": full["article"]["headline"], "body": "\n\n".join(full["paragraphs"])}
        hits = [hit for receipt in story["receipts"] for hit in receipt["hits"] if hit["field"] in texts]
        assert hits
        for hit in hits:
            text = texts[hit["field"]]
            assert text[hit["start"] : hit["end"]] == hit["words"]
            units = text.encode("utf-16-le")
            assert units[2 * hit["utf16_start"] : 2 * hit["utf16_end"]].decode("utf-16-le") == hit["words"]


def test_a_search_brings_its_own_receipt(get) -> None:
    (story,) = get("/stories", q="queen NEAR/3 crowned", show="all")["stories"]
    (receipt,) = story["receipts"]
    assert receipt["rule"] == "query"
    assert {hit["words"] for hit in receipt["hits"]} == {"queen", "crowned"}
    assert receipt["snippets"][0]["marks"]


def test_pages_follow_each_other(get) -> None:
    seen, after = [], None
    while True:
        page = get("/stories", show="all", limit=2, **({"after": after} if after else {}))
        seen += [story["id"] for story in page["stories"]]
        assert page["complete"]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5
    alerts = get("/alerts", limit=3)
    rest = get("/alerts", limit=3, after=alerts["next"])
    assert len(alerts["alerts"]) == 3
    assert len(rest["alerts"]) == 1
    assert rest["next"] is None


def test_what_comes_meanwhile_moves_no_page(get, filled) -> None:
    def walk(path: str, kind: str) -> list[str]:
        first = get(path, limit=2)
        article = Article(headline=f"Heroin again {kind}", paragraphs=(kind * 9,), url=f"https://post.example/{kind}")
        filled.publish(filled.behind.settings.sources[0], article)
        second = get(path, limit=2, after=first["next"])
        return [each["id"] for each in (*first[kind], *second[kind])]

    for kind in ("stories", "alerts"):
        before = [each["id"] for each in get(f"/{kind}", limit=4)[kind]]
        assert walk(f"/{kind}", kind) == before


def test_a_password_may_have_letters_of_any_script(make_desk) -> None:
    line = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("mật khẩu ຂອງ anna")
    desk = make_desk(web=WebSettings(users={"anna": Secret(line)}))
    header = "Basic " + base64.b64encode("anna:mật khẩu ຂອງ anna".encode()).decode()
    assert desk.client.get("/api/v1/rules", headers={"Authorization": header}).status_code == 200


def test_an_error_of_ours_is_said_in_the_form_of_the_answer(inside, basic) -> None:
    with inside.store.writing() as tx:
        tx._connection.exec_driver_sql("DROP TABLE article")
    client = TestClient(inside.client.app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False)
    client.cookies = inside.client.cookies
    answer = client.get("/api/v1/stories?show=all", headers=basic)
    assert (answer.status_code, list(answer.json())) == (500, ["detail"])
    page = client.get("/stories?show=all")
    assert page.status_code == 500
    assert "the log says why" in page.text
    assert "content-security-policy" in page.headers
    assert "sqlite" not in (page.text + answer.text).lower()


def test_an_id_is_the_same_wherever_it_stands(get) -> None:
    (alert,) = get("/alerts", rule="people")["alerts"]
    assert get(f"/alerts/{alert['id']}") == alert
    story = get(f"/stories/{alert['story']}")
    assert story["alerts"] == [alert]
    assert story["articles"][0]["article"]["id"] == alert["article"]
    assert alert["deliveries"][0]["last_error"] == "550 no such mailbox"


def test_sources_and_rules_tell_how_they_do(get) -> None:
    health = {source["id"]: source["health"] for source in get("/sources")}
    assert health == {"post": "new", "dao": "new", "hoa": "failing", "old": "off"}
    assert {rule["id"]: rule["alerts"] for rule in get("/rules")} == {"drugs": 3, "people": 1}


def test_counts_and_pairs(get) -> None:
    assert get("/counts", rule="drugs") == [{"day": "2026-11-24", "articles": 3}]
    assert {"crime": "crime/drug-trafficking", "country": "country/vn", "stories": 2} in get("/matrix")
    assert get("/matrix", until="2026-01-01") == []
    assert get("/matrix", until="0001-01-01") == []


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        pytest.param("/stories", {"q": "(heroin"}, 400, id="a query that cannot be read"),
        pytest.param("/alerts", {"after": "tomorrow"}, 400, id="a place in the list that is none"),
        pytest.param("/alerts", {"after": "999999999999999999-x"}, 400, id="a place beyond time"),
        pytest.param("/stories", {"limit": 0}, 422, id="no stories"),
        pytest.param("/stories", {"since": "yesterday"}, 422, id="no day"),
        pytest.param("/stories/0000000000000000", {}, 404, id="no story"),
        pytest.param("/articles/0000000000000000", {}, 404, id="no article"),
        pytest.param("/alerts/0000", {}, 404, id="no alert"),
        pytest.param("/nothing", {}, 404, id="no such thing"),
    ],
)
def test_what_cannot_be_answered_is_said_in_json(get, path: str, params: dict[str, object], status: int) -> None:
    assert get(path, status, **params)["detail"]
