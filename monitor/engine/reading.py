"""What the processes of a replay do: read an entry's recorded page, match it, and hand back what the writer keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from monitor.adapters.readers import GivenUp, Readers
from monitor.adapters.warc import Located, Part, Recorded, Scanned, read_located, scan_part
from monitor.articles.article import Unreadable
from monitor.articles.raw import every_word
from monitor.fetching.outcome import Failed, Fetched, Outcome, Request
from monitor.ports import Fetch, ListedEntry
from monitor.rules.compile import RuleSet, compile_rules
from monitor.rules.prefilter import GLUE, Prefilter
from monitor.rules.rule import Rule, Vocabulary
from monitor.sources.entry import Entry, Listing, Unlisted
from monitor.sources.listing import list_entries
from monitor.sources.source import Source
from monitor.steps.file_article import Prepared, prepare
from monitor.steps.read_entry import Later, Reading, read
from monitor.stories.sketched import Sketched, from_entry, read_page
from monitor.urls import host_of, identity

Answer = Located | Outcome

_PARTS_AHEAD = 16
_TOGETHER = 4  # pages: one by one they cost more than half their filing again; of more, the last leave a process idle
_SITES = 1_024
_WORTH_IT = 0.4
_LAST_PAGES = 32
_TRIED_AGAIN = 16  # where it was not worth it, every 16th page tells whether it has become so


class Unread(NamedTuple):
    """A page to be read at `at`: what its address gave, and which entry of which source it is; None for a page that no source listed."""

    answer: Answer
    at: datetime
    listed: tuple[Source, ListedEntry] | None = None

    @property
    def url(self) -> str | None:
        """Its address."""
        if self.listed is not None:
            return self.listed[1].entry.url
        return self.answer.record.url if isinstance(self.answer, Located) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every process of a replay is told at its start. `sources` are those that are watched. With `matches_only` what no rule matches
    is not handed back, and a page in which no rule could match is not even read. Nobody will search for what is read unless it is to be
    `searchable`."""

    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]
    vocabularies: tuple[Vocabulary, ...]
    max_bytes: int
    matches_only: bool = False
    searchable: bool = True


