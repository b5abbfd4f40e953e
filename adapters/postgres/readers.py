"""Which documents somebody may see by name: one condition, on versions of documents, for every list."""

from collections.abc import Sequence, Set
from typing import Any, Final
from uuid import UUID

from adapters.postgres.database import Connection
from domain.identity.principal import Reader

_MAY_SEE: Final = """(%(sees_all)s OR {version}.submitted_by = %(reader_id)s
    OR ({version}.visibility = ANY(%(visibilities)s::text[])
        AND ({version}.roles = '{{}}' OR {version}.roles && %(roles)s::text[])
        AND EXISTS (SELECT FROM documents named JOIN datasets USING (tenant_id, dataset_id)
                    WHERE named.tenant_id = {version}.tenant_id AND named.document_id = {version}.document_id
                      AND datasets.pack_id = ANY(%(packs)s::text[]))))"""


def may_see(version: str) -> str:
    """A condition on a row of document_versions called ``version``; its parameters are ``rights_of`` the reader."""
    return _MAY_SEE.format(version=version)


def rights_of(reader: Reader | None) -> dict[str, Any]:
    """None is the platform itself, which sees everything of the tenant."""
    return {
        "sees_all": reader is None,
        "reader_id": reader.principal_id if reader else "",
        "visibilities": list(reader.visibilities) if reader else [],
        "roles": list(reader.roles) if reader else [],
        "packs": list(reader.packs) if reader else [],
    }


async def seen_versions(
    connection: Connection, tenant_id: UUID, version_ids: Sequence[UUID], reader: Reader
) -> Set[UUID]:
    """Those of the versions that the reader may see; what does not exist (any more) is not among them."""
    cursor = await connection.execute(
        f"""
        SELECT v.version_id FROM document_versions v
        WHERE v.tenant_id = %(tenant_id)s AND v.version_id = ANY(%(version_ids)s::uuid[]) AND {may_see("v")}
        """,  # noqa: S608 - a constant
        {"tenant_id": tenant_id, "version_ids": list(version_ids), **rights_of(reader)},
    )
    return frozenset([row["version_id"] for row in await cursor.fetchall()])
