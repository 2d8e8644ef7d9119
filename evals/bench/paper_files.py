"""Writing a paper as a file of each format that offices use."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

from evals.bench.commands import BenchError
from evals.bench.papers import Paper

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_OFD_CHARS, _OFD_LINES = 30, 32  # characters of a line, lines of a page
_CONVERT_S = 180
_DPI = 200

Writer = Callable[[Paper, Path], None]


def _write_txt(paper: Paper, path: Path) -> None:
    """As Windows Notepad writes it: GB18030 and carriage returns."""
    path.write_bytes("\r\n".join(_all_lines(paper)).encode("gb18030"))


def _write_md(paper: Paper, path: Path) -> None:
    above = "".join(f"{line}\n\n" for line in paper.above)
    path.write_text(f"{above}# {paper.title}\n\n" + "\n\n".join(paper.lines) + "\n", "utf-8")


def _write_html(paper: Paper, path: Path) -> None:
    """As a government site publishes it, its own words around the text."""
    rows = "".join(
        f"<tr><td>{key}：</td><td>{escape(value)}</td><td>{other}：</td><td>{escape(beside)}</td></tr>"
        for key, value, other, beside in (
            ("索 引 号", "008/2026-00011", "主题分类", "民政"),
            ("名 称", paper.title, "文 号", paper.metadata["doc_number"]),
        )
    )
    body = "".join(f"<p>　　{escape(line)}</p>\n" for line in paper.lines)
    path.write_text(
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{escape(paper.title)}_某某网</title>"
        "<script>var n=1;</script></head><body><div class='nav'>首页 | 新闻 | 政务公开</div>"
        "<div class='position'>当前位置：首页 &gt; 政务公开 &gt; 政策文件</div>"
        f"<table class='info'>{rows}</table><h1>{escape(paper.title)}</h1>"
        "<div class='share'>【打印】【关闭】 分享到：微信 微博</div>"
        f"<div class='TRS_Editor'>{body}</div>"
        "<div class='related'>相关链接</div><div class='footer'>版权所有 备案号：某ICP备05000000号</div></body></html>",
        "utf-8",
    )


def _write_docx(paper: Paper, path: Path) -> None:
    """With the title as running header and page numbers below, as Word prints it."""
    centred = '<w:jc w:val="center"/>'
    indented = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
    body = "".join(_paragraph(line, centred) for line in (*paper.above, paper.title))
    body += "".join(_paragraph(line, indented) for line in paper.lines)
    section = (
        f'<w:sectPr><w:headerReference w:type="default" r:id="h1" xmlns:r="{_OFFICE}"/>'
        f'<w:footerReference w:type="default" r:id="f1" xmlns:r="{_OFFICE}"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"'
        ' w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>'
    )
    number = '<w:r><w:t>— </w:t></w:r><w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t> —</w:t></w:r>'
    _write_zip(
        path,
        {
            "[Content_Types].xml": _types("document.main", "header", "footer"),
            "_rels/.rels": _relations(("r1", "officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": _relations(
                ("h1", "header", "header.xml"), ("f1", "footer", "footer.xml")
            ),
            "word/document.xml": f"<w:document {_WORD}><w:body>{body}{section}</w:body></w:document>",
            "word/header.xml": f"<w:hdr {_WORD}>{_paragraph(paper.title, centred)}</w:hdr>",
            "word/footer.xml": f"<w:ftr {_WORD}><w:p><w:pPr>{centred}</w:pPr>{number}</w:p></w:ftr>",
        },
    )


def _paragraph(text: str, properties: str) -> str:
    run = '<w:rPr><w:rFonts w:eastAsia="Noto Serif CJK SC"/><w:sz w:val="32"/></w:rPr>'
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r>{run}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _types(*kinds: str) -> str:
    parts = "".join(
        f'<Override PartName="/word/{kind.partition(".")[0]}.xml" ContentType="{_PART}.{kind}+xml"/>'
        for kind in kinds
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{parts}</Types>"
    )


def _relations(*relations: tuple[str, str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for id_, kind, target in relations
    )
    return f'<Relationships xmlns="{_RELATIONS_NS}">{listed}</Relationships>'


def _write_ofd(paper: Paper, path: Path) -> None:
    """Lines broken at a fixed width, the first of a paragraph indented, with page numbers."""
    printed = [(0 if line in (*paper.above, paper.title) else 2, line) for line in _all_lines(paper)]
    lines: list[tuple[int, str]] = []
    for indent, text in printed:
        first = _OFD_CHARS - indent
        rest = text[first:]
        lines.append((indent, text[:first]))
        lines += [(0, rest[at : at + _OFD_CHARS]) for at in range(0, len(rest), _OFD_CHARS)]
    pages = [lines[at : at + _OFD_LINES] for at in range(0, len(lines), _OFD_LINES)]
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    parts = {
        "OFD.xml": f"<ofd:OFD {_OFD}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {_OFD}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for number, page in enumerate(pages):
        drawn = "".join(
            _ofd_text(25 + 5.3 * indent, 30 + 7.4 * row, text) for row, (indent, text) in enumerate(page)
        )
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f"<ofd:Page {_OFD}><ofd:Content><ofd:Layer>{drawn}{_ofd_text(100, 280, f'— {number + 1} —')}</ofd:Layer>"
            "</ofd:Content></ofd:Page>"
        )
    _write_zip(path, parts)


def _ofd_text(x: float, y: float, text: str) -> str:
    return (
        f'<ofd:TextObject Boundary="{x:.2f} {y:.2f} 165 6" Size="5.3"><ofd:TextCode X="0" Y="5.3">{escape(text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def _write_scan(paper: Paper, path: Path) -> None:
    """Pictures of the printed pages, without words."""
    import pypdfium2

    printed = path.with_suffix(".printed.pdf")
    _converted("pdf")(paper, printed)
    document = pypdfium2.PdfDocument(printed)
    pages = [page.render(scale=_DPI / 72, grayscale=True).to_pil() for page in document]
    document.close()
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=_DPI)


def _converted(kind: str) -> Writer:
    """A writer by LibreOffice, from the Word file; a .wps is a .doc of another name."""

    def write(paper: Paper, path: Path) -> None:
        folder = path.parent / f"{path.name}.made"
        folder.mkdir()
        source = folder / "source.docx"
        _write_docx(paper, source)
        wanted = {"wps": "doc:MS Word 97", "doc": "doc:MS Word 97"}.get(kind, kind)
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{path.parent}/office-profile"]
        command += ["--convert-to", wanted, "--outdir", str(folder), str(source)]
        subprocess.run(command, timeout=_CONVERT_S, check=False, capture_output=True)
        made = folder / f"source.{wanted.partition(':')[0]}"
        if not made.exists():
            raise BenchError("LibreOffice 没有转出文件，请安装 libreoffice-writer 后再试。")
        shutil.move(made, path)

    return write


def _all_lines(paper: Paper) -> list[str]:
    return [*paper.above, paper.title, *paper.lines]


def _write_zip(path: Path, parts: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


WRITERS: Mapping[str, Writer] = {
    "txt": _write_txt,
    "md": _write_md,
    "html": _write_html,
    "docx": _write_docx,
    "ofd": _write_ofd,
    "pdf": _converted("pdf"),
    "doc": _converted("doc"),
    "wps": _converted("wps"),
    "scan": _write_scan,
}
BY_OFFICE = frozenset(("pdf", "doc", "wps", "scan"))  # formats that LibreOffice writes
