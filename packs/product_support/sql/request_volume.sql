-- Requests altogether. Not split into parts: with one part hidden as too small, the others would give it away.
SELECT count(*) AS requests
FROM measurements.events
WHERE occurred_at >= %(since)s::timestamptz AND occurred_at < %(until)s::timestamptz
  AND (%(service)s::text IS NULL OR service = %(service)s::text)
  AND (%(environment)s::text IS NULL OR environment = %(environment)s::text)
