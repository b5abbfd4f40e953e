-- One percentile of the response times, in whole milliseconds; null when there were no requests.
SELECT round(percentile_cont(%(percentile)s::float8) WITHIN GROUP (ORDER BY latency_ms))::int AS latency_ms,
       count(*) AS requests
FROM measurements.events
WHERE occurred_at >= %(since)s::timestamptz AND occurred_at < %(until)s::timestamptz
  AND (%(service)s::text IS NULL OR service = %(service)s::text)
  AND (%(environment)s::text IS NULL OR environment = %(environment)s::text)
