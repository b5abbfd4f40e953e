"""Feedback on turns, and the versions of the boosts that were learned from it."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow

from adapters.postgres.database import Connection, Database
from adapters.postgres.readers import may_see, rights_of
from adapters.postgres.storable import storable_text
from domain.errors import NotFoundError
from domain.feedback.feedback import (
    DailyFeedback,
    DocumentBoost,
    Feedback,
    FeedbackAnalytics,
    JudgedDocument,
    JudgedTurn,
    Tuning,
)
from domain.identity.principal import Principal, Reader

_MAX_DOCUMENTS = 50


class PostgresFeedback:
    """Implements the ports FeedbackRepository and DocumentBoosts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, feedback: Feedback, principal: Principal) -> None:
        """Store it in place of the principal's earlier word on the turn.

        Raises NotFoundError when there is no such turn, or no such passage that the principal may see.
        """
        async with self._database.transaction(feedback.tenant_id) as connection:
            if feedback.passage_id is not None:
                await _require_visible(connection, feedback.passage_id, principal)
            await connection.execute(
                """
                INSERT INTO feedback (tenant_id, turn_id, principal_id, rating, passage_id, comment, given_at)
                VALUES (%(tenant_id)s, %(turn_id)s, %(principal_id)s, %(rating)s, %(passage_id)s, %(comment)s,
                        %(given_at)s)
                ON CONFLICT (tenant_id, turn_id, principal_id) DO UPDATE
                SET rating = excluded.rating, passage_id = excluded.passage_id, comment = excluded.comment,
                    given_at = excluded.given_at
                """,
                {
                    **feedback.model_dump(),
                    "comment": storable_text(feedback.comment) if feedback.comment else None,
                },
            )

    async def judged(self, tenant_id: UUID, since: datetime, limit: int) -> tuple[JudgedTurn, ...]:
        """The newest ``limit`` feedbacks since a moment, with the documents that they are about."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT f.principal_id, f.rating, v.document_id AS right_document_id,
                       ARRAY(SELECT (citation ->> 'document_id')::uuid
                             FROM jsonb_array_elements(t.answer -> 'citations') AS citation) AS cited
                FROM feedback f
                JOIN turns t ON t.tenant_id = f.tenant_id AND t.turn_id = f.turn_id
                LEFT JOIN passages p ON p.tenant_id = f.tenant_id AND p.passage_id = f.passage_id
                LEFT JOIN document_versions v ON v.tenant_id = p.tenant_id AND v.version_id = p.version_id
                WHERE f.tenant_id = %s AND f.given_at >= %s
                ORDER BY f.given_at DESC, f.turn_id, f.principal_id LIMIT %s
                """,
                [tenant_id, since, limit],
            )
            return tuple(JudgedTurn.model_validate(row) for row in await cursor.fetchall())

    async def analytics(self, tenant_id: UUID, since: datetime, reader: Reader) -> FeedbackAnalytics:
        """Counts since a moment, by day, and the documents that most of it is about and that the reader may see: by
        the version that answers, or by the newest one where none does."""
        async with self._database.transaction(tenant_id) as connection:
            days = await connection.execute(
                """
                SELECT to_char(given_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
                       count(*) FILTER (WHERE rating = 'up') AS ups,
                       count(*) FILTER (WHERE rating = 'down') AS downs,
                       count(comment) AS comments
                FROM feedback WHERE tenant_id = %s AND given_at >= %s GROUP BY day ORDER BY day
                """,
                [tenant_id, since],
            )
            by_day = await days.fetchall()
            documents = await connection.execute(
                f"""
                SELECT d.document_id, d.external_key AS name, count(*) FILTER (WHERE rating = 'up') AS ups,
                       count(*) FILTER (WHERE rating = 'down') AS downs
                FROM feedback f
                JOIN turns t ON t.tenant_id = f.tenant_id AND t.turn_id = f.turn_id
                CROSS JOIN LATERAL (
                    SELECT DISTINCT (citation ->> 'document_id')::uuid AS document_id
                    FROM jsonb_array_elements(t.answer -> 'citations') AS citation) AS cited
                JOIN documents d ON d.tenant_id = f.tenant_id AND d.document_id = cited.document_id
                JOIN document_versions v ON v.tenant_id = d.tenant_id AND v.document_id = d.document_id
                    AND CASE WHEN d.live_version_id IS NULL THEN v.version_number = d.last_version_number
                             ELSE v.version_id = d.live_version_id END
                WHERE f.tenant_id = %(tenant_id)s AND f.given_at >= %(since)s AND {may_see("v")}
                GROUP BY d.document_id, d.external_key ORDER BY downs DESC, ups DESC, name LIMIT %(limit)s
                """,  # noqa: S608 - a constant
                {"tenant_id": tenant_id, "since": since, "limit": _MAX_DOCUMENTS, **rights_of(reader)},
            )
            by_document = await documents.fetchall()
        return FeedbackAnalytics(
            ups=sum(row["ups"] for row in by_day),
            downs=sum(row["downs"] for row in by_day),
            comments=sum(row["comments"] for row in by_day),
            days=tuple(DailyFeedback.model_validate(row) for row in by_day),
            documents=tuple(JudgedDocument.model_validate(row) for row in by_document),
        )

    async def publish(
        self, tenant_id: UUID, run_id: str, feedback: int, boosts: tuple[DocumentBoost, ...], created_by: str
    ) -> Tuning:
        """Make a new version and have it apply. Idempotent by ``run_id``. Raises NotFoundError without the tenant."""
        async with self._database.transaction(tenant_id) as connection:
            await _lock(connection, tenant_id)
            known = await _one(connection, "t.tenant_id = %s AND t.run_id = %s", [tenant_id, run_id])
            if known is not None:
                return known
            await _deactivate(connection, tenant_id)
            cursor = await connection.execute(
                """
                INSERT INTO tunings (tenant_id, version, run_id, feedback, is_active, created_by)
                SELECT %(tenant_id)s, coalesce(max(version), 0) + 1, %(run_id)s, %(feedback)s, true, %(created_by)s
                FROM tunings WHERE tenant_id = %(tenant_id)s RETURNING version
                """,
                {"tenant_id": tenant_id, "run_id": run_id, "feedback": feedback, "created_by": created_by},
            )
            row = await cursor.fetchone()
            assert row is not None, "the insert returns its row"  # noqa: S101
            await _insert_boosts(connection, tenant_id, row["version"], boosts)
            made = await _one(connection, "t.tenant_id = %s AND t.version = %s", [tenant_id, row["version"]])
        assert made is not None, "it was inserted in this transaction"  # noqa: S101
        return made

    async def activate(self, tenant_id: UUID, version: int) -> Tuning:
        """Have an earlier version apply again; 0: none. Idempotent. Raises NotFoundError for an unknown version."""
        async with self._database.transaction(tenant_id) as connection:
            await _lock(connection, tenant_id)
            await _deactivate(connection, tenant_id)
            if version == 0:
                return _nothing_learned()
            await connection.execute(
                "UPDATE tunings SET is_active = true WHERE tenant_id = %s AND version = %s", [tenant_id, version]
            )
            found = await _one(connection, "t.tenant_id = %s AND t.version = %s", [tenant_id, version])
            if found is None:
                raise NotFoundError("There is no such version. GET /v1/admin/tuning lists them.", version=version)
            return found

    async def versions(self, tenant_id: UUID, limit: int) -> tuple[Tuning, ...]:
        """The newest first."""
        async with self._database.transaction(tenant_id) as connection:
            return await _many(connection, "t.tenant_id = %s ORDER BY t.version DESC LIMIT %s", [tenant_id, limit])

    async def active_boosts(self, tenant_id: UUID) -> dict[UUID, float]:
        """The factor of each document that has one now."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT b.document_id, b.boost FROM tunings t
                JOIN document_boosts b ON b.tenant_id = t.tenant_id AND b.version = t.version
                WHERE t.tenant_id = %s AND t.is_active
                """,
                [tenant_id],
            )
            return {row["document_id"]: row["boost"] for row in await cursor.fetchall()}


