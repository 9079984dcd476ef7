"""The form of each configuration file: one model for each file, or for each entry of its list. Defaults and descriptions are only here:
the JSON Schemas for editors, too, are made from these models, with the docstrings of the classes as descriptions."""

from __future__ import annotations

import re
from datetime import UTC, time, tzinfo
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, field_validator, model_validator

from monitor.alerts.channel import AppriseChannel, EmailChannel, Only, Policy, Quiet, Secret, WebhookChannel
from monitor.rules.rule import Rule, Severity, Vocabulary
from monitor.settings.secrets import SecretAt
from monitor.settings.settings import WebSettings
from monitor.settings.values import (
    Address,
    ClockTime,
    Contact,
    Country,
    DigestTime,
    DiskSize,
    Gap,
    HeaderName,
    Host,
    Interval,
    Language,
    Line,
    Name,
    Network,
    PasswordHash,
    QueryText,
    QuietHours,
    Retention,
    Selector,
    Sender,
    Size,
    Timeout,
    Timezone,
    Web,
    Window,
    seconds,
    size_bytes,
    wrong,
)
from monitor.sources.source import Kind, Selectors, Source


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FetchPart(_Strict):
    """How pages and feeds are fetched."""

    timeout: Timeout = Field("45s", description="For one whole request, redirects and body included.")
    max_size: Size = Field("10MB", description="Of one decoded answer; reading stops there.")
    host_gap: Gap = Field(
        "1s", description="Between two requests to the same host; a longer Crawl-delay in its robots.txt wins."
    )
    allow_networks: list[Network] = Field(
        default_factory=list, description="Private networks that may be fetched from; without it only public addresses are."
    )


class WebPart(_Strict):
    """The pages, the API and the feeds."""

    address: Host = Field("127.0.0.1", description="Where they are served; the default is reached from this machine only.")
    port: int = Field(8765, ge=1, le=65_535)
    users: dict[Name, PasswordHash] = Field(
        default_factory=dict,
        description="Who may log in: a name and the line that `monitor password` prints. Without users, nobody may.",
        examples=[{"anna": "$argon2id$v=19$m=65536,t=3,p=4$…"}],
    )
    hosts: list[Host] = Field(
        default_factory=list,
        description="Further names by which it is reached; that of public_url and localhost need not be said.",
    )
    proxy_header: HeaderName | None = Field(
        None,
        description="A reverse proxy does the login and says in this header who it is; it must remove one that comes from outside.",
        examples=["X-Forwarded-User"],
    )
    proxies: list[Network] = Field(
        default_factory=lambda: ["127.0.0.0/8", "::1/128"],
        description="Where that proxy is; from elsewhere the header is ignored.",
    )

    def noun(self) -> WebSettings:
        return WebSettings(
            address=self.address,
            port=self.port,
            users={name: Secret(line) for name, line in self.users.items()},
            hosts=tuple(self.hosts),
            proxy_header=self.proxy_header,
            proxies=tuple(self.proxies),
        )


class ArchivePart(_Strict):
    """What is fetched, kept as WARC files for `monitor replay`."""

    folder: Line = Field("recordings", description="From the state folder on.")
    file_size: DiskSize = Field("100MB", description="A file is closed at this size and the next begun.")
    max_size: DiskSize = Field("10GB", description="Of all files together; the oldest are deleted.")
    max_age: Retention = Field("90d", description="Files that were last written so long ago are deleted; or forever.")

    @model_validator(mode="after")
    def _files_fit(self) -> ArchivePart:
        if size_bytes(self.max_size) < 2 * size_bytes(self.file_size):
            raise wrong("`max_size` holds no two files of `file_size`", "max_size: 10GB, file_size: 100MB")
        return self


def _or_warc(schema: dict[str, Any]) -> None:
    schema["anyOf"].insert(0, {"const": "warc"})


