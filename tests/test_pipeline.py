from dataclasses import replace

import pytest

from assistant.domain import Document, DocumentStatus, Passage
from assistant.errors import DocumentError
from ingest.pipeline import is_synchronised, settle_cards, sync

BUILT_IN = (
    "card-ceshi-banfa",
    "card-guangdong-butie",
    "card-guangdong-butie-1",
    "ceshi-banfa",
    "sichuan-fangan",
)


def held(catalogue, *, retired=None):
    return [d.id for d in catalogue.documents() if retired is None or d.retired is retired]


def state(catalogue):
    """Everything a catalogue holds, to compare before and after."""
    return (
        catalogue.documents(with_text=True),
        list(catalogue.passages()),
        sorted(catalogue.questions(), key=str),
    )


def add(catalogue, **fields):
    """Store a document as a user would have added it."""
    document = Document(**{"id": "mine", "title": "我们街道的通知", "text": "自己的文件。"} | fields)
    passage = Passage(f"{document.id}#0-6", document.id, 0, 6, document.text[:6], "")
    with catalogue.transaction() as connection:
        catalogue.put(connection, document, [passage])


def edit(path, before, after):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_a_corpus_comes_in_whole(catalogue, corpus):
    assert not is_synchronised(catalogue)
    report = sync(catalogue, corpus)
    assert (report.stored, report.removed, report.retired) == (BUILT_IN, (), ("card-ceshi-banfa",))
    assert is_synchronised(catalogue)
    assert held(catalogue) == list(BUILT_IN)
    assert all(d.builtin for d in catalogue.documents())
    assert len(catalogue.questions()) == 9
    assert {p.document_id for p in catalogue.passages()} == set(BUILT_IN)


def test_twice_changes_nothing(catalogue, corpus):
    sync(catalogue, corpus)
    before, revision = state(catalogue), catalogue.revision
    report = sync(catalogue, corpus)
    assert not report.changed
    assert catalogue.revision == revision
    assert state(catalogue) == before


def test_a_changed_file_replaces_its_document(catalogue, corpus):
    sync(catalogue, corpus)
    edit(corpus / "documents" / "ceshi-banfa.md", "不少于五十名", "不少于三十名")
    edit(corpus / "questions" / "ways.jsonl", "不少于五十名", "不少于三十名")
    assert sync(catalogue, corpus).changed
    assert "不少于三十名" in catalogue.document("ceshi-banfa").text
    texts = [p.text for p in catalogue.passages(["ceshi-banfa"])]
    assert len([text for text in texts if "第二条" in text]) == 1
    assert not any("五十名" in text for text in texts)
    assert len(catalogue.questions()) == 9


def test_a_removed_file_leaves_with_its_passages_and_questions(catalogue, corpus):
    sync(catalogue, corpus)
    (corpus / "documents" / "sichuan-fangan.md").unlink()
    report = sync(catalogue, corpus)
    assert report.removed == ("sichuan-fangan",)
    assert "sichuan-fangan" not in held(catalogue)
    assert list(catalogue.passages(["sichuan-fangan"])) == []
    assert "sichuan-fangan" not in {q.document_id for q in catalogue.questions()}


def test_users_own_documents_stay(catalogue, corpus):
    add(catalogue)
    sync(catalogue, corpus)
    for path in (corpus / "documents").iterdir():
        path.unlink()
    sync(catalogue, corpus)
    assert catalogue.document("mine").text == "自己的文件。"
    assert [p.id for p in catalogue.passages(["mine"])] == ["mine#0-6"]


def test_a_card_returns_when_its_original_leaves_and_retires_when_it_comes_back(catalogue, corpus):
    path = corpus / "documents" / "ceshi-banfa.md"
    original = path.read_text("utf-8")
    sync(catalogue, corpus)
    card = catalogue.document("card-ceshi-banfa")
    assert (card.retired, card.retired_reason) == (True, "原文已入库：ceshi-banfa")
    path.unlink()
    assert sync(catalogue, corpus).retired == ()
    assert held(catalogue, retired=True) == []
    assert catalogue.document("card-ceshi-banfa").retired_reason == ""
    path.write_text(original, "utf-8")
    assert sync(catalogue, corpus).retired == ("card-ceshi-banfa",)


