"""What every tenant table gets besides its columns: row-level security and the app role's rights.

The policy compares with a setting that `Database.transaction` sets for one transaction. A pooled connection whose
transaction has ended holds '' there, not NULL, hence the nullif: without a tenant, no row is visible.
"""

from collections.abc import Iterable, Iterator
from typing import Final

POLICY: Final = "tenant_isolation"
_PREDICATE: Final = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
ALL_RIGHTS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
# What was said and cited is added and, one day, erased; it is never rewritten.
IMMUTABLE: Final = ("SELECT", "INSERT", "DELETE")


def quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def protection(
    table: str, app_role: str, rights: Iterable[str] = ALL_RIGHTS, *, schema: str = "public"
) -> Iterator[str]:
    """The statements that put ``table`` under the tenant policy, its owner included, and open it to the app role."""
    name = f"{quoted(schema)}.{quoted(table)}"
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY {POLICY} ON {name} USING ({_PREDICATE}) WITH CHECK ({_PREDICATE})"
    yield f"GRANT {', '.join(rights)} ON {name} TO {quoted(app_role)}"
