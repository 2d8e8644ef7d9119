import gzip
import json

import pytest

from evals.bench.asking import Asked
from evals.bench.commands import BenchError, Spent, run_module, run_python
from evals.bench.figures import BenchResult, Figure, memory_mb, shown, timed, to_ms
from evals.bench.load import Sample, _growth
from evals.bench.material import (
    han_number,
    made_up_laws,
    one_more,
    statute_laws,
    write_corpus,
    write_files,
)
from evals.bench.options import bench_questions, first_texts
from evals.bench.scale import Size, growth
from evals.bench.suite import BENCHES
from evals.dataset import Split


def test_figure_reads_both_directions():
    slow = Figure("等待", 20.0, "ms", baseline=60.0, budget=30.0)
    assert (slow.times_better, slow.held) == (3.0, True)
    rate = Figure("速度", 2.0, "百万字/分", baseline=0.5, budget=5.0, higher_is_better=True)
    assert (rate.times_better, rate.held) == (4.0, False)
    alone = Figure("失败", 0.0, "题", budget=0.0)
    assert (alone.times_better, alone.held) == (None, True)


def test_result_is_a_table_and_json():
    result = BenchResult("x", "题目", "对照物", (Figure("等待", 12.34, "ms", baseline=1234.0, budget=10.0),))
    assert "| 等待 | 12.3 ms | 1 | 1,234 ms | 100.0× | ≤ 10.0 ms ✗ |" in result.table()
    [row] = result.to_json()["figures"]
    assert row["held"] is False
    assert "load_1min" in result.to_json()["machine"]
    json.dumps(result.to_json())


def test_a_timed_figure_is_a_percentile_with_the_interval_of_its_ranks():
    # 100 times of 1–100 ms: the median's ranks are 50 ± 1.96 · √(100 · ½ · ½), that is 40.2 and 59.8
    figure = timed("等待", [n / 1000 for n in range(1, 101)], 0.5, baseline=[0.2, 0.1, 0.3], budget=60.0)
    assert (figure.ours, figure.low, figure.high, figure.n) == pytest.approx((50.0, 40.0, 60.0, 100))
    assert figure.baseline == pytest.approx(200.0)
    assert "| 等待 | 50.0 ms（40.0–60.0） | 100 |" in BenchResult("x", "题目", "", (figure,)).table()
    few = timed("等待", [0.002, 0.001], 0.95)
    assert (few.ours, few.low, few.high, few.baseline) == (2.0, None, None, None)


def test_memory_growth_compares_the_end_with_the_start_after_warming_up():
    memory = [100, 150, 200, 200, 200, 200, 200, 200, 210, 230]
    samples = [Sample(mb, 40 + at, 100 * (at + 1)) for at, mb in enumerate(memory)]
    growth, level, files = _growth(samples, minutes=5)
    assert growth.ours == pytest.approx(10.0)
    assert (level.baseline, level.ours, growth.n) == (200.0, 220.0, 1000)
    assert files.ours == 49 - 42
    assert _growth([], minutes=0) == ()


def test_small_measures():
    assert to_ms([0.5, 2.0]) == [500.0, 2000.0]
    assert shown(None, "s") == ""
    assert shown(0.123456, "") == "0.123"
    assert memory_mb() >= 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (21, "二十一"),
        (100, "一百"),
        (101, "一百零一"),
        (115, "一百一十五"),
    ],
)
def test_han_number(value, text):
    assert han_number(value) == text


def test_made_up_laws_are_the_same_every_time_and_well_formed():
    laws = list(made_up_laws(130))
    assert [len(law.passages) for law in laws] == [60, 60, 10]
    assert laws == list(made_up_laws(130))
    for law in laws:
        for passage in law.passages:
            assert passage.text == law.document.text[passage.start : passage.end]
            assert passage.text.startswith(passage.article)


