"""The system under measurement: one of its own, as a user starts it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from rich.console import Console

from bootstrap.embedded.own_system import own_system
from bootstrap.embedded.state import RunningState


@contextmanager
def started_system(console: Console, settings: Mapping[str, str] | None = None) -> Iterator[RunningState]:
    """Start, yield where it answers, stop and delete; ``settings`` are variables of its environment.

    Raises RuntimeError with its output when it does not start.
    """
    with ExitStack() as stack:
        with console.status("starting the system"):
            state = stack.enter_context(own_system("answerable-bench-", settings))
        yield state
