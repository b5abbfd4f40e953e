"""Whether the server is alive and can serve."""

from answerable_sdk.model import Model
from answerable_sdk.transport.call import Call, parse_as


class Health(Model):
    """The server's process answers."""

    status: str


class Dependency(Model):
    """One dependency of the server; ``hint`` says how to repair it."""

    name: str
    ok: bool
    latency_ms: float
    hint: str | None


class Readiness(Model):
    """Whether the server can serve requests. ``warnings``: what works, but not as it should."""

    ready: bool
    dependencies: tuple[Dependency, ...]
    warnings: tuple[str, ...] = ()


def health_call() -> Call[Health]:
    return Call("GET", "/v1/health", parse_as(Health))


def ready_call() -> Call[Readiness]:
    """503 has the same body and is an answer too, so it is not retried."""
    return Call("GET", "/v1/ready", parse_as(Readiness, also=(503,)), retried=False)
