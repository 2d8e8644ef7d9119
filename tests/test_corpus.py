"""The committed corpus as it is, and the forms its files may have."""

import gzip
import json
from collections import Counter
from dataclasses import replace

import pytest
import yaml
from shared_files import shared

from assistant.config import corpus_folder
from assistant.domain import Document, DocumentKind, DocumentStatus
from assistant.errors import DocumentError
from assistant.lexicon import TOPICS
from assistant.regions import Gazetteer
from assistant.text import normalise
from ingest.build_corpus import RECIPE, built_documents
from ingest.corpus import (
    HEARD,
    corpus_hash,
    document_markdown,
    heard_questions,
    read_corpus,
    read_document,
    read_fact_sheet,
    read_questions,
)
from ingest.pipeline import sync

CORPUS = corpus_folder()
DOCUMENTS = sorted((CORPUS / "documents").glob("*.md"))
HIJACKED = ("竞猜", "咨询热线", "400-888", "XML地图", "当前位置", "浏览次数")
RETIRED = {
    "card-cn-minbanfa-2020-36",
    "card-jilin-2017",
    "card-sichuan-tian-0757-2021",
    "card-tianjin-heping-2017",
}


@pytest.fixture(scope="module")
def entries():
    return list(read_corpus(CORPUS))


@pytest.fixture(scope="module")
def records():
    """Expected questions and known gaps as written, with folder, file and line."""
    return {
        f"{path.parent.name}/{path.name}:{number}": json.loads(line)
        for path in sorted((CORPUS / "questions").rglob("*.jsonl"))
        if path.parent.name not in ("elsewhere", "statutes", "newcomers", "standing")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if line.strip()
    }


def repeated(items):
    return [item for item, count in Counter(items).items() if count > 1]


def test_there_are_five_documents_and_more_than_a_hundred_fact_sheets(entries):
    kinds = Counter(entry.document.kind for entry in entries)
    assert kinds[DocumentKind.ORIGINAL] == len(DOCUMENTS) == 5
    assert kinds[DocumentKind.FACT_CARD] > 100


def test_ids_are_unique(entries):
    facts = [
        fact["id"]
        for path in (CORPUS / "facts").glob("*.yaml")
        for fact in yaml.safe_load(path.read_text("utf-8"))["facts"]
    ]
    assert len(facts) == 526
    assert repeated(facts) == []
    assert repeated(entry.document.id for entry in entries) == []
    assert repeated(passage.id for entry in entries for passage in entry.passages) == []


def test_passages_are_slices_of_their_documents_and_do_not_overlap(entries):
    for entry in entries:
        end = 0
        for passage in entry.passages:
            assert passage.text == entry.document.text[passage.start : passage.end]
            assert passage.document_id == entry.document.id
            assert passage.start >= end
            end = passage.end


def test_facts_have_known_topics_regions_and_a_status_with_evidence(entries):
    gazetteer = Gazetteer.load(extra_paths={entry.document.region for entry in entries})
    for entry in entries:
        document = entry.document
        assert gazetteer.resolve(document.region) == document.region
        assert document.status_evidence, document.id
        topics = {passage.topic for passage in entry.passages}
        assert topics <= ({None} if document.kind is DocumentKind.ORIGINAL else {*TOPICS})


def test_every_expected_question_has_its_anchor_in_the_text(entries, records):
    placed = read_questions(CORPUS, entries)  # refuses an anchor that is not there
    documents = {entry.document.id: entry.document for entry in entries}
    assert sum(map(len, placed.values())) == sum(len(record["questions"]) for record in records.values())
    gaps = sum(len(record["questions"]) for where, record in records.items() if where.startswith("gaps/"))
    assert gaps == sum(question.is_gap for asked in placed.values() for question in asked) > 900
    for asked in placed.values():
        for question in asked:
            words = documents[question.document_id].text[question.start : question.end].strip()
            assert question.is_gap or words


