"""The tables. The migrations in `migrations/versions` create them; a test checks that both agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python with both databases. SQLite, which has no time zones, stores naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone was about to be stored: {value!r}")
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        if value is None:
            return None
        stored: datetime = value
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_id = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER PRIMARY KEY counts up by itself on SQLite

source = Table(
    "source",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("watched", Boolean, nullable=False),  # False: no longer configured, or disabled
    Column("lane", String, nullable=False),
    Column("next_poll_at", UtcDateTime),
    Column("url", Text),
    Column("moving_to", Text),
    Column("moves", Integer, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_digest", String),
    Column("seen", LargeBinary, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("hints", JSON, nullable=False),
    Column("fresh_s", Float),
    Column("pace", Float, nullable=False),
    Column("last_poll_at", UtcDateTime),
    Column("last_success_at", UtcDateTime),
    Column("last_change_at", UtcDateTime),
    Column("whole_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("gones", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("frozen", Boolean, nullable=False),
    Column("last_error", Text),
    Column("trouble", String),
    Column("trouble_since", UtcDateTime),
    Column("errands", JSON, nullable=False),
    Column("parts", JSON, nullable=False),
    Index("ix_source_next_poll_at", "next_poll_at"),
)

gap = Table(
    "gap",
    metadata,
    Column("id", _id, primary_key=True, autoincrement=True),
    Column("source_id", String, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("filled", Integer, nullable=False),
    Column("walked", Integer, nullable=False),
    Column("how", Text),  # NULL: its items are still looked for
    Index("ix_gap_source_id", "source_id", "id"),
    Index("ix_gap_found_at", "found_at"),
)

traffic = Table(
    "traffic",
    metadata,
    Column("host", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("not_modified", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),  # of bodies, as they came over the wire
)

entry = Table(
    "entry",
    metadata,
    Column("id", _id, primary_key=True, autoincrement=True),
    Column("source_id", String, ForeignKey("source.source_id"), nullable=False),
    Column("lane", String, nullable=False),
    Column("url", Text),
    Column("title", Text),
    Column("summary", Text),
    Column("content", Text),
    Column("authors", JSON, nullable=False),
    Column("published_at", UtcDateTime),
    Column("updated_at", UtcDateTime),
    Column("listed_at", UtcDateTime, nullable=False),
    Column("first_poll", Boolean, nullable=False),  # listed when its source was polled for the first time
    Column("next_read_at", UtcDateTime),  # NULL: done
    Column("again_at", UtcDateTime),  # when its page is looked at again; NULL: not any more
    Column("readings", Integer, nullable=False, default=0),  # how often it was looked at again
    Column("attempts", Integer, nullable=False, default=0),
    Column("outcome", String),  # NULL: not done yet
    Column("reason", Text),
    Column("article_id", String),
    Index("ix_entry_next_read_at", "next_read_at"),
    Index("ix_entry_again_at", "again_at"),
    Index("ix_entry_source_id", "source_id", "listed_at"),
)

entry_key = Table(
    "entry_key",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("digest", LargeBinary(16), primary_key=True),
    Column("entry_id", _id, ForeignKey("entry.id", ondelete="CASCADE"), nullable=False),
    Index("ix_entry_key_entry_id", "entry_id"),
    sqlite_with_rowid=False,
)

article = Table(
    "article",
    metadata,
    Column("number", _id, primary_key=True, autoincrement=True),
    Column("id", String(16), nullable=False),
    Column("source_id", String, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("country", String),
    Column("url", Text),
    Column("headline", Text),
    Column("site", Text),
    Column("authors", JSON, nullable=False),
    Column("dateline", Text),
    Column("published_at", UtcDateTime),
    Column("modified_at", UtcDateTime),
    Column("language", String),
    Column("removed", JSON, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("facets", JSON, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    Column("numbers", JSON, nullable=False),  # `numbers` and `names` are what translations are found by
    Column("names", JSON, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    Column("revised_at", UtcDateTime),  # when its text was found changed, the last time
    Column("story_id", String(16), nullable=False),
    Column(
        "paragraphs", JSON, nullable=False
    ),  # last, so that SQLite can read the other columns without reading through the long text
    UniqueConstraint("id"),
    Index("ix_article_read_at", "read_at"),
    Index("ix_article_story_id", "story_id"),
    sqlite_autoincrement=True,  # a number must never be reused, since the word index may hold rows of deleted articles
)

address = Table(
    "address",
    metadata,
    Column("identity", Text, primary_key=True),  # `urls.identity` of every address that led to the article
    Column("article_id", String(16), nullable=False),
    sqlite_with_rowid=False,
)

band = Table(
    "band",
    metadata,
    Column("hash", BigInteger, primary_key=True),
    Column("number", _id, primary_key=True),  # of the article
    sqlite_with_rowid=False,
)

match = Table(
    "match",
    metadata,
    Column("article_id", String(16), primary_key=True),
    Column("rule_id", String, primary_key=True),
    Column("rule_version", String, nullable=False),
    Column("clauses", JSON, nullable=False),
    Column("hits", JSON, nullable=False),
    Column("points", Integer),
    Index("ix_match_rule_id", "rule_id"),
)

tag = Table(
    "tag",
    metadata,
    Column("name", String, primary_key=True),  # `all`, `matched`, `rule:…`, `facet:…`, `source:…`, `lang:…`
    Column("number", _id, primary_key=True),  # of the article
    Column("day", Date, nullable=False),  # on which it was published or, undated, read
    Index("ix_tag_number", "number"),
    sqlite_with_rowid=False,
)

version = Table(
    "version",
    metadata,
    Column("article_id", String(16), primary_key=True),
    Column("number", Integer, primary_key=True),  # from 1; the newest is in the article's row
    Column("headline", Text),
    Column("paragraphs", JSON, nullable=False),
    Column("metadata", JSON, nullable=False),  # `articles.seed.metadata`
    Column("read_at", UtcDateTime, nullable=False),
)

story = Table(
    "story",
    metadata,
    Column("id", String(16), primary_key=True),  # the id of its first article
    Column("opened_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("joined_to", String(16)),  # the story that turned out to be the same; its articles are there
    Column("split_from", String(16)),
    Index("ix_story_updated_at", "updated_at"),
    Index("ix_story_joined_to", "joined_to"),
)

alert = Table(
    "alert",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("story_id", String(16), nullable=False),
    Column("rule_id", String, nullable=False),
    Column("article_id", String(16), nullable=False),
    Column("article_version", Integer, nullable=False),
    Column("severity", String, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    UniqueConstraint("story_id", "rule_id"),
    Index("ix_alert_raised_at", "raised_at"),
)

message = Table(
    "message",
    metadata,
    Column("id", String(36), primary_key=True),  # an alert's message has the alert's id
    Column("kind", String, nullable=False),
    Column("alert_id", String(36)),  # of an alert and its updates
    Column("created_at", UtcDateTime, nullable=False),
    Column("content", JSON, nullable=False),  # what it says, fixed so that each attempt is the same bytes
    Index("ix_message_alert_id", "alert_id"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("message_id", String(36), ForeignKey("message.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("accepted", JSON, nullable=False),
    Column("next_attempt_at", UtcDateTime),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("unclear", Boolean, nullable=False),
    Column("held_why", Text),
    Column("digest_id", String(36)),
    UniqueConstraint("message_id", "channel_id"),
    Index("ix_delivery_next_attempt_at", "next_attempt_at"),
    Index("ix_delivery_channel_id", "channel_id", "sent_at"),
    Index("ix_delivery_digest_id", "digest_id"),
)

condition = Table(
    "condition",
    metadata,
    Column("key", String, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("over_at", UtcDateTime),  # NULL: it holds
)

closed_channel = Table(
    "closed_channel",
    metadata,
    Column("channel_id", String, primary_key=True),
    Column("target", String, nullable=False),  # a hash of its address: a channel whose address is changed is open again
    Column("reason", Text, nullable=False),
    Column("closed_at", UtcDateTime, nullable=False),
)

lane = Table(
    "lane",
    metadata,
    Column("name", String, primary_key=True),  # a host, `channel:…`, `heartbeat`
    Column("token", String(32)),  # of the claim that holds it; NULL: nobody does, it only rests
    Column("until", UtcDateTime, nullable=False),  # free from then on
)

robots = Table(
    "robots",
    metadata,
    Column("url", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),  # zlib; of an empty text if the host has no such file
    Column("until", UtcDateTime, nullable=False),  # to be fetched again from then on
)

timer = Table(
    "timer",
    metadata,
    Column("name", String, primary_key=True),
    Column("last_at", UtcDateTime),
    Column("next_at", UtcDateTime),  # NULL: switched off
)

feedback = Table(
    "feedback",
    metadata,
    Column("alert_id", String(36), primary_key=True),
    Column("channel_id", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("name", String, primary_key=True),
    Column("key", LargeBinary, nullable=False),
)

response = Table(
    "response",
    metadata,
    Column("article_id", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),  # of the article that was read from it
    Column("asked_url", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zlib, after its content encoding was undone
    Column("fetched_at", UtcDateTime, nullable=False),
)
