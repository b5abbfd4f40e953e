"""What every table has: named constraints, and the tenant first in every key."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Double, MetaData, Text, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from domain.base import JsonValue

_NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Text without a length limit, times with a zone, identifiers as uuid."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        UUID: Uuid,
        datetime: DateTime(timezone=True),
        float: Double,
        list[str]: ARRAY(Text),
        dict[str, JsonValue]: JSONB,
    }


class TenantTable(Base):
    """A table of tenant data. Its tenant_id leads the primary key, and every foreign key and unique constraint."""

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)


def created_now() -> Mapped[datetime]:
    return mapped_column(server_default=func.now())


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A check that ``column`` holds one of ``values``, named after the column."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
