"""What goes to a channel and when: routes, holding back, digests, fallbacks, the operator's notes. The mailbox is a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.alert import Delivery
from monitor.alerts.channel import AppriseChannel, EmailChannel, Only, Policy, Quiet, Secret
from monitor.alerts.sending import Deferred, Rejected, Sending, Sent
from monitor.articles.article import Article
from monitor.engine.run_step import STEPS
from monitor.ports import Gap
from monitor.rules.compile import compile_rules
from monitor.rules.rule import Rule
from monitor.sources.source import Source
from monitor.steps.context import Context
from monitor.steps.heartbeat import resume
from monitor.steps.import_article import import_article
from monitor.steps.operator import notify_operator, recovered
from monitor.store.database import RowStore

DOWN = Deferred(reason="mail.example:25: the connection failed")
_WORDS = (
    "harbour ledger monsoon rubber bridge clinic orchard ferry market village lantern quarry temple canal budget school".split()
)


@dataclass
class Mail:
    """The other side of mailboxes and chats: `down` answers first, as often as it says; else what is sent is kept."""

    answers: dict[str, Sending] = field(default_factory=dict)
    got: list[tuple[str, str, str, EmailMessage | None]] = field(default_factory=list)

    def mail(self, channel: EmailChannel, message: EmailMessage, recipients: tuple[str, ...]) -> Sending:
        answer = self.answers.get(channel.id, Sent())
        if isinstance(answer, Sent):
            self.got.append((channel.id, str(message["Subject"]), message.get_body(("plain",)).get_content(), message))
        return answer

    def chat(self, channel: AppriseChannel, title: str, text: str) -> Sending:
        self.got.append((channel.id, title, text, None))
        return self.answers.get(channel.id, Sent())

    def to(self, channel: str) -> list[str]:
        return [subject for name, subject, _, _ in self.got if name == channel]

    def texts(self, channel: str) -> list[str]:
        return [text for name, _, text, _ in self.got if name == channel]


@dataclass
class Desk:
    """A context with mailboxes, a clock that is moved, and articles that match."""

    context: Context
    mail: Mail
    here: object
    number: int = 0

    def publish(self, words: str = "heroin", source: str = "post", country: str = "TH", language: str = "en") -> None:
        """An article that opens a story of its own."""
        self.number += 1
        text = " ".join(_WORDS[(self.number * 7 + at * (self.number + 3)) % len(_WORDS)] for at in range(60))
        article = Article(
            headline=f"Item {self.number}: {words}",
            paragraphs=(text,),
            url=f"https://{source}.example/{self.number}",
            language=language,
        )
        site = Source(id=source, name=source.title(), url=f"https://{source}.example/", kind="page", country=country)
        import_article(self.context, site, article, alerting=True)

    def carry(self, source: str, text: str, headline: str) -> None:
        """The same happening in another source's words."""
        article = Article(headline=headline, paragraphs=(text,), url=f"https://{source}.example/x", language="en")
        site = Source(id=source, name=source.title(), url=f"https://{source}.example/", kind="page", country="TH")
        import_article(self.context, site, article, alerting=True)

    def run(self) -> None:
        """Run all that is due, until nothing is."""
        while True:
            with self.context.store.reading() as tx:
                due = [each for each in tx.all_due(self.context.clock.now()) if each.step in ("deliver", "digest", "heartbeat")]
            if not due:
                return
            for each in due:
                STEPS[each.step](self.context, each.key)

    def at(self, text: str) -> None:
        self.here.clock.set(datetime.fromisoformat(text).replace(tzinfo=UTC))
        self.run()

    def wait(self, **span: float) -> None:
        """Let time pass, running what becomes due on the way."""
        until = self.context.clock.now() + timedelta(**span)
        self.run()
        while True:
            with self.context.store.reading() as tx:
                times = [
                    each.next_attempt_at
                    for stored in tx.alerts.newest(1000)
                    for each in stored.deliveries
                    if each.next_attempt_at is not None
                ]
            coming = min((each for each in times if each > self.context.clock.now()), default=until)
            self.here.clock.set(min(coming, until))
            self.run()
            if coming >= until:
                return

    def deliveries(self, channel: str) -> list[Delivery]:
        with self.context.store.reading() as tx:
            found = [each for stored in tx.alerts.newest(1000) for each in stored.deliveries if each.channel_id == channel]
        return sorted(found, key=lambda each: (each.created_at, each.id))

    def states(self, channel: str) -> list[str]:
        return [each.state for each in self.deliveries(channel)]

    def conditions(self) -> list[str]:
        with self.context.store.reading() as tx:
            return [each.key for each in tx.operator.conditions()]


