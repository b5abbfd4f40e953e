"""Figures of the invented product's own service: queries over the demo's table of events."""

from typing import Any, Final

from answerable_sdk.packs import Choice, Number, SqlReadonly, Timeframe, Tool

_ENVIRONMENTS: Final = {"production": ("prod", "live"), "sandbox": ("sandboxes",)}
_SERVICES: Final = {
    "checkout": (),
    "payments": ("payment",),
    "catalog": ("catalogue",),
    "accounts": (),
    "notifications": ("notification",),
}
_ENVIRONMENT: Final = Choice(
    argument="environment",
    values=_ENVIRONMENTS,
    words=("environment", "env"),
    not_known=("staging", "preview", "dev", "development"),
)
_SERVICE: Final = Choice(argument="service", values=_SERVICES, words=("service",))

_TIME: Final[dict[str, Any]] = {
    "since": {"type": "string", "format": "date-time", "description": "First moment, included."},
    "until": {"type": "string", "format": "date-time", "description": "Last moment, excluded."},
}
_WHERE: Final[dict[str, Any]] = {
    "service": {
        "description": "One service; all of them by default.",
        "enum": [*_SERVICES, None],
        "default": None,
    },
    "environment": {
        "description": "One environment; all of them by default.",
        "enum": [*_ENVIRONMENTS, None],
        "default": None,
    },
}


def _schema(**properties: Any) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": _TIME | properties,
        "required": ["since", "until"],
        "additionalProperties": False,
    }


def _latency(name: str, percentile: float, *metrics: str) -> Tool:
    return Tool(
        name=f"{name}_latency_24h",
        description=f"The {name} response time of the service, in milliseconds; the last 24 hours by default.",
        json_schema=_schema(**_WHERE),
        connector=SqlReadonly(query="sql/latency.sql", fixed={"percentile": percentile}),
        needs="events",
        metrics=(f"{name} latency", f"{name} response time", name, *metrics),
        takes=(Timeframe(), _SERVICE, _ENVIRONMENT),
        counts=("requests",),
    )


TOOLS: Final = (
    Tool(
        name="request_volume_24h",
        description="How many requests the service got; in the last 24 hours by default.",
        json_schema=_schema(**_WHERE),
        connector=SqlReadonly(query="sql/request_volume.sql"),
        needs="events",
        metrics=("request volume", "volume", "requests", "request count", "number of requests", "traffic", "calls"),
        takes=(Timeframe(), _SERVICE, _ENVIRONMENT),
        counts=("requests",),
    ),
    _latency("p50", 0.5, "median latency", "median response time"),
    _latency("p95", 0.95, "latency", "response time", "response times", "how slow", "how fast"),
    _latency("p99", 0.99, "tail latency"),
    Tool(
        name="error_rate_24h",
        description="How many requests failed on the server's side, and their share; the last 24 hours by default.",
        json_schema=_schema(**_WHERE),
        connector=SqlReadonly(query="sql/error_rate.sql"),
        needs="events",
        metrics=(
            *("error rate", "error count", "errors", "failure rate", "failures", "failed requests"),
            *("request errors", "5xx"),
        ),
        takes=(Timeframe(), _SERVICE, _ENVIRONMENT),
        counts=("errors", "requests"),
        derived={"error_rate_percent": "errors"},
    ),
    Tool(
        name="busiest_services_24h",
        description="The services with the most requests; in the last 24 hours and the first five by default.",
        json_schema=_schema(
            environment=_WHERE["environment"],
            limit={"description": "How many services.", "type": "integer", "minimum": 1, "maximum": 20, "default": 5},
        ),
        connector=SqlReadonly(query="sql/busiest_services.sql", max_rows=20),
        needs="events",
        metrics=(
            *("busiest services", "services by request volume", "services by volume", "services by requests"),
            *("requests by service", "request volume by service", "volume by service", "requests per service"),
            *("services by traffic", "traffic by service"),
        ),
        takes=(Timeframe(), _ENVIRONMENT, Number(argument="limit", words=("top", "first"))),
        counts=("requests", "errors"),
    ),
)
