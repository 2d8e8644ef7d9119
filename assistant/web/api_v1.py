"""The versioned interface for programs: /api/v1/ask, search, documents, and its description, served offline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse

from assistant.presenting import hit_json
from assistant.web import wording
from assistant.web.api import AskIn, answer_for_program, asker_of
from assistant.web.api_models import AnswerOut, DocumentOut, DocumentsOut, ErrorOut, HitsOut, TextOut
from assistant.web.desk import Desk, Enquiry
from assistant.web.library import Filters, select
from assistant.web.limits import Share
from assistant.web.render import plain_page, templates

if TYPE_CHECKING:
    from assistant.following import Answering
    from assistant.question_log import QuestionLog

PREFIX = "/api/v1"
VERSION = "1.0"
_READS_PER_MINUTE = 120  # documents, from one address
_FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorOut, "description": "请求格式不对"},
    401: {"model": ErrorOut, "description": "需要先登录（设了 ASSISTANT_LOGIN=all 时）"},
    404: {"model": ErrorOut, "description": "没有这份文件"},
    422: {"model": ErrorOut, "description": "问题或地区不能接受"},
    429: {"model": ErrorOut, "description": "太频繁，按 Retry-After 等待后再试"},
    503: {"model": ErrorOut, "description": "系统繁忙，按 Retry-After 等待后再试"},
}


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of a body, as the description shows it."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program can do."""

    method: str
    path: str
    summary: str
    description: str
    takes: tuple[Field, ...]
    gives: tuple[Field, ...]


def routes(assistant: Answering, desk: Desk, log: QuestionLog) -> APIRouter:
    """The operations, their OpenAPI description and a page that shows it."""
    router = APIRouter()
    operations = _operations(assistant, desk, log)
    router.include_router(operations, prefix=PREFIX)
    schema = get_openapi(
        title=wording.TITLE,
        version=VERSION,
        description=wording.API_ABOUT,
        routes=router.routes,
    )
    told = tuple(described(schema))

    @router.get(f"{PREFIX}/openapi.json", include_in_schema=False)
    def openapi() -> JSONResponse:
        return JSONResponse(schema)

    @router.get(f"{PREFIX}/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return plain_page(templates().get_template("api_docs.html").render(schema=schema, operations=told))

    return router


def _operations(assistant: Answering, desk: Desk, log: QuestionLog) -> APIRouter:
    router = APIRouter(responses=_FAULTS)
    share = Share(_READS_PER_MINUTE)

    def slowly(request: Request) -> None:
        share.take(asker_of(request).address)

    @router.post("/ask", summary="回答一个问题", response_model=AnswerOut)
    def ask(body: AskIn, request: Request) -> dict[str, object]:
        """按政策文件原文回答，与网页相同；没有依据时如实拒答（refused 为 true），不是错误。"""
        return answer_for_program(body, request, desk=desk, log=log)

    @router.get("/search", summary="查找条款", response_model=HitsOut)
    def search(
        request: Request,
        q: Annotated[str, Query(description="要查的内容")],
        region: Annotated[str, Query(description="提问人所在地区，如 四川、成都市")] = "",
        top_k: Annotated[int, Query(ge=1, le=100, description="最多几条")] = 20,
    ) -> dict[str, object]:
        """与问题最相关的条款，最相关的在前；rejected 非空的不适用于这个地区。"""
        hits = desk.search(Enquiry(q, region), asker=asker_of(request), top_k=top_k)
        return {"hits": [hit_json(rank, hit) for rank, hit in enumerate(hits, 1)]}

    @router.get("/documents", summary="列出文件", response_model=DocumentsOut, dependencies=[Depends(slowly)])
    def documents(
        q: Annotated[str, Query(description="标题、文号或机关里的词")] = "",
        region: Annotated[str, Query(description="地区，如 四川省")] = "",
        level: Annotated[str, Query(description="级别，如 规范性文件")] = "",
        status: Annotated[str, Query(description="效力，如 现行有效")] = "",
        year: Annotated[str, Query(description="成文年份，如 2020")] = "",
    ) -> dict[str, object]:
        """在用的文件，不含全文。"""
        held = [d for d in assistant.documents() if not d.retired]
        found = select(held, Filters(q.strip(), region, level, status, year))
        return {"documents": [DocumentOut.of(document) for document in found]}

    @router.get(
        "/documents/{document_id:path}",
        summary="读一份文件",
        response_model=TextOut,
        dependencies=[Depends(slowly)],
    )
    def document(document_id: str) -> TextOut:
        """文件信息、目录和全文；引文的 start、end 是全文里的字符位置（从 0 起，不含 end）。"""
        return TextOut.of(assistant.document(document_id))

    return router


def described(schema: dict[str, Any]) -> Iterator[Operation]:
    """The operations of an OpenAPI description, with their fields told in one line each."""
    parts = schema.get("components", {}).get("schemas", {})
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            parameters = (_field(p["name"], p, p["schema"], parts) for p in told.get("parameters", ()))
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            given = told["responses"]["200"]["content"]["application/json"]["schema"]
            yield Operation(
                method.upper(),
                path,
                told.get("summary", ""),
                told.get("description", ""),
                (*parameters, *_fields(body, parts)),
                tuple(_fields(given, parts)),
            )


def _fields(schema: dict[str, Any] | None, parts: dict[str, Any]) -> Iterator[Field]:
    if schema is None:
        return
    record = _resolved(schema, parts)
    required = record.get("required", ())
    for name, field in record.get("properties", {}).items():
        yield _field(name, {"required": name in required} | field, field, parts)


def _field(name: str, told: dict[str, Any], schema: dict[str, Any], parts: dict[str, Any]) -> Field:
    words = told.get("description") or _resolved(schema, parts).get("description", "")
    return Field(name, _kind(schema), bool(told.get("required")), words)


def _kind(schema: dict[str, Any]) -> str:
    """The type of a field in words a reader of JSON knows."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removesuffix("Out").removesuffix("In")
    if "anyOf" in schema:
        return " | ".join(_kind(option) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return str(schema.get("format") or schema.get("type") or "object")


def _resolved(schema: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: dict[str, Any] = parts.get(name, schema)
    return found