def mailbox(name: str, **policy: object) -> EmailChannel:
    return EmailChannel(
        id=name,
        host="mail.example",
        port=25,
        sender="m@desk.example",
        to=(f"{name}@desk.example",),
        policy=Policy(**policy),  # type: ignore[arg-type]
    )


@pytest.fixture
def desk(context: Context, here) -> Callable[..., Desk]:
    """`desk(mailbox("desk"), operator="ops")`: rules send everything to all of the channels."""

    def make(*channels: EmailChannel | AppriseChannel, severity: str = "normal", **more: object) -> Desk:
        mail = Mail()
        telling = tuple(each.id for each in channels if each.id not in ("ops", "spare"))
        changed = replace(
            context,
            mailer=mail.mail,
            chat=mail.chat,
            channels={each.id: each for each in channels},
            rules=compile_rules(
                [
                    Rule(id="drugs", title="Drugs", when="heroin", alert=telling, severity=severity),  # type: ignore[arg-type]
                    Rule(id="fraud", title="Fraud", when="fraud", alert=telling),
                ],
                [],
            ),
            **more,  # type: ignore[arg-type]
        )
        return Desk(context=changed, mail=mail, here=here)

    return make


# routes


def test_a_channel_gets_what_it_is_there_for_and_the_rest_is_recorded_only(desk) -> None:
    here = desk(
        mailbox("all"),
        mailbox("fraud", only=Only(rules=frozenset({"fraud"}))),
        mailbox("cambodia", only=Only(countries=frozenset({"KH"}))),
        mailbox("thai", only=Only(languages=frozenset({"th"}))),
        mailbox("urgent", only=Only(severities=frozenset({"high"}))),
        severity="high",
    )
    here.publish("heroin", country="TH", language="th")
    here.publish("fraud", country="KH")
    here.run()
    got = {name: len(here.mail.to(name)) for name in here.context.channels}
    assert got == {"all": 2, "fraud": 1, "cambodia": 1, "thai": 1, "urgent": 1}
    assert here.states("urgent") == ["sent"]


# quiet hours, digests, ceilings


def test_quiet_hours_hold_back_and_then_tell_together(desk) -> None:
    here = desk(mailbox("desk", quiet=Quiet(start=time(22), end=time(6)), timezone=ZoneInfo("Asia/Bangkok")))
    here.at("2026-11-24T15:30")  # 22:30 in Bangkok
    here.publish("heroin in a lorry")
    here.publish("heroin in a boat")
    here.publish("fraud in an office")
    here.run()
    assert here.mail.got == []
    assert here.states("desk") == ["held"] * 3
    here.at("2026-11-24T22:59")
    assert here.mail.got == []
    here.at("2026-11-24T23:00")
    (subject,), (text,) = here.mail.to("desk"), here.mail.texts("desk")
    assert subject == "3 alerts, 24 November 2026: Drugs 2, Fraud 1"
    assert "Held back during the quiet hours, 22:00 to 06:00." in text
    assert all(f"Item {number}" in text for number in (1, 2, 3))
    assert here.states("desk") == ["sent"] * 3
    here.publish("heroin by day")
    here.run()
    assert len(here.mail.got) == 2, "by day it comes at once"


def test_what_is_high_breaks_quiet_hours(desk) -> None:
    here = desk(mailbox("desk", quiet=Quiet(start=time(0), end=time(23, 59))), severity="high")
    here.publish("heroin")
    here.publish("fraud")
    here.run()
    assert sorted(here.states("desk")) == ["held", "sent"]