def test_statute_laws_keep_ids_and_region(tmp_path):
    rows = [
        {
            "id": "s1",
            "law": "甲法",
            "region": "全国",
            "heading": "总则",
            "article": "第一条",
            "text": "为了。",
        },
        {"id": "s2", "law": "甲法", "region": "全国", "heading": "", "article": "第二条", "text": "适用。"},
        {"id": "s3", "law": "乙条例", "region": "上海", "heading": "", "article": "第一条", "text": "本市。"},
        {"id": "s4", "law": "丙法", "region": "全国", "heading": "", "article": "第一条", "text": "其他。"},
    ]
    with gzip.open(tmp_path / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    laws = list(statute_laws(tmp_path))
    assert [law.document.title for law in laws] == ["甲法", "丙法"]
    assert [passage.id for law in laws for passage in law.passages] == ["s1", "s2", "s4"]
    assert laws[0].passages[0].section == "总则 > 第一条"
    assert [p.text for p in laws[0].passages] == ["第一条　为了。", "第二条　适用。"]
    every = list(statute_laws(tmp_path, region=None))
    assert [law.document.region for law in every] == ["全国", "上海市", "全国"]


def test_corpus_of_laws_has_front_matter(tmp_path):
    characters = write_corpus(made_up_laws(61), tmp_path)
    files = sorted((tmp_path / "documents").glob("*.md"))
    assert len(files) == 2
    assert files[0].read_text("utf-8").startswith("---\nid: bench-00000\ntitle: ")
    assert characters > 61 * 40


def test_commands_report_time_and_refuse_failures(tmp_path):
    spent = run_python(
        "-c", "print('好'); import time; time.sleep(0.5)", log=tmp_path / "a"
    )  # seen every tenth
    assert spent.output.strip() == "好"
    assert spent.wall_s > 0
    assert spent.peak_mb > 0
    with pytest.raises(BenchError, match="以 3 退出：oops"):
        run_python("-c", "import sys; sys.stderr.write('oops'); sys.exit(3)", log=tmp_path / "b")
    assert run_python("-c", "raise SystemExit(1)", log=tmp_path / "c", expect=(0, 1)).output == ""
    assert "Usage" in run_module("evals", "--help", log=tmp_path / "d").output


def test_memory_counts_the_children_of_a_command(tmp_path):
    hold = "import time; held = bytearray(80_000_000); time.sleep(0.6)"
    parent = f"import subprocess, sys; {hold}; subprocess.run([sys.executable, '-c', {hold!r}])"
    assert run_python("-c", parent, log=tmp_path / "m").peak_mb > 160


def test_memory_of_a_command_is_not_that_of_the_bench_itself(tmp_path):
    held = bytearray(300_000_000)
    assert run_python("-c", "import time; time.sleep(0.3)", log=tmp_path / "m").peak_mb < len(held) / 2**20


def test_files_of_laws_begin_with_their_title(tmp_path):
    laws = list(made_up_laws(61))
    characters = write_files([*laws, one_more()], tmp_path)
    assert (tmp_path / "bench-00001.txt").read_text("utf-8").startswith(laws[1].document.title + "\n第一条")
    assert len((tmp_path / "bench-new.txt").read_text("utf-8")) > 20 * 500
    assert characters > len(one_more().document.text)


def test_first_texts_stop_when_there_is_enough():
    assert first_texts(["甲" * 10, "乙" * 10, "丙"], 11) == ["甲" * 10, "乙" * 10]
    assert first_texts(["甲" * 10], 0) == ["甲" * 10]


def test_questions_of_the_halves_are_apart():
    dev, heldout = bench_questions(Split.DEV), bench_questions(Split.HELDOUT)
    assert not {q.id for q in dev} & {q.id for q in heldout}
    assert len(bench_questions(Split.DEV, limit=5)) == 5


def test_every_bench_is_named():
    assert list(BENCHES) == ["start", "formats", "ingest", "retrieval", "added", "answer", "load", "scale"]


def test_growth_is_the_exponent_between_two_sizes():
    def size(articles, seconds, memory_mb):
        spent = Spent(seconds, seconds, 0.0, "")
        return Size(articles, spent, Asked([0.01], [0.01 * seconds], 1.0, memory_mb), spent, 1.0)

    build, asked, memory, added = growth(size(1_000, 2.0, 100.0), size(100_000, 200.0, 1_000.0))
    assert (build.ours, asked.ours, added.ours) == (
        pytest.approx(1.0),
        pytest.approx(1.0),
        pytest.approx(1.0),
    )
    assert memory.ours == pytest.approx(0.5)
    assert build.held is True
    assert build.budget == pytest.approx(1.111, abs=0.001)
    assert growth(size(1_000, 2.0, 100.0), size(100_000, 20_000.0, 1_000.0))[0].held is False
