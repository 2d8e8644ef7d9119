import pytest

from assistant.accounts import Account, Role
from assistant.config import Settings
from assistant.domain import AnswerStatus
from assistant.web import wording
from assistant.web.app import _prepare_gradio


@pytest.fixture(scope="module")
def chat(tmp_path_factory):
    """The module, imported as the application does."""
    _prepare_gradio(Settings(home=tmp_path_factory.mktemp("home")).home)
    from assistant.web import chat as module

    return module


def test_nobody_logged_in_has_no_line(chat):
    assert chat.account_line(None) == ""


def test_worker_can_change_the_password_and_log_out(chat):
    line = chat.account_line(Account("李梅", Role.WORKER, must_change=False))
    assert line == "**李梅** [修改密码](password) [退出](logout)"


def test_administrator_can_go_to_the_administrators_pages(chat):
    assert "[管理](admin/)" in chat.account_line(Account("admin", Role.ADMIN, must_change=False))


def test_name_is_no_markup(chat):
    assert chat.account_line(Account("__a_b__", Role.WORKER, must_change=False)).startswith(
        r"**\_\_a\_b\_\_** "
    )


def test_cities_follow_the_province(chat, builtin_assistant):
    choices = chat.city_choices(builtin_assistant.gazetteer, "四川省")
    assert choices[0] == ("全省", "") and ("成都市", "四川省成都市") in choices
    assert chat.city_choices(builtin_assistant.gazetteer, "") == [("先选省份", "")]


@pytest.mark.parametrize("region", [None, "湖南省湘潭市", "四川省", "吉林省"])
def test_every_example_is_answered(builtin_assistant, region):
    shown = [question for questions in wording.EXAMPLES.values() for question in questions]
    asked = {question: builtin_assistant.ask(question, region=region).status for question in shown}
    assert {question for question, status in asked.items() if status is not AnswerStatus.ANSWERED} == set()
