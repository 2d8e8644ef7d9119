"""The chat page in Gradio. Import it through `app.create_app`, which prepares Gradio's environment first.

Two rules keep the page's script policy strict: no `gr.HTML` and no `js=` events, since
Gradio compiles both with eval. What happens inside a message is done by static/page.js.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.accounts import Account, Accounts, Role
from assistant.web import wording
from assistant.web.desk import Asker
from assistant.web.entrance import session_in
from assistant.web.guard import visitor_in
from assistant.web.talk import Talk, View

if TYPE_CHECKING:
    from assistant.regions import Gazetteer

_PASTED_CHARS = 5000  # above the question's limit, so that the page says "too long" instead of cutting
_ASKING = 8  # questions Gradio hands to threads at once; the desk's gate is narrower
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_LINKS = " ".join(
    f"[{words}]({path})"
    for words, path in (
        (wording.TO_TOPICS, "topics"),
        (wording.TO_LIBRARY, "library"),
        (wording.TO_HISTORY, "conversations"),
    )
)
# the styles once more: behind Gradio's own, which they overrule (guard.py has them in time for the first paint)
_HEAD = """
<link rel="stylesheet" href="ui/tokens.css">
<link rel="stylesheet" href="ui/page.css">
<link rel="stylesheet" href="ui/screens.css">
<script src="ui/head.js" defer></script>
<script src="ui/page.js" defer></script>
<script src="ui/feedback.js" defer></script>
<script src="ui/connection.js" defer></script>
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """The page's components that events read or change."""

    chat: gr.Chatbot
    box: gr.Textbox
    hint: gr.Markdown
    conversation: gr.Textbox
    province: gr.Dropdown
    city: gr.Dropdown
    account: gr.Markdown
    fresh: gr.Button
    examples: tuple[gr.Button, ...]

    @property
    def viewed(self) -> list[Any]:
        """The components a `View` fills, in the order of `_updates`."""
        return [self.chat, self.box, self.hint, self.conversation]


def build_page(talk: Talk, *, gazetteer: Gazetteer, accounts: Accounts) -> gr.Blocks:
    """The chat page with its events."""
    with gr.Blocks(title=wording.TITLE, fill_height=True, analytics_enabled=False) as page:
        with gr.Row(elem_id="head"):
            account = _links()
            province, city = _regions(gazetteer)
            fresh = gr.Button(wording.NEW_CONVERSATION, elem_id="fresh")
            gr.Button(wording.MENU, elem_id="menu")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", scale=3, min_width=300):
                examples = _welcome()
                chat = _chatbot()
                hint = gr.Markdown("", elem_id="hint")
                box = _question_box()
                gr.Markdown(wording.FIXED_LINE, elem_id="fixed-line")
            with gr.Column(elem_id="side", scale=2, min_width=300):
                gr.Markdown(_panel(), elem_id="side-text")
        # held by the browser, not by gr.State, which a server restart would lose
        conversation = gr.Textbox(visible=False)
        parts = Parts(chat, box, hint, conversation, province, city, account, fresh, examples)
        _wire(page, parts, talk=talk, gazetteer=gazetteer, accounts=accounts)
    return page


def page_options() -> dict[str, Any]:
    """What `gr.mount_gradio_app` is told about looks: system fonts only, own style and script."""
    fonts = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
    return {"theme": gr.themes.Base(font=fonts, font_mono=["monospace"]), "head": _HEAD}


def city_choices(gazetteer: Gazetteer, province: str) -> list[tuple[str, str]]:
    """(name, full path) of a province's cities, the whole province first."""
    if not province:
        return [(wording.NO_PROVINCE, "")]
    cities = gazetteer.cities.get(province, ())
    return [(wording.WHOLE_PROVINCE, ""), *((path.removeprefix(province), path) for path in cities)]


def account_line(account: Account | None) -> str:
    """Who is logged in, as Markdown with the links that are theirs; empty when nobody is."""
    if account is None:
        return ""
    name = account.name.replace("_", r"\_")
    administer = f" [{wording.TO_ADMIN}](admin/)" if account.role is Role.ADMIN else ""
    return f"**{name}**{administer} [{wording.TO_PASSWORD}](password) [{wording.LOG_OUT}](logout)"


def _links() -> gr.Markdown:
    """Title and links; returns the place for who is logged in."""
    gr.Markdown(f"# {wording.TITLE}\n{wording.SUBTITLE}", elem_id="title")
    gr.Markdown(_LINKS, elem_id="links")
    return gr.Markdown("", elem_id="account")


def _regions(gazetteer: Gazetteer) -> tuple[gr.Dropdown, gr.Dropdown]:
    """The lists of provinces and cities."""
    provinces = [(wording.ALL_COUNTRY, ""), *((name, name) for name in gazetteer.provinces)]
    province = gr.Dropdown(provinces, value="", label=wording.PROVINCE, filterable=False, elem_id="province")
    # every city at first, narrowed on load: after a server restart Gradio knows only these again
    everywhere = [(path, path) for paths in gazetteer.cities.values() for path in paths]
    choices = [*city_choices(gazetteer, ""), *everywhere]
    return province, gr.Dropdown(choices, value="", label=wording.CITY, filterable=False, elem_id="city")


