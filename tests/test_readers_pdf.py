from itertools import pairwise
from pathlib import Path

import pytest
from office_files import make_pdf, pdf_page
from shared_files import shared

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers import ocr
from ingest.readers.pdf import read_pdf

LIMITS = Limits()
FIRST = "第一条 为了规范社区社会组织备案管理工作，促进社区社会组织健康有序发展，根据有关规定，制定本办法。"
SECOND = "第二条 本办法适用于本市行政区域内尚未达到登记条件的社区社会组织的备案和监督管理工作。"


def texts(path: Path) -> list[str]:
    return [line.text for line in read_pdf(path, LIMITS).lines]


def test_broken_lines_are_joined_and_running_lines_dropped(tmp_path: Path):
    numbers = "一二三"
    bodies = [(f"第{n}条 " + FIRST[4:], f"本条第{n}款 " + SECOND[4:]) for n in numbers]
    pages = [pdf_page(body, header="备案管理办法", footer=f"— {n} —") for n, body in enumerate(bodies, 1)]
    lines = read_pdf(make_pdf(tmp_path / "a.pdf", pages), LIMITS).lines
    assert [line.text for line in lines] == [paragraph for body in bodies for paragraph in body]
    assert [line.page for line in lines] == [1, 1, 2, 2, 3, 3]


def test_sentence_that_crosses_a_page_is_one_paragraph(tmp_path: Path):
    first = pdf_page([FIRST, SECOND[:24]])
    second = [(90.0, 740.0, SECOND[24:])]
    assert texts(make_pdf(tmp_path / "a.pdf", [first, second])) == [FIRST, SECOND]


def test_title_under_a_header_of_the_same_words_stays(tmp_path: Path):
    title = (218.0, 790.0, "备案管理办法")
    pages = [
        [(90.0, 815.0, "备案管理办法"), title, *pdf_page([FIRST])],
        [(90.0, 815.0, "备案管理办法"), *pdf_page([SECOND])],
    ]
    assert texts(make_pdf(tmp_path / "a.pdf", pages)) == ["备案管理办法", FIRST, SECOND]


def test_quotes_drawn_after_their_line_are_put_in_place(tmp_path: Path):
    page = [(90.0, 740.0, "第一条 建立"), (186.0 + 16, 740.0, "志愿之家"), (186.0 + 96, 740.0, "信息平台管理制度。"),
            (186.0, 740.0, "“"), (186.0 + 80, 740.0, "”")]  # fmt: skip
    assert texts(make_pdf(tmp_path / "a.pdf", [page])) == ["第一条 建立“志愿之家”信息平台管理制度。"]


@pytest.mark.skipif(ocr.is_available(), reason="text recognition is installed")
def test_scan_without_text_is_refused_with_a_way_out(tmp_path: Path):
    with pytest.raises(DocumentError, match="OCR"):
        read_pdf(make_pdf(tmp_path / "scan.pdf", [[], []]), LIMITS)


@pytest.mark.skipif(ocr.is_available(), reason="text recognition is installed")
def test_pages_without_text_are_named(tmp_path: Path):
    page = read_pdf(make_pdf(tmp_path / "a.pdf", [pdf_page([FIRST]), [], pdf_page([SECOND])]), LIMITS)
    assert any("第 2 页" in warning for warning in page.warnings)


def test_truncated_file_is_refused(tmp_path: Path):
    path = make_pdf(tmp_path / "a.pdf", [pdf_page([FIRST])])
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(DocumentError, match="不完整"):
        read_pdf(path, LIMITS)


def test_encrypted_file_is_refused(tmp_path: Path):
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(make_pdf(tmp_path / "a.pdf", [pdf_page([FIRST])])))
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(DocumentError, match="密码"):
        read_pdf(tmp_path / "locked.pdf", LIMITS)


def test_owner_password_alone_is_no_obstacle(tmp_path: Path):
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(make_pdf(tmp_path / "a.pdf", [pdf_page([FIRST])])))
    writer.encrypt("", "owner", algorithm="AES-256")
    writer.write(tmp_path / "owner.pdf")
    assert texts(tmp_path / "owner.pdf") == [FIRST]


def test_too_many_pages_are_refused(tmp_path: Path):
    path = make_pdf(tmp_path / "a.pdf", [pdf_page([FIRST])] * 4)
    with pytest.raises(DocumentError, match="超过 3 页"):
        read_pdf(path, Limits(pages=3))


def test_printed_regulation_reads_like_its_source():
    lines = texts(shared("samples", "北京市志愿服务促进条例.pdf"))
    assert lines[0] == "北京市志愿服务促进条例"
    assert not any(line.startswith("— ") for line in lines)
    assert sum(line.startswith("第") and "条 " in line[:8] for line in lines) == 50
    assert any("系统“志愿北京”信息平台" in line for line in lines)


