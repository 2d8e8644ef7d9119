"""The command line as an administrator and scripts use it: data on stdout, exit codes, questions at a terminal."""

import json
from pathlib import Path

import pytest
from library_drafts import SENTENCES, regulation
from small_home import run_module
from typer.testing import CliRunner, Result

from assistant.errors import CatalogueError, DocumentError, NotFoundError
from ingest.cli import app

COMMANDS = (
    "sync", "check", "add", "list", "show", "edit", "retire", "unretire", "remove", "publish", "rollback",
    "backup", "restore", "build-corpus", "train-encoder", "train-uncharted",
)  # fmt: skip


class Desk:
    """Runs commands on one home."""

    def __init__(self, home: Path, encoder: Path) -> None:
        self.home = home
        self._env = {"ASSISTANT_ENCODER": str(encoder), "ASSISTANT_HOME": None}

    def run(self, *arguments: str | Path, expect: int = 0) -> Result:
        words = [*map(str, arguments), "--home", str(self.home)]
        result = CliRunner().invoke(app, words, env=self._env)
        assert result.exit_code == expect, result.output + str(result.exception)
        return result

    def json(self, *arguments: str | Path, expect: int = 0) -> object:
        return json.loads(self.run(*arguments, "--json", expect=expect).stdout)

    def fault(self, *arguments: str | Path) -> BaseException:
        result = CliRunner().invoke(app, [*map(str, arguments), "--home", str(self.home)], env=self._env)
        assert result.exception is not None
        return result.exception


@pytest.fixture
def desk(home: Path, encoder_folder: Path) -> Desk:
    return Desk(home, encoder_folder)


def test_help_is_chinese_and_lists_every_command():
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert all(f"│ {command} " in result.stdout for command in COMMANDS)
    assert "彻底删除" in result.stdout


@pytest.mark.parametrize("command", ["check", "add", "edit"])
def test_every_field_is_an_option(command: str):
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout
    for option in (
        "region",
        "title",
        "doc-number",
        "issuer",
        "level",
        "issued-on",
        "effective-on",
        "expires-on",
    ):
        assert f"--{option} " in shown
    assert "--status " in shown
    assert "--source-url " in shown


def test_check_shows_what_was_understood(desk: Desk, tmp_path: Path):
    path = regulation(tmp_path, "甲.txt", "根据《社会团体登记管理条例》，制定本办法", *SENTENCES[:9])
    shown = desk.run("check", path).stdout
    assert "发文字号：川民规〔2022〕7号（依据：川民规〔2022〕7号；把握 98%）" in shown
    assert "依据文件：《社会团体登记管理条例》（未入库）" in shown
    assert "第二条 社区社会组织备案由街道办事处办理。" in shown
    assert "新增" in shown
    (checked,) = desk.json("check", path)  # type: ignore[misc]
    (found,) = checked["documents"]
    assert (found["outcome"], found["relation"]) == ("added", "new")
    assert found["evidence"]["doc_number"]["confidence"] == 0.98
    assert found["passages"] > 0
    assert len(desk.json("list")) == 5  # type: ignore[arg-type]


def test_check_of_an_unreadable_file_exits_with_one(desk: Desk, tmp_path: Path):
    (tmp_path / "空.txt").write_bytes(b"")
    assert "空文件" in desk.run("check", tmp_path / "空.txt", expect=1).stdout


def test_check_works_without_a_home(tmp_path: Path, encoder_folder: Path):
    desk = Desk(tmp_path / "nothing", encoder_folder)
    assert "新增" in desk.run("check", regulation(tmp_path, "甲.txt")).stdout
    assert not (tmp_path / "nothing").exists()