def test_every_expected_question_points_into_a_passage(entries):
    placed = read_questions(CORPUS, entries)
    for entry in entries:
        for question in placed.get(entry.document.id, []):
            assert any(p.start <= question.start < p.end for p in entry.passages), question


def test_nothing_is_asked_twice_of_one_target(records):
    by_target = {}
    for record in records.values():
        by_target.setdefault((record["target"], record.get("anchor")), []).extend(record["questions"])
    assert {target: found for target, asked in by_target.items() if (found := repeated(asked))} == {}


def test_every_fact_can_be_asked_for(entries, records):
    facts = {id_ for entry in entries for id_, _, _ in entry.fact_spans}
    asked = {record["target"] for record in records.values() if not record.get("anchor")}
    retired = {id_ for entry in entries if entry.document.id in RETIRED for id_, _, _ in entry.fact_spans}
    assert facts - retired <= asked


def test_questions_about_statutes_are_our_own_words_and_nobody_is_measured_on_them():
    rows = [
        json.loads(line)
        for path in sorted((CORPUS / "questions" / "statutes").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    asked = [(row["articles"], normalise(question)) for row in rows for question in row["questions"]]
    assert len(asked) > 5000
    assert repeated(question for _, question in asked) == []
    folder = shared("statutes")
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = {row["id"]: row for row in map(json.loads, lines)}
    assert all(articles[row["articles"][0]]["law"] == row["law"] for row in rows)
    for ids, question in asked:
        text = normalise(articles[ids[0]]["text"])
        assert not any(question[at : at + 10] in text for at in range(len(question) - 9)), question
    measured = (folder / "questions.jsonl").read_text("utf-8").splitlines()
    assert not {question for _, question in asked} & {normalise(json.loads(q)["question"]) for q in measured}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_no_words_of_the_sites_that_carried_them(path):
    text = path.read_text("utf-8")
    assert [word for word in HIJACKED if word in text] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_reading_and_writing_a_document_gives_the_same_file(path):
    assert document_markdown(read_document(path).document) == path.read_text("utf-8")


def test_documents_are_what_our_own_ingestion_makes_of_the_raw_pages():
    built = built_documents(shared("seeds"), CORPUS / "documents" / RECIPE)
    assert {f"{id_}.md" for id_ in built} == {path.name for path in DOCUMENTS}
    for id_, document in built.items():
        assert document_markdown(document) == (CORPUS / "documents" / f"{id_}.md").read_text("utf-8")


def test_cards_of_the_five_documents_are_retired_and_no_others(catalogue):
    report = sync(catalogue, CORPUS)
    assert set(report.retired) == RETIRED
    assert {d.id for d in catalogue.documents() if d.retired} == RETIRED


def test_hash_follows_what_the_catalogue_takes(corpus):
    before = corpus_hash(corpus)
    (corpus / "documents" / "README.txt").write_text("旁注", "utf-8")
    assert corpus_hash(corpus) == before
    path = corpus / "questions" / "ways.jsonl"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert corpus_hash(corpus) != before


def test_front_matter_keeps_dates_and_numbers_as_written(corpus):
    document = read_document(corpus / "documents" / "sichuan-fangan.md").document
    assert (document.issued_on, document.expires_on) == ("2021-03-01", "2023-12-31")
    assert document.status is DocumentStatus.EXPIRED
    assert document.builtin


def test_facts_of_another_validity_become_a_document_of_their_own(corpus):
    in_force, repealed = read_fact_sheet(corpus / "facts" / "guangdong-butie.yaml")
    assert (in_force.document.id, repealed.document.id) == ("card-guangdong-butie", "card-guangdong-butie-1")
    assert repealed.document.status is DocumentStatus.REPEALED
    assert [id_ for id_, _, _ in repealed.fact_spans] == ["t-102"]
    assert in_force.passages[0].text == in_force.document.text
    assert in_force.passages[0].article == "第七条"
    assert in_force.document.provenance.startswith("要点整理，非原文")


def test_markdown_of_a_bare_document_can_be_read_back(tmp_path):
    bare = Document(
        id="bare",
        title="标题: 含冒号",
        text="正文。\n---\n不是分隔线。",
        builtin=True,
        ocr_spans=((0, 2), (5, 7)),
    )
    (tmp_path / "bare.md").write_text(document_markdown(bare), "utf-8")
    assert replace(read_document(tmp_path / "bare.md").document, clauses=()) == bare


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("没有文件信息的正文", "bad.md"),
        ("---\ntitle: 题\ncolour: 红\n---\n正文。\n", "colour"),
        ("---\ntitle: 题\nstatus: 很有效\n---\n正文。\n", "很有效"),
        ("---\ntitle: [\n---\n正文。\n", "bad.md"),
        ("---\n- 题\n---\n正文。\n", "bad.md"),
        ("---\nissuer: 无题\n---\n正文。\n", "bad.md"),
    ],
)
def test_a_malformed_document_is_refused_by_name(tmp_path, text, complaint):
    path = tmp_path / "bad.md"
    path.write_text(text, "utf-8")
    with pytest.raises(DocumentError, match=complaint):
        read_document(path)


