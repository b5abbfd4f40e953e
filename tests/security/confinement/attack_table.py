"""What a hostile document's parser or a hostile tool tries. Each attack returns if it succeeded and raises if not.

``Target`` says what there is to be had; the attacked process puts it in place and checks nothing itself.
"""

import os
from collections.abc import Callable

from pydantic import BaseModel

from adapters.confined.layers import Layer

Attack = Callable[["Target"], object]
ATTACKS: dict[str, tuple[Attack, frozenset[Layer]]] = {}


class Target(BaseModel):
    """What the attacked process has: ids of processes, paths and addresses."""

    worker: int
    bystander: int
    secret_file: str
    code_file: str
    outside: str
    other_job: str
    tcp_port: int
    unix_socket: str
    abstract_socket: str


class RefusedError(Exception):
    """The attack came to nothing without an error of the system."""


def attack(*stopped_by: Layer) -> Callable[[Attack], Attack]:
    """One attack; it may succeed only where the report says that every layer in ``stopped_by`` is missing."""

    def added(function: Attack) -> Attack:
        ATTACKS[function.__name__] = (function, frozenset(stopped_by))
        return function

    return added


def tried(target: Target) -> dict[str, str]:
    """What came of each: empty if it succeeded, else why it did not."""
    return {name: _tried(function, target) for name, (function, _) in ATTACKS.items()}


def _tried(function: Attack, target: Target) -> str:
    owner = os.getpid()
    try:
        function(target)
    except (OSError, RefusedError, MemoryError, ValueError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        if os.getpid() != owner:
            # An attack that made a process: the copy goes no further.
            os._exit(0)
    return ""
