"""A golden case for each kind of outcome, with a reply that meets it."""

import json
from datetime import UTC, datetime
from typing import Any

from eval.golden import GoldenCase
from eval.replies import Reply

BEGAN = datetime(2026, 11, 26, 14, 30, 15, 123456, tzinfo=UTC)
TRACE = "0123456789abcdef0123456789abcdef"


def case(**changes: Any) -> GoldenCase:
    """Steps and a figure in one answer, about which everything is said that can be."""
    expect: dict[str, Any] = {
        "outcome": "answered",
        "intents": ["how_to", "stats"],
        "cites": ["keys.md"],
        "sections": ["Stats", "How-to"],
        "contains": ["Press Rotate"],
        "must_not_contain": ["Secret Recipe"],
        "calls": [
            {"tool": "shop.errors", "since": "day-1d", "until": "day", "args": {"service": "checkout", "limit": 5}}
        ],
        "warnings": ["reranker_degraded"],
    }
    expect |= changes.pop("expect", {})
    given: dict[str, Any] = {"id": "sample-case", "pack": "shop", "question": "How, and how many?"}
    return GoldenCase.model_validate_json(json.dumps({**given, **changes, "expect": expect}))


def reply(**changes: Any) -> Reply:
    given: dict[str, Any] = {
        "trace_id": TRACE,
        "outcome": "answered",
        "text": (
            "### Stats\n\n**shop.errors**, 2026-11-25 00:00 to 2026-11-26 00:00 (UTC), service checkout\n\n- errors: 7"
            "\n\n### How-to\n1. Press Rotate. [1]"
        ),
        "intents": ("how_to", "stats"),
        "packs_used": ("shop",),
        "citations": (
            {
                "number": 1,
                "title": "Keys",
                "url": "https://docs.example/keys",
                "source": "howto/keys.md",
                "section_heading": "Keys",
                "score": 0.9,
            },
        ),
        "actions": (
            {
                "tool": "shop.errors",
                "args": {
                    "service": "checkout",
                    "environment": None,
                    "limit": 5,
                    "since": "2026-11-25T00:00:00+00:00",
                    "until": "2026-11-26T00:00:00+00:00",
                },
                "result_meta": {"rows": 1},
            },
        ),
        "warnings": ({"code": "reranker_degraded", "message": "A simpler order was used."},),
        "kinds": ("request_received", "response_returned"),
        "began": BEGAN,
    }
    return Reply.model_validate({**given, **changes})
