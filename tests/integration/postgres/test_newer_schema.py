"""A database that a newer release has migrated."""

import psycopg
import pytest

from adapters.postgres import migrations
from domain.errors import SchemaTooNewError
from tests.fixtures.database import DatabaseUrls


def test_a_schema_of_a_newer_release_is_named_and_left_alone(empty_database: DatabaseUrls) -> None:
    migrations.upgrade(empty_database.owner)
    with psycopg.connect(empty_database.owner) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaTooNewError, match=r"written by a newer release \(schema 9999"):
        migrations.upgrade(empty_database.owner)

    assert migrations.current_revision(empty_database.owner) == "9999"
