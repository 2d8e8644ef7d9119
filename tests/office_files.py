"""Files of every format, made by code."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

OFD_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def make_pdf(
    path: Path,
    pages: Sequence[Sequence[tuple[float, float, str]]],
    *,
    extra: bytes = b"",
    drawing: bytes = b"",
) -> Path:
    """A PDF whose pages show (x, y, text) in 16-point Song, not embedded, y from the bottom.

    `drawing` are drawing commands that every page has too.
    """
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>"
    )
    objects.append(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 5 0 R >>"
    )
    objects.append(
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    )
    kids = []
    for page in pages:
        drawn = "".join(
            f"BT /F1 16 Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"
            for x, y, text in page
        ).encode()
        drawn = drawing + b"\n" + drawn if drawing else drawn
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (len(objects) + 2)
        )
        objects.append(b"<< /Length %d >>\nstream\n%sendstream" % (len(drawn), drawn))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (
        b" ".join(b"%d 0 R" % kid for kid in kids),
        len(kids),
    )
    data, offsets = b"%PDF-1.4\n" + extra, []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(data),
    )  # fmt: skip
    path.write_bytes(data)
    return path


def pdf_page(
    paragraphs: Sequence[str], *, header: str = "", footer: str = "", width: int = 26
) -> list[tuple[float, float, str]]:
    """Paragraphs as an office prints them: first lines indented, broken at `width` characters."""
    placed = [(90.0, 800.0, header)] if header else []
    y = 740.0
    for paragraph in paragraphs:
        first, rest = paragraph[: width - 2], paragraph[width - 2 :]
        lines = [(122.0, first), *((90.0, rest[at : at + width]) for at in range(0, len(rest), width))]
        for x, line in lines:
            placed.append((x, y, line))
            y -= 28
    return [*placed, (280.0, 40.0, footer)] if footer else placed


def make_ofd(path: Path, pages: Sequence[str], *, root: str | None = None) -> Path:
    """An OFD whose page contents are given as the XML inside the layer."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    parts = {
        "OFD.xml": root
        or f"<ofd:OFD {OFD_NS}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD_NS}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for n, content in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{n}/Content.xml"] = (
            f"<ofd:Page {OFD_NS}><ofd:Content><ofd:Layer>{content}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return make_zip(path, parts)


def ofd_line(x: float, y: float, text: str) -> str:
    """A text object of an OFD page, in millimetres from the upper left corner."""
    return (
        f'<ofd:TextObject Boundary="{x} {y} 160 7" Size="5.6"><ofd:TextCode X="0" Y="5.6">{escape(text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def make_docx_xml(
    path: Path,
    body: str,
    *,
    numbering: str | None = None,
    others: Mapping[str, str] | None = None,
    complete: bool = False,
) -> Path:
    """A .docx from the XML of its body, without any library's help or opinion.

    Office programs open it only when it is `complete`, with types and relations.
    """
    ns = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {ns}><w:body>{body}</w:body></w:document>",
    }
    if complete:
        parts |= {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS}
    if numbering:
        parts["word/numbering.xml"] = f"<w:numbering {ns}>{numbering}</w:numbering>"
    for name, content in (others or {}).items():
        parts[name] = content.replace("NS", ns, 1)
    return make_zip(path, parts)


def paragraph(text: str, properties: str = "") -> str:
    """A Word paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def make_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """A zip file with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path
