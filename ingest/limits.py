"""How much one file may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for reading one file.

    The time and memory bounds hold for the child process that parses it. The
    defaults let every office document of ordinary size through on a slow machine; a
    file that needs more is broken or hostile (a 54 KB PDF can take minutes).
    """

    wall_s: float = 40.0
    cpu_s: int = 30
    memory_mb: int = 1024
    file_mb: int = 50
    pages: int = 2000
    text_chars: int = 20_000_000
    entries: int = 2000
    unpacked_mb: int = 200
    ratio: int = 200
    ocr_page_s: float = 15.0


DEFAULT_LIMITS = Limits()
