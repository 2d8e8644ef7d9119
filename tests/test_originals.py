"""Original files kept under the hash of their bytes."""

from pathlib import Path

import pytest
from library_drafts import SENTENCES, regulation

from ingest.originals import Originals, kept_suffix

NEWER = ("社区社会组织备案由县级民政部门办理", *SENTENCES[1:])


def test_half_written_originals_are_swept_and_used_ones_stay(tmp_path: Path):
    originals = Originals(tmp_path / "originals")
    kept = originals.keep(regulation(tmp_path, "甲.txt"), sha256="a" * 64)
    orphan = originals.keep(regulation(tmp_path, "乙.txt", *NEWER), sha256="b" * 64)
    (tmp_path / "originals" / f"{'a' * 64}.pdf.tmp").write_bytes(b"half")
    assert originals.sweep(["a" * 64]) == 2
    assert kept.exists()
    assert not orphan.exists()


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("甲.PDF", ".pdf"), ("甲", ""), ("a.表格", ""), ("a.x/../y", ""), ("a.toolongsuffix", "")],
)
def test_suffix_of_an_original_is_plain(name: str, suffix: str):
    assert kept_suffix(Path(name)) == suffix
