"""What the administrator's pages share: the stores they read and write, and the frame of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.accounts import Account, Accounts
from assistant.catalogue import Catalogue
from assistant.config import Settings, corpus_folder
from assistant.domain import Document
from assistant.exam import Exam
from assistant.lexicon import Lexicon
from assistant.librarian import Librarian
from assistant.question_log import Asked, QuestionLog
from assistant.web import admin_wording
from assistant.web.admin_batches import Batches
from assistant.web.desk import Asker, Desk
from assistant.web.guard import STRICT_POLICY
from assistant.web.render import templates

if TYPE_CHECKING:
    from assistant.following import Answering

_POLICY = (
    f"{STRICT_POLICY}; connect-src 'self'"  # the pages' own script sends files and asks how a job stands
)


@dataclass(frozen=True, slots=True)
class Office:
    """Everything the pages work with. `clock` gives UTC."""

    settings: Settings
    assistant: Answering
    desk: Desk
    accounts: Accounts
    log: QuestionLog
    exam: Exam
    librarian: Librarian
    batches: Batches
    lexicon: Lexicon
    clock: Callable[[], datetime]

    @classmethod
    def open(
        cls,
        assistant: Answering,
        desk: Desk,
        accounts: Accounts,
        log: QuestionLog,
        *,
        settings: Settings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Office:
        """Open the stores of the settings' home.

        Raises:
            CatalogueError: The file of conversations is damaged.
        """
        return cls(
            settings=settings,
            assistant=assistant,
            desk=desk,
            accounts=accounts,
            log=log,
            exam=Exam.open(settings.home),
            librarian=Librarian(settings, handover=assistant.handover),
            batches=Batches(settings.home),
            lexicon=Lexicon.load(corpus_folder() / "lexicon"),
            clock=clock,
        )

    def close(self) -> None:
        """Stop what runs, release the stores opened here, drop files that were not added."""
        self.librarian.close()
        self.exam.close()
        self.batches.clear()

    def asked(self, *, days: int) -> list[Asked]:
        """The questions of the last days, newest first."""
        return self.log.since(self.clock() - timedelta(days=days))

    def held(self) -> list[Document]:
        """All documents of the catalogue by id, those out of use included, without text.

        Raises:
            CatalogueError: The catalogue is damaged.
        """
        catalogue = Catalogue.open(self.settings.home)
        try:
            return catalogue.documents()
        finally:
            catalogue.close()

    def topic_of(self, question: str) -> str:
        """The main topic of a question, empty when it shows none."""
        return next(iter(self.lexicon.topics(question)), "")

    def note(self, request: Request, action: str, thing: str = "") -> None:
        """Write into the audit log what the administrator does."""
        self.accounts.audit.note(account_of(request).name, action, thing)


def account_of(request: Request) -> Account:
    """Who is logged in, as the router's dependency found."""
    account: Account = request.state.account
    return account


def asker_of(request: Request) -> Asker:
    """The administrator as one who asks, with a share per minute of their own."""
    return Asker(f"admin {account_of(request).name}", "admin")


def admin_page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page that is not kept by the browser; templates find the words in `words`."""
    html = templates().get_template(template).render(values, words=admin_wording)
    headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
    return HTMLResponse(html, status_code=status, headers=headers)


def see(page: str) -> RedirectResponse:
    """Go to another page; relative, so that it works under a proxy's path."""
    return RedirectResponse(page, status_code=303)


def joined(titles: Sequence[str], *, most: int = 3) -> str:
    """The first few titles and how many there are, for the audit log."""
    shown = "、".join(titles[:most])
    return shown if len(titles) <= most else f"{shown}等 {len(titles)} 份"
