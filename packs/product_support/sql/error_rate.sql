-- Requests that ended in a server error, and their share of all requests in percent.
SELECT count(*) FILTER (WHERE status >= 500) AS errors,
       count(*) AS requests,
       round(100.0 * count(*) FILTER (WHERE status >= 500) / nullif(count(*), 0), 2)::float8 AS error_rate_percent
FROM measurements.events
WHERE occurred_at >= %(since)s::timestamptz AND occurred_at < %(until)s::timestamptz
  AND (%(service)s::text IS NULL OR service = %(service)s::text)
  AND (%(environment)s::text IS NULL OR environment = %(environment)s::text)
