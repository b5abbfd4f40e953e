"""The manifest of the staff handbook pack."""

from typing import Final

from answerable_sdk.packs import Pack, Source
from packs.staff_handbook.tools import TOOLS

PACK: Final = Pack(
    id="staff_handbook",
    display_name="Staff handbook",
    description="How the staff of Northwind Relay, an invented company, take leave, claim expenses and report a loss.",
    sources=(
        Source(
            kind="folder",
            path="howto",
            visibility="internal",
            url_template="https://docs.northwind-relay.example/handbook/{stem}",
        ),
    ),
    routing_keywords=(
        *("leave", "vacation", "holiday", "sick", "handbook", "colleague", "staff"),
        *("expense", "expenses", "receipt", "receipts", "mileage", "travel"),
        *("laptop", "badge", "lost", "stolen"),
    ),
    tools=TOOLS,
    roles=("staff",),
    sample_questions=(
        "How do I book annual leave?",
        "How do I claim travel expenses?",
        "What do I do when my laptop is stolen?",
        "How many days of annual leave do we get?",
    ),
)
