import time
from contextlib import contextmanager

import pytest
from library_drafts import SENTENCES, regulation

from assistant.config import Settings
from assistant.errors import DocumentError, IndexUnusableError, NotFoundError
from assistant.librarian import Librarian
from assistant.lock import writing


@pytest.fixture
def librarian(home, encoder_folder):
    opened = Librarian(Settings(home=home, encoder=str(encoder_folder)))
    yield opened
    opened.close()


def finished(librarian, job, *, within_s=60):
    deadline = time.monotonic() + within_s
    while not (state := librarian.job(job.id)).finished:
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    return state


def test_file_is_looked_at_added_and_removed_by_commands(librarian, tmp_path):
    file = regulation(tmp_path, "--yes.txt")  # a name that is no option
    (checked,) = librarian.ask("check", "--", str(file))
    assert checked["documents"][0]["outcome"] == "added"
    told = []
    job = librarian.start("add", "--", str(file), title="添加", then=told.append)
    assert not job.finished
    done = finished(librarian, job)
    (article,) = done.result["files"][0]["articles"]
    assert done.succeeded and article["document_id"] == checked["documents"][0]["document"]["id"]
    assert [end.id for end in told] == [job.id]
    assert librarian.ask("show", "--", article["document_id"])["text"].count(SENTENCES[0]) == 1


def test_refused_file_is_a_result_not_a_fault(librarian, tmp_path):
    empty = tmp_path / "空.txt"
    empty.write_bytes(b"")
    (checked,) = librarian.ask("check", "--", str(empty))
    assert checked["refused"]


def test_fault_is_told_in_the_commands_own_words(librarian):
    with pytest.raises(DocumentError, match="没有编号为"):
        librarian.ask("show", "--", "nothing")
    job = librarian.start("edit", "--status", "大概有效", "--", "nothing", title="更正")
    state = finished(librarian, job)
    assert not state.succeeded and "nothing" in state.fault


def test_home_in_use_by_another_program_is_told(librarian, home):
    with writing(home, purpose="另一项工作"):
        state = finished(librarian, librarian.start("publish", title="发布"))
    assert "另一项工作" in state.fault


def test_unknown_job_is_told(librarian):
    with pytest.raises(NotFoundError, match="没有找到这项操作"):
        librarian.job("x")


def test_nothing_begins_after_closing(librarian):
    librarian.close()
    state = finished(librarian, librarian.start("publish", title="发布"))
    assert "正在停止" in state.fault


def test_publication_is_done_at_the_end_of_the_handover(settings):
    jobs, seen = [], []

    @contextmanager
    def handover():
        yield
        seen.append(librarian.job(jobs[0].id))

    librarian = Librarian(settings, handover=handover)
    jobs.append(librarian.start("publish", title="发布"))
    assert finished(librarian, jobs[0]).succeeded
    assert [(job.stage, job.finished) for job in seen] == [("启用新的索引版本", False)]


def test_publication_that_is_not_answered_from_is_a_fault_with_its_result(settings):
    @contextmanager
    def handover():
        yield
        raise IndexUnusableError("仍按原来的一版回答")

    librarian = Librarian(settings, handover=handover)
    state = finished(librarian, librarian.start("publish", title="发布"))
    assert state.result and not state.succeeded and state.fault == "仍按原来的一版回答"


def test_looking_at_a_file_hands_nothing_over(settings, tmp_path):
    librarian = Librarian(settings, handover=lambda: pytest.fail("nothing is published"))
    file = regulation(tmp_path, "甲.txt")
    assert finished(librarian, librarian.start("check", "--", str(file), title="读取")).succeeded
