"""Datasets."""

from uuid import UUID

from psycopg.rows import DictRow

from adapters.postgres.database import Connection, Database
from domain.errors import InvalidRequestError
from domain.knowledge.dataset import Dataset
from domain.knowledge.errors import DatasetNotFoundError

COLUMNS = "d.tenant_id, d.dataset_id, d.pack_id, d.name, d.default_visibility"


class PostgresDatasets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, dataset: Dataset) -> Dataset:
        """Make a dataset and return it; the pack's dataset of that name is returned instead if there is one.

        Raises NotFoundError when there is no such tenant, InvalidRequestError when the dataset_id is taken.
        """
        async with self._database.transaction(dataset.tenant_id) as connection:
            await connection.execute(
                """
                INSERT INTO datasets (tenant_id, dataset_id, pack_id, name, default_visibility)
                VALUES (%(tenant_id)s, %(dataset_id)s, %(pack_id)s, %(name)s, %(default_visibility)s)
                ON CONFLICT DO NOTHING
                """,
                dataset.model_dump(),
            )
            cursor = await connection.execute(
                f"SELECT {COLUMNS} FROM datasets d WHERE d.tenant_id = %s AND d.pack_id = %s AND d.name = %s",  # noqa: S608
                [dataset.tenant_id, dataset.pack_id, dataset.name],
            )
            row = await cursor.fetchone()
        if row is None:
            raise InvalidRequestError("Another dataset of the tenant has this dataset_id.")
        return decode_dataset(row)

    async def get(self, tenant_id: UUID, dataset_id: UUID) -> Dataset:
        """Raises DatasetNotFoundError."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                f"SELECT {COLUMNS} FROM datasets d WHERE d.tenant_id = %s AND d.dataset_id = %s",  # noqa: S608
                [tenant_id, dataset_id],
            )
            row = await cursor.fetchone()
        if row is None:
            raise DatasetNotFoundError("There is no such dataset. GET /v1/datasets lists the ones you can use.")
        return decode_dataset(row)

    async def list(self, tenant_id: UUID) -> tuple[Dataset, ...]:
        """By pack and name."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                f"SELECT {COLUMNS} FROM datasets d WHERE d.tenant_id = %s ORDER BY d.pack_id, d.name",  # noqa: S608
                [tenant_id],
            )
            return tuple(decode_dataset(row) for row in await cursor.fetchall())


async def datasets_of_bot(connection: Connection, tenant_id: UUID, bot_id: UUID) -> tuple[Dataset, ...]:
    """The datasets that a bot may use, by pack and name."""
    cursor = await connection.execute(
        f"""
        SELECT {COLUMNS} FROM datasets d JOIN bot_datasets b USING (tenant_id, dataset_id)
        WHERE b.tenant_id = %s AND b.bot_id = %s ORDER BY d.pack_id, d.name
        """,  # noqa: S608
        [tenant_id, bot_id],
    )
    return tuple(decode_dataset(row) for row in await cursor.fetchall())


def decode_dataset(row: DictRow) -> Dataset:
    return Dataset.model_validate(row)
