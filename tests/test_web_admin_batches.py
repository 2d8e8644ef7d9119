import asyncio

import pytest

from assistant.errors import DocumentError, NotFoundError
from assistant.web.admin_batches import Batches


@pytest.fixture
def batches(tmp_path):
    return Batches(tmp_path)


def send(batches, batch, name, *parts):
    async def stream():
        for part in parts:
            yield part

    return asyncio.run(batches.receive(batch, name, stream()))


def test_files_are_kept_as_they_came_and_the_last_of_a_name_counts(batches):
    batch = batches.begin()
    send(batches, batch, "甲.txt", b"one")
    send(batches, batch, "甲.txt", b"t", b"wo")
    send(batches, batch, "乙.pdf", b"")
    assert [(u.name, u.size, u.path.read_bytes()) for u in batches.files(batch)] == [
        ("乙.pdf", 0, b""),
        ("甲.txt", 3, b"two"),
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\文件\\办法.docx", "办法.docx"),
        (".hidden.txt", "hidden.txt"),
        ("..", "未命名"),
        ("a\x00\nb.txt", "ab.txt"),
        ("=cmd|' /C calc'!A0.txt", "C calc'!A0.txt"),
        ("--yes", "--yes"),
        ("长" * 300 + ".pdf", "长" * 65 + ".pdf"),
    ],
)
def test_names_never_leave_the_folder(batches, given, kept):
    batch = batches.begin()
    upload = send(batches, batch, given, b"x")
    assert upload.name == kept
    assert upload.path.parent.name == batch


def test_too_large_or_too_many_files_are_refused_and_leave_nothing(tmp_path):
    batches = Batches(tmp_path, most_files=1, most_bytes=10)
    batch = batches.begin()
    with pytest.raises(DocumentError, match="超过"):
        send(batches, batch, "大.txt", b"x" * 6, b"x" * 6)
    assert list(batches.aside(batch, "x").parent.iterdir()) == []
    send(batches, batch, "一.txt", b"x")
    with pytest.raises(DocumentError, match="最多"):
        send(batches, batch, "二.txt", b"x")


@pytest.mark.parametrize("batch", ["", "..", "../..", "0" * 16, "x" * 16])
def test_unknown_batch_is_told(batches, batch):
    with pytest.raises(NotFoundError, match="请重新选择"):
        batches.files(batch)
    with pytest.raises(NotFoundError):
        send(batches, batch, "a.txt", b"x")


def test_old_batches_go_when_others_come_and_all_go_at_the_end(batches, tmp_path):
    first = batches.begin()
    later = [batches.begin() for _ in range(20)]
    with pytest.raises(NotFoundError):
        batches.files(first)
    batches.end(later[-1])
    batches.clear()
    assert not (tmp_path / "tmp" / "incoming").exists()
