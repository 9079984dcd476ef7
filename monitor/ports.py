"""The few protocols a step is handed, and the nouns that pass through them. Adapters and the store keep them; tests hand in fakes."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from typing import Literal, Protocol

from monitor.alerts.alert import Alert, Delivery, Notice
from monitor.alerts.channel import AppriseChannel, EmailChannel
from monitor.alerts.feedback import Feedback
from monitor.alerts.message import Condition, Message
from monitor.alerts.sending import Sending
from monitor.articles.article import Article, Unreadable
from monitor.fetching.outcome import Fetched, Outcome, Request
from monitor.rules.match import Match, Verdict
from monitor.rules.narrowing import Narrowing
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.source import Source
from monitor.sources.state import SourceState
from monitor.stories.facts import NO_FACTS, Facts
from monitor.stories.join import Candidate
from monitor.stories.shingles import Sketch
from monitor.stories.sketched import Sketched

_FAST = 1  # zlib: less than half the time of its default, an eighth more bytes


class Clock(Protocol):
    """The time. `now` is aware UTC; waits are measured by `monotonic`, which no one can set back."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class Fetch(Protocol):
    """One GET, redirects followed. Never raises for anything the network does. Where it waits it says so (`computing.waiting`), as
    `Parse` does: else all other steps would wait with it."""

    def __call__(self, request: Request) -> Outcome: ...


class Parse(Protocol):
    """Whatever parses foreign bytes: under a limit of time and memory, so that it may fail but never hang or take the process down.

    What costs time and is told by an article's text alone is told there, too.
    """

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted: ...

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable: ...

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable: ...


class Mailer(Protocol):
    """Hand one message to an SMTP server for `recipients` only."""

    def __call__(self, channel: EmailChannel, message: EmailMessage, recipients: tuple[str, ...]) -> Sending: ...


