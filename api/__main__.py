"""The API process: `python -m api`."""

import asyncio
import functools
import gc
import os
import resource
import signal
import sys
from types import FrameType

import structlog
import uvicorn

from api.app import build_app
from api.services import process_of
from api.wire.limits import ConnectionTable, HttpLimits
from api.wire.protocol import BoundedHttp
from bootstrap import event_loop
from bootstrap.confinement import keep_secrets_in
from bootstrap.observability.logs import configure_logging, forward_core_logs
from bootstrap.settings import Settings, load_settings
from bootstrap.wiring.services import open_services
from domain.errors import AnswerableError

_log = structlog.get_logger("api")
# Requests under way are given this long once the process is asked to stop.
_GRACE_SECONDS = 10
# File descriptors that are no connections of clients: the database, Temporal, temporary files, logs.
_OTHER_FILES = 200


class _Server(uvicorn.Server):
    """On SIGTERM and SIGINT uvicorn stops accepting and lets requests finish; ours are told not to wait for turns."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)


async def _serve(settings: Settings) -> None:
    async with open_services(settings) as services:
        app = build_app(services)
        server = _Server(_server_config(settings, app), process_of(app).stopping)
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn raises the signal again once it has shut down; by then everything is done that it asked for.
            signal.signal(signal_number, _already_stopping)
        event_loop.keep_what_is_loaded()
        _log.info("api_starting", host=settings.api_host, port=settings.api_port)
        await server.serve()
    if not server.started:
        raise SystemExit(1)
    # The Temporal client's threads may still hold the interpreter: let them come to rest before it ends.
    gc.collect()
    await asyncio.sleep(0.3)


def _already_stopping(_signal: int, _frame: FrameType | None) -> None:
    return


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
        http=functools.partial(BoundedHttp, table=_connections(settings)),  # type: ignore[arg-type]  # called like a class
        ws="none",
    )


def _connections(settings: Settings) -> ConnectionTable:
    """With a file descriptor for each connection, and those that everything else needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.api_max_connections + _OTHER_FILES
    if soft < wanted:
        soft = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    most = max(1, min(settings.api_max_connections, soft - _OTHER_FILES))
    if most < settings.api_max_connections:
        _log.warning("fewer_connections", most=most, wanted=settings.api_max_connections, open_files=hard)
    per_peer = min(settings.api_max_connections_per_peer, most)
    return ConnectionTable(HttpLimits(max_connections=most, max_connections_per_peer=per_peer))


def main() -> int:
    """Serve until SIGTERM or SIGINT. Returns the exit code."""
    try:
        settings = load_settings()
        configure_logging(settings, "api")
        forward_core_logs()
        keep_secrets_in(settings)
        event_loop.run(lambda: _serve(settings))
    except AnswerableError as error:
        _log.error("api_failed", code=error.code, message=error.message)
        return 1
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Interpreter shutdown races with the Temporal client's native threads and may abort a process that is done.
    os._exit(code)
