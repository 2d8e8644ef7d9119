from dataclasses import replace
from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_support import CARDS, EVIL, EVIL_DOCUMENT, PLAN, FakeAssistant

from assistant.config import Settings
from assistant.domain import DocumentStatus
from assistant.web import library
from assistant.web.desk import Desk
from assistant.web.library import Filters, choices, is_about, picture, select, shelf

TODAY = date(2026, 11, 21)
HELD = [CARDS, PLAN, replace(PLAN, id="new", issued_on="2024-01-01", status=DocumentStatus.IN_FORCE)]


@pytest.fixture
def client():
    assistant = FakeAssistant()
    app = FastAPI()
    app.include_router(library.routes(assistant, Desk(assistant, Settings()), today=lambda: TODAY))
    return TestClient(app)


def ids(**filters):
    return [d.id for d in select(HELD, Filters(**filters))]


def test_originals_come_first_and_newest_first():
    assert ids() == ["new", "plan-36", "cards/四川"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "36号 民政部"}, ["new", "plan-36"]),
        ({"q": "没有"}, []),
        ({"region": "四川省"}, ["cards/四川"]),
        ({"level": "规范性文件", "year": "2020"}, ["plan-36"]),
        ({"status": "现行有效"}, ["new", "cards/四川"]),
    ],
)
def test_filters_narrow_together(filters, found):
    assert ids(**filters) == found


def test_choices_are_what_occurs():
    offered = choices(HELD)
    assert offered["region"] == ["全国", "四川省"]
    assert offered["status"] == ["现行有效", "实施期已满"]
    assert offered["year"] == ["2024", "2023", "2020"]


def test_picture_places_bars_on_the_years():
    half = replace(PLAN, issued_on="2021", expires_on="2023-12-31")
    drawn = picture([half, replace(PLAN, id="none", issued_on=None)], today=date(2026, 7, 1))
    assert len(drawn.bars) == 1
    assert drawn.bars[0].left == 0
    assert drawn.bars[0].width == pytest.approx(50, abs=0.1)  # 3 of the 6 years from 2021 to 2027
    assert drawn.years[0] == (2021, 0)
    assert not drawn.bars[0].open


def test_bar_without_an_end_runs_to_today_and_an_unknown_end_is_told():
    bars = picture([replace(PLAN, issued_on="2020-01"), HELD[2]], today=TODAY).bars
    assert [bar.open for bar in bars] == [True, True]
    assert [bar.ended for bar in bars] == [True, False]
    assert bars[0].left + bars[0].width == pytest.approx(bars[1].left + bars[1].width, abs=0.02)


def test_nothing_dated_draws_nothing():
    assert picture([replace(PLAN, issued_on=None)], today=TODAY).bars == ()


def test_topic_keeps_documents_with_clauses_about_it(client, monkeypatch):
    hit = FakeAssistant().search("资金")[0]
    card = replace(hit, passage=replace(hit.passage, topic="资金渠道"))
    headed = replace(hit, reasons={"topic_in_section": 0.5})
    assert not is_about(hit, "资金渠道")
    assert is_about(card, "资金渠道") and is_about(headed, "资金渠道")
    monkeypatch.setattr(FakeAssistant, "search", lambda *_args, **_more: [card, hit])
    page = client.get("/library", params={"topic": "资金渠道"}).text
    assert "符合条件 1 份" in page and "条款中与“资金渠道”最接近的内容" in page
    assert "<option selected>资金渠道</option>" in page
    assert "符合条件 0 份" in client.get("/library", params={"topic": "资金渠道", "region": "四川省"}).text
    assert "符合条件 3 份" in client.get("/library", params={"topic": "没有的主题"}).text


@pytest.mark.parametrize(
    ("page", "number", "titles", "earlier", "later"),
    [
        (1, 1, 50, "", "library?q=a%26b&page=2"),
        (3, 3, 20, "library?q=a%26b&page=2", ""),
        (0, 1, 50, "", "library?q=a%26b&page=2"),
        (9, 3, 20, "library?q=a%26b&page=2", ""),
    ],
)
def test_long_list_is_cut_into_pages(page, number, titles, earlier, later):
    shown = shelf([PLAN] * 120, Filters(q="a&b"), page=page)
    assert (shown.number, shown.pages, len(shown.entries)) == (number, 3, titles)
    assert (shown.earlier, shown.later) == (earlier, later)


def test_empty_list_is_one_page():
    assert shelf([], Filters(), page=1).pages == 1


def test_page_lists_documents_and_finds_clauses(client):
    page = client.get("/library", params={"q": "资金"}).text
    assert "鼓励设立孵化培育资" in page
    assert "documents/plan-36?at=" in page
    assert "共 3 份文件，符合条件 0 份" in page
    everything = client.get("/library").text
    assert 'href="documents/plan-36"' in everything and "效力时间图" in everything


def test_retired_documents_are_not_shown(client):
    client.app.router.routes.clear()
    assistant = FakeAssistant(held={"x": replace(PLAN, retired=True)})
    client.app.include_router(library.routes(assistant, Desk(assistant, Settings())))
    assert "共 0 份文件" in client.get("/library").text
    assert client.get("/api/documents").json() == {"documents": []}


def test_documents_as_json_hold_metadata_without_text(client):
    found = client.get("/api/documents", params={"region": "全国"}).json()["documents"]
    assert {d["id"] for d in found} == {"plan-36", "evil"}
    plan = next(d for d in found if d["id"] == "plan-36")
    assert plan["status"] == "实施期已满" and plan["doc_number"] == "民办发〔2020〕36号"
    assert "text" not in plan


def test_hostile_words_stay_words(client):
    assert EVIL_DOCUMENT.id in client.get("/library").text
    page = (
        client.get("/library", params={"q": EVIL, "region": EVIL, "year": EVIL}).text
        + client.get("/library").text
    )
    assert "<script" not in page and "<img" not in page