@pytest.mark.parametrize(
    ("fields", "retires"),
    [
        ({"doc_number": "粤测〔2022〕3号"}, True),
        ({"doc_number": "粤测[2022]3号"}, True),
        ({"title": "广东省社区社会组织孵化补贴办法", "region": "广东省"}, True),
        ({"title": "关于印发《广东省社区社会组织孵化补贴办法》的通知", "region": "广东省"}, True),
        ({"title": "广东省社区社会组织孵化补贴办法", "region": "四川省"}, False),
        (
            {"title": "广东省社区社会组织孵化补贴办法", "region": "广东省", "doc_number": "粤测〔2019〕1号"},
            False,
        ),
        ({"title": "广东省社区社会组织孵化补贴办法", "region": "广东省", "retired": True}, False),
        ({}, False),
    ],
)
def test_a_users_original_retires_the_cards_of_the_same_work_only(catalogue, corpus, fields, retires):
    sync(catalogue, corpus)
    add(catalogue, **fields)
    expected = {"card-ceshi-banfa", "card-guangdong-butie", "card-guangdong-butie-1"}
    assert set(settle_cards(catalogue)) == (expected if retires else {"card-ceshi-banfa"})


def test_an_original_takes_over_the_validity_of_its_card(catalogue, corpus):
    sync(catalogue, corpus)
    card = replace(catalogue.document("card-guangdong-butie"), id="card-mine", doc_number=None)
    card = replace(
        card, title="广东省志愿服务办法", effective_on="2022-01-01", retired=False, retired_reason=""
    )
    card = replace(card, status=DocumentStatus.IN_FORCE, status_evidence="见公报")
    with catalogue.transaction() as connection:
        catalogue.put(connection, card, ())
    add(catalogue, title=card.title, region=card.region, effective_on="2022-01-01")
    assert "card-mine" in settle_cards(catalogue)
    mine, revision = catalogue.document("mine"), catalogue.revision
    assert (mine.status, mine.status_evidence) == (DocumentStatus.IN_FORCE, "据要点卡：见公报")
    settle_cards(catalogue)
    assert catalogue.revision == revision


def test_a_number_copied_from_another_place_retires_no_card(catalogue, corpus):
    sync(catalogue, corpus)
    add(catalogue, doc_number="粤测〔2022〕3号", region="四川省绿水县", issuer="绿水县民政局")
    assert settle_cards(catalogue) == ("card-ceshi-banfa",)


def test_settling_twice_changes_nothing(catalogue, corpus):
    sync(catalogue, corpus)
    before = catalogue.revision
    assert settle_cards(catalogue) == ("card-ceshi-banfa",)
    assert catalogue.revision == before


def test_what_a_person_took_out_of_use_stays_out(catalogue, corpus):
    sync(catalogue, corpus)
    document = catalogue.document("sichuan-fangan")
    with catalogue.transaction() as connection:
        catalogue.update(connection, replace(document, retired=True, retired_reason="不适用"))
    edit(corpus / "documents" / "sichuan-fangan.md", "五支", "六支")
    sync(catalogue, corpus)
    found = catalogue.document("sichuan-fangan")
    assert (found.retired, found.retired_reason) == (True, "不适用")
    assert "六支" in found.text


def test_a_kill_between_storing_and_settling_is_made_good_the_next_time(catalogue, corpus):
    sync(catalogue, corpus)
    card = catalogue.document("card-ceshi-banfa")
    with catalogue.transaction() as connection:
        catalogue.update(connection, replace(card, retired=False, retired_reason=""))
    sync(catalogue, corpus)
    assert held(catalogue, retired=True) == ["card-ceshi-banfa"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("documents/new.md", "没有文件信息"),
        ("facts/new.yaml", "title: 题\n"),
        ("questions/new.jsonl", '{"target": "ceshi-banfa", "anchor": "没有", "questions": ["一"]}'),
    ],
)
def test_an_invalid_file_leaves_the_catalogue_as_it_was(catalogue, corpus, name, text):
    sync(catalogue, corpus)
    before, revision = state(catalogue), catalogue.revision
    edit(corpus / "documents" / "ceshi-banfa.md", "十五日", "二十日")
    (corpus / name).write_text(text, "utf-8")
    with pytest.raises(DocumentError):
        sync(catalogue, corpus)
    assert state(catalogue) == before
    assert catalogue.revision == revision