@pytest.mark.parametrize("text", ["title: 题\n", "facts: 3\n", "facts: [\n", "", "- 题\n"])
def test_a_malformed_fact_sheet_is_refused_by_name(tmp_path, text):
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(DocumentError, match=r"bad\.yaml"):
        read_fact_sheet(path)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "第 1 行"),
        ('{"target": "ceshi-banfa", "questions": ["一"], "anchor": "没有这句话"}', "没有这句话"),
        ('{"questions": ["一"]}', "target"),
        ('{"target": "t-101"}', "questions"),
        ('["t-101"]', "第 1 行"),
        ('{"target": "t-101", "questions": "一"}', "一列问题"),
    ],
)
def test_a_malformed_question_is_refused_by_file_and_line(corpus, line, complaint):
    path = corpus / "questions" / "ways.jsonl"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(DocumentError, match=rf"ways\.jsonl.*{complaint}"):
        read_questions(corpus, list(read_corpus(corpus)))


def test_heard_questions_are_those_of_one_folder_and_refused_by_file_and_line(corpus):
    assert heard_questions(corpus) == frozenset()
    path = corpus / HEARD / "more.jsonl"
    path.parent.mkdir()
    path.write_text('{"target": "t-101", "questions": ["一", "二"]}\n\n', "utf-8")
    assert heard_questions(corpus) == {"一", "二"}
    path.write_text('\n{"target": "t-101"}\n', "utf-8")
    with pytest.raises(DocumentError, match=r"more\.jsonl 第 2 行"):
        heard_questions(corpus)


def test_questions_for_what_is_not_there_are_left_out(corpus):
    (corpus / "documents" / "sichuan-fangan.md").unlink()
    placed = read_questions(corpus, list(read_corpus(corpus)))
    assert set(placed) == {"ceshi-banfa", "card-ceshi-banfa", "card-guangdong-butie"}


@pytest.mark.parametrize(
    "name", ["documents/ceshi-banfa.md", "facts/guangdong-butie.yaml", "questions/ways.jsonl"]
)
def test_a_file_of_another_encoding_is_refused_by_name(corpus, name):
    path = corpus / name
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    with pytest.raises(DocumentError, match="UTF-8"):
        read_questions(corpus, list(read_corpus(corpus)))


def test_a_document_without_region_is_placed_by_its_issuer_or_refused(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: 备案办法\nissuer: 华容县民政局\n---\n第一条 备案。\n", "utf-8")
    assert read_document(path).document.region == "湖南省岳阳市华容县"
    path.write_text("---\ntitle: 备案办法\nissuer: 绿水县民政局\n---\n第一条 备案。\n", "utf-8")
    with pytest.raises(DocumentError, match="请在文件信息里写明 region"):
        read_document(path)
    path.write_text("---\ntitle: 备案办法\n---\n第一条 备案。\n", "utf-8")
    assert read_document(path).document.region == "全国"
