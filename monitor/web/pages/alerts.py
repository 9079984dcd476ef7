"""Alerts, how far each delivery has come, and sending again what was given up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from monitor.web.behind import behind
from monitor.web.cursors import cursor_of, place
from monitor.web.safety.entrance import person, writer
from monitor.web.templating import link, page, say

router = APIRouter(include_in_schema=False, dependencies=[Depends(person)])

STATES = {"pending": "waiting", "held": "held for a digest", "sent": "sent", "dead": "given up"}
_PAGE = 50


@router.get("/alerts")
def alerts(
    request: Request,
    state: Annotated[str, Query(max_length=20)] = "",
    rule: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """A page of alerts, newest first."""
    if (after and place(after) is None) or state not in ("", *STATES):
        raise HTTPException(404, "There is no such page of alerts.")
    with behind(request).store.reading() as tx:
        found = tx.alerts.newest(_PAGE + 1, state=state or None, rule=rule or None, before=place(after))
        counts = tx.alerts.counts()
        conditions = tx.operator.conditions()
    following = cursor_of(found[_PAGE - 1].alert) if len(found) > _PAGE else None
    return page(
        request,
        "alerts.html",
        alerts=found[:_PAGE],
        counts=counts,
        states=STATES,
        asked={"state": state, "rule": rule},
        following=following,
        conditions=conditions,
    )


@router.post("/alerts/retry")
def retry_all(request: Request, _visitor: Annotated[object, Depends(writer)]) -> Response:
    """Send again all that was given up."""
    return _retry(request, None)


@router.post("/alerts/{alert_id}/retry")
def retry(request: Request, alert_id: str, _visitor: Annotated[object, Depends(writer)]) -> Response:
    """Send again what was given up of this alert."""
    return _retry(request, [alert_id])


def _retry(request: Request, ids: list[str] | None) -> Response:
    here = behind(request)
    with here.store.writing() as tx:
        number = tx.alerts.retry_dead(here.clock.now(), ids)
    due = "delivery is" if number == 1 else "deliveries are"
    say(
        request,
        f"{number} {due} due again; a running daemon takes them up within a second." if number else "Nothing was given up.",
    )
    return RedirectResponse(link("/alerts", state="" if number else "dead"), status_code=303)
