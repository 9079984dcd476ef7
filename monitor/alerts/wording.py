"""The wording of every message: which template is used, and what it is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any, assert_never, cast, get_args

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    DictLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.alerts import words
from monitor.alerts.alert import Notice, Receipt
from monitor.alerts.channel import Channel, Secret, WebhookChannel
from monitor.alerts.message import Carried, Digest, Message, Note, Update
from monitor.alerts.sample import Kind, samples
from monitor.rules.topics import topics
from monitor.urls import is_web

SUBJECT_LIMIT = 200
RECEIPTS_SHOWN = 12
TEMPLATES = tuple(f"{kind}.{form}" for kind in get_args(Kind) for form in ("txt", "html"))
_BROKEN = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
_BAR_PX = 64
_BAR_CHARACTERS = 24
_NO_COUNTRY = {"INT": "international"}
_FIELDS = {
    "title": "in the headline",
    "dateline": "in the dateline",
    "body": "in the text",
    "url": "in the address",
    "source": "in the name of the source",
}

VerdictLinks = Callable[[str, str], Mapping[str, str]]
"""(alert id, channel id) -> the address of the page for each verdict."""


class Wording:
    """Puts messages into words, in text and HTML, with times in the channel's time zone.

    `own` are the user's templates by name (one of TEMPLATES). They run in a sandbox, and where one fails the shipped one is used
    instead: no message is lost to a faulty template.

    `titles` are the titles of vocabularies by name, used for topics, countries and matched words. `verdict_links` gives the addresses
    at which a reader can say what an alert was worth.
    """

    def __init__(
        self,
        *,
        own: Mapping[str, str] | None = None,
        titles: Mapping[str, str] | None = None,
        verdict_links: VerdictLinks | None = None,
    ) -> None:
        self._own = dict(own or {})
        self._titles = {name: words.one_line(title) for name, title in (titles or {}).items()}
        self._verdict_links = verdict_links

    def subject(self, message: Message, channel: Channel) -> str:
        """One line of at most 200 characters. A long headline is cut, the source's name is not."""
        match message:
            case Notice():
                rule, source = words.heading(message.rule_title, 60), words.heading(message.source_name, 60)
                room = SUBJECT_LIMIT - len(f"[{rule}]  – {source}")
                return f"[{rule}] {words.heading(message.headline or '', room) or '(no headline)'} – {source}"
            case Update():
                return words.shorten(f"Re: {self.subject(message.notice, channel)}", SUBJECT_LIMIT)
            case Digest():
                number, high = len(message.notices), sum(notice.severity == "high" for notice in message.notices)
                day = words.day(message.until, channel.policy.timezone)
                counted = ", ".join(
                    f"{bar['name']} {bar['count']}" for bar in _bars(each.rule_title for each in message.notices)
                )
                alerts = f"{number} alert{'s' if number != 1 else ''}" + (f" ({high} high)" if high else "")
                return words.heading(f"{alerts}, {day}: {counted}", SUBJECT_LIMIT)
            case Note():
                return words.heading(f"[monitor] {message.subject}", SUBJECT_LIMIT)
            case _:
                assert_never(message)

    def text(self, message: Message, channel: Channel) -> str:
        """The message as plain text."""
        return self._render(message, channel, "txt")

    def html(self, message: Message, channel: Channel) -> str:
        """The message as an HTML page without scripts, with its style inside, and without anything fetched from elsewhere."""
        return self._render(message, channel, "html")

    def _render(self, message: Message, channel: Channel, form: str) -> str:
        name = f"{_kind(message)}.{form}"
        shown = self._shown(message, channel)
        if name in self._own:
            with suppress(*_BROKEN):  # whatever the template's author got wrong, the shipped template is used instead
                return self._owned.get_template(name).render(shown)
        return self._shipped.get_template(name).render(shown)

    def render_own(self, name: str, message: Message, channel: Channel) -> str:
        """The message by the user's template `name`. Raises whatever the template raises."""
        return self._owned.get_template(name).render(self._shown(message, channel))

    @cached_property
    def _shipped(self) -> Environment:
        return _environment(PackageLoader("monitor.alerts"))

    @cached_property
    def _owned(self) -> Environment:
        return _environment(ChoiceLoader([DictLoader(self._own), PackageLoader("monitor.alerts")]))

    def _shown(self, message: Message, channel: Channel) -> dict[str, Any]:
        """What a template is given; all texts are cleaned."""
        match message:
            case Notice():
                return self._alert(message, channel)
            case Update():
                return {
                    **self._alert(message.notice, channel),
                    "carried": [self._carried(each, channel) for each in message.carried],
                    "changes": [words.one_line(each) for each in message.changes],
                    "at": words.time(message.at, channel.policy.timezone),
                }
            case Digest():
                return {
                    "why": [words.one_line(each) for each in message.why],
                    "number": len(message.notices),
                    "span": words.span(message.since, message.until, channel.policy.timezone),
                    "rules": self._by_rule(message, channel),
                    "times": _columns(message, channel.policy.timezone),
                    "countries": _bars(self._country(notice.country) or "not known" for notice in message.notices),
                    "languages": _bars(words.language(notice.language) or "not known" for notice in message.notices),
                }
            case Note():
                return {
                    "subject": words.one_line(message.subject),
                    "text": words.lines(message.text),
                    "at": words.time(message.at, channel.policy.timezone),
                }
            case _:
                assert_never(message)

    def _alert(self, notice: Notice, channel: Channel) -> dict[str, Any]:
        receipts = self._receipts(notice)
        return {
            **_place(notice.url),
            "rule": words.one_line(notice.rule_title),
            "severity": notice.severity,
            "headline": words.pieces(notice.headline or "", notice.headline_marks),
            "lang": notice.language or "",
            "source": words.one_line(notice.source_name),
            "country": self._country(notice.country),
            "language": words.language(notice.language),
            "published": notice.published_at and words.time(notice.published_at, channel.policy.timezone),
            "raised": words.time(notice.raised_at, channel.policy.timezone),
            "clock": words.clock(notice.published_at or notice.raised_at, channel.policy.timezone),
            "snippets": [words.pieces(each.text, each.marks) for each in notice.snippets],
            "receipts": receipts[:RECEIPTS_SHOWN],
            "more_receipts": len(receipts[RECEIPTS_SHOWN:]),
            "topics": [words.one_line(each) for each in topics(notice.facets, self._titles).values()],
            "also_carried_by": [words.one_line(each) for each in notice.also_carried_by],
            "alert_id": notice.alert_id,
            "rule_id": words.one_line(notice.rule_id),
            "rule_version": words.one_line(notice.rule_version),
            "verdicts": {} if self._verdict_links is None else self._verdict_links(notice.alert_id, channel.id),
        }

    def _receipts(self, notice: Notice) -> list[dict[str, str]]:
        """Each word once, with all the places where it stands and all the vocabularies in which it was found."""
        found: dict[str, list[Receipt]] = {}
        for each in notice.receipt:
            found.setdefault(each.words.casefold(), []).append(each)
        return [
            {
                "words": words.one_line(same[0].words),
                "where": " and ".join(_places(same)),
                "vocabulary": "; ".join(_each(self._titles.get(name, words.one_line(name)) for name in _vocabularies(same))),
                "language": ", ".join(_each(words.language(each.language) for each in same if _is_sure(each, notice.language))),
            }
            for same in found.values()
        ]

    def _country(self, code: str | None) -> str:
        """The name of a country of the region; the code of any other."""
        if not code:
            return ""
        return self._titles.get(f"country/{code.lower()}") or _NO_COUNTRY.get(code) or words.one_line(code)

    def _carried(self, each: Carried, channel: Channel) -> dict[str, Any]:
        return {
            **_place(each.url),
            "headline": words.one_line(each.headline or "") or "(no headline)",
            "lang": each.language or "",
            "source": words.one_line(each.source_name),
            "language": words.language(each.language),
            "published": each.published_at and words.time(each.published_at, channel.policy.timezone),
        }

    def _by_rule(self, digest: Digest, channel: Channel) -> list[dict[str, Any]]:
        counts = Counter(notice.rule_id for notice in digest.notices)
        grouped = []
        for bar in _bars(notice.rule_id for notice in digest.notices):
            alerts = [self._alert(notice, channel) for notice in digest.notices if notice.rule_id == bar["name"]]
            alerts.sort(key=_is_below_high)
            grouped.append({**bar, "name": alerts[0]["rule"], "count": counts[str(bar["name"])], "alerts": alerts})
        return sorted(grouped, key=lambda group: _is_below_high(group["alerts"][0]))


