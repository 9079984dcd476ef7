import gzip
import random
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.adapters.warc import Playback, Recorder, open_archive
from monitor.errors import UsageError
from monitor.fetching.outcome import Failed, Fetched, Gone, NotModified, Outcome, Refused, Request, Throttled

AT = datetime(2026, 3, 1, 8, 30, 0, 250_001, tzinfo=UTC)
FEED = "http://news.example/feed.xml"
PAGE = "http://news.example/2026/03/raid.html"


class StoppedClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


class Scripted:
    """A fetch that answers what it was given, one outcome after the other."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)

    def __call__(self, request: Request) -> Outcome:
        return self.outcomes.pop(0)


def fetched(url: str = PAGE, body: bytes = b"<p>text</p>", at: datetime = AT, **more: object) -> Fetched:
    return Fetched(url=url, status=200, body=body, fetched_at=at, **more)  # type: ignore[arg-type]


def recorded(path: Path, exchanges: list[tuple[Request, Outcome]], at: datetime = AT) -> Path:
    with Recorder(path, fetch=Scripted(*(outcome for _, outcome in exchanges)), clock=StoppedClock(at)) as recorder:
        for request, outcome in exchanges:
            assert recorder(request) == outcome
    return path


@pytest.mark.parametrize("name", ["one.warc.gz", "one.warc"])
@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(fetched(headers={"content-type": "text/html; charset=tis-620", "etag": '"a,b"'}), id="a page"),
        pytest.param(fetched(body=bytes(range(256)) * 300), id="every byte there is"),
        pytest.param(fetched(body=b""), id="an empty body"),
        pytest.param(fetched(body=b"\r\n\r\nWARC/1.1\r\n\r\n"), id="a body that looks like a record"),
        pytest.param(
            fetched(headers={"content-encoding": "gzip", "transfer-encoding": "chunked", "content-length": "17"}),
            id="headers of a wire form that the body no longer has",
        ),
        pytest.param(fetched(headers={"content-length": "11"}), id="a length that is true"),
        pytest.param(fetched(headers={"etag": 'W/"Ã©-é-ข่าว%20"', "x-empty": ""}), id="a validator that is not ASCII"),
        pytest.param(fetched(url="https://www.news.example/raid"), id="found elsewhere for now"),
        pytest.param(
            fetched(url="https://www.news.example/raid", moved_to="https://www.news.example/raid"),
            id="found elsewhere for good",
        ),
        pytest.param(NotModified(headers={"etag": '"1"'}, fetched_at=AT), id="nothing new"),
        pytest.param(
            NotModified(fetched_at=AT, moved_to="https://www.news.example/feed"), id="nothing new, elsewhere for good"
        ),
        pytest.param(Throttled(status=429, retry_after_s=120.0), id="asked for less"),
        pytest.param(Throttled(status=503), id="asked for less, no time said"),
        pytest.param(Gone(), id="gone"),
        pytest.param(Refused(reason="robots.txt forbids it"), id="not asked"),
        pytest.param(Failed(kind="dns", detail="news.example: no such name"), id="no answer"),
        pytest.param(Failed(kind="timeout", detail="no answer in 45 s"), id="an answer too late"),
        pytest.param(Failed(kind="status", status=500, detail="the server has trouble"), id="an error status"),
        pytest.param(Failed(kind="truncated", status=200, detail="1000 bytes short"), id="a cut body"),
    ],
)
def test_what_is_recorded_comes_back_exactly(tmp_path: Path, name: str, outcome: Outcome) -> None:
    request = Request(url=PAGE, etag='"0"')
    archive = open_archive([recorded(tmp_path / name, [(request, outcome)])])
    assert list(archive.skipped) == []
    assert Playback(archive, clock=StoppedClock(AT))(request) == outcome


def test_a_recording_is_sound_warc_with_request_and_response(tmp_path: Path) -> None:
    request = Request(url=FEED + "?full=1", etag='"1"', last_modified="Sun, 01 Mar 2026 08:00:00 GMT", accept="text/html")
    path = recorded(tmp_path / "a.warc.gz", [(request, fetched(url=FEED + "?full=1")), (request, Refused(reason="not public"))])
    seen = []
    with path.open("rb") as file:
        iterator = ArchiveIterator(file, check_digests="raise")
        for record in iterator:
            record.content_stream().read()
            seen.append((record.rec_type, record.rec_headers.protocol, record.rec_headers.get_header("WARC-Date")))
            if record.rec_type == "request":
                assert record.http_headers.protocol == "GET"
                assert record.http_headers.statusline == "/feed.xml?full=1 HTTP/1.1"
                assert dict(record.http_headers.headers) == {
                    "Host": "news.example",
                    "Accept": "text/html",
                    "If-None-Match": '"1"',
                    "If-Modified-Since": "Sun, 01 Mar 2026 08:00:00 GMT",
                }
    date = "2026-03-01T08:30:00.250001Z"
    assert iterator.err_count == 0
    assert seen == [(kind, "WARC/1.1", date) for kind in ("warcinfo", "response", "request", "metadata")]


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.warc.gz", [])
    with pytest.raises(UsageError, match="exists already"):
        Recorder(path, fetch=Scripted(), clock=StoppedClock(AT))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        Recorder(tmp_path / "no" / "a.warc", fetch=Scripted(), clock=StoppedClock(AT))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param(-60, b"first", id="before the recording"),
        pytest.param(0, b"first", id="at the time of an answer"),
        pytest.param(1, b"second", id="between two answers"),
        pytest.param(11, b"second", id="after the last one"),
    ],
)
def test_the_clock_chooses_among_the_answers_of_an_address(tmp_path: Path, minutes: int, expected: bytes) -> None:
    later = AT + timedelta(minutes=10)
    path = recorded(
        tmp_path / "a.warc.gz",
        [(Request(url=FEED), fetched(FEED, b"second", later)), (Request(url=FEED), fetched(FEED, b"first"))],
    )
    outcome = Playback(open_archive([path]), clock=StoppedClock(AT + timedelta(minutes=minutes)))(Request(url=FEED + "#top"))
    assert isinstance(outcome, Fetched)
    assert outcome.body == expected


def test_an_address_that_was_not_recorded_cannot_be_reached(tmp_path: Path) -> None:
    archive = open_archive([recorded(tmp_path / "a.warc.gz", [(Request(url=FEED), fetched(FEED))])])
    answer = Playback(archive, clock=StoppedClock(AT))(Request(url=PAGE))
    assert answer == Failed(kind="connect", detail="not in the recording")


def test_an_unconditional_request_never_gets_a_304(tmp_path: Path) -> None:
    full = fetched(FEED, b"<rss/>", headers={"etag": '"1"'})
    unchanged = NotModified(fetched_at=AT + timedelta(minutes=5))
    path = recorded(tmp_path / "a.warc.gz", [(Request(url=FEED), full), (Request(url=FEED, etag='"1"'), unchanged)])
    play = Playback(open_archive([path]), clock=StoppedClock(AT + timedelta(minutes=1)))
    assert play(Request(url=FEED, etag='"1"')) == unchanged
    assert play(Request(url=FEED)) == full


def test_a_last_record_that_a_crash_cut_costs_only_itself(tmp_path: Path) -> None:
    for name in ("a.warc.gz", "a.warc"):
        exchanges = [(Request(url=f"{PAGE}?{n}"), fetched(f"{PAGE}?{n}", b"x" * 3000)) for n in range(3)]
        path = recorded(tmp_path / name, exchanges)
        whole = path.read_bytes()
        for cut in (5, 60, 400, 900):
            path.write_bytes(whole[:-cut])
            archive = open_archive([path])
            assert [record.url for record in archive.records][:2] == [f"{PAGE}?0", f"{PAGE}?1"]
            assert len(list(archive.skipped)) <= 1
            assert all(isinstance(archive.outcome(record), Fetched) for record in archive.records)


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_damage_in_the_middle_is_skipped_with_its_place_and_reason(tmp_path: Path, name: str) -> None:
    first = recorded(tmp_path / f"1.{name}", [(Request(url=PAGE), fetched())]).read_bytes()
    second = recorded(tmp_path / f"2.{name}", [(Request(url=FEED), fetched(FEED))]).read_bytes()
    path = tmp_path / name
    path.write_bytes(first + b"\x1f\x8b\x08 not a record at all\r\n\r\n" + second)
    archive = open_archive([path])
    assert [record.url for record in archive.records] == [PAGE, FEED]
    assert [(skipped.path, skipped.offset) for skipped in archive.skipped] == [(path, len(first))]
    assert next(archive.skipped).reason


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_a_file_without_its_beginning_is_read_from_its_first_whole_record_on(tmp_path: Path, name: str) -> None:
    first = recorded(tmp_path / f"1.{name}", [(Request(url=PAGE), fetched())]).read_bytes()
    second = recorded(tmp_path / f"2.{name}", [(Request(url=FEED), fetched(FEED))]).read_bytes()
    path = tmp_path / name
    path.write_bytes(first[-40:] + second)
    archive = open_archive([path])
    assert [record.url for record in archive.records] == [FEED]
    assert [skipped.offset for skipped in archive.skipped] == [0]


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_a_file_is_scanned_in_parts_with_the_same_result_wherever_it_is_cut(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = recorded(tmp_path / f"in.{name}", [(Request(url=FEED), fetched(FEED))]).read_bytes()
    noise = random.Random(1).randbytes(700)  # is kept as it is, and so is the recording within the recorded body
    exchanges = [(Request(url=f"{PAGE}?{n}"), fetched(f"{PAGE}?{n}", noise + inside * n + noise)) for n in range(4)]
    before, after = (recorded(tmp_path / f"{n}.{name}", exchanges[2 * n : 2 * n + 2]).read_bytes() for n in range(2))
    path = tmp_path / name
    path.write_bytes(before + b"\x1f\x8b\x08 not a record at all\r\n\r\n" + after)
    whole = open_archive([path])
    assert [record.url for record in whole.records] == [f"{PAGE}?{n}" for n in range(4)]
    assert len(list(whole.skipped)) == 1
    for size in (1, 100, 701, 1500, 4000):
        monkeypatch.setattr("monitor.adapters.warc.scan._PART", size)
        cut = open_archive([path])
        assert list(cut.records) == list(whole.records)
        assert list(cut.skipped) == list(whole.skipped)


def test_a_folder_stands_for_its_recordings(tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    recorded(tmp_path / "day" / "b.warc", [(Request(url=FEED), fetched(FEED))])
    recorded(tmp_path / "a.warc.gz", [(Request(url=PAGE), fetched())])
    (tmp_path / "notes.txt").write_text("not a recording")
    assert {record.url for record in open_archive([tmp_path]).records} == {FEED, PAGE}


def test_a_folder_without_recordings_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.warc"):
        open_archive([tmp_path])
    with pytest.raises(UsageError, match="cannot be read"):
        open_archive([tmp_path / "gone.warc"])


def test_a_file_that_is_no_recording_is_skipped_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "page.warc"
    for content in (b"<html><body>no WARC here</body></html>", b"\x1b[2J\x07\r" * 9, b"WARC/1.0\r\n\x1b[2J: \x07\r\n\r\n"):
        path.write_bytes(content)
        archive = open_archive([path])
        assert (list(archive.records), [skipped.offset for skipped in archive.skipped]) == ([], [0])
        assert next(archive.skipped).reason.isprintable()


# --- recordings made by others ----------------------------------------------------------------------------------------


class Foreign:
    """A WARC file in the manner of other programs."""

    def __init__(self, path: Path, *, gzip: bool = True, version: str = "1.0") -> None:
        self.path = path
        self.buffer = BytesIO()
        self.writer = WARCWriter(self.buffer, gzip=gzip, warc_version=version)

    def response(
        self,
        url: str,
        body: bytes,
        *headers: tuple[str, str],
        status: str = "200 OK",
        date: str = "2026-03-01T08:30:00Z",
        **warc: str,
    ) -> "Foreign":
        record = self.writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(status, list(headers), protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": date} | {name.replace("_", "-"): value for name, value in warc.items()},
        )
        self.writer.write_record(record)
        return self

    def play(self, url: str, at: datetime = AT) -> Outcome:
        self.path.write_bytes(self.buffer.getvalue())
        archive = open_archive([self.path], max_bytes=100_000)
        assert list(archive.skipped) == []
        return Playback(archive, clock=StoppedClock(at))(Request(url=url))


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    return Foreign(tmp_path / "foreign.warc.gz")


HTML = b"<p>" + b"Police from ten states met. " * 40 + b"</p>"


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:100], body[100:])) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(gzip.compress(HTML), [("Content-Encoding", "gzip")], id="gzip"),
        pytest.param(
            gzip.compress(HTML[:50]) + gzip.compress(HTML[50:]), [("Content-Encoding", "x-gzip")], id="two gzip members"
        ),
        pytest.param(zlib.compress(HTML), [("Content-Encoding", "DEFLATE")], id="deflate"),
        pytest.param(raw_deflate(HTML), [("Content-Encoding", "deflate")], id="deflate without its envelope"),
        pytest.param(brotli.compress(HTML), [("Content-Encoding", "br")], id="brotli"),
        pytest.param(chunked(HTML), [("Transfer-Encoding", "Chunked")], id="chunked"),
        pytest.param(
            chunked(gzip.compress(HTML)), [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")], id="chunked gzip"
        ),
        pytest.param(brotli.compress(gzip.compress(HTML)), [("Content-Encoding", "gzip, br")], id="two encodings"),
        pytest.param(HTML, [("Content-Encoding", "gzip")], id="stored decoded with the gzip header kept"),
        pytest.param(HTML, [("Content-Encoding", "br")], id="stored decoded with the brotli header kept"),
        pytest.param(HTML, [("Transfer-Encoding", "chunked")], id="stored whole with the chunked header kept"),
        pytest.param(HTML, [("Content-Encoding", "identity")], id="identity"),
    ],
)
def test_the_encodings_of_a_foreign_recording_are_undone(foreign: Foreign, body: bytes, headers: list[tuple[str, str]]) -> None:
    outcome = foreign.response(PAGE, body, *headers).play(PAGE)
    assert isinstance(outcome, Fetched)
    assert outcome.body == HTML


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        pytest.param(gzip.compress(b"\0" * 5_000_000), "gzip", "too-large", id="a gzip bomb"),
        pytest.param(brotli.compress(b"\0" * 5_000_000), "br", "too-large", id="a brotli bomb"),
        pytest.param(b"x" * 200_000, "identity", "too-large", id="a large body"),
        pytest.param(gzip.compress(HTML)[:-20], "gzip", "truncated", id="a gzip stream that ends early"),
        pytest.param(b"\x28\xb5\x2f\xfd....", "zstd", "encoding", id="an encoding that nobody asked for"),
    ],
)
def test_a_body_that_cannot_be_had_is_a_failure_with_its_cause(foreign: Foreign, body: bytes, encoding: str, kind: str) -> None:
    outcome = foreign.response(PAGE, body, ("Content-Encoding", encoding)).play(PAGE)
    assert isinstance(outcome, Failed)
    assert outcome.kind == kind


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        pytest.param("410 Gone", [], Gone(), id="gone"),
        pytest.param("429 Slow", [("Retry-After", "30")], Throttled(status=429, retry_after_s=30.0), id="seconds to wait"),
        pytest.param(
            "503 Busy",
            [("Retry-After", "Sun, 01 Mar 2026 08:32:00 GMT")],
            Throttled(status=503, retry_after_s=120.0),
            id="a date",
        ),
        pytest.param("503 Busy", [("Retry-After", "soon")], Throttled(status=503), id="a time that is none"),
        pytest.param(
            "503 Busy", [("Retry-After", "99999999")], Throttled(status=503, retry_after_s=604_800.0), id="three years"
        ),
        pytest.param("404 Not Found", [], Failed(kind="status", status=404, detail="HTTP 404 Not Found"), id="not found"),
    ],
)
def test_a_status_of_a_foreign_recording_is_judged(
    foreign: Foreign, status: str, headers: list[tuple[str, str]], expected: Outcome
) -> None:
    assert foreign.response(PAGE, b"", *headers, status=status).play(PAGE) == expected


def test_redirects_are_followed_inside_the_recording(foreign: Foreign) -> None:
    foreign.response("http://news.example/a", b"", ("Location", "/b"), status="301 Moved Permanently")
    foreign.response("http://news.example/b", b"", ("Location", "https://www.news.example/c"), status="308 Permanent Redirect")
    foreign.response("https://www.news.example/c", HTML)
    foreign.response("http://news.example/d", b"", ("Location", "/a"), status="302 Found")
    for_good = foreign.play("http://news.example/a")
    for_now = foreign.play("http://news.example/d")
    assert isinstance(for_good, Fetched)
    assert isinstance(for_now, Fetched)
    assert (for_good.url, for_good.moved_to) == ("https://www.news.example/c", "https://www.news.example/c")
    assert (for_now.url, for_now.moved_to, for_now.body) == ("https://www.news.example/c", None, HTML)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        pytest.param("/nowhere", "connect", id="out of the recording"),
        pytest.param("file:///etc/passwd", "connect", id="to another scheme"),
        pytest.param("/loop", "redirects", id="to itself"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_failure(foreign: Foreign, target: str, kind: str) -> None:
    outcome = foreign.response("http://news.example/loop", b"", ("Location", target), status="302 Found").play(
        "http://news.example/loop"
    )
    assert isinstance(outcome, Failed)
    assert outcome.kind == kind


def test_a_revisit_gives_the_body_that_came_first(foreign: Foreign) -> None:
    foreign.response(PAGE, HTML, ("Content-Type", "text/html"), WARC_Payload_Digest="sha1:BODY")
    for name, refers_to in (("by-address", PAGE), ("by-digest", "http://unknown.example/")):
        record = foreign.writer.create_revisit_record(
            f"{PAGE}?{name}",
            "sha1:BODY",
            refers_to,
            "2026-03-01T08:30:00Z",
            http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html"), ("ETag", '"2"')], protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": "2026-03-02T00:00:00Z"},
        )
        foreign.writer.write_record(record)
    for name in ("by-address", "by-digest"):
        outcome = foreign.play(f"{PAGE}?{name}")
        assert isinstance(outcome, Fetched)
        assert (outcome.body, outcome.headers["etag"]) == (HTML, '"2"')


def test_a_revisit_whose_body_is_elsewhere_says_so(foreign: Foreign) -> None:
    record = foreign.writer.create_revisit_record(PAGE, "sha1:ELSEWHERE", PAGE, "2025-01-01T00:00:00Z")
    foreign.writer.write_record(record)
    foreign.response(FEED, HTML, WARC_Payload_Digest="sha1:HERE")
    foreign.writer.write_record(foreign.writer.create_revisit_record(f"{PAGE}?2", "sha1:HERE", FEED, "2026-03-01T08:30:00Z"))
    outcome = foreign.play(PAGE)
    assert isinstance(outcome, Failed)
    assert "does not hold it" in outcome.detail
    assert open_archive([foreign.path]).index.bodiless() == 1


def test_wget_of_old_and_plain_files_are_read(tmp_path: Path) -> None:
    wget = Foreign(tmp_path / "wget.warc", gzip=False, version="1.0")
    wget.response(PAGE, HTML, ("Content-Type", "text/html"), WARC_Target_URI=f"<{PAGE}>")
    data = wget.buffer.getvalue().replace(PAGE.encode() + b"\r\n", b"<" + PAGE.encode() + b">\r\n")
    wget.path.write_bytes(data)
    (record,) = open_archive([wget.path]).records
    assert (record.url, record.status, record.at) == (PAGE, 200, datetime(2026, 3, 1, 8, 30, tzinfo=UTC))


def test_what_is_no_answer_of_the_web_is_passed_over(foreign: Foreign) -> None:
    foreign.writer.write_record(foreign.writer.create_warcinfo_record("x.warc.gz", {"software": "other"}))
    foreign.writer.write_record(
        foreign.writer.create_warc_record("dns:news.example", "resource", payload=BytesIO(b"A 1.2.3.4"), length=9)
    )
    foreign.writer.write_record(
        foreign.writer.create_warc_record("urn:text:" + PAGE, "resource", payload=BytesIO(b"text"), length=4)
    )
    foreign.writer.write_record(
        foreign.writer.create_warc_record(PAGE, "metadata", payload=BytesIO(b"outlink: x\r\n"), length=12)
    )
    resource = foreign.writer.create_warc_record(
        PAGE, "resource", payload=BytesIO(HTML), length=len(HTML), warc_content_type="text/html"
    )
    foreign.writer.write_record(resource)
    outcome = foreign.play(PAGE)
    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.headers) == (HTML, {"content-type": "text/html"})


def test_a_file_that_is_one_gzip_stream_says_how_to_mend_it(tmp_path: Path) -> None:
    plain = Foreign(tmp_path / "x", gzip=False).response(PAGE, HTML).response(FEED, HTML)
    path = tmp_path / "whole.warc.gz"
    path.write_bytes(gzip.compress(plain.buffer.getvalue()))
    archive = open_archive([path])
    assert list(archive.records) == []
    assert "warcio recompress" in next(archive.skipped).reason
