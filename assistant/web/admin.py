"""The administrator's pages (/admin): usage, what the library lacks, retrieval test, audit log, password.

Plain pages without script. All routes but the login's stand in a router that asks
for the session, so that none can be added without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.accounts import SESSION_LIFE, Account, Accounts
from assistant.domain import Document, DocumentStatus
from assistant.errors import AssistantError, LoginError
from assistant.presenting import answer_json
from assistant.question_log import QuestionLog, lacking, usage, workbook
from assistant.web import wording
from assistant.web.desk import Asker, Desk, Enquiry
from assistant.web.export import local_time
from assistant.web.limits import Share
from assistant.web.render import plain_page, templates

if TYPE_CHECKING:
    from assistant.following import Answering

COOKIE = "assistant_admin"
_LOGINS_PER_MINUTE = 10  # from one address; besides the lock of each account
_SPAN_DAYS = 30
_LISTED = 200  # questions on the page; the spreadsheet holds all
_SOON = timedelta(days=90)
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Books:
    """What the pages read and write."""

    accounts: Accounts
    log: QuestionLog
    assistant: Answering
    desk: Desk


@dataclass(frozen=True, slots=True)
class Door:
    """Where the session's cookie is valid and whether only over HTTPS."""

    cookie_path: str
    secure: bool


class ElsewhereError(AssistantError):
    """The page cannot be shown before another one: the login, or the change of the first password."""

    def __init__(self, location: str) -> None:
        """`location` is relative to /admin/."""
        super().__init__(location)
        self.location = location


def routes(
    books: Books, door: Door, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> APIRouter:
    """Everything under /admin. `clock` gives UTC."""
    guarded = [Depends(_session(books.accounts))]
    router = APIRouter()
    router.include_router(_login_routes(books, door))
    router.include_router(_account_routes(books), dependencies=guarded)
    router.include_router(_desk_routes(books, clock), dependencies=guarded)
    return router


def _session(accounts: Accounts) -> Callable[[Request], Account]:
    """A dependency that finds who is logged in.

    Raises (in use):
        ElsewhereError: Nobody is, or the first password has not been changed yet.
    """

    def session(request: Request) -> Account:
        account = accounts.whose(request.cookies.get(COOKIE, ""))
        if account is None:
            raise ElsewhereError("login")
        if account.must_change and not request.url.path.endswith(("/password", "/logout")):
            raise ElsewhereError("password")
        request.state.account = account
        return account

    return session


def _login_routes(books: Books, door: Door) -> APIRouter:
    router = APIRouter(prefix="/admin")
    share = Share(_LOGINS_PER_MINUTE)

    @router.get("")
    def enter() -> Response:
        return RedirectResponse("admin/", status_code=303)

    @router.get("/login")
    def form() -> HTMLResponse:
        return _page("admin_login.html", message="")

    @router.post("/login")
    def log_in(
        request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        try:
            share.take(request.client.host if request.client else "")
            token = books.accounts.log_in(name.strip(), password)
        except AssistantError as exc:
            return _page("admin_login.html", status=401, message=str(exc))
        reply = RedirectResponse("./", status_code=303)
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


def _account_routes(books: Books) -> APIRouter:
    router = APIRouter(prefix="/admin")

    @router.post("/logout")
    def log_out(request: Request) -> Response:
        books.accounts.log_out(request.cookies.get(COOKIE, ""))
        return RedirectResponse("login", status_code=303)

    @router.get("/password")
    def form(request: Request) -> HTMLResponse:
        return _page("admin_password.html", account=request.state.account, message="")

    @router.post("/password")
    def change(
        request: Request, old: Annotated[str, Form()] = "", new: Annotated[str, Form()] = ""
    ) -> Response:
        account: Account = request.state.account
        try:
            books.accounts.change_password(account.name, old=old, new=new)
        except LoginError as exc:
            return _page("admin_password.html", status=400, account=account, message=str(exc))
        return RedirectResponse("login", status_code=303)

    return router


def _desk_routes(books: Books, clock: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/admin")

    @router.get("/")
    def overview() -> HTMLResponse:
        asked = books.log.since(clock() - timedelta(days=_SPAN_DAYS))
        today = clock().astimezone().date()
        documents = [d for d in books.assistant.documents() if not d.retired]
        return _page(
            "admin_overview.html",
            usage=usage(asked, last=today, days=_SPAN_DAYS),
            lacking=lacking(asked),
            held=len(documents),
            attention=needing_attention(documents, today=today),
            asked=asked[:_LISTED],
        )

    @router.get("/questions.xlsx")
    def export(request: Request) -> Response:
        asked = books.log.since(clock() - timedelta(days=_SPAN_DAYS))
        books.accounts.note(request.state.account.name, "导出提问记录", f"{len(asked)} 条")
        headers = {
            "content-disposition": 'attachment; filename="questions.xlsx"',
            "cache-control": "no-store",
        }
        return Response(workbook(asked), media_type=_EXCEL, headers=headers)

    @router.get("/retrieval")
    def retrieval(request: Request, q: str = "", region: str = "") -> HTMLResponse:
        shown: dict[str, object] = {}
        message = ""
        if q.strip():
            try:
                asker = Asker(f"admin {request.state.account.name}", "admin")
                shown = answer_json(books.desk.ask(Enquiry(q, region), asker=asker), explain=True)
            except AssistantError as exc:
                message = str(exc)
        return _page("admin_retrieval.html", q=q, region=region, shown=shown, message=message)

    @router.get("/audit")
    def audit() -> HTMLResponse:
        accounts = books.accounts
        return _page(
            "admin_audit.html",
            entries=accounts.audit(),
            whole=accounts.audit_is_whole(),
            local_time=local_time,
        )

    return router


def needing_attention(documents: list[Document], *, today: date) -> list[tuple[Document, str]]:
    """Originals whose validity runs out soon, is not known, or has ended, with the reason in Chinese."""
    soon = (today + _SOON).isoformat()
    found = []
    for document in documents:
        if document.expires_on and today.isoformat() <= document.expires_on <= soon:
            found.append((document, wording.EXPIRES_SOON.format(day=document.expires_on)))
        elif document.superseded_by or document.status in (DocumentStatus.REPEALED, DocumentStatus.REVISED):
            found.append((document, wording.SUPERSEDED))
    return found


def _page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    reply = plain_page(templates().get_template(template).render(values), status=status)
    reply.headers["cache-control"] = "no-store"
    return reply