def test_life_of_a_document(desk: Desk, tmp_path: Path):
    added = desk.json("add", regulation(tmp_path, "甲.txt"), "--region", "四川", "--issued-on", "2022-03-01")
    assert added["counts"] == {"added": 1, "known": 0, "replaced": 0, "refused": 0}  # type: ignore[index]
    id_ = added["files"][0]["articles"][0]["document_id"]  # type: ignore[index]
    shown = desk.json("show", id_)
    assert shown["document"]["issued_on"] == "2022-03-01"  # type: ignore[index]
    assert shown["evidence"]["issued_on"]["source"] == "人工填写"  # type: ignore[index]
    assert shown["outline"][0].strip().startswith("第一条")  # type: ignore[index]
    assert "来自文件：甲.txt" in desk.run("show", id_).stdout
    assert (
        "《四川省社区社会组织备案管理办法》" in desk.run("list", "--originals", "--region", "四川省").stdout
    )
    edited = desk.run("edit", id_, "--status", "已废止").stdout
    assert "已更正" in edited
    assert "已废止" in edited
    assert "下次发布" in desk.run("rollback").stdout
    assert "已删除" in desk.run("remove", id_, "-y").stdout
    assert isinstance(desk.fault("show", id_), NotFoundError)


def test_add_of_a_mixed_folder_reports_each_file_and_exits_with_one(desk: Desk, tmp_path: Path):
    folder = tmp_path / "收件"
    folder.mkdir()
    regulation(folder, "好.txt")
    (folder / "空.txt").write_bytes(b"")
    shown = desk.run("add", folder, expect=1).stdout
    assert "新增  doc-" in shown
    assert "收件/空.txt  未读" in shown
    assert "合计：新增 1，已有 0，新版 0，未读 1" in shown
    assert "没有变化" in desk.run("add", folder, expect=1).stdout


def test_nothing_is_changed_by_a_wrong_command(desk: Desk, tmp_path: Path):
    assert isinstance(desk.fault("add", regulation(tmp_path, "甲.txt"), "--region", "火星"), DocumentError)
    desk.run("edit", "ceshi-banfa", expect=2)
    desk.run("add", expect=2)
    desk.run("colour", expect=2)
    assert isinstance(desk.fault("retire", "没有这个"), NotFoundError)
    assert len(desk.json("list")) == 5  # type: ignore[arg-type]


def test_list_filters_and_gaps(desk: Desk):
    ids = [row["id"] for row in desk.json("list", "--originals", "--status", "实施期已满")]  # type: ignore[attr-defined]
    assert ids == ["sichuan-fangan"]
    assert desk.json("list", "--level", "法律") == []
    assert desk.json("list", "--gaps") == []


def test_backup_and_restore(desk: Desk, encoder_folder: Path, tmp_path: Path):
    made = desk.json("backup", tmp_path / "b.zip")
    assert made["documents"] == 5  # type: ignore[index]
    other = Desk(tmp_path / "other", encoder_folder)
    assert "已恢复备份" in other.run("restore", tmp_path / "b.zip").stdout
    assert other.json("list") == desk.json("list")


def test_looking_at_no_home_says_what_to_do(tmp_path: Path, encoder_folder: Path):
    fault = Desk(tmp_path / "nothing", encoder_folder).fault("list")
    assert isinstance(fault, CatalogueError)
    assert "ingest sync" in str(fault)


