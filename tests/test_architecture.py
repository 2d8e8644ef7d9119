"""Who may import whom, and who may import what: read from the source, without running it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_home import ROOT, clean_environment

import assistant

PACKAGES = ("assistant", "ingest", "evals")
ALLOWED = {"assistant": {"assistant"}, "ingest": {"assistant", "ingest"}, "evals": {"assistant", "evals"}}
# Libraries that are slow to import or ours to swap, and the files that know them. A folder ends in "/".
ONLY_IN = {
    "bm25s": {"evals/bench/"},
    "chromadb": {"assistant/vectors.py"},
    "docx": {"ingest/readers/", "assistant/web/export.py"},
    "fastapi": {"assistant/web/"},
    "gradio": {"assistant/web/"},
    "httpx": {"ingest/fetching.py"},
    "jieba": {"assistant/text.py", "ingest/train"},
    "langchain": {"assistant/endpoint.py"},
    "langchain_core": {"assistant/endpoint.py", "assistant/langchain_retriever.py"},
    "langchain_openai": {"assistant/endpoint.py"},
    "lxml": {"ingest/readers/"},
    "openpyxl": {"assistant/web/sheets.py", "evals/", "ingest/readers/"},
    "pypdf": {"ingest/readers/"},
    "pypinyin": {"assistant/homophones.py"},
    "pypdfium2": {"ingest/readers/", "evals/bench/paper_files.py"},
    "rich": {"ingest/terminal.py", "evals/"},
    "safetensors": {"assistant/encoder.py", "ingest/train"},
    "sentence_transformers": {"assistant/encoder.py", "ingest/train", "evals/bench/"},
    "sqlalchemy": {
        f"assistant/{name}.py"
        for name in (
            "accounts",
            "audit",
            "catalogue",
            "conversation_tables",
            "conversations",
            "exam",
            "intake",
            "question_log",
            "records",
            "retention",
            "tables",
        )
    },
    "tokenizers": {"assistant/encoder.py", "ingest/train"},
    "torch": {"ingest/train", "evals/bench/"},
    "trafilatura": {"ingest/readers/"},
    "uvicorn": {"assistant/web/"},
}
HEAVY = {*ONLY_IN, "numpy", "yaml", "sqlite3"}


@dataclass(frozen=True)
class Imported:
    """One import statement's module: where it stands and whether it runs when the file is imported."""

    file: str
    module: str
    at_import: bool

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


def sources() -> dict[str, ast.Module]:
    """Every source file of the packages by path from the root."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def imports(file: str, node: ast.AST, *, at_import: bool = True) -> Iterator[Imported]:
    """Imports below a node; those for type checkers only are left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (Imported(file, alias.name, at_import) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, f"{file}: relative import"
            yield Imported(file, child.module or "", at_import)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports(file, child, at_import=at_import and not inside)


@pytest.fixture(scope="module")
def trees():
    return sources()


@pytest.fixture(scope="module")
def found(trees):
    return [one for file, tree in trees.items() for one in imports(file, tree)]


def test_the_walk_sees_imports_inside_functions_and_not_those_for_type_checkers():
    code = (
        "import os\nif TYPE_CHECKING:\n    import torch\n"
        "def f():\n    from assistant.answer import Assistant\n"
    )
    seen = list(imports("x.py", ast.parse(code)))
    assert [(one.module, one.at_import) for one in seen] == [("os", True), ("assistant.answer", False)]


def test_packages_import_only_what_is_below_them(found):
    wrong = [
        one for one in found if one.top in PACKAGES and one.top not in ALLOWED[one.file.partition("/")[0]]
    ]
    assert wrong == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_one_place_knows_a_heavy_library(found, library):
    wrong = {
        one.file for one in found if one.top == library and not one.file.startswith(tuple(ONLY_IN[library]))
    }
    assert wrong == set()


def test_only_config_reads_the_environment(trees):
    names = {"environ", "getenv", "putenv", "unsetenv"}
    # Hand it on, or tell a library to load less; read no setting.
    for_children = {"ingest/sandbox.py", "evals/bench/starting.py", "assistant/homophones.py"}
    users = {
        file
        for file, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in names
    }
    assert users - for_children == {"assistant/config.py"}


def test_nothing_heavy_is_loaded_until_it_is_used():
    code = (
        "import sys, assistant, assistant.cli, ingest.cli, evals.cli\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_public_names_are_five():
    assert sorted(assistant.__all__) == ["Answer", "AnswerStatus", "Assistant", "Citation", "Settings"]
    for name in assistant.__all__:
        assert getattr(assistant, name).__name__ == name
    with pytest.raises(AttributeError, match="Nothing"):
        assistant.Nothing  # noqa: B018


def test_no_file_is_a_drawer_for_anything(trees):
    drawers = {"utils", "helpers", "common", "misc", "util"}
    assert {Path(file).stem for file in trees} & drawers == set()