async def _require_visible(connection: Connection, passage_id: UUID, principal: Principal) -> None:
    cursor = await connection.execute(
        """
        SELECT 1 FROM passages p
        JOIN document_versions v ON v.tenant_id = p.tenant_id AND v.version_id = p.version_id
        WHERE p.tenant_id = %s AND p.passage_id = %s AND v.visibility = ANY(%s::text[])
          AND (v.roles = '{}' OR v.roles && %s::text[])
        """,
        [principal.tenant_id, passage_id, list(principal.visibilities), list(principal.roles)],
    )
    if await cursor.fetchone() is None:
        raise NotFoundError("There is no such passage. Take a passage_id from a citation or a search.")


async def _lock(connection: Connection, tenant_id: UUID) -> None:
    """Versions of a tenant are made and switched one after another."""
    cursor = await connection.execute("SELECT 1 FROM tenants WHERE tenant_id = %s FOR NO KEY UPDATE", [tenant_id])
    if await cursor.fetchone() is None:
        raise NotFoundError("There is no such tenant.")


async def _deactivate(connection: Connection, tenant_id: UUID) -> None:
    await connection.execute("UPDATE tunings SET is_active = false WHERE tenant_id = %s AND is_active", [tenant_id])


async def _insert_boosts(
    connection: Connection, tenant_id: UUID, version: int, boosts: tuple[DocumentBoost, ...]
) -> None:
    await connection.execute(
        """
        INSERT INTO document_boosts (tenant_id, version, document_id, boost, ups, downs)
        SELECT %s, %s, * FROM unnest(%s::uuid[], %s::float8[], %s::int[], %s::int[])
        """,
        [
            tenant_id,
            version,
            [one.document_id for one in boosts],
            [one.boost for one in boosts],
            [one.ups for one in boosts],
            [one.downs for one in boosts],
        ],
    )


async def _one(connection: Connection, where: str, values: list[object]) -> Tuning | None:
    return next(iter(await _many(connection, where, values)), None)


async def _many(connection: Connection, where: str, values: list[object]) -> tuple[Tuning, ...]:
    cursor = await connection.execute(
        f"""
        SELECT t.version, t.feedback, t.is_active, t.created_at, t.created_by,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('document_id', b.document_id, 'boost', b.boost,
                                                             'ups', b.ups, 'downs', b.downs)
                                          ORDER BY b.document_id), '[]')
                FROM document_boosts b WHERE b.tenant_id = t.tenant_id AND b.version = t.version) AS boosts
        FROM tunings t WHERE {where}
        """,  # noqa: S608 - the conditions are those of this module
        values,
    )
    return tuple(_decode(row) for row in await cursor.fetchall())


def _decode(row: DictRow) -> Tuning:
    return Tuning.model_validate(row)


def _nothing_learned() -> Tuning:
    return Tuning(
        version=0,
        feedback=0,
        boosts=(),
        created_at=datetime.fromisoformat("1970-01-01T00:00:00+00:00"),
        created_by="",
        is_active=True,
    )
