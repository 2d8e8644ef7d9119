"""Accounts of workers (账号), and the audit log (操作记录)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from assistant.errors import LoginError
from assistant.web.admin_office import Office, admin_page, see
from assistant.web.export import local_time
from assistant.web.exposure import everybody_logs_in

_AUDITED = 500  # lines shown


def routes(office: Office) -> APIRouter:
    """Listing, adding and removing accounts; the log."""
    router = APIRouter()

    def page(*, status: int = 200, message: str = "", name: str = "", password: str = "") -> HTMLResponse:
        return admin_page(
            "admin_accounts.html",
            status=status,
            here="accounts",
            accounts=office.accounts.listing(),
            needed=everybody_logs_in(office.settings),
            message=message,
            name=name,
            password=password,
        )

    @router.get("/accounts")
    def accounts() -> HTMLResponse:
        return page()

    @router.post("/accounts")
    def add(request: Request, name: Annotated[str, Form()] = "") -> HTMLResponse:
        try:
            password = office.accounts.add_worker(name.strip())
        except LoginError as exc:
            return page(status=400, message=str(exc), name=name)
        office.note(request, "新增账号", name.strip())
        return page(name=name.strip(), password=password)

    @router.post("/accounts-renew")
    def renew(request: Request, name: Annotated[str, Form()]) -> HTMLResponse:
        try:
            password = office.accounts.renew_worker(name)
        except LoginError as exc:
            return page(status=400, message=str(exc))
        office.note(request, "重设密码", name)
        return page(name=name, password=password)

    @router.post("/accounts-remove")
    def remove(request: Request, name: Annotated[str, Form()]) -> Response:
        office.accounts.remove_worker(name)
        office.note(request, "删除账号", name)
        return see("accounts")

    @router.get("/audit")
    def audit(request: Request) -> HTMLResponse:
        office.note(request, "查看操作记录")
        log = office.accounts.audit
        return admin_page(
            "admin_audit.html",
            here="audit",
            entries=log.newest(_AUDITED),
            whole=log.is_whole(),
            local_time=local_time,
        )

    return router
