"""The figures of the staff handbook."""

from typing import Any, Final

from answerable_sdk.packs import PythonCallable, Tool

_NOTHING: Final[dict[str, Any]] = {"type": "object", "properties": {}, "additionalProperties": False}


def leave_allowance() -> dict[str, int]:
    """Days of leave in a full year, and how many of them may be taken in the next one."""
    return {"leave_days": 28, "carry_over_days": 5}


TOOLS: Final = (
    Tool(
        name="leave_allowance",
        description="How many days of annual leave a full year has, and how many may be carried over.",
        json_schema=_NOTHING,
        connector=PythonCallable(function=leave_allowance),
        metrics=("days of annual leave", "annual leave days", "leave days", "days of leave", "leave allowance"),
    ),
)
