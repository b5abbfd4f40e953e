"""The application over fakes, made anew for each test at the price of one."""

from functools import lru_cache

from fastapi import APIRouter, FastAPI

from api.app import build_app_over
from tests.unit.api.fakes import Backend


def application_over(backend: Backend) -> FastAPI:
    """An application of its own, with its own state and middleware.

    Only the routes are shared, for they depend on nothing of a test: FastAPI analyses each route at its first request,
    which takes longer than most tests.
    """
    app = build_app_over(backend, backend.workflows)
    app.router = _analysed_routes()
    return app


@lru_cache(maxsize=1)
def _analysed_routes() -> APIRouter:
    backend = Backend()
    return build_app_over(backend, backend.workflows).router
