"""Messages to JSON and back. A message is stored as it was when it was decided to send it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from monitor.alerts.alert import Marked, Notice, Receipt
from monitor.alerts.message import Carried, Digest, Message, Note, Update
from monitor.store.values import values_of


def to_values(message: Message) -> tuple[str, dict[str, Any]]:
    """The kind of the message, and JSON values from which `from_values` makes the same message."""
    match message:
        case Notice():
            return "alert", _notice_values(message)
        case Update():
            carried = [{**values_of(each), "published_at": _iso(each.published_at)} for each in message.carried]
            said = {"carried": carried, "at": _iso(message.at), "changes": message.changes}
            return "update", {"notice": _notice_values(message.notice), **said}
        case Digest():
            times = {name: _iso(getattr(message, name)) for name in ("since", "until", "at")}
            return "digest", {"why": message.why, "notices": [_notice_values(each) for each in message.notices], **times}
        case Note():
            return "note", {"subject": message.subject, "text": message.text, "at": _iso(message.at)}
        case _:
            assert_never(message)


def from_values(kind: str, values: Mapping[str, Any]) -> Message:
    """The message, from its kind and the values of `to_values`."""
    if kind == "alert":
        return notice_of(values)
    if kind == "update":
        carried = tuple(Carried(**{**each, "published_at": _time(each["published_at"])}) for each in values["carried"])
        return Update(
            notice=notice_of(values["notice"]),
            carried=carried,
            at=datetime.fromisoformat(values["at"]),
            changes=tuple(values["changes"]),
        )
    times = {name: datetime.fromisoformat(values[name]) for name in ("since", "until", "at") if name in values}
    if kind == "digest":
        return Digest(why=tuple(values["why"]), notices=tuple(notice_of(each) for each in values["notices"]), **times)
    return Note(subject=values["subject"], text=values["text"], **times)


def notice_of(values: Mapping[str, Any]) -> Notice:
    """The notice of an alert, from the JSON values of its message."""
    given = dict(values)
    for name in ("published_at", "raised_at"):
        given[name] = _time(given[name])
    given["headline_marks"] = _spans(given["headline_marks"])
    given["snippets"] = tuple(Marked(text=each["text"], marks=_spans(each["marks"])) for each in given["snippets"])
    given["receipt"] = tuple(Receipt(**{**each, "spans": _spans(each["spans"])}) for each in given["receipt"])
    for name in ("facets", "also_carried_by"):
        given[name] = tuple(given[name])
    return Notice(**given)


def _notice_values(notice: Notice) -> dict[str, Any]:
    return {
        **values_of(notice),
        "published_at": _iso(notice.published_at),
        "raised_at": _iso(notice.raised_at),
        "snippets": [values_of(each) for each in notice.snippets],
        "receipt": [values_of(each) for each in notice.receipt],
    }


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _spans(pairs: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in pairs)
