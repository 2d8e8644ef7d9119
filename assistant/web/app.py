"""The web application: FastAPI with the guard outside, the JSON interface, and Gradio's chat at /."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from assistant.accounts import Accounts
from assistant.config import corpus_folder, tell_libraries
from assistant.conversations import Conversations
from assistant.errors import AssistantError, ConfigError
from assistant.question_log import QuestionLog
from assistant.retention import Retention
from assistant.web import admin, api, api_v1, documents, history, library, printing, topics, wording
from assistant.web.admin_office import Office
from assistant.web.desk import Desk
from assistant.web.entrance import Door, ElsewhereError, Entrance, to_root
from assistant.web.exposure import check_exposure, everybody_logs_in, first_password, is_loopback
from assistant.web.guard import Guard, Rules
from assistant.web.guide import Guide
from assistant.web.streams import OwnStreams
from assistant.web.talk import Talk
from assistant.web.upkeep import daily

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

    from assistant.config import Settings
    from assistant.following import Answering

_OWN_PATHS = (
    "/api/ask",
    "/api/feedback",
    "/api/check",
    "/api/documents",
    "/api/v1/ask",
    "/api/v1/search",
    "/api/v1/documents",
    "/api/v1/documents/",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/library",
    "/topics",
    "/login",
    "/logout",
    "/password",
    "/admin",
    "/admin/",
    "/healthz",
    "/readyz",
    "/documents/",
    "/originals/",
    "/answers/",
    "/conversations",
    "/conversations/",
    "/ui/",
)
_QUEUED = 24  # events that wait for a thread, about two seconds of work; the next is told 系统繁忙


class GuardedApp(FastAPI):
    """FastAPI with the guard outside everything, replies to faults included.

    `state.rules` holds its rules, `state.accounts` who may come in, `state.everybody` whether all must log in.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """The usual stack inside the guard (added middleware would stand inside the fault handler)."""
        app = super().build_middleware_stack()
        app = Entrance(OwnStreams(app), accounts=self.state.accounts, everybody=self.state.everybody)
        return Guard(app, rules=self.state.rules)