def test_one_alert_alone_comes_as_itself_after_quiet_hours_and_is_not_held_again(desk) -> None:
    here = desk(mailbox("desk", quiet=Quiet(start=time(8), end=time(10))))
    here.publish("heroin")
    here.run()
    here.at("2026-11-24T10:00")
    assert here.mail.to("desk") == ["[Drugs] Item 1: heroin – Post"]


def test_a_daily_digest_comes_once_with_a_picture_of_the_day(desk) -> None:
    here = desk(mailbox("chief", digest=time(8), timezone=ZoneInfo("Asia/Bangkok")))
    for hour in (2, 3, 3, 5, 14):
        here.at(f"2026-11-25T{hour:02}:10")
        here.publish("heroin" if hour != 5 else "fraud", country="MM" if hour == 14 else "TH")
        here.run()
    here.at("2026-11-26T01:00")
    assert here.mail.to("chief") == ["5 alerts, 25 November 2026: Drugs 4, Fraud 1"]
    (message,) = [mail for _, _, _, mail in here.mail.got]
    page = message.get_body(("html",)).get_content()
    assert page.count("height:64px") == 1, "the hour with the most alerts has the tallest bar"
    assert page.count("height:32px") == 3
    assert "<script" not in page
    assert "<img" not in page
    text = here.mail.texts("chief")[0]
    assert "     10  ████████████████████████ 2" in text
    assert "   4  Drugs" in text
    assert "Countries: TH 4, MM 1" in text
    here.at("2026-11-27T01:00")
    assert len(here.mail.got) == 1, "no alerts, no digest"


def test_a_digest_only_channel_gets_a_digest_even_of_one(desk) -> None:
    here = desk(mailbox("chief", digest="hourly"))
    here.publish("heroin")
    here.run()
    here.at("2026-11-24T10:00")
    assert here.mail.to("chief") == ["1 alert, 24 November 2026: Drugs 1"]


def test_beyond_the_ceiling_the_rest_of_the_hour_comes_together_and_is_told_why(desk) -> None:
    here = desk(mailbox("desk", ceiling=3))
    for _ in range(10):
        here.publish("heroin")
    here.run()
    assert len(here.mail.to("desk")) == 3
    here.at("2026-11-24T10:00")
    assert here.mail.to("desk")[3:] == ["7 alerts, 24 November 2026: Drugs 7"]
    assert "More than 3 alerts within an hour" in here.mail.texts("desk")[3]
    assert set(here.states("desk")) == {"sent"}
    here.publish("heroin")
    here.run()
    assert len(here.mail.to("desk")) == 5, "what came together counts as nothing against the next hour"


def test_a_digest_that_cannot_be_sent_is_tried_again_and_its_alerts_share_its_fate(desk) -> None:
    here = desk(mailbox("desk", digest="hourly"))
    here.publish("heroin")
    here.publish("fraud")
    here.run()
    here.mail.answers["desk"] = DOWN
    here.at("2026-11-24T10:00")
    assert here.states("desk") == ["held", "held"]
    here.mail.answers["desk"] = Rejected(reason="550 no")
    here.at("2026-11-24T10:01")
    assert here.states("desk") == ["dead", "dead"]
    assert {each.last_error for each in here.deliveries("desk")} == {"550 no"}
    here.mail.answers.clear()
    one = here.deliveries("desk")[0].message_id
    with here.context.store.writing() as tx:
        assert tx.alerts.retry_dead(here.context.clock.now(), [one]) == 1
    assert here.states("desk") == ["held", "held"]
    here.run()
    assert here.mail.to("desk") == ["2 alerts, 24 November 2026: Drugs 1, Fraud 1"]
    assert here.states("desk") == ["sent", "sent"]


def test_a_channel_that_goes_from_the_configuration_keeps_nothing_waiting_for_ever(desk) -> None:
    here = desk(mailbox("desk", digest="hourly"), mailbox("other"))
    here.publish("heroin")
    here.run()
    here.context = replace(here.context, channels={"other": here.context.channels["other"]})
    here.at("2026-11-24T10:00")
    assert here.states("desk") == ["dead"]
    assert "not configured" in (here.deliveries("desk")[0].last_error or "")


# outages


