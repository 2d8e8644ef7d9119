"""Self-examination: what is wrong with environment, home, index or encoder, and what to do."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.config import Settings
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.tools import Tools

_FREE_BYTES = 500 * 1024**2  # room for one more generation of a large catalogue


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined; `detail` says what to do when it is not sound."""

    what: str
    sound: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Every check in order; never raises for a fault it can name."""
    tools, finding = _tools(settings)
    findings = [finding, _disk(settings), _catalogue(settings)]
    if tools is not None:
        findings.append(_index(settings, tools))
    findings.append(_model(settings))
    return findings


def _tools(settings: Settings) -> tuple[Tools | None, Finding]:
    from assistant.tools import open_tools

    try:
        tools = open_tools(settings)
    except AssistantError as exc:
        return None, Finding("向量模型与词典", False, str(exc))
    return tools, Finding("向量模型与词典", True, f"{tools.encoder.fingerprint}，{tools.encoder.dim} 维")


def _disk(settings: Settings) -> Finding:
    place = settings.home if settings.home.exists() else settings.home.absolute().parent
    free = shutil.disk_usage(place).free
    enough = free > _FREE_BYTES
    advice = "" if enough else "，不足以重建索引，请清理磁盘"
    return Finding("磁盘空间", enough, f"{settings.home} 所在磁盘剩余 {free / 1024**3:.1f} GB{advice}")


def _catalogue(settings: Settings) -> Finding:
    from assistant.catalogue import FILE_NAME, Catalogue

    if not (settings.home / FILE_NAME).exists():
        return Finding("文件库", False, "还没有建立，请运行 ingest sync")
    try:
        catalogue = Catalogue.open(settings.home)
    except AssistantError as exc:
        return Finding("文件库", False, str(exc))
    documents = catalogue.documents()
    catalogue.close()
    retired = sum(d.retired for d in documents)
    return Finding("文件库", True, f"{len(documents)} 份文件，其中 {retired} 份已停用")


def _index(settings: Settings, tools: Tools) -> Finding:
    from assistant.generations import fault, published
    from assistant.index import Index

    folder = published(settings.home)
    found = fault(folder) if folder else ""
    if found:  # before opening it here: damage can crash the process
        return Finding("索引", False, f"{found}。请运行 ingest publish 重建")
    try:
        index = Index.open(settings.home, encoder=tools.encoder, segmenter=tools.segmenter)
    except AssistantError as exc:
        return Finding("索引", False, str(exc))
    manifest = index.manifest
    index.close()
    name = folder.name if folder else ""
    return Finding("索引", True, f"{name}，{manifest.passages} 段，{manifest.questions} 条问法")


def _model(settings: Settings) -> Finding:
    """One small request, when a model is configured; the quotes are answered with in any case."""
    if not settings.llm_base_url and not settings.llm_model:
        return Finding("大模型", True, "未配置，按原文摘录回答")
    from assistant.llm import Writer

    try:
        writer = Writer.from_settings(settings)
    except AssistantError as exc:
        return Finding("大模型", False, str(exc))
    fault = writer.fault() if writer else ""
    where = f"{settings.llm_model}（{settings.llm_base_url}）"
    return Finding("大模型", not fault, f"{where}：{fault}。处理办法见 docs/model.md" if fault else where)
