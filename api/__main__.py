"""The API process: `python -m api`."""

import asyncio
import gc
import os
import sys

import structlog
import uvicorn

from api.app import build_app
from bootstrap.observability import configure_logging
from bootstrap.settings import Settings, load_settings
from bootstrap.wiring import open_services
from domain.errors import AnswerableError

_log = structlog.get_logger("api")
# Requests that wait for an answer are given this long once the process is asked to stop; their turns go on without
# it, and clients that repeat their key get the answers.
_GRACE_SECONDS = 10


async def _serve(settings: Settings) -> None:
    async with open_services(settings) as services:
        server = uvicorn.Server(_server_config(settings, build_app(services)))
        _log.info("api_starting", host=settings.api_host, port=settings.api_port)
        # uvicorn handles SIGTERM and SIGINT: it stops accepting, and lets requests finish within the grace.
        await server.serve()
    if not server.started:
        raise SystemExit(1)
    # The Temporal client's threads may still hold the interpreter: let them come to rest before it ends.
    gc.collect()
    await asyncio.sleep(0.3)


def _server_config(settings: Settings, app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's own ASGI types differ from Starlette's
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        h11_max_incomplete_event_size=64 * 1024,
        ws="none",
    )


def main() -> int:
    """Serve until SIGTERM or SIGINT. Returns the exit code."""
    try:
        settings = load_settings()
        configure_logging(settings, "api")
        asyncio.run(_serve(settings))
    except AnswerableError as error:
        _log.error("api_failed", code=error.code, message=error.message)
        return 1
    except SystemExit as stop:
        return int(stop.code or 0)
    except KeyboardInterrupt:
        # uvicorn raises the signal again after it shut down in order.
        return 0
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Interpreter shutdown races with the Temporal client's native threads and may abort a process that is done.
    os._exit(code)