class _Sieve:
    """Sorts out pages in which no rule can match, as long as it finds enough of them: of pages that nearly all hold words of a rule
    somewhere (in links, in comments) it would cost a third of their reading, and spare none."""

    def __init__(self, prefilter: Prefilter) -> None:
        self._prefilter = prefilter
        self._spared = 1.0  # the share of the last pages that it sorted out
        self._pages = 0

    def may_match(self, source: Source, fetched: Fetched, entry: Entry) -> bool:
        """False only if no article that can be made of this matches a rule."""
        self._pages += 1
        if self._spared < _WORTH_IT and self._pages % _TRIED_AGAIN:
            return True
        may_match = self._prefilter.may_match(every_word(source, fetched, entry, GLUE), source.country)
        self._spared += (float(not may_match) - self._spared) / _LAST_PAGES
        return may_match


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which part of a recording is replayed: what came later than `after`, and not later than `until`. At `as_of` the clock stops, so
    that nothing is tried again after it."""

    after: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None

    @property
    def last(self) -> datetime | None:
        """The time of the last record that counts."""
        return min((at for at in (self.until, self.as_of) if at is not None), default=None)

    def holds(self, at: datetime) -> bool:
        """Whether what came then is replayed."""
        return (self.after is None or at > self.after) and (self.last is None or at <= self.last)


class _Glance:
    """Keeps `warc.Look`: marks the pages that are spared the reading if they are read for themselves, not for a source that lists them
    and says more of them. Then they are neither inflated again nor sent for."""

    def __init__(self, desk: Desk, sieve: _Sieve, span: Span) -> None:
        self.max_bytes = desk.job.max_bytes
        self._desk = desk
        self._sieve = sieve
        self._span = span

    def wants(self, record: Recorded) -> bool:
        """Whether to look at it."""
        return may_be_page(record) and not record.revisit and self._span.holds(record.at)

    def spares(self, record: Recorded, answer: Outcome) -> bool:
        """Whether no rule can match it."""
        if not isinstance(answer, Fetched):
            return False
        return not self._sieve.may_match(self._desk.source_of(record.url), answer, entry_of(record.url))


class Desk:
    """A job taken up: reads one entry after the other, in this process. Keeps `ports.Parse`."""

    def __init__(self, job: Job, rules: RuleSet | None = None) -> None:
        """`rules` are those of the job where they are compiled already."""
        self.job = job
        self._rules = rules or compile_rules(job.rules, job.vocabularies)
        self._sieve = _Sieve(Prefilter(job.rules, self._rules.vocabularies)) if job.matches_only else None
        self._by_site = {_plain_host(source.url): source for source in job.sources} | {
            _plain_host(source.home): source for source in job.sources if source.home
        }

    def source_of(self, url: str) -> Source:
        """The source that a page counts to which no source listed: the one of that site, or the site itself."""
        host = _plain_host(url)
        return self._by_site.get(host) or _site(host)

    def scan(self, part: Part, span: Span) -> Scanned:
        """The answers in a part of a recording."""
        return scan_part(part, None if self._sieve is None else _Glance(self, self._sieve, span))

    def read(self, unread: Unread) -> Reading:
        """The reading of a page."""
        source, listed = unread.listed or self._alone(unread)
        fetch = self._fetch(unread.answer)
        return self._sifted(read(source, listed, fetch=fetch, parse=self, rules=self._rules, now=unread.at))

    def without_page(self, unread: Unread, reason: str) -> Reading:
        """The reading of a page that had to be given up: what its source says of it."""
        source, listed = unread.listed or self._alone(unread)
        substitute = self.from_entry(source, listed.entry, unread.at)
        if isinstance(substitute, Sketched):
            return self._sifted(prepare(self._rules, source, substitute, listed.entry.url))
        return Unreadable(reason=f"{reason}; {substitute.reason}")

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        """`sources.listing.list_entries`."""
        return list_entries(source, fetched)

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
        """`stories.sketched.read_page`, of a page in which a rule could match."""
        if self._sieve is not None and not self._sieve.may_match(source, fetched, entry):
            return Unreadable(reason="no word of a rule")
        return read_page(source, fetched, entry, searchable=self.job.searchable)

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
        """`stories.sketched.from_entry`."""
        return from_entry(source, entry, now, searchable=self.job.searchable)

    def _alone(self, unread: Unread) -> tuple[Source, ListedEntry]:
        """The source and the entry of a page that no source listed; the entry has no row."""
        assert unread.url is not None
        listed = ListedEntry(
            id=0,
            source_id="",
            entry=entry_of(unread.url),
            listed_at=unread.at,
            first_poll=False,
            attempts=0,
            next_read_at=unread.at,
            outcome=None,
            reason=None,
            article_id=None,
        )
        return self.source_of(unread.url), listed

    def _fetch(self, answer: Answer) -> Fetch:
        def fetch(request: Request) -> Outcome:  # noqa: ARG001  a port: the answer is there already
            if not isinstance(answer, Located):
                return answer
            try:
                return read_located(answer, max_bytes=self.job.max_bytes)
            except OSError as error:
                return Failed(kind="connect", detail=f"{answer.body.path} cannot be read: {error.strerror}")

        return fetch

    def _sifted(self, reading: Reading) -> Reading:
        """One reason for all that is not kept: which pages were spared the reading depends on the number of processes."""
        kept = isinstance(reading, Later) or (isinstance(reading, Prepared) and reading.verdict.matches)
        return reading if kept or not self.job.matches_only else Unreadable(reason="no rule matches")


def entry_of(url: str) -> Entry:
    """A page that no source listed."""
    return Entry(keys=(identity(url),), url=url)


def may_be_page(record: Recorded) -> bool:
    """Whether it can be a page to be read for itself."""
    return record.status == 200 and "html" in (record.kind or "html") and urlsplit(record.url).path not in {"", "/"}


@lru_cache(_SITES)
def _site(host: str) -> Source:
    return Source(id=host, name=host, url=f"https://{host}/", kind="page")


def _plain_host(url: str) -> str:
    return host_of(url).removeprefix("www.")


class DistantParse:
    """Keeps `ports.Parse` by the processes of `readers`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def list_entries(self, source: Source, fetched: Fetched) -> Listing | Unlisted:
        """`sources.listing.list_entries`; Unlisted if the document had to be given up."""
        found = self._readers.result(self._readers.submit(list_entries, source, fetched))
        return Unlisted(reason=found.reason) if isinstance(found, GivenUp) else found

    def read_page(self, source: Source, fetched: Fetched, entry: Entry) -> Sketched | Unreadable:
        """`stories.sketched.read_page`; Unreadable if the document had to be given up."""
        found = self._readers.result(self._readers.submit(read_page, source, fetched, entry))
        return Unreadable(reason=found.reason) if isinstance(found, GivenUp) else found

    def from_entry(self, source: Source, entry: Entry, now: datetime) -> Sketched | Unreadable:
        """`stories.sketched.from_entry`; Unreadable if it had to be given up."""
        found = self._readers.result(self._readers.submit(from_entry, source, entry, now))
        return Unreadable(reason=found.reason) if isinstance(found, GivenUp) else found


