"""The entrance: what each route asks of whoever calls it, and the pages for logging in and out."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.openapi.models import HTTPBase
from fastapi.security.base import SecurityBase
from starlette.responses import RedirectResponse, Response

from monitor.web.safety.keeper import Keeper, TooMany, Visitor
from monitor.web.templating import page

router = APIRouter(include_in_schema=False)
_ASK = {"WWW-Authenticate": 'Basic realm="monitor", charset="UTF-8"'}


class LoginNeeded(Exception):
    """A page was asked for by someone who has not logged in."""


def keeper_of(request: Request) -> Keeper:
    """The keeper of this desk."""
    return cast(Keeper, request.app.state.keeper)


async def person(request: Request) -> Visitor:
    """For pages: whoever has a session, or whom the proxy let in. Raises LoginNeeded."""
    keeper = keeper_of(request)
    visitor = keeper.by_proxy(request) or keeper.by_session(request)
    if visitor is None:
        raise LoginNeeded
    request.state.visitor, request.state.token = visitor, keeper.token(request)
    return visitor


async def writer(request: Request, visitor: Annotated[Visitor, Depends(person)], token: Annotated[str, Form()] = "") -> Visitor:
    """For forms that change something: a person whose form brings the token of the session."""
    if not keeper_of(request).is_token(request, token):
        raise HTTPException(403, "This form is too old. Go back, load the page again and send it once more.")
    return visitor


class Program(SecurityBase):
    """What is asked of programs: name and password by HTTP Basic in UTF-8 (FastAPI's own takes ASCII alone), or the proxy's word; where
    `sessions`, that of a person's browser will do."""

    def __init__(self, *, sessions: bool) -> None:
        self.model = HTTPBase(scheme="basic")
        self.scheme_name = "basic"
        self._sessions = sessions

    async def __call__(self, request: Request) -> Visitor:
        """FastAPI's dependency."""
        keeper = keeper_of(request)
        known = keeper.by_proxy(request) or (keeper.by_session(request) if self._sessions else None)
        verdict = known or await keeper.by_basic(request.headers, keeper.address(request))
        if isinstance(verdict, TooMany):
            raise HTTPException(429, "too many wrong passwords", headers={"Retry-After": str(int(verdict.wait_s) + 1)})
        if verdict is None:
            raise HTTPException(401, "name and password of a user of the desk are needed", headers=_ASK)
        return verdict


reader = Program(sessions=True)
"""For what programs read: API, feeds, metrics."""
caller = Program(sessions=False)
"""For programs that change something: a browser sends its cookie with whatever another page makes it send."""


def to_login(request: Request, _error: Exception) -> Response:
    """Ask for the login, and keep in the session where the person wanted to go: no parameter says so, which anybody could have written."""
    if (request.method == "GET" and "sec-fetch-dest" not in request.headers) or request.headers.get(
        "sec-fetch-dest"
    ) == "document":
        request.session["wanted"] = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/login", status_code=303)


@router.get("/login")
async def login_page(request: Request) -> Response:
    """The login; or, without users, how to make one."""
    keeper = keeper_of(request)
    return page(request, "login.html", token=keeper.token(request), has_users=keeper.has_users, complaint=None, typed="")


@router.post("/login")
async def login(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
) -> Response:
    """Open a session and go where the person wanted to go."""
    keeper = keeper_of(request)
    if not keeper.is_token(request, token):
        raise HTTPException(403, "This form is too old. Go back, load the page again and send it once more.")
    verdict = await keeper.check(name, password, keeper.address(request))
    if verdict is True:
        wanted = str(request.session.get("wanted", "/"))
        keeper.open(request, name)
        return RedirectResponse(wanted, status_code=303)
    if isinstance(verdict, TooMany):
        complaint = f"Too many wrong passwords. The next try is heard in {int(verdict.wait_s // 60) + 1} minutes."
        answer = page(request, "login.html", token=token, has_users=True, complaint=complaint, typed=name, status=429)
        answer.headers["Retry-After"] = str(int(verdict.wait_s) + 1)
        return answer
    complaint = "There is no user of this name with this password."
    return page(request, "login.html", token=token, has_users=keeper.has_users, complaint=complaint, typed=name, status=401)


@router.post("/logout")
async def logout(request: Request, _visitor: Annotated[Visitor, Depends(writer)]) -> Response:
    """End the session."""
    keeper_of(request).end(request)
    return RedirectResponse("/login", status_code=303)