class MonitorFile(_Strict):
    """monitor.yaml: what holds for the whole program."""

    contact: Contact | None = Field(
        None,
        description="A mail or web address where publishers reach you; it goes into the User-Agent.",
        examples=["desk@example.org"],
    )
    state: Line | None = Field(
        None,
        description="Folder of the database, from this file's folder on. Default: $STATE_DIRECTORY, else ~/.local/state/monitor.",
    )
    store: Line = Field("monitor.db", description="An SQLite file in the state folder, or postgresql://user@host/database.")
    store_password: SecretAt | None = Field(None, description="For a postgresql:// store.")
    workers: int = Field(2, ge=1, le=64, description="Processes that parse feeds and pages; as many as processors is plenty.")
    first_poll_window: Window = Field(
        "2d", description="What a new source lists and is older than this is recorded and raises no alert."
    )
    retention: Retention = Field("forever", description="How long articles and the alerts about them are kept.")
    timezone: Timezone = Field(
        "UTC", description="For the times in messages, for digests and quiet hours.", examples=["Asia/Bangkok"]
    )
    operator: Name | None = Field(
        None, description="Id of the channel for news about the program itself: sources that fall silent, channels that fail."
    )
    heartbeat: ClockTime | None = Field(
        None, description="Time of day at which the operator's channel gets a sign of life.", examples=["07:00"]
    )
    public_url: Web | None = Field(
        None,
        description="Where readers of alerts reach this program's pages; without it messages have no links to judge an alert by.",
        examples=["https://monitor.example.org"],
    )
    archive: Annotated[ArchivePart | None, BeforeValidator(lambda value: {} if value == "warc" else value)] = Field(
        None,
        description="`warc`: what is fetched is kept in WARC files for `monitor replay`. Without it nothing is kept.",
        json_schema_extra=_or_warc,
    )
    fetch: FetchPart = Field(default_factory=FetchPart)
    web: WebPart = Field(default_factory=WebPart)

    @model_validator(mode="after")
    def _heartbeat_has_a_channel(self) -> MonitorFile:
        if self.heartbeat is not None and self.operator is None:
            raise wrong("`heartbeat` goes to the operator's channel, and there is none", "operator: the id of a channel")
        return self

    @field_validator("store")
    @classmethod
    def _store(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if not separator:
            return value
        if scheme not in ("postgresql", "postgresql+psycopg"):
            raise wrong("not a store", "the name of an SQLite file, or postgresql://user@host/database")
        if ":" in rest.partition("/")[0].rpartition("@")[0] or re.search(r"[?&]password=", rest):
            raise wrong(
                "a password does not belong into this file",
                "the address without it, and store_password: {env: MONITOR_STORE_PASSWORD}",
            )
        return "postgresql+psycopg://" + rest

    @model_validator(mode="after")
    def _password_has_a_user(self) -> MonitorFile:
        if self.store_password is not None and "@" not in self.store.partition("://")[2].partition("/")[0]:
            raise wrong("`store_password` without a user in `store`", "store: postgresql://user@host/database")
        return self


class SelectorsPart(_Strict):
    """CSS selectors where the program does not find something by itself."""

    links: Selector | None = Field(None, description="On the index page of a source of kind page: the links to articles.")
    headline: Selector | None = None
    text: Selector | None = Field(None, description="The element that holds the article's paragraphs.")
    authors: Selector | None = None
    published: Selector | None = None
    remove: Selector | None = Field(None, description="What is inside the text and does not belong to the article.")


class SourceEntry(_Strict):
    """One watched feed, page or sitemap."""

    id: Name = Field(examples=["bangkok-post"], description="Never changes: what was seen is remembered under it.")
    name: Line = Field(examples=["Bangkok Post"])
    url: Web = Field(examples=["https://www.example.org/feed/"])
    kind: Kind = Field(
        "feed",
        description="feed: RSS, Atom, RDF or JSON Feed; page: an index page with links; sitemap: a (news) sitemap;"
        " watch: a page whose own text is watched, every new paragraph of it is news.",
    )
    language: Language | None = Field(None, description="BCP 47, mul for several.", examples=["th"])
    country: Country | None = Field(
        None, description="ISO 3166-1 alpha-2 of the country covered, or ASEAN, INT, EU.", examples=["TH"]
    )
    timezone: Timezone | None = Field(None, description="For dates on the pages that name no zone.", examples=["Asia/Bangkok"])
    home: Web | None = Field(None, description="Where a person would go.")
    interval: Interval = Field("15m", description="Polled at most this often.")
    selectors: SelectorsPart = Field(default_factory=SelectorsPart)
    enabled: bool = True
    note: str | None = Field(None, description="For people: why it is disabled, what is odd about it.")

    @model_validator(mode="after")
    def _links_are_for_pages(self) -> SourceEntry:
        if self.selectors.links is not None and self.kind != "page":
            raise wrong(f"`selectors: links` does nothing for a source of kind {self.kind}", "kind: page, or no `links`")
        return self

    def noun(self) -> Source:
        parts = self.model_dump(exclude={"interval", "selectors"})
        return Source(**parts, interval_s=seconds(self.interval), selectors=Selectors(**self.selectors.model_dump()))


class OnlyPart(_Strict):
    """Which alerts a channel takes, of those that rules send it. What is left out is not asked about."""

    rules: list[Name] = Field(default_factory=list)
    severities: list[Severity] = Field(default_factory=list)
    languages: list[Language] = Field(default_factory=list, description="Of the article.")
    countries: list[Country] = Field(default_factory=list, description="Of the source.")


class _Channel(_Strict):
    """What every channel can be told."""

    usual_ceiling: ClassVar[int | None] = None

    id: Name
    enabled: bool = Field(True, description="false: alerts for this channel are recorded and nothing is sent.")
    only: OnlyPart = Field(default_factory=OnlyPart, description="Which alerts it takes, of those that rules send it.")
    fallback: Name | None = Field(
        None, description="Id of the channel that is told as well what this one has not taken after four attempts, or refuses."
    )
    digest: DigestTime | None = Field(
        None, description="hourly, or a time of day: alerts come together, then.", examples=["08:00"]
    )
    quiet: QuietHours | None = Field(
        None, description="Alerts that are not of severity high wait for the end of these hours.", examples=["22:00-06:00"]
    )
    ceiling: int | None = Field(
        None,
        ge=1,
        le=100_000,
        description="So many alerts an hour come one by one, the rest of the hour together. Default 100; none for webhooks.",
    )
    updates: bool = Field(
        False, description="Whether it hears of corrections, and when three, ten and thirty sources carry an alert's story."
    )
    timezone: Timezone | None = Field(None, description="Of its readers, where it is not the one in monitor.yaml.")

    def policy(self, timezone: str) -> Policy:
        """The policy of the channel. `timezone` is used if the channel names none."""
        start, _, end = (self.quiet or "").partition("-")
        digest = self.digest if self.digest == "hourly" or self.digest is None else time.fromisoformat(self.digest)
        return Policy(
            only=Only(
                rules=frozenset(self.only.rules),
                severities=frozenset(self.only.severities),
                languages=frozenset(self.only.languages),
                countries=frozenset(self.only.countries),
            ),
            fallback=self.fallback,
            digest=digest,  # type: ignore[arg-type]  # "hourly" or a time
            quiet=Quiet(start=time.fromisoformat(start), end=time.fromisoformat(end)) if self.quiet else None,
            ceiling=self.usual_ceiling if self.ceiling is None else self.ceiling,
            updates=self.updates,
            timezone=zone(self.timezone or timezone),
        )


def zone(name: str) -> tzinfo:
    """The time zone of a name that has passed `Timezone`."""
    return UTC if name == "UTC" else ZoneInfo(name)


class EmailEntry(_Channel):
    """A channel that sends mail through one SMTP server."""

    usual_ceiling: ClassVar[int | None] = 100

    id: Name = Field(examples=["desk-mail"])
    kind: Literal["email"] = Field(examples=["email"])
    host: Host = Field(examples=["smtp.example.org"])
    tls: Literal["starttls", "tls", "none"] = Field("starttls", description="starttls and tls check the server's certificate.")
    port: int | None = Field(None, ge=1, le=65_535, description="Without it 587 for starttls, 465 for tls, 25 for none.")
    sender: Sender = Field(alias="from", examples=["monitor@example.org"])
    to: list[Address] = Field(min_length=1, examples=[["desk@example.org"]])
    username: Line | None = None
    password: SecretAt | None = None
    timeout: Timeout = Field("1m", description="For one whole conversation with the server.")

    @model_validator(mode="after")
    def _password_is_safe(self) -> EmailEntry:
        if (self.username is None) != (self.password is None):
            raise wrong("`username` and `password` go together", "both, or neither")
        if self.password is not None and self.tls == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise wrong("`tls: none` would send the password in clear text", "tls: starttls, or tls: tls")
        return self

    def noun(self, secret: Secret | None, timezone: str = "UTC") -> EmailChannel:
        return EmailChannel(
            id=self.id,
            host=self.host,
            port=self.port or {"starttls": 587, "tls": 465, "none": 25}[self.tls],
            sender=self.sender,
            to=tuple(dict.fromkeys(self.to)),
            tls=self.tls,
            username=self.username,
            password=secret,
            timeout_s=seconds(self.timeout),
            policy=self.policy(timezone),
        )


class WebhookEntry(_Channel):
    """A channel that posts signed JSON (Standard Webhooks 1.0)."""

    id: Name = Field(examples=["ops-hook"])
    kind: Literal["webhook"] = Field(examples=["webhook"])
    url: Web = Field(examples=["https://hooks.example.org/monitor"])
    secret: SecretAt = Field(
        examples=[{"env": "MONITOR_WEBHOOK_SECRET"}], description="whsec_ and base64; the receiver checks signatures with it."
    )
    timeout: Timeout = "20s"

    def noun(self, secret: Secret, timezone: str = "UTC") -> WebhookChannel:
        return WebhookChannel(
            id=self.id, url=self.url, secret=secret, timeout_s=seconds(self.timeout), policy=self.policy(timezone)
        )


class AppriseEntry(_Channel):
    """A channel to a chat or push service, by its Apprise address."""

    usual_ceiling: ClassVar[int | None] = 100

    id: Name = Field(examples=["desk-chat"])
    kind: Literal["apprise"] = Field(examples=["apprise"])
    url: SecretAt = Field(
        examples=[{"env": "MONITOR_CHAT_URL"}],
        description="Where its Apprise address is (tgram://…, slack://…, msteams://…): the address holds tokens, so it is a secret.",
    )

    def noun(self, secret: Secret, timezone: str = "UTC") -> AppriseChannel:
        return AppriseChannel(id=self.id, url=secret, policy=self.policy(timezone))


class RuleEntry(_Strict):
    """One rule: what to look for and whom to tell."""

    id: Name = Field(examples=["transnational-crime"])
    title: Line = Field(examples=["Transnational crime in the ASEAN region"], description="Stands in the messages.")
    when: QueryText = Field(examples=["@crime/* NEAR/60 @asean"], description="The query that must hold.")
    unless: QueryText | None = Field(None, description="The query that must not hold.")
    score: dict[QueryText, int] = Field(default_factory=dict, description="Points for each query that holds.")
    threshold: int | None = Field(None, ge=1, description="The points that must be reached.")
    severity: Severity = "normal"
    alert: list[Name] = Field(default_factory=list, description="Ids of channels; without one, matches are recorded only.")

    @model_validator(mode="after")
    def _score_and_threshold(self) -> RuleEntry:
        if self.score and self.threshold is None:
            raise wrong("`score` without `threshold`", "threshold: 3, or the points that must be reached")
        if self.threshold is not None:
            most = sum(points for points in self.score.values() if points > 0)
            if most < self.threshold:
                raise wrong(
                    f"`threshold` can never be reached: all of `score` together give {most}", f"threshold: {most or 1} or less"
                )
        return self

    def noun(self) -> Rule:
        return Rule(
            id=self.id,
            title=self.title,
            when=self.when,
            unless=self.unless,
            score=dict(self.score),
            threshold=self.threshold,
            severity=self.severity,
            alert=tuple(dict.fromkeys(self.alert)),
        )


class VocabularyEntry(BaseModel):
    """A concept and its terms: `title`, and a list of terms under each language."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, list[Line]] = Field(init=False)

    title: Line = Field(examples=["Illicit drug trafficking"])

    def noun(self, name: str) -> Vocabulary:
        terms = {language: tuple(dict.fromkeys(words)) for language, words in self.__pydantic_extra__.items()}
        return Vocabulary(name=name, title=self.title, terms=terms)


ChannelEntry = EmailEntry | WebhookEntry | AppriseEntry
CHANNEL_KINDS: dict[str, type[EmailEntry] | type[WebhookEntry] | type[AppriseEntry]] = {
    "email": EmailEntry,
    "webhook": WebhookEntry,
    "apprise": AppriseEntry,
}

SUBJECTS: dict[str, TypeAdapter[Any]] = {
    "monitor": TypeAdapter(MonitorFile),
    "sources": TypeAdapter(list[SourceEntry]),
    "channels": TypeAdapter(list[Annotated[ChannelEntry, Field(discriminator="kind")]]),
    "rules": TypeAdapter(list[RuleEntry]),
    "vocabularies": TypeAdapter(dict[str, VocabularyEntry]),
}


def json_schema(subject: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one of SUBJECTS, for editors."""
    schema = SUBJECTS[subject].json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"monitor: {subject}", **schema}