_desks: list[Desk] = []  # of a process that was equipped: one


def equip(job: Job) -> None:
    """Take the job up in this process."""
    _desks[:] = [Desk(job)]


def read_at_desk(several: Sequence[Unread]) -> list[Reading]:
    """`Desk.read` of each in a process that was equipped."""
    return [_desks[0].read(unread) for unread in several]


class ReadAhead:
    """`Desk.read` by the processes of `readers`, in the order in which it was asked for. Several pages go together; if that comes to a
    bad end each is read again by itself, so that what has to be given up costs no other page."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._asked: list[Unread] = []
        self._sent: deque[tuple[int, list[Unread]]] = deque()
        self._read: deque[Reading | GivenUp] = deque()

    def ask(self, unread: Unread) -> None:
        """Have a page read."""
        self._asked.append(unread)
        if len(self._asked) == _TOGETHER:
            self._send()

    def take(self) -> Reading | GivenUp:
        """The reading of the page that was asked for before the others; waits for it."""
        if not self._read:
            if not self._sent:
                self._send()
            ticket, several = self._sent.popleft()
            found = self._readers.result(ticket)
            self._read.extend(self._one_by_one(several) if isinstance(found, GivenUp) else found)
        return self._read.popleft()

    def _send(self) -> None:
        self._sent.append((self._readers.submit(read_at_desk, self._asked), self._asked))
        self._asked = []

    def _one_by_one(self, several: Sequence[Unread]) -> Iterator[Reading | GivenUp]:
        for ticket in [self._readers.submit(read_at_desk, [unread]) for unread in several]:
            found = self._readers.result(ticket)
            yield found if isinstance(found, GivenUp) else found[0]


def scan_all(readers: Readers, parts: Iterable[Part], span: Span) -> Iterator[Scanned]:
    """`Desk.scan` of each part by the processes of `readers`, in order. What they cannot scan is scanned here, and nothing of it spared."""
    asked: deque[tuple[Part, int]] = deque()
    for part in parts:
        asked.append((part, readers.submit(scan_at_desk, part, span)))
        if len(asked) > _PARTS_AHEAD:
            yield _scanned(readers, *asked.popleft())
    while asked:
        yield _scanned(readers, *asked.popleft())


def _scanned(readers: Readers, part: Part, ticket: int) -> Scanned:
    found = readers.result(ticket)
    return scan_part(part) if isinstance(found, GivenUp) else found


def scan_at_desk(part: Part, span: Span) -> Scanned:
    """`Desk.scan` in a process that was equipped."""
    return _desks[0].scan(part, span)
