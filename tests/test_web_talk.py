from datetime import UTC, datetime, timedelta

import pytest
from web_support import PLAN, FakeAssistant

from assistant.config import Settings
from assistant.conversations import Conversations
from assistant.errors import CatalogueError
from assistant.web import wording
from assistant.web.desk import Asker, Desk
from assistant.web.talk import RESUME_WITHIN, Talk, View

ME = Asker("me", "127.0.0.1")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Setting:
    """A talk with a clock that can be moved."""

    def __init__(self, home):
        self.now = NOON
        self.assistant = FakeAssistant()
        self.store = Conversations.open(home, clock=lambda: self.now)
        self.store.choose_region("me", "")
        desk = Desk(self.assistant, Settings(questions_per_minute=3))
        self.talk = Talk(self.assistant, desk, self.store, clock=lambda: self.now)

    def ask(self, question, *, region="", asker=ME, conversation=""):
        return list(self.talk.ask(question, region=region, asker=asker, conversation_id=conversation))


@pytest.fixture
def setting(tmp_path):
    made = Setting(tmp_path)
    yield made
    made.store.close()


def test_stages_are_shown_then_the_answer_is_stored(setting):
    *stages, last = setting.ask("归谁管", region="四川省")
    assert [view.messages[-1].content for view in stages] == [
        f'<div class="stage" role="status">正在{stage}<span class="dots">……</span></div>'
        for stage in ("理解问题", "查找条款", "核对引文")
    ]
    assert [message.role for message in last.messages] == ["user", "assistant"]
    assert [view.box for view in (*stages, last)] == ["", None, None, None]
    assert last.hint == ""
    assert setting.talk.open("me", last.conversation_id) == last


def test_follow_up_is_asked_with_the_conversation(setting):
    first = setting.ask("归谁管")[-1]
    second = setting.ask("那更散的呢", conversation=first.conversation_id)[-1]
    assert second.messages[:2] == first.messages
    assert len(second.messages) == 4
    assert [turn.content[:3] for turn in setting.assistant.asked[1][2]] == ["归谁管", "注意："]


@pytest.mark.parametrize(
    ("question", "hint"),
    [("  ", "请先写下要问的问题"), ("长" * 301, "300 字以内（现在 301 字）"), ("崩溃", wording.FAULT)],
)
def test_question_that_fails_stays_in_the_box_with_a_hint(setting, question, hint):
    before = setting.ask("归谁管")[-1]
    view = setting.ask(question, conversation=before.conversation_id)[-1]
    assert view.messages == before.messages
    assert view.box == question
    assert hint in view.hint
    assert "secret" not in view.hint


def test_too_many_questions_are_told_how_long_to_wait(setting):
    for _ in range(3):
        setting.ask("归谁管")
    assert "秒再问" in setting.ask("归谁管")[-1].hint


def test_reload_resumes_a_recent_conversation_only(setting):
    asked = setting.ask("归谁管")[-1]
    assert setting.talk.resume("me") == asked
    assert setting.talk.resume("other") == View()
    setting.now = NOON + RESUME_WITHIN + timedelta(minutes=1)
    assert setting.talk.resume("me") == View()


def test_a_new_generation_is_noticed_in_old_answers(setting):
    asked = setting.ask("归谁管")[-1]
    setting.assistant.held = {}
    assert "当时的原文" not in setting.talk.open("me", asked.conversation_id).messages[1].content
    setting.assistant.gazetteer = FakeAssistant().gazetteer
    assert "当时的原文" in setting.talk.open("me", asked.conversation_id).messages[1].content


def test_anothers_conversation_is_neither_shown_nor_used(setting):
    mine = setting.ask("归谁管")[-1]
    assert setting.talk.open("other", mine.conversation_id) == View()
    setting.ask("那更散的呢", asker=Asker("other", "127.0.0.1"), conversation=mine.conversation_id)
    assert setting.assistant.asked[-1][2] == ()


def test_region_is_asked_for_once_and_only_where_it_matters(setting):
    newcomer = Asker("newcomer", "127.0.0.1")
    setting.assistant.held = {"plan-36": PLAN}

    def asked_for_region(question):
        messages = setting.ask(question, asker=newcomer)[-1].messages
        return "region-question" in messages[-1].content

    assert not asked_for_region("今天天气怎么样")  # only national words are near it
    assert asked_for_region("归谁管")  # the answer has words of 四川
    assert not asked_for_region("归谁管")


def test_region_is_not_asked_for_when_it_was_given(setting):
    newcomer = Asker("newcomer", "127.0.0.1")
    view = setting.ask("归谁管", region="四川省", asker=newcomer)[-1]
    assert len(view.messages) == 2


def test_region_question_is_not_part_of_the_conversation(setting):
    newcomer = Asker("newcomer", "127.0.0.1")
    view = setting.ask("归谁管", asker=newcomer)[-1]
    assert len(view.messages) == 3
    assert setting.talk.open("newcomer", view.conversation_id).messages == view.messages[:2]


def test_answer_is_shown_even_when_it_cannot_be_stored(setting, monkeypatch):
    def full(*_args):
        raise CatalogueError("磁盘已满")

    monkeypatch.setattr(setting.store, "add", full)
    view = setting.ask("归谁管")[-1]
    assert view.hint == "磁盘已满"
    assert 'class="answer answered"' in view.messages[-1].content