def test_last_page_with_a_few_words_is_no_scan(tmp_path: Path):
    pages = [pdf_page([FIRST, SECOND[:24]]), [(90.0, 740.0, "起施行。")]]
    page = read_pdf(make_pdf(tmp_path / "a.pdf", pages), LIMITS)
    assert page.warnings == ()
    assert page.lines[-1].text.endswith("起施行。")


def ruled(rows: int, columns: list[float], top: float, height: float, *, without: str = "") -> bytes:
    """Drawing commands for a ruled table; `without` "r,c" leaves out the rule above that cell."""
    drawn = []
    for row in range(rows + 1):
        y = top - row * height
        for at, (left, right) in enumerate(pairwise(columns)):
            if f"{row},{at}" != without:
                drawn.append(f"{left} {y} m {right} {y} l S")
    drawn += [f"{x} {top} m {x} {top - rows * height} l S" for x in columns]
    return "\n".join(drawn).encode()


def test_ruled_table_gives_its_rows_in_place_and_a_cell_over_two_rows_is_said_in_both(tmp_path: Path):
    page = [
        *pdf_page([FIRST]),
        (95, 640, "事项"), (245, 640, "期限"), (395, 640, "部门"),
        (95, 610, "社区社会组织"), (95, 592, "备案"), (245, 600, "五个工作日"), (395, 580, "街道办事处"),
        (95, 560, "备案变更"), (245, 560, "三个工作日"),
        (122, 480, SECOND[:24]), (90, 452, SECOND[24:]),
    ]  # fmt: skip
    rules = b"\n".join(
        [
            ruled(1, [90, 240, 390, 540], 660, 30),
            ruled(2, [90, 240, 390, 540], 630, 45, without="1,2"),
        ]
    )
    lines = texts(make_pdf(tmp_path / "a.pdf", [page], drawing=rules))
    assert lines == [
        FIRST,
        "事项 | 期限 | 部门",
        "社区社会组织备案 | 五个工作日 | 街道办事处",
        "备案变更 | 三个工作日 | 街道办事处",
        SECOND,
    ]


def test_frame_around_text_is_no_table(tmp_path: Path):
    path = make_pdf(tmp_path / "a.pdf", [pdf_page([FIRST, SECOND])], drawing=b"60 60 480 720 re S")
    assert texts(path) == [FIRST, SECOND]


def test_table_over_two_pages_has_one_head_and_whole_rows(tmp_path: Path):
    head = [(95, 640, "事项"), (245, 640, "办理期限和要求")]
    first = [*head, (95, 610, "备案"), (245, 610, "自收到材料之日起五个")]
    second = [*head, (245, 610, "工作日内办结"), (95, 580, "变更"), (245, 580, "即时办结")]
    rules = ruled(3, [90, 240, 410], 660, 30)
    lines = texts(make_pdf(tmp_path / "a.pdf", [first, second], drawing=rules))
    assert lines == ["事项 | 办理期限和要求", "备案 | 自收到材料之日起五个工作日内办结", "变更 | 即时办结"]


ARTICLES = [
    f"第{n}条 社区社会组织应当向所在地街道办事处备案，所列第{n}项材料应当齐全有效，不得缺少。"
    for n in "一二三四五六"
]


def columned(articles: list[str], left: float, *, width: int = 12) -> list[tuple[float, float, str]]:
    placed, y = [], 700.0
    for article in articles:
        pieces = [
            article[: width - 2],
            *(article[at : at + width] for at in range(width - 2, len(article), width)),
        ]
        for number, piece in enumerate(pieces):
            placed.append((left + (0 if number else 32), y, piece))
            y -= 24
    return placed


@pytest.mark.parametrize("row_by_row", [False, True])
def test_two_columns_are_read_one_after_the_other(tmp_path: Path, row_by_row: bool):
    title = (180.0, 760.0, "社区社会组织备案管理办法")
    words = [title, *columned(ARTICLES[:3], 80), *columned(ARTICLES[3:], 310)]
    if row_by_row:
        words.sort(key=lambda placed: (-placed[1], placed[0]))
    assert texts(make_pdf(tmp_path / "a.pdf", [words])) == ["社区社会组织备案管理办法", *ARTICLES]


def test_list_with_two_sides_is_not_two_columns(tmp_path: Path):
    rows = [(90.0, 700.0 - 28 * n, f"第{n}项") for n in range(1, 8)]
    sides = [(400.0, 700.0 - 28 * n, f"{n}日内") for n in range(1, 8)]
    words = [word for pair in zip(rows, sides, strict=True) for word in pair]
    text = "".join(texts(make_pdf(tmp_path / "a.pdf", [words]))).replace(" ", "")
    assert text == "".join(f"第{n}项{n}日内" for n in range(1, 8))


def test_what_a_browser_prints_around_a_page_is_dropped(tmp_path: Path):
    page = [
        (30, 820, "2026/11/22 12:33 备案管理办法_某市民政局"),
        *pdf_page([FIRST]),
        (30, 20, "https://mz.example.gov.cn/a.html 1/1"),
    ]
    assert texts(make_pdf(tmp_path / "a.pdf", [page])) == [FIRST]
