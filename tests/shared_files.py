"""Real pages and office files that lie beside a checkout, when they do."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


def shared(*parts: str) -> Path:
    """Path of a shared file; the test is skipped where the folder is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no {'/'.join(parts)} beside this checkout")
    return path


def seed(prefix: str) -> Path:
    """The raw page whose name starts with `prefix`."""
    return next(iter(sorted(shared("seeds").glob(f"{prefix}_*.txt"))))
