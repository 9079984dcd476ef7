"""The desk: all routes in one ASGI application, behind all guards."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor import __version__
from monitor.web import feeds, metrics
from monitor.web.api import routes as api
from monitor.web.behind import Behind
from monitor.web.meter import Meter
from monitor.web.pages import alerts, matrix, rules, sources, stories, verdict
from monitor.web.safety import entrance
from monitor.web.safety.guard import guarded
from monitor.web.safety.keeper import SESSION_S, Keeper
from monitor.web.search import Queries
from monitor.web.templating import page

THREADS = 4
"""Requests that are worked on at a time. More would only take turns with each other, and with the polls of the daemon."""
_WORDS = {
    404: "There is no page at this address.",
    405: "This address answers, but not to what was asked of it.",
    413: "What was sent is longer than anything that the desk takes.",
}
_HEADINGS = {403: "Not carried out", 404: "Not found", 405: "Not possible", 413: "Too much", 422: "Not understood"}


def desk(behind: Behind, meter: Meter | None = None) -> ASGIApp:
    """The desk over a store. `meter` is that of the daemon in this process, if there is one."""
    return guarded(_Headed(application(behind, meter)), behind.settings)


def application(behind: Behind, meter: Meter | None = None) -> FastAPI:
    """The routes alone, without the guards that stand around them."""
    app = FastAPI(
        title="monitor",
        version=__version__,
        description="Stories, alerts, sources and rules of a news monitor. Name and password of a user of the desk by HTTP Basic.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.behind = behind
    app.state.meter = meter
    app.state.keeper = Keeper(lambda: behind.settings.web, behind.clock)
    app.state.queries = Queries()
    app.state.rows = stories.Rows()
    app.add_middleware(
        SessionMiddleware,
        secret_key=secrets.token_urlsafe(32),
        session_cookie="desk",
        max_age=SESSION_S,
        same_site="lax",
        https_only=(behind.settings.public_url or "").startswith("https:"),
    )
    for router in (
        entrance.router, stories.router, alerts.router, matrix.router, sources.router, rules.router, verdict.router,
        api.router, api.writing, feeds.router, metrics.router,
    ):  # fmt: skip
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.add_exception_handler(entrance.LoginNeeded, entrance.to_login)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(Exception, _broken)
    return app


class _Headed:
    """HEAD is answered as GET is; the server leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope, receive, send)


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    plain = error.detail == HTTPStatus(error.status_code).phrase
    detail = _WORDS.get(error.status_code, error.detail) if plain else error.detail
    return _words(request, error.status_code, detail, error.headers)


async def _broken(request: Request, _error: Exception) -> Response:
    """Uvicorn logs the error itself."""
    return _words(
        request, 500, "This could not be answered; the log says why. The store may be busy or full: try again in a minute."
    )


def _words(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """What went wrong, in the form in which the answer was expected."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": detail}, status_code=status, headers=headers)
    if request.url.path.startswith(("/feeds", "/metrics", "/ready")):
        return PlainTextResponse(f"{detail}\n", status_code=status, headers=headers)
    heading = _HEADINGS.get(status, "Something went wrong")
    return page(request, "error.html", heading=heading, detail=detail, status=status)


async def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if request.url.path.startswith("/api/"):
        return await request_validation_exception_handler(request, error)
    detail = "; ".join(f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors())
    return page(request, "error.html", heading=_HEADINGS[422], detail=detail, status=422)