def test_after_an_outage_one_comes_first_and_the_rest_together(desk) -> None:
    here = desk(mailbox("desk"))
    here.mail.answers["desk"] = DOWN
    for _ in range(12):
        here.publish("heroin")
    here.wait(hours=3)
    here.mail.answers.clear()
    here.wait(hours=6)
    assert here.mail.to("desk")[1:] == ["11 alerts, 24 November 2026: Drugs 11"]
    assert "while this channel could not be reached" in here.mail.texts("desk")[1]
    assert here.states("desk") == ["sent"] * 12


@pytest.mark.parametrize(("late", "mails"), [(4, 4), (5, 2)])
def test_fewer_than_five_late_alerts_come_one_by_one(desk, late: int, mails: int) -> None:
    here = desk(mailbox("desk"))
    here.mail.answers["desk"] = DOWN
    for _ in range(late):
        here.publish("heroin")
    here.wait(hours=2)
    here.mail.answers.clear()
    here.wait(hours=6)
    assert len(here.mail.to("desk")) == mails


def test_what_may_have_arrived_is_never_told_again_under_another_id(desk) -> None:
    here = desk(mailbox("desk"))
    here.mail.answers["desk"] = replace(DOWN, unclear=True)
    for _ in range(8):
        here.publish("heroin")
    here.wait(hours=3)
    here.mail.answers.clear()
    here.wait(hours=12)
    assert sorted(here.mail.to("desk")) == [f"[Drugs] Item {number}: heroin – Post" for number in range(1, 9)]


def test_an_attempt_that_was_begun_before_a_crash_goes_out_under_its_id_even_in_quiet_hours(desk) -> None:
    here = desk(mailbox("desk", quiet=Quiet(start=time(8), end=time(10))))
    here.publish("heroin")
    (delivery,) = here.deliveries("desk")
    with here.context.store.writing() as tx:
        tx.alerts.save(replace(delivery, unclear=True))
    here.run()
    assert here.states("desk") == ["sent"]


# fallbacks and closed channels


def test_what_a_channel_does_not_take_the_fallback_hears_of_after_the_fourth_attempt(desk) -> None:
    here = desk(mailbox("desk", fallback="spare"), mailbox("spare"), mailbox("ops"), operator="ops")
    here.mail.answers["desk"] = DOWN
    here.publish("heroin")
    here.wait(minutes=30)
    assert here.mail.got == []
    here.wait(minutes=15)
    here.run()
    assert here.mail.to("spare") == ["[Drugs] Item 1: heroin – Post"]
    assert here.mail.to("ops") == ["[monitor] Channel desk cannot be reached"]
    assert "go to `spare` as well" in here.mail.texts("ops")[0]
    here.publish("heroin")
    here.wait(hours=1)
    assert len(here.mail.to("spare")) == 2
    assert len(here.mail.to("ops")) == 1, "one condition is told once"
    here.mail.answers.clear()
    here.wait(hours=12)
    assert here.states("desk") == ["sent", "sent"], "the channel itself gets them all the same"
    assert here.mail.to("ops")[1:] == ["[monitor] Channel desk is back"]
    assert here.conditions() == []


def test_what_is_refused_for_good_goes_to_the_fallback_at_once(desk) -> None:
    here = desk(mailbox("desk", fallback="spare"), mailbox("spare"))
    here.mail.answers["desk"] = Rejected(reason="550 no such user")
    here.publish("heroin")
    here.run()
    assert here.states("desk") == ["dead"]
    assert "[Drugs] Item 1: heroin – Post" in here.mail.to("spare")
    assert "[monitor] Channel desk refuses messages" in here.mail.to("spare"), (
        "without an operator's channel the fallback hears that, too"
    )


