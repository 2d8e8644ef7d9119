"""Make corpus/documents from raw pages with the project's own ingestion, so that anybody can repeat it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from assistant.domain import Document
from assistant.errors import DocumentError
from ingest.corpus import document_markdown
from ingest.drafts import read_drafts, region_unproven

RECIPE = "sources.yaml"


def build(raw: Path, documents: Path) -> list[Path]:
    """Write a corpus file for every entry of the recipe in `documents`; returns the files.

    Raises:
        DocumentError: A raw file or the named article is missing, or cannot be read.
    """
    written = []
    for id_, document in built_documents(raw, documents / RECIPE).items():
        path = documents / f"{id_}.md"
        path.write_text(document_markdown(document), "utf-8")
        written.append(path)
    return written


def built_documents(raw: Path, recipe: Path) -> dict[str, Document]:
    """Documents by id, read from raw pages as the recipe says.

    Raises:
        DocumentError: As for `build`.
    """
    found = {}
    for entry in yaml.safe_load(recipe.read_text("utf-8")):
        path = raw / entry["file"]
        if not path.is_file():
            raise DocumentError(f"原始网页文件夹 {raw} 中没有 {entry['file']}。")
        drafts = read_drafts(path, overrides=entry.get("fields") or {})
        if entry["article"] > len(drafts):
            raise DocumentError(f"{entry['file']} 只有 {len(drafts)} 篇文章，没有第 {entry['article']} 篇。")
        draft = drafts[entry["article"] - 1]
        if not draft.is_placed:
            raise DocumentError(f"{entry['file']}：{region_unproven(draft)}")
        document = draft.document
        found[entry["id"]] = replace(document, id=entry["id"], original_sha256=None, original_suffix=None)
    return found