def test_corpus_files_are_built_again_from_raw_pages(tmp_path: Path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    out.mkdir()
    regulation(raw, "页.txt")
    (out / "sources.yaml").write_text("- id: banfa\n  file: 页.txt\n  article: 1\n", "utf-8")
    result = CliRunner().invoke(app, ["build-corpus", str(raw), "--out", str(out)])
    assert result.stdout.strip() == str(out / "banfa.md")
    assert "title: 四川省社区社会组织备案管理办法" in (out / "banfa.md").read_text("utf-8")


def test_fault_is_one_chinese_line_on_stderr_and_exit_two(tmp_path: Path):
    done = run_module("ingest", "show", "没有这个", "--home", str(tmp_path / "nothing"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("出错了：数据文件夹")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_terminal_is_shown_the_draft_and_asked(desk: Desk, encoder_folder: Path, tmp_path: Path):
    path = regulation(tmp_path, "甲.txt")
    refused = at_terminal(f"add {path} --home {desk.home}", answer="n", encoder=encoder_folder)
    assert "发文字号：川民规〔2022〕7号" in refused
    assert "没有改动" in refused
    assert len(desk.json("list")) == 5  # type: ignore[arg-type]


def at_terminal(command: str, *, answer: str, encoder: Path) -> str:
    """What a terminal shows of `python -m ingest …` when one answer is typed."""
    import os
    import pty
    import sys

    from small_home import ROOT, clean_environment

    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        environment = clean_environment() | {"ASSISTANT_ENCODER": str(encoder), "TERM": "dumb"}
        os.execve(sys.executable, [sys.executable, "-m", "ingest", *command.split()], environment)
    os.write(terminal, f"{answer}\n".encode())
    shown = b""
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
    except OSError:  # the child has gone and its terminal with it
        pass
    os.waitpid(child, 0)
    return shown.decode("utf-8", "replace")


def test_one_document_of_a_batch_is_corrected_as_it_comes_in(desk: Desk, tmp_path: Path):
    files = [
        regulation(tmp_path, "甲.txt", *SENTENCES[:5], title="成都市社区社会组织备案办法", number=""),
        regulation(tmp_path, "乙.txt", *SENTENCES[5:], title="绵阳市社区社会组织管理办法", number=""),
    ]
    ids = [file["documents"][0]["document"]["id"] for file in desk.json("check", *files)]
    table = tmp_path / "corrections.json"
    table.write_text(json.dumps({ids[0]: {"title": "更正后的办法", "status": "已废止"}}), "utf-8")
    desk.json("add", *files, "--corrections", table)
    first = desk.json("show", ids[0])
    assert (first["document"]["title"], first["document"]["status"]) == ("更正后的办法", "已废止")
    assert first["evidence"]["title"]["source"] == "人工填写"
    assert desk.json("show", ids[1])["document"]["title"] == "绵阳市社区社会组织管理办法"
    removed = desk.json("remove", *ids, "--yes")
    assert [change["document"]["id"] for change in removed] == ids
    assert isinstance(desk.fault("show", ids[0]), NotFoundError)


def test_impossible_corrections_add_nothing(desk: Desk, tmp_path: Path):
    file = regulation(tmp_path, "甲.txt")
    table = tmp_path / "corrections.json"
    for written in ('{"doc-1": {"status": "大概有效"}}', '["x"]', "{"):
        table.write_text(written, "utf-8")
        assert isinstance(desk.fault("add", file, "--corrections", table), DocumentError)
    assert desk.json("check", file)[0]["documents"][0]["outcome"] == "added"


def test_nothing_is_removed_unasked_without_a_terminal(desk: Desk, tmp_path: Path):
    added = desk.json("add", regulation(tmp_path, "甲.txt"))
    id_ = added["files"][0]["articles"][0]["document_id"]  # type: ignore[index]
    for form in ((), ("--json",)):
        fault = desk.fault("remove", id_, *form)
        assert isinstance(fault, DocumentError)  # exit code 2 of the command line
        assert "请加 -y" in str(fault)
    assert desk.json("show", id_)["document"]["id"] == id_  # type: ignore[index]


def test_region_that_must_be_given_is_asked_for_by_check_and_add(desk: Desk, tmp_path: Path):
    tail = "绿水县民政局\n2019年5月6日"
    path = regulation(tmp_path, "甲.txt", title="绿水县社区社会组织备案办法", number="", tail=tail)
    shown = desk.run("check", path, expect=1).stdout
    assert "← 请填写" in shown
    assert "请用 --region 写明地区" in shown
    assert "请用 --region 写明地区" in desk.run("add", path, expect=1).stdout
    (checked,) = desk.json("check", path, expect=1)  # type: ignore[misc]
    document = checked["documents"][0]["document"]
    assert document["region"] == ""
    table = tmp_path / "corrections.json"
    table.write_text(json.dumps({document["id"]: {"region": "湖南省"}}), "utf-8")
    desk.json("add", path, "--corrections", table)
    shown = desk.json("show", document["id"])
    assert (shown["document"]["region"], shown["evidence"]["region"]["source"]) == ("湖南省", "人工填写")  # type: ignore[index]
    assert not any("--region" in warning for warning in shown["warnings"])  # type: ignore[index]


def test_a_folders_readme_is_passed_over_with_a_line(desk: Desk, tmp_path: Path):
    folder = tmp_path / "收件"
    folder.mkdir()
    regulation(folder, "办法.txt")
    (folder / "README.md").write_text("说明。", "utf-8")
    assert "略过：README" in desk.run("check", folder).stdout
    assert "收件/README.md  略过：README" in desk.run("add", folder).stdout