def test_a_channel_that_is_gone_is_closed_with_a_notice_until_its_address_changes(desk) -> None:
    here = desk(mailbox("desk", fallback="spare"), mailbox("spare"), mailbox("ops"), operator="ops")
    here.mail.answers["desk"] = Rejected(reason="410 Gone", gone=True)
    here.publish("heroin")
    here.run()
    assert here.mail.to("ops") == ["[monitor] Channel desk wants nothing any more and is closed"]
    here.mail.answers.clear()
    here.publish("heroin")
    here.run()
    assert here.mail.to("desk") == [], "it is not asked again"
    assert len(here.mail.to("spare")) == 2
    assert any("closed since it answered: 410 Gone" in (each.last_error or "") for each in here.deliveries("desk"))
    moved = replace(here.context.channels["desk"], host="new.example")
    here.context = replace(here.context, channels={**here.context.channels, "desk": moved})
    here.publish("heroin")
    here.run()
    assert len(here.mail.to("desk")) == 1


def test_two_channels_that_stand_in_for_each_other_end_somewhere(desk) -> None:
    here = desk(
        mailbox("spare", fallback="ops"), mailbox("ops", fallback="spare"), mailbox("desk", fallback="spare"), operator="ops"
    )
    for name in ("spare", "ops", "desk"):
        here.mail.answers[name] = Rejected(reason="550 no")
    here.publish("heroin")
    here.run()
    assert here.states("spare") == here.states("ops") == here.states("desk") == ["dead"]


# updates


STORY = (
    "Officers stopped a lorry at the bridge on Monday and found forty kilos of heroin under a load of rice, the police said. "
    * 4
)


def test_an_update_answers_the_mail_of_its_alert(desk) -> None:
    here = desk(mailbox("desk", updates=True), mailbox("other"))
    here.carry("one", STORY, "Forty kilos of heroin under a load of rice")
    here.carry("two", STORY, "Heroin under rice")
    here.run()
    assert len(here.mail.to("desk")) == 1, "two sources are no news"
    here.carry("three", STORY, "Lorry with heroin stopped")
    here.carry("three", STORY + " More.", "Lorry with heroin stopped, again")
    here.run()
    first, update = [mail for name, _, _, mail in here.mail.got if name == "desk"]
    assert str(update["Subject"]) == f"Re: {first['Subject']}"
    assert update["In-Reply-To"] == update["References"] == first["Message-ID"]
    assert update["Message-ID"] != first["Message-ID"]
    text = update.get_body(("plain",)).get_content()
    assert "Heroin under rice" in text
    assert "Lorry with heroin stopped" in text
    assert "Carried by: One, Two, Three" in text
    assert len(here.mail.to("other")) == 1, "who wants no updates gets none"


# the operator


def test_a_condition_is_told_once_and_its_end_once(desk, store: RowStore) -> None:
    here = desk(mailbox("ops"), operator="ops")
    now = here.context.clock.now()

    def say(what) -> bool:
        with store.writing() as tx:
            return what(
                here.context, tx, key="source:post", subject="Post is silent", text="HTTP 500", now=here.context.clock.now()
            )

    assert [say(recovered), say(notify_operator), say(notify_operator)] == [False, True, False]
    here.run()
    assert here.mail.to("ops") == ["[monitor] Post is silent"]
    assert here.conditions() == ["source:post"]
    here.here.clock.set(now + timedelta(hours=1))
    assert [say(recovered), say(recovered)] == [True, False]
    here.here.clock.set(now + timedelta(hours=2))
    assert say(notify_operator), "when it begins again it is told again"
    here.run()
    assert len(here.mail.to("ops")) == 3


def test_without_a_channel_for_it_a_condition_is_kept_to_be_looked_at(desk, store: RowStore) -> None:
    here = desk(mailbox("desk"))
    with store.writing() as tx:
        assert notify_operator(here.context, tx, key="k", subject="s", text="t", now=here.context.clock.now())
    here.run()
    assert here.mail.got == []
    assert here.conditions() == ["k"]


