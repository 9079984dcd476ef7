"""What Prometheus scrapes, and whether the program says truly that it is well."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from monitor.engine.run_step import Event
from monitor.ports import Due
from monitor.steps.context import Done


def samples(desk, basic) -> dict[tuple[str, ...], float]:
    text = desk.client.get("/metrics", headers=basic).text
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_the_store_counts_is_there(filled, basic) -> None:
    found = samples(filled, basic)
    assert found["monitor_entries_total", "article", "post"] == 3
    assert found["monitor_articles",] == 5
    assert found["monitor_matched",] == 4
    assert found["monitor_stories",] == 5
    assert found["monitor_alerts_total", "drugs"] == 3
    assert found["monitor_deliveries", "dead"] == 1
    assert found["monitor_deliveries", "pending"] == 3
    assert found["monitor_source_failures", "hoa"] == 3
    assert found["monitor_alert_lag_seconds", "0.5"] == 1200


def test_what_the_daemon_does_is_counted_as_it_ends(filled, basic) -> None:
    due = Due(step="poll_source", key="post", lane="post.example")
    for result in ("ok", "failed", "ok"):
        filled.meter.ended(Event(due=due, done=Done(result=result, reason=""), duration_s=0.2))
    found = samples(filled, basic)
    assert found["monitor_steps_total", "ok", "poll_source"] == 2
    assert found["monitor_steps_total", "failed", "poll_source"] == 1
    assert found["monitor_step_seconds_count", "poll_source"] == 3


def test_the_gap_between_sweeps_is_measured_and_a_long_one_is_not_ready(filled, basic) -> None:
    filled.meter.progressed()
    filled.clock.set(filled.clock.now() + timedelta(seconds=29))
    assert filled.client.get("/ready").status_code == 200
    filled.meter.progressed()
    filled.clock.set(filled.clock.now() + timedelta(seconds=31))
    answer = filled.client.get("/ready")
    assert (answer.status_code, answer.text) == (503, "the daemon has not looked for work for half a minute\n")
    assert filled.client.get("/health").text == "ok\n"
    found = samples(filled, basic)
    assert found["monitor_loop_gap_seconds",] == 31
    assert found["monitor_loop_gap_max_seconds",] == 29


def test_a_desk_without_a_daemon_is_ready_when_its_store_is(make_desk) -> None:
    desk = make_desk()
    desk.clock.set(desk.clock.now() + timedelta(hours=1))
    desk.meter.progressed()
    assert desk.client.get("/ready").text == "ready\n"
