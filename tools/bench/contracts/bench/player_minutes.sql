SELECT
    played_on,
    player_id,
    DATE_TRUNC('minute', logged_at) AS minute_start,
    CAST(COUNT(*) AS BIGINT) AS events,
    CAST(COUNT_IF(event = 'fight') AS BIGINT) AS fights,
    CAST(COUNT(DISTINCT session_id) AS BIGINT) AS sessions,
    CAST(SUM(points) AS BIGINT) AS points
FROM silver_bench.player_logs
GROUP BY played_on, player_id, DATE_TRUNC('minute', logged_at)
