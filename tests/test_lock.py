import subprocess
import sys
import time

import pytest
from small_home import ROOT

from assistant.errors import HomeLockedError
from assistant.generations import published
from assistant.lock import LOCK, writing

HOLD = (
    "import sys, time; from pathlib import Path; from assistant.lock import writing\n"
    "with writing(Path(sys.argv[1]), purpose='网页服务'):\n"
    "    print('held', flush=True); time.sleep(60)"
)


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock of `tmp_path` until it is killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


def test_a_second_writer_is_refused_at_once_and_told_by_whom(holder, tmp_path):
    begun = time.monotonic()
    with pytest.raises(HomeLockedError) as refused, writing(tmp_path, purpose="发布"):
        pass
    assert time.monotonic() - begun < 2
    assert "网页服务" in str(refused.value)
    assert f"进程 {holder.pid}" in str(refused.value)
    assert "请等它结束" in str(refused.value)


def test_a_killed_writer_leaves_no_lock_behind(holder, tmp_path):
    holder.kill()
    holder.wait()
    with writing(tmp_path, purpose="发布"):
        assert "发布" in (tmp_path / LOCK).read_text("utf-8")


def test_the_second_writer_may_be_in_the_same_process(tmp_path):
    with writing(tmp_path, purpose="一"):
        with pytest.raises(HomeLockedError), writing(tmp_path, purpose="二"):
            pass
        assert "一" in (tmp_path / LOCK).read_text("utf-8")
    with writing(tmp_path, purpose="三"):
        pass


def test_an_error_inside_lets_go_of_the_lock(tmp_path):
    with pytest.raises(RuntimeError), writing(tmp_path, purpose="一"):
        raise RuntimeError
    with writing(tmp_path, purpose="二"):
        pass


def test_a_new_home_is_made(tmp_path):
    with writing(tmp_path / "new" / "home", purpose="一"):
        assert (tmp_path / "new" / "home" / LOCK).is_file()


def test_readers_do_not_need_the_lock(home):
    with writing(home, purpose="发布"):
        assert published(home) is not None