def _welcome() -> tuple[gr.Button, ...]:
    """Questions to begin with; page.js hides them once there are messages."""
    buttons = []
    with gr.Column(elem_id="welcome"):
        gr.Markdown(wording.WELCOME, elem_id="greeting")
        with gr.Row(elem_id="topics"):
            for topic, questions in wording.EXAMPLES.items():
                with gr.Column(elem_classes="topic", min_width=220):
                    gr.Markdown(f"## {topic}")
                    buttons += [gr.Button(q, elem_classes="example", size="sm") for q in questions]
    return tuple(buttons)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        label=wording.CONVERSATION,
        show_label=False,
        layout="panel",
        autoscroll=False,  # page.js shows the question at the top instead of the answer's end
        allow_tags=False,
        latex_delimiters=[],
        feedback_options=None,
        buttons=[],
        group_consecutive_messages=False,
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="ask",
        label=wording.QUESTION,
        show_label=False,
        placeholder=wording.PROMPT,
        submit_btn=wording.SEND,
        max_lines=4,
        max_length=_PASTED_CHARS,
        autofocus=True,
    )


def _panel() -> str:
    return (
        f'<aside id="source-panel"><h2>{wording.SOURCES}</h2>'
        f'<div id="source-cards"><p>{wording.NO_SOURCES_YET}</p></div></aside>'
    )


def _wire(page: gr.Blocks, parts: Parts, *, talk: Talk, gazetteer: Gazetteer, accounts: Accounts) -> None:
    """Connect the events. Each handler finds the visitor in the request, never in the page."""

    def ask(
        question: str, conversation: str | None, province: str, city: str, request: gr.Request
    ) -> Iterator[list[Any]]:
        asker, begun = asker_of(request), conversation or ""  # an untouched Textbox sends null
        for view in talk.ask(question, region=city or province, asker=asker, conversation_id=begun):
            yield _updates(view)

    def arrive(request: gr.Request) -> Iterator[list[Any]]:
        """What the address asks for: a ready question, a conversation, or to go on where one was."""
        asker, address = asker_of(request), request.query_params
        region = talk.region(asker.visitor)
        token = session_in(request.headers.get("cookie", ""))
        head = [*_region_updates(gazetteer, region), account_line(accounts.whose(token) if token else None)]
        if question := address.get("question", ""):
            for view in talk.ask(question, region=region, asker=asker, conversation_id=""):
                yield [*_updates(view), *head]
            return
        chosen = address.get("conversation")
        view = talk.open(asker.visitor, chosen) if chosen else talk.resume(asker.visitor)
        # nothing to resume: a question asked before this late reply came must not be wiped out
        shown = _updates(view) if view.messages else [gr.skip()] * len(parts.viewed)
        yield [*shown, *head]

    def choose_province(province: str, request: gr.Request) -> Any:  # noqa: ANN401 - gr.update is a dict
        talk.choose_region(asker_of(request).visitor, province)
        return gr.update(choices=city_choices(gazetteer, province), value="")

    def choose_city(province: str, city: str, request: gr.Request) -> None:
        talk.choose_region(asker_of(request).visitor, city or province)

    about = [parts.conversation, parts.province, parts.city]
    asking = {"concurrency_id": "ask", "concurrency_limit": _ASKING, **_QUIET}
    parts.box.submit(ask, [parts.box, *about], parts.viewed, **asking)
    for example in parts.examples:
        example.click(ask, [example, *about], parts.viewed, **asking)
    parts.fresh.click(lambda: _updates(View(box="")), None, parts.viewed, **_QUIET)
    parts.province.input(choose_province, parts.province, parts.city, **_QUIET)
    parts.city.input(choose_city, [parts.province, parts.city], None, **_QUIET)
    page.load(arrive, None, [*parts.viewed, parts.province, parts.city, parts.account], **asking)


def asker_of(request: gr.Request) -> Asker:
    """The browser behind an event: its cookie, or for a browser without cookies this very page."""
    visitor = visitor_in(request.headers.get("cookie", "")) or request.session_hash or ""
    return Asker(visitor, request.client.host if request.client else "")


def _updates(view: View) -> list[Any]:
    """New values of `Parts.viewed`.

    Plain values, not gr.update: for each update of a chat Gradio 6.31 makes its JSON
    schema anew, which took half of the server's time.
    """
    messages = [asdict(message) for message in view.messages]
    return [messages, gr.skip() if view.box is None else view.box, view.hint, view.conversation_id]


def _region_updates(gazetteer: Gazetteer, region: str) -> list[Any]:
    """New values of the two region lists for a full path; empty for none."""
    province = next((name for name in gazetteer.provinces if region.startswith(name)), "")
    city = region if region != province and region in gazetteer.cities.get(province, ()) else ""
    return [province, gr.update(choices=city_choices(gazetteer, province), value=city)]
