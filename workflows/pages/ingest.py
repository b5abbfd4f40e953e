"""What a support person reads in the Temporal UI about a document's ingests, and about sweeps."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from domain.errors import Failure
from domain.knowledge.document import DocumentRemoval
from domain.knowledge.ingest import Ingest, IngestState
from workflows.pages.text import MESSAGE_CHARACTERS, one_line, shown

_MAX_VERSIONS: Final = 10
_MEANING: Final[Mapping[IngestState, str]] = MappingProxyType(
    {
        IngestState.QUEUED: "It waits for its turn.",
        IngestState.RUNNING: "It is on its way; a version that was live before answers until then.",
        IngestState.SUCCEEDED: "Answers come from it.",
        IngestState.FAILED: "A version that was live before goes on answering.",
        IngestState.SUPERSEDED: "A newer version came before it was begun.",
        IngestState.CANCELLED: "A version that was live before goes on answering.",
    }
)


class _Noted(NamedTuple):
    version_id: UUID
    state: IngestState
    failure: Failure | None


class IngestLog:
    """How the newest versions of a run stand, for the workflow's current details."""

    def __init__(self, external_key: str) -> None:
        self._name = shown(external_key)
        self._versions: dict[int, _Noted] = {}

    @property
    def is_empty(self) -> bool:
        return not self._versions

    def note(self, ingest: Ingest, state: IngestState, failure: Failure | None) -> None:
        self._versions[ingest.version_number] = _Noted(ingest.version.version_id, state, failure)
        self._versions = dict(sorted(self._versions.items(), reverse=True)[:_MAX_VERSIONS])

    def page(self) -> str:
        """Markdown: the newest version and what that means, then every version of this run."""
        number, newest = next(iter(self._versions.items()))
        reason = (
            f"`{newest.failure.code}`: {shown(newest.failure.message, MESSAGE_CHARACTERS)} " if newest.failure else ""
        )
        others = [
            f"- {other}: **{noted.state}**, ingest `{noted.version_id}`" for other, noted in self._versions.items()
        ]
        return "\n\n".join(
            (
                f"**{self._name}, version {number}: {newest.state}.** {reason}{_MEANING.get(newest.state, '')}",
                "\n".join(("**Versions of this run, newest first:**\n", *others)),
                f"**Read on:** `answerable ingests show {newest.version_id}`",
            )
        )


def unchanged_page(ingest: Ingest) -> str:
    return (
        f"**{shown(ingest.version.external_key)}: unchanged.** The upload equals version {ingest.version_number}, "
        f"which {ingest.state}; there was nothing to do.\n\n"
        f"**Read on:** `answerable ingests show {ingest.version.version_id}`"
    )


def removal_page(removal: DocumentRemoval) -> str:
    return (
        f"**{shown(removal.external_key)}: deleted** by `{removal.requested_by}`. It is out of the answers, and what "
        "was on its way ended cancelled. Its passages stay, so that old citations open."
    )


def step_line(number: int, what: str) -> str:
    """One step on the way of the version with that number."""
    return one_line(f"Version {number}: {what}")


def settle_line(ingest: Ingest, state: IngestState, failure: Failure | None) -> str:
    return step_line(ingest.version_number, f"record as {state}" + (f", {failure.code}" if failure else ""))
