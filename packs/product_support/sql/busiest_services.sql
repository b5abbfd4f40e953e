-- The services with the most requests.
SELECT service, count(*) AS requests, count(*) FILTER (WHERE status >= 500) AS errors
FROM measurements.events
WHERE occurred_at >= %(since)s::timestamptz AND occurred_at < %(until)s::timestamptz
  AND (%(environment)s::text IS NULL OR environment = %(environment)s::text)
GROUP BY service
ORDER BY requests DESC, service
LIMIT %(limit)s::int
