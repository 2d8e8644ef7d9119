"""What a server that runs for months does once a day (日常清理)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

DAY_S = 24 * 3600.0

logger = logging.getLogger(__name__)


async def daily(work: Callable[[], object], *, every_s: float = DAY_S) -> None:
    """Do some work in a thread at once and then once a day, until cancelled.

    A fault is logged and tried again the next day: a full disk must not stop the service.
    """
    while True:
        try:
            await run_in_threadpool(work)
        except Exception:
            logger.exception("the daily clearing failed")
        await asyncio.sleep(every_s)
