"""Following a verdict link: looking records nothing, confirming records once."""

from __future__ import annotations

import pytest

from monitor.alerts.feedback import token
from monitor.articles.article import Article
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.steps.import_article import import_article
from monitor.steps.take_verdict import take_verdict

KEY = bytes(range(32))


@pytest.fixture
def alert(context: Context) -> str:
    with context.store.writing() as tx:
        assert tx.feedback.signing_key(KEY) == tx.feedback.signing_key(bytes(32)) == KEY, "the key is made once"
    site = Source(id="files", name="Files", url="https://files.invalid/", kind="page")
    done = import_article(context, site, Article(headline="Heroin in a lorry", paragraphs=("On the bridge.",)), alerting=True)
    (alert_id,) = done.facts["alerts"]  # type: ignore[misc]
    return str(alert_id)


def given(context: Context) -> list[tuple[str, str, str]]:
    with context.store.reading() as tx:
        return [(each.alert_id, each.channel_id, each.verdict) for each, _ in tx.feedback.all()]


def test_a_mail_scanner_that_opens_every_link_counts_nothing(context: Context, alert: str) -> None:
    for verdict, said in (("relevant", "relevant"), ("noise", "noise"), ("duplicate", "a duplicate")):
        for method in ("HEAD", "GET"):
            answer = take_verdict(context.store, context.clock, method, token(KEY, alert, "hook", verdict))  # type: ignore[arg-type]
            assert answer.status == 200
            assert f"Is this alert {said}?" in answer.body.decode()
    assert given(context) == []


def test_confirming_records_and_a_later_verdict_takes_the_place_of_an_earlier_one(context: Context, alert: str) -> None:
    for verdict in ("relevant", "relevant", "noise"):
        answer = take_verdict(context.store, context.clock, "POST", token(KEY, alert, "hook", verdict))  # type: ignore[arg-type]
        assert (answer.status, f"Recorded: {verdict}" in answer.body.decode()) == (200, True)
    take_verdict(context.store, context.clock, "POST", token(KEY, alert, "desk", "relevant"))
    assert given(context) == [(alert, "desk", "relevant"), (alert, "hook", "noise")]


@pytest.mark.parametrize("word", ["", "x~y~relevant~0", "../../etc/passwd", "a" * 10_000])
def test_what_was_not_given_out_is_not_found(context: Context, alert: str, word: str) -> None:
    assert take_verdict(context.store, context.clock, "POST", word).status == 404
    assert given(context) == []


def test_a_link_to_an_alert_that_is_no_longer_kept_is_not_found(context: Context, alert: str) -> None:
    assert take_verdict(context.store, context.clock, "POST", token(KEY, "gone", "hook", "noise")).status == 404


def test_only_looking_and_confirming_are_answered(context: Context, alert: str) -> None:
    answer = take_verdict(context.store, context.clock, "DELETE", token(KEY, alert, "hook", "noise"))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert given(context) == []
