import json
from dataclasses import replace

import pytest
from web_support import answered, poisoned, refused

from assistant.answer_record import answer_from_record, answer_record


@pytest.mark.parametrize("answer", [answered("谁管", "四川省"), refused("天气"), poisoned("坏")])
def test_record_brings_back_the_same_answer(answer):
    assert answer_from_record(answer_record(answer)) == answer


def test_explanation_is_not_kept():
    record = answer_record(replace(answered("谁管"), explain={"hits": [object()]}))
    assert json.loads(record)["explain"] == {}
