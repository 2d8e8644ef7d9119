from datetime import date

import pytest
from web_support import FakeAssistant

from assistant.config import Settings
from assistant.domain import Answer, Turn
from assistant.errors import BadQuestionError, TooManyQuestionsError
from assistant.web.desk import Asker, Desk, Enquiry

ME = Asker("me", "10.0.0.1")


def desk(assistant=None, **settings):
    return Desk(assistant or FakeAssistant(), Settings(**settings))


def test_everything_reaches_the_assistant():
    assistant = FakeAssistant()
    history = (Turn("user", "前一问"),)
    desk(assistant).ask(Enquiry("谁管", "四川", history, date(2026, 1, 1)), asker=ME)
    assert assistant.asked == [("谁管", "四川", history)]


def test_an_empty_region_means_none():
    assistant = FakeAssistant()
    desk(assistant).ask(Enquiry("谁管", ""), asker=ME)
    assert assistant.asked[0][1] is None


def test_control_characters_and_lone_surrogates_are_removed():
    assistant = FakeAssistant()
    desk(assistant).ask(Enquiry("谁\x00管\ud800吗\n𠮷"), asker=ME)
    assert assistant.asked[0][0] == "谁管吗\n𠮷"


def test_personal_numbers_go_no_further():
    assistant = FakeAssistant()
    said = (Turn("user", "我的电话13812345678"),)
    answer = desk(assistant).ask(Enquiry("居民13812345678问备案", history=said), asker=ME)
    assert assistant.asked[0][2][0].content == "我的电话〔已隐去手机号〕"
    assert assistant.asked[0][0] == answer.question == "居民〔已隐去手机号〕问备案"


def test_stages_come_in_order_and_end_with_the_answer():
    *stages, answer = desk().stages(Enquiry("谁管"), asker=ME)
    assert stages == ["理解问题", "查找条款", "核对引文"]
    assert isinstance(answer, Answer)


def test_stages_raise_what_the_assistant_raised():
    with pytest.raises(BadQuestionError):
        list(desk().stages(Enquiry(" "), asker=ME))
    with pytest.raises(RuntimeError):
        list(desk().stages(Enquiry("崩溃"), asker=ME))


def test_one_browser_is_limited_and_another_is_not():
    shared = desk(questions_per_minute=2)
    for _ in range(2):
        shared.ask(Enquiry("谁管"), asker=ME)
    with pytest.raises(TooManyQuestionsError):
        shared.ask(Enquiry("谁管"), asker=ME)
    shared.ask(Enquiry("谁管"), asker=Asker("colleague", ME.address))


def test_forged_cookies_do_not_win_more_than_an_office_has():
    shared = desk(questions_per_minute=1)
    for number in range(20):
        shared.ask(Enquiry("谁管"), asker=Asker(str(number), ME.address))
    with pytest.raises(TooManyQuestionsError):
        shared.ask(Enquiry("谁管"), asker=Asker("fresh", ME.address))
