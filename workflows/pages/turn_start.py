"""What a support person reads in the Temporal UI of a turn that has just begun."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.conversations.turn import TurnRequest
from domain.text.canonical import listed
from workflows.pages.text import one_line, shown

_KINDS: Final[Mapping[str, str]] = MappingProxyType({"api_key": "the API key"})


def turn_started_page(request: TurnRequest) -> str:
    principal = request.principal
    hint = f", pack hint `{one_line(request.pack_hint)}`" if request.pack_hint else ""
    return (
        f"**Question:** {shown(request.message)}\n\n"
        f"**Asked by:** {_KINDS.get(principal.kind, principal.kind)} “{one_line(principal.name)}” (`{principal.id}`) "
        f"over channel `{request.channel}`\n\n"
        f"**May see:** {' and '.join(principal.visibilities)} documents; roles: "
        f"{one_line(listed(principal.roles))}\n\n"
        f"**Asked of:** bot `{request.bot_id}`{hint}, in conversation `{request.conversation_id}`\n\n"
        f"**Trace:** `{request.turn_id}`. Every decision with its figures: `answerable audit {request.turn_id}`"
    )