class Poster(Protocol):
    """POST `body` as it is to `url`; no redirect is followed, the answer's body is not read."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Sending: ...


class Chat(Protocol):
    """Say something in a chat or push service."""

    def __call__(self, channel: AppriseChannel, title: str, text: str) -> Sending: ...


StepName = Literal["poll_source", "read_entry", "read_again", "deliver", "digest", "heartbeat"]
EntryOutcome = Literal["article", "known", "recorded", "unreadable", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A row whose time has come: which step takes which key. What shares a lane runs one at a time."""

    step: StepName
    key: str
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A due row, and its lane held for whoever has the token: no one else works in that lane until the lease is over."""

    due: Due
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """An entry's row. `outcome` None means that it is still to be read, at `next_read_at`; `first_poll` tells what a source listed when
    it was polled for the first time: the old among it is recorded and never alerted. At `again_at` the page of its article is looked at
    again, after `readings` such looks."""

    id: int
    source_id: str
    entry: Entry
    listed_at: datetime
    first_poll: bool
    attempts: int
    next_read_at: datetime | None
    outcome: EntryOutcome | None
    reason: str | None
    article_id: str | None
    again_at: datetime | None = None
    readings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """An article without its text, read at a tenth of the cost. Articles of equal stamps are equal: every revision and verdict changes it.

    `verdicts` are the rules that matched, with their versions.
    """

    id: str
    number: int
    story_id: str
    revised_at: datetime | None
    facets: tuple[str, ...]
    verdicts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article's row, in its newest version, found at `revised_at` if not at once. `id` is 16 hex digits made of its address,
    `number` counts up from 1."""

    id: str
    number: int
    source_id: str
    source_name: str
    country: str | None
    article: Article
    facets: tuple[str, ...]
    matches: tuple[Match, ...]
    read_at: datetime
    story_id: str
    revised_at: datetime | None = None

    @property
    def stamp(self) -> Stamp:
        """What tells this article, as it is now, from all others."""
        return Stamp(
            id=self.id,
            number=self.number,
            story_id=self.story_id,
            revised_at=self.revised_at,
            facets=self.facets,
            verdicts=tuple((match.rule, match.rule_version) for match in self.matches),
        )

    @property
    def source(self) -> Source:
        """The source as it was when the article was read, as far as rules see it."""
        url = self.article.url or f"https://{self.source_id}.invalid/"
        return Source(id=self.source_id, name=self.source_name, url=url, kind="page", country=self.country)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles of the archive. What is left out is not asked about; all of `facets` have to be there.

    The days, both included, are those on which articles were published or, undated, read, in UTC.
    """

    matched: bool = False
    rule: str | None = None
    facets: tuple[str, ...] = ()
    source: str | None = None
    language: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryOutline:
    """How much of a story there is: its articles, their sources, when the first and the last were read, the number of the newest."""

    story_id: str
    articles: int
    sources: int
    first_at: datetime
    last_at: datetime
    newest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article said before its page was changed. `number` counts up from 1; `read_at` is when it was found to say so."""

    number: int
    article: Article
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStory:
    """A story's row. `updated_at` is when the last article came to it, `joined_to` the story it turned out to be the same as, and
    `split_from` the one its first article was taken out of."""

    id: str
    opened_at: datetime
    updated_at: datetime
    joined_to: str | None = None
    split_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """What the web answered when an article was read: `asked_url` was asked for, `fetched` came. Its body is kept `packed` (zlib): that
    takes longer than all else about an article that is filed, and is done where pages are read, not by the one who writes."""

    asked_url: str
    url: str
    status: int
    headers: Mapping[str, str]
    packed: bytes
    fetched_at: datetime

    @classmethod
    def of(cls, asked_url: str, fetched: Fetched) -> StoredResponse:
        """The response to keep."""
        return cls(
            asked_url=asked_url,
            url=fetched.url,
            status=fetched.status,
            headers=dict(fetched.headers),
            packed=zlib.compress(fetched.body, _FAST),
            fetched_at=fetched.fetched_at,
        )

    @property
    def fetched(self) -> Fetched:
        """What came."""
        body = zlib.decompress(self.packed)
        return Fetched(url=self.url, status=self.status, headers=self.headers, body=body, fetched_at=self.fetched_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """An alert's row with what its messages say and how far each delivery has come."""

    alert: Alert
    notice: Notice
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedChannel:
    """A channel that said that it wants nothing any more. `target` is a digest of where it led: with another one it is open again."""

    channel_id: str
    target: str
    reason: str
    closed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something that is done on a schedule: when it was done last and is to be done next."""

    name: str
    last_at: datetime | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was done since some time (`articles`, `matched`, `alerts`, `sent`), and what deliveries wait, are held back, were given up."""

    articles: int
    matched: int
    alerts: int
    sent: int
    waiting: int
    held: int
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """How many entries of a source ended in which outcome, `waiting` for those still to be read."""

    source_id: str
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What a host was asked on a day (UTC): requests, redirects and robots.txt included, how many of them were answered by 304, and the
    bytes of bodies as they came over the wire. `day` is the first one where several are summed up."""

    host: str
    day: date
    requests: int
    not_modified: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """When any source answered last, and how many of the watched `lanes` could not be reached when they were tried since then; the
    first of them at `begun_at`."""

    heard_at: datetime | None
    begun_at: datetime | None
    unreachable: int
    lanes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A poll that shared no item with the one before it: something may have come and gone between `since` and `found_at`.

    `listed` items were there; looking for others at `walked` addresses brought `filled` more; `how` says how that ended, None as long
    as it has not.
    """

    source_id: str
    found_at: datetime
    since: datetime
    listed: int
    filled: int = 0
    walked: int = 0
    how: str | None = None


class SourceRows(Protocol):
    """What polling remembers of each source."""

    def watch(self, sources: Sequence[Source], now: datetime) -> None:
        """Make these, and only these, the sources that are watched; what is known of the others is kept."""

    def get(self, source_id: str) -> SourceState | None: ...

    def all(self) -> list[SourceState]: ...

    def save(self, state: SourceState, lane: str) -> None: ...

    def advance(self, before: SourceState, after: SourceState, lane: str) -> bool:
        """Save what has changed `before` to `after`. False, and nothing is saved, if the source has another next poll than before."""

    def poll_now(self, source_id: str, now: datetime) -> None:
        """Make the source due, whatever its schedule says."""

    def counts(self) -> list[SourceCounts]: ...

    def add_traffic(self, items: Sequence[Traffic]) -> None: ...

    def traffic(self, since: date) -> list[Traffic]:
        """The traffic since that day, summed up for each host; the busiest first."""

    def polls(self) -> tuple[datetime | None, datetime | None]:
        """When the latest poll of any source was, and when the first of the next ones is due."""

    def silence(self) -> Silence:
        """What is heard of the watched sources as a whole."""

    def poll_unreachable(self, since: datetime | None, now: datetime) -> None:
        """Make those due that have been unreachable from some moment after `since` on."""

    def note_gap(self, gap: Gap) -> None: ...

    def open_gap(self, source_id: str) -> Gap | None:
        """The source's newest gap, if looking for its items has not ended."""

    def fill_gap(self, source_id: str, filled: int, how: str | None) -> None:
        """So many more items of the source's open gap were found at one more address; `how` ends the looking."""

    def gaps(self, since: datetime) -> list[Gap]:
        """Those found since then, newest first."""


class EntryRows(Protocol):
    """Every item that a source ever listed, and what became of it."""

    def unknown(self, source_id: str, entries: Sequence[Entry]) -> list[Entry]:
        """Those of `entries` none of whose keys this source has listed before; of several that share a key, the first."""

    def add(self, source_id: str, lane: str, entry: Entry, *, now: datetime, first_poll: bool, recorded: str | None) -> int:
        """A new row, due at once; or done as `recorded` with that reason."""

    def add_all(
        self, source_id: str, listed: Sequence[tuple[Entry, str, str | None]], *, now: datetime, first_poll: bool
    ) -> list[int]:
        """`add` for several, each with its lane and, if it is done already, the reason; their ids in the same order."""

    def remember(self, source_id: str, entries: Sequence[Entry]) -> list[Entry]:
        """Add to entries known by one of their keys the keys that are new, so that an item may change its identity one key at a time;
        those of `entries` that are `unknown` then."""

    def get(self, entry_id: int) -> ListedEntry | None: ...

    def known_by(self, entry_id: int, key: str) -> bool:
        """Whether that key is one of the entry's."""

    def retry(self, entry_id: int, *, at: datetime, reason: str) -> None: ...

    def finish(
        self, entry_id: int, outcome: EntryOutcome, reason: str, article_id: str | None = None, again_at: datetime | None = None
    ) -> bool:
        """Set down what became of the entry, and when the page of its article is looked at again; False if that is known already."""

    def read_again(self, entry_id: int, next_at: datetime | None) -> None:
        """It was looked at again; when to do so next, None for not any more."""

    def relisted(
        self, source_id: str, entries: Sequence[Entry], now: datetime, most: int, telling: Callable[[Entry], bool]
    ) -> int:
        """Let the pages of articles be looked at again now that the source lists under another title, or as updated later than before,
        unless that was done `most` times; how many there were. Of articles that matched no rule only those whose entry is `telling`."""

    def due(self, now: datetime, limit: int) -> list[int]:
        """The ids of entries to be read now, in the order in which they were listed."""

    def next_read_at(self) -> datetime | None:
        """When the next entry will be due, None when none waits."""

    def of_source(self, source_id: str, limit: int) -> list[ListedEntry]:
        """The newest first."""

    def moments(self, source_id: str, most: int, since: datetime) -> list[datetime]:
        """When the source's newest entries came, `most` of them and all since then: when they were listed or, at its first poll,
        published."""

    def per_day(self, source_ids: Sequence[str], since: datetime) -> Mapping[str, Mapping[date, int]]:
        """How many entries each of these sources listed on each day (UTC) since then."""


class ArticleRows(Protocol):
    """Articles, their matches, and the near-duplicate rows by which stories are found."""

    def known_as(self, identities: Iterable[str]) -> str | None:
        """The id of the article that one of these addresses (`urls.identity`) led to."""

    def also_at(self, article_id: str, identities: Iterable[str]) -> None: ...

    def add(self, stored: StoredArticle, text: Sketched, identities: Iterable[str], facts: Facts = NO_FACTS) -> int:
        """Insert article, matches, bands (with the keys of `facts`), words and addresses; the article's number is given out here and
        returned."""

    def revise(self, stored: StoredArticle, sketch: Sketch, facts: Facts) -> int:
        """Put the article as it reads at `stored.revised_at` in the place of what it said before, which is kept as a version; the
        number of that one."""

    def versions(self, article_id: str) -> list[Version]:
        """What the article said before, oldest first; not what it says now."""

    def keep_response(self, article_id: str, version: int, response: StoredResponse) -> None:
        """Keep what that version of an article was read from, as evidence."""

    def response(self, article_id: str, version: int) -> StoredResponse | None: ...

    def candidates(self, bands: Sequence[int], since: datetime) -> list[Candidate]:
        """Articles read since then that share a band, oldest first."""

    def translations(self, keys: Sequence[int], since: datetime) -> list[Candidate]:
        """The newest articles read since then, not many, that share one of these keys of facts."""

    def forget_bands(self, before: datetime) -> int:
        """Drop the near-duplicate rows of articles read before then; how many there were."""

    def delete_before(self, before: datetime) -> int:
        """Delete the articles that were read before then, with their matches, stories and alerts, but nothing that still waits to be
        sent; how many articles there were. Their addresses stay known, so that they are not read again."""

    def get(self, article_id: str) -> StoredArticle | None: ...

    def newest(self, limit: int, *, rule: str | None = None, before: int | None = None) -> list[StoredArticle]: ...

    def in_order(self) -> Iterator[StoredArticle]:
        """All of them by number."""

    def narrowed(self, narrowing: Narrowing, since: datetime | None = None) -> Iterator[StoredArticle]:
        """Articles among which are all that match the query that `narrowing` was made of, newest first."""

    def chosen(
        self, wanted: Wanted, narrowing: Narrowing | None = None, *, before: int | None = None
    ) -> Iterator[StoredArticle]:
        """The wanted articles, newest first, with numbers below `before`; `narrowing` leaves out what cannot match a query."""

    def stamps(self, wanted: Wanted, *, before: int | None = None) -> Iterator[Stamp]:
        """The same articles by their stamps alone."""

    def numbered(self, numbers: Collection[int]) -> Mapping[int, StoredArticle]:
        """The articles with these numbers, by number."""

    def per_day(self, wanted: Wanted) -> Mapping[date, int]:
        """How many of the wanted articles there are of each day."""

    def pairs(self, wanted: Wanted, rows: Sequence[str], columns: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """In how many stories a wanted article has a facet of `rows` beside one of `columns`; pairs without a story are left out."""

    def outlines(self, story_ids: Sequence[str]) -> Mapping[str, StoryOutline]: ...

    def judged(self, article_id: str, verdict: Verdict) -> None:
        """Put a new verdict in the place of the article's matches and facets."""

    def of_story(self, story_id: str) -> list[StoredArticle]:
        """The articles of a story in the order in which they were read; of the story it was joined to, if it was."""

    def carriers(self, story_id: str) -> list[tuple[str, str]]:
        """Id and name of the source of each of these articles."""

    def counts(self) -> Mapping[str, int]:
        """`articles`, `matched`, `stories`."""


class StoryRows(Protocol):
    """Stories: what happened once."""

    def open(self, story_id: str, now: datetime) -> None: ...

    def touch(self, story_id: str, now: datetime) -> None: ...

    def get(self, story_id: str) -> StoredStory | None: ...

    def newest(self, limit: int, *, matched: bool = False) -> list[StoredStory]:
        """Those to which an article came last, without those that were joined to others; `matched`: with an article that matched."""

    def join(self, one: str, other: str) -> str:
        """Make one story of two: the one opened later points at the earlier, whose id is returned and which has all articles now.
        Alerts stay what they are, under the id of the story in which they were raised."""

    def split(self, article_id: str, now: datetime) -> str | None:
        """Take an article out of its story into one of its own, in which no rule alerts that alerted before; the id of that story.
        None if there is no such article, or if its story is named after it."""

    def parted(self, one: str, other: str) -> bool:
        """Whether one of these stories was split from the other: a person said that they are two."""


class AlertRows(Protocol):
    """The outbox: alerts, messages and deliveries, committed before anything is sent."""

    def raised(self, story_id: str) -> frozenset[str]:
        """The rules that already raised an alert in this story, in one that was joined to it, or in one that it was split from."""

    def add(self, alert: Alert, notice: Notice, deliveries: Sequence[Delivery]) -> None: ...

    def say(
        self, message_id: str, said: Message, deliveries: Sequence[Delivery], *, now: datetime, alert_id: str | None = None
    ) -> None:
        """Keep a message with its deliveries; what is there already stays as it is."""

    def also_to(self, deliveries: Sequence[Delivery]) -> None:
        """Add those of these deliveries that are not there yet; their messages are."""

    def delivery(self, delivery_id: str) -> tuple[Delivery, Message] | None: ...

    def save(self, delivery: Delivery) -> None:
        """Keep how far a delivery has come. What went into the digest that it delivers shares its fate."""

    def sent_since(self, channel_id: str, since: datetime) -> int:
        """How many alerts and updates were sent to the channel one by one since then."""

    def late(self, channel_id: str, before: datetime) -> list[Delivery]:
        """Pending deliveries of alerts and updates made before then that no recipient has or may have, oldest first."""

    def held(self, channel_id: str, now: datetime, limit: int) -> list[tuple[Delivery, Message]]:
        """What is held for the channel's digest that is due now, oldest first."""

    def get(self, alert_id: str) -> StoredAlert | None: ...

    def of_story(self, story_id: str) -> list[StoredAlert]:
        """The alerts of a story and of those that were joined to it, oldest first."""

    def newest(
        self, limit: int, *, state: str | None = None, rule: str | None = None, before: tuple[datetime, str] | None = None
    ) -> list[StoredAlert]:
        """Newest first, those raised at one moment by id; with `before`, what comes after the alert raised then with that id."""

    def in_order(self) -> Iterator[StoredAlert]:
        """All of them by when they were raised."""

    def of_rules(self) -> Mapping[str, int]:
        """How many alerts each rule has raised."""

    def lags(self, since: datetime) -> list[float]:
        """Seconds from the publication of an article to the alert about it, for alerts raised since then whose article is dated."""

    def retry_dead(self, now: datetime, delivery_ids: Sequence[str] | None = None) -> int:
        """Make dead deliveries (all, or these) pending and due; how many there were."""

    def counts(self) -> Mapping[str, int]:
        """Deliveries by state."""

    def counts_by_channel(self) -> Mapping[str, Mapping[str, int]]:
        """Deliveries by channel and state."""


class OperatorRows(Protocol):
    """What concerns whoever runs the program."""

    def condition(self, key: str) -> Condition | None: ...

    def set_condition(self, item: Condition) -> None: ...

    def conditions(self, since: datetime | None = None) -> list[Condition]:
        """Those that hold, and those that ended since then; oldest first."""

    def tally(self, since: datetime) -> Tally: ...

    def close_channel(self, item: ClosedChannel) -> None: ...

    def open_channel(self, channel_id: str) -> bool:
        """Whether it was closed."""

    def closed_channels(self) -> Mapping[str, ClosedChannel]: ...

    def timer(self, name: str) -> Timer | None: ...

    def set_timer(self, item: Timer) -> None: ...


class FeedbackRows(Protocol):
    """What readers say alerts were worth."""

    def signing_key(self, fresh: bytes | None = None) -> bytes | None:
        """The key that verdict links are signed with; where there is none yet, `fresh` becomes it."""

    def give(self, feedback: Feedback) -> None:
        """Keep it in the place of what the channel's readers said of that alert before."""

    def all(self) -> list[tuple[Feedback, Notice]]:
        """All of it with what the alerts said, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """A host's robots.txt; its `body` is empty where there is none. It is asked for again from `until` on."""

    url: str
    body: bytes
    until: datetime


class RobotsRows(Protocol):
    """The robots.txt of each host whose pages were asked for."""

    def get(self, url: str) -> RobotsFile | None: ...

    def put(self, file: RobotsFile) -> None:
        """Keep it in the place of what was at its address before."""

    def forget(self, before: datetime) -> int:
        """Drop those that should have been asked for again by then; how many there were."""


class LaneRows(Protocol):
    """Who works in which lane, over all processes. A lane is free when the time has come that its row names."""

    def claim(self, found: Sequence[Due], *, now: datetime, until: datetime) -> list[Claim]:
        """Hold the lanes of these rows until then, each under a new token; what came of those that are held by no one else."""

    def holds(self, claim: Claim) -> bool:
        """Whether the claim is still good; if so, it is until this transaction has ended."""

    def take_over(self, claim: Claim, until: datetime) -> Claim | None:
        """The claim under a new token, so that whoever else has the old one cannot use it; None if it is no longer good."""

    def renew(self, claims: Sequence[Claim], until: datetime) -> frozenset[Claim]:
        """Hold them until then; those that are still good."""

    def release(self, ended: Sequence[tuple[Claim, datetime]]) -> int:
        """Give the lanes back, each to rest until its time; how many of the claims were still good."""

    def clear(self, now: datetime) -> int:
        """Free all lanes that are held: whoever held them is gone. How many there were."""

    def forget(self, before: datetime) -> int:
        """Drop the rows of lanes that have been free since then; how many there were."""


class Transaction(Protocol):
    """The rows as one transaction sees them."""

    @property
    def sources(self) -> SourceRows: ...

    @property
    def entries(self) -> EntryRows: ...

    @property
    def articles(self) -> ArticleRows: ...

    @property
    def stories(self) -> StoryRows: ...

    @property
    def alerts(self) -> AlertRows: ...

    @property
    def operator(self) -> OperatorRows: ...

    @property
    def feedback(self) -> FeedbackRows: ...

    @property
    def robots(self) -> RobotsRows: ...

    @property
    def lanes(self) -> LaneRows: ...

    def due(self, now: datetime, lanes: int | None = None) -> list[Due]:
        """What is due, at most one for each lane that is free; who can use only so many `lanes` for each step is answered sooner."""

    def all_due(self, now: datetime) -> list[Due]:
        """Everything that is due."""

    def postpone(self, due: Due, *, at: datetime, reason: str) -> None:
        """Put off a row whose step broke, with what broke it, so that nothing else waits for it."""

    def next_due_at(self) -> datetime | None:
        """When the next row will be due, None when nothing waits."""


class Store(Protocol):
    """One transaction at a time: everything in it is kept, or nothing. Writers are serialised.

    Each of them raises StoreUnreachable if the database does not answer. What is written is on disk in the end; without `on_disk`, for
    what would be found out again, a power cut may undo it until the next `flush` (a crash of the program does not). `claiming` is for
    what compares and sets rows of its own, a lane or a source, and waits for no writer where it need not. `once` says that a single
    statement is made: it costs less.
    """

    def reading(self, *, once: bool = False) -> AbstractContextManager[Transaction]: ...

    def writing(self, *, on_disk: bool = True) -> AbstractContextManager[Transaction]: ...

    def claiming(self, *, once: bool = False) -> AbstractContextManager[Transaction]: ...

    def flush(self) -> None: ...
