"""How Alembic reaches the database: as the owner, in one transaction, one migration run at a time."""

import sqlalchemy as sa
from alembic import context

from adapters.postgres.migrations import DEFAULT_APP_ROLE, sqlalchemy_url
from adapters.postgres.models import metadata

_ONE_RUN_AT_A_TIME = 7_203_411_905


def _argument(name: str, default: str | None = None) -> str:
    """A value given by the caller in Python, or by ``-x name=value`` on the command line."""
    value = context.config.attributes.get(name) or context.get_x_argument(as_dictionary=True).get(name, default)
    if value is None:
        raise SystemExit(f"Give the database: alembic -x {name}=postgresql://OWNER:PASSWORD@HOST:PORT/DATABASE …")
    return str(value)


def _is_described(name: str | None, kind: str, _: object) -> bool:
    """Whether the models describe it: vector indexes come and go with the generations that they are for."""
    return not (kind == "index" and name is not None and name.startswith("ann_"))


def _migrate() -> None:
    # The revisions read the app role from here, whichever way it was given.
    context.config.attributes["app_role"] = _argument("app_role", DEFAULT_APP_ROLE)
    engine = sa.create_engine(sqlalchemy_url(_argument("url")), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_RUN_AT_A_TIME)))
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_server_default=True,
            include_name=_is_described,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Offline mode is not supported: the migrations need the database.")
_migrate()
