from pathlib import Path

import pytest

from assistant.datafile import DataFile
from assistant.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    path = folder / "data.yaml"
    path.write_text(text, "utf-8")
    return path


def test_fault_names_file_and_line(tmp_path):
    source = DataFile.open(written(tmp_path, "# 说明\n- 甲\n- [乙]\n"))
    first, second = source.entries(source.root)
    assert source.word(first) == "甲"
    with pytest.raises(ConfigError, match=r"data\.yaml 第 3 行"):
        source.word(second)


def test_word_is_normal_form_and_text_as_written(tmp_path):
    source = DataFile.open(written(tmp_path, "- ' ３Ａ '\n"))
    node = source.entries(source.root)[0]
    assert source.word(node) == "3a"
    assert source.text(node) == "３Ａ"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("甲: 1\n乙: 2\n甲: 3\n", "第 3 行：“甲”写了两次"),
        ("甲: 1\n丙: 2\n", "第 1 行：不认识 丙"),
        ("乙: 2\n", "第 1 行：缺少 甲"),
        ("- 甲\n", "第 1 行：这里应写成"),
    ],
)
def test_record_refuses_what_it_does_not_know(tmp_path, text, complaint):
    source = DataFile.open(written(tmp_path, text))
    with pytest.raises(ConfigError, match=complaint):
        source.record(source.root, required=["甲"], optional=["乙"])


def test_words_refuses_repeats_and_scalars(tmp_path):
    source = DataFile.open(written(tmp_path, "- [甲, 乙, 甲]\n- 甲\n"))
    repeated, scalar = source.entries(source.root)
    with pytest.raises(ConfigError, match="“甲”在这一项里写了两次"):
        source.words(repeated)
    with pytest.raises(ConfigError, match="第 2 行：这里应是一个列表"):
        source.words(scalar)
    assert source.words(None) == []


def test_open_refuses_what_is_no_data(tmp_path):
    with pytest.raises(ConfigError, match="读不了"):
        DataFile.open(tmp_path / "missing.yaml")
    with pytest.raises(ConfigError, match="是空的"):
        DataFile.open(written(tmp_path, "# 只有说明\n"))
    with pytest.raises(ConfigError, match="第 2 行写法有误"):
        DataFile.open(written(tmp_path, "- [甲, 乙\n"))
    (tmp_path / "gbk.yaml").write_bytes("- 登记\n".encode("gb18030"))
    with pytest.raises(ConfigError, match="UTF-8"):
        DataFile.open(tmp_path / "gbk.yaml")
