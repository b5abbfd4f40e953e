"""What recipes have in common: who attacks, for how long, and what came of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

_TIMEOUT_SECONDS: Final = 120.0
# So that a recipe which is refused at once does not spend the machine on its own client.
_PAUSE_SECONDS: Final = 0.02


@dataclass
class Attacker:
    """A tenant's key for everything, and until when it is used. ``seen`` counts what each recipe was answered."""

    url: str
    api_key: str
    dataset_id: UUID
    seconds: float
    seen: dict[str, Counter[str]] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self.began > self.seconds

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for recipes that speak for themselves."""
        parsed = httpx.URL(self.url)
        return parsed.host, parsed.port or 80

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}", "Idempotency-Key": uuid4().hex}

    def count(self, recipe: str, what: object) -> None:
        self.seen.setdefault(recipe, Counter())[str(what)] += 1


Step = Callable[[Attacker, httpx.AsyncClient], Awaitable[object]]
"""One go of a recipe: returns what it was answered, a status or a word."""


@dataclass(frozen=True)
class Recipe:
    """``step`` is repeated until the end by ``at_once`` clients at a time."""

    name: str
    step: Step
    at_once: int = 2


async def cook(recipes: tuple[Recipe, ...], attacker: Attacker) -> None:
    """All recipes at once, until the attacker's time is over."""
    await asyncio.gather(*(_repeat(one, attacker) for one in recipes for _ in range(one.at_once)))


async def _repeat(recipe: Recipe, attacker: Attacker) -> None:
    async with httpx.AsyncClient(base_url=attacker.url, timeout=_TIMEOUT_SECONDS) as client:
        while not attacker.is_over:
            left = attacker.seconds - (time.monotonic() - attacker.began)
            try:
                async with asyncio.timeout(max(left, 0.1)):
                    attacker.count(recipe.name, await recipe.step(attacker, client))
            except TimeoutError:
                attacker.count(recipe.name, "unfinished")
            except (httpx.TransportError, OSError) as error:
                attacker.count(recipe.name, type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)


def posting(path: str, body: Callable[[], Any] | bytes, headers: dict[str, str] | None = None) -> Step:
    """A step that posts JSON: the same bytes every time, or a body that is made anew."""

    async def step(attacker: Attacker, client: httpx.AsyncClient) -> object:
        sent = {**attacker.headers(), "Content-Type": "application/json", **(headers or {})}
        if isinstance(body, bytes):
            return (await client.post(path, content=body, headers=sent)).status_code
        return (await client.post(path, json=body(), headers=sent)).status_code

    return step


def uploading(name: str, content: Callable[[], bytes], media_type: str, fields: dict[str, str] | None = None) -> Step:
    """A step that uploads under a name of its own each time, and waits for the ingest to end."""

    async def step(attacker: Attacker, client: httpx.AsyncClient) -> object:
        file = {"file": (f"{uuid4().hex}-{name}", await asyncio.to_thread(content), media_type)}
        path = f"/v1/datasets/{attacker.dataset_id}/documents"
        reply = await client.post(path, files=file, data=fields or {}, headers=attacker.headers())
        if reply.status_code != 202:
            return reply.status_code
        return await _ended(reply.json()["ingest_id"], attacker, client)

    return step


async def _ended(ingest_id: str, attacker: Attacker, client: httpx.AsyncClient) -> str:
    while True:
        reply = await client.get(f"/v1/ingests/{ingest_id}", headers=attacker.headers())
        if reply.status_code not in (200, 429):
            return f"{reply.status_code} for its state"
        if reply.status_code == 200:
            ingest: dict[str, Any] = reply.json()
            if ingest["state"] not in ("queued", "running"):
                error: dict[str, Any] | None = ingest["error"]
                return str(error["code"] if error else ingest["state"])
        await asyncio.sleep(0.5)
