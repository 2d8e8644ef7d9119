"""Logging in and out, and the change of a password; for the administrator and for workers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from assistant.accounts import SESSION_LIFE, Accounts, Role
from assistant.errors import AssistantError, LoginError
from assistant.web.admin_office import account_of, admin_page, see
from assistant.web.entrance import COOKIE, Door, logged_in, session_in
from assistant.web.limits import Share

_LOGINS_PER_MINUTE = 10  # from one address; besides the lock of each account


def routes(accounts: Accounts, door: Door) -> APIRouter:
    """The login, open to everybody, and what everybody who is logged in may do."""
    router = APIRouter()
    router.include_router(_login(accounts, door))
    router.include_router(_own_account(accounts, door), dependencies=[Depends(logged_in(accounts))])
    return router


def _login(accounts: Accounts, door: Door) -> APIRouter:
    router = APIRouter()
    share = Share(_LOGINS_PER_MINUTE)

    @router.get("/login")
    def form(changed: bool = False) -> HTMLResponse:
        return admin_page("admin_login.html", name="", message="", changed=changed)

    @router.post("/login")
    def log_in(
        request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        try:
            share.take(request.client.host if request.client else "")
            token = accounts.log_in(name.strip(), password)
        except AssistantError as exc:
            return admin_page("admin_login.html", status=401, name=name, message=str(exc), changed=False)
        account = accounts.whose(token)
        reply = see("admin/" if account and account.role is Role.ADMIN else "./")
        reply.set_cookie(
            COOKIE,
            token,
            max_age=int(SESSION_LIFE.total_seconds()),
            path=door.cookie_path,
            secure=door.secure,
            httponly=True,
            samesite="strict",
        )
        return reply

    return router


def _own_account(accounts: Accounts, door: Door) -> APIRouter:
    router = APIRouter()

    @router.post("/logout")
    def log_out(request: Request) -> Response:
        accounts.log_out(session_in(request.headers.get("cookie", "")))
        accounts.audit.note(account_of(request).name, "退出")
        reply = see("login")
        reply.delete_cookie(COOKIE, path=door.cookie_path)
        return reply

    @router.get("/password")
    def form(request: Request) -> HTMLResponse:
        return admin_page("admin_password.html", account=account_of(request), message="")

    @router.post("/password")
    def change(
        request: Request,
        old: Annotated[str, Form()] = "",
        new: Annotated[str, Form()] = "",
        again: Annotated[str, Form()] = "",
    ) -> Response:
        account = account_of(request)
        try:
            if new != again:
                raise LoginError("两次输入的新密码不一样，请重新输入。")
            accounts.change_password(account.name, old=old, new=new)
        except LoginError as exc:
            return admin_page("admin_password.html", status=400, account=account, message=str(exc))
        return see("login?changed=true")

    return router