def _places(same: Sequence[Receipt]) -> list[str]:
    spans: dict[str, set[tuple[int, int]]] = {}
    for each in same:
        spans.setdefault(each.field, set()).update(each.spans)
    return [(f"{len(at)} times " if len(at) > 1 else "") + _FIELDS.get(field, field) for field, at in spans.items()]


def _vocabularies(same: Sequence[Receipt]) -> Iterable[str]:
    return (each.vocabulary for each in same if each.vocabulary)


def _is_sure(receipt: Receipt, spoken: str | None) -> bool:
    """Whether the word is likely to be in the language in whose list it was found. Names, and words that several languages spell alike,
    are in the lists of many languages."""
    tag = (receipt.language or "").partition("-")[0]
    return tag in ("", "en", (spoken or "").partition("-")[0]) or not receipt.words.isascii()


def _each(texts: Iterable[str]) -> Iterable[str]:
    """The texts without empty ones and repetitions."""
    return dict.fromkeys(filter(None, texts))


def template_problem(own: Mapping[str, str], name: str) -> tuple[str, int | None] | None:
    """What is wrong with the user's template `name`, and in which line; None if it renders all samples of its kind of message."""
    wording = Wording(own=own)
    channel = WebhookChannel(id="channel", url="", secret=Secret(""))
    for message in samples(cast(Kind, name.partition(".")[0])):
        try:
            wording.render_own(name, message, channel)
        except TemplateSyntaxError as error:
            return error.message or "it cannot be read", error.lineno
        except _BROKEN as error:
            return str(error), _line(error)
    return None


