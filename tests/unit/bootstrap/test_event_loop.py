"""How processes run their coroutines."""

import asyncio
import gc

import uvloop

from bootstrap import event_loop


def test_a_process_runs_on_uvloop_and_returns_what_its_coroutine_returns() -> None:
    async def main() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert event_loop.run(main) == uvloop.Loop.__module__


def test_what_is_loaded_is_passed_over_by_the_collector() -> None:
    before = gc.get_freeze_count()
    try:
        event_loop.keep_what_is_loaded()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
