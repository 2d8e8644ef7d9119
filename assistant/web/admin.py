"""The administrator's side (/admin): one router that lets nobody but the administrator in, and the login."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from assistant.errors import NotFoundError
from assistant.web import (
    admin_accounts,
    admin_documents,
    admin_intake,
    admin_login,
    admin_questions,
    admin_retrieval,
    admin_usage,
    admin_versions,
    wording,
)
from assistant.web.admin_office import Office, see
from assistant.web.entrance import Door, administrator

# A file is sent as it is; the form of a preview holds the metadata of every document.
ROOMY = {admin_intake.INCOMING: 51 * 1024**2, admin_intake.PUBLISH: 8 * 1024**2}
_PAGES = (
    admin_usage,
    admin_documents,
    admin_intake,
    admin_questions,
    admin_retrieval,
    admin_versions,
    admin_accounts,
)


def routes(office: Office, door: Door) -> APIRouter:
    """The login, and everything under /admin."""
    router = APIRouter()
    router.include_router(admin_login.routes(office.accounts, door))

    @router.get("/admin")
    def enter() -> Response:
        return see("admin/")

    guard = Depends(administrator(office.accounts))
    for page in _PAGES:
        router.include_router(page.routes(office), prefix="/admin", dependencies=[guard])

    @router.get("/admin/{rest:path}", dependencies=[guard])
    def nowhere(rest: str) -> Response:
        raise NotFoundError(wording.NOT_HERE)  # else the chat, mounted below, would say it in English

    return router
