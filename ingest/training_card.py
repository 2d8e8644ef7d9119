"""The model card (README.md) of a trained encoder, in Chinese, with its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from ingest.training_measures import MeasuredRow

_TEMPLATE = Path(__file__).with_name("model_card.md")
_ABLATION = Path(__file__).with_name("ablation.md")


def write_card(
    out: Path,
    facts: Mapping[str, str],
    *,
    statute_rows: Sequence[MeasuredRow],
    domain_rows: Mapping[str, Sequence[MeasuredRow]],
) -> None:
    """Write README.md into an encoder folder.

    Args:
        out: The folder.
        facts: Values of the template's names other than the tables.
        statute_rows: Figures over statutes.
        domain_rows: Figures over the corpus, by the kind of question.
    """
    sections = [f"**{kind}**\n\n{table(rows)}" for kind, rows in domain_rows.items()]
    text = Template(_TEMPLATE.read_text("utf-8")).substitute(
        facts,
        statute_table=table(statute_rows),
        domain_table="\n\n".join(sections),
        ablation=_ABLATION.read_text("utf-8").strip(),
    )
    (out / "README.md").write_text(text, "utf-8")


def table(rows: Sequence[MeasuredRow]) -> str:
    """A Markdown table of figures with intervals, one line per method; "（无）" without rows."""
    if not rows:
        return "（无）"
    names = list(rows[0].figures)
    lines = [f"| 方法（n={rows[0].n}） | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    lines += [
        f"| {row.method} | " + " | ".join(str(row.figures[name]) for name in names) + " |" for row in rows
    ]
    return "\n".join(lines)
