"""Metrics for Prometheus, and whether the program is alive and ready. What the store knows is counted there when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from statistics import quantiles
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from monitor.web.behind import Behind, behind
from monitor.web.meter import Meter
from monitor.web.safety.entrance import reader
from monitor.web.safety.keeper import Visitor

router = APIRouter(include_in_schema=False)

LOOP_GAP_S = 30.0
"""A daemon that has not swept the store for so long is not ready."""


class StoreMetrics(Collector):
    """What the store counts."""

    def __init__(self, here: Behind) -> None:
        self._here = here

    def collect(self) -> Iterator[Metric]:
        """Ask the store, once for each scrape."""
        with self._here.store.reading() as tx:
            sources, entries = tx.sources.all(), tx.sources.counts()
            totals, deliveries, raised = tx.articles.counts(), tx.alerts.counts(), tx.alerts.of_rules()
            lags = tx.alerts.lags(self._here.clock.now() - timedelta(days=1))
        listed = CounterMetricFamily(
            "monitor_entries", "Entries that sources listed, by outcome.", labels=["source", "outcome"]
        )
        for each in entries:
            for outcome, number in each.outcomes.items():
                listed.add_metric([each.source_id, outcome], number)
        yield listed
        failures = GaugeMetricFamily("monitor_source_failures", "Failed polls in a row.", labels=["source"])
        for state in sources:
            failures.add_metric([state.source_id], state.failures)
        yield failures
        for name, number in totals.items():
            yield GaugeMetricFamily(f"monitor_{name}", f"Number of {name} in the store.", value=number)
        alerts = CounterMetricFamily("monitor_alerts", "Alerts raised, by rule.", labels=["rule"])
        for rule, number in raised.items():
            alerts.add_metric([rule], number)
        yield alerts
        states = GaugeMetricFamily("monitor_deliveries", "Deliveries by state.", labels=["state"])
        for state_name in ("pending", "held", "sent", "dead"):
            states.add_metric([state_name], deliveries.get(state_name, 0))
        yield states
        yield _lag(lags)


def _lag(lags: list[float]) -> Metric:
    lag = GaugeMetricFamily(
        "monitor_alert_lag_seconds", "From publication to alert, for the alerts of the last day.", labels=["quantile"]
    )
    if lags:
        cuts = quantiles(lags, n=20, method="inclusive") if len(lags) > 1 else lags * 19
        lag.add_metric(["0.5"], cuts[9])
        lag.add_metric(["0.95"], cuts[18])
    return lag


@router.get("/metrics")
def metrics(request: Request, _visitor: Annotated[Visitor, Depends(reader)]) -> Response:
    """Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(StoreMetrics(behind(request)))
    meter = cast("Meter | None", request.app.state.meter)
    text = generate_latest(registry) + (generate_latest(meter.registry) if meter is not None else b"")
    return Response(text, media_type=CONTENT_TYPE_LATEST)


@router.get("/health")
async def health() -> Response:
    """Whether the process answers. It says no more than that: everybody may ask."""
    return PlainTextResponse("ok\n")


@router.get("/ready")
def ready(request: Request) -> Response:
    """Whether the store answers, and the daemon of this process works through it. Everybody may ask."""
    with behind(request).store.reading() as tx:
        tx.next_due_at()
    meter = cast("Meter | None", request.app.state.meter)
    if meter is not None and meter.gap_s() > LOOP_GAP_S:
        return PlainTextResponse("the daemon has not looked for work for half a minute\n", status_code=503)
    return PlainTextResponse("ready\n")
