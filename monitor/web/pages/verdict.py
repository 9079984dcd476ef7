"""Where the links in messages lead that say what an alert was worth."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from monitor.steps.take_verdict import take_verdict
from monitor.web.behind import behind

router = APIRouter(include_in_schema=False)


@router.api_route("/verdict/{token}", methods=["GET", "HEAD", "POST"])
def verdict(request: Request, token: str) -> Response:
    """No login: the signed token is the permission, for one verdict on one alert."""
    here = behind(request)
    answer = take_verdict(here.store, here.clock, request.method, token)
    return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))