def _line(error: Exception) -> int | None:
    """The line of the template in which the error was raised."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _kind(message: Message) -> str:
    return {Notice: "alert", Update: "update", Digest: "digest", Note: "note"}[type(message)]


def _place(url: str | None) -> dict[str, str | None]:
    link = url if url and is_web(url) else None
    return {"link": link, "host": words.host(link) if link else "", "unlinked": None if link else words.one_line(url or "")}


def _is_below_high(alert: Mapping[str, Any]) -> bool:
    return bool(alert["severity"] != "high")


def _bars(names: Iterable[str]) -> list[dict[str, Any]]:
    """How often each name occurs, the most frequent first, with the length of its bar."""
    counts = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    most = max((count for _, count in counts), default=1)
    return [
        {"name": name, "count": count, "percent": max(2, round(100 * count / most)), "bar": _bar(count, most)}
        for name, count in counts
    ]


def _columns(digest: Digest, timezone: tzinfo) -> list[dict[str, Any]]:
    """How many alerts there were in each hour, or in each day if they span more than two days."""
    hourly = digest.until - digest.since <= timedelta(hours=48)
    step = timedelta(hours=1) if hourly else timedelta(days=1)
    counts = Counter(_floor(notice.raised_at, timezone, hourly=hourly) for notice in digest.notices)
    at, last = _floor(digest.since, timezone, hourly=hourly), _floor(digest.until, timezone, hourly=hourly)
    most = max(counts.values(), default=1)
    columns = []
    while at <= last:
        count = counts[at]
        name = f"{at:%H}" if hourly else f"{at.day}/{at.month}"
        columns.append({"name": name, "count": count, "px": round(_BAR_PX * count / most), "bar": _bar(count, most)})
        at = _floor(at.astimezone(UTC) + step, timezone, hourly=hourly)
    return columns


def _floor(when: datetime, timezone: tzinfo, *, hourly: bool) -> datetime:
    local = when.astimezone(timezone)
    return local.replace(hour=local.hour if hourly else 0, minute=0, second=0, microsecond=0)


def _bar(count: int, most: int) -> str:
    return "█" * (max(1, round(_BAR_CHARACTERS * count / most)) if count else 0)


def _environment(loader: BaseLoader) -> Environment:
    return ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=_is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _is_html(name: str | None) -> bool:
    return name is None or not name.endswith(".txt")