def create_app(assistant: Answering, *, settings: Settings) -> FastAPI:
    """The application around an open assistant. Conversations are kept in the settings' home.

    Raises:
        CatalogueError: The file of conversations is damaged.
    """
    conversations, accounts = Conversations.open(settings.home), Accounts.open(settings.home)
    log = QuestionLog.open(settings.home)
    retention = Retention.open(settings.home, accounts.audit, keep_days=settings.keep_days)
    desk = Desk(assistant, settings)
    office = Office.open(assistant, desk, accounts, log, settings=settings)

    def clear() -> None:
        retention.clear()
        office.batches.drop_idle(now=time.time())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        clearing = asyncio.create_task(daily(clear))
        yield
        clearing.cancel()
        for store in (office, retention, log, conversations, accounts):
            store.close()

    app = GuardedApp(title=wording.TITLE, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.rules = rules = Rules.make(settings.public_url, own_paths=_OWN_PATHS, roomy=admin.ROOMY)
    app.state.accounts, app.state.everybody = accounts, everybody_logs_in(settings)
    app.add_middleware(CORSMiddleware, allow_origins=[])  # stops Gradio from reflecting any origin
    _speak_chinese(app)
    app.include_router(api.routes(assistant, desk, conversations, log))
    app.include_router(api_v1.routes(assistant, desk, log))
    app.include_router(documents.routes(assistant, settings.home))
    app.include_router(history.routes(conversations, by_account=app.state.everybody))
    app.include_router(printing.routes(conversations))
    app.include_router(library.routes(assistant, desk))
    guide = Guide.load(corpus_folder() / "guide.yaml")
    app.include_router(topics.routes(assistant, conversations, guide))
    app.include_router(admin.routes(office, Door(rules.cookie_path, secure=rules.secure)))
    app.mount("/ui", StaticFiles(directory=Path(__file__).parent / "static"))
    talk = Talk(assistant, desk, conversations)
    _mount_chat(app, talk, assistant=assistant, accounts=accounts, settings=settings)
    return app


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve the page until the process is told to stop; prints the address once it answers.

    Raises:
        ConfigError: The port cannot be used.
        IndexUnusableError: Nothing is published in the settings' home.
    """
    from assistant.following import FollowingAssistant

    _log_at(settings.log_level)
    check_exposure(settings, host=host)
    if not is_loopback(host):
        print(wording.EXPOSED.format(host=host), file=sys.stderr)  # noqa: T201 - a front end's message
    listener = _listen(host, port)
    assistant = FollowingAssistant.open(settings)
    address = f"http://{host}:{port}/"
    try:
        if told := first_password(settings.home, address=address):
            print(told, file=sys.stderr)  # noqa: T201 - a front end's message
        server = _server(create_app(assistant, settings=settings), address=address)
        server.run(sockets=[listener])
    finally:
        assistant.close()
        listener.close()


def _mount_chat(
    app: FastAPI, talk: Talk, *, assistant: Answering, accounts: Accounts, settings: Settings
) -> None:
    _prepare_gradio(settings.home)
    import gradio as gr

    from assistant.web.chat import build_page, page_options

    page = build_page(talk, gazetteer=assistant.gazetteer, accounts=accounts)
    page.queue(max_size=_QUEUED, api_open=False)
    gr.mount_gradio_app(
        app,
        page,
        "/",
        root_path=urlsplit(settings.public_url).path.rstrip("/") or None,
        show_error=False,
        max_file_size="1kb",
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        **page_options(),
    )


def _prepare_gradio(home: Path) -> None:
    """Gradio reads these when imported: no calls home, temporary files only in our own folder."""
    folder = (home / "tmp").resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tell_libraries(
        GRADIO_ANALYTICS_ENABLED="False",
        GRADIO_TEMP_DIR=str(folder),
        HF_HUB_OFFLINE="1",
        # 6.31 summarises its last 10,000 events with pandas after every event, for a page that is off here
        GRADIO_ANALYTICS_MAX_EVENTS="1",
        GRADIO_ANALYTICS_CACHE_FREQUENCY=str(10**9),
    )


def _speak_chinese(app: FastAPI) -> None:
    """Errors in Chinese, never with a traceback."""

    @app.exception_handler(AssistantError)
    def known(request: Request, exc: AssistantError) -> Response:
        return api.error_reply(request, exc)

    @app.exception_handler(ElsewhereError)
    def elsewhere(request: Request, exc: ElsewhereError) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(to_root(request.url.path, exc.location), status_code=303)
        return api.refusal(request, status=401, text=str(exc))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, exc: RequestValidationError) -> Response:
        where = "；".join(".".join(map(str, error["loc"])) for error in exc.errors())
        return api.refusal(request, status=400, text=wording.BAD_REQUEST.format(detail=where))

    @app.exception_handler(HTTPException)
    def refused(request: Request, exc: HTTPException) -> Response:
        text = wording.NOT_HERE if exc.status_code == 404 else str(exc.detail)
        return api.refusal(request, status=exc.status_code, text=text)

    @app.exception_handler(Exception)
    def broken(request: Request, _exc: Exception) -> Response:
        return api.refusal(request, status=500, text=wording.FAULT)


def _server(app: FastAPI, *, address: str) -> uvicorn.Server:
    import uvicorn

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                print(wording.READY.format(address=address), flush=True)  # noqa: T201 - a front end's message

    return Announcing(
        uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=5)
    )


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before the slow part of starting, so that a taken port is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as exc:
        listener.close()
        text = wording.PORT_TAKEN.format(port=port, reason=exc.strerror, other=port + 1)
        raise ConfigError(text) from exc
    return listener


def _log_at(name: str) -> None:
    """Send log lines of the given level and above to stderr."""
    level = logging.getLevelNamesMapping().get(name.upper())
    if level is None:
        raise ConfigError(f"ASSISTANT_LOG_LEVEL 应为 DEBUG、INFO、WARNING 或 ERROR，现在是“{name}”。")
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
