from web_support import PLAN, PLAN_TEXT

from assistant.web.drawing import broken, one_below_another, side_by_side
from assistant.web.guide import Anchor
from assistant.web.quoting import quoted

STREET = quoted(Anchor(PLAN.id, "达不到登记条件的", "实施管理"), {PLAN.id: PLAN})
WAYS = [("登记", [STREET]), ("街道管理", [STREET, STREET]), ("社区指导", [STREET])]


def test_lines_are_broken_by_width_and_lose_nothing():
    assert broken("一二三四五", width=2) == ["一二", "三四", "五"]
    assert broken("ab一", width=2) == ["ab", "一"]
    assert broken("", width=2) == []


def test_punctuation_neither_begins_nor_ends_a_line_wrongly():
    assert broken("一二，三", width=2) == ["一二，", "三"]
    assert broken("一（二三）", width=2) == ["一", "（二", "三）"]
    assert broken("（（（", width=1) == ["（", "（", "（"]


def test_boxes_hold_the_quote_and_do_not_overlap():
    for drawing in (side_by_side(WAYS), one_below_another(WAYS)):
        boxes = [box for column in drawing.columns for box in column.boxes]
        assert len(boxes) == 4
        for box in boxes:
            words = "".join(line.text for line in box.lines)
            assert words == STREET.quote == PLAN_TEXT[STREET.start : STREET.end]
            assert box.x >= 0 and box.x + box.width <= drawing.width
            assert all(box.y < line.y < box.y + box.height for line in (*box.lines, *box.source))
            assert box.y + box.height <= drawing.height
        first, second = drawing.columns[1].boxes
        assert first.y + first.height < second.y


def test_columns_stand_beside_or_below_one_another():
    wide, tall = side_by_side(WAYS), one_below_another(WAYS)
    assert [column.x for column in wide.columns] == sorted({column.x for column in wide.columns})
    assert len({column.y for column in wide.columns}) == 1
    for above, below in zip(tall.columns, tall.columns[1:], strict=False):
        assert above.boxes[-1].y + above.boxes[-1].height < below.y


def test_nothing_to_draw_gives_an_empty_picture():
    assert side_by_side([]).columns == one_below_another([]).columns == ()
