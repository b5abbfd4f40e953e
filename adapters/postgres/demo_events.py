"""Events of the demo: what the invented service would have measured, the same at every start."""

from datetime import datetime
from typing import Final
from uuid import UUID

from adapters.postgres.database import Database

# Every number comes from the digest of hour, service, environment and position, so that a repeated start adds what is
# missing and changes nothing. The sandbox sees little: its counts are small, and those of a single hour tiny.
_FILL: Final = """
INSERT INTO measurements.events (tenant_id, event_id, occurred_at, service, environment, status, latency_ms)
SELECT %(tenant_id)s, digest::uuid,
       hour + second * interval '1 second',
       service, environment,
       CASE WHEN luck < failing THEN 500 + kind ELSE 200 END,
       round((usual * (400 + 1.2 * pace) / 1000.0
              * CASE WHEN hiccup < 6 THEN 3 ELSE 1 END)::numeric, 1)::float8
FROM (VALUES ('checkout', 'production', 7.0, 120.0, 12), ('payments', 'production', 5.0, 210.0, 18),
             ('catalog', 'production', 11.0, 45.0, 4), ('accounts', 'production', 4.0, 80.0, 6),
             ('notifications', 'production', 3.0, 65.0, 9),
             ('checkout', 'sandbox', 0.5, 150.0, 60), ('payments', 'sandbox', 0.3, 260.0, 80),
             ('catalog', 'sandbox', 0.6, 60.0, 20), ('accounts', 'sandbox', 0.2, 95.0, 30))
     AS places (service, environment, hourly, usual, failing)
CROSS JOIN generate_series(date_trunc('hour', %(since)s::timestamptz, 'UTC'), %(until)s::timestamptz, '1 hour')
     AS hours (hour)
CROSS JOIN LATERAL (
    SELECT concat_ws('/', %(tenant_id)s::text, extract(epoch FROM hour)::bigint, service, environment) AS place
) AS named
CROSS JOIN LATERAL generate_series(
    1, floor(hourly * (CASE WHEN extract(hour FROM hour AT TIME ZONE 'UTC') BETWEEN 7 AND 19 THEN 1.3 ELSE 0.6 END)
             + (('x' || substr(md5(place), 1, 6))::bit(24)::int %% 1000) / 1000.0)::int
) AS numbered (number)
CROSS JOIN LATERAL (SELECT md5(concat_ws('/', place, number)) AS digest) AS hashed
CROSS JOIN LATERAL (
    SELECT ('x' || substr(digest, 1, 6))::bit(24)::int %% 3600 AS second,
           ('x' || substr(digest, 7, 6))::bit(24)::int %% 1000 AS luck,
           ('x' || substr(digest, 13, 6))::bit(24)::int %% 4 AS kind,
           ('x' || substr(digest, 19, 6))::bit(24)::int %% 1000 AS pace,
           ('x' || substr(digest, 25, 6))::bit(24)::int %% 100 AS hiccup
) AS drawn
ON CONFLICT DO NOTHING
"""


class DemoEvents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def fill(self, tenant_id: UUID, since: datetime, until: datetime) -> None:
        """Add the events of every whole hour from ``since`` to ``until`` that are not there yet."""
        async with self._database.transaction(tenant_id) as connection:
            await connection.execute(_FILL, {"tenant_id": tenant_id, "since": since, "until": until})
