"""Functions of a pack that nobody should install."""

import os
import time
from typing import Any


def adds(first: int, second: int) -> dict[str, int]:
    print("noise on standard output")  # noqa: T201 - the point
    return {"sum": first + second}


def hangs() -> None:
    time.sleep(600)


def spins() -> None:
    while True:
        pass


def raises() -> None:
    raise RuntimeError("the secret is hunter2")


def floods() -> str:
    return "x" * 50_000_000


def returns_an_object() -> Any:
    return object()


def returns_no_number() -> float:
    return float("nan")


def exits() -> None:
    os._exit(7)


def environment() -> list[str]:
    return sorted(name for name in os.environ if "DATABASE" in name or "SECRET" in name or "KEY" in name)
