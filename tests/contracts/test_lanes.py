"""Claims: of several who want to work in a lane one does, and whoever comes too late can tell."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from monitor.errors import StoreBusy, StoreUnreachable
from monitor.ports import Claim, Due
from monitor.sources.source import Source
from monitor.store import database
from monitor.store.database import RowStore, open_store

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONE = Due(step="poll_source", key="post", lane="post.example")
TWO = Due(step="deliver", key="d-1", lane="channel:desk")


def claimed(store: RowStore, *found: Due, now: datetime = NOW) -> list[Claim]:
    with store.claiming() as tx:
        return tx.lanes.claim(found, now=now, until=now + MINUTE)


def test_a_lane_is_claimed_once_until_its_lease_is_over(store: RowStore) -> None:
    one, two = claimed(store, ONE, TWO)
    assert (one.due, two.due) == (ONE, TWO)
    assert claimed(store, ONE, TWO) == []
    (again,) = claimed(store, ONE, now=NOW + MINUTE)
    assert again.token != one.token
    with store.writing() as tx:
        assert tx.lanes.holds(again)
        assert not tx.lanes.holds(one), "its lease was over and another one took the lane"


def test_a_claim_that_is_kept_up_is_not_lost(store: RowStore) -> None:
    one, two = claimed(store, ONE, TWO)
    with store.claiming() as tx:
        assert tx.lanes.renew([one], NOW + 2 * MINUTE) == {one}
        assert tx.lanes.renew([], NOW) == frozenset()
    (again,) = claimed(store, ONE, TWO, now=NOW + MINUTE)
    assert again.due == TWO
    with store.claiming() as tx:
        assert tx.lanes.renew([one, two], NOW + 2 * MINUTE) == {one}


def test_a_claim_is_taken_over_once(store: RowStore) -> None:
    (made,) = claimed(store, ONE)
    with store.claiming() as tx:
        mine = tx.lanes.take_over(made, NOW + MINUTE)
        assert mine is not None
        assert tx.lanes.take_over(made, NOW + MINUTE) is None, "a job that comes twice finds its claim gone"
        assert tx.lanes.holds(mine)
        assert not tx.lanes.release([(made, NOW)])
        assert tx.lanes.holds(mine), "nor does it free the lane of whoever was first"


def test_a_lane_that_was_given_back_rests_as_long_as_was_asked(store: RowStore) -> None:
    (mine,) = claimed(store, ONE)
    with store.claiming() as tx:
        assert tx.lanes.release([(mine, NOW + MINUTE / 2)])
        assert not tx.lanes.holds(mine)
    assert claimed(store, ONE, now=NOW + MINUTE / 3) == []
    assert len(claimed(store, ONE, now=NOW + MINUTE / 2)) == 1


def test_what_the_dead_held_is_freed_and_what_rests_goes_on_resting(store: RowStore) -> None:
    one, _ = claimed(store, ONE, TWO)
    with store.claiming() as tx:
        tx.lanes.release([(one, NOW + MINUTE)])
        assert tx.lanes.clear(NOW) == 1
    assert [claim.due for claim in claimed(store, ONE, TWO)] == [TWO]
    with store.claiming() as tx:
        assert tx.lanes.forget(NOW + MINUTE) == 0
        assert tx.lanes.forget(NOW + 2 * MINUTE) == 2


def test_what_is_due_in_a_lane_that_is_held_is_not_found(store: RowStore) -> None:
    with store.writing() as tx:
        sources = [Source(id=name, name=name, url=f"https://{name}.example/", kind="page") for name in ("post", "times")]
        tx.sources.watch(sources, NOW)
        assert {due.key for due in tx.due(NOW)} == {"post", "times"}
    claimed(store, ONE)
    with store.reading() as tx:
        assert {due.key for due in tx.due(NOW)} == {"times"}
        assert len(tx.all_due(NOW)) == 2
        assert {due.key for due in tx.due(NOW + MINUTE)} == {"post", "times"}


def test_a_host_with_much_to_be_polled_hides_no_other_from_who_asks_for_few_lanes(store: RowStore) -> None:
    hosts = ["busy"] * 20 + ["post", "times"]
    sources = [
        Source(id=f"{host}-{n}", name=host, url=f"https://{host}.example/{n}", kind="page") for n, host in enumerate(hosts)
    ]
    with store.writing() as tx:
        tx.sources.watch(sources, NOW)
        assert {due.lane for due in tx.due(NOW, lanes=3)} == {"busy.example", "post.example", "times.example"}


def test_of_many_who_claim_at_the_same_moment_each_lane_goes_to_one(url: str) -> None:
    lanes = [Due(step="poll_source", key=str(number), lane=f"{number}.example") for number in range(40)]
    won: list[Claim] = []
    stores = [open_store(url) for _ in range(4)]
    begin = threading.Barrier(4)

    def claim(number: int) -> None:
        begin.wait()
        won.extend(claimed(stores[number], *(lanes if number % 2 else reversed(lanes))))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claim.due.key for claim in won) == sorted(due.key for due in lanes)
    for opened in stores:
        opened.close()


def test_workers_share_a_store_and_a_daemon_does_not(postgres) -> None:
    url = postgres()
    one, two, three = (open_store(url) for _ in range(3))
    with one.one_of_many(), two.one_of_many(), pytest.raises(StoreBusy, match="daemon or worker"), three.only_daemon():
        pass
    with three.only_daemon(), pytest.raises(StoreBusy, match="monitor run"), one.one_of_many():
        pass
    for opened in (one, two, three):
        opened.close()


def test_a_writer_that_stops_in_the_middle_is_cut_off_before_others_have_waited_long(postgres) -> None:
    store = open_store(postgres())
    with store.writing() as tx:
        (limit,) = tx.driver_connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    store.close()
    assert limit == "30s"


def test_a_reader_sees_one_state_and_changes_nothing(postgres) -> None:
    store = open_store(postgres())
    with store.reading() as tx:
        before = tx.due(NOW + 9 * MINUTE)
        claimed(store, ONE)
        assert tx.lanes._connection.exec_driver_sql("SELECT count(*) FROM lane").scalar_one() == 0
        assert tx.due(NOW + 9 * MINUTE) == before
    with pytest.raises(Exception, match="read-only"), store.reading() as tx:
        tx.lanes.clear(NOW)
    store.close()


def test_a_server_that_hangs_up_is_told_apart_from_a_bug_and_found_again(postgres) -> None:
    store = open_store(postgres())

    def cut_off() -> None:
        with store.writing() as tx:
            pid = tx.driver_connection.info.backend_pid
            with store.claiming() as other:
                other.driver_connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
            tx.lanes.clear(NOW)

    with pytest.raises(StoreUnreachable, match="terminating connection"):
        cut_off()
    assert len(claimed(store, ONE)) == 1, "the next transaction has a new connection"
    store.close()


def test_a_server_that_hung_up_while_nobody_asked_is_found_again_at_once(postgres, monkeypatch) -> None:
    monkeypatch.setattr(database, "_TRUSTED_S", 0.0)  # as after a pause
    store = open_store(postgres())
    with store.claiming() as tx:
        pid = tx.driver_connection.info.backend_pid
    with store.writing() as other:
        other.driver_connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
    assert len(claimed(store, ONE)) == 1
    store.close()


def test_a_server_that_is_not_there_is_worth_another_try(tmp_path) -> None:
    with pytest.raises(StoreUnreachable, match="PostgreSQL cannot be used now") as caught:
        open_store(f"postgresql://nobody@/none?host={tmp_path}")
    assert caught.value.exit_code == 5
    assert isinstance(caught.value.__cause__, OperationalError)