def test_the_sign_of_life_comes_every_day_at_its_time_and_says_what_was_done(desk, store: RowStore) -> None:
    here = desk(mailbox("desk"), mailbox("ops"), operator="ops", heartbeat=time(7), timezone=ZoneInfo("Asia/Bangkok"))
    resume(here.context)
    here.publish("heroin")
    here.publish("tea")
    here.run()
    with store.writing() as tx:
        notify_operator(here.context, tx, key="k", subject="The disk is nearly full", text="t", now=here.context.clock.now())
    here.at("2026-11-25T00:00")
    assert here.mail.to("ops")[1:] == ["[monitor] 0 of 2 sources alive, 1 alert: something needs a look"]
    text = here.mail.texts("ops")[1]
    assert "Articles read: 2, of which 1 matched a rule." in text
    assert "Alerts raised: 1. Messages sent: 2; 0 waiting, 0 held back, 0 given up." in text
    assert "- post: never polled" in text
    assert "- The disk is nearly full" in text
    assert "Possible gaps: none." in text
    seen = Gap(
        source_id="post", found_at=datetime(2026, 11, 25, 9, tzinfo=UTC), since=datetime(2026, 11, 25, 2, tzinfo=UTC), listed=9
    )
    with store.writing() as tx:
        tx.sources.note_gap(seen)
        tx.sources.note_gap(replace(seen, source_id="times", filled=3, how="all that a sitemap lists"))
        tx.sources.note_gap(replace(seen, source_id="no longer watched"))
        post = tx.sources.get("post")
        assert post
        answered = replace(post, last_poll_at=seen.since, last_success_at=seen.since - timedelta(days=1))
        tx.sources.save(answered, "post.example")
        tx.sources.save(replace(answered, source_id="times", last_error="HTTP 500"), "times.example")
    here.at("2026-11-26T00:00")
    assert "- post: last answered 24 November 2026, 09:00 UTC+07:00" in here.mail.texts("ops")[2]
    assert "- times: HTTP 500; last answered 24 November 2026, 09:00 UTC+07:00" in here.mail.texts("ops")[2]
    assert "Possible gaps: 2." in here.mail.texts("ops")[2]
    assert "- post, 25 November 2026, 09:00 to 16:00 UTC+07:00: 0 more found, still looked for" in here.mail.texts("ops")[2]
    assert (
        "- times, 25 November 2026, 09:00 to 16:00 UTC+07:00: 3 more found, all that a sitemap lists"
        in here.mail.texts("ops")[2]
    )
    assert len(here.mail.to("ops")) == 3
    assert "Articles read: 0" in here.mail.texts("ops")[2]
    with store.writing() as tx:
        tx.sources.save(replace(answered, next_poll_at=datetime(2026, 11, 27, 9, tzinfo=UTC)), "post.example")
    here.at("2026-11-27T00:00")
    assert "- post:" not in here.mail.texts("ops")[3], "it is asked so rarely, and did answer"


def test_a_sign_of_life_that_was_missed_comes_when_the_program_is_back(desk) -> None:
    here = desk(mailbox("ops"), operator="ops", heartbeat=time(7))
    resume(here.context)
    here.here.clock.set(datetime(2026, 11, 27, 12, tzinfo=UTC))
    resume(here.context)
    here.run()
    assert len(here.mail.to("ops")) == 1
    here.context = replace(here.context, heartbeat=None)
    resume(here.context)
    here.at("2026-12-24T12:00")
    assert len(here.mail.to("ops")) == 1, "switched off it comes no more"


def test_a_pause_of_the_program_is_told(desk, store: RowStore) -> None:
    here = desk(mailbox("ops"), operator="ops")
    now = here.context.clock.now()
    with store.writing() as tx:
        for name in ("post", "times"):
            state = tx.sources.get(name)
            assert state is not None
            tx.sources.save(replace(state, last_poll_at=now, next_poll_at=now + timedelta(minutes=15)), "x")
    here.here.clock.set(now + timedelta(minutes=20))
    resume(here.context)
    here.run()
    assert here.mail.got == [], "a restart is no gap"
    here.here.clock.set(now + timedelta(hours=5, minutes=30))
    resume(here.context)
    here.run()
    assert here.mail.to("ops") == ["[monitor] Nothing was watched for 5 h 30 min"]


def test_a_chat_is_told_in_plain_words(desk) -> None:
    here = desk(AppriseChannel(id="chat", url=Secret("json://chat.example/")))
    here.publish("heroin")
    here.run()
    assert here.mail.to("chat") == ["[Drugs] Item 1: heroin – Post"]
    assert "What matched" in here.mail.texts("chat")[0]
