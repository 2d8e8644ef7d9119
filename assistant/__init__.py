"""The grassroots policy assistant (社区社会组织政策助手): question in, cited answer out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answer import Assistant
    from assistant.config import Settings
    from assistant.domain import Answer, AnswerStatus, Citation

__all__ = ["Answer", "AnswerStatus", "Assistant", "Citation", "Settings"]
__version__ = "0.11.0"

_HOMES = {
    "Answer": "assistant.domain",
    "AnswerStatus": "assistant.domain",
    "Assistant": "assistant.answer",
    "Citation": "assistant.domain",
    "Settings": "assistant.config",
}


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
