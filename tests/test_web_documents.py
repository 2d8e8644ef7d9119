import hashlib
from dataclasses import replace
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_support import PLAN, FakeAssistant

from assistant.errors import AssistantError
from assistant.web import api, documents
from assistant.web.documents import file_name, original_of

BYTES = b"%PDF-1.7 made up"
SHA256 = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def assistant():
    return FakeAssistant()


@pytest.fixture
def client(assistant, tmp_path):
    (tmp_path / "originals").mkdir()
    (tmp_path / "originals" / f"{SHA256}.pdf").write_bytes(BYTES)
    (tmp_path / "passwords").write_bytes(b"secret")
    assistant.held["with/file"] = replace(
        PLAN, id="with/file", original_sha256=SHA256, original_suffix=".pdf"
    )
    app = FastAPI(exception_handlers={AssistantError: api.error_reply})
    app.include_router(documents.routes(assistant, tmp_path))
    return TestClient(app)


def test_reading_view_links_to_the_original_only_when_it_is_kept(client):
    assert (
        '<a href="../originals/with%2Ffile" download>下载（PDF）</a>'
        in client.get("/documents/with/file").text
    )
    assert "originals/" not in client.get(f"/documents/{PLAN.id}").text


def test_original_comes_unchanged_as_an_attachment(client):
    reply = client.get("/originals/with%2Ffile")
    assert reply.content == BYTES
    assert reply.headers["content-type"] == "application/octet-stream"
    disposition = unquote(reply.headers["content-disposition"])
    assert disposition.startswith("attachment;") and disposition.endswith(f"{PLAN.title}.pdf")


@pytest.mark.parametrize("name", [PLAN.id, "gone", "../passwords", "..%2Fpasswords"])
def test_what_is_not_kept_is_told_in_chinese(client, name):
    reply = client.get(f"/originals/{name}")
    assert reply.status_code == 404
    assert b"secret" not in reply.content


@pytest.mark.parametrize(
    ("sha256", "suffix"), [("../secret", ""), (SHA256, "/../x"), ("", ".pdf"), (None, None), (SHA256, ".doc")]
)
def test_only_a_hash_and_a_plain_suffix_name_a_file(client, tmp_path, sha256, suffix):
    document = replace(PLAN, original_sha256=sha256, original_suffix=suffix)
    assert original_of(document, tmp_path) is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('a/b\\c:"d"<e>', "a b c d e.pdf"),
        ("..\u202e隐藏", "隐藏.pdf"),
        ("///", "原始文件.pdf"),
        ("长" * 300, f"{'长' * 80}.pdf"),
    ],
)
def test_file_name_is_safe_everywhere(title, name):
    assert file_name(replace(PLAN, title=title, original_suffix=".pdf")) == name
