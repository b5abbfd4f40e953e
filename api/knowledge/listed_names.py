"""The names of documents in lists. To staff who may see a document they are its identity and stand as they were given;
a key for customers reads of them what an answer to it would show."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from api.services import Services
from domain.guardrails.ports import PiiDetector
from domain.guardrails.redaction import redact
from domain.identity.principal import Principal
from domain.knowledge.document import LibraryDocument
from domain.knowledge.ingest import Ingest
from domain.policy.deny_list import Pattern, deny_list
from domain.policy.in_force import PolicyInForce
from domain.policy.redaction_profile import RedactionProfile
from domain.policy.rules import PolicyVersion

_WITHHELD: Final = "[withheld]"


class _Names(NamedTuple):
    """Of one document."""

    name: str
    title: str | None
    url: str | None


class _Shown(NamedTuple):
    patterns: tuple[Pattern, ...]
    profile: RedactionProfile
    detector: PiiDetector

    def of(self, names: _Names) -> _Names:
        """Not on the event loop: the first time for a policy, its patterns are folded."""
        if deny_list(self.patterns).first_match_in(filter(None, names)):
            return _Names(_WITHHELD, names.title and _WITHHELD, None)
        url = names.url if names.url and self._redacted(names.url) == names.url else None
        return _Names(self._redacted(names.name), names.title and self._redacted(names.title), url)

    def _redacted(self, text: str) -> str:
        return redact(text, self.profile, self.detector).text


async def documents_as_listed(
    documents: Sequence[LibraryDocument], principal: Principal, tenant: PolicyVersion, services: Services
) -> tuple[LibraryDocument, ...]:
    shown = _shown_to(principal, tenant, services)
    if shown is None:
        return tuple(documents)
    return await asyncio.to_thread(lambda: tuple(_document(document, shown) for document in documents))


async def ingests_as_listed(
    ingests: Sequence[Ingest], principal: Principal, tenant: PolicyVersion, services: Services
) -> tuple[Ingest, ...]:
    """Those that were handed in with the principal's own key stand as they were handed in."""
    shown = _shown_to(principal, tenant, services)
    if shown is None:
        return tuple(ingests)

    def listed(ingest: Ingest) -> Ingest:
        return ingest if ingest.version.submitted_by == principal.id else _ingest(ingest, shown)

    return await asyncio.to_thread(lambda: tuple(map(listed, ingests)))


def _document(document: LibraryDocument, shown: _Shown) -> LibraryDocument:
    live = document.live
    names = shown.of(_Names(document.external_key, live.title if live else None, live.url if live else None))
    kept = live.model_copy(update={"title": names.title, "url": names.url}) if live else None
    return document.model_copy(update={"external_key": names.name, "live": kept})


def _ingest(ingest: Ingest, shown: _Shown) -> Ingest:
    version = ingest.version
    names = shown.of(_Names(version.external_key, version.title, version.url))
    changes = {"external_key": names.name, "title": names.title, "url": names.url}
    return ingest.model_copy(update={"version": version.model_copy(update=changes)})


def _shown_to(principal: Principal, tenant: PolicyVersion, services: Services) -> _Shown | None:
    """None: as they are."""
    if principal.audience == "internal":
        return None
    in_force = PolicyInForce(tenant)
    return _Shown(in_force.patterns, in_force.pin().redaction, services.detector)
